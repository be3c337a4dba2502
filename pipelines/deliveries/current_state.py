"""The current state of every delivered table, as of a reference date and as known at a moment.

Here: the tables of the schema `raw` that dbt starts from: which deliveries make up a table, in
which order, and what is left of them.
Not here: what follows from several columns or rows (dbt), the tables of deliveries themselves
(`states`), and events (`event_log`).

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
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import CHANGE_COLUMN, WITHDRAWAL, Column, Contract
from pipelines.deliveries.conversion import quote
from pipelines.deliveries.event_log import load_event_log, with_absent_activities
from pipelines.deliveries.landing.landed import Landed, landed_on
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.landing.set_aside import ROW_COLUMN
from pipelines.deliveries.landing.zone import read_landing
from pipelines.deliveries.linkage.merges import Merge, apply_merges, read_merges
from pipelines.deliveries.linkage.rates import write_linkage
from pipelines.deliveries.punctuality import delivery_states
from pipelines.deliveries.registration import load_registration
from pipelines.deliveries.set_aside_table import load_set_aside
from pipelines.deliveries.states import write_states
from pipelines.settings import Settings
from pipelines.warehouse import one_transaction

log = logging.getLogger("kwaliteitsmonitor")

# Part of every fingerprint: a change of what this module makes of deliveries loads all anew.
_RECIPE = "6"


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
    """
    landing = read_landing(settings)
    for damaged in landing.damaged:
        log.warning(damaged.sentence)
    known = [landed for landed in landing.counted if landed.reference_date <= reference_date]
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
    """
    merges = selection.merges
    landing = read_landing(settings)
    by_table: dict[str, list[Landed]] = {key: [] for key in contracts}
    for landed in landed_on(selection.deliveries, date.max, selection.known_at):
        if landed.contract_id in by_table:
            by_table[landed.contract_id].append(landed)
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
        _forget(connection, [key for key in before if key not in contracts])
        load_registration(connection, settings, contracts, of_every_day)
        if changed or not _exists(connection, "event_log"):
            load_event_log(connection, contracts)
        if changed or not _exists(connection, "set_aside"):
            load_set_aside(connection, settings, contracts, by_table, merges)
        if changed or not _exists(connection, "suspected_double"):
            write_linkage(connection, contracts, merges)
        used = tuple(landed for key in contracts for landed in by_table[key])
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
        states = with_absent_activities(connection, contracts, states)
        write_states(connection, states, used, read_accepted(settings.contracts_dir))
    return CurrentState(
        rows=rows,
        deliveries={key: len(deliveries) for key, deliveries in by_table.items()},
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
                (column.name, column.canonical, column.landing_type, column.former_name)
                for column in contract.columns
            ],
            contract.event_log and sorted(contract.event_log.milestones.items()),
            contract.event_log and contract.event_log.start,
            # Moments of an event log get their interval here.
            contract.event_log and contract.timezone,
            contract.event_log and contract.column(contract.event_log.moment).date_format,
            [(landed.delivery_id, landed.content_sha256, landed.rows) for landed in inputs],
            [(merge.from_key, merge.to_key) for merge in merges],
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
        typed = ", ".join(f"{quote(column.canonical)} {column.landing_type}" for column in columns)
        connection.execute(f"create or replace table {table} ({typed})")
        return 0
    paths = [str(landed.folder(settings) / DATA_FILE) for landed in inputs]
    order = pa.table({"path": paths, "place": list(range(len(inputs)))})
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
