"""From numerator and denominator to figures.

Here: rolling years out of four quarters, shares with Wilson's limits, numbers and rates.
Not here: exact Poisson limits; see the package.
"""

from tests.bench.plain_counts.cells import quarter_name, rolling_years
from tests.bench.plain_handoffs import Plain

_Z = 1.959963984540054


def write(plain: Plain) -> None:
    """Write `plain.figure`."""
    keys = "indicator, kind, statistic, dimension, member"
    quarter = "left(period, 4)::integer * 4 + right(period, 1)::integer - 1"
    plain.connection.execute(
        f"""
        create or replace table plain.figure as
        with quarter as (
            select *, {quarter} as place from plain.counted
            where period_grain = 'quarter' and kind not in ('stock', 'theme')
        ),
        rolling as (
            select {keys}, 'rolling_12m' as period_grain,
                {quarter_name("last")} as period,
                sum(numerator) as numerator, sum(denominator) as denominator
            from quarter inner join ({rolling_years(plain)}) on place between last - 3 and last
            group by all
        ),
        complete as (from plain.counted union all by name from rolling),
        valued as (
            select *, case when kind in ('share', 'theme', 'rate')
                then numerator / nullif(denominator, 0) else numerator end as value,
                1 + {_Z} ** 2 / denominator as scale,
                (value + {_Z} ** 2 / (2 * denominator)) / scale as centre,
                {_Z} * sqrt(value * (1 - value) / denominator
                    + {_Z} ** 2 / (4 * denominator ** 2)) / scale as half
            from complete
        )
        select {keys}, period_grain, period, numerator, denominator, value,
            case when kind in ('share', 'theme') then centre - half end as lower,
            case when kind in ('share', 'theme') then centre + half end as upper
        from valued
        """
    )
