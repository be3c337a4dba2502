"""The log of the road: one JSON line per event, for whoever looks after the machine.

Here: the form of a line, the file in the home folder and its rotation, and reading it back.
Not here: what counts as an event (`progress`). A line holds codes, names of tables and audiences,
and durations: never a value, the name of a file, or the text of an error.

The file is written by whoever holds the writer's lock, so by one process at a time. A log that
cannot be kept never stops the work it is about.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from pipelines.progress import BEGUN, DONE, FAILED, event, events, log

WORK = "work"
"""The event of a command or run as a whole, from taking the lock to letting it go."""
_FILE = "kwaliteitsmonitor.jsonl"
_LARGEST_BYTES, _KEPT_BEFORE = 5_000_000, 9


class Lines(logging.Formatter):
    """An event as one line of JSON, with its moment and its process."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = record.__dict__["event"]
        return json.dumps({"time": moment, "process": os.getpid(), **told}, ensure_ascii=False)


class _Kept(RotatingFileHandler):
    """The file of a home; when it cannot be written that is said once, and the work goes on."""

    def handleError(self, record: logging.LogRecord) -> None:
        del record
        events.removeHandler(self)
        log.warning("Het logboek kan niet worden bijgehouden; maak ruimte of geef schrijfrechten.")


def folder_of(home: Path) -> Path:
    """The folder of the log of a home."""
    return home / "log"


@contextmanager
def kept_in(home: Path) -> Iterator[None]:
    """Keep every event in the log of a home, from the beginning of the work to its end."""
    # What cannot be made shows when the first line is written.
    with suppress(OSError):
        folder_of(home).mkdir(parents=True, exist_ok=True)
    handler = _Kept(
        folder_of(home) / _FILE, maxBytes=_LARGEST_BYTES, backupCount=_KEPT_BEFORE,
        encoding="utf-8", delay=True,
    )  # fmt: skip
    handler.setFormatter(Lines())
    events.addHandler(handler)
    event(WORK, BEGUN)
    outcome = FAILED
    try:
        yield
        outcome = DONE
    finally:
        event(WORK, outcome)
        events.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def read_events(home: Path) -> Iterator[dict[str, Any]]:
    """Every event that is kept, oldest first; a line that cannot be read is passed over."""
    files = [folder_of(home) / f"{_FILE}.{number}" for number in range(_KEPT_BEFORE, 0, -1)]
    for path in (*files, folder_of(home) / _FILE):
        with suppress(OSError), path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with suppress(ValueError):
                    found = json.loads(line)
                    if isinstance(found, dict) and {"time", "step", "outcome"} <= found.keys():
                        yield found
