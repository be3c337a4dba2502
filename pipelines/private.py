"""What lies under the home folder is its owner's alone: rows, quarantine, register, figures.

Here: the mask of a process, and closing what a home folder holds already.
Not here: who gets to see what of it (a file per audience, made by `pipelines.publication`).

Every process that writes under a home folder closes itself first; whoever takes the writer's lock
closes the folder as well, so that files others put there do not stay open. A process of another
user reads nothing here: it gets a copy of the one published file it may serve.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def owner_only() -> None:
    """Let no file or folder this process makes from here on be opened by another user."""
    os.umask(_OTHERS)


def close_to_others(home: Path) -> None:
    """Take from other users what they may do with anything under a folder, the folder included.

    What belongs to another user (a folder that is mounted) cannot be closed and is left as it is.

    Args:
        home: The folder; made when missing.
    """
    home.mkdir(parents=True, exist_ok=True)
    for path in (home, *_below(home)):
        # A file may go while we look; links lead elsewhere and have no mode of their own.
        with suppress(FileNotFoundError, PermissionError):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & _OTHERS and not path.is_symlink():
                path.chmod(mode & ~_OTHERS)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))
