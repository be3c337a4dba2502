"""The key that orders ties of the rounding.

Here: the public key of a simulated chain, and the secret one of a real chain, made once.
Not here: what it is used for (`rounding`).

Who has the key of a real chain and the rounded counts could tell which of two equal ways was
taken; so it lies in the home folder, its owner's alone, and is in no published file. Figures of a
simulated chain are about nobody: a key everybody has gives the same file on every machine.
"""

import secrets
from pathlib import Path

from pipelines.atomic import write_text

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
        write_text(path, secrets.token_hex(_BYTES))
        path.chmod(0o600)
    return bytes.fromhex(path.read_text(encoding="utf-8").strip())
