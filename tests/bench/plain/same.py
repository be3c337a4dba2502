"""Whether both sides of the benchmark say the same; a quick answer that differs is no peer.

Here: rows of hand-offs, cells, and figures. Not here: either side.
"""

from collections.abc import Iterator

import duckdb

from tests.bench.plain import COUNTED, HANDOFFS, INCIDENCE
from tests.bench.plain.handoffs import DIMENSIONS

_CELL = "indicator, statistic, period_grain, period, dimension, member"
# Sums in another order differ in the last digits, and with them a quantile of a flat step may.
_TOLERANCE = 1e-6
# A limit at 0 is so only but for its last digit.
_NOTHING = 1e-12
# View and statistic of a lead time, with where the peer has it.
_LEAD_TIMES = (
    *(("cohort", name, "plain.cohort", name) for name in ("median", "p90", "rmst")),
    ("cohort", "share_within_norm", "plain.within", "share"),
    *(("completed", name, "plain.completed", name) for name in ("median", "p90")),
    ("completed", "share_within_norm", "plain.completed_within", "share"),
    *(
        ("cohort", name, "plain.number", name)
        for name in ("completed", "open", "competing", "negative", "stop_only")
    ),
)


def check_same(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Compare the peer's rows and figures with the monitor's.

    Args:
        connection: Warehouse with `marts`, `indicators` and `plain`; the figures of the monitor in
            `indicators.indicator_results`, those of other entries left aside.

    Yields:
        A line per table or figure: how much was compared.

    Raises:
        AssertionError: Something differs; the message says what and how often.
    """
    members = ", ".join(DIMENSIONS)
    lengths = "round(duration, 6), round(norm_duration, 6), norm_value"
    yield _same_rows(
        connection, "handoff", f"handoff_id, status, start_date, stop_date, {members}, {lengths}"
    )
    yield _same_rows(connection, "reconciliation", f"handoff_id, status, {members}")
    for figure in _LEAD_TIMES:
        yield _compared(connection, " ".join(figure[:2]), *_lead_time(*figure))
    yield _compared(connection, "counts", *_counts())
    yield _compared(connection, "figures of counts", *_figures())


def _same_rows(connection: duckdb.DuckDBPyConnection, name: str, columns: str) -> str:
    mart = "fct_handoff" if name == "handoff" else "fct_handoff_reconciliation"
    ours, plain = (
        connection.execute(
            f"select count(*), sum(hash({columns})::hugeint) from {table} "
            f"where handoff_id in {HANDOFFS}"
        ).fetchone()
        for table in (f"marts.{mart}", f"plain.{name}")
    )
    assert ours == plain, f"{mart}: {ours} rows and hash, plain {plain}"
    return f"{mart}: {ours[0]} rows, all the same" if ours else ""


def _lead_time(view: str, statistic: str, table: str, column: str) -> tuple[str, str]:
    has_limits = table == "plain.completed_within"
    lower, upper = (f"{column}_{end}" if has_limits else "null" for end in ("lower", "upper"))
    keys = "period_grain::varchar as period_grain, period, dimension, member"
    ours = f"""
        select handoff_id as indicator, statistic, {keys}, value as n, null::double as d,
            {"lower, upper" if has_limits else "null::double as lower, null::double as upper"}
        from indicators.indicator_results inner join indicators.indicator using (indicator)
        where kind = 'lead_time' and view = '{view}' and statistic = '{statistic}'
            and clock = 'gross' and status = 'ok' and handoff_id in {HANDOFFS}"""
    plain = f"""
        select handoff_id as indicator, '{statistic}' as statistic, {keys}, {column} as n,
            null::double as d, {lower}::double as lower, {upper}::double as upper
        from {table} semi join ({ours.replace("handoff_id as indicator", "handoff_id")}) o
            using (handoff_id, period_grain, period, dimension, member)"""
    return ours, plain


def _counts() -> tuple[str, str]:
    numbers = "numerator as n, denominator as d, null::double as lower, null::double as upper"
    reconciled = tuple(f"reconciliation_{name.lower()}" for name in HANDOFFS)
    ours = f"""
        select {_CELL}, {numbers} from indicators.indicator_counts
        where indicator in {(*COUNTED, *reconciled)}
        union all
        select {_CELL}, {numbers} from indicators.indicator_results
        where indicator = '{INCIDENCE}'"""
    plain = f"""
        select {_CELL}, {numbers} from plain.counted
        union all
        select {_CELL}, {numbers} from plain.figure where kind = 'incidence'"""
    return ours, plain


def _figures() -> tuple[str, str]:
    """Limits are compared where the peer has them; what is too recent has no figure.

    Those of a reconciliation hold what is undecided as well, which the peer does not work out.
    """
    limits = ", ".join(f"case when kind = 'share' then {end} end as {end}"
                       for end in ("lower", "upper"))  # fmt: skip
    ours = f"""
        select {_CELL}, value as n, null::double as d, {limits}
        from indicators.indicator_results
        inner join (select distinct indicator, statistic, kind from plain.figure)
            using (indicator, statistic)
        where status = 'ok' and (dimension = 'national' or period_grain not in ('month', 'all'))"""
    plain = f"""
        select {_CELL}, value as n, null as d, lower, upper
        from plain.figure anti join (
            from indicators.indicator_results where status <> 'ok'
        ) using ({_CELL})"""
    return ours, plain


def _compared(connection: duckdb.DuckDBPyConnection, what: str, ours: str, plain: str) -> str:
    far = " or ".join(
        f"not (abs(o.{column} - p.{column}) <= {_TOLERANCE} * abs(o.{column}) + {_NOTHING} "
        f"or ((o.{column} is null or isnan(o.{column})) and p.{column} is null))"
        for column in ("n", "d", "lower", "upper")
    )
    cells, different, example = connection.execute(
        f"""
        with compared as (
            select {_CELL},
                o.indicator is null or p.indicator is null or coalesce({far}, true) as is_far
            from ({ours}) o full join ({plain}) p using ({_CELL})
        )
        select count(*), count(*) filter (is_far), any_value(compared) filter (is_far)
        from compared
        """
    ).fetchall()[0]
    assert not different, f"{what}: {different} of {cells} differ, such as {example}"
    return f"{what}: {cells} cells, all the same"
