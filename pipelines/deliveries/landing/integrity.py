"""Whether what landed is still what was written: hashes of data, and notes that hold their own.

Here: the hash of a file, and sealing a note so that a change in it is noticed.
Not here: what is then done about it (`landing` names it, `current_state` goes without).

A disk that fails and a hand that means well both change a file in silence. A hash tells; it is no
signature: whoever can write in the landing zone can also write a new one.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

_SEAL = "seal"
# Files remembered by one process; a thousand land in the demo chain.
_REMEMBERED = 100_000


class DamagedError(ValueError):
    """A note is not what was written."""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, byte for byte."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there and has the hash it was written with.

    It is read once by a process, and again when its size, its times or its place on disk changed:
    a build asks several times.

    Args:
        path: The file.
        sha256: Hash it was written with; empty when none was kept.
    """
    try:
        found = path.stat()
        seen = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        return not sha256 or _sha256_as_seen(path, seen) == sha256
    except OSError:
        return False


@lru_cache(maxsize=_REMEMBERED)
def _sha256_as_seen(path: Path, _seen: tuple[int, ...]) -> str:
    return file_sha256(path)


def seal(note: dict[str, Any]) -> str:
    """A note as JSON that holds the hash of all else in it."""
    return json.dumps({**note, _SEAL: _hash_of(note)}, ensure_ascii=False)


def unseal(text: str) -> dict[str, Any]:
    """Read a sealed note; one of before notes were sealed is taken as it is.

    Raises:
        DamagedError: It is no JSON object, or not the one that was sealed.
    """
    try:
        note = json.loads(text)
    except ValueError as error:
        raise DamagedError("no JSON") from error
    if not isinstance(note, dict):
        raise DamagedError("no JSON object")
    kept = note.pop(_SEAL, None)
    if kept is not None and kept != _hash_of(note):
        raise DamagedError("changed since it was written")
    return note


def _hash_of(note: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(note).encode()).hexdigest()
