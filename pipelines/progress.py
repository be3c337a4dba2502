"""Saying how far long work is.

Here: steps with their duration, and dbt's own lines brought down to a few.
Not here: printing (the command line listens to the log `kwaliteitsmonitor`).
"""

import io
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

log = logging.getLogger("kwaliteitsmonitor")

_DBT_STEP = re.compile(r"^(?:\S+\s+)?(\d+) of (\d+) (?:OK|PASS|ERROR|FAIL|WARN)")
_STEPS_PER_LINE = 40


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say that a step begins, and how long it took."""
    log.info("%s …", name)
    start = time.monotonic()
    yield
    log.info("%s: %.1f s", name, time.monotonic() - start)


class _DbtLines(io.TextIOBase):
    """Takes dbt's lines and passes on one in so many; all of them are in dbt's own log file."""

    def write(self, text: str) -> int:
        for line in text.splitlines():
            found = _DBT_STEP.match(line.strip())
            if found and int(found[1]) % _STEPS_PER_LINE == 0:
                log.info("dbt: %s van %s stappen", found[1], found[2])
        return len(text)


@contextmanager
def dbt_lines() -> Iterator[None]:
    """While dbt runs in a step, bring its output down to a few lines of progress."""
    with redirect_stdout(_DbtLines()):
        yield
