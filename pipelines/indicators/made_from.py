"""What the figures of each indicator are made from, as one digest of all of it.

Here: the rows, definitions and days that estimators and bands of one indicator can see, by content.
Not here: which tables its quality is judged by (`inputs`), and remembering (`pipelines.memo`).

Whoever lets a figure look at something new adds it here; that every figure stays the same in
whatever order deliveries come is tested (`tests/pipeline/test_any_order.py`).
"""

from collections.abc import Mapping

import duckdb
import pandas as pd

from pipelines.evaluation.tables import read_series
from pipelines.indicators.provisional import Registered, columns_of_handoffs
from pipelines.indicators.register import Indicator
from pipelines.indicators.rolling import RollingYears
from pipelines.memo import digest
from pipelines.warehouse import relation_exists

# What holds for the whole chain: small, and seldom another. Until when each hand-off is followed
# stands in `dim_handoff` too, for readers; a figure has it from its own rows of `followed`.
_OF_CHAIN = (
    "(select columns(lambda name: name not in ('followed_until', 'waits_for')) "
    "from marts.dim_handoff)",
    "marts.dim_norm",
    "marts.dim_milestone",
    "marts.dim_calendar",
)
_OF_THEMES = (
    "marts.fct_evaluation",
    "marts.fct_evaluation_theme",
    "marts.dim_theme",
    "marts.dim_theme_mapping",
)


def contents_of_indicators(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: Mapping[str, set[str]],
    followed: pd.DataFrame,
    registered: Registered,
) -> dict[str, str]:
    """Digest of all that the figures of each indicator are made from, by its id."""
    build = connection.execute("select reference_date, timezone from raw.build").fetchall()
    of_chain = digest(
        build,
        RollingYears.of_chain(connection),
        [_whole(connection, table) for table in _OF_CHAIN],
    )
    of_handoff = _of_handoffs(connection, register)
    of_pairs = _by(connection, "marts.fct_handoff_reconciliation", "handoff_id")
    counted = _by(connection, "indicators.indicator_counts", "indicator")
    days = dict(iter(followed.groupby("indicator")))
    themes = {series.indicator for series in read_series(connection)}
    of_themes = [_whole(connection, table) for table in _OF_THEMES] if themes else []
    recorded_in = {
        handoff: {table for tables in roles.values() for table in tables}
        for handoff, roles in columns_of_handoffs(connection).items()
    }
    return {
        entry.id: digest(
            of_chain,
            entry.model_dump(mode="json"),
            days[entry.id],
            of_handoff.get(entry.handoff or ""),
            of_pairs.get(entry.handoff or "") if entry.kind == "reconciliation" else None,
            counted.get(entry.id),
            _whole(connection, f"marts.{entry.mart}")
            if entry.kind == "cumulative_incidence"
            else None,
            of_themes if entry.id in themes else None,
            {
                table: registered.content(table)
                for table in sorted(feeding[entry.id] | recorded_in.get(entry.handoff or "", set()))
            },
        )
        for entry in register
    }


def _of_handoffs(
    connection: duckdb.DuckDBPyConnection, register: list[Indicator]
) -> dict[str, str]:
    """Hash of the rows of each hand-off, without the dimensions its figures are not split by."""
    split_by = {
        entry.handoff: set(entry.dimensions)
        for entry in register
        if entry.kind == "lead_time" and entry.handoff
    }
    dimensions = {dimension for own in split_by.values() for dimension in own}
    described = connection.execute("describe marts.fct_handoff").fetchall()
    columns = [str(column) for column, *_ in described]
    found = {}
    for handoff, own in split_by.items():
        seen = [column for column in columns if column in own or column not in dimensions]
        rows = f"(select {', '.join(seen)} from marts.fct_handoff where handoff_id = '{handoff}')"
        found[handoff] = _whole(connection, rows) or ""
    return found


def _by(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> dict[str, str]:
    """Hash of the rows of a table by the value of a column, whatever their order."""
    rows = connection.execute(
        f"""
        select {column}, sha256(string_agg(line, '' order by line))
        from (select {column}, md5(to_json(content)::varchar) as line from {table} as content)
        where {column} is not null
        group by all
        """
    ).fetchall()
    return {str(name): content for name, content in rows}


def _whole(connection: duckdb.DuckDBPyConnection, rows: str) -> str | None:
    """Hash of all rows of a table, or of a query in brackets; None where the table is not there."""
    if not rows.startswith("(") and not relation_exists(connection, *rows.split(".")):
        return None
    found = connection.execute(
        "select sha256(coalesce(string_agg(line, '' order by line), '')) "
        f"from (select md5(to_json(content)::varchar) as line from {rows} as content)"
    ).fetchone()
    return None if found is None else str(found[0])
