"""The report of one delivery: what became of it, and what a partner is told.

Here: what a report is made of, for a delivery that landed and for a file that was refused.
Not here: the judgement itself (`guard`, `scan`, `intake`), what is accepted as known (`accepted`),
and the page and the list (`report_page`, `report_list`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
        file: The delivery that landed, or the file that was refused.
        timezone: Zone of the chain, in which moments are told.
        accepted: Findings of the table that are accepted as known.
        previous: The delivery before; None when this is the first, or was refused.
        before: What was found since that delivery, in itself and in files refused after it.
        confirmation: What ended the wait of a held delivery.
    """

    file: Landed | Refused
    timezone: str
    accepted: Sequence[AcceptedFinding] = ()
    previous: Landed | None = None
    before: tuple[Finding, ...] = ()
    confirmation: Confirmation | None = None

    @property
    def landed(self) -> Landed | None:
        """The delivery; None of a file that was refused."""
        return self.file if isinstance(self.file, Landed) else None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it landed."""
        return self.landed is None

    @property
    def is_held(self) -> bool:
        """Whether it landed, and does not count until it is confirmed."""
        return self.landed is not None and bool(self.landed.held_for) and not self.confirmation

    @property
    def reason(self) -> str:
        """What happened, in one line."""
        if isinstance(self.file, Refused):
            return f"Geweigerd op controle {self.file.rule}: {self.file.reason}."
        if self.is_held:
            return _sentence(why_held(self.file))
        after = withdrawn = ""
        if gone := self.file.rows_withdrawn:
            # Which one is no business of a page: whoever asked for it told the partner.
            withdrawn = f" {count_of(gone, 'rij', 'rijen')} van een ingetrokken zaak niet bewaard."
        if self.confirmation:
            day = self.confirmation.confirmed_at.astimezone(ZoneInfo(self.timezone))
            by, why = self.confirmation.by, self.confirmation.reason
            after = f" Bevestigd op {day:%d-%m-%Y} ({by}): {why}"
        return (
            f"Aanvaard: {count_of(self.file.rows, 'rij', 'rijen')} ingelezen, "
            f"{self.file.rows_quarantined} terzijde gelegd.{withdrawn}{after}"
        )

    @property
    def remedy(self) -> str:
        """What to do, in one line; empty for nothing."""
        if isinstance(self.file, Refused):
            return _sentence(self.file.remedy)
        if self.is_held:
            return "Lever de volledige stand als hogere versie, of meld dat deze levering klopt."
        if self.file.rows_quarantined:
            return "Lever de terzijde gelegde rijen verbeterd opnieuw, met een hoger versienummer."
        return ""

    @property
    def stem(self) -> Path:
        """Where the report lies under the feedback folder, without extension."""
        file, mark = self.file, self.file.mark[:12]
        if not file.organisation or file.reference_date is None:
            return Path(UNKNOWN_SUPPLIER) / f"geweigerd_{mark}"
        name = f"{file.organisation}_{file.table}_{file.reference_date}_v{file.version}"
        # A version may be refused several times, and accepted in the end.
        return Path(file.organisation) / (name + (f"_geweigerd_{mark}" if self.is_refused else ""))

    def state_of(self, finding: Finding) -> str:
        """Whether a finding is new, persists, or is accepted as known."""
        if finding.is_accepted or self.acceptance_of(finding) is not None:
            return ACCEPTED_AS_KNOWN
        return PERSISTING if finding.place in {earlier.place for earlier in self.before} else NEW

    def acceptance_of(self, finding: Finding) -> AcceptedFinding | None:
        """The acceptance that covers a finding, if there is one."""
        file, day = self.file, self.file.reference_date
        covering = (
            accepted
            for accepted in self.accepted
            if day and accepted.covers(file.organisation, file.table, day, finding)
        )
        return next(covering, None)

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """What was found before and is gone; a refused file tells too little to say so."""
        if self.is_refused:
            return ()
        now = {finding.place for finding in self.file.findings}
        gone = {finding.place: finding for finding in self.before if finding.place not in now}
        return tuple(gone.values())


def _sentence(text: str) -> str:
    """A part of a sentence as one of its own."""
    return f"{text[:1].upper()}{text[1:]}."
