"""From numerator and denominator to figures.

Here: rolling years out of four quarters, shares with Wilson's limits, numbers and rates.
Not here: exact Poisson limits; see the package.
"""

from tests.bench.plain_handoffs import Plain
from tests.bench.plain_limits import wilson
from tests.bench.plain_periods import quarter_name, rolling_years


def write(plain: Plain) -> None:
    """Write `plain.figure`."""
    keys = "indicator, kind, statistic, dimension, member"
    lower, upper = wilson("numerator", "denominator")
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
        complete as (from plain.counted union all by name from rolling)
        select {keys}, period_grain, period, numerator, denominator,
            case when kind in ('share', 'theme', 'rate')
                then numerator / nullif(denominator, 0) else numerator end as value,
            case when kind in ('share', 'theme') then {lower} end as lower,
            case when kind in ('share', 'theme') then {upper} end as upper
        from complete
        """
    )
