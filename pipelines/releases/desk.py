"""The desk at which somebody takes a step with a release.

Here: the steps. Each is refused, or makes its files and then adds its line to the ledger: a step
that is cut short leaves files no line speaks of, and is done again.
Not here: which steps there are (`states`), and what a release takes over (`freeze`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from pipelines.periods import last_full_period, period_named
from pipelines.releases.audited import write_audit
from pipelines.releases.build import Build
from pipelines.releases.comments import checked
from pipelines.releases.content import OWN_TABLES, read_tables, write_release
from pipelines.releases.drafting import write_draft
from pipelines.releases.ledger import Entry, Ledger
from pipelines.releases.package import write_package
from pipelines.releases.revision import ERROR, YEARLY
from pipelines.releases.shelf import (
    AUDIT_FILE,
    DRAFT_FILE,
    FIRST_AUDIT_FILE,
    RELEASE_FILE,
    Comment,
    Release,
    current,
    find,
    published,
    releases_of,
)
from pipelines.releases.states import APPROVERS, SIGNED_BY, ReleaseError, Step, after
from pipelines.releases.verify import changed
from pipelines.sealed import file_sha256
from pipelines.settings import Settings


class Desk:
    """The desk of one role.

    Args:
        settings: Where releases are, and who may sign what.
        by: Who stands at it: a role, as in the settings.
        now: The clock; for tests, and for a demonstration that shows months in a minute.
    """

    def __init__(self, settings: Settings, by: str, *, now: datetime | None = None) -> None:
        self._folder = settings.releases_dir
        self._ledger = Ledger(settings.releases_dir)
        self._roles = {
            "submitters": settings.release_submitters,
            "approvers": settings.release_approvers,
        }
        self._by, self._now = by, now
        self._suites = settings.project_root / "expectations" / "published"

    def draft(
        self,
        build: Build,
        *,
        embargo: date | None = None,
        error: str = "",
        without: Sequence[str] = (),
    ) -> Release:
        """Make a draft of the current build and of what was published before.

        Args:
            build: The build.
            embargo: First day on which it may be published.
            error: What was wrong in earlier releases, where this one mends it.
            without: Organisations whose data it withholds.

        Raises:
            ReleaseError: It is refused; nothing is kept.
        """
        self._require_role(Step.draft)
        _require_known(without, build.organisations)
        with self._ledger.writing() as entries:
            releases = self._whole(entries)
            release_id = _next_id(build.reference_date, releases)
            before = published(releases)
            revision = ERROR if error else _yearly(build.reference_date, before)
            path = self._folder / release_id / DRAFT_FILE
            said = {
                "reference_date": build.reference_date.isoformat(),
                "timezone": build.timezone.key,
                "candidate": build.publication_id,
                "embargo": embargo.isoformat() if embargo else "",
                "supersedes": before[-1].id if before else "",
                "revision": revision,
                "revision_reason": error,
                "without": list(without),
                "predecessors": {each.id: each.files[RELEASE_FILE] for each in before},
            }
            with _kept_when_signed(path):
                write_draft(path, build, before, release_id, said)
                return self._sign(entries, release_id, Step.draft, [path], **said)

    def comment(self, release_id: str, comment: Comment) -> Release:
        """Attach what a partner says of a figure.

        Raises:
            UnknownReleaseError: There is no such release.
            ReleaseError: It is refused; nothing is kept.
        """
        with self._ledger.writing() as entries:
            release = self._may(entries, release_id, Step.comment)
            tables = read_tables(release.path, "result", "organisation")
            days = (self._moment().date(), release.reference_date)
            kept = checked(comment, tables["result"], tables["organisation"], days)
            return self._sign(entries, release_id, Step.comment, comment=asdict(kept))

    def submit(self, release_id: str) -> Release:
        """Put a draft before who approves, with its audit.

        Raises:
            UnknownReleaseError: There is no such release.
            ReleaseError: It is refused, also where the audit proves something of a small group.
        """
        with self._ledger.writing() as entries:
            release = self._may(entries, release_id, Step.submit)
            record = release.folder / FIRST_AUDIT_FILE
            with _kept_when_signed(record):
                write_audit(record, release.id, release.path, self._seen(entries))
                return self._sign(entries, release_id, Step.submit, [record])

    def approve(self, release_id: str) -> Release:
        """Approve a release: what is approved is the file as readers will get it.

        Raises:
            UnknownReleaseError: There is no such release.
            ReleaseError: It is refused, also to who submitted or drafted it, or by the audit.
        """
        with self._ledger.writing() as entries:
            release = self._may(entries, release_id, Step.approve)
            self._refuse_own(entries, release)
            path, record = release.folder / RELEASE_FILE, release.folder / AUDIT_FILE
            columns = OWN_TABLES["comment"]
            comments = pd.DataFrame(map(asdict, release.comments), columns=columns, dtype=str)
            with _kept_when_signed(path, record):
                write_release(path, release.path, {"comment": comments})
                write_audit(record, release.id, path, self._seen(entries))
                return self._sign(entries, release_id, Step.approve, [path, record])

    def publish(self, release_id: str) -> Release:
        """Show a release to readers, in the place of the one before.

        Raises:
            UnknownReleaseError: There is no such release.
            ReleaseError: It is refused, also before its embargo.
        """
        with self._ledger.writing() as entries:
            release = self._may(entries, release_id, Step.publish)
            now_shown = current(self._whole(entries))
            today = _local_day(release, self._moment())
            if release.embargo and today < release.embargo:
                raise ReleaseError(
                    f"release {release_id} heeft een embargo tot {release.embargo:%d-%m-%Y}; "
                    "breng haar die dag of later uit"
                )
            supersedes = now_shown.id if now_shown else ""
            with _kept_when_signed(release.package):
                write_package(release.package, release, today.isoformat(), self._suites)
                return self._sign(
                    entries, release_id, Step.publish, [release.package], supersedes=supersedes
                )

    def withdraw(self, release_id: str, reason: str) -> Release:
        """Withdraw a release. Its files stay; readers are told why and see nothing else.

        Raises:
            UnknownReleaseError: There is no such release.
            ReleaseError: It is refused.
        """
        if not reason.strip():
            raise ReleaseError("zeg met --reason waarom de release wordt ingetrokken")
        with self._ledger.writing() as entries:
            self._may(entries, release_id, Step.withdraw)
            return self._sign(entries, release_id, Step.withdraw, reason=reason.strip())

    def _may(self, entries: list[Entry], release_id: str, step: Step) -> Release:
        """The release, where this role may take this step with it now."""
        self._require_role(step)
        releases = self._whole(entries)
        release = find(releases, release_id)
        after(release.id, release.state, step)
        if step in {Step.submit, Step.approve, Step.publish}:
            _refuse_overtaken(release, releases)
        return release

    def _require_role(self, step: Step) -> None:
        roles = self._roles[SIGNED_BY[step]]
        if self._by not in roles:
            does = "goedkeuren of uitbrengen" if SIGNED_BY[step] == APPROVERS else "voorbereiden"
            raise ReleaseError(
                f"'{self._by}' mag geen releases {does}; dat mogen: {', '.join(roles)}"
            )

    def _refuse_own(self, entries: list[Entry], release: Release) -> None:
        made = {
            entry.by
            for entry in entries
            if entry.release == release.id and entry.step in {Step.draft, Step.submit}
        }
        if self._by in made:
            raise ReleaseError(
                f"release {release.id} is opgesteld of voorgelegd door '{self._by}'; "
                "een ander keurt haar goed"
            )

    def _seen(self, entries: list[Entry]) -> list[Release]:
        """What readers have seen so far, oldest first."""
        return published(releases_of(entries, self._folder))

    def _whole(self, entries: list[Entry]) -> list[Release]:
        """The shelf, where every byte is as it was signed."""
        if problems := changed(self._folder, entries):
            raise ReleaseError("\n".join(problems))
        return releases_of(entries, self._folder)

    def _sign(
        self,
        entries: list[Entry],
        release_id: str,
        step: Step,
        files: Sequence[Path] = (),
        **said: object,
    ) -> Release:
        """Add the line of a step that was done, and give the release as it leaves it."""
        hashes = {path.relative_to(self._folder).as_posix(): file_sha256(path) for path in files}
        entry = Entry(0, release_id, step, self._by, self._moment(), hashes, said)
        self._ledger.add(entries, entry)
        return find(releases_of(entries, self._folder), release_id)

    def _moment(self) -> datetime:
        return self._now or datetime.now(UTC)


@contextmanager
def _kept_when_signed(*made: Path) -> Iterator[None]:
    """Make files and add their line: where either is refused, nothing is left of the files."""
    try:
        yield
    except ReleaseError:
        # Only this: whatever else goes wrong may do so after the line was added.
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _next_id(reference_date: date, releases: Sequence[Release]) -> str:
    """Quarter of the last period that is over, and a number no other release of it has."""
    quarter = period_named(last_full_period(reference_date, "quarter"), "quarter")
    name = quarter.replace("Q", "K")
    return f"{name}.{1 + sum(release.id.startswith(f'{name}.') for release in releases)}"


def _yearly(reference_date: date, before: Sequence[Release]) -> str:
    """Whether this is the first release of a calendar year, which revises."""
    is_first = before and max(each.reference_date.year for each in before) < reference_date.year
    return YEARLY if is_first else ""


def _require_known(without: Sequence[str], organisations: pd.DataFrame) -> None:
    known = set(organisations["organisation"])
    for code in without:
        if code not in known:
            raise ReleaseError(
                f"organisatie '{code}' bestaat niet; kies uit {', '.join(sorted(known))}"
            )


def _refuse_overtaken(release: Release, releases: Sequence[Release]) -> None:
    """A draft rests on what was published by then; on less, it would publish a figure twice."""
    unseen = [each.id for each in published(releases) if each.id not in release.predecessors]
    if unseen:
        raise ReleaseError(
            f"na het opstellen van {release.id} is {unseen[-1]} uitgebracht; "
            "stel een nieuw concept op"
        )


def _local_day(release: Release, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(release.timezone)).date()
