"""The register against the chain it is built for: what an entry names has to be there.

Here: the register a chain has, and the hand-offs, dimensions and columns its warehouse has.
Not here: what makes an entry whole in itself (`register`).
"""

from collections import defaultdict

import duckdb

from pipelines.indicators.register import (
    ChainFacts,
    Indicator,
    check_against_chain,
    load_register,
)
from pipelines.settings import BUILT_IN_CHAIN, Settings


def own_register(settings: Settings) -> list[Indicator]:
    """The entries written for the chain; only the built-in one has any.

    Raises:
        RegisterError: An entry is not whole.
    """
    if settings.chain_name != BUILT_IN_CHAIN:
        return []
    return load_register(settings.dbt_project_dir / "models" / "indicators" / "dim_indicator.yml")


def refuse_unknown_names(connection: duckdb.DuckDBPyConnection, register: list[Indicator]) -> None:
    """Refuse an entry that names what the warehouse does not have.

    Args:
        connection: Open warehouse; of a build that broke off, with the marts made until then.
        register: The entries.

    Raises:
        RegisterError: Naming the entry and what it names.
    """
    columns: dict[str, set[str]] = defaultdict(set)
    for mart, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
    ).fetchall():
        columns[mart].add(column)
    if not {"dim_handoff", "dim_dimension_member"} <= columns.keys():
        return
    handoffs = connection.execute("select * from marts.dim_handoff").df().to_dict("records")
    dimensions = connection.execute(
        "select distinct dimension from marts.dim_dimension_member"
    ).fetchall()
    check_against_chain(
        register,
        ChainFacts(
            {
                str(row["handoff_id"]): {
                    str(name): value for name, value in row.items() if isinstance(value, str)
                }
                for row in handoffs
            },
            frozenset(one for (one,) in dimensions),
            {mart: frozenset(names) for mart, names in columns.items()},
        ),
    )
