"""Feedback to a chain partner: the report of a delivery as a page, and both files of it.

Here: what the page says, and writing page and list.
Not here: what a report is made of (`report`), and the look of a page (`pages`).

Nothing here holds a value from a delivery: a partner finds the cell by column and row number. A
report can always be made again from the notes in the landing zone, so it is written plainly and
quickly; one that is missing is written at the next intake.
"""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.atomic import write_text
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, count_of
from pipelines.deliveries.partner.pages import render
from pipelines.deliveries.partner.report import (
    ACCEPTED_AS_KNOWN,
    NEW,
    PERSISTING,
    RULES_OF_FORM,
    SEVERITIES,
    Report,
)
from pipelines.deliveries.partner.report_list import render_list
from pipelines.deliveries.partner.specification import form_of
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

# A change of fill that a partner should look at, in percentage points.
_NOTABLE_POINTS = 5


def write_report(folder: Path, report: Report, contract: Contract | None) -> Path:
    """Write the page and the list of a delivery.

    Args:
        folder: The feedback folder.
        report: What to tell.
        contract: Contract of the delivery; None when there is none.
    """
    stem = folder / report.stem
    document = stem.with_name(stem.name + ".html")
    write_text(stem.with_name(stem.name + ".csv"), render_list(report), is_durable=False)
    # Last, since its presence says that the report was made.
    write_text(document, render_page(report, contract), is_durable=False)
    return document


def render_page(report: Report, contract: Contract | None) -> str:
    """The report as a page of HTML that needs nothing beside it."""
    states = [report.state_of(finding) for finding in report.file.findings]
    flagged = [
        finding
        for finding, state in zip(report.file.findings, states, strict=True)
        if state != ACCEPTED_AS_KNOWN
    ]
    rows = [(finding, _row(report, finding, contract)) for finding in flagged]
    return render(
        "report.html",
        title=f"Terugkoppeling {report.file.file_name}",
        report=report,
        facts_of_delivery=_facts(report, contract, len(flagged)),
        within=[row for finding, row in rows if not _is_across(finding)],
        across=[row for finding, row in rows if _is_across(finding)],
        difference=_difference(report),
        n_new=states.count(NEW),
        n_persisting=states.count(PERSISTING),
        fill=_fill(report),
        known=_known(report),
    )


def _row(report: Report, finding: Finding, contract: Contract | None) -> tuple[object, ...]:
    severity = SEVERITIES.get(finding.severity, finding.severity)
    return (
        f"{finding.column or 'hele levering'}\n{finding.rule}",
        f"{severity}\n({report.state_of(finding)})",
        finding.rows or "",
        finding.where,
        "\n".join(_advice(finding, contract)),
    )


def _is_across(finding: Finding) -> bool:
    return ", " in finding.column


def _facts(report: Report, contract: Contract | None, flagged: int) -> Iterator[tuple[str, object]]:
    arrived = report.file.received_at.astimezone(ZoneInfo(report.timezone))
    yield "Ontvangen", f"{arrived:%d-%m-%Y %H:%M}"
    if report.is_refused:
        yield "Uitkomst", "geweigerd; er is niets ingelezen"
    elif report.is_held:
        yield "Uitkomst", "wacht op bevestiging; de vorige stand blijft gelden"
    else:
        yield "Uitkomst", f"aanvaard met {count_of(flagged, 'bevinding', 'bevindingen')}"
    if report.file.reference_date is not None:
        yield "Peildatum", formats.day(report.file.reference_date, words_in(DEFAULT_LANGUAGE))
        yield "Versie", report.file.version
    if contract is not None:
        yield "Tabel", f"{contract.title} ({contract.id})"
        yield "Afspraak", f"{contract.agreement or 'geen'}, specificatie {contract.version}"
    if report.landed is None:
        yield "Kenmerk van de weigering", report.file.mark[:12]
        return
    yield "Rijen ingelezen", report.landed.rows
    yield "Rijen terzijde gelegd", report.landed.rows_quarantined
    yield "Kenmerk van het bestand (sha256)", report.landed.sha256


def _advice(finding: Finding, contract: Contract | None) -> Iterator[str]:
    """Why it matters, what was agreed of the column, and how to mend it."""
    yield finding.reason_nl
    agreed = {column.name: column for column in contract.columns} if contract is not None else {}
    if contract is not None and finding.column in agreed and finding.rule in RULES_OF_FORM:
        yield f"Afgesproken: {form_of(agreed[finding.column], contract)}."
    yield finding.remedy_nl


def _difference(report: Report) -> list[tuple[object, ...]]:
    """What changed in numbers since the delivery before."""
    landed, previous = report.landed, report.previous
    if landed is None or previous is None:
        return []
    numbers = (
        ("Rijen ingelezen", previous.rows, landed.rows),
        ("Rijen terzijde gelegd", previous.rows_quarantined, landed.rows_quarantined),
    )
    return [(name, before, now, f"{now - before:+d}") for name, before, now in numbers]


def _fill(report: Report) -> list[tuple[object, ...]]:
    """How full each column is: the mirror a partner holds to its own registration."""
    landed, previous, words = report.landed, report.previous, words_in(DEFAULT_LANGUAGE)
    total = landed.rows + landed.rows_quarantined if landed else 0
    if landed is None or not total:
        return []
    before_total = previous.rows + previous.rows_quarantined if previous else 0
    rows: list[tuple[object, ...]] = []
    for column, filled in landed.fill.items():
        now = filled / total
        before = None
        if previous is not None and before_total and column in previous.fill:
            before = previous.fill[column] / before_total
        notable = before is not None and 100 * abs(now - before) >= _NOTABLE_POINTS
        rows.append(
            (
                column,
                filled,
                formats.percentage(now, words),
                "" if before is None else formats.percentage(before, words),
                "verschil van ten minste 5 procentpunt" if notable else "",
            )
        )
    return rows


def _known(report: Report) -> list[tuple[object, ...]]:
    """What is accepted as known, and since when."""
    covered = ((finding, report.acceptance_of(finding)) for finding in report.file.findings)
    return [
        (finding.rule, finding.column, finding.rows, acceptance.valid_from, acceptance.reason)
        for finding, acceptance in covered
        if acceptance is not None
    ]
