"""Real builds of a small chain, quick enough to make a hundred of them.

Here: a chain of one event log with two definitions, deliveries of it, and its figures as a function
of inputs: the tables loaded by the pipeline, dbt's own SQL, and the real estimators.
Not here: what is expected of them.

A build by dbt takes seconds, most of them dbt's. So dbt builds once per definition and reference
date, and after that its compiled statements are executed again on other deliveries and merges.
"""

import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.dbt import failures, run_dbt
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.set_aside import ROW_COLUMN
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.landing.zone import read_registry
from pipelines.publication.changes.factors import BuildInputs, Delivery
from pipelines.publication.changes.scratch import WITHOUT_TESTS, figures_of, load_inputs
from pipelines.settings import Settings
from pipelines.warehouse import manifest_path, open_warehouse

CHAIN = Path(__file__).resolve().parents[1] / "chains" / "bpi2013"
NORM = "N1,B1,days,{days},Voorbeeld,Example,true,2000-01-01,\n"
# A definition is a norm and a unit: days as a number, or calendar days.
DEFINITIONS = {"norm of 10 days": (10, "days"), "norm of 20 days": (20, "calendar_days")}
KNOWN_AT = datetime(2026, 6, 1, tzinfo=UTC)
MONTH_ENDS = {1: date(2026, 1, 31), 2: date(2026, 2, 28), 3: date(2026, 3, 31)}


def write_chain(folder: Path, norm_days: int, unit: str) -> Path:
    """The chain of an event log whose case key is a pseudonym, under one definition."""
    chain = folder / "incidenten"
    shutil.copytree(CHAIN, chain)
    contract = chain / "contracts" / "volvo_it_incidents.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    assert text.index("classification: intern") > text.index("name: case_key")
    pseudonym = text.replace("classification: intern", "classification: pseudoniem", 1)
    contract.write_text(pseudonym, encoding="utf-8")
    with (chain / "seeds" / "norms.csv").open("a", encoding="utf-8") as norms:
        norms.write(NORM.format(days=norm_days))
    path = chain / "seeds" / "handoffs.csv"
    handoffs = pd.read_csv(path, dtype=str, keep_default_na=False)
    handoffs.loc[handoffs["handoff_id"] == "B3", "unit"] = unit
    handoffs.to_csv(path, index=False)
    return chain


def events(rng: np.random.Generator, n_cases: int) -> pd.DataFrame:
    """Events of cases that begin in the first three months of 2026; some never end."""
    start = pd.Timestamp("2026-01-02", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 85 * 24, n_cases), unit="h"
    )
    case = [f"z1_synth{at:018d}" for at in range(n_cases)]
    rows = [pd.DataFrame({"case": case, "activity": "Accepted/In Progress", "moment": start})]
    for activity, share, scale in (
        ("Completed/Resolved", 0.8, 6.0),
        ("Completed/Closed", 0.7, 12.0),
        ("Queued/Awaiting Assignment", 0.4, 3.0),
    ):
        happens = rng.random(n_cases) < share
        after = pd.to_timedelta(rng.lognormal(np.log(scale), 0.8, n_cases) * 24, unit="h")
        of_activity = pd.DataFrame(
            {"case": case, "activity": activity, "moment": (start + after).floor("s")}
        )
        rows.append(of_activity[happens])
    return pd.concat(rows, ignore_index=True)


def land(settings: Settings, month: int, version: int, log: pd.DataFrame) -> None:
    """Put one delivery of the log in the landing zone."""
    parts = log["activity"].str.split("/", n=1, expand=True)
    rows = pa.table(
        {
            "case:concept:name": pa.array(log["case"], pa.string()),
            "concept:name": pa.array(parts[0], pa.string()),
            "lifecycle:transition": pa.array(parts[1], pa.string()),
            "time:timestamp": pa.array(log["moment"].dt.as_unit("us")),
            ROW_COLUMN: pa.array(range(1, len(log) + 1), pa.int64()),
        }
    )
    note = Landed(
        organisation="volvo_it",
        table="incidents",
        reference_date=MONTH_ENDS[month],
        version=version,
        file_name=f"volvo_it_incidents_{MONTH_ENDS[month]}_v{version}.csv",
        sha256=f"{month}{version}" * 32,
        content_sha256=f"{month}{version}" * 32,
        contract_version="1.0.0",
        received_at=KNOWN_AT,
        known_at=KNOWN_AT,
        rows=len(log),
        rows_quarantined=0,
    )
    with LandingWriter(settings) as writer:
        writer.write(rows)
        writer.commit(note)


def land_three_months(settings: Settings, rng: np.random.Generator) -> list[Delivery]:
    """Two versions of each month: the second moves some events, leaves some out and adds some.

    A month's log also holds a few events of the month before, registered late.
    """
    log = events(rng, 120)
    month = log["moment"].dt.month.clip(1, 4)
    is_late = rng.random(len(log)) < 0.1
    delivered_in = (month + is_late).clip(upper=4)
    for delivery_month in (1, 2, 3):
        whole = log[delivered_in == delivery_month]
        land(settings, delivery_month, 1, whole[rng.random(len(whole)) < 0.85])
        moved = whole.assign(
            moment=whole["moment"] + pd.to_timedelta((rng.random(len(whole)) < 0.2) * 2, unit="D")
        )
        land(settings, delivery_month, 2, moved[rng.random(len(whole)) < 0.95])
    return [Delivery.of(landed) for landed in read_registry(settings)]


@dataclass
class Builder:
    """Figures of the chain as a function of inputs; each set of inputs is built once.

    Attributes:
        homes: Settings per definition; all share one landing zone.
        made: Figures by inputs.
    """

    homes: dict[str, Settings]
    made: dict[BuildInputs, pd.DataFrame] = field(default_factory=dict)
    _statements: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def figures(self, inputs: BuildInputs) -> pd.DataFrame:
        """Figures in the long contract."""
        if inputs not in self.made:
            self.made[inputs] = self._build(inputs)
        return self.made[inputs]

    def by_dbt(self, inputs: BuildInputs) -> pd.DataFrame:
        """The same by a whole build of dbt, nothing reused."""
        settings = self.homes[inputs.definition]
        with open_warehouse(settings) as connection:
            load_inputs(connection, settings, inputs)
        self._run_dbt(settings, inputs.reference_date)
        with open_warehouse(settings) as connection:
            return figures_of(connection, settings, inputs)

    def _build(self, inputs: BuildInputs) -> pd.DataFrame:
        settings = self.homes[inputs.definition]
        key = inputs.definition, inputs.reference_date
        if key not in self._statements:
            with open_warehouse(settings) as connection:
                load_inputs(connection, settings, inputs)
            self._statements[key] = self._run_dbt(settings, inputs.reference_date)
        with open_warehouse(settings) as connection:
            load_inputs(connection, settings, inputs)
            for statement in self._statements[key]:
                connection.execute(statement)
            return figures_of(connection, settings, inputs)

    def _run_dbt(self, settings: Settings, reference_date: str) -> list[str]:
        """Build, and return the statements that made the models, in order."""
        done = run_dbt(settings, reference_date, WITHOUT_TESTS)
        assert not failures(done)
        nodes = json.loads(manifest_path(settings).read_text(encoding="utf-8"))["nodes"]
        compiled = settings.dbt_target_dir / "compiled" / "kwaliteitsmonitor"
        statements = []
        for event in done:
            node = nodes[event["data"]["node_info"]["unique_id"]]
            if node["resource_type"] == "model":
                sql = (compiled / node["original_file_path"]).read_text(encoding="utf-8")
                kind, name = node["config"]["materialized"], node["relation_name"]
                statements.append(f"create or replace {kind} {name} as ({sql}\n)")
        return statements


def make_builder(folder: Path) -> Builder:
    """Homes for both definitions, with one landing zone between them."""
    landing = folder / "landing"
    landing.mkdir()
    homes = {}
    for name, (norm_days, unit) in DEFINITIONS.items():
        home = folder / f"{norm_days}"
        home.mkdir()
        (home / "landing").symlink_to(landing)
        homes[name] = replace(Settings(), home=home, chain=write_chain(home, norm_days, unit))
    return Builder(homes)
