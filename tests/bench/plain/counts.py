"""Counted figures: a share, a number, a stock, a rate, a cumulative incidence, and both sides.

Here: their cells, rolling years, and what is made of numerator and denominator.
Not here: hand-offs (`handoffs`) and lead times (`lead_times`).
"""

from tests.bench.plain.curves import aalen_johansen, known_until
from tests.bench.plain.handoffs import DIMENSIONS, Plain, local_day
from tests.bench.plain.limits import wilson
from tests.bench.plain.periods import (
    period_names,
    quarter_name,
    quarter_number,
    rolling_years,
)

_MEMBERS = ("entry_way", "phenomenon", "parket")
_CELL = "period_grain, period, dimension, member"
_HORIZONS_DAYS = {"6m": 183, "12m": 365, "24m": 730}
_RECONCILED = (
    "matched", "out_of_tolerance", "sent_never_received", "received_never_sent", "negative",
)  # fmt: skip


def write(plain: Plain) -> None:
    """Write `plain.counted`, every cell of every counted entry, and `plain.figure` made of it."""
    plain.connection.execute(
        """
        create table plain.counted (
            indicator varchar, kind varchar, statistic varchar, period_grain varchar,
            period varchar, dimension varchar, member varchar, numerator double,
            denominator double
        )
        """
    )
    _designations(plain)
    _admission_share(plain)
    _inflow(plain)
    _stock_persons(plain)
    _phase_out_rate(plain)
    _reconciliations(plain)
    _figures(plain)
    _differences(plain)
    _phase_out_incidence(plain)


def _designations(plain: Plain) -> None:
    """Write `plain.designation`: one row per case, with the first of its measures and its exit."""
    is_over = f"a.exited_at <= {plain.today}"
    plain.connection.execute(
        f"""
        create table plain.designation as
        with started as (
            select case_key, {local_day("min(measure_started_at)")} as first_measure_on
            from raw.lcc_maatregel where measure_started_at < {plain.reference}
            group by case_key
        )
        select a.case_key, a.person_key, a.entry_way, c.phenomenon, c.parket,
            a.designated_at as designated_on, first_measure_on,
            case when {is_over} then a.exited_at end as exited_on,
            case when {is_over} then a.exit_kind end as exit_kind
        from raw.nctv_aanwijzing a
        left join plain.of_case c using (case_key)
        left join started using (case_key)
        where a.designated_at <= {plain.today}
        """
    )


def _admission_share(plain: Plain) -> None:
    judged = f"""
        select {local_day("judgment_made_at")} as day, judgment = 'opgenomen' as is_admitted,
            route, phenomenon, parket
        from raw.nctv_triage left join plain.of_case using (case_key)
        where judgment_made_at < {plain.reference}"""
    monthly = f"""
        select date_trunc('month', day)::date as month, route, phenomenon, parket,
            sum(is_admitted::integer) as n, count(is_admitted) as d
        from ({judged}) where is_admitted is not null group by all"""
    _add(plain, "admission_share", "share", monthly, ("route", "phenomenon", "parket"))


def _inflow(plain: Plain) -> None:
    monthly = f"""
        select date_trunc('month', designated_on)::date as month, {", ".join(_MEMBERS)},
            count(*) as n
        from plain.designation group by all"""
    _add(plain, "inflow", "number", _with_zeros(monthly, until=f"{plain.today}"), _MEMBERS)


def _stock_persons(plain: Plain) -> None:
    """Somebody with two designations at once counts by the first: from when earlier ones end."""
    after = f"{plain.today} + 1"
    monthly = f"""
        with counted as (
            select {", ".join(_MEMBERS)}, exited_on, greatest(designated_on, max(
                coalesce(exited_on, date '9999-12-31')
            ) over (
                partition by person_key order by designated_on, case_key
                rows between unbounded preceding and 1 preceding
            )) as counted_on
            from plain.designation
        ),
        alike as (
            select {", ".join(_MEMBERS)}, date_trunc('month', counted_on) as first,
                date_trunc('month', coalesce(exited_on, {after})) as after, count(*) as n
            from counted group by all
        )
        select unnest(range(first, after, interval 1 month))::date as month,
            {", ".join(_MEMBERS)}, n
        from alike"""
    # A month counts once its last day is over.
    until = f"({plain.today} + 1 - interval 1 month)"
    _add(plain, "stock_persons", "stock", _with_zeros(monthly, until=until), _MEMBERS)


def _phase_out_rate(plain: Plain) -> None:
    """Days at risk of a month: the day of the start does not count yet, that of the exit does."""
    monthly = f"""
        with alike as (
            select {", ".join(_MEMBERS)}, first_measure_on as start_on, exited_on as end_on,
                exit_kind = 'afbouw' as is_phased_out, count(*) as n_cases
            from plain.designation
            where entry_way <> 'limitatieve_lijst_1' and first_measure_on is not null
                and coalesce(exited_on >= first_measure_on, true)
            group by all
        ),
        monthly as (
            select *, unnest(range(date_trunc('month', start_on),
                    date_trunc('month', coalesce(end_on, {plain.today})) + interval 1 month,
                    interval 1 month))::date as month,
                least(last_day(month), {plain.today}) as month_end
            from alike
        )
        select {", ".join(_MEMBERS)}, month,
            sum(case when is_phased_out and end_on between month and month_end
                then n_cases else 0 end) as n,
            sum(n_cases * (least(month_end, coalesce(end_on, month_end))
                - greatest(month - 1, start_on)) / 36525) as d
        from monthly group by all"""
    _add(plain, "phase_out_rate", "rate", monthly, _MEMBERS)


def _with_zeros(monthly: str, until: str) -> str:
    """The same rows with a zero per month, nationally and for each member of each dimension."""
    members = ", ".join(
        f"case dimension when '{name}' then member end as {name}" for name in _MEMBERS
    )
    return f"""
        with counted as ({monthly})
        from counted
        union all by name
        select unnest(range((select min(month) from counted)::timestamp,
            date_trunc('month', {until}) + interval 1 month, interval 1 month))::date as month,
            {members}, 0 as n
        from marts.dim_dimension_member where dimension in {("national", *_MEMBERS)}"""


def _add(
    plain: Plain, indicator: str, kind: str, monthly: str, dimensions: tuple[str, ...]
) -> None:
    """Add the cells of an entry, from rows by month with `n`, and `d` where it has one."""
    n = "sum(n)"
    if kind == "stock":
        # Month ends do not add up, and there is no stock of all time.
        n = """case
            when grouping(period_month) = 0 then sum(n)
            when grouping(period_quarter) = 0 then sum(n) filter (month(month) % 3 = 0)
            when grouping(period_year) = 0 then sum(n) filter (month(month) = 12)
        end"""
    d = "sum(d)" if kind in {"share", "rate"} else "null"
    statistic = kind if kind in {"share", "rate"} else "count"
    plain.connection.execute(
        f"""
        insert into plain.counted
        select '{indicator}', '{kind}', '{statistic}', {_CELL}, n, d
        from ({_cells(f"({monthly})", dimensions, f"{n} as n, {d} as d")}) where n is not null
        """
    )


def _cells(monthly: str, dimensions: tuple[str, ...], summed: str, also: str = "") -> str:
    """Rows by month and members, added up in every cell they belong to.

    Args:
        monthly: Table with `month` and the dimensions.
        dimensions: Of the cells; months and the whole history are national only.
        summed: Aggregates of a cell.
        also: A column by which cells are kept apart.
    """
    names = period_names("month")
    grains = ("month", "quarter", "year")
    sets = [f"period_{grain}" for grain in grains] + [""]
    sets += [f"period_{grain}, {name}" for grain in ("quarter", "year") for name in dimensions]
    apart = f"{also}, " if also else ""
    grouped = ", ".join(f"({(apart + columns).rstrip(', ')})" for columns in sets)
    return f"""
        select {apart}
            case
                when grouping(period_month) = 0 then 'month'
                when grouping(period_quarter) = 0 then 'quarter'
                when grouping(period_year) = 0 then 'year'
                else 'all'
            end as period_grain,
            coalesce(period_month, period_quarter, period_year, 'all') as period,
            {_member_columns(dimensions)},
            {summed}
        from (
            select *, {", ".join(f"{names[grain]} as period_{grain}" for grain in grains)}
            from {monthly}
        )
        group by grouping sets ({grouped})
        having member is not null"""


def _member_columns(dimensions: tuple[str, ...]) -> str:
    """Columns `dimension` and `member` of grouping sets with at most one dimension each."""
    return ", ".join(
        "case "
        + " ".join(f"when grouping({name}) = 0 then {text.format(name)}" for name in dimensions)
        + f" else 'national' end as {column}"
        for column, text in {"dimension": "'{}'", "member": "{}"}.items()
    )


def _reconciliations(plain: Plain) -> None:
    """How many transfers have which status; what is in transit is not judged."""
    of_status = ", ".join(
        f"count(*) filter (status = '{status}') as {status}" for status in _RECONCILED
    )
    summed = ", ".join(f"sum({name}) as {name}" for name in (*_RECONCILED, "n"))
    monthly = f"""(
        select handoff_id, date_trunc('month', day)::date as month, {", ".join(DIMENSIONS)},
            {of_status}, count(*) as n
        from plain.reconciliation where status <> 'in_transit' and day is not null group by all
    )"""
    plain.connection.execute(
        f"""
        insert into plain.counted
        select 'reconciliation_' || lower(handoff_id), 'part', unnest({list(_RECONCILED)}),
            {_CELL}, unnest([{", ".join(_RECONCILED)}]), n
        from ({_cells(monthly, DIMENSIONS, summed, also="handoff_id")})
        inner join marts.dim_handoff using (handoff_id)
        where dimension = 'national' or list_contains(string_split(dimensions, '|'), dimension)
        """
    )


def _figures(plain: Plain) -> None:
    """Write `plain.figure`: rolling years of four quarters, shares with Wilson's limits."""
    keys = "indicator, kind, statistic, dimension, member"
    lower, upper = wilson("numerator", "denominator")
    quarter = "left(period, 4)::integer * 4 + right(period, 1)::integer - 1"
    plain.connection.execute(
        f"""
        create table plain.figure as
        with quarter as (
            select *, {quarter} as place from plain.counted
            where period_grain = 'quarter' and kind <> 'stock'
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
            case when kind in ('share', 'rate', 'part')
                then numerator / nullif(denominator, 0) else numerator end as value,
            case when kind = 'share' then {lower} end as lower,
            case when kind = 'share' then {upper} end as upper
        from complete
        """
    )


def _differences(plain: Plain) -> None:
    """Add quantiles of received less sent, nationally, by the day of sending."""
    cells = " union all ".join(
        f"""
        select handoff_id, '{grain}' as period_grain, {name} as period, count(*) as n,
            quantile_cont(difference_hours, [0.1, 0.5, 0.9]) as hours
        from dated group by all
        """
        for grain, name in period_names("day").items()
    )
    plain.connection.execute(
        f"""
        insert into plain.figure by name
        with dated as (
            from plain.reconciliation
            where difference_hours is not null and status <> 'in_transit' and day is not null
        )
        select 'reconciliation_' || lower(handoff_id) as indicator, 'difference' as kind,
            'difference_' || unnest(['p10', 'median', 'p90']) as statistic, period_grain, period,
            'national' as dimension, 'national' as member, n as numerator, n as denominator,
            unnest(hours) as value
        from ({cells})
        """
    )


def _phase_out_incidence(plain: Plain) -> None:
    """Add how many were phased out by each horizon, other ways out counted as such."""
    sets = ["period_grain, period, duration"]
    sets += [f"period_grain, period, duration, {name}" for name in _MEMBERS]
    until = known_until("min(duration) filter (n > ended)", "longest")
    at = ", ".join(
        f"""{{
            'statistic': 'cumulative_incidence_{name}',
            'numerator': coalesce(sum(d) filter (duration <= {days}), 0),
            'value': case when (max(duration) >= {days} or min(after) = 0) and {days} <= {until}
                then coalesce(max(f) filter (duration <= {days}), 0) end
        }}"""
        for name, days in _HORIZONS_DAYS.items()
    )
    plain.connection.execute(
        f"""
        insert into plain.figure by name
        with episode as (
            select {quarter_number("first_measure_on")} as place, {", ".join(_MEMBERS)},
                coalesce(exited_on, {plain.today}) - first_measure_on as duration,
                count(*) as n, count(exited_on) as ended,
                count(*) filter (exit_kind = 'afbouw') as d,
                max({plain.today} - first_measure_on, 3) as longest
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
            select period_grain, period, duration, {_member_columns(_MEMBERS)},
                sum(n) as n, sum(ended) as ended, sum(d) as d, flatten(list(longest)) as longest
            from cohort group by grouping sets ({", ".join(f"({columns})" for columns in sets)})
            having member is not null and (dimension = 'national' or period_grain <> 'all')
        ),
        {aalen_johansen("counted", _CELL)},
        followed as (
            select {_CELL}, sum(n) as denominator, [{at}] as horizons from curve group by all
        )
        select 'phase_out_incidence' as indicator, 'incidence' as kind, {_CELL}, denominator,
            unnest(horizons, recursive := true) from followed
        """
    )
