"""Feedback to a chain partner: what became of a delivery, in Dutch, as a page and as a list.

Here: the page (HTML) and the list (CSV) of one delivery.
Not here: the judgement itself (`guard`, `suite`, `intake`), what is accepted as known (`accepted`),
and figures over many deliveries (the data-quality page).

Nothing here holds a value from a delivery: a partner finds the cell by column and row number. A
report can always be made again from the notes in the landing zone, so it is written plainly and
quickly; one that is missing is written at the next intake.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.atomic import write_text
from pipelines.deliveries.accepted import AcceptedFinding
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, count_of
from pipelines.deliveries.holding.losses import why_held
from pipelines.deliveries.landing.zone import Confirmation, Landed, Refused
from pipelines.deliveries.partner.document import facts, page, table
from pipelines.deliveries.partner.specification import form_of
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

UNKNOWN_SUPPLIER = "_onbekend"
NEW, PERSISTING, RESOLVED, ACCEPTED_AS_KNOWN = "nieuw", "blijvend", "opgelost", "bekend"
# Rules that a value breaks by its form: what was agreed of the column tells how to mend it.
RULES_OF_FORM = ("leesbaar", "toegestane_waarde", "vorm", "lengte", "minimum", "maximum")
# A change of fill that a partner should look at, in percentage points.
_NOTABLE_POINTS = 5
_SEVERITIES = {
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


def previous_delivery(file: Landed | Refused, registry: Iterable[Landed]) -> Landed | None:
    """The delivery of the same table that came before: an earlier day, or a lower version."""
    if file.reference_date is None or file.version is None:
        return None
    place = (file.reference_date, file.version)
    before = [
        landed
        for landed in registry
        if (landed.organisation, landed.table) == (file.organisation, file.table)
        and (landed.reference_date, landed.version) < place
    ]
    return max(before, key=lambda landed: (landed.reference_date, landed.version), default=None)


def found_before(
    file: Landed | Refused, previous: Landed | None, refusals: Iterable[Refused]
) -> tuple[Finding, ...]:
    """What was found of a table before a file: the same finding in it persists.

    As in the mart `fct_finding`: in the delivery before it, and in files refused in between.

    Args:
        file: The file.
        previous: The delivery before it.
        refusals: Files that were refused.
    """
    if file.reference_date is None or file.version is None:
        return ()
    # A version that is refused comes again; once accepted it is over.
    end = (file.reference_date, file.version, isinstance(file, Landed))
    start = (previous.reference_date, previous.version, True) if previous else None
    between = [
        refused
        for refused in refusals
        if (refused.organisation, refused.table) == (file.organisation, file.table)
        and refused.mark != file.mark
        and refused.reference_date is not None
        and refused.version is not None
        and (place := (refused.reference_date, refused.version, False)) <= end
        and (start is None or place > start)
    ]
    # In an order that does not depend on when they came.
    between.sort(
        key=lambda refused: (refused.reference_date, refused.version, refused.rule, refused.reason)
    )
    found = previous.findings if previous else ()
    return (*found, *(finding for refused in between for finding in refused.findings))


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


# --- the list ----------------------------------------------------------------------------------

_LIST_COLUMNS = (
    "stand",
    "ernst",
    "controle",
    "kolom",
    "kolomnummer",
    "rij",
    "regel_in_bestand",
    "cel",
    "aantal_rijen",
    "van_rijen",
    "waarom",
    "herstel",
)


def render_list(report: Report) -> str:
    """The findings as CSV: one line for each row that breaks a rule, what is resolved last.

    The line of the file counts from 1 and includes the header; `cel` is how a spreadsheet names
    the place. A finding about the delivery as a whole has one line without a row.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(_LIST_COLUMNS)
    for finding in report.findings:
        told = (finding.rows, finding.total, finding.reason_nl, finding.remedy_nl)
        about = (
            report.state_of(finding),
            _SEVERITIES.get(finding.severity, finding.severity),
            finding.rule,
            finding.column,
        )
        writer.writerows((*about, *place, *told) for place in _places(finding))
    for finding in report.resolved:
        about = (RESOLVED, "", finding.rule, finding.column)
        writer.writerow((*about, "", "", "", "", 0, "", finding.reason_nl, ""))
    return buffer.getvalue()


def _places(finding: Finding) -> Iterator[tuple[object, object, object, object]]:
    """Number of the column, row, line and cell of each row of a finding that is known by number."""
    location = finding.location
    if not finding.row_numbers:
        yield "", "", "", ""
    elif location is None:
        yield from (("", row, "", "") for row in finding.row_numbers)
    else:
        for row, line in zip(finding.row_numbers, location.lines, strict=True):
            yield location.position or "", row, line, location.cell(line)


# --- the page ----------------------------------------------------------------------------------


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
        rows.append(("Peildatum", formats.day(report.reference_date, words_in(DEFAULT_LANGUAGE))))
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
                f"{_SEVERITIES.get(finding.severity, finding.severity)}\n"
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
    words, previous = words_in(DEFAULT_LANGUAGE), report.previous
    before_total = previous.rows + previous.rows_quarantined if previous else 0
    rows = []
    for column, filled in report.fill.items():
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
    return "<h2>Spiegelrapport: vulling per kolom</h2>" + table(
        ("Kolom", "Gevuld", "Deel", "Vorige", "Let op"), rows, numbers=(1, 2, 3)
    )


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
