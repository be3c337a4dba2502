"""What of a drafted file leaves: the tables and columns that the audience's catalogue names.

Here: the one place through which every table of such a file passes, and the columns whose words
name deliveries, which say the supplier instead.
Not here: which tables and columns those are (the catalogues), and how figures are protected
(`pipelines.disclosure`).

A draft is in memory and the file is written once, so that nothing of what stays behind was ever in
the file: a column taken out of a DuckDB file leaves its pages in it.
"""

from collections.abc import Mapping
from types import MappingProxyType

import duckdb

# `om_intake|om_pauze` becomes `om`: which table it was is between the supplier and the researcher.
_SUPPLIERS = (
    "array_to_string(list_sort(list_distinct(list_transform("
    "string_split({column}, '|'), lambda name: split_part(name, '_', 1)))), '|')"
)
_SHOWN_AS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "handoff": {"waits_for": _SUPPLIERS.format(column="waits_for")},
        "indicator": {"waits_for": _SUPPLIERS.format(column="waits_for")},
        "change_factor": {
            "items": _SUPPLIERS.format(column="items"),
            # Deliveries may be counted; what was merged are people and cases.
            "n_items": "case when factor <> 'merge' then n_items end",
        },
    }
)


def take_named(
    connection: duckdb.DuckDBPyConnection,
    draft: str,
    file: str,
    named: Mapping[str, tuple[str, ...]],
) -> None:
    """Copy what is named from a draft to a file.

    Args:
        connection: Connection to which both are attached.
        draft: Name of the draft.
        file: Name of the file, which is empty.
        named: Columns by table, as the catalogue of the audience names them. A table or column that
            the draft does not have is left out: a chain without evaluations has no themes.
    """
    for table, columns in named.items():
        held = {
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where database_name = ? and "
                "table_name = ?",
                [draft, table],
            ).fetchall()
        }
        shown_as = _SHOWN_AS.get(table, {})
        chosen = ", ".join(
            f'{shown_as[column]} as "{column}"' if column in shown_as else f'"{column}"'
            for column in columns
            if column in held
        )
        if chosen:
            connection.execute(
                f"create table {file}.{table} as select {chosen} from {draft}.{table}"
            )
