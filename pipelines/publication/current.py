"""Which published file of an audience counts, and whether it is still what was published.

Here: the file the pointer leads to, judged, and the one readers get where it is damaged.
Not here: the hashes beside a file (`recorded`), writing one (`publish`), and what is read in it.

Everybody who reads a publication finds it here, so that each is judged in the same way: the pointer
names a file beside it, the file has the hash that was kept when it was published, and it says of
itself that it is this audience's. A file is hashed once by a process, and again when it was
touched.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import duckdb

from pipelines.deliveries.landing.integrity import is_whole
from pipelines.publication.recorded import (
    POINTER,
    PUBLISHED,
    SUFFIX,
    hashes_in,
)
from pipelines.settings import Settings
from pipelines.shut_off import connect_shut_off

_NAME = re.compile(rf"[A-Za-z0-9][\w-]*\{PUBLISHED}")
_REMEDY = "'kwaliteitsmonitor build' maakt haar opnieuw"


class DamagedPublicationError(LookupError):
    """What the pointer leads to is not what was published; the message says what and the remedy.

    Attributes:
        what: What is wrong, without the remedy.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; {_REMEDY}")
        self.what = what


def current_path(settings: Settings, audience: str) -> Path | None:
    """The current publication of an audience; None when there is none yet.

    Raises:
        DamagedPublicationError: There was one, and it is not as it was published.
    """
    return current_in(settings.published_dir / audience)


def current_in(folder: Path) -> Path | None:
    """The current publication in the folder of an audience; as `current_path`."""
    if not (folder / POINTER).exists():
        return None
    who, path = folder.name, _named(folder)
    if path is None:
        raise DamagedPublicationError(f"de verwijzing {POINTER} van {who} noemt geen publicatie")
    if not path.is_file():
        raise DamagedPublicationError(f"publicatie {path.stem} van {who} ontbreekt")
    if not is_intact(path):
        raise DamagedPublicationError(
            f"publicatie {path.stem} van {who} is niet meer wat er is uitgebracht"
        )
    return path


def last_good(folder: Path) -> Path | None:
    """What readers get: the current publication, or where that is damaged the one before it.

    Args:
        folder: Published files of one audience.

    Returns:
        The file; None when nothing was published, or nothing is left of it.
    """
    try:
        return current_in(folder)
    except DamagedPublicationError:
        return next((path for path in published_in(folder) if is_intact(path)), None)


def published_in(folder: Path) -> Iterator[Path]:
    """Every file that was published in a folder and is kept, what was known last first.

    Of a file that did not get past the door out, or of a build that was killed before it did, no
    hash is kept: it is none of them.
    """
    files = sorted(folder.glob(f"[!.]*{PUBLISHED}"), key=_known_then_day, reverse=True)
    yield from (path for path in files if _note_of(path).exists())


def is_intact(path: Path) -> bool:
    """Whether a published file, or a file of its pack, is there and is what was published."""
    if path.is_symlink() or not path.is_file():
        return False
    kept = (hashes_in(_note_of(path)) or {}).get(path.name)
    if kept is None or not is_whole(path, kept):
        return False
    # By its hash: DuckDB gives what another connection of this process has open under this name.
    return path.suffix != PUBLISHED or _audience(path, kept) == path.parent.name


def _named(folder: Path) -> Path | None:
    """The file the pointer names, whatever it is; None where it names no file of this folder."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return folder / name if _NAME.fullmatch(name) else None


def _note_of(path: Path) -> Path:
    return path.with_suffix(SUFFIX)


def _audience(path: Path, content: str) -> str | None:
    """Whose file it says it is; None where it cannot be read."""
    try:
        return _stated_audience(path, content)
    except duckdb.Error:
        # Not remembered: a machine out of handles or memory is no damage to the file.
        return None


@lru_cache(maxsize=256)
def _stated_audience(path: Path, _content: str) -> str | None:
    with connect_shut_off(path) as connection:
        row = connection.execute("select audience from publication").fetchone()
    return str(row[0]) if row else None


def _known_then_day(path: Path) -> tuple[str, str]:
    """By what was known, and then by reference date: both stand in the name."""
    day, _, rest = path.stem.partition("_")
    return rest, day
