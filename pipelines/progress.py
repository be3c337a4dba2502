"""Saying how far long work is: to whoever waits, and to whoever reads a log afterwards.

Here: steps with their duration, and events.
Not here: printing (the command line listens to its log), and what becomes of events (`journal`).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("kwaliteitsmonitor")
# Apart from the sentences, which may hold a path: an event holds codes and numbers alone.
events = logging.getLogger("kwaliteitsmonitor.events")
events.propagate = False
events.setLevel(logging.INFO)

BEGUN, DONE, FAILED, HELD_BACK = "begun", "done", "failed", "held_back"


def event(step: str, outcome: str, **about: str | float) -> None:
    """Note that something happened.

    Args:
        step: Code of the step.
        outcome: Code of how it ended, or `begun`.
        **about: `table`, `audience`, `seconds` or `error` (the kind of error, never its text).
    """
    events.info("", extra={"event": {"step": step, **about, "outcome": outcome}})


@contextmanager
def step(code: str, name: str = "", **about: str) -> Iterator[None]:
    """Say that a step begins, and how it ended.

    Args:
        code: The step in events.
        name: The step in Dutch, for whoever waits; nothing is said without.
        **about: `table` or `audience`, for events.
    """
    if name:
        log.info("%s …", name)
    event(code, BEGUN, **about)
    start = time.monotonic()
    try:
        yield
    except BaseException as error:
        took = round(time.monotonic() - start, 1)
        event(code, FAILED, **about, error=type(error).__name__, seconds=took)
        raise
    took = time.monotonic() - start
    event(code, DONE, **about, seconds=round(took, 1))
    if name:
        log.info("%s: %.1f s", name, took)
