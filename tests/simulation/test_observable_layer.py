"""The observable layer of the ledger says exactly what the delivered files say.

It is made from the simulator's own bookkeeping; here the files themselves are read by other means,
and versions, changes and withdrawals applied.
"""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.settings import Settings
from pipelines.simulation.deliveries import observable_state
from pipelines.simulation.simulate import play
from tests.simulation.reading import current_state

TABLES = sorted(load_contracts(Settings().contracts_dir))


def by_key(table: pa.Table, contract: Contract) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = table.to_pylist()
    return {tuple(row[name] for name in contract.key): row for row in rows}


@pytest.mark.parametrize("table", TABLES)
def test_the_last_state_is_what_an_independent_reader_finds(table, chain, contracts):
    contract = contracts[table]
    ledger = pq.read_table(chain.ledger / "observable" / f"{table}.parquet")

    assert by_key(ledger, contract) == current_state(chain.files(table), contract)
    assert ledger.num_rows > 0


def test_an_earlier_state_is_what_the_files_known_by_then_say(chain, contracts, contracts_dir):
    reference_date, known_at = date(2026, 9, 30), datetime(2026, 10, 12, tzinfo=UTC)
    register = pd.read_csv(chain.inbox / "aankomst.csv", index_col="bestand")
    arrived = pd.to_datetime(register["ontvangen_op"], utc=True)

    plan = play(chain.config, load_contracts(contracts_dir)).plan
    states = {name: observable_state(sent, reference_date, known_at) for name, sent in plan.items()}

    n_not_yet = 0
    for table, contract in contracts.items():
        files = [each for each in chain.files(table) if each[0] <= reference_date]
        known = [each for each in files if arrived[each[2].name] <= pd.Timestamp(known_at)]
        n_not_yet += len(files) - len(known)
        assert by_key(states[table], contract) == current_state(known, contract), table
    assert n_not_yet > 0, "nothing was still under way, so the test shows nothing"


def test_every_file_is_in_the_table_of_deliveries_with_its_hash(chain):
    deliveries = chain.query("from '{ledger}/observable/deliveries.parquet'")
    listed = dict(zip(deliveries["file_name"], deliveries["sha256"], strict=True))
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in chain.inbox.iterdir()
        if path.name != "aankomst.csv"
    }

    assert listed == found
