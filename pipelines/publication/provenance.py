"""Where a publication's figures come from.

Here: the row every published file carries about itself, and whether its figures rest on simulated
deliveries.
Not here: the hashes (`content`), nor writing the tables (`publish`).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

import duckdb

from pipelines.deliveries.pseudonyms import SYNTHETIC_MARK
from pipelines.warehouse import relation_exists


@dataclass(frozen=True)
class Provenance:
    """The one row of the table `publication`; the attributes are its columns."""

    publication_id: str
    audience: str
    chain_name: str
    chain_label_nl: str
    chain_label_en: str
    reference_date: date
    known_at: datetime
    timezone: str
    built_at: datetime
    code_version: str
    content_hash: str
    is_synthetic: bool
    previous_publication_id: str | None
    definition_hash: str
    merge_hash: str
    input_hash: str
    threshold: int
    rounding_base: int

    def write(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        """Write the row into a new table `publication` of a schema or attached file."""
        types = {date: "date", datetime: "timestamptz", bool: "boolean", int: "integer"}
        values = asdict(self)
        columns = ", ".join(
            f"?::{types.get(type(value), 'varchar')} as {name}" for name, value in values.items()
        )
        connection.execute(
            f"create table {schema}.publication as select {columns}", list(values.values())
        )


def chain_labels(warehouse: duckdb.DuckDBPyConnection, chain_name: str) -> tuple[str, str]:
    """Dutch and English label of the chain; its name when its seeds give none."""
    if relation_exists(warehouse, "marts", "dim_chain"):
        row = warehouse.execute("select label_nl, label_en from marts.dim_chain").fetchone()
        if row is not None:
            return str(row[0]), str(row[1])
    return chain_name, chain_name


def is_synthetic(warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether any case in the warehouse was simulated.

    The mark is in the pseudonym itself, so it survives copying, renaming and redelivery.
    """
    if not relation_exists(warehouse, "marts", "fct_case"):
        return False
    found = warehouse.execute(
        "select 1 from marts.fct_case where starts_with(substr(case_key, 4), ?) limit 1",
        [SYNTHETIC_MARK],
    ).fetchall()
    return bool(found)
