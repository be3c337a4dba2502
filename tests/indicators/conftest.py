"""Three small chains, each taken through the whole pipeline once, beside their recomputation.

Here: the published chains and what was worked out again from their ledgers.
Not here: the working out (`recompute`).
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest

from pipelines.settings import Settings
from tests.indicators.recompute.figures import KEYS, lead_time_figures
from tests.indicators.recompute.findings import findings
from tests.indicators.recompute.handoffs import handoffs
from tests.indicators.recompute.marts import FINDINGS
from tests.indicators.recompute.milestones import Day, Tables, milestones, read_seed, read_tables

if TYPE_CHECKING:
    from pipelines.simulation.configuration import SimulationConfig

# The first shows what a change breaks; the others take minutes more to say the same.
SEEDS = (
    pytest.param(11, id="seed_11"),
    pytest.param(12, id="seed_12", marks=pytest.mark.long),
    pytest.param(13, id="seed_13", marks=pytest.mark.long),
)
REFERENCE = Day(date(2026, 10, 31))
# After the last delivery of the last peildatum has come in, whatever the machine's clock says.
KNOWN_AT = "2026-12-01T12:00:00+00:00"


def configuration(seed: int) -> "SimulationConfig":
    """A chain with every kind of case in it, small enough to publish within a minute."""
    from pipelines.simulation.configuration import SimulationConfig, Volumes

    return SimulationConfig(
        seed=seed,
        start=date(2024, 1, 1),
        end=REFERENCE.date,
        # A change file after the first delivery; every file more costs intake time.
        initial_delivery=date(2026, 9, 30),
        transition_from=date(2024, 6, 1),
        scale=0.05,
        # As many evaluations and answers as the whole country has, or hardly a theme would occur.
        volumes=Volumes(
            incidents_evaluated=5000, respondents_protected=2400, respondents_professional=5000
        ),
    )


@dataclass(frozen=True)
class PublishedChain:
    """A simulated chain, what the monitor published of it, and the same worked out again."""

    seed: int
    settings: Settings
    ledger: Path

    @cached_property
    def results(self) -> pd.DataFrame:
        """The long table of the researcher's file: nothing is protected there."""
        return self.read("select * from result")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The register as published."""
        return self.read("select * from indicator")

    @cached_property
    def tables(self) -> Tables:
        tables = read_tables(self.ledger)
        return {**tables, FINDINGS: findings(delivered(self.settings), tables["deliveries"])}

    @cached_property
    def rules(self) -> pd.DataFrame:
        return read_seed(self.settings.seeds_dir, "handoffs")

    @cached_property
    def handoffs(self) -> pd.DataFrame:
        """Every occurrence of every hand-off, paired again."""
        long = milestones(self.tables, self.settings.seeds_dir, REFERENCE)
        return handoffs(self.tables, long, self.settings.seeds_dir, REFERENCE)

    @cached_property
    def occurrences(self) -> pd.DataFrame:
        """Every occurrence of every hand-off as the warehouse has it."""
        path = str(self.settings.warehouse_path)
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute("from marts.fct_handoff").df()

    @property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First day on which anything of the chain started, and the reference date."""
        return self.handoffs["start_date"].min(), REFERENCE.midnight

    @cached_property
    def lead_times(self) -> pd.DataFrame:
        """Every lead-time figure: as published (`_published`) beside as recomputed."""
        first_day, _ = self.window
        recomputed = pd.concat(
            lead_time_figures(
                self.handoffs[self.handoffs["handoff_id"] == rule.handoff_id],
                *(rule, first_day, REFERENCE),
            )
            for rule in self.rules.itertuples()
        )
        kinds = self.indicators[self.indicators["kind"] == "lead_time"]
        handoff = kinds.set_index("indicator")["handoff_id"]
        published = self.results.assign(handoff_id=self.results["indicator"].map(handoff))
        published = published[published["handoff_id"].notna()]
        return recomputed.merge(
            published, on=KEYS, how="outer", suffixes=("", "_published"), indicator="found_in"
        )

    def published_of(self, indicator: str) -> pd.DataFrame:
        """Published figures of one indicator."""
        return self.results[self.results["indicator"] == indicator]

    def read(self, query: str, audience: str = "researcher") -> pd.DataFrame:
        """Answer of the file of an audience; in the researcher's nothing is withheld."""
        folder = self.settings.published_dir / audience
        name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
        with duckdb.connect(str(folder / name), read_only=True) as connection:
            return connection.execute(query).df()


def delivered(settings: Settings) -> Path:
    """Where the files stay to be read again: workbooks leave our own inbox once they landed."""
    return settings.home / "delivered"


@pytest.fixture(scope="session", params=SEEDS)
def published_chain(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> PublishedChain:
    """One of the chains, simulated, taken in, built and published."""
    from pipelines.road.walk import run
    from pipelines.simulation.simulate import simulate

    home = tmp_path_factory.mktemp(f"chain_{request.param}")
    settings = replace(Settings(), home=home)
    config = configuration(request.param)
    simulate(config, settings.contracts_dir, delivered(settings), home / "ledger")
    outcome = run(
        settings,
        inbox=delivered(settings),
        reference_date=REFERENCE.date.isoformat(),
        known_at=KNOWN_AT,
    )
    assert outcome.is_clean, (outcome.refused, outcome.failed)
    return PublishedChain(request.param, settings, home / "ledger")
