"""One line of the access log.

Here: what a line says, its hash, and reading it back.
Not here: the files it stands in (`log`).

A line names a person, a page, a figure and a kind of file, each from a closed list of the monitor
itself but for the person. It never holds a question, a choice, a number or an address.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

NOTHING_BEFORE = "0" * 64
_LONGEST = 200


class Act(StrEnum):
    """What somebody did, or what the log has to say of itself."""

    signed_in = "signed_in"
    signed_out = "signed_out"
    refused = "refused"
    page = "page"
    figure = "figure"
    question = "question"
    rows = "rows"
    download = "download"
    # Of the log itself: a line of a process that was stopped halfway, and lines that went missing.
    torn = "torn"
    missing = "missing"


@dataclass(frozen=True)
class Event:
    """What is told to the log.

    Attributes:
        act: What was done.
        person: Who did it, as the one who signs people in names them.
        audience: Whose dashboard it was.
        page: Address of the page, without slash.
        about: What exactly: a figure, a kind of file, the reason of a refusal.
    """

    act: Act
    person: str
    audience: str
    page: str = ""
    about: str = ""


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes:
        sequence: 1 and up, without holes, over all files.
        at: When, in UTC.
        event: What was told.
        previous: Hash of the line before it, also where that stands in another file.
    """

    sequence: int
    at: datetime
    event: Event
    previous: str

    @property
    def hash(self) -> str:
        """What the next line carries of this one."""
        return hashlib.sha256(self._text().encode()).hexdigest()

    @property
    def line(self) -> bytes:
        """The line as it is kept, with its end."""
        return f"{self._text(hash=self.hash)}\n".encode()

    def _text(self, **more: str) -> str:
        content = {
            "sequence": self.sequence,
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "act": self.event.act.value,
            "person": self.event.person[:_LONGEST],
            "audience": self.event.audience[:_LONGEST],
            "page": self.event.page[:_LONGEST],
            "about": self.event.about[:_LONGEST],
            "previous": self.previous,
            **more,
        }
        # In ASCII: whatever a name holds, a line stays one line.
        return json.dumps(content, sort_keys=True, separators=(",", ":"))


def read_entry(line: bytes) -> Entry | None:
    """Return a line as it was written, with its end; None where it is not."""
    try:
        content = json.loads(line)
        event = Event(
            Act(content["act"]),
            *(content[name] for name in ("person", "audience", "page", "about")),
        )
        entry = Entry(
            content["sequence"], datetime.fromisoformat(content["at"]), event, content["previous"]
        )
        return entry if entry.line == line else None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
