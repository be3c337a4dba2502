"""The files of the access log: adding a line that is on disk before the page is on screen.

Here: adding, the files by month and size, and going on after whatever stopped a writer.
Not here: what a line says (`entry`), and holding the files against their hashes (`verification`).

Any number of processes write to one log: the file `head` is locked meanwhile, and holds number and
hash of the last line, so that lines cut off the end are missed. A process that is stopped in the
middle of a line leaves it torn; the next line says so and carries its hash.

What this shows is a change by accident or by somebody who does not know the log. Whoever may write
in this folder and recomputes every hash leaves no trace in it: the last hash, which `access verify`
prints, is worth keeping elsewhere.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.access.entry import NOTHING_BEFORE, Act, Entry, Event, read_entry

HEAD = "head"
LARGEST = 16 * 2**20
# By month and then by number within it.
_NAME = re.compile(r"(?P<month>\d{4}-\d{2})\.(?P<number>\d{4,})\.jsonl\Z")
# More than the longest line: each of its texts has at most two hundred signs.
_TAIL = 2**14
_OWN_FILE = 0o600
_OWN_FOLDER = 0o700


class AccessLogError(RuntimeError):
    """A line cannot be kept; the message says why and what to do, in Dutch."""


@dataclass(frozen=True)
class Last:
    """Where the log ends.

    Attributes:
        sequence: Number of the last line; 0 where there is none.
        hash: Its hash.
    """

    sequence: int = 0
    hash: str = NOTHING_BEFORE

    @property
    def text(self) -> str:
        """As the head tells it."""
        return f"{self.sequence:020d} {self.hash}"


def log_files(folder: Path) -> list[Path]:
    """Return the files of a log, oldest first."""
    named = {path: _NAME.match(path.name) for path in folder.glob("*.jsonl")}
    return sorted(
        (path for path, name in named.items() if name),
        key=lambda path: _order(path.name),
    )


class AccessLog:
    """The access log in a folder.

    Args:
        folder: The folder; made at the first line.
        largest: A file that holds so many bytes is followed by another.
        clock: What time it is.
    """

    def __init__(
        self,
        folder: Path,
        *,
        largest: int = LARGEST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self._largest = largest
        self._clock = clock

    def add(self, event: Event) -> Entry:
        """Add a line; on disk when this returns.

        Raises:
            AccessLogError: It cannot be kept: a full disk, a folder that cannot be written.
        """
        try:
            with self._held() as head:
                last = self._made_whole(head)
                return self._write(head, event, last)
        except OSError as error:
            raise AccessLogError(
                f"het toegangslogboek in {self.folder} kan niet worden geschreven "
                f"({error.strerror}); maak ruimte op de schijf of herstel de rechten"
            ) from error

    @contextmanager
    def _held(self) -> Iterator[int]:
        self.folder.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
        head = os.open(self.folder / HEAD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWN_FILE)
        try:
            # Freed by the system when the process ends, however it ends.
            fcntl.flock(head, fcntl.LOCK_EX)
            yield head
        finally:
            os.close(head)

    def _made_whole(self, head: int) -> Last:
        """Return where the log ends, after saying there what is torn and what is missing."""
        files = log_files(self.folder)
        last, torn = _ending(files)
        if not files and _read_head(head) is None:
            # Before the first line: from here on, a head that says nothing was tampered with.
            _tell_head(head, last)
        told, ended = _read_head(head), last
        if torn:
            # In one go with the end of the line it is about, in the same file.
            about = hashlib.sha256(torn.rstrip(b"\n")).hexdigest()
            end = b"" if torn.endswith(b"\n") else b"\n"
            self._write(head, Event(Act.torn, "", "", about=about), last, files[-1], end)
            last, _ = _ending(files)
        if told is None and files:
            self._write(head, Event(Act.missing, "", "", about=HEAD), last)
        elif told and (told.sequence > ended.sequence or _contradicts(told, ended)):
            self._write(head, Event(Act.missing, "", "", about=f"{told.sequence}"), last)
        return _ending(log_files(self.folder))[0]

    def _write(
        self, head: int, event: Event, last: Last, path: Path | None = None, before: bytes = b""
    ) -> Entry:
        entry = Entry(last.sequence + 1, self._now(), event, last.hash)
        _append(path or self._file_of(entry.at), before + entry.line)
        _tell_head(head, Last(entry.sequence, entry.hash))
        return entry

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _file_of(self, at: datetime) -> Path:
        """Return the file a line goes into: whatever the clock, none before the last."""
        files = log_files(self.folder)
        month, number = f"{at:%Y-%m}", 1
        if files:
            last_month, last_number = _order(files[-1].name)
            if last_month >= month:
                is_full = files[-1].stat().st_size >= self._largest
                month, number = last_month, last_number + is_full
        return self.folder / f"{month}.{number:04d}.jsonl"


def _append(path: Path, content: bytes) -> None:
    """Add bytes to a file, all of them or none, and wait until they are on disk."""
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _OWN_FILE)
    try:
        size = os.fstat(handle).st_size
        try:
            left = content
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        except OSError:
            # A disk that is full takes half a line; where even this fails, the line is torn.
            with suppress(OSError):
                os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _order(name: str) -> tuple[str, int]:
    found = _NAME.match(name)
    if found is None:
        raise ValueError(f"{name} is no file of the access log")
    return found["month"], int(found["number"])


def _ending(files: list[Path]) -> tuple[Last, bytes]:
    """Return the last line that is whole, and what stands behind it in the last file."""
    behind = b""
    for path in reversed(files):
        size = path.stat().st_size
        with path.open("rb") as handle:
            # The whole of it only where nothing in its tail is a line.
            for start in (max(0, size - _TAIL), 0):
                handle.seek(start)
                lines = handle.read().splitlines(keepends=True)
                for place in range(len(lines) - 1, -1, -1):
                    if entry := read_entry(lines[place]):
                        rest = b"".join(lines[place + 1 :])
                        return Last(entry.sequence, entry.hash), behind or rest
        if path is files[-1]:
            behind = b"".join(lines)
    return Last(), behind


def _tell_head(head: int, last: Last) -> None:
    # Shorter than a sector, so it is there whole or not at all; one behind is no harm.
    os.pwrite(head, f"{last.text}\n".encode(), 0)
    os.fsync(head)


def _read_head(head: int) -> Last | None:
    """Return what the head says was last; None where it says nothing one can use."""
    words = os.pread(head, 200, 0).decode("ascii", errors="replace").split()
    try:
        sequence, digest = words
        return Last(int(sequence), digest)
    except ValueError:
        return None


def _contradicts(told: Last, last: Last) -> bool:
    """Whether the last line is not the one the head tells of."""
    return told.sequence == last.sequence and told.hash != last.hash
