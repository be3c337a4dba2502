"""Cells of text as typed values, by contract and never by guess.

Here: the one conversion of every format to the types of the landing zone, and which cells cannot
be read.
Not here: reading files (`readers`), and rules on values (`scan`).

Landing types: moments in UTC, dates as dates, weeks and months as their first day, whole numbers,
numbers, booleans, and text for the rest.
"""

import re
from collections.abc import Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Column, Contract

# What a spreadsheet shows in a cell that has no value, also where it was copied as text, in English
# and in Dutch.
NO_VALUE = "#N/A"
_ERROR_VALUES = pa.array(
    [
        *(
            NO_VALUE,
            "#REF!",
            "#DIV/0!",
            "#VALUE!",
            "#NAME?",
            "#NUM!",
            "#NULL!",
            "#SPILL!",
            "#CALC!",
        ),
        *("#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#PYTHON!"),
        *("#N/B", "#VERW!", "#DEEL/0!", "#WAARDE!", "#NAAM?", "#GETAL!", "#LEEG!", "#OVERLOOP!"),
    ]
)

# In more rows than this a moment is likely to occur more than once, and is read once.
_ROWS_WITH_REPEATS = 10_000


def convert(connection: duckdb.DuckDBPyConnection, cells: pa.Table, contract: Contract) -> pa.Table:
    """Convert cells to the types of the landing zone.

    Args:
        connection: Any connection; its time zone does not matter, and is UTC afterwards.
        cells: Text columns by contract name; a column of the contract that is absent stays null.
        contract: Contract the cells are read under.

    Returns:
        One column per column of the contract, in its order; a cell that cannot be read is null.
    """
    if not contract.columns:
        return cells
    present = set(cells.column_names)
    typed: dict[str, pa.ChunkedArray] = {}
    expressions: dict[str, str] = {}
    for column in contract.columns:
        quoted = quote(column.name)
        if column.name not in present:
            expressions[column.name] = f"cast(null as {column.landing_type})"
        elif column.landing_type == "VARCHAR":
            # No work for DuckDB, and a large column needs no copy.
            typed[column.name] = cells[column.name]
        else:
            expressions[column.name] = _expression(quoted, column, contract)
    # An offset is read an hour off in the session of a zone with summer time in January.
    connection.execute("set TimeZone = 'UTC'")
    if cells.num_rows > _ROWS_WITH_REPEATS:
        for name in present & expressions.keys():
            few = cells[name].combine_chunks().dictionary_encode()
            if 2 * len(few.dictionary) < len(few):
                values = pa.table({name: few.dictionary})
                read = _converted(connection, values, {name: expressions.pop(name)})
                typed[name] = read[name].combine_chunks().take(few.indices)
    if expressions:
        needed = cells.select([name for name in cells.column_names if name in expressions])
        read = _converted(connection, needed if needed.column_names else cells, expressions)
        typed.update({name: read[name] for name in read.column_names})
    arrays = [
        _utc(typed[column.name])
        if column.landing_type.startswith("TIMESTAMP")
        else typed[column.name]
        for column in contract.columns
    ]
    return pa.table(arrays, names=[column.name for column in contract.columns])


def _converted(
    connection: duckdb.DuckDBPyConnection, cells: pa.Table, expressions: Mapping[str, str]
) -> pa.Table:
    """Columns of SQL over cells, by name."""
    columns = ", ".join(f"{written} as {quote(name)}" for name, written in expressions.items())
    connection.register("delivered_cells", cells)
    try:
        return connection.sql(f"select {columns} from delivered_cells").to_arrow_table()
    finally:
        connection.unregister("delivered_cells")


def unreadable(cells: pa.Table, typed: pa.Table, column: str) -> pa.ChunkedArray:
    """Which cells of a column hold text that could not be read, or the error of a spreadsheet."""
    if pa.types.is_string(typed[column].type):
        return pc.is_in(cells[column], value_set=_ERROR_VALUES)
    # Such an error is no value of any other type.
    return pc.and_(pc.is_valid(cells[column]), pc.is_null(typed[column]))


def quote(name: str) -> str:
    """A name as SQL takes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as SQL takes it, whatever characters it has."""
    return "'" + value.replace("'", "''") + "'"


def _utc(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same moments, labelled UTC whatever the session's time zone."""
    return values.cast(pa.timestamp("us", "UTC"))


def _expression(cell: str, column: Column, contract: Contract) -> str:
    """SQL that reads one column of text."""
    if column.form is not None:
        # Only an event has a place for the second reading of a clock that was put back.
        is_event = contract.event_log is not None
        return column.form.sql(cell, contract.timezone, is_interval=is_event)
    if column.logical_type == "integer":
        return f"if(regexp_full_match({cell}, '-?[0-9]{{1,18}}'), try_cast({cell} as BIGINT), null)"
    if column.logical_type == "number":
        point = re.escape(contract.decimal)
        return (
            f"if(regexp_full_match({cell}, '-?[0-9]+({point}[0-9]+)?'), "
            f"try_cast(replace({cell}, '{contract.decimal}', '.') as DOUBLE), null)"
        )
    # Formats with a boolean type of their own deliver it in that; the others in Dutch.
    yes, no = ("true", "false") if contract.file_format in {"parquet", "jsonl"} else ("ja", "nee")
    return f"case {cell} when '{yes}' then true when '{no}' then false end"
