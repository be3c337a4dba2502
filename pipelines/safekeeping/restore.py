"""Putting a backup back as a home.

Here: holding every file of the backup against its hash, and making the home in one step.
Not here: making a backup (`backup`), and building what can be made again (`pipelines.road`).
"""

import os
import shutil
from pathlib import Path

from pipelines.build import BuildError
from pipelines.private import owner_only
from pipelines.safekeeping.backup import Backup, read_backup
from pipelines.sealed import file_sha256


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
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BuildError(f"{place} is niet leeg; noem een lege map, of een die er nog niet is")
    if damaged := _damaged(backup):
        raise BuildError("\n".join(damaged))
    temporary = place.with_name(f".{place.name}.restoring")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        for name, (sha256, time) in backup.files.items():
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(backup.stored(sha256), target)
            # The newest publications are told from older ones by their time.
            os.utime(target, ns=(time, time))
        # A rename over an empty folder is one step; until then there is no home at all.
        temporary.replace(place)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise BuildError(
            f"{place} kan niet worden geschreven ({error.strerror}); maak ruimte of kies een "
            "andere map"
        ) from error
    return backup


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
