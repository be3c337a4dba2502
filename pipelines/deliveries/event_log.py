"""The event logs of a chain as one table: one row per event, every event kept.

Here: activities as milestones by the mapping of the contract, the interval in which an event lies,
and the mapped activities that never occurred.
Not here: which deliveries count (`current_state`), and what follows from a milestone (dbt).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa

from pipelines.deliveries.contract import Column, Contract, EventLogMapping
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.forms import second_reading
from pipelines.deliveries.punctuality import DeliveryState
from pipelines.deliveries.rule_texts import TEXTS

TABLE = "event_log"
_COLUMNS = """
    organisation varchar, table_name varchar, case_key varchar, activity varchar,
    milestone varchar, happened_at timestamptz, happened_at_latest timestamptz, org_group varchar
"""


def load_event_log(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    """Write `raw.event_log` from the logs in `raw`.

    Args:
        connection: The warehouse, with all tables of the contracts loaded.
        contracts: Contracts by id.
    """
    connection.execute(f"create or replace table raw.{TABLE} ({_COLUMNS})")
    for contract in contracts.values():
        if contract.event_log is not None:
            _insert(connection, contract, contract.event_log)


def _insert(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: EventLogMapping
) -> None:
    activity = "activity || coalesce('/' || _step, '')"
    milestones = {
        "mapped": list(mapping.milestones),
        "milestone": list(mapping.milestones.values()),
    }
    connection.register("milestone_of", pa.table(milestones))
    connection.execute(
        f"""
        insert into raw.{TABLE}
        select
            {literal(contract.supplier)},
            {literal(contract.table)},
            case_key,
            {activity},
            coalesce(by_lifecycle.milestone, by_activity.milestone),
            _moment,
            _latest,
            {"org_group" if mapping.group else "null"}
        from ({_events_of(contract, mapping)}) as events
        left join milestone_of as by_lifecycle on by_lifecycle.mapped = {activity}
        left join milestone_of as by_activity on by_activity.mapped = activity
        order by _place, _step desc
        """
    )
    connection.unregister("milestone_of")


def _events_of(contract: Contract, mapping: EventLogMapping) -> str:
    """SQL of the rows of a log as events: their place, lifecycle step and interval beside them."""
    rows = f"from raw.{quote(contract.id)}"
    moment, latest = _interval(contract.column(mapping.moment), contract.timezone)
    if mapping.start:
        start = _interval(contract.column(mapping.start), contract.timezone)
        # An activity that has not ended, or whose start nobody recorded, is one event.
        return " union all ".join(
            f"select *, rowid as _place, '{step}' as _step, {first} as _moment, {last} as _latest "
            f"{rows} where {first} is not null"
            for step, first, last in (("start", *start), ("complete", moment, latest))
        )
    step = "lifecycle" if mapping.lifecycle else "null"
    return (
        f"select *, rowid as _place, {step} as _step, {moment} as _moment, {latest} as _latest "
        f"{rows}"
    )


def _interval(column: Column, timezone: str) -> tuple[str, str]:
    """First and last moment at which an event may have been: the same one for an exact moment.

    A day, week or month begins with local midnight, and a moment at exactly midnight is a day:
    that is what a system writes that has no time. A time without an offset that clocks showed twice
    was at either.
    """
    value, zone = quote(column.canonical), literal(timezone)
    if column.landing_type != "DATE":
        is_exact = column.form is None or column.form.has_offset
        latest = value if is_exact else second_reading(value, timezone)
        local = f"timezone({zone}, {value})"
        next_day = f"timezone({zone}, {local} + interval 1 day)"
        return value, f"if(date_trunc('day', {local}) = {local}, {next_day}, {latest})"
    step = {"week": "7 day", "month": "1 month"}.get(column.granularity or "", "1 day")
    return (
        f"timezone({zone}, cast({value} as timestamp))",
        f"timezone({zone}, {value} + interval {step})",
    )


def with_absent_activities(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    states: Sequence[DeliveryState],
) -> list[DeliveryState]:
    """Add, to the last delivery in use of each log, the mapped activities that never occurred."""
    found = list(states)
    for contract in contracts.values():
        log = contract.event_log
        of_log = [
            at
            for at, state in enumerate(found)
            if state.is_used
            and (state.organisation, state.table) == (contract.supplier, contract.table)
        ]
        if log is None or not of_log:
            continue
        seen = {
            activity
            for (activity,) in connection.execute(
                "select distinct activity from raw.event_log "
                "where organisation = ? and table_name = ?",
                [contract.supplier, contract.table],
            ).fetchall()
        }
        # An activity is mapped with its lifecycle or without.
        if log.lifecycle or log.start:
            seen |= {activity.rsplit("/", 1)[0] for activity in seen if activity}
        text = TEXTS["activiteit_ontbreekt"]
        findings = tuple(
            Finding(
                "activiteit_ontbreekt",
                "warning",
                activity,
                reason_nl=f"{text.reason_nl} Activiteit '{activity}', mijlpaal {milestone}.",
                reason_en=f"{text.reason_en} Activity '{activity}', milestone {milestone}.",
                remedy_nl=text.remedy_nl,
            )
            for activity, milestone in log.milestones.items()
            if activity not in seen
        )
        last = max(of_log, key=lambda at: (found[at].reference_date, found[at].version or 0))
        found[last] = replace(found[last], findings=(*found[last].findings, *findings))
    return found
