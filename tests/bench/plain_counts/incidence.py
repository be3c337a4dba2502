"""Phase-out: how many had reached it by a fixed time, other ways out counted as such.

Here: Aalen-Johansen of every cohort by the quarter its measures started in, read at each horizon.
Not here: the rate per person-year (`designations`). As for lead times, its intervals are left out.
"""

from tests.bench.plain_counts.cells import member_columns, today
from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times.curves import aalen_johansen
from tests.bench.plain_periods import quarter_name, quarter_number, rolling_years

_MEMBERS = ("entry_way", "phenomenon", "parket")
_KEYS = "period_grain, period, dimension, member"
_HORIZONS_DAYS = {"6m": 183, "12m": 365, "24m": 730}


def write(plain: Plain) -> None:
    """Add to `plain.figure`: events by each horizon, cases, and cumulative incidence.

    Args:
        plain: The peer with its counts written.
    """
    sets = ["period_grain, period, duration"]
    sets += [f"period_grain, period, duration, {one}" for one in _MEMBERS]
    at = ", ".join(
        f"""{{
            'statistic': 'cumulative_incidence_{name}',
            'numerator': coalesce(sum(d) filter (duration <= {days}), 0),
            'value': case when (max(duration) >= {days} or min(after) = 0)
                    and {days} <= greatest(
                        coalesce(min(duration) filter (n > ended), 'infinity'::double),
                        list_sort(flatten(list(longest)), 'desc')[3])
                then coalesce(max(f) filter (duration <= {days}), 0) end
        }}"""
        for name, days in _HORIZONS_DAYS.items()
    )
    plain.connection.execute(
        f"""
        insert into plain.figure by name
        with episode as (
            select {quarter_number("first_measure_on")} as place, {", ".join(_MEMBERS)},
                coalesce(exited_on, {today(plain)}) - first_measure_on as duration,
                count(*) as n, count(exited_on) as ended,
                count(*) filter (exit_kind = 'afbouw') as d,
                max({today(plain)} - first_measure_on, 3) as longest
            from plain.designation
            where entry_way <> 'limitatieve_lijst_1' and duration >= 0
            group by all
        ),
        cohort as (
            select 'all' as period_grain, 'all' as period, * from episode
            union all select 'year', (place // 4)::varchar, * from episode
            union all select 'quarter', {quarter_name("place")}, * from episode
            union all select 'rolling_12m', {quarter_name("last")}, episode.*
            from episode inner join ({rolling_years(plain)}) on place between last - 3 and last
        ),
        counted as (
            select period_grain, period, duration, {member_columns(_MEMBERS)},
                sum(n) as n, sum(ended) as ended, sum(d) as d, flatten(list(longest)) as longest
            from cohort group by grouping sets ({", ".join(f"({one})" for one in sets)})
            having member is not null and (dimension = 'national' or period_grain <> 'all')
        ),
        {aalen_johansen("counted", _KEYS)},
        followed as (
            select {_KEYS}, sum(n) as denominator, [{at}] as horizons from curve group by all
        )
        select 'phase_out_incidence' as indicator, 'incidence' as kind, {_KEYS}, denominator,
            unnest(horizons, recursive := true) from followed
        """
    )
