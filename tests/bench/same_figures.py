"""Whether both sides of the benchmark say the same; a quick answer that differs is no peer.

Here: rows of hand-offs and figures of lead times. Not here: counted indicators (`same_counts`),
nor either side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from tests.bench.plain_handoffs import DIMENSIONS

_KEYS = ("handoff_id", "period_grain", "period", "dimension", "member")
# Sums in another order differ in the last digits, and with them a quantile of a flat step may.
_TOLERANCE = 1e-6
# A quarter or year ends with its last month; the running one is looked at on the reference date.
_MONTH_ENDS = """(
    select still_open.*, period_grain, period
    from plain.still_open
    inner join plain.period using (place)
    cross join (select max(place) as last from plain.still_open)
    where fine = 'month' and case period_grain
        when 'month' then dimension = 'national'
        when 'quarter' then place % 3 = 2 or place = last
        when 'year' then place % 12 = 11 or place = last
    end
)"""

_NUMBERS = """(
    select 'gross' as clock, *, 'national' as dimension, 'national' as member
    from (
        pivot plain.number
        on status in ('completed', 'open', 'competing', 'negative', 'stop_only') using sum(n)
    )
)"""


@dataclass(frozen=True)
class _Figure:
    """A figure on both sides.

    Attributes:
        view: Its view.
        statistic: What the monitor calls it.
        table: Where the peer has it.
        column: Its column there.
        has_limits: Whether the peer has limits: `<column>_lower` and `<column>_upper`.
    """

    view: str
    statistic: str
    table: str
    column: str
    has_limits: bool = False


_FIGURES = (
    *(_Figure("cohort", one, "plain.cohort", one) for one in ("median", "p90", "rmst")),
    *(_Figure("cohort", one, "plain.cohort_competing", one) for one in ("median", "p90")),
    _Figure("cohort", "rmst", "plain.waiting", "rmst"),
    _Figure("cohort", "share_within_norm", "plain.within", "share"),
    *(_Figure("completed", one, "plain.completed", one) for one in ("median", "p90")),
    _Figure("completed", "share_within_norm", "plain.completed_within", "share", True),
    *(
        _Figure("cohort", one, _NUMBERS, one)
        for one in ("completed", "open", "competing", "negative", "stop_only")
    ),
    *(
        _Figure("open", one, _MONTH_ENDS, one)
        for one in ("open", "median_age_days", "open_age_to_7d", "open_age_over_180d")
    ),
)


def check_same(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Compare the peer's rows and figures with the monitor's.

    Args:
        connection: Warehouse with `marts`, `indicators` and `plain`.

    Yields:
        A line per table: how much was compared.

    Raises:
        AssertionError: Something differs; the message says what and how often.
    """
    lengths = [
        f"round({name}duration{bound}, 6)"
        for name, bounds in (("", ("", "_lower", "_upper")), ("norm_", ("",)))
        for bound in bounds
    ]
    columns = ", ".join(
        (
            "handoff_id, status, start_date, stop_date",
            *DIMENSIONS,
            *lengths,
            "norm_value, is_within_norm",
        )
    )
    yield _same_rows(connection, "fct_handoff", "plain.handoff", columns)
    columns = "round(net_duration, 6), round(net_norm_duration, 6)"
    yield _same_rows(connection, "fct_handoff", "plain.net", columns, "net_duration is not null")
    columns = ", ".join(["handoff_id", "status", *DIMENSIONS])
    yield _same_rows(connection, "fct_handoff_reconciliation", "plain.reconciliation", columns)
    for figure in _FIGURES:
        yield _same_figures(connection, figure)


def _same_rows(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    plain: str,
    columns: str,
    where: str = "true",
) -> str:
    sides = [
        connection.execute(
            f"select count(*), sum(hash({columns})::hugeint) from {table} where {where}"
        ).fetchone()
        for table in (f"marts.{mart}", plain)
    ]
    assert sides[0] == sides[1], f"{mart}: {sides[0]} rows and hash, {plain} {sides[1]}"
    return f"{plain}: {sides[0][0]} rows, all the same" if sides[0] else ""


def _same_figures(connection: duckdb.DuckDBPyConnection, figure: _Figure) -> str:
    limits = {one: f"{figure.column}_{one}" for one in ("lower", "upper") if figure.has_limits}
    sides = {"value": figure.column, **limits}
    has_clock = figure.view != "open"
    keys = ", ".join(f"{one}::varchar as {one}" for one in ("clock", *_KEYS)[not has_clock :])
    own = ", ".join(f"{column} as own_{name}" for name, column in sides.items())
    # The peer has no row for nobody.
    far = " or ".join(
        f"not coalesce(abs({one} - own_{one}) < {_TOLERANCE} * greatest(1, abs({one})), "
        f"own_{one} is null and ({one} is null or value = 0 and '{figure.view}' = 'open'))"
        for one in sides
    )
    same = ("clock", *_KEYS) if has_clock else _KEYS
    compared, different, example = connection.execute(
        f"""
        with published as (
            select clock, handoff_id, period_grain, period, dimension, member, {
            ", ".join(f"case when isnan({one}) then null else {one} end as {one}" for one in sides)
        }
            from indicators.indicator_results inner join indicators.indicator using (indicator)
            where kind = 'lead_time' and view = '{figure.view}'
                and statistic = '{figure.statistic}' and status <> 'too_recent'
                and handoff_id in (select handoff_id::varchar from {figure.table})
        ),
        plain as (select {keys}, {own} from {figure.table}),
        beside as (
            select *, {far} as is_far from published left join plain using ({", ".join(same)})
        )
        select count(*), count(*) filter (is_far), any_value(beside) filter (is_far)
        from beside
        """
    ).fetchall()[0]
    named = f"{figure.view} {figure.statistic} beside {figure.table.split()[0]}"
    assert compared and not different, (
        f"{named}: {different} of {compared} cells differ, such as {example}"
    )
    return f"{named}: {compared} cells, all the same"
