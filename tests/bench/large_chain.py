"""A warehouse as large as asked: the demo chain, over and over, with keys and times of its own.

Here: the tables of `raw` as the pipeline would load them, without the intake (another benchmark).
Not here: anything that is timed.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from tests.warehouse.conftest import OTHER_TABLES, canonical_names

REFERENCE_DATE = "2026-10-31"
KNOWN_AT = datetime(2026, 12, 1, tzinfo=UTC)
# Hand-off rows of one demo chain, rounded down; the rows made are counted and printed.
ROWS_OF_ONE = 137_000
# Every copy's moments lie up to this much later, each by an amount of its own: lead times in hours
# repeat no more than in life.
_JITTER_SECONDS = 3600


def write_large_warehouse(home: Path, settings: Settings, path: Path, rows: int) -> None:
    """Write the schema `raw` of a warehouse with about so many hand-offs.

    Args:
        home: Folder for the simulated chain.
        settings: Where the contracts are.
        path: The warehouse.
        rows: Hand-off rows wanted.
    """
    simulate(SimulationConfig(), settings.contracts_dir, home / "inbox", home / "ledger")
    copies = -(-rows // ROWS_OF_ONE)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        for statement in OTHER_TABLES:
            connection.execute(statement)
        connection.execute(
            "create table raw.build as select ? as reference_date, ?::timestamptz as known_at, "
            "'Europe/Amsterdam' as timezone",
            [REFERENCE_DATE, KNOWN_AT],
        )
        for file in sorted((home / "ledger" / "observable").glob("*.parquet")):
            if file.stem != "deliveries":
                _multiply(connection, file, copies)


def _multiply(connection: duckdb.DuckDBPyConnection, file: Path, copies: int) -> None:
    columns = connection.execute(f"describe from '{file}'").fetchall()
    first = columns[0][0]
    renamed = canonical_names(file.stem)
    selected = ", ".join(
        f"{_copied(name, kind, first)} as {renamed.get(name, name)}" for name, kind, *_ in columns
    )
    connection.execute(
        f"create table raw.{file.stem} as select {selected} "
        f"from '{file}' cross join range({copies}) as copies(copy)"
    )


def _copied(name: str, kind: str, first: str) -> str:
    if name.endswith(("_sleutel", "_nr")):
        return f"case when copy = 0 then {name} else {name} || '_' || copy end"
    if kind.startswith("TIMESTAMP"):
        later = f"hash({first}, copy, '{name}') % {_JITTER_SECONDS}"
        return f"{name} + to_seconds(case when copy = 0 then 0 else {later} end::bigint)"
    return name
