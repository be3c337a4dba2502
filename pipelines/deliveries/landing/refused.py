"""One refused file: why, and nothing of what was in it.

Here: the note of a refusal, and reading those there are.
Not here: refusing (`pipelines.deliveries.intake`), and the file itself (`quarantine`).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.deliveries.findings import Finding
from pipelines.deliveries.landing.layout import REFUSED
from pipelines.deliveries.landing.notes import iso, read_note
from pipelines.sealed import DamagedError, unseal
from pipelines.settings import Settings

# Rule by which a file is refused in whose place another one landed.
VERSION_EXISTS = "versie_bestaat"


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

    @property
    def contract_id(self) -> str:
        """Id of its contract; of nothing when the name does not tell."""
        return f"{self.organisation}_{self.table}"

    def as_dict(self) -> dict[str, Any]:
        """The note as JSON can hold it."""
        return {
            **asdict(self),
            "received_at": self.received_at.isoformat(),
            "known_at": self.known_at.isoformat(),
            "reference_date": iso(self.reference_date),
            "quarantine_until": iso(self.quarantine_until),
            "findings": [finding.as_dict() for finding in self.findings],
        }


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


def _refused(note: dict[str, Any]) -> Refused:
    return Refused(**read_note(note))
