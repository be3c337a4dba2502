"""The pipeline's own database: how it is opened, and which build it holds.

Here: the one connection to `warehouse.duckdb`, the dates of the build it holds, on which all steps
of a run and of a later run over part of the assets agree.
Not here: SQL about the chain (that is dbt's), what dbt is told (`dbt`), nor anything a reader of
figures opens (published files are separate, and no reader ever opens this one).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from pipelines.build import BuildDates
from pipelines.settings import Settings

# No process of the monitor contacts a host: DuckDB may not fetch extensions either. Beyond its
# memory it uses the disk, as in dbt's profile.
_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "6GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@contextmanager
def open_warehouse(
    settings: Settings, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse and close it again, whatever happens in between.

    Args:
        settings: Where the warehouse lives.
        read_only: Refuse every write.

    Yields:
        A connection whose session time zone is UTC, so that text of a moment never depends on
        the machine.

    Raises:
        duckdb.IOException: Another process has the warehouse open.
    """
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(settings.warehouse_path), read_only=read_only, config=_OPTIONS)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def one_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let all that is written within count together or not at all, also when the process is killed.

    Within another one it is a part of that one, which alone decides.

    Args:
        connection: A warehouse, open for writing.
    """
    if _is_in_transaction(connection):
        yield
        return
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _is_in_transaction(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a transaction is open; outside one every statement has a number of its own."""
    numbers = [connection.execute("select txid_current()").fetchone() for _ in range(2)]
    return numbers[0] == numbers[1]


def store_build_dates(
    connection: duckdb.DuckDBPyConnection, dates: BuildDates, timezone: str
) -> None:
    """Keep the dates of this build, and the zone of its days, for every later step."""
    connection.execute("create schema if not exists raw")
    connection.execute(
        "create or replace table raw.build as "
        "select ?::varchar as reference_date, ?::timestamptz as known_at, ?::varchar as timezone",
        [dates.reference_date, dates.known_at, timezone],
    )


def stored_build_dates(connection: duckdb.DuckDBPyConnection) -> BuildDates:
    """The dates of the build the warehouse holds."""
    row = connection.execute("select reference_date, known_at::varchar from raw.build").fetchone()
    if row is None:
        raise LookupError("het datapakhuis kent nog geen peildatum; draai eerst de bouw")
    return BuildDates(row[0], datetime.fromisoformat(row[1]))


def store_destroyed_until(connection: duckdb.DuckDBPyConnection, day: date | None) -> None:
    """Keep the last reference date of which deliveries were destroyed; None where none was."""
    connection.execute(
        "create or replace table raw.destroyed_until as select ?::date as reference_date", [day]
    )


def stored_destroyed_until(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The last reference date of which deliveries were destroyed: before it, rows are missing."""
    if not relation_exists(connection, "raw", "destroyed_until"):
        return None
    [(day,)] = connection.execute("select reference_date from raw.destroyed_until").fetchall()
    return day if isinstance(day, date) else None


def code_version() -> str:
    """Version of the installed product, as written into every published file."""
    return version("kwaliteitsmonitor")


def relation_exists(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether the warehouse holds a table or view of that name."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return found is not None


def manifest_path(settings: Settings) -> Path:
    """Where dbt writes the description of its own project, which Dagster reads."""
    return settings.dbt_target_dir / "manifest.json"
