"""Writing rows that were judged: those that land, those set aside, and what is known of the latter.

Here: which rows of a part go where, and the counts of the file they are of.
Not here: judging them (`judging`), and the files they go to (`landing.writer`).
"""

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.deliveries.checks import Check, Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.guard.dates import inspect_dates
from pipelines.deliveries.guard.hit import refusal_of
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.landing.set_aside import ROW_COLUMN, known_of
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.readers import Part

RULES_COLUMN = "_rules"


def write_part(
    file: DeliveredFile, part: Part, typed: pa.Table, broken: list[tuple[Check, Positions]]
) -> pa.Table | None:
    """Write one part of a file.

    Args:
        file: The file.
        part: The part, as text.
        typed: The same rows, converted.
        broken: The rules that are broken, each with the positions of the rows that break it.

    Returns:
        The rows that land; None when the file was refused.
    """
    name, contract = file.agreed
    if hits := inspect_dates(typed, part.row_numbers, contract, name.reference_date):
        file.refusal = refusal_of(hits)
    if file.refusal is not None or file.writer is None:
        return None
    for check, positions in broken:
        file.count(check.finding, part.row_numbers[positions])
    for column in part.cells.column_names:
        cells = part.cells[column]
        file.fill[column] = file.fill.get(column, 0) + len(cells) - cells.null_count
    rules = _rules_by_position(broken)
    places = np.array(sorted(rules), dtype=np.int64)
    keep = np.ones(typed.num_rows, dtype=bool)
    keep[places] = False
    rows = typed.append_column(ROW_COLUMN, pa.array(part.row_numbers))
    landing = rows.filter(pa.array(keep)) if len(places) else rows
    file.writer.write(landing)
    file.landed += landing.num_rows
    if len(places):
        numbers = pa.array(part.row_numbers[places])
        words = pa.array(["; ".join(rules[int(place)]) for place in places])
        aside = part.cells.take(places).append_column(ROW_COLUMN, numbers)
        file.writer.set_aside(aside.append_column(RULES_COLUMN, words))
        known = known_of(contract, part.cells, typed, places, broken)
        file.writer.note_aside(known.append_column(ROW_COLUMN, numbers))
        file.aside += len(places)
    return landing


def write_no_rows(writer: LandingWriter, contract: Contract) -> None:
    """Write a delivery without rows, with the columns of its contract."""
    cells = pa.table({column.name: pa.array([], pa.string()) for column in contract.columns})
    typed = convert(duckdb.connect(), cells, contract)
    writer.write(typed.append_column(ROW_COLUMN, pa.array([], pa.int64())))


def _rules_by_position(broken: list[tuple[Check, Positions]]) -> dict[int, list[str]]:
    """The rules for which each row is set aside."""
    rules: dict[int, list[str]] = {}
    for check, positions in broken:
        if check.effect == "quarantine":
            for position in positions:
                rules.setdefault(int(position), []).append(f"{check.rule} ({check.column})")
    return rules
