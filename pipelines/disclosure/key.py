"""The key that orders ties of the rounding.

Here: the public key of a simulated chain, and the secret one of a real chain, made once.
Not here: what it is used for (`rounding`).

Who has the key of a real chain and the rounded counts could tell which of two equal ways was
taken; so it lies in the home folder, its owner's alone, and is in no published file. Figures of a
simulated chain are about nobody: a key everybody has gives the same file on every machine.

With another key the same counts are rounded another way, and who has both publications knows more
than either was to tell. So a key that is lost is not made anew in silence, nor another taken for
it: which one was made is noted beside it.
"""

import hashlib
import secrets
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.build import BuildError

FILE = "rounding.key"
NOTE = "rounding.made"
"""The hash of the key that was made: where that is gone or another, it was lost."""
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
    path, note = home / FILE, home / NOTE
    if not path.exists() and not note.exists():
        write_text(path, _with_check(secrets.token_hex(_BYTES)))
        path.chmod(0o600)
    if problem := problem_of(home):
        raise BuildError(
            f"{FILE} {problem}, en met een andere sleutel worden dezelfde aantallen anders "
            "afgerond; zet het terug uit een back-up (kwaliteitsmonitor restore), of haal "
            f"{FILE} en {NOTE} weg als die er niet is"
        )
    if not note.exists():
        write_text(note, _hash_of(_read(path)))
    return bytes.fromhex(_read(path).split()[0])


def problem_of(home: Path) -> str:
    """What is wrong with the key of a home, in Dutch; empty where nothing is, or none was made."""
    path, note = home / FILE, home / NOTE
    if not path.exists():
        return "ontbreekt" if note.exists() else ""
    text = _read(path)
    if text != _with_check(text[: 2 * _BYTES]):
        return "is niet meer wat erin is geschreven"
    if note.exists() and _read(note) != _hash_of(text):
        return f"is niet de sleutel van {NOTE}"
    return ""


def _read(path: Path) -> str:
    return path.read_bytes().decode("ascii", errors="replace")


def _hash_of(text: str) -> str:
    return hashlib.sha256(f"made {text}".encode()).hexdigest() + "\n"


def _with_check(key: str) -> str:
    # Of 256 random bits a hash tells nothing.
    return f"{key} {hashlib.sha256(key.encode()).hexdigest()}\n"
