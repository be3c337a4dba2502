"""Whether the access log is as it was written.

Here: holding every line against its own hash and against the line before it, over all files.
Not here: writing (`log`). Nothing is mended: what is wrong is named.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.access.entry import NOTHING_BEFORE, Act, Entry, read_entry
from pipelines.access.log import HEAD, Last, log_files


@dataclass
class Verified:
    """What was found.

    Attributes:
        lines: How many lines are whole.
        last_hash: Hash of the last one.
        problems: What is not as it was written, in Dutch; none in a log that is whole.
        notices: What the reader should know and is no fault: a torn line, an older start.
    """

    lines: int = 0
    last_hash: str = NOTHING_BEFORE
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def entries_of(folder: Path) -> Iterator[Entry]:
    """Yield every line that is whole, in the order written."""
    for path in log_files(folder):
        with path.open("rb") as handle:
            yield from filter(None, map(read_entry, handle))


def verify(folder: Path) -> Verified:
    """Hold every line of a log against what was written."""
    found = Verified()
    state = _Chain(found)
    for path in log_files(folder):
        with path.open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                state.follow(path.name, number, line)
    state.end()
    _hold_head(folder, state.last, found)
    return found


class _Chain:
    """Follows the lines one after another."""

    def __init__(self, found: Verified) -> None:
        self.found = found
        self.last: Entry | None = None
        # Lines that are none, and where the first of them stands.
        self._place, self._torn = "", b""
        self._is_lost = False

    def follow(self, name: str, number: int, line: bytes) -> None:
        entry, place = read_entry(line), f"{name} regel {number}"
        if entry is None:
            self._place, self._torn = self._place or place, self._torn + line
            return
        if entry.event.act is Act.torn:
            self._match_torn(entry)
        else:
            self._say_torn()
        self._link(place, entry)
        self.last = entry
        self.found.lines += 1
        self.found.last_hash = entry.hash

    def end(self) -> None:
        """Say of a last line that is torn that it is; the next line would have said so."""
        if self._torn and not self._torn.endswith(b"\n"):
            self._notice_torn()
        self._say_torn()

    def _match_torn(self, entry: Entry) -> None:
        torn = hashlib.sha256(self._torn.rstrip(b"\n")).hexdigest()
        if self._torn and torn == entry.event.about:
            self._notice_torn()
            return
        self._say_torn()
        self.found.problems.append(
            f"regel {entry.sequence} noemt een afgebroken regel die er niet meer staat"
        )

    def _notice_torn(self) -> None:
        self.found.notices.append(f"{self._place}: is afgebroken; een proces werd gestopt")
        self._place, self._torn = "", b""

    def _say_torn(self) -> None:
        if self._torn:
            self.found.problems.append(f"{self._place}: is veranderd sinds zij werd geschreven")
            # What comes after cannot be held against a line that is gone.
            self._place, self._torn, self._is_lost = "", b"", True

    def _link(self, place: str, entry: Entry) -> None:
        before = self.last
        if before is None and not self._is_lost:
            if entry.sequence != 1 or entry.previous != NOTHING_BEFORE:
                self.found.notices.append(
                    f"{place}: het logboek begint bij regel {entry.sequence}; wat ouder is, "
                    "is vernietigd of ontbreekt"
                )
        elif not self._is_lost and before is not None:
            if entry.sequence != before.sequence + 1 or entry.previous != before.hash:
                self.found.problems.append(f"{place}: sluit niet aan op de regel ervoor")
            if entry.at < before.at:
                self.found.notices.append(f"{place}: de klok is teruggezet")
        self._is_lost = False
        if entry.event.act is Act.missing:
            self.found.problems.append(
                f"{place}: hiervóór ontbreken regels; volgens {HEAD} was het logboek verder "
                f"({entry.event.about})"
            )


def _hold_head(folder: Path, last: Entry | None, found: Verified) -> None:
    """Say whether the log ends where the head says it does; the head may be one line behind."""
    head = folder / HEAD
    told = head.read_bytes().decode("ascii", "replace").strip() if head.is_file() else ""
    if last is None:
        ends = {"", Last().text}
    else:
        before = Last(last.sequence - 1, last.previous)
        ends = {Last(last.sequence, last.hash).text, before.text}
    if told not in ends:
        found.problems.append(
            f"{HEAD}: de laatste regel is niet die van {HEAD}; er ontbreken regels"
        )
