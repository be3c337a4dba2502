"""Equal configurations give equal bytes; a run can be interrupted and repeated."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.simulation import simulate as simulation
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(chain, contracts_dir, tmp_path):
    simulate(chain.config, contracts_dir, tmp_path / "inbox", tmp_path / "ledger")

    assert contents(tmp_path / "inbox") == contents(chain.inbox)
    assert contents(tmp_path / "ledger") == contents(chain.ledger)


def test_another_seed_gives_another_chain(chain, contracts_dir, tmp_path):
    other = replace(chain.config, seed=chain.config.seed + 1)
    simulate(other, contracts_dir, tmp_path / "inbox", tmp_path / "ledger")

    name = "om_casus_2026-06-30_v1.csv"
    assert (tmp_path / "inbox" / name).read_bytes() != (chain.inbox / name).read_bytes()


def test_a_second_run_recognises_the_first_and_leaves_the_files_alone(contracts_dir, tmp_path):
    config = SimulationConfig.fixture()
    inbox, ledger = tmp_path / "inbox", tmp_path / "ledger"
    first = simulate(config, contracts_dir, inbox, ledger)
    (inbox / "om_casus_2026-06-30_v1.csv").unlink()  # taken in by the pipeline, say

    second = simulate(config, contracts_dir, inbox, ledger)

    assert (first.is_reused, second.is_reused) == (False, True)
    assert second.n_files == first.n_files
    assert second.seconds < 1
    assert not (inbox / "om_casus_2026-06-30_v1.csv").exists()


def test_an_interrupted_run_leaves_no_manifest_and_is_done_again(
    contracts_dir, tmp_path, monkeypatch
):
    config, inbox, ledger = SimulationConfig.fixture(), tmp_path / "inbox", tmp_path / "ledger"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(simulation, "write_true", interrupt)
        simulate(config, contracts_dir, inbox, ledger)
    assert not inbox.exists()

    summary = simulate(config, contracts_dir, inbox, ledger)

    assert not summary.is_reused
    assert len(list(inbox.iterdir())) == summary.n_files + 1  # and the arrival register
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_another_simulation_takes_away_the_files_of_the_one_before_and_no_others(
    contracts_dir, tmp_path
):
    inbox, ledger = tmp_path / "inbox", tmp_path / "ledger"
    inbox.mkdir()
    (inbox / "om_casus_2026-11-30_v1.csv").write_text("of somebody else", encoding="utf-8")
    first = SimulationConfig.fixture()
    simulate(
        replace(first, faults=replace(first.faults, partial_delivery=1.0)),
        contracts_dir,
        inbox,
        ledger,
    )
    simulate(first.without_faults(), contracts_dir, inbox, ledger)

    assert not list(inbox.glob("*_v2.*"))
    assert (inbox / "om_casus_2026-11-30_v1.csv").exists()


def test_the_manifest_says_that_nothing_is_real(chain):
    manifest = json.loads((chain.ledger / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["notice"] == "synthetische gegevens"
    assert manifest["seed"] == chain.config.seed
    assert len(manifest["fingerprint"]) == 64
