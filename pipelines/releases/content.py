"""The database of a release: read, and written once.

Here: the tables of a published file as frames, and a release made of a candidate with its own
tables in place of some.
Not here: what stands in those tables (`freeze`, `desk`).
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import pandas as pd

from pipelines.publication.content import content_hash, table_hashes
from pipelines.releases.freeze import REVISION_COLUMNS
from pipelines.warehouse import write_table

PUBLICATION, HASHES = "publication", "table_hash"
# What a release holds beside what the catalogue of the advisory body names.
OWN_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "release": (
            *("release_id", "reference_date", "candidate", "embargo", "supersedes"),
            *("revision", "revision_reason"),
        ),
        "revision": (*REVISION_COLUMNS, "revised_in"),
        "excluded": ("organisation", "label_nl", "label_en", "indicator"),
        "comment": ("indicator", "period", "dimension", "member", "organisation", "text"),
        # Without what the platform wrote about it.
        "rebase": ("record_key", "day", "handoff_id", "indicator", "note"),
    }
)


def read_tables(path: Path, *names: str) -> dict[str, pd.DataFrame]:
    """Read tables of a published file.

    Args:
        path: The file.
        names: Which tables; every one when none is named. One that is not there is left out.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        present = _tables(connection)
        wanted = [name for name in (names or present) if name in present]
        return {name: connection.execute(f'from "{name}"').df() for name in wanted}


def write_release(
    path: Path,
    base: Path,
    own: Mapping[str, pd.DataFrame],
    told: Mapping[str, object] | None = None,
) -> None:
    """Write the file of a release beside its place, and put it there read-only, whole.

    Args:
        path: Where it comes; its folder is made when missing.
        base: The file it is made of: a candidate, or the draft.
        own: Tables of the release's own, in place of those of the file or added to them.
        told: What its row in `publication` says otherwise than that of the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    temporary.unlink(missing_ok=True)
    quoted = str(base).replace("'", "''")
    with duckdb.connect(str(temporary)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{quoted}' as base (read_only)")
        for name in _tables(connection, "base"):
            if name not in {*own, HASHES}:
                connection.execute(f'create table "{name}" as from base."{name}"')
        connection.execute("detach base")
        for name, frame in own.items():
            columns = OWN_TABLES.get(name, tuple(frame.columns))
            write_table(connection, f'"{name}"', frame[list(columns)])
        for column, value in (told or {}).items():
            connection.execute(f'update {PUBLICATION} set "{column}" = ?', [value])
        _write_hashes(connection)
    temporary.chmod(0o400)
    temporary.replace(path)


def _write_hashes(connection: duckdb.DuckDBPyConnection) -> None:
    counted = [name for name in _tables(connection) if name != PUBLICATION]
    hashes = table_hashes(connection, "main", counted)
    digest = content_hash({table: sha256 for table, (_, sha256) in hashes.items()})
    connection.execute(f"update {PUBLICATION} set content_hash = ?", [digest])
    connection.execute(f"create table {HASHES} (table_name varchar, n_rows bigint, sha256 varchar)")
    connection.executemany(
        f"insert into {HASHES} values (?, ?, ?)",
        [(table, n_rows, sha256) for table, (n_rows, sha256) in sorted(hashes.items())],
    )


def _tables(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> list[str]:
    """Names of the tables of a database, by name; of the opened one when none is named."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where not internal "
        "and database_name = coalesce(?, current_database()) order by 1",
        [database],
    ).fetchall()
    return [name for (name,) in rows]
