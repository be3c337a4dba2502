"""Linkage: do the pseudonyms of different suppliers meet, and does one case go under two?

Here: the linkage rate of each pair of tables that share a kind of key, suspected doubles, and the
list of merges somebody decided on.
Not here: which deliveries count (`current_state`), and what a milestone means (dbt).

A rate is the share of the keys of one supplier (or table) that also occur with the other. It is
rarely 100%, and need not be: not every report becomes a case. What matters is a change.

Two keys are a suspected double when one table holds the same moments, to the second, for both, in
at least two columns; or when one supplier alone knows the one key, several suppliers but that one
the other, and both belong to the same person. A third ground, a hand-off sent under the one and
received under the other, needs to know what hand-offs are: dbt adds it (`fct_suspected_double`).
Suspicion never merges: only a line in `merges.csv`, with its date and reason, does, and from its
date on.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.deliveries.contract import Contract, ContractError
from pipelines.deliveries.conversion import quote

MERGES_NAME = "merges.csv"
MERGE_COLUMNS = ("from_key", "to_key", "valid_from", "reason")
# One shared moment may be chance; two to the second are not.
_FEWEST_SHARED_MOMENTS = 2

_LINKAGE = """
    create or replace table raw.linkage (
        key_kind varchar, level varchar, organisation_a varchar, table_a varchar,
        organisation_b varchar, table_b varchar, n_keys bigint, n_linked bigint
    )
"""
_SUSPECTED = """
    create or replace table raw.suspected_double (
        key_kind varchar, key_a varchar, key_b varchar, ground varchar, place varchar,
        n_shared bigint, is_merged boolean
    )
"""


@dataclass(frozen=True)
class Merge:
    """Two pseudonyms that somebody decided are one.

    Attributes:
        from_key: The pseudonym that is replaced.
        to_key: The pseudonym that stays.
        valid_from: First reference date of a build that uses the merge.
        reason: Why.
    """

    from_key: str
    to_key: str
    valid_from: date
    reason: str


def read_merges(seeds_dir: Path, reference_date: date) -> tuple[Merge, ...]:
    """Read the merges that hold for a build.

    Args:
        seeds_dir: Seeds of the chain; without the list there are no merges.
        reference_date: Reference date of the build.

    Returns:
        Merges, each leading to the key that stays in the end.

    Raises:
        ContractError: The list is not right.
    """
    path = seeds_dir / MERGES_NAME
    if not path.exists():
        return ()
    merges: dict[str, Merge] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != MERGE_COLUMNS:
            raise ContractError(f"{path}: verwacht de kolommen {','.join(MERGE_COLUMNS)}")
        for row in reader:
            try:
                day = date.fromisoformat(row["valid_from"])
            except (TypeError, ValueError) as error:
                raise ContractError(
                    f"{path}: regel {reader.line_num}: valid_from is geen datum jjjj-mm-dd"
                ) from error
            if not row["reason"] or row["from_key"] in merges or row["from_key"] == row["to_key"]:
                raise ContractError(
                    f"{path}: regel {reader.line_num}: elke samenvoeging heeft een reden en komt "
                    "één keer voor; herstel de regel"
                )
            if day <= reference_date:
                merge = Merge(row["from_key"], row["to_key"], day, row["reason"])
                merges[merge.from_key] = merge
    return tuple(
        Merge(merge.from_key, _final(merge, merges, path), merge.valid_from, merge.reason)
        for merge in merges.values()
    )


def _final(merge: Merge, merges: Mapping[str, Merge], path: Path) -> str:
    """The key at the end of a row of merges."""
    seen = {merge.from_key}
    key = merge.to_key
    while key in merges:
        if key in seen:
            raise ContractError(f"{path}: samenvoegingen lopen rond; verwijder er een")
        seen.add(key)
        key = merges[key].to_key
    return key


def apply_merges(
    connection: duckdb.DuckDBPyConnection, contract: Contract, merges: Sequence[Merge]
) -> None:
    """Replace merged pseudonyms in one table of the schema `raw`, which was just loaded."""
    columns = [column.canonical for column in contract.data_columns if column.pseudonym]
    if not merges or not columns:
        return
    connection.register("merge_list", _as_table(merges))
    for name in columns:
        connection.execute(
            f"update raw.{quote(contract.id)} as delivered set {quote(name)} = merge_list.to_key "
            f"from merge_list where delivered.{quote(name)} = merge_list.from_key"
        )
    connection.unregister("merge_list")


def write_linkage(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    merges: Sequence[Merge],
) -> None:
    """Write `raw.linkage` and `raw.suspected_double` from the current state of all tables.

    Args:
        connection: The warehouse, with all tables loaded.
        contracts: Contracts by id.
        merges: Merges that were applied.
    """
    connection.execute(_LINKAGE)
    connection.execute(_SUSPECTED)
    for kind in ("case", "person"):
        holders = [
            (contract, column.canonical)
            for contract in contracts.values()
            for column in contract.data_columns
            if column.pseudonym == kind
        ]
        _write_rates(connection, kind, holders)
    for contract in contracts.values():
        _write_suspected(connection, contract)
    _write_estranged(connection, contracts)
    _write_merged(connection, contracts, merges)


def _write_rates(
    connection: duckdb.DuckDBPyConnection, kind: str, holders: Sequence[tuple[Contract, str]]
) -> None:
    """Rates of every ordered pair of suppliers, and of tables of different suppliers."""
    if not holders:
        return
    union = " union all ".join(
        f"select '{contract.supplier}' as organisation, '{contract.table}' as table_name, "
        f"{quote(column)} as key from raw.{quote(contract.id)} where {quote(column)} is not null"
        for contract, column in holders
    )
    connection.execute(
        f"create or replace temp table linkage_keys as select distinct * from ({union})"
    )
    for level, table in (("organisation", "null::varchar"), ("table", "table_name")):
        connection.execute(
            f"""
            insert into raw.linkage
            with
            holder_keys as (
                select distinct organisation, {table} as table_name, key from linkage_keys
            ),
            sizes as (
                select organisation, table_name, count(*) as n_keys from holder_keys group by all
            ),
            shared as (
                select
                    a.organisation as organisation_a, a.table_name as table_a,
                    b.organisation as organisation_b, b.table_name as table_b, count(*) as n_linked
                from holder_keys as a
                join holder_keys as b on a.key = b.key and a.organisation <> b.organisation
                group by all
            )
            select
                '{kind}', '{level}', a.organisation, a.table_name, b.organisation, b.table_name,
                a.n_keys, coalesce(shared.n_linked, 0)
            from sizes as a
            join sizes as b on a.organisation <> b.organisation
            left join shared
                on shared.organisation_a = a.organisation
                and shared.organisation_b = b.organisation
                and shared.table_a is not distinct from a.table_name
                and shared.table_b is not distinct from b.table_name
            order by all
            """
        )
    connection.execute("drop table linkage_keys")


def _write_suspected(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Pairs of case keys with the same moments in one table."""
    moments = [
        column.canonical
        for column in contract.data_columns
        if column.granularity == "timestamp" and contract.mode != "event_log"
    ]
    cases = [column.canonical for column in contract.data_columns if column.pseudonym == "case"]
    if not cases or len(moments) < _FEWEST_SHARED_MOMENTS:
        return
    [case, *_] = cases
    rows = " union all ".join(
        f"select {quote(case)} as key, {at} as place, {quote(name)} as moment "
        f"from raw.{quote(contract.id)} where {quote(name)} is not null"
        for at, name in enumerate(moments)
    )
    connection.execute(
        f"""
        insert into raw.suspected_double
        with recorded as (select distinct * from ({rows}))
        select 'case', a.key, b.key, 'moments', '{contract.id}', count(*), false
        from recorded as a
        join recorded as b on a.place = b.place and a.moment = b.moment and a.key < b.key
        group by a.key, b.key
        having count(*) >= {_FEWEST_SHARED_MOMENTS}
        order by all
        """
    )


def _write_estranged(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    """Pairs of case keys of one person, of which one supplier alone knows the one.

    A case that passes through the chain is known to its first supplier and to the next. Where that
    supplier knows a key nobody else does, and the others one it does not, both may be one case.
    """
    rows = []
    for contract in contracts.values():
        keys = {
            column.pseudonym: column.canonical
            for column in contract.data_columns
            if column.pseudonym
        }
        if "case" in keys:
            person = quote(keys["person"]) if "person" in keys else "null"
            rows.append(
                f"select '{contract.supplier}' as organisation, {quote(keys['case'])} as key, "
                f"{person} as person from raw.{quote(contract.id)}"
            )
    if not rows:
        return
    connection.execute(
        f"""
        insert into raw.suspected_double
        with
        known as (
            select
                key,
                min(person) as person,
                list(distinct organisation) as organisations
            from ({" union all ".join(rows)})
            where key is not null
            group by key
        ),
        alone as (
            select key, person, organisations[1] as organisation
            from known
            where len(organisations) = 1
        )
        select 'case', least(alone.key, others.key), greatest(alone.key, others.key),
            'person', null, null, false
        from alone
        join known as others
            on alone.person = others.person
            and alone.key <> others.key
            and not list_contains(others.organisations, alone.organisation)
            and len(others.organisations) > 1
        order by all
        """
    )


def _write_merged(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    merges: Sequence[Merge],
) -> None:
    """What was merged is listed too, so that nobody wonders where a key went.

    Of a list that was made for other deliveries, only what is in these.
    """
    keys = " union ".join(
        f"select {quote(column.canonical)} as key, '{column.pseudonym}' as kind "
        f"from raw.{quote(contract.id)}"
        for contract in contracts.values()
        for column in contract.data_columns
        if column.pseudonym
    )
    if not merges or not keys:
        return
    connection.register("merge_list", _as_table(merges))
    connection.execute(
        f"""
        insert into raw.suspected_double
        select kind, least(from_key, to_key), greatest(from_key, to_key), 'list', null, null, true
        from merge_list
        join ({keys}) as known on known.key = merge_list.to_key
        order by all
        """
    )
    connection.unregister("merge_list")


def _as_table(merges: Sequence[Merge]) -> pa.Table:
    return pa.table(
        {
            "from_key": [merge.from_key for merge in merges],
            "to_key": [merge.to_key for merge in merges],
        }
    )
