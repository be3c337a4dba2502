"""The register of decisions: a small SQLite file in which nothing is ever changed.

Here: the file, its triggers, recording and revising with the revision the writer had before them,
current state and history.
Not here: what a decision may hold (`draft`), and its exchange (`exchange`).

Every edit is a new revision. Whoever revises says which revision they read; when somebody else was
first they are told what changed since, and nothing is written: their own text is still with them.
The database itself refuses every update and deletion, whatever program opens it.

It is written as a whole: a copy that has the new revision takes its place in one step. Beside it
stands the hash it must have (`decisions.sha256`); while a copy takes its place, both of them. A
register with another hash was changed by something else: it is not written in any more.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.decisions.draft import Draft
from pipelines.failure import sentence_of
from pipelines.sealed import file_sha256

PREFIX = "BP"
"""Numbers of this register: `BP0000001`. Numbers of paper notes have another prefix."""
RECORDED, IMPORTED, DELIVERED = "vastgelegd", "ingelezen", "geleverd"
"""Where a revision comes from: this register, another register, or a delivery it builds on."""
_BUSY_SECONDS = 10.0
HASH_SUFFIX, _LOCK_SUFFIX = ".sha256", ".lock"
# Stands where a hash does, for a register that is not there yet.
_NOTHING = "0" * 64

_SCHEMA = """
create table if not exists revision (
    sequence integer primary key autoincrement,
    number text not null check (number glob '[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    revision integer not null check (revision >= 1),
    kind text not null,
    noted_on text not null,
    "text" text not null check (length("text") between 1 and 280),
    question text not null check (length(question) <= 280),
    handoff_id text,
    indicator text,
    signal_id text,
    owner text,
    due_on text,
    outcome text,
    reference_date text not null,
    recorded_at text not null,
    known_at text not null,
    origin text not null check (origin in ('vastgelegd', 'ingelezen', 'geleverd')),
    unique (number, revision)
) strict;
create trigger if not exists no_update before update on revision
begin select raise(abort, 'het register wordt alleen aangevuld: een herziening wijzigt nooit'); end;
create trigger if not exists no_delete before delete on revision
begin select raise(abort, 'het register wordt alleen aangevuld: een herziening blijft'); end;
-- Also stops `insert or replace`, which deletes without asking the trigger above.
create trigger if not exists next_in_line before insert on revision
when exists (select 1 from revision where sequence = new.sequence)
    or new.revision <> coalesce(
        (select max(revision) + 1 from revision where number = new.number), new.revision
    )
begin select raise(abort, 'het register wordt alleen aangevuld: niet de volgende herziening'); end;
"""
_DRAFT_FIELDS = tuple(field.name for field in fields(Draft))
_DAYS = frozenset({"noted_on", "due_on"})
_COLUMNS = (
    "sequence",
    "number",
    "revision",
    *_DRAFT_FIELDS,
    "reference_date",
    "recorded_at",
    "known_at",
    "origin",
)


class RegisterError(RuntimeError):
    """The register cannot be read or written; the message names the file and the remedy."""


@dataclass(frozen=True)
class Revision:
    """One revision of a decision or note.

    Attributes:
        number: Number of the decision.
        revision: 1 and up, without holes.
        draft: What it says.
        reference_date: Reference date of the figures it was made on.
        recorded_at: When it was written down, to the second.
        known_at: From when it counts in a build: never before a build that did not have it.
        origin: `vastgelegd` here, `ingelezen` from another register, `geleverd` by the partner.
        sequence: Place in this register.
    """

    number: str
    revision: int
    draft: Draft
    reference_date: date
    recorded_at: datetime
    known_at: datetime
    origin: str = RECORDED
    sequence: int = 0


class StaleError(RuntimeError):
    """Somebody else revised it first; nothing was written.

    Attributes:
        since: The revisions the writer had not seen, oldest first.
    """

    def __init__(self, number: str, since: Sequence[Revision]) -> None:
        super().__init__(
            f"{number} is intussen herzien; bekijk wat er veranderde en bewaar opnieuw"
        )
        self.since = tuple(since)


class Register:
    """The register of one home folder.

    Args:
        path: The file; made at the first write, with its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, draft: Draft, reference_date: date, *, known_from: datetime) -> Revision:
        """Write down something new, under the next number.

        Args:
            draft: What it says; already checked.
            reference_date: Reference date of the figures it was made on.
            known_from: Earliest moment from which it may count; see `Revision.known_at`.
        """
        with self._writing() as connection:
            (last,) = connection.execute(
                "select coalesce(max(cast(substr(number, 3) as integer)), 0) from revision "
                "where number like ?",
                [f"{PREFIX}%"],
            ).fetchone()
            number = f"{PREFIX}{last + 1:07d}"
            return self._append(connection, number, 1, draft, reference_date, known_from)

    def revise(
        self,
        number: str,
        draft: Draft,
        reference_date: date,
        *,
        expected: int,
        known_from: datetime,
        delivered: Revision | None = None,
    ) -> Revision:
        """Write a new revision on top of the one the writer read.

        Args:
            number: Which decision.
            draft: What it says now; already checked.
            reference_date: Reference date of the figures it was made on.
            expected: The revision the writer had before them.
            known_from: Earliest moment from which it may count.
            delivered: That revision, when it came with a delivery and is not in the register yet.

        Returns:
            The new revision; the current one when nothing changed.

        Raises:
            StaleError: Somebody else revised it first.
            LookupError: There is no such decision.
        """
        with self._writing() as connection:
            known = _read(connection, "where number = ? order by revision", [number])
            if not known and delivered is not None:
                self._append(
                    connection,
                    number,
                    delivered.revision,
                    delivered.draft,
                    delivered.reference_date,
                    delivered.known_at,
                    origin=DELIVERED,
                    recorded_at=delivered.recorded_at,
                )
                known = _read(connection, "where number = ?", [number])
            if not known:
                raise LookupError(f"besluit {number} staat niet in {self.path.name}")
            if known[-1].revision != expected:
                raise StaleError(
                    number, [revision for revision in known if revision.revision > expected]
                )
            if known[-1].draft == draft:
                return known[-1]
            return self._append(connection, number, expected + 1, draft, reference_date, known_from)

    def take_over(self, revisions: Sequence[Revision], *, known_from: datetime) -> int:
        """Take in revisions of another register; those already here are left alone.

        Args:
            revisions: The revisions, in order of number and revision.
            known_from: Earliest moment from which they may count here.

        Raises:
            RegisterError: A revision here says something else under the same number, or one before
                it is missing; nothing was taken in.
        """
        taken = 0
        with self._writing() as connection:
            for revision in sorted(revisions, key=lambda each: (each.number, each.revision)):
                known = _read(connection, "where number = ? order by revision", [revision.number])
                same = [each for each in known if each.revision == revision.revision]
                if same and same[0].draft == revision.draft:
                    continue
                if same or (known and revision.revision != known[-1].revision + 1):
                    raise RegisterError(
                        f"{revision.number} herziening {revision.revision} botst met wat al in het "
                        "register staat; er is niets ingelezen"
                    )
                self._append(
                    connection,
                    revision.number,
                    revision.revision,
                    revision.draft,
                    revision.reference_date,
                    known_from,
                    origin=IMPORTED,
                    recorded_at=revision.recorded_at,
                )
                taken += 1
        return taken

    def current(self) -> list[Revision]:
        """The latest revision of everything, in order of number."""
        return self._select(
            "where (number, revision) in "
            "(select number, max(revision) from revision group by number) order by number"
        )

    def history(self, number: str) -> list[Revision]:
        """All revisions of one decision, oldest first; empty when it is not here."""
        return self._select("where number = ? order by revision", [number])

    def revisions(self) -> list[Revision]:
        """Every revision, in the order in which they were written."""
        return self._select("order by sequence")

    def _select(self, rest: str, values: Sequence[object] = ()) -> list[Revision]:
        if self._is_nothing():
            return []
        with self._open(self.path) as connection:
            return _read(connection, rest, values)

    def _append(
        self,
        connection: sqlite3.Connection,
        number: str,
        revision: int,
        draft: Draft,
        reference_date: date,
        known_from: datetime,
        *,
        origin: str = RECORDED,
        recorded_at: datetime | None = None,
    ) -> Revision:
        now = datetime.now(UTC)
        (last,) = connection.execute("select max(known_at) from revision").fetchone()
        known_at = max(known_from.astimezone(UTC), now) if origin != DELIVERED else known_from
        if last is not None and origin != DELIVERED:
            # Two in the same tick of the clock, or a clock set back: still one after the other.
            known_at = max(known_at, datetime.fromisoformat(last) + timedelta(microseconds=1))
        made = Revision(
            number,
            revision,
            draft,
            reference_date,
            recorded_at or now.replace(microsecond=0),
            known_at.astimezone(UTC),
            origin,
        )
        values = {
            **{name: _as_text(getattr(draft, name)) for name in _DRAFT_FIELDS},
            "number": number,
            "revision": revision,
            "reference_date": _as_text(reference_date),
            "recorded_at": _as_text(made.recorded_at),
            "known_at": _as_text(made.known_at),
            "origin": origin,
        }
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(f"insert into revision ({names}) values ({marks})", values)
        return made

    def is_whole(self) -> bool:
        """Whether the file is byte for byte as it was written."""
        allowed = self._hashes()
        if allowed is None:
            return self._is_nothing()
        found = file_sha256(self.path) if self.path.is_file() else _NOTHING
        # Where somebody writes meanwhile, it is what the note says before or after.
        return found in allowed or found in (self._hashes() or ())

    def require_whole(self) -> None:
        """Refuse a register that something else than the monitor changed.

        Raises:
            RegisterError: It is not byte for byte as it was written.
        """
        if not self.is_whole():
            raise RegisterError(
                f"{self.path.name} is niet meer wat erin is geschreven; zet het terug uit een "
                "back-up (kwaliteitsmonitor restore) of vraag de beheerder"
            )

    def _is_nothing(self) -> bool:
        # An empty one was laid there by an administrator, for two users to share.
        return not self.path.is_file() or not self.path.stat().st_size

    def _hashes(self) -> list[str] | None:
        note = self.path.with_suffix(HASH_SUFFIX)
        if not note.exists():
            return None
        text = note.read_bytes().decode("ascii", errors="replace")
        # Line by line as written: what is not a hash and an end of line fits no file.
        return [line.removesuffix("\n") for line in text.splitlines(keepends=True)]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time: what was read before writing still holds at the write."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.with_suffix(_LOCK_SUFFIX).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.require_whole()
                copy = self.path.with_name(f".{self.path.name}.new")
                copy.unlink(missing_ok=True)
                if self.path.exists():
                    shutil.copyfile(self.path, copy)
                with self._open(copy) as connection:
                    connection.executescript(_SCHEMA)
                    connection.execute("begin")
                    yield connection
                    connection.execute("commit")
                self._take_place(copy)
        except OSError as error:
            raise RegisterError(
                f"{self.path.name} kan niet worden geschreven ({error.strerror}); het register "
                "bleef zoals het was"
            ) from error

    def _take_place(self, copy: Path) -> None:
        """Let a copy be the register; whoever is stopped halfway leaves the old one or this one."""
        note = self.path.with_suffix(HASH_SUFFIX)
        before = file_sha256(self.path) if self.path.exists() else _NOTHING
        after = file_sha256(copy)
        write_text(note, f"{before}\n{after}\n")
        copy.replace(self.path)
        write_text(note, f"{after}\n")

    @contextmanager
    def _open(self, path: Path) -> Iterator[sqlite3.Connection]:
        try:
            # No implicit transactions: `_writing` says where one begins and ends.
            connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise RegisterError(f"{self.path} kan niet worden geopend: {error}") from error
        try:
            connection.execute("pragma synchronous = full")
            yield connection
        except (sqlite3.DatabaseError, ValueError) as error:
            if _is_damaged(error):
                raise RegisterError(
                    f"{self.path} is beschadigd: zet de reservekopie terug, of lees in een leeg "
                    "register een uitvoer in met 'kwaliteitsmonitor decisions import'"
                ) from error
            raise RegisterError(
                f"{self.path.name}: {sentence_of(error)}; het register bleef zoals het was"
            ) from error
        finally:
            connection.close()


def _is_damaged(error: Exception) -> bool:
    """Whether it is the file, and not what was asked of it or the disk it is on."""
    # What SQLite says of a file that is none of its own, or no longer, has no class of its own.
    known = isinstance(error, (sqlite3.OperationalError, sqlite3.IntegrityError))
    return not known or "no such table" in str(error)


def _read(connection: sqlite3.Connection, rest: str, values: Sequence[object]) -> list[Revision]:
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    found = connection.execute(f"select {names} from revision {rest}", values).fetchall()
    return [_revision(dict(zip(_COLUMNS, row, strict=True))) for row in found]


def _revision(row: dict[str, object]) -> Revision:
    said = {
        name: date.fromisoformat(str(row[name]))
        if name in _DAYS and row[name] is not None
        else row[name]
        for name in _DRAFT_FIELDS
    }
    return Revision(
        number=str(row["number"]),
        revision=int(str(row["revision"])),
        draft=Draft(**said),  # type: ignore[arg-type]
        reference_date=date.fromisoformat(str(row["reference_date"])),
        recorded_at=datetime.fromisoformat(str(row["recorded_at"])),
        known_at=datetime.fromisoformat(str(row["known_at"])),
        origin=str(row["origin"]),
        sequence=int(str(row["sequence"])),
    )


def _as_text(value: object) -> object:
    """Moments always with six decimals in UTC, so that text sorts as time."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
