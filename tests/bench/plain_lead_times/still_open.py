"""What was open at the end of each period, and for how long.

Here: number, median age and bands of age. Not here: what started or was completed.
"""

from pipelines.indicators.open_cases import AGE_BANDS
from tests.bench.plain_handoffs import DIMENSIONS, Plain
from tests.bench.plain_lead_times.cells import may_be_split

_KEYS = "handoff_id, place, dimension, member"


def write(plain: Plain) -> None:
    """Write `plain.still_open`: a row per hand-off, member and month that ends a period.

    Args:
        plain: The peer with its hand-offs written.
    """
    reference = f"date '{plain.reference_date}'"
    parts = []
    for dimension in ("national", *DIMENSIONS):
        is_national = dimension == "national"
        member = "'national'" if is_national else dimension
        wanted = "" if is_national else "and ends_quarter"
        parts.append(
            f"""
            select handoff_id, place, end_day, '{dimension}' as dimension, member,
                end_day - start_date as age, sum(n) as n
            from (
                select handoff_id, {member} as member, start_date,
                    least(stop_date, competing_date) as end_date, count(*) as n
                from plain.handoff
                where status in ('completed', 'open', 'competing')
                    and {may_be_split(dimension)}
                group by all
            )
            inner join month_end
                on start_date <= end_day and (end_date > end_day or end_date is null) {wanted}
            group by all
            """
        )
    bands = ", ".join(
        f"coalesce(sum(n) filter (age between {low} and {high if high < 1e9 else 99999}), 0) "
        f"as {name}"
        for name, (low, high) in AGE_BANDS.items()
    )
    plain.connection.execute(
        f"""
        create table plain.still_open as
        with month_end as (
            select least(last_day(first_day), {reference}) as end_day,
                year(first_day) * 12 + month(first_day) - 1 as place,
                place % 3 = 2 or end_day = {reference} as ends_quarter
            from (
                select unnest(generate_series(
                    date_trunc('month', (select min(start_date) from plain.handoff)),
                    {reference}::timestamp, interval 1 month)) as first_day
            )
        ),
        aged as ({" union all ".join(parts)}),
        running as (
            select *, sum(n) over (partition by {_KEYS} order by age) as through,
                sum(n) over (partition by {_KEYS}) as total
            from aged
        )
        select {_KEYS}, any_value(total) as open, {bands},
            (min(age) filter (through >= ceil(total / 2))
                + min(age) filter (through >= floor(total / 2) + 1)) / 2 as median_age_days
        from running group by all
        """
    )
