"""What started in a period: quantiles, restricted means and shares within norm.

Here: reading the curves. Not here: the curves (`curves`) and what was completed (`completed`).
"""

from collections.abc import Callable

from pipelines.indicators.horizons import DAYS, HOURS
from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times.cells import KEYS, counted, known
from tests.bench.plain_lead_times.curves import FLAT, aalen_johansen, kaplan_meier

_COMPETING = "handoff_id in (select handoff_id from plain.competing)"
# The first step of the ladder at or above twice the median; see `pipelines.indicators.horizons`.
_HORIZON = f"""list_filter(case when unit = 'hours' then {list(HOURS)} else {list(DAYS)} end,
    lambda one: one >= 2 * median(duration))"""


def write(plain: Plain) -> None:
    """Write `plain.cohort`, `plain.cohort_competing`, `plain.within`, `plain.number`.

    Args:
        plain: The peer with `plain.clocked` written.
    """
    connection = plain.connection
    connection.execute(
        """
        create table plain.competing as
        select handoff_id::plain.handoff_name as handoff_id
        from marts.dim_handoff where competing_milestone is not null
        """
    )
    connection.execute(
        f"""
        create table plain.horizon as
        select handoff_id::plain.handoff_name as handoff_id, coalesce({_HORIZON}[1],
            case when unit = 'hours' then {HOURS[-1]} else {DAYS[-1]} end) as tau
        from plain.handoff where status = 'completed' and duration is not null
        group by handoff_id, unit
        """
    )
    connection.execute(
        f"""
        create table plain.cohort as
        with counted as (
            {_known_and_horizon(f"not {_COMPETING}")}
        ),
        {kaplan_meier("counted", "d", area=True)}
        select {KEYS}, sum(n) as n_cases, sum(d) as n_completed,
            {_crossings("survival")}, {_mean()}
        from curve group by all
        """
    )
    connection.execute(
        f"""
        create table plain.waiting as
        with counted as (
            {_known_and_horizon(_COMPETING)}
        ),
        {kaplan_meier("counted", "ended", area=True)}
        select {KEYS}, {_mean()} from curve group by all
        """
    )
    connection.execute(
        f"""
        create table plain.cohort_competing as
        with counted as (
            {_known_and_horizon(_COMPETING)}
        ),
        {aalen_johansen("counted")}
        select {KEYS}, sum(n) as n_cases, sum(d) as n_completed, {_crossings("1 - f")}
        from curve group by all
        """
    )
    _within(plain)
    connection.execute(
        """
        create table plain.number as
        select handoff_id::plain.handoff_name as handoff_id, period_grain, period, status,
            count(*) as n
        from (
            select handoff_id, status, year(day) * 12 + month(day) - 1 as place
            from (select handoff_id, status, coalesce(start_date, stop_date) as day
                from plain.handoff)
        )
        inner join (from plain.period where fine = 'month' and period_grain <> 'rolling_12m')
            using (place)
        group by all
        """
    )


def _known_and_horizon(where: str) -> str:
    """What started, counted, with how far it is known and how far its restricted mean looks."""
    return f"""
            select counted.*, tau, known_until
            from ({counted("start", "duration", where)}) counted
            inner join ({known("duration", where)}) using ({KEYS})
            left join plain.horizon using (handoff_id)"""


def _within(plain: Plain) -> None:
    """Shares within norm; the norms of one period are estimated apart and weighed by cases."""
    by_norm = "filter (duration <= norm)"
    parts = [
        _by_norm(
            f"not {_COMPETING}",
            lambda counted: kaplan_meier(counted, "d"),
            waiting="survival",
            share=f"1 - min(survival) {by_norm}",
        ),
        _by_norm(_COMPETING, aalen_johansen, waiting="after", share=f"max(f) {by_norm}"),
    ]
    plain.connection.execute(
        f"""
        create table plain.within as
        with by_norm as (({") union all (".join(parts)})),
        weighed as (
            select *, n_cases / sum(n_cases) over (partition by {KEYS}) as weight from by_norm
        )
        select {KEYS}, case when count(share) = count(*) then sum(weight * share) end as share
        from weighed group by all
        """
    )


def _by_norm(where: str, curve: Callable[[str], str], *, waiting: str, share: str) -> str:
    """The share of each cell and norm, as a query."""
    has_norm = f"norm is not null and {where}"
    return f"""
        with counted as (
            select counted.*, known_until
            from ({counted("start", "norm_duration", has_norm, norm="norm")}) counted
            inner join ({known("norm_duration", has_norm, norm="norm")}) using ({KEYS}, norm)
        ),
        {curve("counted")}
        select {KEYS}, sum(n) as n_cases,
            case when (max(duration) >= norm or min({waiting}) = 0)
                    and norm <= any_value(known_until)
                then coalesce({share}, 0) end as share
        from curve group by {KEYS}, norm"""


def _crossings(curve: str) -> str:
    """First known time a curve passes a half and a tenth; halfway along an exactly flat step."""
    parts = []
    for name, level in (("median", 0.5), ("p90", 1 - 0.9)):
        known_time = "min(duration) filter (duration <= known_until and"
        first = f"{known_time} {curve} <= {level!r} + {FLAT})"
        below = f"{known_time} {curve} < {level!r} - {FLAT})"
        parts.append(f"coalesce(({first} + {below}) / 2, {first}) as {name}")
    return ", ".join(parts)


def _mean() -> str:
    """The restricted mean: the area up to tau, if anybody was followed so long or all ended."""
    followed = "(max(duration) >= any_value(tau) or min(survival) = 0)"
    is_known = f"{followed} and any_value(tau) <= any_value(known_until)"
    return f"case when {is_known} then max(area) end as rmst"
