"""Limits of every chart.

Here: centre and natural process limits of each series of medians, moving ranges screened once.
Not here: the rules of the charts.
"""

from tests.bench.plain_handoffs import Plain


def write(plain: Plain) -> None:
    """Write `plain.chart`.

    Args:
        plain: The peer with its lead times written.
    """
    series = "clock, handoff_id, period_grain, dimension, member"
    plain.connection.execute(
        f"""
        create table plain.chart as
        with point as (
            select *, abs(median - lag(median) over (partition by {series} order by period))
                as moved
            from (
                select {series}, period, median from plain.cohort
                union all select {series}, period, median from plain.cohort_competing
            )
            where period_grain not in ('all', 'rolling_12m') and median is not null
        ),
        mean as (
            select *, avg(median) over (partition by {series}) as centre,
                avg(moved) over (partition by {series}) as mean_moved
            from point
        ),
        limits as (
            select *, avg(moved) filter (moved < 3.267 * mean_moved)
                over (partition by {series}) as screened
            from mean
        )
        select {series}, period, median, centre, centre - 2.66 * screened as lower_limit,
            centre + 2.66 * screened as upper_limit,
            median not between lower_limit and upper_limit as is_outside
        from limits
        """
    )
