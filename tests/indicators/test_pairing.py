"""The first stop after the start, for hand-offs whose stops repeat: paired twice, from one chain.

No hand-off of the built-in chain is paired so. Here every one of them that pairs first with first
is, in a copy of the warehouse of a whole chain, by dbt's own statement; the recomputation reads the
same rule in a copy of the seeds.
"""

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.handoffs import handoffs
from tests.indicators.recompute.milestones import milestones, read_seed

pytestmark = pytest.mark.parametrize(
    "published_chain", [pytest.param(11, id="seed_11")], indirect=True
)
MODEL = Path("models") / "intermediate" / "handoffs" / "int_handoff.sql"


@pytest.fixture(scope="module")
def ours(published_chain: PublishedChain, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    settings = published_chain.settings
    path = tmp_path_factory.mktemp("pairing") / settings.warehouse_path.name
    shutil.copy(settings.warehouse_path, path)
    compiled = settings.dbt_target_dir / "compiled" / "kwaliteitsmonitor" / MODEL
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            "update seeds.handoffs set occurrence = 'after' where occurrence = 'first'"
        )
        return connection.execute(compiled.read_text(encoding="utf-8")).df()


@pytest.fixture(scope="module")
def theirs(
    published_chain: PublishedChain, tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    seeds = tmp_path_factory.mktemp("seeds") / "after"
    shutil.copytree(published_chain.settings.seeds_dir, seeds)
    rules = read_seed(seeds, "handoffs")
    rules["occurrence"] = rules["occurrence"].replace("first", "after")
    rules.to_csv(seeds / "handoffs.csv", index=False)
    long = milestones(published_chain.tables, seeds, REFERENCE)
    return handoffs(published_chain.tables, long, seeds, REFERENCE)


def counted(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[int, float]]:
    grouped = rows.groupby(["handoff_id", "status"])["duration"]
    return {key: (len(durations), round(float(durations.sum()), 6)) for key, durations in grouped}


def test_both_readings_pair_alike(ours, theirs):
    assert counted(ours) == counted(theirs)


def test_no_stop_is_set_aside_for_coming_first(published_chain, ours):
    paired = published_chain.rules.set_index("handoff_id")["occurrence"]
    negative = ours[ours["status"] == "negative"]
    assert set(negative["handoff_id"].map(paired)) <= {"each", "next"}
    before = published_chain.read("select handoff_id from fct_handoff where status = 'negative'")
    assert "first" in set(before["handoff_id"].map(paired)), "or nothing is shown by this"
