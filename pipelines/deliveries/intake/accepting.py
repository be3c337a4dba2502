"""Letting a file land: the delivery it becomes, whether that waits, and what is left of the file.

Here: the last judgement, on the file as a whole, and carrying it out.
Not here: judging rows (`judging`), what can be lost (`holding`), and refusing (`rejecting`).
"""

from collections.abc import Iterable
from dataclasses import replace

from pipelines.deliveries.accepted import as_known
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.holding.losses import Losses
from pipelines.deliveries.holding.waiting import Objection, continuation
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.rejecting import with_places
from pipelines.deliveries.intake.resubmission import hash_and_size
from pipelines.deliveries.intake.row_rules import door_finding
from pipelines.deliveries.intake.run import Run
from pipelines.deliveries.intake.thresholds import check_thresholds
from pipelines.deliveries.intake.writing import write_no_rows
from pipelines.deliveries.known_from import known_from
from pipelines.deliveries.landing.copied import is_in_inbox, take_away
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.readers import as_refusals


def accept(run: Run, losses: Losses, file: DeliveredFile) -> Landed:
    """Let a file land, and tell everybody.

    Args:
        run: The run.
        losses: What deliveries lost against one another.
        file: A file of which all rows were judged and written.

    Returns:
        The delivery, which counts or waits.

    Raises:
        Refusal: Too much of it is wrong.
    """
    _, contract = file.agreed
    writer = file.writer
    if writer is None:
        raise ValueError(f"{file.called} is niet gelezen")
    findings = with_places(file, file.findings())
    check_thresholds(contract, findings, file.rows, file.aside)
    if file.landed == 0:
        write_no_rows(writer, contract)
    if file.rows == 0 and contract.mode == "snapshot":
        findings += (door_finding("lege_levering"),)
    landed = _landed(run, file, findings, _objection(run, losses, file, writer))
    writer.commit(landed)
    run.standing.add(landed)
    run.telling.report(landed, contract)
    # Last: an intake cut short before this finds the file again, and reports it.
    clear_away(run, file, landed)
    if landed.held_for:
        run.telling.held(file, landed)
    else:
        run.telling.landed(file, landed)
    return landed


def note_known(run: Run, file: DeliveredFile) -> None:
    """Report a file that had landed before, and counts or still waits."""
    waiting = run.standing.waiting.get(file.identity)
    if waiting is None:
        run.telling.known(file)
    else:
        run.telling.report(waiting, file.agreed[1])
        run.telling.held(file, waiting)
    clear_away(run, file, run.standing.known[file.identity])


def clear_away(run: Run, file: DeliveredFile, landed: Landed) -> None:
    """Keep what landed and no more: a file may hold what nobody agreed on, or what was withdrawn.

    Of a workbook or log that is hidden sheets, comments, authors, metadata. A file that is not in
    our own inbox stays with whoever gave it; one that landed in an intake that was cut short here
    goes now.
    """
    name, _ = file.agreed
    holds_more = name.holds_more_than_cells or landed.rows_withdrawn
    if not holds_more or not is_in_inbox(run.settings, file.path):
        return
    judged = file.sha256
    copied = file.bring_in()
    if copied.sha256 == judged:
        take_away(run.settings, file.path, copied)
    copied.remove()


def _objection(
    run: Run, losses: Losses, file: DeliveredFile, writer: LandingWriter
) -> Objection | None:
    """What stands in the way of a delivery; nothing of one that mends what was damaged."""
    name, contract = file.agreed
    counted = run.standing.of_table(contract.id)
    follows = file.follows
    if follows is not None and any(landed.identity == follows.identity for landed in counted):
        # What counts was half, it seems; somebody has to say so before another takes its place.
        return continuation()
    if file.lost is not None:
        return None
    place = (name.reference_date, name.version, file.attempt)
    return losses.judge(contract, place, writer.finish(), counted)


def _landed(
    run: Run, file: DeliveredFile, findings: tuple[Finding, ...], objection: Objection | None
) -> Landed:
    """The note of a delivery; one that mends what was damaged counts from when that did."""
    name, contract = file.agreed
    content, size = file.sha256, file.bring_in().size
    if name.compression:
        with as_refusals(name, contract):
            content, size = hash_and_size(file.readable)
    if objection is not None:
        findings += (objection.finding,)
    findings = as_known(name.organisation, name.table, name.reference_date, findings, run.accepted)
    lost = file.lost
    held_for = lost.held_for if lost else _held_for(objection, findings)
    return Landed(
        organisation=name.organisation,
        table=name.table,
        reference_date=name.reference_date,
        version=name.version,
        file_name=file.called,
        sha256=file.sha256,
        content_sha256=content,
        contract_version=contract.version,
        received_at=lost.received_at if lost else file.received_at,
        known_at=lost.known_at if lost else known_from(run.settings, file.received_at),
        rows=file.landed,
        rows_quarantined=file.aside,
        findings=lost.findings if lost else _as_held(findings, held_for),
        fill=file.fill,
        quarantine_until=run.last_day(contract.quarantine_days) if file.aside else None,
        held_for=held_for,
        content_size=size,
        attempt=file.attempt,
        mark=file.mark,
        rows_withdrawn=file.rows_withdrawn,
    )


def _held_for(objection: Objection | None, findings: Iterable[Finding]) -> str:
    """The rule a delivery waits for; not for what is accepted as known."""
    if objection is None or not objection.is_held:
        return ""
    rule = objection.finding.rule
    return "" if any(finding.rule == rule and finding.is_accepted for finding in findings) else rule


def _as_held(findings: Iterable[Finding], held_for: str) -> tuple[Finding, ...]:
    """The findings of a delivery, with the one for which nothing of it is used made grave."""
    return tuple(
        replace(finding, severity="critical") if finding.rule == held_for else finding
        for finding in findings
    )
