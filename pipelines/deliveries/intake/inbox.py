"""What lies in an inbox: files that can be read, and everything else, each named.

Here: looking, without ever opening what could hang (a pipe) or lead elsewhere (a link).
Not here: whose file it is, and what becomes of it (`intake`).

Nothing is passed over: what is no file, or cannot be opened, stays where it is and gets one line.
A transfer server writes a file under a hidden name until it has all of it.
"""

import stat
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.deliveries.intake.arrivals import REGISTER_NAME
from pipelines.deliveries.intake.outcome import IN_TRANSIT, INCOMPLETE, LEFT, Outcome
from pipelines.deliveries.manifest import file_of, is_manifest
from pipelines.deliveries.naming import agreed_name

_KINDS = {
    stat.S_IFDIR: "een map",
    stat.S_IFLNK: "een verwijzing naar iets dat er niet is",
    stat.S_IFIFO: "een pijp",
    stat.S_IFSOCK: "een socket",
    stat.S_IFBLK: "een apparaat",
    stat.S_IFCHR: "een apparaat",
}


@dataclass(frozen=True)
class Inbox:
    """What was found.

    Attributes:
        files: Files that can be read, each once, in order of name, with what each is called.
        others: What each other thing came to: it stays where it is.
    """

    files: dict[Path, str]
    others: tuple[Outcome, ...]


def look_into(paths: Iterable[Path], contracts: Container[str]) -> Inbox:
    """Find all that lies in some places.

    Args:
        paths: Folders, of which everything is looked at but the register of arrivals and what lies
            deeper; or single files.
        contracts: Ids of the contracts there are: only under those is a file called by its name.
    """
    files: dict[Path, str] = {}
    others: dict[Path, Outcome] = {}
    for place in paths:
        for at, path in enumerate(_entries(place), start=1):
            if path.name.startswith("."):
                others[path] = _other(
                    _number(at), IN_TRANSIT, "is nog onderweg: de naam begint met een punt"
                )
            elif is_manifest(path):
                if not file_of(path).exists():
                    others[path] = _other(
                        _called(file_of(path), at, contracts),
                        INCOMPLETE,
                        "het controlegetal is er, het bestand zelf nog niet",
                        "breng het bestand over, of haal het controlegetal weg",
                    )
            elif trouble := _trouble(path):
                others[path] = _other(_called(path, at, contracts), LEFT, *trouble)
            else:
                files[path] = _called(path, at, contracts)
    return Inbox(
        {path: files[path] for path in sorted(files, key=lambda path: (path.name, str(path)))},
        tuple(others[path] for path in sorted(others)),
    )


def _called(path: Path, at: int, contracts: Container[str]) -> str:
    """What something is called outside its own folder, on a screen as in a report."""
    name = agreed_name(path.name, contracts)
    return name.file_name if name else _number(at)


def _number(at: int) -> str:
    """What it is called when its name was not agreed and may hold anything."""
    return f"nummer {at} van de inbox, op naam geordend"


def _entries(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        if place.exists() or place.is_symlink():
            yield place
        return
    yield from (path for path in sorted(place.iterdir()) if path.name != REGISTER_NAME)


def _trouble(path: Path) -> tuple[str, str] | None:
    """Why something is no file to read, and the remedy; None for a file."""
    try:
        # What a link leads to; of one that leads nowhere, the link itself.
        mode = path.stat().st_mode if path.exists() else path.lstat().st_mode
        if not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "iets anders dan een bestand")
            return f"is {kind} en geen bestand", "haal het weg, of zet het bestand zelf in de inbox"
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        return "kan niet worden gelezen", "geef leesrechten, of zet het bestand opnieuw in de inbox"
    return None


def _other(called: str, status: str, reason: str, remedy: str = "") -> Outcome:
    """The outcome of what was not opened."""
    return Outcome(file_name=called, status=status, reason=reason, remedy=remedy)
