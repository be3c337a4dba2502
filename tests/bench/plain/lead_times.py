"""Lead times: what started in a period and what was completed in it.

Here: hand-offs counted per length, once at the finest grain, and curves and quantiles of the cells
these are added up to.
Not here: the hand-offs (`handoffs`), net clocks, and what is still open.
"""

from pipelines.indicators.horizons import DAYS, HOURS
from tests.bench.plain.curves import FLAT, aalen_johansen, kaplan_meier, known_until
from tests.bench.plain.handoffs import DIMENSIONS, Plain
from tests.bench.plain.limits import wilson
from tests.bench.plain.periods import quarter_name, rolling_years

KEYS = "handoff_id, period_grain, period, dimension, member"
_STATUSES = ("completed", "open", "competing", "negative", "stop_only")
_MONTH = "year({day}) * 12 + month({day}) - 1"
# Exits compete on one of the hand-offs alone.
_COMPETING = "handoff_id = 'K41'"
# The first step of the ladder at or above twice the median; see `pipelines.indicators.horizons`.
_HORIZON = f"""list_filter(case when unit = 'hours' then {list(HOURS)} else {list(DAYS)} end,
    lambda step: step >= 2 * median(duration))"""


def write(plain: Plain) -> None:
    """Write `plain.cohort`, `plain.within`, `plain.number` and those of what was completed."""
    _periods(plain)
    _horizons(plain)
    _cohorts(plain)
    _within(plain)
    _numbers(plain)
    _completed(plain)


def _periods(plain: Plain) -> None:
    """Write `plain.period`: the periods each month and quarter belongs to, by number."""
    plain.connection.execute(
        f"""
        create table plain.period as
        with month as (
            select unnest(range(
                (select min({_MONTH.format(day="least(start_date, stop_date)")})
                    from plain.handoff),
                {_MONTH.format(day=plain.today)} + 1)) as place
        ),
        quarter as (select distinct place // 3 as place from month),
        of_quarter as (
            select place, 'quarter' as period_grain, {quarter_name("place")} as period from quarter
            union all select place, 'year', (place // 4)::varchar from quarter
            union all
            select place, 'rolling_12m', {quarter_name("last")}
            from quarter inner join ({rolling_years(plain)}) on place between last - 3 and last
        )
        select 'quarter' as fine, * from of_quarter
        union all
        select 'month', month.place, period_grain, period
        from month inner join of_quarter on month.place // 3 = of_quarter.place
        union all
        select 'month', place, 'month',
            (place // 12) || '-' || lpad((place % 12 + 1)::varchar, 2, '0')
        from month
        union all select 'month', place, 'all', 'all' from month
        """
    )


def _horizons(plain: Plain) -> None:
    """Write `plain.horizon`: how far the restricted mean of a hand-off looks."""
    plain.connection.execute(
        f"""
        create table plain.horizon as
        select handoff_id, coalesce({_HORIZON}[1],
            case when unit = 'hours' then {HOURS[-1]} else {DAYS[-1]} end) as tau
        from plain.handoff where status = 'completed' and duration is not null
        group by handoff_id, unit
        """
    )


def _cohorts(plain: Plain) -> None:
    """Quantiles and restricted means: where exits compete, the mean is of waiting for any end."""
    waiting = kaplan_meier("kept", "ended", KEYS, area=True)
    by_completion = kaplan_meier(f"(from kept where not {_COMPETING})", "d", KEYS)
    by_incidence = aalen_johansen(f"(from kept where {_COMPETING})", KEYS)
    plain.connection.execute(
        f"""
        create table plain.cohort as
        with counted as ({_counted("start", "duration")}),
        kept as (from counted left join plain.horizon using (handoff_id)),
        mean as (with {waiting} select {KEYS}, {_mean()} as rmst from curve group by all),
        crossing as (
            (with {by_completion} select {KEYS}, {_crossings("survival")} from curve group by all)
            union all
            (with {by_incidence} select {KEYS}, {_crossings("1 - f")} from curve group by all)
        )
        from crossing inner join mean using ({KEYS})
        """
    )


def _crossings(curve: str) -> str:
    return f"{_crossing(curve, 0.5)} as median, {_crossing(curve, 1 - 0.9)} as p90"


def _crossing(curve: str, level: float) -> str:
    """First known time at which a curve passes a level; halfway along an exactly flat step."""
    known_time = "min(duration) filter (duration <= known_until and"
    first = f"{known_time} {curve} <= {level!r} + {FLAT})"
    below = f"{known_time} {curve} < {level!r} - {FLAT})"
    return f"coalesce(({first} + {below}) / 2, {first})"


def _mean() -> str:
    """The restricted mean: the area up to tau, if anybody was followed so long or all ended."""
    followed = "(max(duration) >= any_value(tau) or min(survival) = 0)"
    return f"case when {followed} and any_value(tau) <= any_value(known_until) then max(area) end"


def _within(plain: Plain) -> None:
    """Shares within norm; the norms of one period are estimated apart and weighed by cases."""
    by_norm = f"{KEYS}, norm"
    parts = []
    for where, curve, waiting, share in (
        (f"not {_COMPETING}", kaplan_meier("counted", "d", by_norm), "survival", "1 - survival"),
        (_COMPETING, aalen_johansen("counted", by_norm), "after", "f"),
    ):
        has_norm = f"norm_value is not null and {where}"
        parts.append(
            f"""
            with counted as ({_counted("start", "norm_duration", has_norm, "norm_value")}),
            {curve}
            select {KEYS}, sum(n) as n_cases,
                case when (max(duration) >= norm or min({waiting}) = 0)
                        and norm <= any_value(known_until)
                    then coalesce(max({share}) filter (duration <= norm), 0) end as share
            from curve group by {by_norm}"""
        )
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


def _numbers(plain: Plain) -> None:
    """How many of what started in a period have which status, nationally."""
    month = _MONTH.format(day="coalesce(start_date, stop_date)")
    columns = ", ".join(
        f"coalesce(count(*) filter (status = '{status}'), 0) as {status}" for status in _STATUSES
    )
    plain.connection.execute(
        f"""
        create table plain.number as
        select handoff_id, period_grain, period, 'national' as dimension, 'national' as member,
            {columns}
        from (
            select handoff_id, status, {month} as place from plain.handoff
        )
        inner join (from plain.period where fine = 'month' and period_grain <> 'rolling_12m')
            using (place)
        group by all
        """
    )


def _completed(plain: Plain) -> None:
    plain.connection.execute(
        f"""
        create table plain.completed as
        with running as (
            select *, sum(n) over (partition by {KEYS} order by duration) as through,
                sum(n) over (partition by {KEYS}) as total
            from ({_counted("stop", "duration", "status = 'completed'")})
        )
        select {KEYS}, {_quantile(0.5)} as median, {_quantile(0.9)} as p90
        from running group by all
        """
    )
    judged = "status = 'completed' and norm_value is not null"
    lower, upper = wilson("within", "of_all")
    plain.connection.execute(
        f"""
        create table plain.completed_within as
        with number as (
            select {KEYS}, sum(n) as of_all,
                coalesce(sum(n) filter (duration <= norm), 0) as within
            from ({_counted("stop", "norm_duration", judged, "norm_value")})
            group by all
        )
        select {KEYS}, within / of_all as share, {lower} as share_lower, {upper} as share_upper
        from number
        """
    )


def _quantile(p: float) -> str:
    """Between the two lengths around the rank, as everywhere (R's type 7)."""
    rank = f"(any_value(total) - 1) * {p}"
    lower = f"min(duration) filter (through >= floor((total - 1) * {p}) + 1)"
    upper = f"min(duration) filter (through >= ceil((total - 1) * {p}) + 1)"
    return f"{lower} + ({rank} - floor({rank})) * ({upper} - {lower})"


def _counted(side: str, length: str, where: str = "true", norm: str = "0") -> str:
    """Hand-offs per length in every cell, as a query.

    Args:
        side: `start` or `stop`: which day gives the period.
        length: Column of `plain.handoff`.
        where: Which rows take part.
        norm: Column by which the rows of a cell are kept apart.

    Returns:
        Columns of `KEYS`, norm, duration, n (hand-offs), d (completed), ended (in any way),
        known_until. Months and the whole history are national only; what was completed has no
        rolling years.
    """
    counts = f"""{length} as duration, count(*) as n,
        count(*) filter (status = 'completed') as d, count(*) filter (status <> 'open') as ended"""
    # Of a whole cell, not of each length in it: lists of so many do not fit in memory.
    reach = f"""min({length}) filter (status = 'open') as first_open,
        max({length.replace("duration", "followable")}, 3) as longest"""
    takes_part = f"{length} is not null and {side}_date is not null and {where}"
    years = "" if side == "start" else "where period_grain <> 'rolling_12m'"
    periods = f"inner join (from plain.period {years}) using (fine, place)"
    return f"""
        with part as (from ({_cells(side, norm, counts, takes_part)}) {periods}),
        reach as (from ({_cells(side, norm, reach, takes_part)}) {periods}),
        known as (
            select {KEYS}, norm, {known_until("min(first_open)", "longest")} as known_until
            from reach group by all
        )
        select {KEYS}, norm, duration, sum(n)::double as n, sum(d)::double as d,
            sum(ended)::double as ended, any_value(known_until) as known_until
        from part inner join known using ({KEYS}, norm)
        group by all"""


def _cells(side: str, norm: str, what: str, where: str) -> str:
    """Something of the hand-offs of every month or quarter, dimension, member and norm."""
    month = _MONTH.format(day=f"{side}_date")
    parts = []
    for dimension in ("national", *DIMENSIONS):
        is_national = dimension == "national"
        parts.append(
            f"""
            select handoff_id, '{"month" if is_national else "quarter"}' as fine,
                {month if is_national else f"({month}) // 3"} as place,
                '{dimension}' as dimension,
                {"'national'" if is_national else dimension} as member,
                {norm} as norm, {what}
            from plain.handoff
            where {where} and {may_be_split(dimension)}
            group by all"""
        )
    return " union all ".join(parts)


def may_be_split(dimension: str) -> str:
    """Whether a hand-off has a member of a dimension, and may be split by it."""
    if dimension == "national":
        return "true"
    return f"""{dimension} is not null and handoff_id in (
        select handoff_id from marts.dim_handoff
        where list_contains(string_split(dimensions, '|'), '{dimension}'))"""
