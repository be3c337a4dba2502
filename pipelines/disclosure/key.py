"""The key that orders ties of the rounding.

Here: the public key of a simulated chain, and the secret one of a real chain, made once.
Not here: what it is used for (`rounding`).

Who has the key of a real chain and the rounded counts could tell which of two equal ways was
taken; so it lies in the home folder, its owner's alone, and is in no published file. Figures of a
simulated chain are about nobody: a key everybody has gives the same file on every machine.
"""

import hashlib
import secrets
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.build import BuildError

FILE = "rounding.key"
_OF_SIMULATED = b"figures of a simulated chain are about nobody"
_BYTES = 32


def rounding_key(home: Path, *, is_synthetic: bool) -> bytes:
    """The key of a home folder.

    Args:
        home: The home folder; the secret key is made in it when it has none.
        is_synthetic: Whether every figure is about simulated cases.
    """
    if is_synthetic:
        return _OF_SIMULATED
    path = home / FILE
    if not path.exists():
        write_text(path, _with_check(secrets.token_hex(_BYTES)))
        path.chmod(0o600)
    if not is_whole(path):
        raise BuildError(
            f"{FILE} is niet meer wat erin is geschreven; zet het terug uit een back-up "
            "(kwaliteitsmonitor restore)"
        )
    return bytes.fromhex(_read(path).split()[0])


def is_whole(path: Path) -> bool:
    """Whether a key is as it was written."""
    text = _read(path)
    return text == _with_check(text[: 2 * _BYTES])


def _read(path: Path) -> str:
    return path.read_bytes().decode("ascii", errors="replace")


def _with_check(key: str) -> str:
    # Of 256 random bits a hash tells nothing.
    return f"{key} {hashlib.sha256(key.encode()).hexdigest()}\n"
