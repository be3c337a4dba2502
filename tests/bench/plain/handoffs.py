"""Hand-offs and their reconciliation: one statement per hand-off, straight on the tables.

Here: pairing the first start with the first stop of a case, lengths, norms, both sides compared.
Not here: how many there are and how long they take (`lead_times`, `counts`).

Given to it as to dbt: the tables as loaded, the milestones that follow from
several rows (`int_milestone_derived`), the seeds, and the calendar.
"""

from dataclasses import dataclass

import duckdb

HANDOFFS = ("K04", "K13", "K20", "K41")
DIMENSIONS = ("parket", "phenomenon", "route", "entry_way")
_ZONE = "'Europe/Amsterdam'"


@dataclass(frozen=True)
class Plain:
    """The peer on one warehouse."""

    connection: duckdb.DuckDBPyConnection
    reference_date: str

    @property
    def today(self) -> str:
        """The reference date."""
        return f"date '{self.reference_date}'"

    @property
    def reference(self) -> str:
        """First moment that is not known any more."""
        return f"timezone({_ZONE}, {self.today} + interval 1 day)"

    def rules(self) -> list[dict[str, str]]:
        """The hand-offs as the seed has them, without what is empty."""
        found = self.connection.execute(
            f"from marts.dim_handoff where handoff_id in {HANDOFFS} order by handoff_id"
        )
        names = [column[0] for column in found.description or []]
        return [
            {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in found.fetchall()
        ]


def local_day(moment: str) -> str:
    """The day of a moment in Amsterdam."""
    return f"timezone({_ZONE}, {moment})::date"


def write(plain: Plain) -> None:
    """Write `plain.of_case`, `plain.handoff` and `plain.reconciliation`."""
    plain.connection.execute("create or replace schema plain")
    _cases(plain)
    _handoffs(plain)
    _reconciliation(plain)


def _cases(plain: Plain) -> None:
    plain.connection.execute(
        f"""
        create table plain.of_case as
        with a as (from raw.nctv_aanwijzing where designated_at <= {plain.today})
        select coalesce(c.case_key, i.case_key, a.case_key) as case_key,
            c.parket, i.route, a.entry_way,
            coalesce(a.phenomenon, i.phenomenon, c.phenomenon) as phenomenon
        from raw.om_casus c
        full join raw.om_intake i on c.case_key = i.case_key
        full join a on coalesce(c.case_key, i.case_key) = a.case_key
        """
    )


def _handoffs(plain: Plain) -> None:
    """Write `plain.handoff`: one row per occurrence, as far as figures need it."""
    paired = " union all by name ".join(_paired(plain, rule) for rule in plain.rules())
    lengths = ", ".join(
        f"case when status not in ('stop_only', 'negative') and {unit} is not null then "
        f"greatest(0, {_between(unit, 'start', end)}) end as {name}"
        for unit, prefix in (("h.unit", ""), ("n.unit", "norm_"))
        for end, name in (("until", f"{prefix}duration"), ("known", f"{prefix}followable"))
    )
    # No hand-off counts working days itself; some norms do.
    calendars = " ".join(
        f"left join marts.dim_calendar {point} on case when n.unit = 'working_days' "
        f"then h.{point}_date end = {point}.calendar_date"
        for point in ("start", "until", "known")
    )
    plain.connection.execute(
        f"""
        create table plain.handoff as
        with ended as (
            select p.*, d.unit,
                coalesce(competing_at <= stop_at or stop_at is null, false)
                    and competing_at is not null as is_competing,
                case when is_competing then competing_at else stop_at end as end_at,
                case when is_competing then competing_latest else stop_latest end as end_latest,
                case when is_competing then competing_date else stop_date end as end_date,
                start_at is not null and end_at is not null and (
                    end_latest < start_at or (end_latest = start_at and end_at < start_at)
                ) as is_early
            from ({paired}) p
            inner join marts.dim_handoff d using (handoff_id)
            where {_takes_part("p.start_at is null")}
        ),
        judged as (
            select *,
                case
                    when start_at is null then 'stop_only'
                    when end_at is null then 'open'
                    when is_early then 'negative'
                    when is_competing then 'competing'
                    else 'completed'
                end as status,
                coalesce(end_at, {plain.reference}) as until_at,
                coalesce(end_date, {plain.today}) as until_date,
                {plain.reference} as known_at, {plain.today} as known_date
            from ended
        )
        select h.handoff_id, h.start_date, h.stop_date, h.status, h.unit,
            {", ".join(DIMENSIONS)}, n.value as norm_value, {lengths}
        from judged h
        left join marts.dim_norm n on h.handoff_id = n.handoff_id
            and h.start_date between n.valid_from and coalesce(n.valid_to, date '9999-12-31')
        {calendars}
        """
    )


def _takes_part(may_lack: str) -> str:
    """Whether a case is of the population; one without a member may be, where so said."""
    member = "case population_dimension when 'route' then route else entry_way end"
    return f"""(population_dimension is null
        or list_contains(string_split(population_members, '|'), {member})
        or ({may_lack} and {member} is null))"""


def _reconciliation(plain: Plain) -> None:
    """Write `plain.reconciliation`: what was sent beside what was received."""
    parts = []
    for rule in plain.rules():
        sent, received = (
            _first(_moments(plain, rule[f"{side}_milestone"])) for side in ("sent", "received")
        )
        tolerance = f"interval {int(float(rule['tolerance_hours']))} hours"
        late = f"{plain.reference} - {tolerance}"
        very_late = f"{late} - {tolerance}"
        parts.append(
            f"""
            select '{rule["handoff_id"]}' as handoff_id, case_key,
                coalesce(s.day, r.day) as day,
                (epoch_us(r.moment) - epoch_us(s.moment)) / 3600e6 as difference_hours,
                case
                    when coalesce(s.latest, r.latest) > {late} then 'in_transit'
                    when r.moment is null and s.latest > {very_late} then 'out_of_tolerance'
                    when r.moment is null then 'sent_never_received'
                    when s.moment is null then 'received_never_sent'
                    when r.latest < s.moment then 'negative'
                    when r.moment > s.latest + {tolerance} then 'out_of_tolerance'
                    else 'matched'
                end as status
            from ({sent}) s full join ({received}) r using (case_key)
            """
        )
    plain.connection.execute(
        f"""
        create table plain.reconciliation as
        select handoff_id, status, day, difference_hours, {", ".join(DIMENSIONS)}
        from ({" union all ".join(parts)})
        inner join marts.dim_handoff using (handoff_id)
        left join plain.of_case using (case_key)
        where {_takes_part("true")}
        """
    )


def _paired(plain: Plain, rule: dict[str, str]) -> str:
    """One hand-off: the first start of a case beside its first stop and its first exit."""
    starts, stops = (
        _first(_moments(plain, rule[f"{side}_milestone"])) for side in ("start", "stop")
    )
    exits = " union all ".join(
        _moments(plain, name) for name in rule.get("competing_milestone", "").split("|") if name
    )
    joined = f"({starts}) s full join ({stops}) t using (case_key)"
    out = "null::timestamptz as competing_at, null::timestamptz as competing_latest, "
    out += "null::date as competing_date"
    if exits:
        joined += f" left join ({_first(exits)}) e using (case_key)"
        out = "e.moment as competing_at, e.latest as competing_latest, e.day as competing_date"
    return (
        f"select '{rule['handoff_id']}' as handoff_id, "
        "s.moment as start_at, s.day as start_date, "
        f"t.moment as stop_at, t.latest as stop_latest, t.day as stop_date, {out}, of_case.* "
        f"from {joined} left join plain.of_case using (case_key)"
    )


def _first(moments: str) -> str:
    return f"""select case_key, min(moment) as moment, min(latest) as latest, min(day) as day
        from ({moments}) group by case_key"""


def _moments(plain: Plain, milestone: str) -> str:
    """Moments of a milestone, wherever it is recorded: case, moment, its end, day."""
    homes = plain.connection.execute(
        "select organisation, table_name, granularity, is_derived from marts.dim_milestone "
        "where milestone = ?",
        [milestone],
    ).fetchall()
    parts = []
    for organisation, table, granularity, is_derived in homes:
        source = f"select * from ({_column(plain, f'{organisation}_{table}', milestone)})"
        if is_derived:
            source = f"""select case_key, moment, local_date as day
                from intermediate.int_milestone_derived
                where milestone = '{milestone}' and organisation = '{organisation}'"""
        latest = "moment"
        if granularity != "timestamp":
            step = {"day": "1 day", "week": "7 day", "month": "1 month"}[granularity]
            latest = f"timezone({_ZONE}, (day + interval {step})::timestamp)"
            latest = f"least({plain.reference}, {latest})"
        parts.append(
            f"select *, {latest} as latest from ({source}) "
            f"where moment < {plain.reference} and case_key is not null"
        )
    return " union all ".join(parts)


def _column(plain: Plain, table: str, milestone: str) -> str:
    """The column of a table with the moments or days of a milestone."""
    column = f"{milestone}_at"
    kinds = plain.connection.execute(
        "select data_type from duckdb_columns() "
        "where schema_name = 'raw' and table_name = ? and column_name = ?",
        [table, column],
    ).fetchall()
    if kinds == [("DATE",)]:
        at, day = f"timezone({_ZONE}, {column}::timestamp)", column
    else:
        at, day = column, local_day(column)
    return f"select case_key, {at} as moment, {day} as day from raw.{table}"


def _between(unit: str, start: str, end: str) -> str:
    """From one point to another, of which the moment, the day and a calendar have the name."""
    return f"""case {unit}
        when 'calendar_days' then ({end}_date - {start}_date)::double
        when 'hours' then (epoch_us({end}_at) - epoch_us({start}_at)) / 3600e6
        when 'working_days' then ({end}.working_day - {start}.working_day)::double
    end"""
