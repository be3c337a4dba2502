"""From hand-offs to the cells of their figures.

Here: names as numbers, which periods a month or quarter belongs to, and hand-offs counted per
length, once at the finest grain.
Not here: any figure.
"""

from tests.bench.plain_handoffs import DIMENSIONS, Plain
from tests.bench.plain_periods import quarter_name, rolling_years

KEYS = "clock, handoff_id, period_grain, period, dimension, member"
_MONTH = "year({day}) * 12 + month({day}) - 1"


def write(plain: Plain) -> None:
    """Write the types and `plain.period`, and the table of both clocks, `plain.clocked`.

    Args:
        plain: The peer with its hand-offs written.
    """
    connection = plain.connection
    connection.execute("create type plain.clock_name as enum ('gross', 'net')")
    connection.execute("create type plain.handoff_name as enum (select handoff_id from "
                       "marts.dim_handoff order by all)")  # fmt: skip
    connection.execute(
        f"create type plain.dimension_name as enum (select unnest({['national', *DIMENSIONS]}))"
    )
    members = " union ".join(f"select distinct {one} as member from plain.handoff"
                             for one in DIMENSIONS)  # fmt: skip
    connection.execute(
        "create type plain.member_name as enum (select member from "
        f"({members} union select 'national') where member is not null order by all)"
    )
    _periods(plain)
    named = ", ".join(f"{one}::plain.member_name as {one}" for one in DIMENSIONS)
    columns = f"""handoff_id::plain.handoff_name as handoff_id, status = 'completed' as is_done,
        status <> 'open' as is_ended, {_MONTH.format(day="start_date")} as start_month,
        {_MONTH.format(day="stop_date")} as stop_month, {named}, norm_value as norm"""
    connection.execute(
        f"""
        create table plain.clocked as
        select 'gross'::plain.clock_name as clock, {columns}, duration, norm_duration,
            followable, norm_followable
        from plain.handoff where status in ('completed', 'open', 'competing')
        union all
        select 'net'::plain.clock_name, {columns}, net_duration, net_norm_duration,
            followable - duration + net_duration,
            norm_followable - norm_duration + net_norm_duration
        from plain.handoff inner join plain.net on handoff.rowid = net.place
        where status in ('completed', 'open', 'competing')
        """
    )


def counted(side: str, length: str, where: str = "true", norm: str = "null::double") -> str:
    """Hand-offs per length in every cell, as a query.

    Args:
        side: `start` or `stop`.
        length: Column of `plain.clocked`.
        where: Which rows take part.
        norm: Column by which the rows of a cell are kept apart.

    Returns:
        Columns of `KEYS`, norm, duration, n (hand-offs), d (completed), ended (in any way). Months
        and the whole history are national only; what was completed has no rolling years.
    """
    columns = f"{length} as duration, count(*) as n, count(*) filter (is_done) as d, "
    columns += "count(*) filter (is_ended) as ended"
    return f"""
        select {KEYS}, norm, duration, sum(n)::double as n, sum(d)::double as d,
            sum(ended)::double as ended
        from ({_in_cells(side, length, columns, where, norm)}) group by all"""


def known(length: str, where: str = "true", norm: str = "null::double") -> str:
    """Until when each cell of what started is known, as a query.

    Nobody was open before, or three could be followed so long, ended or not.

    Args:
        length: Column of `plain.clocked`.
        where: Which rows take part.
        norm: As of `counted`.

    Returns:
        Columns of `KEYS`, norm, known_until.
    """
    columns = f"min({length}) filter (not is_ended) as first_open, "
    columns += f"max({length.replace('duration', 'followable')}, 3) as longest"
    return f"""
        select {KEYS}, norm, greatest(
                coalesce(min(first_open), 'infinity'::double),
                list_sort(flatten(list(longest)), 'desc')[3]) as known_until
        from ({_in_cells("start", length, columns, where, norm)}) group by all"""


def _in_cells(side: str, length: str, columns: str, where: str, norm: str) -> str:
    """Rows at the finest grain, in every period they belong to."""
    parts = []
    for dimension in ("national", *DIMENSIONS):
        is_national = dimension == "national"
        fine = "month" if is_national else "quarter"
        member = "'national'::plain.member_name" if is_national else dimension
        place = f"{side}_month" if is_national else f"{side}_month // 3"
        parts.append(
            f"select clock, handoff_id, '{fine}' as fine, {place} as place, "
            f"'{dimension}'::plain.dimension_name as dimension, {member} as member, "
            f"{norm} as norm, {columns} from plain.clocked where {length} is not null "
            f"and {side}_month is not null and {where} and {may_be_split(dimension)} group by all"
        )
    years = "" if side == "start" else "where period_grain <> 'rolling_12m'"
    return f"""
        from ({" union all ".join(parts)})
        inner join (from plain.period {years}) using (fine, place)"""


def may_be_split(dimension: str) -> str:
    """Whether a hand-off has a member of a dimension, and may be split by it."""
    if dimension == "national":
        return "true"
    return f"""{dimension} is not null and handoff_id in (
        select handoff_id from marts.dim_handoff
        where list_contains(string_split(dimensions, '|'), '{dimension}'))"""


def _periods(plain: Plain) -> None:
    """Write `plain.period`: the periods each month and quarter belongs to, by number."""
    plain.connection.execute(
        f"""
        create table plain.period as
        with bounds as (
            select min(start_date) as first_day, date '{plain.reference_date}' as last_day
            from plain.handoff
        ),
        month as (
            select unnest(range(
                least((select min({_MONTH.format(day="stop_date")}) from plain.handoff),
                    {_MONTH.format(day="first_day")}),
                {_MONTH.format(day="last_day")} + 1)) as place
            from bounds
        ),
        quarter as (select distinct place // 3 as place from month),
        of_quarter as (
            select place, 'quarter' as period_grain, {quarter_name("place")} as period from quarter
            union all select place, 'year', (place // 4)::varchar from quarter
            union all
            select place, 'rolling_12m', {quarter_name("last")}
            from quarter inner join ({rolling_years(plain)}) on place between last - 3 and last
        ),
        of_month as (
            select place, 'month' as period_grain,
                (place // 12) || '-' || lpad((place % 12 + 1)::varchar, 2, '0') as period
            from month
            union all select place, 'all', 'all' from month
            union all
            select month.place, of_quarter.period_grain, of_quarter.period
            from month inner join of_quarter on month.place // 3 = of_quarter.place
        )
        from (
            select 'month' as fine, * from of_month
            union all select 'quarter', * from of_quarter
        )
        """
    )
    for column in ("period_grain", "period"):
        plain.connection.execute(
            f"create type plain.{column}_name as enum "
            f"(select distinct {column} from plain.period order by all)"
        )
        plain.connection.execute(
            f"alter table plain.period alter {column} type plain.{column}_name"
        )
