"""Whether every kept file of a home is byte for byte what was written.

Here: asking each kind of file, and one line with a remedy for each that is missing, changed or
unexpected.
Not here: how a kind holds its hash: `sealed`, `deliveries.landing`, `publication.recorded`,
`releases.verify`, `decisions.register` and `access.verification`.

Nothing is mended and nothing that was changed gets a new hash: what is named here stays named until
somebody puts the file back.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import state
from pipelines.access.verification import verify as changed_access
from pipelines.build import LAST_BUILD
from pipelines.decisions.register import Register
from pipelines.deliveries.landing.whole import damaged_files
from pipelines.disclosure.key import FILE as ROUNDING_KEY
from pipelines.disclosure.key import problem_of as problem_of_key
from pipelines.publication.recorded import changed as changed_publications
from pipelines.releases.verify import verify as changed_releases
from pipelines.retention.record import FOLDER as RETENTION
from pipelines.retention.record import Record
from pipelines.sealed import DamagedError, unseal
from pipelines.settings import Settings

_PUT_BACK = "zet het terug uit een back-up (kwaliteitsmonitor restore)"
_LISTS = ("delivery_lists", "merge_lists")


@dataclass(frozen=True)
class Problem:
    """A file that is not as it was written.

    Attributes:
        file: Its path in the home, or that of the folder and line.
        what: What is wrong, in Dutch.
        remedy: What to do, in Dutch.
    """

    file: str
    what: str
    remedy: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.file}: {self.what}; {self.remedy}"


def verify(settings: Settings) -> list[Problem]:
    """Name every kept file that is missing, changed or unexpected.

    Args:
        settings: Whose home; hold the writer's lock, or what is being written is named too.

    Returns:
        In the order in which data take their way; empty when all is whole.
    """
    return [
        *_form(settings),
        *_landed(settings),
        *_register(settings),
        *_plan(settings),
        *_lists_of_publications(settings),
        *_publications(settings),
        *_releases(settings),
        *_access(settings),
        *_lines(RETENTION, Record(settings).problems()),
    ]


def _form(settings: Settings) -> Iterator[Problem]:
    if not state.is_whole(settings):
        yield Problem(
            state.FILE,
            "is niet meer wat erin is geschreven",
            f"{_PUT_BACK}, of haal het weg: de volgende opdracht schrijft het opnieuw",
        )


def _landed(settings: Settings) -> Iterator[Problem]:
    for path, what, remedy in damaged_files(settings):
        yield Problem(path.relative_to(settings.home).as_posix(), what, remedy or _PUT_BACK)


def _register(settings: Settings) -> Iterator[Problem]:
    register = Register(settings.register_path)
    name = settings.register_path.relative_to(settings.home).as_posix()
    if not register.is_whole():
        yield Problem(name, f"is niet wat {Path(name).with_suffix('.sha256').name} zegt", _PUT_BACK)
    expected = {f"{Path(name).stem}{suffix}" for suffix in (".sqlite", ".sha256", ".lock")}
    folder = settings.register_path.parent
    for path in sorted(folder.glob("[!.]*")) if folder.is_dir() else ():
        if path.name not in expected:
            yield _unexpected(settings, path)


def _plan(settings: Settings) -> Iterator[Problem]:
    path = settings.home / LAST_BUILD
    try:
        if path.exists():
            unseal(path.read_bytes().decode(errors="replace"))
        elif settings.published_dir.exists():
            yield Problem(LAST_BUILD, "ontbreekt", _PUT_BACK)
    except DamagedError:
        yield Problem(LAST_BUILD, "is niet meer wat erin is geschreven", _PUT_BACK)
    if problem := problem_of_key(settings.home):
        yield Problem(ROUNDING_KEY, problem, _PUT_BACK)


def _lists_of_publications(settings: Settings) -> Iterator[Problem]:
    """What a publication was made from is kept under its hash."""
    for path in (path for name in _LISTS for path in sorted((settings.home / name).glob("[!.]*"))):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem or path.suffix != ".json":
            yield Problem(
                path.relative_to(settings.home).as_posix(),
                "is niet meer wat erin is geschreven",
                f"{_PUT_BACK}, of haal het weg: dan wordt een verandering niet uitgelegd",
            )


def _publications(settings: Settings) -> Iterator[Problem]:
    for folder in sorted(settings.published_dir.glob("[!.]*")):
        for name, what in changed_publications(folder) if folder.is_dir() else ():
            yield Problem(
                (folder / name).relative_to(settings.home).as_posix(),
                what,
                f"{_PUT_BACK}, of haal het weg en bouw opnieuw (kwaliteitsmonitor build)",
            )


def _releases(settings: Settings) -> Iterator[Problem]:
    yield from _lines(settings.releases_dir.name, changed_releases(settings.releases_dir))


def _access(settings: Settings) -> Iterator[Problem]:
    yield from _lines(settings.access_dir.name, changed_access(settings.access_dir).problems)


def _lines(folder: str, lines: Iterable[str]) -> Iterator[Problem]:
    """What the ledger of a folder says of its lines and files."""
    for line in lines:
        file, _, what = line.partition(": ")
        yield Problem(f"{folder}/{file}", what, _PUT_BACK)


def _unexpected(settings: Settings, path: Path) -> Problem:
    return Problem(
        path.relative_to(settings.home).as_posix(),
        "hoort hier niet",
        "haal het weg als niemand het nodig heeft",
    )
