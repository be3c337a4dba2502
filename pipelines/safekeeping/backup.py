"""A copy of all that cannot be made again, in a folder outside the home.

Here: making it, and reading what it holds.
Not here: which files those are (`kept`), and putting them back (`restore`).

    <folder>/manifest.json          sealed: path, hash and time of every file, and of what home
    <folder>/files/<hash>           the files, by what is in them: what is there is not copied again

The manifest is replaced in one step when all it names is there; before that the folder is the
backup it was. What no manifest names any more goes last: so what was destroyed in the home leaves
the backup with the next one. `backups.json` in the home remembers every folder.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.build import BuildError, read_last_build
from pipelines.failure import sentence_of
from pipelines.safekeeping.kept import kept_files
from pipelines.sealed import DamagedError, file_sha256, seal, unseal
from pipelines.settings import Settings

MANIFEST, FILES = "manifest.json", "files"
# Tells the backups of one home from those of another; goes along when it is put back.
_NAME_OF_HOME = "home.id"
_PLACES = "backups.json"
_TRIES = 5


@dataclass(frozen=True)
class Backup:
    """What a folder holds.

    Attributes:
        folder: The folder.
        home: Name of the home it was made of.
        chain: Chain of that home.
        made_at: When.
        reference_date: Reference date of the last build in it; empty when there was none.
        known_at: Moment of that build, as a build takes it; empty when there was none.
        files: Hash and time of every file, by its path in the home.
    """

    folder: Path
    home: str
    chain: str
    made_at: str
    reference_date: str
    known_at: str
    files: Mapping[str, tuple[str, int]]

    def stored(self, sha256: str) -> Path:
        """Where a file with that hash lies."""
        return self.folder / FILES / sha256


def back_up(settings: Settings, folder: Path) -> tuple[Backup, int]:
    """Bring a folder up to what is kept in a home; hold the writer's lock.

    Args:
        settings: Whose home.
        folder: Where; made when missing, and never within the home.

    Returns:
        The backup, and the number of files that had to be copied.

    Raises:
        BuildError: The folder lies in the home, holds something else or the backup of another home,
            or cannot be written.
    """
    place = folder.expanduser().resolve()
    _require_fit(settings, place)
    try:
        return _back_up(settings, place)
    except OSError as error:
        raise BuildError(
            f"{sentence_of(error)}; wat in {place} stond, bleef zoals het was"
        ) from error


def read_backup(folder: Path) -> Backup:
    """Read what a folder holds.

    Raises:
        BuildError: It holds no backup, or its manifest is not as it was written.
    """
    try:
        note = unseal((folder / MANIFEST).read_bytes().decode(errors="replace"))
        return Backup(
            folder,
            note["home"],
            note["chain"],
            note["made_at"],
            note["reference_date"],
            note["known_at"],
            {name: (sha256, time) for name, (sha256, time) in note["files"].items()},
        )
    except FileNotFoundError as error:
        raise BuildError(f"{folder} houdt geen back-up; noem de map van een back-up") from error
    except (OSError, DamagedError, KeyError, TypeError, ValueError) as error:
        raise BuildError(
            f"{folder / MANIFEST} is niet meer wat erin is geschreven; gebruik een andere back-up"
        ) from error


def places(settings: Settings) -> list[Path]:
    """Every folder in which this home was backed up."""
    path = settings.home / _PLACES
    return [Path(place) for place in json.loads(path.read_text("utf-8"))] if path.exists() else []


def is_of(settings: Settings, backup: Backup) -> bool:
    """Whether a backup was made of this home."""
    return backup.home == _name_of(settings)


def _back_up(settings: Settings, place: Path) -> tuple[Backup, int]:
    (place / FILES).mkdir(parents=True, exist_ok=True)
    # Before the files are listed: both are among them.
    home = _name_of(settings)
    _remember(settings, place)
    copied = 0
    for _ in range(_TRIES):
        before = _seen(settings)
        listed, fresh = _copied(settings, place)
        copied += fresh
        if _seen(settings) == before:
            break
    else:
        raise BuildError(
            f"in {settings.home} wordt voortdurend geschreven; stop de dashboards en doe de "
            "opdracht opnieuw"
        )
    last = read_last_build(settings)
    backup = Backup(
        place,
        home,
        str(settings.chain or ""),
        datetime.now(UTC).isoformat(timespec="seconds"),
        last.reference_date if last else "",
        last.known_at.isoformat() if last else "",
        listed,
    )
    note = {name: value for name, value in vars(backup).items() if name != "folder"}
    write_text(place / MANIFEST, seal(note))
    _sweep(backup)
    return backup, copied


def _seen(settings: Settings) -> dict[Path, tuple[int, int]]:
    """Size and time of every file: a dashboard writes decisions and its log without our lock."""
    found = {path: path.stat() for path in kept_files(settings)}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


def _copied(settings: Settings, place: Path) -> tuple[dict[str, tuple[str, int]], int]:
    """Hash and time of every file by its path, all of them there; and how many were not yet."""
    listed, fresh = {}, 0
    for path in kept_files(settings):
        sha256 = file_sha256(path)
        target = place / FILES / sha256
        # Also what lies there was read: a copy that was damaged is made good.
        if not (target.is_file() and file_sha256(target) == sha256):
            sha256 = _copy(path, place / FILES)
            fresh += 1
        listed[path.relative_to(settings.home).as_posix()] = (sha256, path.stat().st_mtime_ns)
    return listed, fresh


def _copy(path: Path, folder: Path) -> str:
    """Copy a file, so that it is there whole or not at all, under the hash of what was copied."""
    temporary = folder / ".copy.tmp"
    shutil.copyfile(path, temporary)
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    sha256 = file_sha256(temporary)
    temporary.replace(folder / sha256)
    return sha256


def _sweep(backup: Backup) -> None:
    """Remove what the manifest does not name: older versions, and what a killed backup left."""
    named = {sha256 for sha256, _ in backup.files.values()}
    for path in (backup.folder / FILES).iterdir():
        if path.name not in named:
            path.unlink()


def _require_fit(settings: Settings, place: Path) -> None:
    if place.is_relative_to(settings.home) or settings.home.is_relative_to(place):
        raise BuildError(
            f"{place} ligt in of om {settings.home}; kies een map op een andere schijf"
        )
    if not place.exists():
        return
    if not (place / MANIFEST).exists():
        # A first backup that was killed has no manifest yet.
        others = {path.name for path in place.iterdir()} - {FILES, f".{MANIFEST}.tmp"}
        if others:
            raise BuildError(f"{place} is niet leeg en houdt geen back-up; kies een andere map")
    elif not is_of(settings, read_backup(place)):
        raise BuildError(f"{place} houdt de back-up van een andere map; kies een andere map")


def _name_of(settings: Settings) -> str:
    path = settings.home / _NAME_OF_HOME
    if not path.exists():
        write_text(path, f"{secrets.token_hex(16)}\n")
    return path.read_text("utf-8").strip()


def _remember(settings: Settings, place: Path) -> None:
    known = places(settings)
    if place not in known:
        write_text(
            settings.home / _PLACES, json.dumps([*map(str, known), str(place)], ensure_ascii=False)
        )
