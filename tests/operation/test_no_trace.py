"""A case that was withdrawn is nowhere after real runs: not under the home, not in a backup.

Landing zone, warehouse, memory, dbt's own folder, logs, publications, Dagster's home and backups of
a small chain that was really taken in, built and published, before and after.
"""

import gzip
import re
from pathlib import Path

import dagster as dg
import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines.assets.deliveries import build_landing_asset
from pipelines.assets.monitor import Monitor
from pipelines.assets.retention import build_retention_asset
from pipelines.cli import app
from pipelines.settings import Settings
from tests.operation.holders import holders
from tests.pipeline.test_change_road import deliver
from tests.publication.change_builds import events, write_chain

DAY = "2026-03-31"
_OWN_FORM = """          pattern: '^1-[0-9]{9}$'
        customProperties:
          # Nine digits: one in eleven passes the test for BSN by chance.
          - property: lookAlike
            value: bsn
"""


def pseudonym_of(number: str) -> str:
    return "z1_synth" + number.rjust(21, "0").translate(str.maketrans("0123456789", "abcdefghij"))


def put(inbox: Path, version: int) -> None:
    """A delivery of all cases of the first three months, under pseudonyms."""
    inbox.mkdir(parents=True, exist_ok=True)
    log = events(np.random.default_rng(2), 60)
    deliver(inbox, DAY, version, log[log["moment"] < "2026-04-01"])
    path = inbox / f"volvo_it_incidents_{DAY}_v{version}.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    keyed = re.sub("1-7([0-9]{8})", lambda found: pseudonym_of(found[1]), text)
    path.write_bytes(gzip.compress(keyed.encode()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chain = write_chain(tmp_path, 10, "days")
    contract = chain / "contracts" / "volvo_it_incidents.odcs.yaml"
    text = contract.read_text("utf-8")
    assert _OWN_FORM in text
    own = text.replace(_OWN_FORM, "          pattern: '^z1_[a-z2-7]{26}$'\n")
    contract.write_text(own, encoding="utf-8")
    return Settings(home=tmp_path / "home", chain=chain)


def command(settings: Settings, *arguments: str, typed: str | None = None) -> Result:
    told = CliRunner().invoke(
        app,
        [*arguments, "--chain", str(settings.chain)],
        env={"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"},
        input=typed,
    )
    assert told.exit_code == 0, told.output
    return told


@pytest.mark.long
def test_of_a_withdrawn_case_no_byte_is_left_and_it_does_not_come_back(
    settings, tmp_path, monkeypatch
):
    gone = pseudonym_of(f"{3:08d}")
    put(settings.inbox_dir, 1)
    command(settings, "run", "--reference-date", DAY)
    command(settings, "backup", str(tmp_path / "backup"))
    # Dagster has a home of its own, in which an intake is told too.
    monkeypatch.setenv("DAGSTER_HOME", str(settings.home / "dagster"))
    (settings.home / "dagster").mkdir(exist_ok=True)
    with dg.DagsterInstance.get() as instance:
        monitor = Monitor(home=str(settings.home), chain=str(settings.chain))
        assets = [build_landing_asset(), build_retention_asset()]
        assert dg.materialize(assets, instance=instance, resources={"monitor": monitor}).success

    def held() -> set[str]:
        return {name.partition("/")[0] for name in holders(settings.home, gone)}

    assert held() >= {"landing", "warehouse.duckdb", "published"}
    assert holders(tmp_path / "backup", gone)

    command(settings, "withdraw", "--reason", "Verzoek toegewezen.", typed=f"{gone}\n")
    assert held() == set()
    assert holders(tmp_path / "backup", gone) == []

    put(settings.inbox_dir, 2)
    command(settings, "run", "--reference-date", DAY)
    assert held() == set()
