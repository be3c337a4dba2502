"""The tiny chain, made once, and what the tests of the simulation need to read it."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.settings import Settings
from pipelines.simulation.configuration import FaultRates, SimulationConfig
from pipelines.simulation.simulate import Played, play, simulate


@dataclass(frozen=True)
class WrittenChain:
    """A chain on disk."""

    config: SimulationConfig
    inbox: Path
    ledger: Path

    def files(self, table: str) -> list[tuple[date, int, Path]]:
        """Peildatum, version and path of every delivery of a table."""
        found = []
        for path in sorted(self.inbox.glob(f"{table}_20*")):
            _, day, version = path.stem.rsplit("_", 2)
            found.append((date.fromisoformat(day), int(version[1:]), path))
        return found

    def query(self, sql: str) -> pd.DataFrame:
        """Run SQL in which {ledger} stands for the ledger's folder."""
        with duckdb.connect() as connection:
            result = connection.execute(sql.format(ledger=self.ledger))
            names = [column[0] for column in result.description]
            return pd.DataFrame(result.fetchall(), columns=names)


@pytest.fixture(scope="session")
def contracts_dir() -> Path:
    return Settings().contracts_dir


@pytest.fixture(scope="session")
def contracts(contracts_dir: Path) -> dict[str, Contract]:
    return load_contracts(contracts_dir)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory, contracts_dir: Path) -> WrittenChain:
    """The fixture chain, with more faults of deliveries than usual so that each kind occurs."""
    home = tmp_path_factory.mktemp("simulated")
    rates = FaultRates(
        late_delivery=0.1,
        partial_delivery=0.1,
        corrected_delivery=0.1,
        duplicated_delivery=0.1,
        withdrawn=0.05,
        second_pseudonym=0.05,
        reopened=0.05,
    )
    config = replace(SimulationConfig.fixture(), faults=rates)
    simulate(config, contracts_dir, home / "inbox", home / "ledger")
    return WrittenChain(config, home / "inbox", home / "ledger")


@pytest.fixture(scope="session")
def demo(contracts: dict[str, Contract]) -> Played:
    """The demo chain in memory: what happened, what is on record, what would be delivered."""
    return play(SimulationConfig(), contracts)
