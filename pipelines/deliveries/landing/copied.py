"""The copy of a delivered file: what is hashed, read, landed or refused is that copy.

Here: making it, and taking the file itself away once it has been dealt with.
Not here: what becomes of the copy (`pipelines.deliveries.intake`, `quarantine`).
"""

import hashlib
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from pipelines.deliveries.landing.layout import INCOMING
from pipelines.deliveries.manifest import manifest_beside
from pipelines.settings import Settings

_BLOCK = 2**20


@dataclass(frozen=True)
class Copied:
    """A file as it was when it was taken in: what is hashed, read, landed or refused is this copy.

    A file that is still being transferred goes on changing; then the copy is what was judged.

    Attributes:
        path: The copy; it has the name of the file.
        sha256: Hash of its bytes.
        size: Number of its bytes.
        seen: Size and time of the file itself, just before it was copied.
    """

    path: Path
    sha256: str
    size: int
    seen: tuple[int, int]

    def remove(self) -> None:
        """Remove the copy, wherever it has not gone by now."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def bring_in(settings: Settings, path: Path) -> Copied:
    """Copy a delivered file, and hash the very bytes that were copied."""
    folder = settings.landing_dir / INCOMING / uuid.uuid4().hex
    folder.mkdir(parents=True)
    copy, digest, size = folder / path.name, hashlib.sha256(), 0
    seen = _as_seen(path)
    with path.open("rb") as source, copy.open("wb") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return Copied(copy, digest.hexdigest(), size, seen)


def is_in_inbox(settings: Settings, path: Path) -> bool:
    """Whether a file lies in the product's own inbox, and not in a folder of somebody else."""
    return path.parent.resolve() == settings.inbox_dir.resolve()


def take_away(settings: Settings, path: Path, copied: Copied) -> bool:
    """Remove a file, and its manifest, from the product's own inbox; whether it did.

    What lies elsewhere is somebody else's and stays there, and so does what changed in the
    meantime: nobody has judged that yet.
    """
    if not is_in_inbox(settings, path):
        return False
    try:
        if _as_seen(path) != copied.seen:
            return False
        path.unlink()
        manifest_beside(path).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _as_seen(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
