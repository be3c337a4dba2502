"""Whether what landed is still what was written, asked many times over.

Here: whether a file has the hash it was written with, read once by a process.
Not here: the hash itself (`pipelines.sealed`), and what is then done about it (`zone` names it,
`current_state` goes without).
"""

from functools import lru_cache
from pathlib import Path

from pipelines.sealed import file_sha256

# Files remembered by one process; a thousand land in the demo chain.
_REMEMBERED = 100_000


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there and has the hash it was written with.

    It is read once by a process, and again when its size, its times or its place on disk changed:
    a build asks several times.

    Args:
        path: The file.
        sha256: Hash it was written with; empty when none was kept.
    """
    try:
        seen = as_seen(path)
        return not sha256 or _sha256_as_seen(path, seen) == sha256
    except OSError:
        return False


def as_seen(path: Path) -> tuple[int, ...]:
    """What tells that a file was touched, without reading it: size, times and place on disk.

    Raises:
        OSError: It is not there.
    """
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=_REMEMBERED)
def _sha256_as_seen(path: Path, _seen: tuple[int, ...]) -> str:
    return file_sha256(path)
