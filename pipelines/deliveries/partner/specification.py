"""The delivery specification a chain partner is sent: the contract in Dutch, with a sample file.

Here: the page and the sample, both made from the contract, so that they never say anything else.
Not here: the contract itself (`contract`), and the rows of the sample (`samples`).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines.deliveries.contract import CHANGE_COLUMN, Column, Contract
from pipelines.deliveries.manifest import SUFFIX
from pipelines.deliveries.partner.pages import render
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

SAMPLE_DATE = date(2026, 10, 31)
SAMPLE_ROWS = 10

_MODES = {
    "snapshot": "volledige stand van de tabel op de peildatum",
    "change_file": "alleen gewijzigde en ingetrokken records sinds de vorige levering",
    "event_log": "gebeurtenissenlogboek: één rij per gebeurtenis",
}
_FORMATS = {
    "csv": "CSV",
    "parquet": "Parquet",
    "xlsx": "Excel-werkmap (XLSX)",
    "jsonl": "JSON-regels (JSON lines)",
    "xes": "XES (IEEE 1849) of CSV",
}
_GRANULARITIES = {
    "timestamp": "tijdstip met tijdzone",
    "day": "dag",
    "week": "week, als 2026-W07",
    "month": "maand, als 2026-02",
}
_TYPES = {
    "string": "tekst",
    "integer": "geheel getal",
    "number": "getal",
    "boolean": "ja of nee",
    "date": "datum",
    "timestamp": "tijdstip",
}
_SEVERITIES = {
    "critical": "de hele levering wordt geweigerd",
    "warning": "de rijen worden gebruikt en gemeld",
}
_ROW_RULE = "de rij wordt terzijde gelegd"


def render_specification(contract: Contract) -> str:
    """The specification of one table as a page of HTML that needs nothing beside it."""
    return render(
        "specification.html",
        title=f"Leveringsspecificatie {contract.title} ({contract.id})",
        contract=contract,
        manifest=SUFFIX,
        agreements=_agreements(contract),
        columns=[
            (
                column.name,
                column.description,
                form_of(column, contract),
                "ja" if column.required else "nee",
                "ja" if column.name in contract.key else "",
                column.classification,
            )
            for column in contract.columns
        ],
        rules=_rules(contract),
    )


def write_specification(contract: Contract, folder: Path) -> tuple[Path, Path]:
    """Write the specification and a sample file that passes.

    Args:
        contract: The contract.
        folder: Where to write; made when missing.

    Returns:
        The page and the sample.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document = folder / f"{contract.id}.html"
    document.write_text(render_specification(contract), encoding="utf-8")
    sample = folder / file_name(contract, SAMPLE_DATE)
    write_sample(sample_cells(contract, SAMPLE_ROWS, SAMPLE_DATE), contract, sample)
    return document, sample


def _agreements(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "Leverancier", contract.supplier
    yield "Versie van de specificatie", contract.version
    if contract.valid_from:
        yield "Geldt vanaf peildatum", formats.day(contract.valid_from, words_in(DEFAULT_LANGUAGE))
    yield "Wat is één rij", contract.grain
    yield "Soort levering", _MODES[contract.mode]
    if contract.is_periodic:
        yield (
            "Wanneer",
            (
                "maandelijks, met de laatste dag van de maand als peildatum, uiterlijk op dag "
                f"{contract.due_day} van de maand erna"
            ),
        )
    else:
        yield "Wanneer", "eenmalig"
    yield (
        "Bestandsnaam",
        f"{contract.id}_<peildatum jjjj-mm-dd>_v<versie>.{contract.file_format}, "
        "eventueel ingepakt als .gz of .zip; een herlevering krijgt een hoger versienummer",
    )
    yield "Bestandsformaat", _FORMATS[contract.file_format]
    if contract.file_format == "csv":
        yield "Scheidingsteken", contract.delimiter
    if contract.file_format in {"csv", "jsonl"}:
        yield "Tekenset", contract.encoding
    if contract.file_format in {"csv", "xlsx"}:
        yield "Decimaalteken", contract.decimal
    if contract.sheet:
        yield "Werkblad", contract.sheet
    yield "Tijdzone van dagen", contract.timezone
    yield "Overeenkomst", contract.agreement or "geen"
    yield (
        "Grens voor terzijde gelegde rijen",
        f"meer dan {contract.quarantine_max_rows} rijen of meer dan "
        f"{contract.quarantine_max_share:.0%} van de rijen: de hele levering wordt geweigerd; "
        "één rij is nooit te veel",
    )
    yield "Geweigerde inhoud wordt verwijderd na", f"{contract.quarantine_days} dagen"
    yield (
        "Aanvaarde inhoud wordt bewaard",
        (
            f"{contract.retention_months} maanden vanaf de peildatum"
            + (f" ({contract.retention_ground})" if contract.retention_ground else "")
        ),
    )


def form_of(column: Column, contract: Contract) -> str:
    """How a value of a column looks, for people."""
    return "; ".join(_form(column, contract))


def _form(column: Column, contract: Contract) -> Iterator[str]:
    if column.enum:
        yield "een van: " + ", ".join(column.enum)
    elif column.granularity:
        yield _GRANULARITIES[column.granularity]
    else:
        yield _TYPES[column.logical_type]
    if column.pseudonym:
        yield "pseudoniem van een " + {"case": "zaak", "person": "persoon"}[column.pseudonym]
    if column.date_format and column.granularity not in {"week", "month"}:
        yield f"in de vorm {column.date_format}"
    if column.pattern:
        yield f"patroon {column.pattern}"
    if column.logical_type == "boolean" and contract.file_format in {"parquet", "jsonl"}:
        yield "als true of false"
    yield from _limits(column)
    if column.free_text:
        yield "korte eigen notitie, zonder namen of andere herleidbare gegevens"
    if column.former_name:
        yield f"heette eerder {column.former_name}"
    if column.name == CHANGE_COLUMN:
        yield "bij intrekking telt het record niet meer mee"


def _limits(column: Column) -> Iterator[str]:
    if column.minimum is not None:
        yield f"ten minste {column.minimum:g}"
    if column.maximum is not None:
        yield f"ten hoogste {column.maximum:g}"
    if column.max_length is not None:
        yield f"ten hoogste {column.max_length} tekens"


def _rules(contract: Contract) -> Iterator[tuple[str, str, str]]:
    yield "elke kolom", "Een waarde die niet de afgesproken vorm heeft, is onbruikbaar.", _ROW_RULE
    for rule in contract.rules:
        columns = rule.arguments.get("column_list") or [
            rule.arguments[key]
            for key in ("column", "column_A", "column_B")
            if key in rule.arguments
        ]
        is_whole = "unique" in rule.expectation
        effect = _SEVERITIES[rule.severity] if is_whole or rule.severity == "warning" else _ROW_RULE
        yield f"{rule.name} ({', '.join(columns)})", rule.reason, effect
