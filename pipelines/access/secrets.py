"""The secrets of signing in: files of their own, which nobody but their owner may read.

Here: reading one, and making the one that signs sessions.
Not here: what they are for (`dashboard.access`). None ever stands in a setting or in the log.
"""

import os
import secrets
import stat
from pathlib import Path

COOKIE, CLIENT, PROXY = "cookie_secret", "client_secret", "proxy_secret"
_SHORTEST = 16
_OWN = 0o600


class SecretError(RuntimeError):
    """A secret is not there or not secret; the message says what to do, in Dutch."""


def read_secret(folder: Path, name: str) -> str:
    """Return a secret.

    Raises:
        SecretError: There is none, others may read it, or it can be guessed.
    """
    path = folder / name
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(
            f"het geheim {path} ontbreekt of is niet leesbaar; schrijf het daar in één regel, "
            "met rechten 600"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretError(f"het geheim {path} is leesbaar voor anderen; doe `chmod 600 {path}`")
    if len(text) < _SHORTEST or not text.isprintable():
        raise SecretError(f"het geheim {path} moet {_SHORTEST} tekens of meer hebben, op één regel")
    return text


def make_secret(folder: Path, name: str) -> None:
    """Make a secret where there is none yet; of two processes that do, the first one's stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(32)}\n")
        file.flush()
        os.fsync(file.fileno())
