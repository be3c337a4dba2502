"""Saying how far long work is.

Here: steps with their duration.
Not here: printing (the command line listens to the log `kwaliteitsmonitor`).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("kwaliteitsmonitor")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say that a step begins, and how long it took."""
    log.info("%s …", name)
    start = time.monotonic()
    yield
    log.info("%s: %.1f s", name, time.monotonic() - start)
