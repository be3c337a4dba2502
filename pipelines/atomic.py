"""Writing a small file so that a reader sees the old text or the new one, never half.

Here: that one act, and a secret that is made once in that way.
Not here: what is written, or large data (which is written beside its place and renamed by whoever
makes it).
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipelines.private import is_shared

_SECRET_BYTES = 32

# In a folder that is shared with its group, whoever of it writes next can read what is there.
_SHARED = 0o660


def write_text(path: Path, text: str, *, is_durable: bool = True) -> None:
    """Replace the text of a file in one step.

    Args:
        path: File to write; its folder is made when missing.
        text: New content.
        is_durable: Wait until it is on disk. Not worth the wait for a text that can be made again,
            such as one of a thousand reports.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with _alone_in(temporary) as handle:
        if is_shared(path.parent):
            os.fchmod(handle.fileno(), _SHARED)
        handle.write(text)
        handle.flush()
        if is_durable:
            os.fsync(handle.fileno())
        temporary.replace(path)


@contextmanager
def _alone_in(path: Path) -> Iterator[TextIO]:
    """A file, empty, that nobody else writes in until it has another name or this process ends.

    Under a name of its own for each writer, whoever is killed would leave one more.
    """
    while True:
        with path.open("a", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Whoever wrote in it meanwhile gave it its name: then it is no longer here.
            if _is_at(path, handle):
                handle.truncate(0)
                yield handle
                return


def _is_at(path: Path, handle: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle.fileno()))
    except FileNotFoundError:
        return False


def secret_in(path: Path) -> bytes:
    """The secret a file holds, in hexadecimal; made when there is none, or what is there is none.

    Only for a secret whose loss costs no more than that the same thing is marked anew.
    """
    try:
        secret = bytes.fromhex(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        secret = b""
    if len(secret) != _SECRET_BYTES:
        secret = secrets.token_bytes(_SECRET_BYTES)
        write_text(path, secret.hex())
    return secret
