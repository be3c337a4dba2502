"""Leaving no trace of cases that a build no longer has: withdrawn, merged into another, destroyed.

Here: older files of researchers that hold such a case, and the bytes it left in the warehouse.
Not here: what partners delivered (`destroy`, `withdraw`), and the memory, which overwrites whatever
it forgets (`pipelines.memo`).
"""

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
        for path in _older(settings, audience, current):
            if _holds_others(path, current):
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


def _holds_others(path: Path, current: Path) -> bool:
    try:
        return bool(_keys_in(path) - _keys_in(current))
    except duckdb.Error:
        # What cannot be read cannot be shown to hold none.
        return True


def _keys_in(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where column_name in (?, ?) and not internal",
            list(_KEYS),
        ).fetchall()
        return {
            str(key)
            for table, column in columns
            for (key,) in connection.execute(
                f'select distinct "{column}" from "{table}" where "{column}" is not null'
            ).fetchall()
        }
