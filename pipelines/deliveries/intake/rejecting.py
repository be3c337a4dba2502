"""Refusing a file: its note, the report to the partner, and the file itself in quarantine.

Here: carrying a refusal out, so that an intake cut short at any moment starts it anew.
Not here: why a file is refused (its readers, `guard`, `scan`, `thresholds`).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipelines.deliveries.findings import Finding, Refusal
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.run import Run
from pipelines.deliveries.known_from import known_from
from pipelines.deliveries.landing.copied import take_away
from pipelines.deliveries.landing.quarantine import refuse
from pipelines.deliveries.landing.refused import Refused
from pipelines.deliveries.readers import as_refusals
from pipelines.deliveries.readers.row_places import locate

# A refused file without a contract has no agreed term.
_DEFAULT_QUARANTINE_DAYS = 30


def reject(run: Run, file: DeliveredFile, refusal: Refusal) -> None:
    """Refuse a file, and tell everybody."""
    if file.source is not None:
        # Also the records that were not read any more.
        file.rows = max(file.rows, file.source.held())
    copied = file.bring_in()
    note = _as_before(run, _note(run, file, refusal))
    if file.writer is not None:
        file.writer.discard()
    # Before the file leaves the inbox: an intake cut short here starts the refusal anew.
    run.telling.report_refusal(note, file.contract)
    # Nobody went through its rows, so nobody can tell that none was withdrawn.
    aside = refuse(run.settings, copied, note, keep=not run.withdrawn)
    is_gone = take_away(run.settings, file.path, copied)
    run.standing.add_refusal(note)
    run.telling.refused(file, note, _where_it_is(run, aside, is_gone=is_gone))


def _where_it_is(run: Run, aside: Path | None, *, is_gone: bool) -> str:
    if aside is None:
        kept = "het bestand is niet bewaard, want er kan een ingetrokken zaak in staan"
        return kept if is_gone else f"{kept}; het blijft staan waar het stond"
    place = aside.relative_to(run.settings.home)
    if is_gone:
        return f"het bestand ligt nu in {place}"
    return f"het bestand blijft staan waar het stond; een kopie ligt in {place}"


def with_places(file: DeliveredFile, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings with the place of their rows in the file; of a file that could be opened."""
    found = tuple(findings)
    if file.name is None or file.contract is None or file.source is None:
        return found
    # A file that breaks off has rows to name and no lines to count.
    with suppress(Refusal), as_refusals(file.name, file.contract):
        return locate(found, file.readable, file.name, file.contract, file.source.columns)
    return found


def _note(run: Run, file: DeliveredFile, refusal: Refusal) -> Refused:
    name, contract = file.name, file.contract
    # The guard's own findings stand alone: the rest could point at content.
    others = () if refusal.is_anonymity else file.findings()
    located = with_places(file, (*refusal.findings, *others))
    findings = {finding.place: finding for finding in reversed(located)}
    # The rows a reason ends with are those of the first finding.
    refusal.findings = tuple(findings[finding.place] for finding in refusal.findings)
    days = contract.quarantine_days if contract else _DEFAULT_QUARANTINE_DAYS
    return Refused(
        file_name=file.called,
        mark=file.mark,
        received_at=file.received_at,
        known_at=known_from(run.settings, file.received_at),
        rule=refusal.rule,
        reason=refusal.reason,
        remedy=refusal.remedy,
        organisation=name.organisation if name else "",
        table=name.table if name else "",
        reference_date=name.reference_date if name else None,
        version=name.version if name else None,
        contract_version=contract.version if contract else "",
        rows=file.rows,
        quarantine_until=run.last_day(days),
        findings=tuple(findings[place] for place in sorted(findings)),
    )


def _as_before(run: Run, note: Refused) -> Refused:
    """The note of a file that stays with its giver: refused at every intake, from the first on."""
    for earlier in run.standing.refusals:
        if (earlier.mark, earlier.file_name, earlier.rule) == (
            note.mark,
            note.file_name,
            note.rule,
        ):
            return replace(
                note,
                received_at=earlier.received_at,
                known_at=earlier.known_at,
                quarantine_until=earlier.quarantine_until,
            )
    return note
