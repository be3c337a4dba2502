"""Whether both sides of the benchmark say the same; a quick answer that differs is no peer.

Here: the comparison, table by table. Not here: either side.
"""

from collections.abc import Iterator

import duckdb

from tests.bench.plain_handoffs import DIMENSIONS

_KEYS = "handoff_id, period_grain, period, dimension, member"
# Sums in another order differ in the last digits, and with them a quantile of a flat step may.
_TOLERANCE = 1e-6


def check_same(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Compare the peer's rows and figures with the monitor's.

    Args:
        connection: Warehouse with `marts`, `indicators` and `plain`.

    Yields:
        A line per table: how much was compared.

    Raises:
        AssertionError: Something differs; the message says what and how often.
    """
    columns = ", ".join(
        (
            "handoff_id, status, start_date, stop_date",
            *DIMENSIONS,
            "round(duration, 6), norm_value, round(norm_duration, 6)",
        )
    )
    yield _same_rows(connection, "fct_handoff", "handoff", columns)
    columns = ", ".join(["handoff_id", "status", *DIMENSIONS])
    yield _same_rows(connection, "fct_handoff_reconciliation", "reconciliation", columns)
    for table, columns in (
        ("cohort", {"median": "median", "p90": "p90"}),
        ("cohort_competing", {"median": "median", "p90": "p90"}),
        ("within", {"share_within_norm": "share"}),
    ):
        for statistic, column in columns.items():
            yield _same_figures(connection, "cohort", statistic, table, column)
    for place, statistic in ((1, "median"), (2, "p90")):
        yield _same_figures(connection, "completed", statistic, "completed", f"quantiles[{place}]")
    yield _same_figures(connection, "completed", "share_within_norm", "completed_within", "share")
    for statistic, column in (("open", "n"), ("median_age_days", "median_age")):
        yield _same_figures(connection, "open", statistic, _MONTH_ENDS, column)


_MONTH_ENDS = """(
    select handoff_id, 'month' as period_grain, strftime(end_day, '%Y-%m') as period,
        'national' as dimension, 'national' as member, n, median_age
    from plain.still_open
)"""


def _same_rows(connection: duckdb.DuckDBPyConnection, mart: str, plain: str, columns: str) -> str:
    sides = [
        connection.execute(
            f"select count(*), sum(hash({columns})::hugeint) from {table}"
        ).fetchone()
        for table in (f"marts.{mart}", f"plain.{plain}")
    ]
    assert sides[0] == sides[1], f"{mart}: {sides[0]} rows and hash, hand-written {sides[1]}"
    return f"{mart}: {sides[0][0]} rows, all the same" if sides[0] else ""


def _same_figures(
    connection: duckdb.DuckDBPyConnection, view: str, statistic: str, table: str, column: str
) -> str:
    source = table if table.startswith("(") else f"plain.{table}"
    has_interval = table == "cohort"
    ends = f", lower, upper, {statistic}_lower, {statistic}_upper" if has_interval else ""
    far = "or ".join(
        f"not (abs({a} - {b}) < {_TOLERANCE} or ({a} is null and {b} is null)) "
        for a, b in [("value", "own")]
        + ([("lower", f"{statistic}_lower"), ("upper", f"{statistic}_upper")] if ends else [])
    )
    compared, different = connection.execute(
        f"""
        with published as (
            select {_KEYS}, {
            ", ".join(
                f"case when isnan({one}) then null else {one} end as {one}"
                for one in ("value", "lower", "upper")
            )
        }
            from indicators.indicator_results inner join indicators.indicator using (indicator)
            where kind = 'lead_time' and clock = 'gross'
                and view = '{view}' and statistic = '{statistic}'
        ),
        beside as (
            select value, {column} as own{ends}
            from published inner join {source} using ({_KEYS})
        )
        select count(*), count(*) filter ({far}) from beside
        """
    ).fetchall()[0]
    assert compared and not different, (
        f"{view} {statistic} beside {table}: {different} of {compared} cells differ"
    )
    return f"{view} {statistic}: {compared} cells, all the same"
