"""The record of destruction: what was destroyed, when, by which term and where; never what it held.

Here: adding a line, reading them, and saying which are not as they were written.
Not here: destroying (`destroy`).

`retention/destroyed.jsonl` in the home: one sealed JSON line an act, only ever added to, each with
the hash of the line before it. `destroyed.head` holds that of the last one, so that a line cut off
the end is missed too. An act is recorded twice: `voorgenomen` before anything is touched,
`vernietigd` when it is gone everywhere. What is between the two is taken up again by whoever comes
next.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from pipelines.atomic import write_text
from pipelines.build import BuildError
from pipelines.sealed import DamagedError, seal, unseal
from pipelines.settings import Settings

FOLDER, LINES, HEAD = "retention", "destroyed.jsonl", "destroyed.head"
INTENDED, DONE = "voorgenomen", "vernietigd"
LET_IN = "weer toegelaten"
WAITS, REACHED = "wacht op back-up", "back-up bijgewerkt"
_NOTHING_BEFORE = "0" * 64


class Record:
    """The record of a home; the file is made at the first line."""

    def __init__(self, settings: Settings) -> None:
        """Point at it.

        Args:
            settings: Whose home.
        """
        folder = settings.home / FOLDER
        self._path, self._head = folder / LINES, folder / HEAD

    def lines(self) -> list[dict[str, Any]]:
        """Every line, in the order written.

        Raises:
            BuildError: One is not as it was written; nothing is destroyed on such a record.
        """
        if problems := self.problems():
            raise BuildError(
                f"{FOLDER}/{problems[0]}; zet het terug uit een back-up (kwaliteitsmonitor restore)"
            )
        return [unseal(line) for line in self._texts()]

    def open_acts(self) -> list[dict[str, Any]]:
        """Acts that were intended and not finished, as they were intended."""
        lines = self.lines()
        done = {line["act"] for line in lines if line["state"] == DONE}
        return [
            line for line in lines if line["state"] == INTENDED and line["sequence"] not in done
        ]

    def destroyed_until(self) -> date | None:
        """The last reference date of which a delivery was, or is going to be, destroyed."""
        days = [line["reference_date"] for line in self.lines() if "reference_date" in line]
        return date.fromisoformat(max(days)) if days else None

    def withdrawn(self) -> frozenset[str]:
        """Marks of what was withdrawn and may not come in again, from the order on."""
        marks: set[str] = set()
        for line in self.lines():
            if line["state"] == LET_IN:
                marks.discard(line["withdrawn"])
            elif "withdrawn" in line:
                marks.add(line["withdrawn"])
        return frozenset(marks)

    def let_in(self, mark: str, reason: str) -> None:
        """Say that what was withdrawn may come in again, and why."""
        self._add({"state": LET_IN, "withdrawn": mark, "reason": reason})

    def waiting_backups(self) -> set[str]:
        """Backups that could not be reached when something was destroyed, and not since."""
        waiting: set[str] = set()
        for line in self.lines():
            if line["state"] == WAITS:
                waiting.add(line["backup"])
            elif line["state"] == REACHED:
                waiting.discard(line["backup"])
        return waiting

    def note_backup(self, state: str, place: str) -> None:
        """Say that a backup still holds what was destroyed (`WAITS`), or no longer (`REACHED`)."""
        self._add({"state": state, "backup": place})

    def intend(self, **said: Any) -> dict[str, Any]:
        """Say what is going to be destroyed."""
        return self._add({"state": INTENDED, **said})

    def finish(self, act: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Say that it is gone.

        Args:
            act: The line that intended it.
            said: Where it was destroyed, and where it still has to be.
        """
        return self._add({"state": DONE, "act": act["sequence"], **said})

    def problems(self) -> list[str]:
        """Say of every line that is not as it was written what is wrong, in Dutch."""
        found, hashes = [], [_NOTHING_BEFORE]
        for number, text in enumerate(self._texts(), start=1):
            try:
                line = unseal(text)
                is_next = (line["sequence"], line["previous"]) == (number, hashes[-1])
            except (DamagedError, KeyError):
                return [f"{LINES} regel {number}: is veranderd sinds zij werd geschreven"]
            if not is_next:
                found.append(f"{LINES} regel {number}: sluit niet aan op de regel ervoor")
            hashes.append(_hash(text))
        # Stopped between the lines and their head, it is one behind.
        known = self._head.read_bytes() if self._head.exists() else _told(_NOTHING_BEFORE)
        if not found and known not in map(_told, hashes[-2:]):
            found.append(f"{LINES}: de laatste regel is niet die van {HEAD}; er ontbreken regels")
        return found

    def _add(self, said: dict[str, Any]) -> dict[str, Any]:
        lines = self.lines()
        texts = list(self._texts())
        line = {
            "sequence": len(lines) + 1,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            **said,
            "previous": _hash(texts[-1]) if texts else _NOTHING_BEFORE,
        }
        texts.append(seal(line))
        write_text(self._path, "".join(f"{text}\n" for text in texts))
        write_text(self._head, _told(_hash(texts[-1])).decode())
        return line

    def _texts(self) -> Iterator[str]:
        if self._path.exists():
            text = self._path.read_bytes().decode(errors="replace")
            # A last line without its end was changed too.
            yield from text.removesuffix("\n").split("\n") if text.endswith("\n") else [text + "\n"]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _told(sha256: str) -> bytes:
    return f"{sha256}\n".encode()
