"""The report of one delivery: what became of it, and what a partner is told.

Here: what a report is made of, for a delivery that landed and for a file that was refused.
Not here: the judgement itself (`guard`, `suite`, `intake`), what is accepted as known (`accepted`),
and the page and the list (`report_page`, `report_list`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.deliveries.accepted import AcceptedFinding
from pipelines.deliveries.findings import Finding, count_of
from pipelines.deliveries.holding.waiting import why_held
from pipelines.deliveries.landing.held import Confirmation
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import Refused

UNKNOWN_SUPPLIER = "_onbekend"


NEW, PERSISTING, RESOLVED, ACCEPTED_AS_KNOWN = "nieuw", "blijvend", "opgelost", "bekend"


# Rules that a value breaks by its form: what was agreed of the column tells how to mend it.
RULES_OF_FORM = ("leesbaar", "toegestane_waarde", "vorm", "lengte", "minimum", "maximum")


SEVERITIES = {
    "critical": "fout: van de levering is niets gebruikt",
    "quarantine": "rijen terzijde gelegd",
    "warning": "waarschuwing: rijen zijn gebruikt",
    "info": "ter informatie",
}


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes:
        file_name: How the delivered file is called; see `naming`.
        sha256: Hash of the file; empty when it was refused.
        mark: Mark of the file; see `marks`.
        organisation: Supplier; empty when the name does not tell.
        table: Table; empty when the name does not tell.
        reference_date: Day as of which the table is given, if the name tells.
        version: Number of the delivery, if the name tells.
        received_at: When it arrived.
        timezone: Zone of the chain, in which moments are told.
        is_refused: Nothing of it landed.
        is_held: It landed, and does not count until it is confirmed.
        reason: What happened, in one line.
        remedy: What to do, in one line.
        rows: Rows that landed.
        rows_aside: Rows set aside.
        findings: What was found.
        fill: Filled cells per column.
        accepted: Findings of the table that are accepted as known.
        previous: The delivery before; None when this is the first.
        before: What was found since that delivery, in itself and in files refused after it.
    """

    file_name: str
    sha256: str
    mark: str
    organisation: str
    table: str
    reference_date: date | None
    version: int | None
    received_at: datetime
    timezone: str
    is_refused: bool
    reason: str
    remedy: str = ""
    rows: int = 0
    rows_aside: int = 0
    findings: tuple[Finding, ...] = ()
    fill: Mapping[str, int] = field(default_factory=dict)
    accepted: tuple[AcceptedFinding, ...] = ()
    previous: Landed | None = None
    before: tuple[Finding, ...] = ()
    is_held: bool = False

    @staticmethod
    def of_landed(
        landed: Landed,
        previous: Landed | None,
        accepted: Sequence[AcceptedFinding],
        timezone: str,
        before: tuple[Finding, ...] = (),
        confirmation: Confirmation | None = None,
    ) -> "Report":
        """The report of a delivery that landed; of a held one, what its confirmation made of it."""
        is_held = bool(landed.held_for) and confirmation is None
        return Report(
            landed.file_name,
            landed.sha256,
            landed.mark,
            landed.organisation,
            landed.table,
            landed.reference_date,
            landed.version,
            landed.received_at,
            timezone,
            False,
            _sentence(landed, timezone, confirmation),
            "Lever de volledige stand als hogere versie, of meld dat deze levering klopt."
            if is_held
            else "Lever de terzijde gelegde rijen verbeterd opnieuw, met een hoger versienummer."
            if landed.rows_quarantined
            else "",
            landed.rows,
            landed.rows_quarantined,
            landed.findings,
            landed.fill,
            tuple(accepted),
            previous,
            before,
            is_held,
        )

    @staticmethod
    def of_refused(note: Refused, timezone: str, before: tuple[Finding, ...] = ()) -> "Report":
        """The report of a file that was refused."""
        return Report(
            note.file_name,
            "",
            note.mark,
            note.organisation,
            note.table,
            note.reference_date,
            note.version,
            note.received_at,
            timezone,
            True,
            f"Geweigerd op controle {note.rule}: {note.reason}.",
            f"{note.remedy[:1].upper()}{note.remedy[1:]}.",
            findings=note.findings,
            before=before,
        )

    @property
    def stem(self) -> Path:
        """Where the report lies under the feedback folder, without extension."""
        if not self.organisation or self.reference_date is None:
            return Path(UNKNOWN_SUPPLIER) / f"geweigerd_{self.mark[:12]}"
        name = f"{self.organisation}_{self.table}_{self.reference_date}_v{self.version}"
        # A version may be refused several times, and accepted in the end.
        mark = f"_geweigerd_{self.mark[:12]}" if self.is_refused else ""
        return Path(self.organisation) / (name + mark)

    def state_of(self, finding: Finding) -> str:
        """Whether a finding is new, persists, or is accepted as known."""
        if finding.is_accepted or self.acceptance_of(finding) is not None:
            return ACCEPTED_AS_KNOWN
        return PERSISTING if finding.place in {earlier.place for earlier in self.before} else NEW

    def acceptance_of(self, finding: Finding) -> AcceptedFinding | None:
        """The acceptance that covers a finding, if there is one."""
        day = self.reference_date
        if day is None:
            return None
        return next(
            (
                accepted
                for accepted in self.accepted
                if accepted.covers(self.organisation, self.table, day, finding)
            ),
            None,
        )

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """What was found before and is gone; a refused file tells too little to say so."""
        if self.is_refused:
            return ()
        now = {finding.place for finding in self.findings}
        gone = {finding.place: finding for finding in self.before if finding.place not in now}
        return tuple(gone.values())


def _sentence(landed: Landed, timezone: str, confirmation: Confirmation | None) -> str:
    """What happened to a delivery that landed."""
    if landed.held_for and confirmation is None:
        why = why_held(landed)
        return f"{why[:1].upper()}{why[1:]}."
    after = ""
    if confirmation:
        day = confirmation.confirmed_at.astimezone(ZoneInfo(timezone))
        after = f" Bevestigd op {day:%d-%m-%Y} ({confirmation.by}): {confirmation.reason}"
    return (
        f"Aanvaard: {count_of(landed.rows, 'rij', 'rijen')} ingelezen, "
        f"{landed.rows_quarantined} terzijde gelegd.{after}"
    )
