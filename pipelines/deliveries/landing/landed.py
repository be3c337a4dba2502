"""One delivery that landed, as the note beside its rows says.

Here: the note, what makes a delivery itself and no other, and which one a build may use.
Not here: looking for what lies there (`zone`), and a delivery that waits (`held`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.deliveries.findings import Finding
from pipelines.deliveries.landing.layout import ATTEMPT, delivery_folder
from pipelines.deliveries.landing.notes import iso, read_note
from pipelines.settings import Settings

# Supplier, table, reference date and version.
Identity = tuple[str, str, date, int]


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
        data_sha256: Hash of the rows as they were written.
        held_for: Rule for which it waits for confirmation; empty for one that counts.
        content_size: Bytes of what was in the delivered file.
        attempt: 0; higher for a file that goes on where one of the same version ended.
        mark: Mark of the file, to know it by when it was refused before; see `marks`.
        aside_sha256: Hash of what is still known of rows set aside; empty without them.
        rows_sha256: Hash of the rows set aside themselves; empty without them.
        rows_withdrawn: Rows in its file of cases and persons that were withdrawn, kept nowhere.
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
    aside_sha256: str = ""
    rows_sha256: str = ""
    rows_withdrawn: int = 0

    @property
    def contract_id(self) -> str:
        """Id of its contract."""
        return f"{self.organisation}_{self.table}"

    @property
    def delivery_id(self) -> str:
        """Name of the delivery: the file name without its extensions, and which attempt it is."""
        name = f"{self.contract_id}_{self.reference_date.isoformat()}_v{self.version}"
        return name + (f"{ATTEMPT}{self.attempt}" if self.attempt else "")

    @property
    def place(self) -> tuple[date, int, int]:
        """Where it stands among the deliveries of its table: a later place goes before."""
        return self.reference_date, self.version, self.attempt

    @property
    def identity(self) -> Identity:
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
            "quarantine_until": iso(self.quarantine_until),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def landed_of(note: dict[str, Any]) -> Landed:
    """The delivery that `Landed.as_dict` wrote."""
    return Landed(**read_note(note))


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
