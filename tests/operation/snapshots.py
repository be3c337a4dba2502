"""What lies in a home at one moment, and laying it down again somewhere else.

Here: a snapshot, told by the content of all it holds, and the contents themselves where they are
kept.
Not here: when one is taken, and what is claimed of it (`test_faults`).

What `kill -9` leaves is what lies there at that moment. So a process that stands still before a
change shows what a kill at that change would leave, and one walk shows that of every change.
"""

import hashlib
import os
import shutil
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.sealed import file_sha256
from tests.operation.tracing import LOGS

FOLDER = "folder"
# A thread may be in the middle of a change while another stops before the next one.
_IN_THE_MAKING = 16


@dataclass(frozen=True)
class Entry:
    """One file or folder.

    Attributes:
        mode: Its mode.
        moment: When it was written, in nanoseconds: old files are told from new ones by it.
        content: Hash of its content, or `FOLDER`.
    """

    mode: int
    moment: int
    content: str


Snapshot = Mapping[str, Entry]


def digest_of(snapshot: Snapshot) -> str:
    """Hash of a snapshot: two with the same hold the same, whenever it was written."""
    lines = (f"{name} {entry.mode} {entry.content}\n" for name, entry in sorted(snapshot.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def part_of(snapshot: Snapshot, folders: Iterable[str]) -> Snapshot:
    """What of a snapshot lies in some folders, with these."""
    wanted = tuple(folders)
    return {name: entry for name, entry in snapshot.items() if name.split("/")[0] in wanted}


class Snapshots:
    """Snapshots of one home, one after the other.

    Args:
        home: The home.
        store: Folder for contents.
    """

    def __init__(self, home: Path, store: Path) -> None:
        self._home, self._store = home, store
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}
        self._changing: deque[str] = deque(maxlen=_IN_THE_MAKING)

    def look(self, changing: Iterable[str] = ()) -> Snapshot:
        """What lies there now, without logs.

        Args:
            changing: Names that change next. A clock is too coarse to tell that two writes follow
                one another, so what changed lately is read again.
        """
        found = dict(self._entries(self._home, ""))
        self._known = {name: known for name, known in self._known.items() if name in found}
        self._changing.extend(changing)
        return found

    def _entries(self, folder: Path, prefix: str) -> Iterable[tuple[str, Entry]]:
        for each in os.scandir(folder):
            name = f"{prefix}{each.name}"
            if f"{name}/".startswith(LOGS):
                continue
            try:
                state = each.stat(follow_symlinks=False)
            except FileNotFoundError:
                # Another thread was about to remove it.
                continue
            if each.is_dir(follow_symlinks=False):
                yield name, Entry(state.st_mode, state.st_mtime_ns, FOLDER)
                yield from self._entries(Path(each.path), f"{name}/")
            else:
                content = self._content(name, Path(each.path), state)
                yield name, Entry(state.st_mode, state.st_mtime_ns, content)

    def _content(self, name: str, path: Path, state: os.stat_result) -> str:
        seen = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        known = self._known.get(name)
        if known is None or known[0] != seen or name in self._changing:
            known = self._known[name] = (seen, file_sha256(path))
        return known[1]

    def keep(self, snapshot: Snapshot) -> None:
        """Keep the contents of a snapshot, as long as they lie in the home."""
        self._store.mkdir(exist_ok=True)
        for name, entry in snapshot.items():
            kept = self._store / entry.content
            if entry.content != FOLDER and not kept.exists():
                shutil.copyfile(self._home / name, kept)

    def forget(self) -> None:
        """Throw away what is kept."""
        shutil.rmtree(self._store)

    def lay(self, snapshot: Snapshot, place: Path) -> None:
        """Lay a snapshot down whose contents are kept."""
        place.mkdir()
        for name, entry in sorted(snapshot.items()):
            path = place / name
            if entry.content == FOLDER:
                path.mkdir()
            else:
                shutil.copyfile(self._store / entry.content, path)
        # Of a folder last: what is laid in it is written in it.
        for name, entry in sorted(snapshot.items(), reverse=True):
            (place / name).chmod(entry.mode & 0o7777)
            os.utime(place / name, ns=(entry.moment, entry.moment))
