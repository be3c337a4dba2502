"""Whether both sides of the benchmark count the same, and make the same figures of it.

Here: the comparison of counted indicators. Not here: either side; lead times (`same_figures`).
"""

from collections.abc import Iterator

import duckdb

_CELL = "indicator, statistic, period_grain, period, dimension, member"
# Sums of person-time in another order differ in the last digits.
_TOLERANCE = 1e-6
# A limit at 0 is so only but for its last digit.
_NOTHING = 1e-12


def check_counts(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Compare the peer's counts and the figures made of them with the monitor's.

    Args:
        connection: Warehouse with `indicators` and `plain`.

    Yields:
        A line per kind: how many entries and cells were compared.

    Raises:
        AssertionError: Cells differ or are on one side only; the message names each entry and how
            many of its cells.
    """
    numbers = "numerator as n, denominator as d, null::double as lower, null::double as upper"
    yield from _compared(
        connection,
        f"""
        select {_CELL}, {numbers} from indicators.indicator_counts
        union all
        select {_CELL}, {numbers} from indicators.indicator_results
        where indicator = 'phase_out_incidence' or indicator in (
            select indicator from plain.counted where kind = 'theme')
        """,
        f"""
        select {_CELL}, {numbers}, kind from plain.counted
        union all
        select {_CELL}, {numbers}, kind from plain.figure where kind = 'incidence'
        """,
        "cells",
    )
    # Of what is too recent no figure is given. Limits are compared where the peer has them.
    published = ", ".join(
        f"case when not isnan({one}) and kind in ('share', 'theme') then {one} end as {one}"
        for one in ("lower", "upper")
    )
    yield from _compared(
        connection,
        f"""
        select {_CELL}, value as n, null::double as d, {published}
        from indicators.indicator_results
        inner join (select distinct indicator, statistic, kind from plain.figure)
            using (indicator, statistic)
        where status = 'ok' and (dimension = 'national' or period_grain not in ('month', 'all'))
        """,
        f"""
        select {_CELL}, value as n, null as d, lower, upper, kind
        from plain.figure anti join (
            from indicators.indicator_results where status <> 'ok'
        ) using ({_CELL})
        """,
        "figures",
    )


def _compared(
    connection: duckdb.DuckDBPyConnection, ours: str, plain: str, what: str
) -> Iterator[str]:
    far = " or ".join(
        f"not (abs(o.{one} - p.{one}) <= {_TOLERANCE} * abs(o.{one}) + {_NOTHING} "
        f"or (o.{one} is null and p.{one} is null))"
        for one in ("n", "d", "lower", "upper")
    )
    connection.execute(
        f"""
        create or replace temp table compared as
        select {_CELL}, p.kind,
            o.indicator is null or p.indicator is null or coalesce({far}, true) as is_different
        from ({ours}) o full join ({plain}) p using ({_CELL})
        """
    )
    different = connection.execute(
        """
        select indicator, count(*) filter (is_different), count(*) from compared
        group by indicator having bool_or(is_different) order by all
        """
    ).fetchall()
    assert not different, f"{what} that differ: " + "; ".join(
        f"{indicator} {n} of {of}" for indicator, n, of in different
    )
    for kind, entries, cells in connection.execute(
        "select kind, count(distinct indicator), count(*) from compared group by kind order by all"
    ).fetchall():
        yield f"{kind}: {entries} entries, {cells} {what}, all the same"
