"""Linkage: what share of the keys of one supplier or table also occurs with another.

Here: the rate of each pair that shares a kind of key.
Not here: two keys that may be one (`doubles`).

A rate is rarely 100%, and need not be: not every report becomes a case. What matters is a change.
"""

from collections.abc import Mapping, Sequence

import duckdb

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import quote
from pipelines.deliveries.linkage.doubles import (
    SUSPECTED_DOUBLE,
    write_estranged,
    write_merged,
    write_shared_moments,
)
from pipelines.deliveries.linkage.merges import Merge

_LINKAGE = """
    create or replace table raw.linkage (
        key_kind varchar, level varchar, organisation_a varchar, table_a varchar,
        organisation_b varchar, table_b varchar, n_keys bigint, n_linked bigint
    )
"""


def write_linkage(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    merges: Sequence[Merge],
) -> None:
    """Write `raw.linkage` and `raw.suspected_double` from the current state of all tables."""
    connection.execute(_LINKAGE)
    connection.execute(SUSPECTED_DOUBLE)
    for kind in ("case", "person"):
        holders = [
            (contract, column.canonical)
            for contract in contracts.values()
            for column in contract.data_columns
            if column.pseudonym == kind
        ]
        _write_rates(connection, kind, holders)
    for contract in contracts.values():
        write_shared_moments(connection, contract)
    write_estranged(connection, contracts)
    write_merged(connection, contracts, merges)


def _write_rates(
    connection: duckdb.DuckDBPyConnection, kind: str, holders: Sequence[tuple[Contract, str]]
) -> None:
    """Rates of every ordered pair of suppliers, and of tables of different suppliers.

    Many keys are held by the same ones, and how many those are does not grow with the chain: each
    set of holders is paired once, with the number of its keys.
    """
    if not holders:
        return
    union = " union all ".join(
        f"select {place} as place, {quote(column)} as key "
        f"from raw.{quote(contract.id)} where {quote(column)} is not null"
        for place, (contract, column) in enumerate(holders)
    )
    tables = ", ".join(
        f"({place}, '{contract.supplier}', '{contract.table}')"
        for place, (contract, _) in enumerate(holders)
    )
    connection.execute(
        f"""
        create or replace temp table held_alike as
        select row_number() over () as held, holders, count(*) as n_keys
        from (
            select bitstring_agg(place, 0, {max(1, len(holders) - 1)}) as holders
            from ({union})
            group by key
        )
        group by holders
        """
    )
    for level, table in (("organisation", "null::varchar"), ("table", "table_name")):
        connection.execute(
            f"""
            insert into raw.linkage
            with
            holdings as (
                select distinct held, organisation, {table} as table_name, n_keys
                from held_alike
                join (values {tables}) as tables(place, organisation, table_name)
                    on get_bit(holders, place) = 1
            ),
            sizes as (
                select organisation, table_name, sum(n_keys)::bigint as n_keys
                from holdings
                group by all
            ),
            shared as (
                select
                    a.organisation as organisation_a, a.table_name as table_a,
                    b.organisation as organisation_b, b.table_name as table_b,
                    sum(a.n_keys)::bigint as n_linked
                from holdings as a
                join holdings as b on a.held = b.held and a.organisation <> b.organisation
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
    connection.execute("drop table held_alike")
