"""Handing every audience a copy of what it may see, for a dashboard that runs as another user.

Here: which files, into the home of the audience, and in which order.
Not here: what an audience may see (`pipelines.publication`, `pipelines.releases`).

The home of the pipeline is its owner's alone. Beside it, the home of an audience holds the current
publication and the one before it, or the releases that were ever published; their folder has the
group of the dashboard's user, who may read and not write. A file is there as a whole or not at all,
and what points to it comes last.
"""

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.progress import step
from pipelines.publication.audiences import AUDIENCES, home_of
from pipelines.publication.current import current_path
from pipelines.publication.recorded import POINTER
from pipelines.releases.shelf import published, read_shelf
from pipelines.settings import Settings

# Who reads releases, and no publication.
_READS_RELEASES = "advisory"
_LEDGER = ("ledger.jsonl", "ledger.head")


def hand_over(settings: Settings) -> list[str]:
    """Hand every audience that has a home beside this one what it may see now.

    Returns:
        The audiences that were handed something or had it already.

    Raises:
        LookupError: A publication is not what was published; the other audiences have theirs.
        OSError: A folder cannot be written.
    """
    handed, problems = [], []
    for audience in AUDIENCES:
        home = home_of(settings, audience)
        if not home.is_dir():
            continue
        try:
            with step("hand_over", is_told=False, audience=audience), _readable_by_group():
                has_something = (
                    _hand_releases(settings, home)
                    if audience == _READS_RELEASES
                    else _hand_publication(settings, audience, home)
                )
            if has_something:
                handed.append(audience)
        except LookupError as error:
            problems.append(str(error))
    if problems:
        raise LookupError("\n".join(problems))
    return handed


def _hand_publication(settings: Settings, audience: str, home: Path) -> bool:
    """Hand over the current publication; whether there is one."""
    current = current_path(settings, audience)
    if current is None:
        return False
    folder = home / "published" / audience
    pointer = folder / POINTER
    before = pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""
    _copy(sorted(current.parent.glob(f"{current.stem}.*")), folder)
    _copy([current.parent / POINTER], folder)
    # A page that is open may still show the one before; older ones go, and so does what the
    # pipeline has no longer: rows past their term stay nowhere.
    kept = {current.stem, Path(before).stem}
    for path in folder.iterdir():
        is_kept = path.stem in kept and (current.parent / path.name).exists()
        if path.name != POINTER and not is_kept:
            path.unlink()
    return True


def _hand_releases(settings: Settings, home: Path) -> bool:
    """Hand over all that was ever published; whether anything was."""
    releases = list(published(read_shelf(settings.releases_dir)))
    for release in releases:
        _copy(sorted(release.folder.iterdir()), home / "releases" / release.folder.name)
    ledger = [settings.releases_dir / name for name in _LEDGER]
    _copy((path for path in ledger if path.exists()), home / "releases")
    return bool(releases)


def _copy(files: Iterable[Path], folder: Path) -> None:
    """Copy files that are not there yet as they are here, each in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        target = folder / path.name
        if target.exists() and filecmp.cmp(path, target, shallow=False):
            continue
        temporary = folder / f".{path.name}.tmp"
        shutil.copyfile(path, temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)


@contextmanager
def _readable_by_group() -> Iterator[None]:
    """Let the group of a folder read what is made in it."""
    before = os.umask(0o027)
    try:
        yield
    finally:
        os.umask(before)
