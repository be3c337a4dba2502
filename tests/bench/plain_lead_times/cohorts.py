"""What started in a period: quantiles, restricted means and shares within norm.

Here: reading the curves. Not here: the curves (`curves`) and what was completed (`completed`).
"""

from collections.abc import Callable

from pipelines.indicators.horizons import DAYS, HOURS
from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times.cells import KEYS, counted
from tests.bench.plain_lead_times.curves import FLAT, aalen_johansen, kaplan_meier
from tests.bench.plain_limits import Z

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
            select counted.*, tau from ({counted("start", "duration", f"not {_COMPETING}")}) counted
            left join plain.horizon using (handoff_id)
        ),
        {kaplan_meier("counted", "d", area=True)}
        select {KEYS}, sum(n) as n_cases, sum(d) as n_completed,
            {_crossings({"survival": "", "upper": "_upper", "lower": "_lower"})}, {_mean()}
        from curve group by all
        """
    )
    connection.execute(
        f"""
        create table plain.waiting as
        with counted as (
            select counted.*, tau from ({counted("start", "duration", _COMPETING)}) counted
            left join plain.horizon using (handoff_id)
        ),
        {kaplan_meier("counted", "ended", area=True)}
        select {KEYS}, {_mean()} from curve group by all
        """
    )
    connection.execute(
        f"""
        create table plain.cohort_competing as
        with counted as ({counted("start", "duration", _COMPETING)}),
        {aalen_johansen("counted")}
        select {KEYS}, sum(n) as n_cases, sum(d) as n_completed,
            {_crossings({"1 - f": "", "1 - upper": "_lower", "1 - lower": "_upper"})}
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


def _within(plain: Plain) -> None:
    """Shares within norm; the norms of one period are estimated apart and weighed by cases."""
    by_norm = "filter (duration <= norm)"
    parts = [
        _by_norm(
            f"not {_COMPETING}",
            "d",
            lambda counted: kaplan_meier(counted, "d"),
            waiting="survival",
            share=f"1 - min(survival) {by_norm}",
            lower=f"1 - arg_max(upper, duration) {by_norm}",
            upper=f"1 - arg_max(lower, duration) {by_norm}",
        ),
        _by_norm(
            _COMPETING,
            "ended",
            aalen_johansen,
            waiting="after",
            share=f"max(f) {by_norm}",
            lower=f"arg_max(lower, duration) {by_norm}",
            upper=f"arg_max(upper, duration) {by_norm}",
        ),
    ]
    plain.connection.execute(
        f"""
        create table plain.within as
        with by_norm as (({") union all (".join(parts)})),
        weighed as (
            select *, n_cases / sum(n_cases) over (partition by {KEYS}) as weight from by_norm
        )
        select {KEYS}, case when count(share) = count(*) then sum(weight * share) end as share,
            case when count(share) = count(*) then
                sum(weight * share) - sqrt(sum((weight * (share - lower)) ** 2)) end
                as share_lower,
            case when count(share) = count(*) then
                sum(weight * share) + sqrt(sum((weight * (upper - share)) ** 2)) end
                as share_upper
        from weighed group by all
        """
    )


def _by_norm(
    where: str,
    ended: str,
    curve: Callable[[str], str],
    *,
    waiting: str,
    share: str,
    lower: str,
    upper: str,
) -> str:
    """The share of each cell and norm with its limits, as a query."""
    counts = counted("start", "norm_duration", f"norm is not null and {where}", norm="norm")
    # Of nobody within the norm: the limit of "none of n", by those followed past it.
    followed = (
        f"sum(n) filter (duration >= norm) - coalesce(sum({ended}) filter (duration = norm), 0)"
    )
    still = f"coalesce(min({waiting}) filter (duration <= norm), 1)"
    return f"""
        with counted as ({counts}),
        {curve("counted")},
        read as (
            select {KEYS}, sum(n) as n_cases,
                max(duration) >= norm or min({waiting}) = 0 as is_known,
                coalesce({share}, 0) as share, {lower} as lower, {upper} as upper,
                1 - 0.025 ** ({still} / nullif({followed}, 0)) as none
            from curve group by {KEYS}, norm
        )
        select {KEYS}, n_cases, case when is_known then share end as share,
            case when share = 0 then 0 else lower end as lower,
            case when share = 0 then none else upper end as upper
        from read"""


def _crossings(columns: dict[str, str]) -> str:
    """First time each curve passes one half and a tenth; halfway along an exactly flat step."""
    parts = []
    for name, level in (("median", 0.5), ("p90", 1 - 0.9)):
        for column, end in columns.items():
            first = f"min(duration) filter ({column} <= {level!r} + {FLAT})"
            below = f"min(duration) filter ({column} < {level!r} - {FLAT})"
            parts.append(f"coalesce(({first} + {below}) / 2, {first}) as {name}{end}")
    return ", ".join(parts)


def _mean() -> str:
    """The restricted mean: the area up to tau, if anybody was followed so long or all ended."""
    known = "max(duration) >= any_value(tau) or min(survival) = 0"
    whole = "max(area)"
    # The square of what lies beyond each time, written out.
    beyond = (
        f"{whole} ** 2 * sum(hazard) filter (duration < tau) "
        f"- 2 * {whole} * sum(hazard * area) filter (duration < tau) "
        "+ sum(hazard * area ** 2) filter (duration < tau)"
    )
    margin = f"{Z} * sqrt(greatest(0, coalesce({beyond}, 0)))"
    return f"""
        case when {known} then {whole} end as rmst,
        case when {known} then greatest({whole} - {margin}, 0) end as rmst_lower,
        case when {known} then least({whole} + {margin}, any_value(tau)) end as rmst_upper"""
