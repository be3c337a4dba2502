"""A home of its own for each test, and deliveries that pass until the test spoils them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.current_state import CurrentState, load_current_state
from pipelines.deliveries.intake.deliver import deliver
from pipelines.deliveries.intake.outcome import DeliveryReport, Outcome
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.settings import Settings

DAY = date(2026, 9, 30)
NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Door:
    """The door in, with an inbox in front of it."""

    settings: Settings
    contracts: dict[str, Contract]

    def cells(self, table: str, rows: int = 20, *, day: date = DAY, seed: int = 1) -> pa.Table:
        return sample_cells(self.contracts[table], rows, day, seed=seed)

    def put(
        self,
        table: str,
        cells: pa.Table | None = None,
        *,
        day: date = DAY,
        version: int = 1,
        packed: str = "",
    ) -> Path:
        """Put a delivery in the inbox; sample rows unless rows are given."""
        contract = self.contracts[table]
        self.settings.inbox_dir.mkdir(parents=True, exist_ok=True)
        path = self.settings.inbox_dir / (file_name(contract, day, version) + packed)
        write_sample(self.cells(table, day=day) if cells is None else cells, contract, path)
        return path

    def put_bytes(self, name: str, content: bytes) -> Path:
        self.settings.inbox_dir.mkdir(parents=True, exist_ok=True)
        path = self.settings.inbox_dir / name
        path.write_bytes(content)
        return path

    def take(self, *paths: Path, now: datetime = NOW) -> DeliveryReport:
        return deliver(paths or [self.settings.inbox_dir], self.settings, now=now)

    def take_one(self, path: Path, now: datetime = NOW) -> Outcome:
        [outcome] = self.take(path, now=now).outcomes
        assert outcome.rows_in == (
            outcome.rows_landed + outcome.rows_quarantined + outcome.rows_refused
        )
        return outcome

    def state(
        self, *, day: date = DAY, known_at: datetime = NOW
    ) -> tuple[duckdb.DuckDBPyConnection, CurrentState]:
        """Load the current state into a warehouse in memory."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        state = load_current_state(connection, self.settings, self.contracts, day, known_at)
        return connection, state

    def content_left(self) -> set[str]:
        """Files that could hold content of a delivery; quarantine and feedback have tests."""
        return {
            str(path.relative_to(self.settings.home))
            for path in self.settings.home.rglob("*")
            if path.is_file()
            and not path.is_relative_to(self.settings.quarantine_dir)
            and not path.is_relative_to(self.settings.feedback_dir)
            and path.suffix != ".json"
            and path.name != ".key"
        }


@pytest.fixture
def door(tmp_path: Path) -> Door:
    settings = Settings(home=tmp_path / "home")
    return Door(settings, load_contracts(settings.contracts_dir))


@pytest.fixture
def with_contract() -> Callable[[Door, str, dict[str, object]], Door]:
    """A door whose contract differs in some respects from the real one."""

    def change(door: Door, table: str, differences: dict[str, object]) -> Door:
        changed = replace(door.contracts[table], **differences)  # type: ignore[arg-type]
        return Door(door.settings, {**door.contracts, table: changed})

    return change


def set_cell(cells: pa.Table, column: str, row: int, value: str | None) -> pa.Table:
    """The same cells with one changed; the first row is 1."""
    values = cells[column].to_pylist()
    values[row - 1] = value
    place = cells.column_names.index(column)
    return cells.set_column(place, column, pa.array(values, pa.string()))
