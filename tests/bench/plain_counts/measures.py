"""Measures: started, ended, running, past their review, and outside the system.

Here: entries on measures, central and local, on reviews, and on emergency measures.
Not here: whose authority they ran under (`designations`).
"""

from tests.bench.plain_counts.cells import (
    count_cells,
    local_day,
    month,
    months,
    number,
    share,
    stock,
    today,
)
from tests.bench.plain_handoffs import Plain

_FIRST_STARTED = "select min(started_on) from plain.measure"


def write(plain: Plain) -> None:
    """Write `plain.measure`: central and local measures with what is known of their case."""
    known = today(plain)
    plain.connection.execute(
        f"""
        create or replace table plain.measure as
        with measure as (
            select case_key, null as person_key, true as is_central, category, executor,
                case when measure_started_at < {plain.reference}
                    then {local_day("measure_started_at")} end as started_on,
                measure_ended_at as ended_on, end_reason
            from raw.lcc_maatregel
            union all
            select case_key, person_key, false, category, null,
                case when local_measure_started_at <= {known} then local_measure_started_at end,
                local_measure_ended_at, null
            from raw.om_maatregel
        )
        select m.* replace (case when ended_on <= {known} then ended_on end as ended_on),
            c.parket, c.phenomenon, c.entry_way
        from measure m left join plain.of_case c using (case_key)
        """
    )
    plain.connection.execute(
        f"""
        create or replace table plain.review as
        select case_key, entry_way, phenomenon, review_planned_at as planned_on,
            case when review_done_at <= {known} then review_done_at end as done_on
        from raw.nctv_toetsing left join plain.of_case using (case_key)
        where entry_way is distinct from 'limitatieve_lijst_1'
        """
    )


def count(plain: Plain) -> None:
    """Add the cells of this chapter; needs `plain.designation`."""
    count_cells(
        plain,
        "from plain.measure where is_central",
        "started_on",
        [number("measures_started", "true", "category", "executor", "phenomenon")],
        since=_FIRST_STARTED,
    )
    without = "coalesce(end_reason = 'zonder_besluit', false)"
    count_cells(
        plain,
        "from plain.measure where is_central",
        "ended_on",
        [share("measures_ended_without_decision_share", without, "category", "executor")],
    )
    count_cells(
        plain,
        "from plain.measure where not is_central and category = 'persoonsgericht'",
        "started_on",
        [number("exclusivity_local_measures", "true", "parket", "phenomenon")],
        since=_FIRST_STARTED,
    )
    _reviews(plain)
    _running(plain)
    _emergencies(plain)


def _reviews(plain: Plain) -> None:
    on_time = f"""case when done_on is not null then done_on <= planned_on
        when planned_on < {today(plain)} then false end"""
    count_cells(
        plain,
        "from plain.review",
        "planned_on",
        [share("review_on_time_share", on_time, "entry_way", "phenomenon")],
    )


def _running(plain: Plain) -> None:
    first_running = """select min(last_day(started_on)) from plain.measure
        where ended_on is null or ended_on > last_day(started_on)"""
    after = f"{today(plain)} + 1"
    columns = "category, executor, entry_way, phenomenon"
    # Alike in when they started and ended and in everything they are split by: counted once.
    count_cells(
        plain,
        f"""
        select {months("first", "after")} as month, n, {columns}
        from (
            select {month("started_on")} as first, {month(f"coalesce(ended_on, {after})")} as after,
                count(*) as n, {columns}
            from plain.measure where is_central and started_on is not null group by all
        )
        """,
        "month",
        [stock("measures_running", "n", "category", "executor", "phenomenon")],
        since=first_running,
    )
    count_cells(
        plain,
        f"""
        with overdue as (
            select distinct case_key,
                {months("planned_on + 1", f"coalesce(done_on, {after})")} as month
            from plain.review where planned_on < {today(plain)}
        )
        select month, {columns} from overdue inner join plain.measure using (case_key)
        where is_central and {month("started_on")} <= month
            and coalesce({month("ended_on")} > month, true)
        """,
        "month",
        [stock("measures_past_review", "1", "entry_way", "category", "phenomenon")],
        since=first_running,
    )


def _emergencies(plain: Plain) -> None:
    outside = "is_person_directed and coalesce(designated_on > started_on, true)"
    count_cells(
        plain,
        f"""
        select {local_day("emergency_measure_started_at")} as started_on, is_person_directed,
            designated_on, c.parket, c.phenomenon
        from raw.politie_spoedmaatregel
        left join plain.of_case c using (case_key)
        left join plain.designation using (case_key)
        where emergency_measure_started_at < {plain.reference}
        """,
        "started_on",
        [number("exclusivity_emergency_measures", outside, "parket", "phenomenon")],
    )
    # Both sides of K04 are recorded to the moment, and its norm is in hours.
    within = """case
        when status in ('stop_only', 'negative') then null
        when norm_duration > norm_value then false
        when status = 'completed' then true
    end"""
    term_over = f"(epoch_us({plain.reference}) - epoch_us(start_at)) / 3600e6 > norm_value"
    count_cells(
        plain,
        f"from plain.handoff where handoff_id = 'K04' and {term_over}",
        "start_date",
        [share("emergency_ratified_share", within, "parket", "phenomenon")],
    )
