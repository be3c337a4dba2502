"""Registration: which delivery first carried an event, and how long after it happened.

Here: one row per recorded moment of every table that is delivered more than once, worked out from
the landed versions themselves, once per table and set of deliveries.
Not here: which deliveries count (`current_state`), how far what grows may still grow
(`pipelines.indicators.provisional`).

A moment belongs to its record and column, whatever its value: a correction is no second event. Of
each reference date the version that counts is looked at, so that a redelivery makes nothing late.
A moment in the future is a plan, and counts from the first delivery after it. An event log is left
out: its events have no record of their own to know them by.
"""

import hashlib
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.deliveries.contract import CHANGE_COLUMN, WITHDRAWAL, Column, Contract
from pipelines.deliveries.conversion import literal, quote
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.settings import Settings

TABLE = "registration"
_COLUMNS = (
    "organisation varchar, table_name varchar, column_name varchar, case_key varchar, "
    "person_key varchar, record_key varchar, happened_on date, carried_by date, carried_on date, "
    "is_first_due boolean"
)


def load_registration(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    deliveries: Mapping[str, Sequence[Landed]],
) -> None:
    """Bring `raw.registration` up to date; a table whose deliveries are the same is left alone.

    Args:
        connection: The warehouse, open for writing.
        settings: Where the landing zone is.
        contracts: Contracts by id.
        deliveries: By contract the version that counts of every reference date, in order.
    """
    connection.execute(f"create table if not exists raw.{TABLE} ({_COLUMNS})")
    connection.execute(
        f"create table if not exists raw._{TABLE} (table_id varchar, fingerprint varchar)"
    )
    before = dict(connection.execute(f"from raw._{TABLE}").fetchall())
    for gone in before.keys() - contracts.keys():
        _remove(connection, *gone.split("_", 1))
        connection.execute(f"delete from raw._{TABLE} where table_id = ?", [gone])
    for key, contract in contracts.items():
        mine = deliveries[key]
        known = _fingerprint(contract, mine)
        if before.get(key) == known:
            continue
        _remove(connection, contract.supplier, contract.table)
        columns = _moments(contract)
        if len(mine) > 1 and columns and contract.key and contract.event_log is None:
            _insert(connection, settings, contract, columns, mine)
        connection.execute(f"delete from raw._{TABLE} where table_id = ?", [key])
        connection.execute(f"insert into raw._{TABLE} values (?, ?)", [key, known])


def _remove(connection: duckdb.DuckDBPyConnection, organisation: str, table: str) -> None:
    connection.execute(
        f"delete from raw.{TABLE} where organisation = ? and table_name = ?", [organisation, table]
    )


def _fingerprint(contract: Contract, deliveries: Sequence[Landed]) -> str:
    parts = [
        str([(landed.delivery_id, landed.content_sha256) for landed in deliveries]),
        str([contract.key, [column.name for column in _moments(contract)]]),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _moments(contract: Contract) -> list[Column]:
    return [column for column in contract.data_columns if column.granularity is not None]


def _insert(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    columns: Sequence[Column],
    deliveries: Sequence[Landed],
) -> None:
    order = pa.table(
        {
            "path": [str(landed.folder(settings) / DATA_FILE) for landed in deliveries],
            "reference_date": [landed.reference_date for landed in deliveries],
            "received_at": [landed.received_at for landed in deliveries],
        }
    )
    paths = order["path"].to_pylist()
    present = {name for path in paths for name in pq.read_schema(path).names}
    is_change = contract.mode == "change_file" and CHANGE_COLUMN in present
    zone = literal(contract.timezone)
    keys = {
        kind: next((column.name for column in contract.columns if column.pseudonym == kind), None)
        for kind in ("case", "person")
    }
    # The first part of a key names the record, but where that is the case itself.
    first = contract.key[0]
    record = None if first in keys.values() else first

    def text(name: str | None) -> str:
        if name is None or name not in present:
            return "cast(null as varchar)"
        return f"cast({quote(name)} as varchar)"

    def day(column: Column) -> str:
        value = quote(column.name)
        is_day = column.landing_type == "DATE"
        return value if is_day else f"cast(timezone({zone}, {value}) as date)"

    shown = [column for column in columns if column.name in present]
    connection.register("delivery_order", order)
    connection.execute(
        f"""
        insert into raw.{TABLE}
        with delivered as (
            select
                concat_ws('|', {", ".join(f"coalesce({text(key)}, '')" for key in contract.key)})
                    as own_key,
                {text(keys["case"])} as case_key,
                {text(keys["person"])} as person_key,
                {text(record)} as record_key,
                reference_date,
                cast(timezone({zone}, received_at) as date) as received_on,
                {", ".join(f"{day(column)} as {quote(column.name)}" for column in shown)}
            from read_parquet(?, union_by_name = true, filename = true) as landed
            inner join delivery_order on delivery_order.path = landed.filename
            {f"where {CHANGE_COLUMN} <> '{WITHDRAWAL}'" if is_change else ""}
        ),
        moments as (
            unpivot delivered
            on {", ".join(quote(column.name) for column in shown)}
            into name column_name value happened_on
        )
        select
            {literal(contract.supplier)},
            {literal(contract.table)},
            column_name,
            arg_max(case_key, reference_date),
            arg_max(person_key, reference_date),
            arg_max(record_key, reference_date),
            arg_max(happened_on, reference_date) as last_known_on,
            min(reference_date),
            min(received_on),
            min(reference_date) <= last_day(last_known_on)
        from moments
        where happened_on <= reference_date
        group by own_key, column_name
        order by own_key, column_name
        """,
        [paths],
    )
    connection.unregister("delivery_order")
