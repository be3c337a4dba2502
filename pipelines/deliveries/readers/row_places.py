"""Where a row stands in the file itself, as a partner finds it in an editor or a spreadsheet.

Here: from the number of a row to the line of a CSV, JSON-lines or XES file, or the row of a
worksheet, and from a column to its place among the others.
Not here: numbering rows (`readers`, `xes`), and the words around a place (`findings`).

Only the few rows that a report names are looked up, in files that have findings: a clean file is
never read twice. A Parquet file has rows and no lines.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.deliveries import xes
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, Location
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import open_bytes
from pipelines.deliveries.readers.csv import doubts_of
from pipelines.deliveries.readers.encoding import find_encoding
from pipelines.deliveries.readers.quotes import QuoteLaw
from pipelines.deliveries.readers.records import is_several

_HEADER_ROWS = 1
# Whose columns have names and no place among each other.
_WITHOUT_ORDER = {"jsonl", "ndjson", "xes"}


def locate(
    findings: Iterable[Finding],
    path: Path,
    name: DeliveryName,
    contract: Contract,
    columns: Sequence[str],
) -> tuple[Finding, ...]:
    """Say of each finding where its rows stand in the file.

    Args:
        findings: Findings with row numbers.
        path: The delivered file.
        name: What its name says.
        contract: Contract it is read under.
        columns: Column names as delivered, in the order of the file.

    Returns:
        The same findings with their location; one without rows, or in a file without lines, stays
        as it is.
    """
    found = tuple(findings)
    rows = sorted({row for finding in found for row in finding.row_numbers})
    lines = _lines(path, name, contract, rows) if rows else {}
    if not all(row in lines for row in rows):
        # Rather no line than a wrong one.
        return found
    places = {column: at for at, column in enumerate(columns, start=1)}
    return tuple(
        replace(
            finding,
            location=Location(
                layout=name.extension,
                lines=tuple(lines[row] for row in finding.row_numbers),
                position=0 if name.extension in _WITHOUT_ORDER else places.get(finding.column, 0),
            ),
        )
        if finding.row_numbers
        else finding
        for finding in found
    )


def _lines(
    path: Path, name: DeliveryName, contract: Contract, rows: Sequence[int]
) -> dict[int, int]:
    """Line by row number; empty for a format without lines."""
    if name.extension == "csv":
        return _csv_lines(path, name, contract, rows)
    if name.extension == "xlsx":
        return {row: row + _HEADER_ROWS for row in rows}
    if name.extension in {"jsonl", "ndjson"}:
        # Rows of JSON lines are numbered by line.
        return {row: row for row in rows}
    if name.extension == "xes":
        with open_bytes(path, name.compression) as stream:
            return xes.line_numbers(stream, rows)
    return {}


def _csv_lines(
    path: Path, name: DeliveryName, contract: Contract, rows: Sequence[int]
) -> dict[int, int]:
    """Line at which each row of a CSV file starts, also below cells that hold line breaks."""
    wanted = set(rows)
    found: dict[int, int] = {}
    law = QuoteLaw(contract.delimiter)
    encoding, _ = find_encoding(path, name, contract, law)
    strays, is_beyond_doubt = doubts_of(path, name, contract, law)
    record = -_HEADER_ROWS
    with open_bytes(path, name.compression) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        reader = csv.reader(text, delimiter=contract.delimiter)
        row, before, columns = -_HEADER_ROWS, 0, 0
        try:
            for cells in reader:
                columns = columns or len(cells)
                record += bool(cells)
                is_whole = (
                    len(cells) == columns
                    and record not in strays
                    and not (is_several(cells, contract.delimiter) and not is_beyond_doubt())
                )
                # What is no row of its own was taken apart into its lines.
                lines = [0] if is_whole else _filled(contract.delimiter.join(cells))
                for line in lines:
                    row += 1
                    if row in wanted:
                        found[row] = before + 1 + line
                before = reader.line_num
                if len(found) == len(wanted):
                    break
        except csv.Error:
            # A cell of more than 128 KiB: such a file is reported by row number alone.
            return {}
    return found


def _filled(text: str) -> list[int]:
    """Which lines of cells with line breaks are not empty; the first is 0.

    The first and the last are not: they hold the quotes.
    """
    lines = re.split("\r\n|\r|\n", text)
    ends = (0, len(lines) - 1)
    return [at for at, line in enumerate(lines) if line or at in ends] if text else []
