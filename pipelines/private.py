"""What lies under the home folder is its owner's alone: rows, quarantine, register, figures.

Here: the mask of a process, and closing what a home folder holds already.
Not here: who gets to see what of it (a file per audience, made by `pipelines.publication`).

Every process that writes under a home folder closes itself first; whoever takes the writer's lock
closes the folder as well, so that files others put there do not stay open. A process of another
user reads nothing here: it gets a copy of the one published file it may serve.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LEFT = frozenset({errno.ENOENT, errno.EPERM, errno.EACCES, errno.EROFS})


def owner_only() -> None:
    """Let no file or folder this process makes from here on be opened by another user."""
    os.umask(_OTHERS)


def is_shared(folder: Path) -> bool:
    """Whether a folder is shared with its group: by the bit that hands the group on to files."""
    return bool(folder.stat().st_mode & stat.S_ISGID)


def close_to_others(home: Path) -> None:
    """Take from other users what they may do with anything under a folder, the folder included.

    What belongs to another user (a folder that is mounted) or may not be written by this process (a
    service that only looks) cannot be closed and is left as it is.
    In a folder that is shared with its group, that group keeps what it may do.

    Args:
        home: The folder; made when missing.
    """
    home.mkdir(parents=True, exist_ok=True)
    for path in (home, *_below(home)):
        # A file may go while we look; links lead elsewhere and have no mode of their own.
        try:
            mode = stat.S_IMODE(path.lstat().st_mode)
            taken = stat.S_IRWXO if is_shared(path if path.is_dir() else path.parent) else _OTHERS
            if mode & taken and not path.is_symlink():
                path.chmod(mode & ~taken)
        except OSError as error:
            if error.errno not in _LEFT:
                raise


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))
