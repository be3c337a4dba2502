"""Made-up deliveries that keep to a contract, and the writing of them in any agreed format.

Here: rows that pass, for the sample file of a specification, for tests and for measurements.
Not here: the simulated chain (`pipelines.simulation`), whose deliveries tell a story; these do not.

Every value is made up, and pseudonyms carry the mark of simulated ones.
"""

import gzip
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.deliveries.contract import CHANGE_COLUMN, Column, Contract
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.patterns import parts_of, shortest_match
from pipelines.deliveries.pseudonyms import (
    ALPHABET,
    CASE_PREFIX,
    LENGTH,
    PERSON_PREFIX,
    SYNTHETIC_MARK,
)

_LETTERS = np.array(list(ALPHABET))
_UPPER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_TEXT = "Besproken in het platform; wordt vervolgd."
_DAYS_SPREAD = 300
# In a workbook `_x0041_` is another way to write A; its own first sign then stands for itself.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def sample_cells(contract: Contract, rows: int, reference_date: date, *, seed: int = 1) -> pa.Table:
    """Make rows that keep to a contract.

    Args:
        contract: The contract.
        rows: Number of rows.
        reference_date: Day before which all moments lie.
        seed: Seed of the random numbers; the same seed gives the same rows.

    Returns:
        Text columns in the order of the contract; keys are unique and moments ascend with the
        order of their columns.
    """
    random = np.random.default_rng(seed)
    start = datetime(reference_date.year, reference_date.month, 1, 9, tzinfo=UTC) - timedelta(
        days=_DAYS_SPREAD + 40
    )
    moments = start + np.array(
        [
            timedelta(seconds=int(seconds))
            for seconds in random.integers(0, _DAYS_SPREAD * 86400, rows)
        ]
    )
    columns: dict[str, pa.Array] = {}
    for place, column in enumerate(contract.columns):
        values: list[str | None]
        if column.name == CHANGE_COLUMN:
            values = ["wijziging"] * rows
        elif column.granularity or column.logical_type in {"date", "timestamp"}:
            later = moments + timedelta(hours=26 * place) if rows else moments
            values = [_moment(moment, column, ZoneInfo(contract.timezone)) for moment in later]
        else:
            values = sample_values(column, rows, random)
        columns[column.name] = pa.array(values, pa.string())
    return pa.table(columns)


def _moment(moment: datetime, column: Column, timezone: ZoneInfo) -> str:
    form = column.form
    if form is None:
        raise ValueError(f"kolom {column.name} heeft geen datumvorm")
    is_local = form.kind == "moment" and not form.has_offset
    return form.write(moment.astimezone(timezone) if is_local else moment)


def sample_values(column: Column, rows: int, random: np.random.Generator) -> list[str | None]:
    """Texts that keep to what a contract says of a column that holds no moment.

    Args:
        column: The column.
        rows: How many.
        random: Source of randomness; a key of one form is unique by the number of its row.
    """
    if column.enum:
        return [str(value) for value in random.choice(np.array(column.enum), rows)]
    if column.pseudonym:
        prefix = CASE_PREFIX if column.pseudonym == "case" else PERSON_PREFIX
        rest = LENGTH - len(SYNTHETIC_MARK)
        drawn = random.choice(_LETTERS, (rows, rest))
        return [prefix + SYNTHETIC_MARK + "".join(row) for row in drawn]
    if column.logical_type in {"integer", "number"}:
        least = max(1, int(column.minimum or 0))
        most = min(least + 4, int(column.maximum or least + 4))
        return [str(value) for value in random.integers(least, most + 1, rows)]
    if column.logical_type == "boolean":
        return [("ja", "nee")[is_no] for is_no in random.integers(0, 2, rows)]
    if column.free_text:
        return [_TEXT] * rows
    return [_matching(column.pattern or "", at, random) for at in range(rows)]


def _matching(pattern: str, number: int, random: np.random.Generator) -> str:
    """A text that matches a pattern; the row number fills the digits of a simple one."""
    if parts_of(pattern) is None:
        return shortest_match(pattern)
    text = ""
    for part in parts_of(pattern) or []:
        letters = part.characters
        count = min(part.most, max(part.fewest, 5))
        if letters == _DIGITS:
            text += f"{number:0{count}d}"[-count:]
        elif letters == _UPPER:
            text += "PR"[:count].ljust(count, "A")
        elif len(letters) == 1:
            text += letters * count
        else:
            text += "".join(letters[letter] for letter in random.integers(0, len(letters), count))
    if not re.match(pattern, text):
        raise ValueError(f"geen voorbeeld gevonden voor patroon {pattern}")
    return text


def file_name(contract: Contract, reference_date: date, version: int = 1) -> str:
    """Name of a delivery under a contract."""
    return f"{contract.id}_{reference_date.isoformat()}_v{version}.{contract.file_format}"


def write_sample(cells: pa.Table, contract: Contract, path: Path) -> None:
    """Write rows of text in the format of a contract, as a partner would.

    Args:
        cells: Text columns by name.
        contract: The contract: format, separator, character encoding, worksheet.
        path: File to write; `.gz` at the end packs it.
    """
    content = _written(cells, contract)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _written(cells: pa.Table, contract: Contract) -> bytes:
    buffer = io.BytesIO()
    if contract.file_format == "parquet":
        pq.write_table(_typed(cells, contract), buffer)
    elif contract.file_format == "xlsx":
        _write_workbook(cells, contract.sheet or "levering", buffer)
    elif contract.file_format == "jsonl":
        for row in cells.to_pylist():
            line = {name: _json_value(value, contract.column(name)) for name, value in row.items()}
            buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    elif contract.file_format == "xes":
        buffer.write(_as_xes(cells, contract))
    else:
        options = pa_csv.WriteOptions(delimiter=contract.delimiter, quoting_style="needed")
        pa_csv.write_csv(cells, buffer, options)
        return buffer.getvalue().decode().encode(contract.encoding)
    return buffer.getvalue()


def _write_workbook(cells: pa.Table, sheet: str, stream: IO[bytes]) -> None:
    """Every cell is text and stays it, also once edited: `=…` is no formula, `#N/A` no error."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in [tuple(cells.column_names), *zip(*cells.to_pydict().values(), strict=True)]:
        written = []
        for value in row:
            cell = WriteOnlyCell(page, _ESCAPED.sub("_x005F_", value) if value else None)
            if value:
                cell.data_type, cell.number_format = "s", "@"
            written.append(cell)
        page.append(written)
    book.save(stream)


def _typed(cells: pa.Table, contract: Contract) -> pa.Table:
    arrays = []
    read = convert(duckdb.connect(), cells, contract)
    for name in cells.column_names:
        column = (
            contract.column(name) if name in {column.name for column in contract.columns} else None
        )
        values = cells[name]
        if column is not None and column.logical_type in {"timestamp", "date"}:
            values = read[name]
        elif column is not None and column.logical_type == "boolean":
            values = pa.array([value and value == "ja" for value in values.to_pylist()], pa.bool_())
        elif column is not None and column.logical_type == "integer":
            values = values.cast(pa.int64())
        arrays.append(values)
    return pa.table(arrays, names=cells.column_names)


def _as_xes(cells: pa.Table, contract: Contract) -> bytes:
    """Events by case, in the order in which the cases first occur."""
    case_column = contract.event_log.case_key if contract.event_log else "case:concept:name"
    traces: dict[str, list[dict[str, str | None]]] = {}
    for row in cells.to_pylist():
        traces.setdefault(row[case_column], []).append(row)
    log = ElementTree.Element(
        "log", {"xes.version": "1.0", "xmlns": "http://www.xes-standard.org/"}
    )
    for rows in traces.values():
        trace = ElementTree.SubElement(log, "trace")
        # The standard wants the attributes of a trace before its events.
        for name, value in rows[0].items():
            if name.startswith("case:") and value is not None:
                attributes = {"key": name.removeprefix("case:"), "value": value}
                ElementTree.SubElement(trace, "string", attributes)
        for row in rows:
            event = ElementTree.SubElement(trace, "event")
            for name, value in row.items():
                if value is not None and not name.startswith("case:"):
                    kind = "date" if name == "time:timestamp" else "string"
                    ElementTree.SubElement(event, kind, {"key": name, "value": value})
    content: bytes = ElementTree.tostring(log, "utf-8", xml_declaration=True)
    return content


def _json_value(value: str | None, column: Column) -> Any:
    if value is None:
        return None
    if column.logical_type == "boolean":
        return value == "ja"
    if column.logical_type == "integer" and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    return value
