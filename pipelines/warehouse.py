"""The pipeline's own database: how it is opened, and which build it holds.

Here: the one connection to `warehouse.duckdb`, the dates of the build it holds, on which all steps
of a run and of a later run over part of the assets agree.
Not here: SQL about the chain (that is dbt's), what dbt is told (`dbt`), nor anything a reader of
figures opens (published files are separate, and no reader ever opens this one).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.build import BuildDates, BuildError
from pipelines.settings import Settings

# How DuckDB says that another process has a file open.
_LOCKED = "Could not set lock"
# No process of the monitor contacts a host: DuckDB may not fetch extensions either. Beyond its
# memory it uses the disk, as in dbt's profile.
_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "6GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class WarehouseError(BuildError):
    """The warehouse cannot be opened; the message says why and the remedy."""


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
        WarehouseError: It cannot be opened: another process has it open, or it is damaged.
    """
    path = settings.warehouse_path
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_OPTIONS)
    except duckdb.Error as error:
        raise WarehouseError(_why_not_opened(path, error)) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _why_not_opened(path: Path, error: duckdb.Error) -> str:
    if _LOCKED in str(error):
        return f"een ander proces heeft {path} open; wacht tot dat klaar is"
    return (
        f"{path} is niet te openen; 'kwaliteitsmonitor build' maakt het opnieuw uit de landingszone"
    )


def is_usable(settings: Settings) -> bool:
    """Whether there is a warehouse that can be built upon.

    Raises:
        WarehouseError: Another process has it open.
    """
    if not settings.warehouse_path.is_file():
        return False
    try:
        with open_warehouse(settings, read_only=True) as connection:
            stored_build_dates(connection)
    except WarehouseError as error:
        if _LOCKED in str(error.__cause__):
            raise
        return False
    except (duckdb.Error, LookupError, ValueError):
        return False
    return True


def throw_away(settings: Settings) -> None:
    """Remove the warehouse: all of it can be made again from the landing zone.

    Whatever a full disk, a killed build or a broken block left in it goes with it.
    """
    # Beside it lie its log, and the folder of a query that did not fit in memory.
    for part in settings.home.glob(f"{settings.warehouse_path.name}*"):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink()


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
    if not relation_exists(connection, "raw", "build"):
        raise LookupError("de laatste bouw kwam niet af; draai 'kwaliteitsmonitor build'")
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
    # `information_schema` looks at every column of every database that is attached.
    found = connection.execute(
        """
        select 1 from duckdb_tables()
        where database_name = current_database() and schema_name = $schema and table_name = $name
        union all
        select 1 from duckdb_views()
        where database_name = current_database() and schema_name = $schema and view_name = $name
        """,
        {"schema": schema, "name": name},
    ).fetchone()
    return found is not None


def write_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: pd.DataFrame | pa.Table,
    columns: str = "*",
) -> None:
    """Write rows as a table, in the place of the one there was.

    Args:
        connection: A database, open for writing.
        name: The table with its schema, as SQL names it.
        rows: The rows.
        columns: What of them is written, as SQL selects it.
    """
    connection.register("rows_to_write", rows)
    connection.execute(f"create or replace table {name} as select {columns} from rows_to_write")
    connection.unregister("rows_to_write")


def manifest_path(settings: Settings) -> Path:
    """Where dbt writes the description of its own project, which Dagster reads."""
    return settings.dbt_target_dir / "manifest.json"
