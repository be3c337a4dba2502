"""Whether every byte of the shelf is as it was when somebody signed for it.

Here: the ledger, the files its lines speak of, and the files of the releases a draft rests on, held
against their hashes.
Not here: whether the figures are safe (`pipelines.audit`).
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.releases.ledger import HEAD, LEDGER, LOCK, Entry, Ledger
from pipelines.releases.shelf import RELEASE_FILE
from pipelines.releases.states import Step
from pipelines.sealed import file_sha256


def verify(folder: Path) -> list[str]:
    """Say of everything that is not as it was signed what it is, in Dutch.

    Returns:
        One line a problem; empty when every byte of ledger, releases and predecessors is whole, and
        nothing lies beside them that no line speaks of.
    """
    ledger = Ledger(folder)
    if problems := ledger.problems():
        return problems
    entries = ledger.entries()
    return [*changed(folder, entries), *_strays(folder, entries)]


def changed(folder: Path, entries: list[Entry]) -> list[str]:
    """Name every file that a line of the ledger speaks of and that changed since, and how."""
    files = {path: sha256 for entry in entries for path, sha256 in entry.files.items()}
    found = []
    for path, sha256 in files.items():
        if not (folder / path).is_file():
            found.append(f"{path}: ontbreekt")
        elif file_sha256(folder / path) != sha256:
            found.append(f"{path}: is veranderd sinds het werd ondertekend")
    return [*found, *_wrong_predecessors(entries, files)]


def _wrong_predecessors(entries: list[Entry], files: dict[str, str]) -> Iterator[str]:
    """Drafts that rest on another file than the one that was published."""
    for entry in entries:
        if entry.step is not Step.draft:
            continue
        for release, sha256 in entry.said.get("predecessors", {}).items():
            if files.get(f"{release}/{RELEASE_FILE}") != sha256:
                yield f"{entry.release}: rust op een andere {release} dan die is uitgebracht"


def _strays(folder: Path, entries: list[Entry]) -> Iterator[str]:
    """What lies in the folder and no line speaks of: put there, or left by a step cut short."""
    known = {path for entry in entries for path in entry.files} | {LEDGER, HEAD, LOCK}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            yield (
                f"{name}: staat in geen regel van het grootboek; doe een stap die werd afgebroken "
                "opnieuw, of haal het weg"
            )
