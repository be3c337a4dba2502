"""Suspected doubles: one case that may go under two keys.

Here: the grounds for suspicion that need no knowledge of hand-offs.
Not here: a hand-off sent under one key and received under the other (dbt adds it in
`fct_suspected_double`), and merging (`merges`).

Two keys are a suspected double when one table holds the same moments, to the second, for both, in
at least two columns; or when one supplier alone knows the one key, several suppliers but that one
the other, and both belong to the same person.
"""

from collections.abc import Mapping, Sequence

import duckdb

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import quote
from pipelines.deliveries.linkage.merges import Merge, merge_list

# One shared moment may be chance; two to the second are not.
_FEWEST_SHARED_MOMENTS = 2


SUSPECTED_DOUBLE = """
    create or replace table raw.suspected_double (
        key_kind varchar, key_a varchar, key_b varchar, ground varchar, place varchar,
        n_shared bigint, is_merged boolean
    )
"""


def write_shared_moments(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
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


def write_estranged(
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


def write_merged(
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
    connection.register("merge_list", merge_list(merges))
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
