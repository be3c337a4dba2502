"""The content hash: what makes two published files the same.

Here: hashing of tables by their sorted rows. DuckDB files with the same content differ in bytes,
so the file itself is not hashed.
Not here: which tables count.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import duckdb

_AT_A_TIME = 2
_ROWS_AT_A_TIME = 100_000


def table_hash(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """Hash one table, whatever the order of its rows.

    Args:
        connection: Connection whose session time zone is UTC (moments are hashed as text).
        table: Name of the table, qualified where needed.

    Returns:
        Number of rows, and the SHA-256 of its column names followed by the sorted digests of its
        rows. Sorting digests instead of rows gives the same independence of order, in half the
        time on wide tables.
    """
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    lines = connection.sql(
        "select md5(cast(to_json(row_of_table) as varchar)) as line "
        f"from {table} as row_of_table order by line"
    )
    rows_hash, n_rows = hashlib.sha256(), 0
    # Never all at once: of a hundred million rows the digests are more than one text can hold.
    for batch in lines.to_arrow_reader(_ROWS_AT_A_TIME):
        n_rows += batch.num_rows
        rows_hash.update("".join(batch.column("line").to_pylist()).encode())
    digest = hashlib.sha256(f"{columns}{rows_hash.hexdigest()}".encode())
    return n_rows, digest.hexdigest()


def table_hashes(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Hash tables, two at a time: the sorting inside one is the work of one thread.

    Args:
        connection: As in `table_hash`; each thread works on a connection of its own.
        schema: Where the tables are, as a prefix in SQL.
        tables: Their names; connections do not see each other's temporary ones.

    Returns:
        What `table_hash` says of each, by name.
    """

    def hashed(table: str) -> tuple[int, str]:
        with connection.cursor() as own:
            own.execute("set TimeZone = 'UTC'")
            return table_hash(own, f"{schema}.{table}")

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(tables, pool.map(hashed, tables), strict=True))


def content_hash(table_hashes: dict[str, str]) -> str:
    """One hash over the hashes of all tables, by name."""
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(table_hashes.items()))
    return hashlib.sha256(text.encode()).hexdigest()
