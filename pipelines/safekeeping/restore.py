"""Putting a backup back as a home.

Here: holding every file of the backup against its hash, and making the home; cut short, the same
command begins again.
Not here: making a backup (`backup`), and building what can be made again (`pipelines.road`).
"""

import os
import shutil
from pathlib import Path

from pipelines.build import BuildError
from pipelines.private import owner_only
from pipelines.safekeeping.backup import Backup, read_backup
from pipelines.sealed import file_sha256

# As long as it is there, all in the folder came from a restore that was not finished.
_BEGUN = ".restoring"


def restore(folder: Path, home: Path) -> Backup:
    """Make a home of a backup.

    Args:
        folder: The backup.
        home: Where; an empty folder, or one that is not there yet.

    Returns:
        The backup that was put back.

    Raises:
        BuildError: The backup is not whole (every file that is not is named), the home is not
            empty, or it cannot be written.
    """
    owner_only()
    backup = read_backup(folder.expanduser().resolve())
    place = home.expanduser().resolve()
    begun = place / _BEGUN
    if place.exists() and not begun.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BuildError(f"{place} is niet leeg; noem een lege map, of een die er nog niet is")
    if damaged := _damaged(backup):
        raise BuildError("\n".join(damaged))
    try:
        # Within the folder itself: who may write in it need not be allowed to beside it.
        _empty(place)
        for name, (sha256, time) in backup.files.items():
            target = begun / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(backup.stored(sha256), target)
            # The newest publications are told from older ones by their time.
            os.utime(target, ns=(time, time))
        for path in sorted(begun.iterdir()):
            path.replace(place / path.name)
        begun.rmdir()
    except OSError as error:
        raise BuildError(
            f"{place} kan niet worden geschreven ({error.strerror}); maak ruimte of kies een "
            "andere map, en doe de opdracht opnieuw"
        ) from error
    return backup


def _empty(place: Path) -> None:
    """Take away what an earlier restore that was cut short put in a folder."""
    (place / _BEGUN).mkdir(parents=True, exist_ok=True)
    for path in [path for path in place.iterdir() if path.name != _BEGUN]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    shutil.rmtree(place / _BEGUN)
    (place / _BEGUN).mkdir()


def _damaged(backup: Backup) -> list[str]:
    found = []
    for name, (sha256, _) in backup.files.items():
        parts = Path(name).parts
        if Path(name).is_absolute() or ".." in parts:
            found.append(f"{name}: wijst buiten de map; gebruik een andere back-up")
            continue
        path = backup.stored(sha256)
        if not path.is_file():
            found.append(f"{name}: ontbreekt in de back-up; gebruik een andere back-up")
        elif file_sha256(path) != sha256:
            found.append(f"{name}: is in de back-up veranderd; gebruik een andere back-up")
    return found
