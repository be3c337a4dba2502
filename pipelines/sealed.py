"""Whether a file is still what was written: hashes of files, and notes that hold their own.

Here: the hash of a file, and sealing a note so that any byte that changes in it is noticed.
Not here: what is then done about it: each kind of file says so itself, and
`pipelines.safekeeping` asks all of them.

A disk that fails and a hand that means well both change a file in silence. A hash tells; it is no
signature: whoever can write a file can also write a new hash.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

_SEAL = "seal"


class DamagedError(ValueError):
    """A note is not what was written."""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, byte for byte."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(note: dict[str, Any]) -> str:
    """A note as JSON that holds the hash of all else in it."""
    sha256 = hashlib.sha256(json.dumps(note).encode()).hexdigest()
    return json.dumps({**note, _SEAL: sha256}, ensure_ascii=False)


def unseal(text: str) -> dict[str, Any]:
    """Read a sealed note.

    Raises:
        DamagedError: It is no JSON object, or not byte for byte the one that was sealed.
    """
    try:
        written = json.loads(text)
    # What nests too deep to be read was never written here.
    except (ValueError, RecursionError) as error:
        raise DamagedError("no JSON") from error
    if not isinstance(written, dict):
        raise DamagedError("no JSON object")
    note = {name: value for name, value in written.items() if name != _SEAL}
    # Not only what it says: a space that became another sign is a change too.
    if text != seal(note):
        raise DamagedError("changed since it was written")
    return note
