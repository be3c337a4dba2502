"""Feedback to a chain partner: what became of a delivery, in Dutch, as a page and as a list.

Here: the page (HTML) and the list (CSV) of one delivery, and the register of findings that were
accepted as known.
Not here: the judgement itself (`guard`, `suite`, `intake`), and figures over many deliveries (the
data-quality page).

Nothing here holds a value from a delivery: a partner finds the cell by column and row number. A
report can always be made again from the notes in the landing zone, so it is written plainly and
quickly; one that is missing is written at the next intake.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from html import escape
from pathlib import Path

from pipelines.deliveries.contract import Contract, ContractError
from pipelines.deliveries.findings import Finding, rows_in_words
from pipelines.deliveries.landing import Landed, Refused

REGISTER_NAME = "accepted_findings.csv"
REGISTER_COLUMNS = ("organisation", "table", "rule", "column", "valid_from", "valid_to", "reason")
UNKNOWN_SUPPLIER = "_onbekend"
NEW, PERSISTING, ACCEPTED_AS_KNOWN = "nieuw", "blijvend", "bekend"
# A change of fill that a partner should look at, in percentage points.
_NOTABLE_POINTS = 5
_SEVERITIES = {
    "critical": "fout: hele levering geweigerd",
    "quarantine": "rijen terzijde gelegd",
    "warning": "waarschuwing: rijen zijn gebruikt",
    "info": "ter informatie",
}
PAGE_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "caption{text-align:left;font-weight:bold}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}p.status{border-left:.4rem solid #154273;padding-left:1rem}"
)


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding that partner and monitor know of and accept, for a time.

    Attributes:
        organisation: Supplier.
        table: Table.
        rule: Name of the rule.
        column: Column; empty for the delivery as a whole.
        valid_from: First reference date it holds for.
        valid_to: Last reference date it holds for; None while it lasts.
        reason: Why it is accepted, in Dutch.
    """

    organisation: str
    table: str
    rule: str
    column: str
    valid_from: date
    valid_to: date | None
    reason: str

    def covers(self, organisation: str, table: str, day: date, finding: Finding) -> bool:
        """Whether a finding of a delivery is this one."""
        return (
            (self.organisation, self.table) == (organisation, table)
            and (self.rule, self.column) == (finding.rule, finding.column)
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes:
        file_name: Name of the delivered file.
        sha256: Hash of the file.
        organisation: Supplier; empty when the name does not tell.
        table: Table; empty when the name does not tell.
        reference_date: Day as of which the table is given, if the name tells.
        version: Number of the delivery, if the name tells.
        received_at: When it arrived.
        is_refused: Nothing of it landed.
        reason: What happened, in one line.
        remedy: What to do, in one line.
        rows: Rows that landed.
        rows_aside: Rows set aside.
        findings: What was found.
        fill: Filled cells per column.
        accepted: Findings of the table that are accepted as known.
        previous: The delivery before; None when this is the first.
    """

    file_name: str
    sha256: str
    organisation: str
    table: str
    reference_date: date | None
    version: int | None
    received_at: datetime
    is_refused: bool
    reason: str
    remedy: str = ""
    rows: int = 0
    rows_aside: int = 0
    findings: tuple[Finding, ...] = ()
    fill: Mapping[str, int] = field(default_factory=dict)
    accepted: tuple[AcceptedFinding, ...] = ()
    previous: Landed | None = None

    @staticmethod
    def of_landed(
        landed: Landed, previous: Landed | None, accepted: Sequence[AcceptedFinding]
    ) -> "Report":
        """The report of a delivery that landed."""
        return Report(
            landed.file_name,
            landed.sha256,
            landed.organisation,
            landed.table,
            landed.reference_date,
            landed.version,
            landed.received_at,
            False,
            f"Aanvaard: {landed.rows} rijen ingelezen, {landed.rows_quarantined} terzijde gelegd.",
            "Lever de terzijde gelegde rijen verbeterd opnieuw, met een hoger versienummer."
            if landed.rows_quarantined
            else "",
            landed.rows,
            landed.rows_quarantined,
            landed.findings,
            landed.fill,
            tuple(accepted),
            previous,
        )

    @staticmethod
    def of_refused(note: Refused) -> "Report":
        """The report of a file that was refused."""
        return Report(
            note.file_name,
            note.sha256,
            note.organisation,
            note.table,
            note.reference_date,
            note.version,
            note.received_at,
            True,
            f"Geweigerd op regel {note.rule}: {note.reason}.",
            f"{note.remedy[:1].upper()}{note.remedy[1:]}.",
            findings=note.findings,
        )

    @property
    def stem(self) -> Path:
        """Where the report lies under the feedback folder, without extension."""
        if not self.organisation or self.reference_date is None:
            return Path(UNKNOWN_SUPPLIER) / f"geweigerd_{self.sha256[:12]}"
        name = f"{self.organisation}_{self.table}_{self.reference_date}_v{self.version}"
        # A version may be refused several times, and accepted in the end.
        mark = f"_geweigerd_{self.sha256[:12]}" if self.is_refused else ""
        return Path(self.organisation) / (name + mark)

    def state_of(self, finding: Finding) -> str:
        """Whether a finding is new, persists, or is accepted as known."""
        if self.acceptance_of(finding) is not None:
            return ACCEPTED_AS_KNOWN
        before = {_place(one) for one in self.previous.findings} if self.previous else set()
        return PERSISTING if _place(finding) in before else NEW

    def acceptance_of(self, finding: Finding) -> AcceptedFinding | None:
        """The acceptance that covers a finding, if there is one."""
        day = self.reference_date
        if day is None:
            return None
        return next(
            (
                one
                for one in self.accepted
                if one.covers(self.organisation, self.table, day, finding)
            ),
            None,
        )

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """Findings of the delivery before that are gone."""
        if self.previous is None or self.is_refused:
            return ()
        now = {_place(one) for one in self.findings}
        return tuple(one for one in self.previous.findings if _place(one) not in now)


def _place(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.column


def read_accepted(contracts_dir: Path) -> tuple[AcceptedFinding, ...]:
    """Read the register of accepted findings; empty when a chain has none.

    Raises:
        ContractError: A line is not right.
    """
    path = contracts_dir / REGISTER_NAME
    if not path.exists():
        return ()
    accepted = []
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != REGISTER_COLUMNS:
            raise ContractError(f"{path}: verwacht de kolommen {','.join(REGISTER_COLUMNS)}")
        for row in reader:
            try:
                accepted.append(
                    AcceptedFinding(
                        row["organisation"],
                        row["table"],
                        row["rule"],
                        row["column"],
                        date.fromisoformat(row["valid_from"]),
                        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                        row["reason"],
                    )
                )
            except (TypeError, ValueError) as error:
                raise ContractError(
                    f"{path}: regel {reader.line_num}: valid_from en valid_to zijn geen datum "
                    "jjjj-mm-dd; herstel de regel"
                ) from error
            if not row["reason"]:
                raise ContractError(
                    f"{path}: regel {reader.line_num}: reason ontbreekt; zeg waarom dit mag"
                )
    return tuple(accepted)


def as_known(
    organisation: str,
    table: str,
    day: date,
    findings: Iterable[Finding],
    accepted: Sequence[AcceptedFinding],
) -> tuple[Finding, ...]:
    """The findings of a delivery, with those accepted as known made `info`."""
    return tuple(
        replace(one, severity="info")
        if one.severity == "warning"
        and any(known.covers(organisation, table, day, one) for known in accepted)
        else one
        for one in findings
    )


def previous_delivery(landed: Landed, registry: Iterable[Landed]) -> Landed | None:
    """The delivery of the same table that came before: an earlier day, or a lower version."""
    place = (landed.reference_date, landed.version)
    before = [
        one
        for one in registry
        if one.contract_id == landed.contract_id and (one.reference_date, one.version) < place
    ]
    return max(before, key=lambda one: (one.reference_date, one.version), default=None)


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
    stem.parent.mkdir(parents=True, exist_ok=True)
    page = stem.with_name(stem.name + ".html")
    _write(stem.with_name(stem.name + ".csv"), render_list(report))
    _write(page, render_page(report, contract))
    return page


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


# --- the list ----------------------------------------------------------------------------------


def render_list(report: Report) -> str:
    """The findings as CSV: one line each, resolved ones last."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(
        (
            "stand",
            "ernst",
            "regel",
            "kolom",
            "aantal_rijen",
            "van_rijen",
            "rijen",
            "waarom",
            "herstel",
        )
    )
    for one in report.findings:
        numbers = " ".join(str(row) for row in one.row_numbers)
        writer.writerow(
            (
                report.state_of(one),
                _SEVERITIES.get(one.severity, one.severity),
                one.rule,
                one.column,
                one.rows,
                one.total,
                numbers,
                one.reason_nl,
                one.remedy_nl,
            )
        )
    for one in report.resolved:
        writer.writerow(("opgelost", "", one.rule, one.column, 0, "", "", one.reason_nl, ""))
    return buffer.getvalue()


# --- the page ----------------------------------------------------------------------------------


def render_page(report: Report, contract: Contract | None) -> str:
    """The report as a page of HTML that needs nothing beside it."""
    title = f"Terugkoppeling {report.file_name}"
    flagged = [one for one in report.findings if report.state_of(one) != ACCEPTED_AS_KNOWN]
    known = [one for one in report.findings if report.state_of(one) == ACCEPTED_AS_KNOWN]
    across = [one for one in flagged if _is_across(one)]
    within = [one for one in flagged if not _is_across(one)]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=status><strong>{escape(report.reason)}</strong><br>{escape(report.remedy)}</p>",
        _facts(report, contract, len(flagged)),
        "<h2>Bevindingen per kolom</h2>",
        _findings_table(report, within),
        "<h2>Kwaliteitsrapport: verbanden tussen kolommen</h2>",
        _findings_table(report, across),
        _difference(report),
        _fill_table(report),
        _known_table(report, known),
        "<p>Rij 1 is de eerste rij na de kopregel. Dit bericht bevat geen gegevens uit de "
        "levering, alleen kolommen, regels en rijnummers.</p>",
    ]
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{PAGE_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _is_across(finding: Finding) -> bool:
    return ", " in finding.column


def table_of(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[int] = ()
) -> str:
    """A table of HTML; `numbers` are the places of columns that are right-aligned."""
    marks = [' class="n"' if at in numbers else "" for at in range(len(head))]
    top = "".join(
        f'<th scope="col"{mark}>{escape(one)}</th>' for one, mark in zip(head, marks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{mark}>{escape(str(cell))}</td>" for cell, mark in zip(row, marks, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _facts(report: Report, contract: Contract | None, flagged: int) -> str:
    rows: list[tuple[str, object]] = [
        ("Ontvangen", report.received_at.strftime("%d-%m-%Y %H:%M UTC")),
        ("Uitkomst", "geweigerd" if report.is_refused else f"aanvaard met {flagged} bevindingen"),
    ]
    if report.reference_date is not None:
        rows.append(("Peildatum", report.reference_date.strftime("%d-%m-%Y")))
        rows.append(("Versie", report.version))
    if contract is not None:
        rows.append(("Tabel", f"{contract.title} ({contract.id}), contract {contract.version}"))
        rows.append(("Afspraak", contract.agreement or "geen"))
    if not report.is_refused:
        rows.append(("Rijen ingelezen", report.rows))
        rows.append(("Rijen terzijde gelegd", report.rows_aside))
    rows.append(("Kenmerk van het bestand (sha256)", report.sha256))
    return table_of(("Gegeven", "Waarde"), rows)


def _findings_table(report: Report, findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>Geen bevindingen.</p>"
    return table_of(
        ("Stand", "Ernst", "Regel", "Kolom", "Rijen", "Waar", "Waarom het ertoe doet", "Herstel"),
        (
            (
                report.state_of(one),
                _SEVERITIES.get(one.severity, one.severity),
                one.rule,
                one.column or "hele levering",
                one.rows or "",
                rows_in_words(one.row_numbers, one.rows) if one.row_numbers else "",
                one.reason_nl,
                one.remedy_nl,
            )
            for one in findings
        ),
        numbers=(4,),
    )


def _difference(report: Report) -> str:
    """What changed since the delivery before."""
    if report.is_refused:
        return ""
    previous = report.previous
    if previous is None:
        return "<h2>Vergeleken met de vorige levering</h2><p>Dit is de eerste levering.</p>"
    states = [report.state_of(one) for one in report.findings]
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
        f"<li>{escape(one.rule)} ({escape(one.column or 'hele levering')})</li>"
        for one in report.resolved
    )
    return (
        f"<h2>Vergeleken met de vorige levering ({escape(previous.file_name)})</h2>"
        + table_of(("Gegeven", "Vorige", "Deze", "Verschil"), rows, numbers=(1, 2, 3))
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
    return "<h2>Spiegelrapport: vulling per kolom</h2>" + table_of(
        ("Kolom", "Gevuld", "Deel", "Vorige", "Let op"), rows, numbers=(1, 2, 3)
    )


def _percent(value: float) -> str:
    return f"{value:.1f}%".replace(".", ",")


def _known_table(report: Report, known: Sequence[Finding]) -> str:
    if not known:
        return ""
    rows = []
    for one in known:
        acceptance = report.acceptance_of(one)
        if acceptance is not None:
            rows.append((one.rule, one.column, one.rows, acceptance.valid_from, acceptance.reason))
    return "<h2>Bekend en aanvaard</h2>" + table_of(
        ("Regel", "Kolom", "Rijen", "Sinds peildatum", "Reden"), rows, numbers=(2,)
    )
