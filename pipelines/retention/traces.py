"""Leaving no trace of cases that a build no longer has: withdrawn, merged into another, destroyed.

Here: older files of researchers that hold such a case, and the bytes it left in the warehouse.
Not here: what partners delivered (`destroy`, `withdraw`), and the memory, which overwrites whatever
it forgets (`pipelines.memo`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.publication.audiences import AUDIENCES, home_of
from pipelines.publication.current import current_path
from pipelines.settings import Settings

WITH_ROWS = tuple(audience.name for audience in AUDIENCES.values() if not audience.is_protected)
_KEYS = ("case_key", "person_key")


def leave_no_trace(settings: Settings) -> int:
    """Remove older files with a case that the current one lacks; then rewrite the warehouse.

    Hold the writer's lock, and have the warehouse open nowhere.

    Returns:
        Number of files removed. Without any, no case left, and the warehouse stays as it is.
    """
    removed = 0
    for audience in WITH_ROWS:
        current = current_path(settings, audience)
        if current is None or not current.exists():
            continue
        for path in _holding_others(_older(settings, audience, current), current):
            for own in path.parent.glob(f"{path.stem}.*"):
                own.unlink()
            removed += 1
    if removed:
        rewrite_warehouse(settings)
    return removed


def rewrite_warehouse(settings: Settings) -> None:
    """Write the warehouse anew: a file of DuckDB keeps the bytes of rows that were deleted."""
    path = settings.warehouse_path
    if not path.exists():
        return
    # dbt knows the database by the name of its file, which therefore stays the same.
    fresh = path.with_name(f".{path.stem}") / path.name
    fresh.parent.mkdir(exist_ok=True)
    fresh.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        quoted = str(fresh).replace("'", "''")
        connection.execute(f"attach '{quoted}' as fresh")
        connection.execute(f'copy from database "{path.stem}" to fresh')
    fresh.replace(path)
    fresh.parent.rmdir()


def _older(settings: Settings, audience: str, current: Path) -> list[Path]:
    """Files as of no later day and moment: a day built again lacks what came after it."""
    folders = (current.parent, home_of(settings, audience) / "published" / audience)
    named = (path for folder in folders for path in sorted(folder.glob("[!.]*.duckdb")))
    return [
        path
        for path in named
        if path.stem != current.stem
        and all(
            mine <= own
            for mine, own in zip(path.stem.split("_")[:2], current.stem.split("_")[:2], strict=True)
        )
    ]


def _holding_others(paths: Sequence[Path], current: Path) -> list[Path]:
    """Those of older files in which a case or person stands that the current one lacks."""
    if not paths:
        return []
    with duckdb.connect() as connection:
        with _keys_in(connection, current) as keys:
            connection.execute(f"create temp table kept as {keys}")
        return [path for path in paths if _holds_others(connection, path)]


def _holds_others(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    try:
        with _keys_in(connection, path) as keys:
            found = connection.execute(f"from ({keys}) anti join kept using (key) limit 1")
            return bool(found.fetchall())
    except duckdb.Error:
        # What cannot be read cannot be shown to hold none.
        return True


@contextmanager
def _keys_in(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    """The question that gives every key in a published file, as long as that is attached."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as file (read_only)")
    try:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where database_name = 'file' and column_name in (?, ?) and not internal",
            list(_KEYS),
        ).fetchall()
        yield " union ".join(
            [
                f'select "{column}" as key from file."{table}" where "{column}" is not null'
                for table, column in columns
            ]
            or ["select null::varchar as key where false"]
        )
    finally:
        connection.execute("detach file")
