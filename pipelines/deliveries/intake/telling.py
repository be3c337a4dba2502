"""Telling what every file of a run came to: on the screen, and to the partner it is of.

Here: the outcome of each file, and the report a partner gets.
Not here: what decides it (`accepting`, `rejecting`), and what a report says (`partner`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.deliveries import manifest
from pipelines.deliveries.accepted import AcceptedFinding
from pipelines.deliveries.contract import Contract, timezone_of
from pipelines.deliveries.findings import count_of
from pipelines.deliveries.holding.waiting import is_overtaken, why_held
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.outcome import (
    ACCEPTED,
    ALREADY_KNOWN,
    HELD,
    INCOMPLETE,
    PARTLY_QUARANTINED,
    REFUSED,
    Outcome,
)
from pipelines.deliveries.intake.standing import Standing
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import Refused
from pipelines.deliveries.partner.found_before import found_before, previous_delivery
from pipelines.deliveries.partner.report import Report
from pipelines.deliveries.partner.report_page import write_report

Progress = Callable[[int, int, str], None]


class Telling:
    """What the files of one run came to."""

    def __init__(
        self,
        feedback: Path,
        contracts: Mapping[str, Contract],
        standing: Standing,
        accepted: tuple[AcceptedFinding, ...],
        total: int,
        progress: Progress | None,
    ) -> None:
        self._feedback = feedback
        self._contracts = contracts
        self._timezone = timezone_of(contracts)
        self._standing = standing
        self._accepted = accepted
        self._total = total
        self._progress = progress
        self._outcomes: list[Outcome] = []

    def landed(self, file: DeliveredFile, landed: Landed) -> None:
        """Tell that a file landed and counts."""
        reason = f"{count_of(file.landed, 'rij', 'rijen')} ingelezen"
        remedy = ""
        if file.aside:
            reason += f", {file.aside} terzijde gelegd"
            remedy = "lever de terzijde gelegde rijen verbeterd opnieuw, met een hoger versienummer"
        self._tell(
            file,
            PARTLY_QUARANTINED if file.aside else ACCEPTED,
            reason,
            remedy,
            rows_landed=file.landed,
            rows_quarantined=file.aside,
            findings=landed.findings,
        )

    def held(self, file: DeliveredFile, landed: Landed) -> None:
        """Tell that a delivery waits for confirmation."""
        self._tell(
            file,
            HELD,
            why_held(landed),
            f"lever versie {landed.version + 1}, of bevestig haar met 'kwaliteitsmonitor "
            f"deliver --confirm {landed.delivery_id} --reason …'",
            rule=landed.held_for,
            rows_landed=file.landed,
            rows_quarantined=file.aside,
            findings=landed.findings,
        )

    def known(self, file: DeliveredFile) -> None:
        """Tell that a file had landed before; its report too, where that was cut short."""
        name, contract = file.agreed
        for landed in self._standing.of_table(name.contract_id):
            if landed.delivery_id == name.delivery_id and not self._has_report(landed):
                self.report(landed, contract)
        self._tell(file, ALREADY_KNOWN, "deze levering is al ingelezen; er verandert niets")

    def incomplete(self, file: DeliveredFile) -> None:
        """Tell that a file is not, or not yet, what the manifest beside it says."""
        self._tell(
            file,
            INCOMPLETE,
            "het bestand is niet, of nog niet, wat het controlegetal ernaast zegt",
            "wacht tot het helemaal is overgebracht, of lever beide opnieuw",
            rule=manifest.RULE,
        )

    def refused(self, file: DeliveredFile, note: Refused, kept: str) -> None:
        """Tell that a file was refused, and where it is kept."""
        self._tell(
            file,
            REFUSED,
            note.reason,
            note.remedy,
            rule=note.rule,
            rows_refused=file.rows,
            findings=note.findings,
            kept=kept,
        )

    def settled(self) -> list[Outcome]:
        """What every file came to, now that all are in: what was held may have been overtaken."""
        return [
            replace(
                outcome,
                status=ALREADY_KNOWN,
                reason="deze levering was aangehouden; een latere kwam ervoor in de plaats",
                remedy="",
            )
            if outcome.status == HELD and self._is_overtaken(outcome)
            else outcome
            for outcome in self._outcomes
        ]

    def report(self, landed: Landed, contract: Contract) -> None:
        """Tell the partner what landed; also again when an earlier intake was cut short."""
        previous = previous_delivery(landed, self._standing.of_table(landed.contract_id))
        before = found_before(landed, previous, self._standing.refusals)
        report = Report(landed, self._timezone, self._accepted, previous, before)
        write_report(self._feedback, report, contract)

    def report_refusal(self, note: Refused, contract: Contract | None) -> None:
        """Tell the partner why a file was refused."""
        counted = self._standing.of_table(note.contract_id)
        before = found_before(note, previous_delivery(note, counted), self._standing.refusals)
        write_report(self._feedback, Report(note, self._timezone, before=before), contract)

    def _has_report(self, landed: Landed) -> bool:
        stem = Report(landed, self._timezone).stem
        return (self._feedback / f"{stem}.html").exists()

    def _is_overtaken(self, held: Outcome) -> bool:
        table = f"{held.organisation}_{held.table}"
        if held.reference_date is None or held.version is None:
            return False
        identity = (held.organisation, held.table, held.reference_date, held.version)
        place = self._standing.waiting[identity].place
        return is_overtaken(self._contracts[table], place, self._standing.of_table(table))

    def _tell(
        self, file: DeliveredFile, status: str, reason: str, remedy: str = "", **more: Any
    ) -> None:
        name = file.name
        self._outcomes.append(
            Outcome(
                file_name=file.called,
                status=status,
                reason=reason,
                remedy=remedy,
                organisation=name.organisation if name else "",
                table=name.table if name else "",
                reference_date=name.reference_date if name else None,
                version=name.version if name else None,
                mark=file.mark,
                rows_in=file.rows,
                **more,
            )
        )
        if self._progress is not None:
            self._progress(len(self._outcomes), self._total, file.called)
