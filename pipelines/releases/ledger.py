"""The ledger of releases: who did what with which release, when, and with which files.

Here: reading the lines, adding one under a lock, and saying which bytes are not as they were
written.
Not here: which step may follow which (`states`), and what a step does (`desk`).

One JSON line a step, only ever added to. A line carries the hash of the line before it and of the
files it speaks of, and ends with its own. `ledger.head` holds the hash of the last line, so that a
line cut off the end is missed too. The ledger is replaced whole by one rename: whoever is stopped
halfway leaves the old one or the new one.

What this shows is a change by accident or by somebody who does not know the ledger. Who rewrites
every line and every hash leaves no trace in the home itself: the hash of the last line, which every
step prints, is worth keeping elsewhere.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.atomic import write_text
from pipelines.releases.states import ReleaseError, Step

LEDGER, HEAD, LOCK = "ledger.jsonl", "ledger.head", "ledger.lock"
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of the ledger.

    Attributes:
        sequence: 1 and up, without holes.
        release: Id of the release.
        step: What was done with it.
        by: Who did it, as in the settings: a role, never a person.
        at: When, in UTC.
        files: SHA-256 of every file the step made, by its path in the folder of releases.
        said: What else the step says, such as an embargo or a reason; JSON values.
        previous: Hash of the line before it.
    """

    sequence: int
    release: str
    step: Step
    by: str
    at: datetime
    files: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    previous: str = NOTHING_BEFORE

    @property
    def hash(self) -> str:
        """What the next line carries of this one."""
        return hashlib.sha256(self._text().encode()).hexdigest()

    @property
    def line(self) -> str:
        """The line as it is kept, without its end."""
        return self._text(hash=self.hash)

    def _text(self, **more: str) -> str:
        content = {
            "sequence": self.sequence,
            "release": self.release,
            "step": self.step.value,
            "by": self.by,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "files": dict(self.files),
            "said": dict(self.said),
            "previous": self.previous,
            **more,
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Ledger:
    """The ledger in a folder of releases.

    Args:
        folder: The folder; made at the first line.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path, self._head = folder / LEDGER, folder / HEAD

    def entries(self) -> list[Entry]:
        """Every line, in the order written.

        Raises:
            ReleaseError: A line is not as it was written; nothing of the ledger counts.
        """
        if problems := self.problems():
            raise ReleaseError(problems[0])
        return [_entry(line) for line in self._lines()]

    def problems(self) -> list[str]:
        """Say of every line that is not as it was written what is wrong, in Dutch."""
        found, previous, hashes = [], NOTHING_BEFORE, [NOTHING_BEFORE]
        for number, line in enumerate(self._lines(), start=1):
            try:
                entry = _entry(line)
                is_whole = entry.line == line
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                is_whole = False
            if not is_whole:
                found.append(f"{LEDGER} regel {number}: is veranderd sinds zij werd geschreven")
                # What comes after cannot be held against a line that is gone.
                previous = ""
                continue
            if entry.sequence != number or previous not in ("", entry.previous):
                found.append(f"{LEDGER} regel {number}: sluit niet aan op de regel ervoor")
            previous = entry.hash
            hashes.append(previous)
        # A step that was stopped between the ledger and its head leaves the head one line behind.
        head = self._head.read_bytes() if self._head.exists() else _head(NOTHING_BEFORE).encode()
        if not found and head not in [_head(known).encode() for known in hashes[-2:]]:
            found.append(f"{LEDGER}: de laatste regel is niet die van {HEAD}; er ontbreken regels")
        return found

    @contextmanager
    def writing(self) -> Iterator[list[Entry]]:
        """Hold the ledger: what was read before a line is added still holds at the adding.

        Yields:
            The lines so far; `add` adds to them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield self.entries()

    def add(self, entries: list[Entry], entry: Entry) -> Entry:
        """Add a line; only while `writing`.

        Args:
            entries: What `writing` gave; the new line is added to it.
            entry: The line; its sequence and link are filled in here.

        Returns:
            The line as it is kept.

        Raises:
            ReleaseError: Its moment lies before that of the line before it.
        """
        last = entries[-1] if entries else None
        if last and entry.at < last.at:
            raise ReleaseError(
                f"de klok staat op {entry.at:%Y-%m-%d %H:%M} (UTC), vóór de laatste regel van het "
                f"grootboek ({last.at:%Y-%m-%d %H:%M}); zet haar goed"
            )
        kept = Entry(
            len(entries) + 1,
            entry.release,
            entry.step,
            entry.by,
            entry.at,
            entry.files,
            entry.said,
            last.hash if last else NOTHING_BEFORE,
        )
        lines = [*self._lines(), kept.line]
        write_text(self._path, "".join(f"{line}\n" for line in lines))
        write_text(self._head, _head(kept.hash))
        entries.append(kept)
        return kept

    def _lines(self) -> list[str]:
        if not self._path.exists():
            return []
        # Bytes that are no text become signs that no line holds; other ends of line stay in it.
        text = self._path.read_bytes().decode("utf-8", errors="replace")
        lines = text.split("\n")
        # A last line without its end was changed too.
        return lines[:-1] if lines[-1] == "" else [*lines[:-1], f"{lines[-1]}\n"]


def _head(known: str) -> str:
    return f"{known}\n"


def _entry(line: str) -> Entry:
    content = json.loads(line)
    return Entry(
        content["sequence"],
        content["release"],
        Step(content["step"]),
        content["by"],
        datetime.fromisoformat(content["at"]),
        content["files"],
        content["said"],
        content["previous"],
    )
