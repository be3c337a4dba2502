"""The landing zone: accepted deliveries as Parquet, every version kept, nothing ever changed.

Here: writing a delivery in one atomic step, the register of what landed and what was refused, and
the quarantine of files and rows.
Not here: the decision what lands (`intake`), and which deliveries a build uses (`current_state`).

Layout under the home folder:

    landing/<organisation>/<table>/<reference date>_v<version>/data.parquet and delivery.json
                                                        confirmed.json, once a held one is confirmed
    landing/<organisation>/<table>/<…>/aside.parquet    keys of rows set aside (`aside`), if any
    landing/_refused/<mark>.json                        why a file was refused; none of its content
    landing/.incoming/                                  deliveries being read and written
    quarantine/_refused/<mark>/<file name>              the refused file itself
    quarantine/<organisation>/<table>/<…>/rows.parquet  rows set aside from a landed delivery

The rename of a finished folder is the moment a delivery exists. A process killed before it leaves
a folder in `.incoming`, and one killed earlier still rows in quarantine without a delivery; both
are swept away at the next intake.

A held delivery lies here like any other and does not count, until it is confirmed (`holding`).

Notes and data hold a hash, checked whenever the landing zone is read. What is no longer what was
written does not count, and is named; the same file delivered again takes its place.
"""

import hashlib
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.atomic import write_text
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.intake.manifest import manifest_beside
from pipelines.deliveries.landing.integrity import DamagedError, file_sha256, is_whole, seal, unseal
from pipelines.settings import Settings

DATA_FILE = "data.parquet"
NOTE_FILE = "delivery.json"
CONFIRMED_FILE = "confirmed.json"
ROWS_FILE = "rows.parquet"
ASIDE_FILE = "aside.parquet"
INCOMING = ".incoming"
REFUSED = "_refused"
_BLOCK = 2**20
_ATTEMPT = "_vervolg"


@dataclass(frozen=True)
class Landed:
    """One accepted delivery, as its note says.

    Attributes:
        organisation: Supplier.
        table: Table, without the supplier.
        reference_date: Day as of which the table is given.
        version: Number of the delivery for that day.
        file_name: Name of the delivered file.
        sha256: Hash of the delivered file, as it came.
        content_sha256: Hash of what was in it: however it was packed, the same delivery.
        contract_version: Version of the contract it was read under.
        received_at: When it arrived.
        known_at: From when it counts: a build as known at an earlier moment does not use it.
        rows: Rows landed.
        rows_quarantined: Rows set aside.
        findings: What was found in it.
        fill: Number of filled cells per column.
        quarantine_until: Day on which the rows set aside are removed; None when there are none.
        data_sha256: Hash of the rows as they were written; empty in a note of before it was kept.
        held_for: Rule for which it waits for confirmation; empty for one that counts.
        content_size: Bytes of what was in the delivered file; 0 in a note of before it was kept.
        attempt: 0; higher for a file that goes on where one of the same version ended.
        mark: Mark of the file, to know it by when it was refused before; see `marks`.
    """

    organisation: str
    table: str
    reference_date: date
    version: int
    file_name: str
    sha256: str
    content_sha256: str
    contract_version: str
    received_at: datetime
    known_at: datetime
    rows: int
    rows_quarantined: int
    findings: tuple[Finding, ...] = ()
    fill: dict[str, int] = field(default_factory=dict)
    quarantine_until: date | None = None
    data_sha256: str = ""
    held_for: str = ""
    content_size: int = 0
    attempt: int = 0
    mark: str = ""

    @property
    def contract_id(self) -> str:
        """Id of its contract."""
        return f"{self.organisation}_{self.table}"

    @property
    def delivery_id(self) -> str:
        """Name of the delivery: the file name without its extensions, and which attempt it is."""
        name = f"{self.contract_id}_{self.reference_date.isoformat()}_v{self.version}"
        return name + (f"{_ATTEMPT}{self.attempt}" if self.attempt else "")

    @property
    def place(self) -> tuple[date, int, int]:
        """Where it stands among the deliveries of its table: a later place goes before."""
        return self.reference_date, self.version, self.attempt

    @property
    def identity(self) -> tuple[str, str, date, int]:
        """What makes it this delivery and no other."""
        return self.organisation, self.table, self.reference_date, self.version

    def folder(self, settings: Settings) -> Path:
        """Folder that holds it."""
        return delivery_folder(settings.landing_dir, self.identity, self.attempt)

    def as_dict(self) -> dict[str, Any]:
        """The note as JSON can hold it."""
        return {
            **asdict(self),
            "reference_date": self.reference_date.isoformat(),
            "received_at": self.received_at.isoformat(),
            "known_at": self.known_at.isoformat(),
            "quarantine_until": _iso(self.quarantine_until),
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class Refused:
    """One refused file: why, and nothing of what was in it.

    Attributes:
        file_name: How the file is called; see `naming`.
        mark: Mark of the file; see `marks`.
        received_at: When it arrived.
        known_at: From when it counts.
        rule: Rule it breaks.
        reason: Why, in Dutch.
        remedy: How to mend it, in Dutch.
        organisation: Supplier; empty when the name does not tell.
        table: Table; empty when the name does not tell.
        reference_date: Day as of which the table is given, if the name tells.
        version: Number of the delivery, if the name tells.
        contract_version: Version of the contract; empty when there is none.
        rows: Rows read before the refusal.
        quarantine_until: Day on which the file itself is removed.
        findings: What was found in it.
    """

    file_name: str
    mark: str
    received_at: datetime
    known_at: datetime
    rule: str
    reason: str
    remedy: str
    organisation: str = ""
    table: str = ""
    reference_date: date | None = None
    version: int | None = None
    contract_version: str = ""
    rows: int = 0
    quarantine_until: date | None = None
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The note as JSON can hold it."""
        return {
            **asdict(self),
            "received_at": self.received_at.isoformat(),
            "known_at": self.known_at.isoformat(),
            "reference_date": _iso(self.reference_date),
            "quarantine_until": _iso(self.quarantine_until),
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class Damaged:
    """A delivery that landed, and of which what lies there is not what was written.

    Attributes:
        identity: Supplier, table, reference date and version, by the name of its folder.
        attempt: Which file of that version, by the name of its folder.
        landed: What its note says; None when it is the note that is damaged.
    """

    identity: tuple[str, str, date, int]
    attempt: int
    landed: Landed | None

    @property
    def contract_id(self) -> str:
        """Id of its contract."""
        return "_".join(self.identity[:2])

    @property
    def reference_date(self) -> date:
        """Day as of which the table is given."""
        return self.identity[2]

    @property
    def place(self) -> tuple[date, int, int]:
        """Where it stands among the deliveries of its table."""
        return *self.identity[2:], self.attempt

    @property
    def sentence(self) -> str:
        """What is wrong and how to mend it, in one line of Dutch."""
        organisation, table, day, version = self.identity
        what = "de rijen" if self.landed else "de aantekening"
        return (
            f"{organisation}_{table}_{day.isoformat()}_v{version}: wat er in de landingszone ligt "
            f"({what}) is niet meer wat er is weggeschreven; lees hetzelfde bestand opnieuw in, "
            f"of lever versie {version + 1}"
        )


@dataclass(frozen=True)
class Confirmation:
    """Somebody looked into a held delivery and says that it is right.

    Attributes:
        confirmed_at: When.
        known_at: From when the delivery counts.
        reason: Why, in a sentence without persons.
        by: In which role; never who.
    """

    confirmed_at: datetime
    known_at: datetime
    reason: str
    by: str

    def as_dict(self) -> dict[str, Any]:
        """The confirmation as JSON can hold it."""
        return {
            **asdict(self),
            "confirmed_at": self.confirmed_at.isoformat(),
            "known_at": self.known_at.isoformat(),
        }

    @staticmethod
    def from_dict(note: dict[str, Any]) -> "Confirmation":
        """The confirmation that `as_dict` wrote."""
        confirmed_at, known_at = note["confirmed_at"], note["known_at"]
        return Confirmation(
            datetime.fromisoformat(confirmed_at),
            datetime.fromisoformat(known_at),
            note["reason"],
            note["by"],
        )


@dataclass(frozen=True)
class Held:
    """A delivery that waits for confirmation, or waited.

    Attributes:
        landed: The delivery, known from when it was held.
        confirmation: What ended the wait; None while it lasts.
    """

    landed: Landed
    confirmation: Confirmation | None = None

    @property
    def confirmed(self) -> Landed | None:
        """The delivery as it counts, from its confirmation on."""
        if self.confirmation is None:
            return None
        return replace(
            self.landed,
            held_for="",
            known_at=self.confirmation.known_at,
            findings=tuple(
                replace(finding, severity="info")
                if finding.rule == self.landed.held_for
                else finding
                for finding in self.landed.findings
            ),
        )

    def waits_at(self, moment: datetime) -> bool:
        """Whether it was held at a moment and not confirmed yet."""
        if self.landed.known_at > moment:
            return False
        return self.confirmation is None or self.confirmation.known_at > moment


@dataclass(frozen=True)
class Landing:
    """All that lies in the landing zone.

    Attributes:
        counted: Deliveries a build may use, by supplier, table, reference date and version.
        held: Deliveries that wait for confirmation, or waited.
        damaged: Deliveries of which something is not as it was written.
    """

    counted: tuple[Landed, ...]
    held: tuple[Held, ...] = ()
    damaged: tuple[Damaged, ...] = ()

    @property
    def known(self) -> tuple[Landed, ...]:
        """Every delivery that is whole, counted or not."""
        waiting = (held.landed for held in self.held if held.confirmation is None)
        return (*self.counted, *waiting)


def delivery_folder(root: Path, identity: tuple[str, str, date, int], attempt: int) -> Path:
    """Folder of a delivery under the landing zone or the quarantine."""
    organisation, table, day, version = identity
    name = f"{day.isoformat()}_v{version}" + (f"{_ATTEMPT}{attempt}" if attempt else "")
    return root / organisation / table / name


def read_landing(settings: Settings) -> Landing:
    """Read every delivery, and check that it is what was written."""
    counted: list[Landed] = []
    held: list[Held] = []
    damaged: list[Damaged] = []
    for folder in sorted(settings.landing_dir.glob("[!._]*/*/*")):
        found = _identity_of(folder)
        if found is None:
            continue
        identity, attempt = found
        try:
            landed = _landed(unseal((folder / NOTE_FILE).read_text(encoding="utf-8")))
            confirmation = _confirmation(folder) if landed.held_for else None
        # Whatever else may be wrong with a note: a field that is missing, or no date.
        except (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError):
            damaged.append(Damaged(identity, attempt, None))
            continue
        if (landed.identity, landed.attempt) != (identity, attempt):
            damaged.append(Damaged(identity, attempt, None))
        elif not is_whole(folder / DATA_FILE, landed.data_sha256):
            damaged.append(Damaged(identity, attempt, landed))
        elif landed.held_for:
            held.append(Held(landed, confirmation))
        else:
            counted.append(landed)
    counted += [delivery.confirmed for delivery in held if delivery.confirmed is not None]
    counted.sort(key=lambda delivery: (delivery.identity, delivery.attempt))
    held.sort(key=lambda delivery: (delivery.landed.identity, delivery.landed.attempt))
    damaged.sort(key=lambda delivery: (delivery.identity, delivery.attempt))
    return Landing(tuple(counted), tuple(held), tuple(damaged))


def read_registry(settings: Settings) -> list[Landed]:
    """Every delivery a build may use, by supplier, table, reference date and version."""
    return list(read_landing(settings).counted)


def _confirmation(folder: Path) -> Confirmation | None:
    path = folder / CONFIRMED_FILE
    if not path.exists():
        return None
    return Confirmation.from_dict(unseal(path.read_text(encoding="utf-8")))


def _identity_of(folder: Path) -> tuple[tuple[str, str, date, int], int] | None:
    """Which delivery lies in a folder, and which attempt; None when it is no such folder."""
    day, _, rest = folder.name.partition("_v")
    version, _, attempt = rest.partition(_ATTEMPT)
    organisation, table = folder.parts[-3:-1]
    try:
        return (organisation, table, date.fromisoformat(day), int(version)), int(attempt or 0)
    except ValueError:
        return None


def read_refusals(settings: Settings) -> list[Refused]:
    """Every refused file, by moment of arrival and name."""
    notes = (_read_refusal(path) for path in (settings.landing_dir / REFUSED).glob("*.json"))
    return sorted(
        (note for note in notes if note is not None),
        key=lambda note: (note.known_at, note.file_name, note.mark),
    )


def damaged_refusals(settings: Settings) -> list[str]:
    """Names of notes of refusals that can no longer be read: of whose file nobody can tell."""
    notes = sorted((settings.landing_dir / REFUSED).glob("*.json"))
    return [path.name for path in notes if _read_refusal(path) is None]


def _read_refusal(path: Path) -> Refused | None:
    try:
        return _refused(unseal(path.read_text(encoding="utf-8")))
    except (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _landed(note: dict[str, Any]) -> Landed:
    # A note of before it was kept: what is not packed has one hash.
    return Landed(**{"content_sha256": note["sha256"], **_read_note(note)})


def _refused(note: dict[str, Any]) -> Refused:
    # A note of before files had a mark: it goes by the hash of the file.
    return Refused(**{"mark": note.pop("sha256", ""), **_read_note(note)})


def _read_note(note: dict[str, Any]) -> dict[str, Any]:
    """What both notes hold, in the types of both records."""
    return {
        **note,
        "received_at": datetime.fromisoformat(note["received_at"]),
        "known_at": datetime.fromisoformat(note["known_at"]),
        "reference_date": _day(note["reference_date"]),
        "quarantine_until": _day(note["quarantine_until"]),
        "findings": tuple(Finding.from_dict(finding) for finding in note["findings"]),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class LandingWriter:
    """Writes one delivery, part by part, and lets it exist in one step.

    A context manager: leaving it without `commit` removes all that was written.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.landing_dir / INCOMING / uuid.uuid4().hex
        self._folder.mkdir(parents=True)
        self._data: pq.ParquetWriter | None = None
        self._rows: pq.ParquetWriter | None = None
        self._aside: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def write(self, part: pa.Table) -> None:
        """Add rows that land."""
        if self._data is None:
            self._data = pq.ParquetWriter(self._folder / DATA_FILE, part.schema)
        self._data.write_table(part)

    def set_aside(self, part: pa.Table) -> None:
        """Add rows for the quarantine."""
        if self._rows is None:
            self._rows = pq.ParquetWriter(self._folder / ROWS_FILE, part.schema)
        self._rows.write_table(part)

    def finish(self) -> Path:
        """Write no more; where the rows that would land can be read."""
        self._close()
        return self._folder / DATA_FILE

    def note_aside(self, part: pa.Table) -> None:
        """Add what is still known of rows for the quarantine."""
        if self._aside is None:
            self._aside = pq.ParquetWriter(self._folder / ASIDE_FILE, part.schema)
        self._aside.write_table(part)

    def commit(self, delivery: Landed) -> None:
        """Let the delivery exist, in place of what is there only when that is damaged.

        Raises:
            FileExistsError: It exists already.
        """
        self._close()
        written = replace(delivery, data_sha256=file_sha256(self._folder / DATA_FILE))
        (self._folder / NOTE_FILE).write_text(seal(written.as_dict()), encoding="utf-8")
        if (self._folder / ROWS_FILE).exists():
            aside = delivery_folder(
                self._settings.quarantine_dir, delivery.identity, delivery.attempt
            )
            aside.mkdir(parents=True, exist_ok=True)
            (self._folder / ROWS_FILE).replace(aside / ROWS_FILE)
        target = delivery.folder(self._settings)
        target.parent.mkdir(parents=True, exist_ok=True)
        damaged = self._folder.with_name(f"{self._folder.name}_damaged")
        if target.exists():
            if all(damage.place != delivery.place for damage in self._damaged_of(delivery)):
                raise FileExistsError(f"{target} bestaat al; een levering wordt nooit overschreven")
            if (target / CONFIRMED_FILE).exists():
                shutil.copyfile(target / CONFIRMED_FILE, self._folder / CONFIRMED_FILE)
            # Killed after this, the delivery is gone, and comes in with the next intake.
            target.rename(damaged)
        self._folder.rename(target)
        shutil.rmtree(damaged, ignore_errors=True)

    def _damaged_of(self, delivery: Landed) -> list[Damaged]:
        """What is damaged of a table."""
        damaged = read_landing(self._settings).damaged
        return [damage for damage in damaged if damage.identity[:2] == delivery.identity[:2]]

    def discard(self) -> None:
        """Remove what was written and not committed."""
        self._close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close(self) -> None:
        for writer in (self._data, self._rows, self._aside):
            if writer is not None:
                writer.close()
        self._data = self._rows = self._aside = None


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


def refuse(settings: Settings, copied: Copied, note: Refused) -> Path:
    """Record a refusal and bring the file to quarantine.

    The note comes first: a file in quarantine always has one.

    Args:
        settings: Where the quarantine is.
        copied: The file.
        note: Why.

    Returns:
        The folder of the file in quarantine.
    """
    folder = settings.landing_dir / REFUSED
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{note.mark}.json", seal(note.as_dict()))
    quarantine = settings.quarantine_dir / REFUSED / note.mark
    quarantine.mkdir(parents=True, exist_ok=True)
    copied.path.replace(quarantine / copied.path.name)
    copied.remove()
    return quarantine


def sweep(settings: Settings) -> None:
    """Remove what a killed process left: half-written deliveries, and rows set aside without one.

    Call only while no other intake runs.
    """
    shutil.rmtree(settings.landing_dir / INCOMING, ignore_errors=True)
    for rows in settings.quarantine_dir.glob(f"[!._]*/*/*/{ROWS_FILE}"):
        folder = settings.landing_dir / rows.parent.relative_to(settings.quarantine_dir)
        if not (folder / NOTE_FILE).exists():
            shutil.rmtree(rows.parent, ignore_errors=True)
    for leftover in (settings.landing_dir / REFUSED).glob(".*.tmp"):
        leftover.unlink(missing_ok=True)


def empty_quarantine(settings: Settings, now: datetime) -> list[str]:
    """Remove refused files and rows set aside whose term has passed, and log it.

    Args:
        settings: Where the quarantine is.
        now: The clock.

    Returns:
        What was removed, without any of its content; also appended to `quarantine/emptied.log`.
    """
    if not settings.quarantine_dir.exists():
        return []
    kept = [
        (
            settings.quarantine_dir / REFUSED / refused.mark,
            refused.quarantine_until,
            refused.file_name,
        )
        for refused in read_refusals(settings)
    ] + [
        (
            delivery_folder(settings.quarantine_dir, landed.identity, landed.attempt),
            landed.quarantine_until,
            f"{landed.file_name}: {landed.rows_quarantined} rijen",
        )
        for landed in read_landing(settings).known
        if landed.rows_quarantined
    ]
    removed = []
    for folder, until, what in kept:
        if until is not None and until <= now.date() and folder.exists():
            shutil.rmtree(folder)
            removed.append(what)
    if removed:
        with (settings.quarantine_dir / "emptied.log").open("a", encoding="utf-8") as log:
            log.writelines(f"{now.astimezone(UTC).isoformat()} {line}\n" for line in removed)
    return removed


def landed_on(registry: Sequence[Landed], day: date, known_at: datetime) -> list[Landed]:
    """Deliveries a build may use: by reference date and moment; the highest version of each.

    Args:
        registry: All accepted deliveries.
        day: Reference date of the build.
        known_at: What is known later does not count.

    Returns:
        At most one delivery per table and reference date, in order.
    """
    best: dict[tuple[str, str, date], Landed] = {}
    for landed in registry:
        if landed.reference_date <= day and landed.known_at <= known_at:
            place = (landed.organisation, landed.table, landed.reference_date)
            if place not in best or best[place].place < landed.place:
                best[place] = landed
    return [best[place] for place in sorted(best)]
