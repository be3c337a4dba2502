"""How often a delivery that is as it should be waits for confirmation: never, in simulated chains.

A simulated chain withdraws cases, delivers months in part and puts them right, and its ledger says
which is which. Over sixty other chains no regular delivery of 35,043 was held or remarked upon
(2026-11; at most one in 11,700 then, by the rule of three), and every part of a snapshot was held
that came after three whole ones and lacked more than chance allows.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.deliveries.contract import CHANGE_COLUMN, WITHDRAWAL, Contract
from pipelines.deliveries.holding.losses import FEWEST_DELIVERIES, Losses
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import DATA_FILE
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.deliveries import Delivery
from pipelines.simulation.simulate import play
from tests.deliveries.conftest import Door

NOW = datetime(2026, 11, 26, tzinfo=UTC)
# Too few keys to tell a part from the whole.
FEW = 60


def keys_of(delivery: Delivery, contract: Contract) -> pa.Table:
    """The columns by which what disappeared is told, as they land."""
    rows = np.concatenate([delivery.rows, delivery.withdrawn_rows])
    cases = [column.name for column in contract.data_columns if column.pseudonym == "case"]
    table = {}
    for name in dict.fromkeys((*contract.key, *cases)):
        values, filled = delivery.cells(name)
        texts = [str(value) if there else None for value, there in
                 zip(values[rows], filled[rows], strict=True)]  # fmt: skip
        table[name] = pa.array(texts, pa.string())
    if contract.mode == "change_file":
        said = ["wijziging"] * len(delivery.rows) + [WITHDRAWAL] * len(delivery.withdrawn_rows)
        table[CHANGE_COLUMN] = pa.array(said, pa.string())
    return pa.table(table)


def verdicts(door: Door, home: Path, seed: int) -> Counter[tuple[str, str, str]]:
    """Mode, what the ledger says and what the door said, of every delivery of a small chain."""
    settings = Settings(home=home)
    losses = Losses(duckdb.connect(), settings)
    found: Counter[tuple[str, str, str]] = Counter()
    for name, plan in play(SimulationConfig(seed=seed, scale=0.1), door.contracts).plan.items():
        contract = door.contracts[name]
        counted: list[Landed] = []
        for delivery in plan:
            cells = keys_of(delivery, contract)
            landed = Landed(
                contract.supplier, contract.table, delivery.reference_date, delivery.version,
                delivery.file_name, "", "", "1.0.0", NOW, NOW, cells.num_rows, 0,
            )  # fmt: skip
            data = landed.folder(settings) / DATA_FILE
            data.parent.mkdir(parents=True)
            pq.write_table(cells, data)
            verdict = losses.judge(contract, landed.place, data, counted)
            kind = delivery.kind
            if kind == "partial" and (len(counted) < FEWEST_DELIVERIES or cells.num_rows < FEW):
                kind = "partial, early or small"
            said = "lands" if verdict is None else "held" if verdict.is_held else "told"
            found[contract.mode, kind, said] += 1
            if said != "held":
                counted.append(landed)
    return found


def check(found: Counter[tuple[str, str, str]]) -> None:
    print(dict(found))
    wrongly = {place: n for place, n in found.items() if place[2] != "lands"
               and not place[1].startswith("partial")}  # fmt: skip
    assert wrongly == {}
    assert found["snapshot", "regular", "lands"] > 500
    assert found["snapshot", "partial", "held"] > 0
    assert found["snapshot", "partial", "lands"] == found["snapshot", "partial", "told"] == 0


def test_in_another_chain_parts_of_snapshots_wait_and_nothing_else(door, tmp_path):
    check(verdicts(door, tmp_path / "chain", 8))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_in_twenty_more_chains_too(door, tmp_path, seed):
    check(verdicts(door, tmp_path / "chain", seed))
