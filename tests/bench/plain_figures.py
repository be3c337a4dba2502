"""The peer's figures: the same cells, from the peer's own rows, in plain SQL.

Here: Kaplan-Meier with the interval of its quantiles, Aalen-Johansen, shares within norm, completed
and open, reconciliation, and the limits of every chart.
Not here: the rows (`plain_handoffs`). Intervals of Aalen-Johansen, of shares and of completed
quantiles, and the rules of the charts are left out: the peer does less, never more.
"""

import duckdb

from tests.bench.plain_handoffs import DIMENSIONS

_PERIODS = {
    "month": "strftime({day}, '%Y-%m')",
    "quarter": "year({day}) || '-Q' || quarter({day})",
    "year": "year({day})::varchar",
    "all": "'all'",
}
_KEYS = "handoff_id, period_grain, period, dimension, member"
_Z = 1.959963984540054
_FLAT = 1e-9


def _cuts(table: str, day: str, columns: str, where: str, group: str = "") -> str:
    """The rows of a table in every cell they belong to; `group` for counted ones."""
    parts = []
    for dimension in ("national", *DIMENSIONS):
        for grain, period in _PERIODS.items():
            if dimension != "national" and grain in {"month", "all"}:
                continue
            member = "'national'" if dimension == "national" else dimension
            allowed = (
                ""
                if dimension == "national"
                else f" and {dimension} is not null and handoff_id in ("
                "select handoff_id from marts.dim_handoff where list_contains("
                f"string_split(dimensions, '|'), '{dimension}'))"
            )
            parts.append(
                f"select handoff_id, '{grain}' as period_grain, {period.format(day=day)} as period,"
                f" '{dimension}' as dimension, {member} as member, {columns} from {table} "
                f"where {where}{allowed} {group}"
            )
    return " union all ".join(parts)


def lead_times(connection: duckdb.DuckDBPyConnection) -> None:
    """Write a table per kind of figure: of cohorts, of what was completed, of what is open."""
    competing = "(select handoff_id from marts.dim_handoff where competing_milestone is not null)"
    started = "start_date is not null and status in ('completed', 'open', 'competing')"
    connection.execute(
        f"""
        create table plain.cohort as
        with counted as ({
            _cuts(
                "plain.handoff",
                "start_date",
                "duration, count(*) as n_left, count(*) filter (status = 'completed') as d",
                f"{started} and handoff_id not in {competing}",
                "group by all",
            )
        }),
        {_curve("counted")}
        select {_KEYS}, sum(n_left) as n, sum(d) as n_completed,
            {_crossings({"survival": "", "upper": "_upper", "lower": "_lower"})}
        from curve group by all
        """
    )
    connection.execute(
        f"""
        create table plain.cohort_competing as
        with counted as ({
            _cuts(
                "plain.handoff",
                "start_date",
                "duration, count(*) as n_left, count(*) filter (status = 'completed') as d, "
                "count(*) filter (status <> 'open') as ended",
                f"{started} and handoff_id in {competing}",
                "group by all",
            )
        }),
        risk as (
            select *, sum(n_left) over (
                partition by {_KEYS} order by duration
                rows between current row and unbounded following) as r
            from counted
        ),
        survived as (
            select *, product((r - ended) / r) over (
                partition by {_KEYS} order by duration rows unbounded preceding) as after
            from risk
        ),
        incidence as (
            select *, sum(after / nullif(r - ended, 0) * d) over w as before_last,
                coalesce(lag(after) over w, 1) as before
            from survived window w as (partition by {_KEYS} order by duration)
        ),
        curve as (
            select *, sum(before * d / r) over (
                partition by {_KEYS} order by duration rows unbounded preceding) as f
            from incidence
        )
        select {_KEYS}, sum(n_left) as n,
            min(duration) filter (f >= 0.5 - {_FLAT}) as median,
            min(duration) filter (f >= 0.9 - {_FLAT}) as p90
        from curve group by all
        """
    )
    one_norm = "min(norm_value) = max(norm_value) and count(norm_value) = count(*)"
    with_norm = "handoff_id in (select handoff_id from marts.dim_norm)"
    connection.execute(
        f"""
        create table plain.within as
        with counted as ({
            _cuts(
                "plain.handoff",
                "start_date",
                "norm_duration as duration, norm_value, count(*) as n_left, "
                "count(*) filter (status = 'completed') as d",
                f"{started} and {with_norm} and handoff_id not in {competing}",
                "group by all",
            )
        }),
        single as (
            select {_KEYS}, min(norm_value) as norm from counted
            group by {_KEYS} having {one_norm}
        ),
        kept as (
            select counted.* exclude (norm_value), norm
            from counted inner join single using ({_KEYS})
        ),
        {_curve("kept")}
        select {_KEYS}, sum(n_left) as n,
            case when max(duration) >= norm or min(survival) = 0 then
                1 - coalesce(min(survival) filter (duration <= norm), 1) end as share
        from curve group by {_KEYS}, norm
        """
    )
    done = "status = 'completed' and stop_date is not null"
    connection.execute(
        f"""
        create table plain.completed as
        select {_KEYS}, count(*) as n, quantile_cont(duration, [0.5, 0.9]) as quantiles
        from ({_cuts("plain.handoff", "stop_date", "duration", done)}) group by all
        """
    )
    connection.execute(
        f"""
        create table plain.completed_within as
        select {_KEYS}, count(*) as n, avg((norm_duration <= norm_value)::integer) as share
        from ({
            _cuts(
                "plain.handoff", "stop_date", "norm_duration, norm_value", f"{done} and {with_norm}"
            )
        }) group by all having {one_norm}
        """
    )
    connection.execute(
        f"""
        create table plain.number as
        select {_KEYS}, status, count(*) as n
        from ({_national("coalesce(start_date, stop_date)", "status")}) group by all
        """
    )
    connection.execute(
        """
        create table plain.still_open as
        with ends as (
            select least(last_day(month_start), reference_day) as end_day
            from (
                select left(reference_date, 10)::date as reference_day, unnest(generate_series(
                    date_trunc('month', (select min(start_date) from plain.handoff)),
                    reference_day::timestamp, interval 1 month)) as month_start
                from raw.build
            )
        ),
        counted as (
            select handoff_id, start_date, least(stop_date, competing_date) as end_date,
                count(*) as n
            from plain.handoff where status in ('completed', 'open', 'competing') group by all
        ),
        aged as (
            select handoff_id, end_day, end_day - start_date as age, sum(n) as n
            from counted inner join ends
                on start_date <= end_day and (end_date > end_day or end_date is null)
            group by all
        ),
        running as (
            select *, sum(n) over (partition by handoff_id, end_day order by age) as through,
                sum(n) over (partition by handoff_id, end_day) as total
            from aged
        )
        select handoff_id, end_day, any_value(total) as n,
            (min(age) filter (through >= ceil(total / 2))
                + min(age) filter (through >= floor(total / 2) + 1)) / 2 as median_age
        from running group by all
        """
    )


def reconciliation(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `plain.reconciled`: how many transfers of each cell have which status."""
    connection.execute(
        f"""
        create table plain.reconciled as
        select {_KEYS}, count(*) as n, count(*) filter (status = 'matched') as matched,
            count(*) filter (status = 'out_of_tolerance') as out_of_tolerance,
            count(*) filter (status = 'sent_never_received') as sent_never_received,
            count(*) filter (status = 'received_never_sent') as received_never_sent,
            count(*) filter (status = 'negative') as negative
        from ({_cuts("plain.reconciliation", "day", "status", "status <> 'in_transit'")})
        group by all
        """
    )


def charts(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `plain.chart`: centre and limits of every series, moving ranges screened once."""
    series = "handoff_id, period_grain, dimension, member"
    connection.execute(
        f"""
        create table plain.chart as
        with point as (
            select *, abs(median - lag(median) over (partition by {series} order by period))
                as moved
            from plain.cohort where period_grain <> 'all' and median is not null
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
        select {_KEYS}, median, centre, centre - 2.66 * screened as lower_limit,
            centre + 2.66 * screened as upper_limit,
            median not between lower_limit and upper_limit as is_outside
        from limits
        """
    )


def _national(day: str, columns: str) -> str:
    return " union all ".join(
        f"select handoff_id, '{grain}' as period_grain, {period.format(day=day)} as period, "
        f"'national' as dimension, 'national' as member, {columns} from plain.handoff"
        for grain, period in _PERIODS.items()
    )


def _curve(counted: str) -> str:
    """Kaplan-Meier of every cell with its log-log limits, as common table expressions."""
    return f"""
        risk as (
            select *, sum(n_left) over (
                partition by {_KEYS} order by duration
                rows between current row and unbounded following) as r
            from {counted}
        ),
        step as (
            select *, product((r - d) / r) over w as survival,
                sum(case when r > d then d / (r * (r - d)) else 0 end) over w as v
            from risk
            window w as (partition by {_KEYS} order by duration rows unbounded preceding)
        ),
        spread as (
            select *, case when survival > 0 and survival < 1
                then exp({_Z} * sqrt(v) / ln(survival)) end as factor,
                coalesce(lag(survival) over (partition by {_KEYS} order by duration), 1) as before
            from step
        ),
        curve as (
            select *, case when survival = 1 then 1 when survival = 0 then 0
                    else exp(ln(survival) / factor) end as lower,
                case when survival = 1 then 1
                    when survival = 0 then 1 - 0.025 ** (1 / (r / before))
                    else exp(ln(survival) * factor) end as upper
            from spread
        )"""


def _crossings(columns: dict[str, str]) -> str:
    """First time each curve passes one half and a tenth; halfway along an exactly flat step."""
    parts = []
    for name, level in (("median", 0.5), ("p90", 1 - 0.9)):
        for column, end in columns.items():
            first = f"min(duration) filter ({column} <= {level!r} + {_FLAT})"
            below = f"min(duration) filter ({column} < {level!r} - {_FLAT})"
            parts.append(f"coalesce(({first} + {below}) / 2, {first}) as {name}{end}")
    return ", ".join(parts)
