"""The peer: hand-offs and their reconciliation in SQL written for this one purpose.

Here: per hand-off one statement straight on the delivered tables, with nothing that could be left
out; then the figures. What the dbt models are general about (any pairing from one long table of
milestones, bounds of coarse dates, the net clock, texts of periods) is not here, so the peer does
less than what it is compared with, never more.
Not here: how long it takes (`bench_indicators`), nor whether both agree (`same_figures`).

Given to it as to dbt: the tables as loaded, the milestones that follow from
several rows (`int_milestone_derived`), the seeds, and the calendar.
"""

from dataclasses import dataclass

import duckdb

DIMENSIONS = {
    "parket": "c", "police_unit": "c", "phenomenon": "c", "route": "c", "entry_way": "c",
    "product": "r", "domain": "r", "category": "r", "executor": "r", "escalation_step": "r",
    "scenario": "r", "organisation": "h",
}  # fmt: skip
_KEYS = ("case_key", "person_key", "record_key")
# Of coarse dates: the middle of the road, and the least and most that they allow.
_BOUNDS = {
    "": ("start", "until"),
    "_lower": ("start_latest", "until"),
    "_upper": ("start", "until_latest"),
}
_ZONE = "'Europe/Amsterdam'"


@dataclass(frozen=True)
class Plain:
    """The peer on one warehouse."""

    connection: duckdb.DuckDBPyConnection
    reference_date: str

    @property
    def reference(self) -> str:
        """First moment that is not known any more."""
        return f"timezone({_ZONE}, date '{self.reference_date}' + interval 1 day)"

    def handoffs(self) -> None:
        """Write `plain.handoff`: one row per occurrence, as far as figures need it."""
        self.connection.execute("create or replace schema plain")
        self._cases()
        self._records()
        parts = [self._one(rule) for rule in self._rules()]
        lengths = ", ".join(
            f"case when status not in ('stop_only', 'negative') then "
            f"{_length(unit, *points)} end as {name}{bound}"
            for unit, name in (("h.unit", "duration"), ("n.unit", "norm_duration"))
            for bound, points in _BOUNDS.items()
        )
        followable = ", ".join(
            f"{_length(unit, 'start', 'known')} as {name}"
            for unit, name in (("h.unit", "followable"), ("n.unit", "norm_followable"))
        )
        # No hand-off counts working days itself; some norms do.
        calendars = " ".join(
            f"left join marts.dim_calendar {point} on case when n.unit = 'working_days' "
            f"then h.{point}_date end = {point}.calendar_date"
            for point in ("start", "start_latest", "until", "until_latest", "known")
        )
        self.connection.execute(f"create table plain.paired as {' union all by name '.join(parts)}")
        self.connection.execute(
            f"""
            create table plain.handoff as
            with ended as (
                select p.*, d.unit, d.early_stop, d.population_dimension,
                    string_split(d.population_members, '|') as population,
                    coalesce(competing_at <= stop_at or stop_at is null, false)
                        and competing_at is not null as is_competing,
                    case when is_competing then competing_at else stop_at end as end_at,
                    case when is_competing then competing_latest else stop_latest end
                        as end_latest,
                    case when is_competing then competing_date else stop_date end as end_date,
                    start_at is not null and end_at is not null and (
                        end_latest < start_at or (end_latest = start_at and end_at < start_at)
                    ) as is_early
                from plain.paired p inner join marts.dim_handoff d using (handoff_id)
            ),
            judged as (
                select *,
                    case
                        when start_at is null then 'stop_only'
                        when end_at is null then 'open'
                        when is_early and early_stop = 'finding' then 'negative'
                        when is_competing then 'competing'
                        else 'completed'
                    end as status,
                    case when end_at is null then {self.reference}
                        when is_early then start_at else end_at end as until_at,
                    case when end_at is null then {self.reference}
                        when is_early then start_latest else end_latest end as until_latest_at,
                    case when end_at is null then date '{self.reference_date}'
                        when is_early then start_date else end_date end as until_date,
                    start_latest as start_latest_at,
                    {self.reference} as known_at, date '{self.reference_date}' as known_date,
                    {_last_day("start_date", "start_at", "start_latest")} as start_latest_date,
                    {_last_day("until_date", "until_at", "until_latest_at")} as until_latest_date
                from ended where start_at is not null or early_stop = 'finding'
            )
            select h.handoff_id, h.case_key, h.record_key, h.n, h.start_at, h.stop_at,
                h.competing_at, h.start_date, h.stop_date, h.competing_date, h.status, h.unit,
                {", ".join(f"{alias}.{name}" for name, alias in DIMENSIONS.items())},
                n.value as norm_value, {lengths}, {followable},
                case when norm_duration_lower > norm_value then false
                    when status = 'completed' and norm_duration_upper <= norm_value then true
                    end as is_within_norm
            from judged h
            left join plain.of_case c using (case_key)
            left join plain.of_record r using (record_key)
            left join marts.dim_norm n on h.handoff_id = n.handoff_id
                and h.start_date between n.valid_from and coalesce(n.valid_to, date '9999-12-31')
            {calendars}
            where population_dimension is null
                or list_contains(population, case population_dimension
                    when 'route' then c.route else c.entry_way end)
                or (status = 'stop_only' and case population_dimension
                    when 'route' then c.route else c.entry_way end is null)
            """
        )
        self.connection.execute("drop table plain.paired")
        self._net()

    def _net(self) -> None:
        """Write `plain.net`: lengths without coded pauses, by the row of the hand-off."""
        happened = f"pause_started_at < {self.reference}"
        day = "timezone('Europe/Amsterdam', {})::date"
        overlaps = ", ".join(
            f"sum(greatest(0, {_between(unit, 'paused', 'resumed')})) as {name}"
            for unit, name in (("unit", "paused"), ("norm_unit", "norm_paused"))
        )
        self.connection.execute(
            f"""
            create table plain.net as
            with clock as (
                select handoff_id, d.unit, n.unit as norm_unit
                from marts.dim_handoff d
                left join (select distinct handoff_id, unit from marts.dim_norm) n
                    using (handoff_id)
                where has_net_clock
            ),
            pause as (
                select c.handoff_id, p.case_key, pause_started_at as paused_at,
                    least(coalesce(pause_ended_at, {self.reference}), {self.reference})
                        as resumed_at
                from (
                    from raw.om_pauze union all from raw.nctv_pauze
                ) p inner join clock c on p.handoff_id is null or p.handoff_id = c.handoff_id
                where {happened} and coalesce(pause_ended_at >= pause_started_at, true)
            ),
            -- Pauses that overlap are one.
            numbered as (
                select *, sum(is_apart::integer) over (
                    partition by handoff_id, case_key order by paused_at, resumed_at) as number
                from (
                    select *, coalesce(paused_at > max(resumed_at) over (
                        partition by handoff_id, case_key order by paused_at, resumed_at
                        rows between unbounded preceding and 1 preceding), true) as is_apart
                    from pause
                )
            ),
            merged as (
                select handoff_id, case_key, min(paused_at) as paused_at,
                    max(resumed_at) as resumed_at,
                    {day.format("min(paused_at)")} as paused_date,
                    least({day.format("max(resumed_at)")}, date '{self.reference_date}')
                        as resumed_date
                from numbered group by handoff_id, case_key, number
            ),
            timed as (
                select h.rowid as place, h.handoff_id, h.case_key, h.duration, h.norm_duration,
                    c.unit, c.norm_unit, h.start_at, h.start_date,
                    case when h.status = 'open' then {self.reference}
                        else least(h.stop_at, h.competing_at) end as until_at,
                    case when h.status = 'open' then date '{self.reference_date}'
                        else least(h.stop_date, h.competing_date) end as until_date
                from plain.handoff h inner join clock c using (handoff_id)
                where h.duration is not null
            ),
            stood_still as (
                select place, {overlaps}
                from (
                    select t.place, t.unit, t.norm_unit,
                        greatest(m.paused_at, t.start_at) as paused_at,
                        least(m.resumed_at, t.until_at) as resumed_at,
                        greatest(m.paused_date, t.start_date) as paused_date,
                        least(m.resumed_date, t.until_date) as resumed_date
                    from timed t inner join merged m using (handoff_id, case_key)
                )
                left join marts.dim_calendar paused on paused_date = paused.calendar_date
                left join marts.dim_calendar resumed on resumed_date = resumed.calendar_date
                group by place
            )
            select place, greatest(0, duration - coalesce(paused, 0)) as net_duration,
                greatest(0, norm_duration - coalesce(norm_paused, 0)) as net_norm_duration
            from timed left join stood_still using (place)
            """
        )

    def reconciliation(self) -> None:
        """Write `plain.reconciliation`: what was sent beside what was received."""
        rules = [one for one in self._rules() if "sent_milestone" in one]
        parts = []
        for rule in rules:
            key = rule["match_on"]
            sent, received = (
                _per_key(self._moments(rule[f"{side}_milestone"], key), key, "min")
                for side in ("sent", "received")
            )
            tolerance = f"interval {int(float(rule['tolerance_hours']))} hours"
            late = f"{self.reference} - {tolerance}"
            # The sender says whose it is where the two know the case by different pseudonyms.
            keys = ", ".join(
                f"{'coalesce' if one == 'case_key' else 'least'}(s.{one}, r.{one}) as {one}"
                for one in _KEYS
            )
            parts.append(
                f"""
                select '{rule["handoff_id"]}' as handoff_id, {keys},
                    coalesce(s.organisation, r.organisation) as organisation,
                    coalesce(s.day, r.day) as day,
                    (epoch_us(r.moment) - epoch_us(s.moment)) / 3600e6 as difference_hours,
                    case
                        when coalesce(s.latest, r.latest) > {late} then 'in_transit'
                        when r.moment is null then 'sent_never_received'
                        when s.moment is null then 'received_never_sent'
                        when r.latest < s.moment then 'negative'
                        when r.moment > s.latest + {tolerance}
                            then 'out_of_tolerance'
                        else 'matched'
                    end as status
                from ({sent}) s full join ({received}) r on s.{key} = r.{key}
                """
            )
        dimensions = [one for one in DIMENSIONS if one != "organisation"]
        named = ", ".join(f"{DIMENSIONS[one]}.{one}" for one in dimensions)
        self.connection.execute(
            f"""
            create table plain.reconciliation as
            select h.handoff_id, h.status, h.organisation, h.day, h.difference_hours, {named}
            from ({" union all by name ".join(parts)}) h
            inner join marts.dim_handoff d using (handoff_id)
            left join plain.of_case c on h.case_key = c.case_key
            left join plain.of_record r on h.record_key = r.record_key
            where d.population_dimension is null
                or case d.population_dimension
                    when 'route' then c.route else c.entry_way end is null
                or list_contains(
                    string_split(d.population_members, '|'),
                    case d.population_dimension when 'route' then c.route else c.entry_way end
                )
            """
        )

    def _rules(self) -> list[dict[str, str]]:
        rules = self.connection.execute("select * from marts.dim_handoff")
        names = [one[0] for one in rules.description or []]
        return [
            {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in rules.fetchall()
        ]

    def _cases(self) -> None:
        day = f"date '{self.reference_date}'"
        self.connection.execute(
            f"""
            create table plain.of_case as
            with a as (from raw.nctv_aanwijzing where designated_at <= {day})
            select coalesce(c.case_key, m.case_key, i.case_key, a.case_key) as case_key,
                c.parket, m.police_unit, i.route, a.entry_way,
                coalesce(a.phenomenon, i.phenomenon, c.phenomenon) as phenomenon
            from raw.om_casus c
            full join raw.politie_melding m on c.case_key = m.case_key
            full join raw.om_intake i on coalesce(c.case_key, m.case_key) = i.case_key
            full join a on coalesce(c.case_key, m.case_key, i.case_key) = a.case_key
            """
        )

    def _records(self) -> None:
        def table(name: str, *columns: str) -> str:
            return f"select record_key, {', '.join(columns)} from raw.{name}"

        parts = [
            *(table(f"{one}_product", "product", "domain")
              for one in ("politie", "kmar", "aivd", "mivd")),
            table("lcc_maatregel", "category", "executor"),
            table("om_maatregel", "category"),
            *(table(f"{one}_escalatie", "escalation_step") for one in ("om", "nctv")),
            table("nctv_burgemeester", "scenario"),
        ]  # fmt: skip
        names = [name for name, alias in DIMENSIONS.items() if alias == "r"]
        self.connection.execute(
            f"""
            create table plain.of_record as
            select record_key, {", ".join(f"min({one}) as {one}" for one in names)}
            from ({" union all by name ".join(parts)}) where record_key is not null
            group by record_key
            """
        )

    def _moments(self, named: str, key: str) -> str:
        """Moments of a milestone, wherever it is recorded: key, moment, its end, day."""
        organisation, _, milestone = named.rpartition(".")
        homes = self.connection.execute(
            "select organisation, table_name, granularity, is_derived from marts.dim_milestone "
            "where milestone = ? and (? = '' or organisation = ?)",
            [milestone, organisation, organisation],
        ).fetchall()
        parts = []
        for owner, table, granularity, is_derived in homes:
            if is_derived:
                keys = ", ".join(_KEYS)
                source = (
                    f"select {keys}, moment, local_date as day "
                    "from intermediate.int_milestone_derived "
                    f"where milestone = '{milestone}' and organisation = '{owner}'"
                )
            else:
                source = self._column(f"{owner}_{table}", f"{milestone}_at")
            parts.append(
                f"select *, {self._latest(granularity)} as latest, '{owner}' as organisation "
                f"from ({source}) where moment < {self.reference} and {key} is not null"
            )
        return " union all ".join(parts)

    def _column(self, delivered: str, column: str) -> str:
        found = dict(
            self.connection.execute(
                "select column_name, data_type from duckdb_columns() "
                "where schema_name = 'raw' and table_name = ?",
                [delivered],
            ).fetchall()
        )
        keys = ", ".join(one if one in found else f"null::varchar as {one}" for one in _KEYS)
        if found[column] == "DATE":
            at, day = f"timezone({_ZONE}, {column}::timestamp)", column
        else:
            at, day = column, f"timezone({_ZONE}, {column})::date"
        return f"select {keys}, {at} as moment, {day} as day from raw.{delivered}"

    def _latest(self, granularity: str) -> str:
        if granularity == "timestamp":
            return "moment"
        step = {"day": "1 day", "week": "7 day", "month": "1 month"}[granularity]
        return f"least({self.reference}, timezone({_ZONE}, (day + interval {step})::timestamp))"

    def _one(self, rule: dict[str, str]) -> str:
        """One hand-off: its starts beside its stops."""
        key, occurrence = rule["match_on"], rule["occurrence"]
        starts = self._moments(rule["start_milestone"], key)
        named = rule.get("competing_milestone", "")
        exits = " union all ".join(self._moments(one, key) for one in named.split("|") if one)
        if occurrence == "next":
            return self._next(rule["handoff_id"], key, starts, exits)
        if occurrence == "each" and key != "record_key":
            raise NotImplementedError(f"{rule['handoff_id']}: no built-in hand-off pairs like this")
        pick = "max" if occurrence == "last" else "min"
        stops = self._moments(rule["stop_milestone"], key)
        joined = f"({_per_key(starts, key, pick)}) s full join ({_per_key(stops, key, pick)}) t "
        joined += f"on s.{key} = t.{key}"
        out = "null::timestamptz as competing_at, null::timestamptz as competing_latest, "
        out += "null::date as competing_date"
        if exits:
            joined += f" left join ({_per_key(exits, key, pick)}) e "
            joined += f"on coalesce(s.{key}, t.{key}) = e.{key}"
            out = "e.moment as competing_at, e.latest as competing_latest, e.day as competing_date"
        keys = ", ".join(
            f"coalesce(s.{one}, t.{one}) as {one}"
            if one == key
            else f"least(s.{one}, t.{one}) as {one}"
            for one in _KEYS
        )
        number = (
            f"row_number() over (partition by coalesce(least(s.case_key, t.case_key), "
            f"s.{key}, t.{key}) order by coalesce(s.moment, t.moment), coalesce(s.{key}, t.{key}))"
            if occurrence == "each"
            else "1"
        )
        return (
            f"select '{rule['handoff_id']}' as handoff_id, {keys}, {number} as n, "
            "coalesce(s.organisation, t.organisation) as organisation, "
            "s.moment as start_at, s.latest as start_latest, s.day as start_date, "
            f"t.moment as stop_at, t.latest as stop_latest, t.day as stop_date, {out} from {joined}"
        )

    def _next(self, handoff: str, key: str, starts: str, exits: str) -> str:
        """Each moment with the next one of the same kind; only the first exit after it competes."""
        order = f"partition by {key} order by moment, latest, record_key"
        return f"""
            select '{handoff}' as handoff_id, s.* exclude (latest, moment, day),
                s.moment as start_at, s.latest as start_latest, s.day as start_date,
                e.moment as competing_at,
                e.latest as competing_latest, e.day as competing_date
            from (
                select *, row_number() over w as n, lead(moment) over w as stop_at,
                    lead(latest) over w as stop_latest, lead(day) over w as stop_date
                from ({starts}) window w as ({order})
            ) s
            asof left join ({exits}) e on s.{key} = e.{key} and s.moment <= e.latest
        """


def _per_key(moments: str, key: str, pick: str) -> str:
    others = ", ".join(f"min({one}) as {one}" for one in _KEYS if one != key)
    return (
        f"select {key}, {others}, {pick}(moment) as moment, {pick}(latest) as latest, "
        f"{pick}(day) as day, min(organisation) as organisation from ({moments}) group by {key}"
    )


def _length(unit: str, start: str, end: str) -> str:
    """How long, in a unit that differs by row; a length that overlapping intervals allow is 0."""
    return f"case when {unit} is not null then greatest(0, {_between(unit, start, end)}) end"


def _between(unit: str, start: str, end: str) -> str:
    """From one point to another, of which the moment, the day and a calendar have the name."""
    return f"""case {unit}
        when 'calendar_days' then ({end}_date - {start}_date)::double
        when 'hours' then (epoch_us({end}_at) - epoch_us({start}_at)) / 3600e6
        when 'working_days' then ({end}.working_day - {start}.working_day)::double
    end"""


def _last_day(day: str, moment: str, latest: str) -> str:
    """Last day of an interval that starts at midnight."""
    width = f"round((epoch_us({latest}) - epoch_us({moment})) / 86400e6)::integer"
    return f"case when {latest} = {moment} then {day} else {day} + greatest({width} - 1, 0) end"
