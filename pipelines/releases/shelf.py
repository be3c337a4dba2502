"""The shelf: every release there is, with its state, read from the ledger.

Here: `Release`, all of them, one by its id, and which was current at a moment. Opens no database:
pages read it too.
Not here: adding to the ledger (`desk`), and whether the files are as they were (`verify`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from pipelines.releases.ledger import LEDGER, Entry, Ledger
from pipelines.releases.states import STATES_NL, ReleaseError, State, Step, after
from pipelines.settings import Settings

RELEASE_FILE, DRAFT_FILE = "release.duckdb", "draft.duckdb"
# The audit of what was approved, and before it that of what was submitted.
AUDIT_FILE, FIRST_AUDIT_FILE, PACKAGE_FILE = "audit.json", "audit_of_draft.json", "package.zip"


class UnknownReleaseError(LookupError):
    """There is no release of that name."""


@dataclass(frozen=True)
class Comment:
    """What a partner says of a figure; published with it.

    Attributes:
        indicator: Which indicator.
        organisation: Whose comment, by code.
        text: What it says.
        period: Which period; empty for all of them.
        dimension: Dimension of the member; empty with it.
        member: Which member; empty for all of them.
    """

    indicator: str
    organisation: str
    text: str
    period: str = ""
    dimension: str = ""
    member: str = ""


@dataclass(frozen=True)
class Release:
    """One release and how far it is.

    Attributes:
        id: Such as `2026-K3.1`: quarter of its last period, and the how-many-th of that quarter.
        state: Where it is on its way.
        reference_date: Day as of which its cases are shown.
        folder: Its folder.
        timezone: Zone of the days of its chain.
        submitted_by: Who submitted it; empty while nobody did.
        approved_by: Who approved it; empty while nobody did.
        published_at: When readers could see it; None when they never could.
        embargo: First day on which it may be published; None for any.
        supersedes: The release it took, or will take, the place of; empty for the first.
        superseded_at: When the next one took its place.
        withdrawn_at: When it was withdrawn.
        reason: Why it was withdrawn.
        revision: `yearly`, `error` or empty: whether it changes figures published before.
        revision_reason: The error a revision mends.
        without: Codes of partners whose data it withholds.
        comments: What partners say of its figures.
        predecessors: SHA-256 of the file of every release published before it was drafted, by id.
        files: SHA-256 of each of its files, by name in its folder.
    """

    id: str
    state: State
    reference_date: date
    folder: Path
    timezone: str = "UTC"
    submitted_by: str = ""
    approved_by: str = ""
    published_at: datetime | None = None
    embargo: date | None = None
    supersedes: str = ""
    superseded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    revision: str = ""
    revision_reason: str = ""
    without: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    predecessors: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Its database: as approved, or as drafted while it is not approved."""
        return self.folder / (RELEASE_FILE if RELEASE_FILE in self.files else DRAFT_FILE)

    @property
    def package(self) -> Path:
        """The zip to download; there once it is published."""
        return self.folder / PACKAGE_FILE

    @property
    def state_nl(self) -> str:
        """Its state in Dutch."""
        return STATES_NL[self.state]

    @property
    def is_current(self) -> bool:
        """Whether it is what readers get when they name none."""
        return self.state is State.published


def shelf(settings: Settings) -> list[Release]:
    """Every release of a home, oldest first.

    Raises:
        ReleaseError: The ledger is not as it was written.
    """
    return read_shelf(settings.releases_dir)


def read_shelf(folder: Path) -> list[Release]:
    """Every release in a folder of releases, oldest first; see `shelf`."""
    return releases_of(Ledger(folder).entries(), folder)


def releases_of(entries: Sequence[Entry], folder: Path) -> list[Release]:
    """Every release the lines of a ledger speak of, as far as those lines bring it."""
    releases: dict[str, Release] = {}
    for entry in entries:
        try:
            known = releases.get(entry.release)
            state = after(entry.release, known.state if known else None, entry.step)
            releases[entry.release] = _moved(known, entry, state, folder)
            followed = releases.get(entry.said.get("supersedes", ""))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ReleaseError(
                f"{LEDGER} regel {entry.sequence}: zegt niet wat bij de stap {entry.step} hoort; "
                "een andere versie schreef haar: lees het grootboek met die versie"
            ) from error
        if entry.step is Step.publish and followed and followed.state is State.published:
            releases[followed.id] = replace(
                followed,
                state=after(followed.id, followed.state, Step.supersede),
                superseded_at=entry.at,
            )
    return list(releases.values())


def find(releases: Sequence[Release], release_id: str) -> Release:
    """The release of an id.

    Raises:
        UnknownReleaseError: There is none.
    """
    for release in releases:
        if release.id == release_id:
            return release
    raise UnknownReleaseError(f"release '{release_id}' bestaat niet")


def published(releases: Sequence[Release]) -> list[Release]:
    """What readers have ever seen, in the order in which they saw it; also what was withdrawn."""
    seen = [(release.published_at, release) for release in releases if release.published_at]
    return [release for _, release in sorted(seen, key=lambda pair: pair[0])]


def current(releases: Sequence[Release]) -> Release | None:
    """The release readers get now; None when there is none, or it was withdrawn."""
    return next((release for release in releases if release.is_current), None)


def current_at(releases: Sequence[Release], moment: datetime) -> Release | None:
    """The release readers got at a moment: "zoals geraadpleegd op …".

    Args:
        releases: The shelf.
        moment: The moment, with time zone.

    Returns:
        The one published last by then, unless it was withdrawn by then; None when there was none.
    """
    seen = [
        release
        for release in published(releases)
        if release.published_at is not None and release.published_at <= moment
    ]
    if not seen or (seen[-1].withdrawn_at is not None and seen[-1].withdrawn_at <= moment):
        return None
    return seen[-1]


def _moved(known: Release | None, entry: Entry, state: State, folder: Path) -> Release:
    """The release as a line leaves it."""
    said = entry.said
    if known is None:
        return Release(
            entry.release,
            state,
            date.fromisoformat(said["reference_date"]),
            folder / entry.release,
            said.get("timezone", "UTC"),
            embargo=date.fromisoformat(said["embargo"]) if said.get("embargo") else None,
            supersedes=said.get("supersedes", ""),
            revision=said.get("revision", ""),
            revision_reason=said.get("revision_reason", ""),
            without=tuple(said.get("without", ())),
            predecessors=said.get("predecessors", {}),
            files=_names(entry),
        )
    moved = replace(known, state=state, files={**known.files, **_names(entry)})
    if entry.step is Step.comment:
        return replace(moved, comments=(*known.comments, Comment(**said["comment"])))
    if entry.step is Step.submit:
        return replace(moved, submitted_by=entry.by)
    if entry.step is Step.approve:
        return replace(moved, approved_by=entry.by)
    if entry.step is Step.publish:
        return replace(moved, published_at=entry.at, supersedes=said.get("supersedes", ""))
    return replace(moved, withdrawn_at=entry.at, reason=said.get("reason", ""))


def _names(entry: Entry) -> dict[str, str]:
    """Hashes of the files of a line, by name in the folder of its release."""
    return {Path(path).name: sha256 for path, sha256 in entry.files.items()}
