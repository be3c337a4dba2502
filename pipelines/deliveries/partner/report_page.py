"""Feedback to a chain partner: the report of a delivery as a page, and both files of it.

Here: what the page says, and writing page and list.
Not here: what a report is made of (`report`), and the look of a page (`document`).

Nothing here holds a value from a delivery: a partner finds the cell by column and row number. A
report can always be made again from the notes in the landing zone, so it is written plainly and
quickly; one that is missing is written at the next intake.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.atomic import write_text
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, count_of
from pipelines.deliveries.partner.document import facts, page, table
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

# A change of fill that a partner should look at, in percentage points.
_NOTABLE_POINTS = 5


def write_report(folder: Path, report: Report, contract: Contract | None) -> Path:
    """Write the page and the list of a delivery.

    Args:
        folder: The feedback folder.
        report: What to tell.
        contract: Contract of the delivery; None when there is none.

    Returns:
        The page.
    """
    stem = folder / report.stem
    document = stem.with_name(stem.name + ".html")
    write_text(stem.with_name(stem.name + ".csv"), render_list(report), is_durable=False)
    # Last, since its presence says that the report was made.
    write_text(document, render_page(report, contract), is_durable=False)
    return document


def render_page(report: Report, contract: Contract | None) -> str:
    """The report as a page of HTML that needs nothing beside it."""
    flagged = [
        finding for finding in report.findings if report.state_of(finding) != ACCEPTED_AS_KNOWN
    ]
    known = [
        finding for finding in report.findings if report.state_of(finding) == ACCEPTED_AS_KNOWN
    ]
    across = [finding for finding in flagged if _is_across(finding)]
    within = [finding for finding in flagged if not _is_across(finding)]
    mark = " stop" if report.is_refused or report.is_held else ""
    parts = [
        f'<p class="status{mark}"><strong>{escape(report.reason)}</strong><br>'
        f"{escape(report.remedy or 'U hoeft niets te doen.')}</p>",
        _facts(report, contract, len(flagged)),
        "<h2>Bevindingen per kolom</h2>",
        _findings_table(report, within, contract),
        "<h2>Kwaliteitsrapport: verbanden tussen kolommen</h2>",
        _findings_table(report, across, contract),
        _difference(report),
        _fill_table(report),
        _known_table(report, known),
        '<p class="soft">Rij 1 is de eerste rij na de kopregel; een regel of cel is de plaats in '
        "het bestand zelf, kopregel meegeteld. Alle plaatsen staan in het CSV-bestand naast dit "
        "bericht. Dit bericht bevat geen gegevens uit de levering.</p>",
    ]
    return page(f"Terugkoppeling {report.file_name}", parts)


def _is_across(finding: Finding) -> bool:
    return ", " in finding.column


def _facts(report: Report, contract: Contract | None, flagged: int) -> str:
    accepted = f"aanvaard met {count_of(flagged, 'bevinding', 'bevindingen')}"
    rows: list[tuple[str, object]] = [
        ("Ontvangen", f"{report.received_at.astimezone(ZoneInfo(report.timezone)):%d-%m-%Y %H:%M}"),
        (
            "Uitkomst",
            "geweigerd; er is niets ingelezen"
            if report.is_refused
            else "wacht op bevestiging; de vorige stand blijft gelden"
            if report.is_held
            else accepted,
        ),
    ]
    if report.reference_date is not None:
        rows.append(("Peildatum", report.reference_date.strftime("%d-%m-%Y")))
        rows.append(("Versie", report.version))
    if contract is not None:
        rows.append(("Tabel", f"{contract.title} ({contract.id})"))
        agreement = f"{contract.agreement or 'geen'}, specificatie {contract.version}"
        rows.append(("Afspraak", agreement))
    if not report.is_refused:
        rows.append(("Rijen ingelezen", report.rows))
        rows.append(("Rijen terzijde gelegd", report.rows_aside))
    if report.is_refused:
        rows.append(("Kenmerk van de weigering", report.mark[:12]))
    else:
        rows.append(("Kenmerk van het bestand (sha256)", report.sha256))
    return facts(rows)


def _findings_table(report: Report, findings: Sequence[Finding], contract: Contract | None) -> str:
    if not findings:
        return "<p>Geen bevindingen.</p>"
    return table(
        ("Kolom en controle", "Ernst", "Rijen", "Waar", "Waarom, en hoe te herstellen"),
        (
            (
                f"{finding.column or 'hele levering'}\n{finding.rule}",
                f"{SEVERITIES.get(finding.severity, finding.severity)}\n"
                f"({report.state_of(finding)})",
                finding.rows or "",
                finding.where,
                "\n".join(_advice(finding, contract)),
            )
            for finding in findings
        ),
        numbers=(2,),
    )


def _advice(finding: Finding, contract: Contract | None) -> Iterator[str]:
    """Why it matters, what was agreed of the column, and how to mend it."""
    yield finding.reason_nl
    agreed = {column.name: column for column in contract.columns} if contract is not None else {}
    if contract is not None and finding.column in agreed and finding.rule in RULES_OF_FORM:
        yield f"Afgesproken: {form_of(agreed[finding.column], contract)}."
    yield finding.remedy_nl


def _difference(report: Report) -> str:
    """What changed since the delivery before."""
    if report.is_refused:
        return ""
    previous = report.previous
    if previous is None:
        return "<h2>Vergeleken met de vorige levering</h2><p>Dit is de eerste levering.</p>"
    states = [report.state_of(finding) for finding in report.findings]
    rows = [
        ("Rijen ingelezen", previous.rows, report.rows, f"{report.rows - previous.rows:+d}"),
        (
            "Rijen terzijde gelegd",
            previous.rows_quarantined,
            report.rows_aside,
            f"{report.rows_aside - previous.rows_quarantined:+d}",
        ),
    ]
    resolved = "".join(
        f"<li>{escape(finding.rule)} ({escape(finding.column or 'hele levering')})</li>"
        for finding in report.resolved
    )
    return (
        f"<h2>Vergeleken met de vorige levering ({escape(previous.file_name)})</h2>"
        + table(("Gegeven", "Vorige", "Deze", "Verschil"), rows, numbers=(1, 2, 3))
        + f"<p>Bevindingen: {states.count(NEW)} nieuw, {states.count(PERSISTING)} blijvend, "
        f"{len(report.resolved)} opgelost.</p>" + (f"<ul>{resolved}</ul>" if resolved else "")
    )


def _fill_table(report: Report) -> str:
    """How full each column is: the mirror a partner holds to its own registration."""
    total = report.rows + report.rows_aside
    if report.is_refused or not total:
        return ""
    previous = report.previous
    before_total = previous.rows + previous.rows_quarantined if previous else 0
    rows = []
    for column, filled in report.fill.items():
        now = 100 * filled / total
        before = None
        if previous is not None and before_total and column in previous.fill:
            before = 100 * previous.fill[column] / before_total
        notable = before is not None and abs(now - before) >= _NOTABLE_POINTS
        rows.append(
            (
                column,
                filled,
                _percent(now),
                "" if before is None else _percent(before),
                "verschil van ten minste 5 procentpunt" if notable else "",
            )
        )
    return "<h2>Spiegelrapport: vulling per kolom</h2>" + table(
        ("Kolom", "Gevuld", "Deel", "Vorige", "Let op"), rows, numbers=(1, 2, 3)
    )


def _percent(value: float) -> str:
    return f"{value:.1f}%".replace(".", ",")


def _known_table(report: Report, known: Sequence[Finding]) -> str:
    if not known:
        return ""
    rows = []
    for finding in known:
        acceptance = report.acceptance_of(finding)
        if acceptance is not None:
            rows.append(
                (
                    finding.rule,
                    finding.column,
                    finding.rows,
                    acceptance.valid_from,
                    acceptance.reason,
                )
            )
    return "<h2>Bekend en aanvaard</h2>" + table(
        ("Controle", "Kolom", "Rijen", "Sinds peildatum", "Reden"), rows, numbers=(2,)
    )
