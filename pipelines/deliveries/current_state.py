"""The current state of every delivered table, as of a reference date and as known at a moment.

Here: the tables of the schema `raw` that dbt starts from: which deliveries make up a table, in
which order, and what is left of them.
Not here: what follows from several columns or rows (dbt), and judging punctuality (`punctuality`).

A delivered file has its partner's names; here its columns get those of the contract, and its types.

A snapshot replaces the one before; of change files the last record of each key counts, in order of
reference date and version, whatever the order of arrival, and what was withdrawn is gone. A table
whose deliveries have not changed since the last load is left alone. All of it is one transaction: a
load that is cut short leaves the tables of the one before.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.deliveries.accepted import AcceptedFinding, as_known, read_accepted
from pipelines.deliveries.contract import (
    CHANGE_COLUMN,
    WITHDRAWAL,
    Column,
    Contract,
    EventLogMapping,
)
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.findings import TEXTS, Finding
from pipelines.deliveries.forms import second_reading
from pipelines.deliveries.landing.set_aside import ROW_COLUMN, load_set_aside
from pipelines.deliveries.landing.zone import (
    DATA_FILE,
    Landed,
    landed_on,
    read_landing,
    read_refusals,
)
from pipelines.deliveries.linkage.agreement import Merge, apply_merges, read_merges, write_linkage
from pipelines.deliveries.punctuality import DeliveryState, delivery_states, utc
from pipelines.deliveries.registration import load_registration
from pipelines.settings import Settings
from pipelines.warehouse import one_transaction

log = logging.getLogger("kwaliteitsmonitor")

# Part of every fingerprint: a change of what this module makes of deliveries loads all anew.
_RECIPE = "5"

_DELIVERY_SCHEMA = pa.schema(
    [
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("status", pa.string()),
        ("due_on", pa.date32()),
        ("received_at", pa.timestamp("us", "UTC")),
        ("known_at", pa.timestamp("us", "UTC")),
        ("rows", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("sha256", pa.string()),
        ("contract_version", pa.string()),
        ("is_used", pa.bool_()),
        ("is_open", pa.bool_()),
    ]
)
_FINDING_SCHEMA = pa.schema(
    [
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("status", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("column_name", pa.string()),
        ("n_rows", pa.int64()),
        ("n_total", pa.int64()),
        ("reason_nl", pa.string()),
        ("reason_en", pa.string()),
        ("is_accepted", pa.bool_()),
    ]
)
_INPUT_SCHEMA = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("organisation", pa.string()),
        ("table_name", pa.string()),
        ("reference_date", pa.date32()),
        ("version", pa.int64()),
        ("sha256", pa.string()),
    ]
)
EVENT_LOG_COLUMNS = {
    "organisation": "VARCHAR",
    "table_name": "VARCHAR",
    "case_key": "VARCHAR",
    "activity": "VARCHAR",
    "milestone": "VARCHAR",
    "happened_at": "TIMESTAMP WITH TIME ZONE",
    "happened_at_latest": "TIMESTAMP WITH TIME ZONE",
    "org_group": "VARCHAR",
    "occurrence": "BIGINT",
    "attributes": "JSON",
}


@dataclass(frozen=True)
class CurrentState:
    """What was loaded.

    Attributes:
        rows: Rows per table.
        deliveries: Number of deliveries each table is made of.
        changed: Tables that differ from the last load, in order.
        inputs: Deliveries in use.
    """

    rows: dict[str, int]
    deliveries: dict[str, int]
    changed: tuple[str, ...]
    inputs: tuple[Landed, ...]


@dataclass(frozen=True)
class Selection:
    """What a state of the tables is made from.

    Attributes:
        deliveries: The deliveries that count, all their versions.
        reference_date: Day as of which their punctuality is judged.
        known_at: What is known later does not count.
        merges: Pseudonyms that are one.
    """

    deliveries: Sequence[Landed]
    reference_date: date
    known_at: datetime
    merges: tuple[Merge, ...]


def load_current_state(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    reference_date: date,
    known_at: datetime,
) -> CurrentState:
    """Load the tables of the schema `raw` as of a reference date and as known at a moment.

    Args:
        connection: The warehouse, open for writing.
        settings: Where the landing zone is.
        contracts: Contracts by id.
        reference_date: Deliveries as of a later day do not count.
        known_at: Deliveries known later do not count.

    Returns:
        What was loaded.
    """
    landing = read_landing(settings)
    for one in landing.damaged:
        log.warning(one.sentence)
    known = [one for one in landing.counted if one.reference_date <= reference_date]
    merges = read_merges(settings.seeds_dir, reference_date)
    return load_state(
        connection, settings, contracts, Selection(known, reference_date, known_at, merges)
    )


def load_state(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    selection: Selection,
) -> CurrentState:
    """Load the tables of the schema `raw` from a selection of deliveries.

    Every contract has a table, an empty one when nothing landed. Beside them `delivery`,
    `finding`, `input` and `event_log`.

    Args:
        connection: The warehouse, open for writing.
        settings: Where the landing zone is.
        contracts: Contracts by id.
        selection: What to load.

    Returns:
        What was loaded.
    """
    merges = selection.merges
    landing = read_landing(settings)
    by_table: dict[str, list[Landed]] = {one: [] for one in contracts}
    for one in landed_on(selection.deliveries, date.max, selection.known_at):
        if one.contract_id in by_table:
            by_table[one.contract_id].append(one)
    of_every_day = {key: list(mine) for key, mine in by_table.items()}
    for key, contract in contracts.items():
        if contract.mode == "snapshot":
            by_table[key] = by_table[key][-1:]
    rows: dict[str, int] = {}
    changed: list[str] = []
    with one_transaction(connection):
        before = _prepare(connection)
        for key, contract in contracts.items():
            fingerprint = _fingerprint(contract, by_table[key], merges)
            old = before.get(key)
            if old is not None and old[0] == fingerprint:
                rows[key] = old[1]
                continue
            rows[key] = _load(connection, settings, contract, by_table[key])
            apply_merges(connection, contract, merges)
            connection.execute("delete from raw._state where table_name = ?", [key])
            connection.execute(
                "insert into raw._state values (?, ?, ?)", [key, fingerprint, rows[key]]
            )
            changed.append(key)
        _forget(connection, [one for one in before if one not in contracts])
        load_registration(connection, settings, contracts, of_every_day)
        if changed or not _exists(connection, "event_log"):
            _load_event_log(connection, contracts)
        if changed or not _exists(connection, "set_aside"):
            load_set_aside(connection, settings, contracts, by_table, merges)
        if changed or not _exists(connection, "suspected_double"):
            write_linkage(connection, contracts, merges)
        used = tuple(one for key in contracts for one in by_table[key])
        states = delivery_states(
            contracts,
            selection.deliveries,
            read_refusals(settings),
            landing.held,
            landing.damaged,
            used,
            selection.reference_date,
            selection.known_at,
        )
        states = _with_absent_activities(connection, contracts, states)
        _write_states(connection, states, used, read_accepted(settings.contracts_dir))
    return CurrentState(
        rows=rows,
        deliveries={key: len(one) for key, one in by_table.items()},
        changed=tuple(changed),
        inputs=used,
    )


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """What was loaded, in numbers alone: for whoever watches the pipeline.

    Args:
        connection: The warehouse, after `load_state`.

    Returns:
        By table the monitor keeps itself: deliveries by status, findings by severity, pairs of
        suppliers, suspected doubles, events.
    """
    queries = {
        "delivery": "select status, count(*) from raw.delivery group by all order by 1",
        "finding": "select severity, count(*) from raw.finding group by all order by 1",
        "linkage": "select level || '_pairs', count(*) from raw.linkage group by all order by 1",
        "suspected_double": "select if(is_merged, 'merged', 'suspected'), count(*) "
        "from raw.suspected_double group by all order by 1",
        "event_log": "select 'events', count(*) from raw.event_log",
    }
    return {
        table: {str(name): int(n) for name, n in connection.execute(query).fetchall()}
        for table, query in queries.items()
    }


def _prepare(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    connection.execute("create schema if not exists raw")
    connection.execute(
        "create table if not exists raw._state "
        "(table_name varchar, fingerprint varchar, rows bigint)"
    )
    found = connection.execute("select table_name, fingerprint, rows from raw._state").fetchall()
    return {name: (fingerprint, rows) for name, fingerprint, rows in found}


def _fingerprint(contract: Contract, inputs: Sequence[Landed], merges: Sequence[Merge]) -> str:
    text = json.dumps(
        [
            _RECIPE,
            contract.mode,
            contract.key,
            [
                (one.name, one.canonical, one.landing_type, one.former_name)
                for one in contract.columns
            ],
            contract.event_log and sorted(contract.event_log.milestones.items()),
            contract.event_log and contract.event_log.start,
            # Moments of an event log get their interval here.
            contract.event_log and contract.timezone,
            contract.event_log and contract.column(contract.event_log.moment).date_format,
            [(one.delivery_id, one.content_sha256, one.rows) for one in inputs],
            [(one.from_key, one.to_key) for one in merges],
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _load(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    inputs: Sequence[Landed],
) -> int:
    table = f"raw.{quote(contract.id)}"
    columns = contract.data_columns
    if not inputs:
        typed = ", ".join(f"{quote(one.canonical)} {one.landing_type}" for one in columns)
        connection.execute(f"create or replace table {table} ({typed})")
        return 0
    paths = [str(one.folder(settings) / DATA_FILE) for one in inputs]
    order = pa.table(
        {
            "path": paths,
            "place": list(range(len(inputs))),
        }
    )
    connection.register("delivery_order", order)
    present = _present_columns(connection, paths)
    chosen = ", ".join(
        f"{_value(column, present)} as {quote(column.canonical)}" for column in columns
    )
    last = ""
    if contract.mode == "change_file":
        keys = ", ".join(_value(contract.column(name), present) for name in contract.key)
        last = (
            f"qualify row_number() over (partition by {keys} "
            f"order by place desc, {ROW_COLUMN} desc) = 1 "
            f"and delivered.{CHANGE_COLUMN} <> '{WITHDRAWAL}'"
        )
    connection.execute(
        f"""
        create or replace table {table} as
        select {chosen}
        from read_parquet(?, union_by_name = true, filename = true) as delivered
        join delivery_order on delivery_order.path = delivered.filename
        {last}
        order by place, {ROW_COLUMN}
        """,
        [paths],
    )
    connection.unregister("delivery_order")
    [(rows,)] = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows)


def _present_columns(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> set[str]:
    described = connection.execute(
        "describe select * from read_parquet(?, union_by_name = true)", [list(paths)]
    ).fetchall()
    return {row[0] for row in described}


def _value(column: Column, present: set[str]) -> str:
    """A column in its type, from deliveries under an earlier contract by its former name."""
    names = [name for name in (column.name, column.former_name) if name and name in present]
    if not names:
        return f"cast(null as {column.landing_type})"
    values = ", ".join(f"cast(delivered.{quote(name)} as {column.landing_type})" for name in names)
    return f"coalesce({values})"


def _forget(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Remove tables of contracts that are no longer there."""
    for name in names:
        connection.execute(f"drop table if exists raw.{quote(name)}")
        connection.execute("delete from raw._state where table_name = ?", [name])


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = ?", [name]
    ).fetchall()
    return bool(found)


def _load_event_log(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    """Bring all event logs into one form: one row per event, every event kept."""
    typed = ", ".join(f"{quote(name)} {kind}" for name, kind in EVENT_LOG_COLUMNS.items())
    connection.execute(f"create or replace table raw.event_log ({typed})")
    for contract in contracts.values():
        mapping = contract.event_log
        if mapping is None:
            continue
        case_key = quote(contract.column(mapping.case_key).canonical)
        activity = quote(contract.column(mapping.activity).canonical)
        full = f"{activity} || coalesce('/' || _step, '')"
        special = {
            mapping.start,
            mapping.case_key,
            mapping.activity,
            mapping.moment,
            mapping.lifecycle,
            mapping.group,
        }
        rest = [column for column in contract.data_columns if column.name not in special]
        packed = ", ".join(f"{literal(one.name)}, {quote(one.canonical)}" for one in rest)
        group = quote(contract.column(mapping.group).canonical) if mapping.group else "null"
        connection.register(
            "milestone_of",
            pa.table(
                {
                    "mapped": list(mapping.milestones),
                    "milestone": list(mapping.milestones.values()),
                }
            ),
        )
        connection.execute(
            f"""
            insert into raw.event_log
            select
                {literal(contract.supplier)},
                {literal(contract.table)},
                {case_key},
                {full},
                coalesce(by_lifecycle.milestone, by_activity.milestone),
                _moment,
                _latest,
                {group},
                row_number() over (
                    partition by {case_key}, {full} order by _moment, _place
                ),
                {f"json_object({packed})" if rest else "null"}
            from ({_events_of(contract, mapping)}) as events
            left join milestone_of as by_lifecycle on by_lifecycle.mapped = {full}
            left join milestone_of as by_activity on by_activity.mapped = {activity}
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
    step = "null"
    if mapping.lifecycle:
        step = quote(contract.column(mapping.lifecycle).canonical)
    return (
        f"select *, rowid as _place, {step} as _step, {moment} as _moment, {latest} as _latest "
        f"{rows}"
    )


def _with_absent_activities(
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
            for at, one in enumerate(found)
            if one.is_used and (one.organisation, one.table) == (contract.supplier, contract.table)
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
        seen |= {one.rsplit("/", 1)[0] for one in seen if (log.lifecycle or log.start) and one}
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


def _write_states(
    connection: duckdb.DuckDBPyConnection,
    states: Sequence[DeliveryState],
    used: Sequence[Landed],
    accepted: Sequence[AcceptedFinding],
) -> None:
    deliveries: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for one in states:
        common = {
            "organisation": one.organisation,
            "table_name": one.table,
            "reference_date": one.reference_date,
            "version": one.version,
            # A version may be refused and come again: its findings are told apart by it.
            "status": one.status,
        }
        deliveries.append(
            {
                **common,
                "due_on": one.due_on,
                "received_at": utc(one.received_at),
                "known_at": utc(one.known_at),
                "rows": one.rows,
                "rows_quarantined": one.rows_quarantined,
                "sha256": one.sha256 or None,
                "contract_version": one.contract_version or None,
                "is_used": one.is_used,
                "is_open": one.is_open,
            }
        )
        findings += [
            {
                **common,
                "rule": finding.rule,
                "severity": finding.severity,
                "column_name": finding.column or None,
                "n_rows": finding.rows,
                "n_total": finding.total,
                "reason_nl": finding.reason_nl,
                "reason_en": finding.reason_en,
                "is_accepted": finding.is_accepted,
            }
            for finding in as_known(
                one.organisation, one.table, one.reference_date, one.findings, accepted
            )
        ]
    inputs = [
        {
            "delivery_id": one.delivery_id,
            "organisation": one.organisation,
            "table_name": one.table,
            "reference_date": one.reference_date,
            "version": one.version,
            "sha256": one.content_sha256,
        }
        for one in used
    ]
    for name, rows, schema in (
        ("delivery", deliveries, _DELIVERY_SCHEMA),
        ("finding", findings, _FINDING_SCHEMA),
        ("input", inputs, _INPUT_SCHEMA),
    ):
        connection.register("states", pa.Table.from_pylist(rows, schema))
        connection.execute(f"create or replace table raw.{name} as from states")
        connection.unregister("states")
