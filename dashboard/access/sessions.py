"""Sessions that were ended before their time: whoever signs out is out in every tab and process.

Here: one empty file a session, which all dashboards of a home look at.
Not here: when a session is over by itself (`identity`).
"""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

_FOLDER = "ended"


def end(folder: Path, session: str, lifetime: timedelta) -> None:
    """End a session, and forget those that are over by now anyway."""
    ended = folder / _FOLDER
    ended.mkdir(mode=0o700, parents=True, exist_ok=True)
    (ended / session).touch(0o600)
    for path in ended.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - lifetime.total_seconds():
                path.unlink()


def is_ended(folder: Path, session: str) -> bool:
    """Whether a session was ended."""
    return bool(session) and (folder / _FOLDER / session).exists()
