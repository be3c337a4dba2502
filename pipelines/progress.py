"""Saying how far long work is: to whoever waits, and to whoever reads a log afterwards.

Here: what steps are called, steps with their duration, and events.
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

# What a step is called, by its code in events.
_NAMES = {
    "work": "Een opdracht", "intake": "Inlezen", "tables": "Stand van de tabellen",
    "models": "dbt", "figures": "Schatters", "evaluations": "Evaluaties", "effects": "Hielp het",
    "changes": "Wijzigingen", "publication": "Publicatie", "door_out": "Deur uit",
    "pack": "Vergaderstuk", "traces": "Ingetrokken zaken", "hand_over": "Overdracht",
    "withdraw": "Intrekken", "build": "Bouw", "backup": "Back-up",
}  # fmt: skip


def name_of(code: str, of: str = "") -> str:
    """What a step is called in Dutch, as a line begins; one without a name by its code.

    Args:
        code: The step in events.
        of: What it is done with, such as an audience.
    """
    return " ".join(filter(None, (_NAMES.get(code, code), of)))


def event(step: str, outcome: str, **about: str | float) -> None:
    """Note that something happened.

    Args:
        step: Code of the step.
        outcome: Code of how it ended, or `begun`.
        **about: `table`, `audience`, `seconds` or `error` (the kind of error, never its text).
    """
    events.info("", extra={"event": {"step": step, **about, "outcome": outcome}})


@contextmanager
def step(code: str, of: str = "", *, is_told: bool = True, **about: str) -> Iterator[None]:
    """Say that a step begins, and how it ended.

    Args:
        code: The step in events.
        of: What it is done with, for whoever waits; its audience where it has one.
        is_told: Whether whoever waits is told of it.
        **about: `table` or `audience`, for events.
    """
    name = name_of(code, of or about.get("audience", ""))
    if is_told:
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
    if is_told:
        log.info("%s: %.1f s", name, took)
