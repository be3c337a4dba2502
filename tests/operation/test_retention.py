"""A delivery goes when its term ends, wherever its rows are, and the record says so and no more."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.assets.deliveries import build_landing_asset
from pipelines.assets.monitor import Monitor
from pipelines.assets.retention import build_retention_asset
from pipelines.build import BuildError
from pipelines.cli import app
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.landing.zone import read_registry
from pipelines.indicators.results import _recomputable
from pipelines.periods import first_day, last_day
from pipelines.retention.destroy import begin, finish
from pipelines.retention.record import DONE, INTENDED, REACHED, WAITS, Record
from pipelines.retention.terms import expired
from pipelines.safekeeping.backup import back_up
from pipelines.safekeeping.refresh import refresh_backups
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings
from tests.operation.holders import holders
from tests.operation.kept_home import OLD_PUBLICATION, PUBLICATION

# Ten years after the deliveries of June and July 2026, and before those of August.
TODAY = date(2036, 8, 15)
GONE, LEFT = ["2026-06-30", "2026-07-31"], ["2026-08-31", "2026-09-30"]


def past(settings: Settings) -> list[str]:
    contracts = load_contracts(settings.contracts_dir)
    return [delivery.line for delivery in expired(settings, contracts, TODAY)]


def destroy_past(settings: Settings) -> None:
    contracts = load_contracts(settings.contracts_dir)
    finish(settings, begin(settings, expired(settings, contracts, TODAY)))


def days(settings: Settings) -> list[str]:
    landed = read_registry(settings)
    return sorted({delivery.reference_date.isoformat() for delivery in landed})


# --- the rule


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        ("2026-06-30", 120, "2036-06-30"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2027-02-28", 12, "2028-02-28"),
        ("2027-10-31", 4, "2028-02-29"),
    ],
)
def test_a_term_counts_from_the_reference_date(day, months, until):
    contract = load_contracts(Settings().contracts_dir)["om_casus"]
    own = replace(contract, retention_months=months)
    assert own.kept_until(date.fromisoformat(day)) == date.fromisoformat(until)


def test_every_contract_says_on_what_ground_and_that_of_the_police_is_its_own_law():
    contracts = load_contracts(Settings().contracts_dir).values()
    assert all("Wet politiegegevens" in contract.retention_ground for contract in contracts)


def test_what_is_past_its_term_is_told_and_stays_until_somebody_says_so(settings, monkeypatch):
    assert [line.partition(":")[0] for line in past(settings)] == [
        f"om_dossier_{day}_v1" for day in GONE
    ]
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(settings.home))
    answer = CliRunner().invoke(app, ["retention"])
    assert answer.output == "Niets is over zijn bewaartermijn\n"
    assert days(settings) == [*GONE, *LEFT]


# --- destroying


def test_it_leaves_landing_inbox_quarantine_memory_warehouse_and_older_files_of_researchers(
    settings,
):
    for name in ("memo.sqlite", "warehouse.duckdb"):
        (settings.home / name).write_bytes(b"rijen")
    handed = settings.home.with_name("home-researcher") / "published" / "researcher"
    handed.mkdir(parents=True)
    (handed / f"{OLD_PUBLICATION}.duckdb").write_bytes(b"rijen")
    destroy_past(settings)
    assert days(settings) == LEFT
    assert not [path.name for path in settings.inbox_dir.iterdir() if GONE[0] in path.name]
    assert [path.name for path in settings.inbox_dir.iterdir() if LEFT[0] in path.name]
    for name in ("memo.sqlite", "warehouse.duckdb"):
        assert not (settings.home / name).exists()
    assert not list(handed.iterdir())
    left = {path.stem for path in (settings.published_dir / "researcher").glob("*.duckdb")}
    assert left == {PUBLICATION}
    # Figures hold no rows, and stay as they were published.
    for audience in ("platform", "advisory"):
        assert (settings.published_dir / audience / f"{OLD_PUBLICATION}.duckdb").exists()
    assert verify(settings) == []


def keys_of(settings: Settings, day: str) -> list[str]:
    folder = settings.landing_dir / "om" / "dossier" / f"{day}_v1"
    return pq.read_table(folder / "data.parquet")["zaak_sleutel"].to_pylist()


def test_a_key_that_only_the_destroyed_held_is_nowhere_and_one_delivered_since_lives_on(settings):
    """The delivery of August held all seventy of July; without it they were in July alone."""
    [in_both, *_] = keys_of(settings, GONE[0])
    destroy_past(settings)
    assert in_both in keys_of(settings, LEFT[0])

    contracts = load_contracts(settings.contracts_dir)
    in_august = keys_of(settings, LEFT[0])[-1]
    assert holders(settings.home, in_august)
    finish(settings, begin(settings, expired(settings, contracts, date(2036, 9, 1))))
    assert holders(settings.home, in_august) == []


def test_the_record_says_what_when_why_and_where_and_nothing_that_was_in_it(settings):
    destroy_past(settings)
    lines = Record(settings).lines()
    assert [line["state"] for line in lines] == [INTENDED, INTENDED, DONE, DONE]
    intended = lines[0]
    assert (intended["organisation"], intended["table"], intended["reference_date"]) == (
        "om", "dossier", GONE[0],
    )  # fmt: skip
    assert intended["ended_on"] == "2036-06-30"
    assert set(intended["sha256"]) == {"delivery.json", "data.parquet"}
    assert "published/researcher" in lines[2]["places"]
    text = json.dumps(lines)
    assert "z1_" not in text
    assert "p1_" not in text


def test_whoever_is_stopped_anywhere_leaves_an_act_that_the_next_one_finishes(
    settings, tmp_path, monkeypatch
):
    for name in ("rmtree", "unlink", "write_text"):
        for kills in range(6):
            own = replace(settings, home=tmp_path / f"{name}_{kills}")
            shutil.copytree(settings.home, own.home)
            with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
                _stop_at(patch, name, kills)
                destroy_past(own)
            destroy_past(own)
            assert (past(own), Record(own).open_acts()) == ([], [])
            assert days(own) == LEFT
            assert verify(own) == []


def _stop_at(patch: pytest.MonkeyPatch, name: str, kills: int) -> None:
    holder: object = {"rmtree": shutil, "unlink": Path, "write_text": None}[name]
    target = holder or __import__("pipelines.retention.record", fromlist=["write_text"])
    real: Callable[..., object] = getattr(target, name)
    left = count()

    def stopped(*arguments: object, **named: object) -> object:
        if next(left) == kills:
            raise KeyboardInterrupt
        return real(*arguments, **named)

    patch.setattr(target, name, stopped)


def test_while_no_build_is_published_researchers_keep_what_they_have_and_the_act_is_open(settings):
    contracts = load_contracts(settings.contracts_dir)
    begin(settings, expired(settings, contracts, TODAY))
    assert (settings.published_dir / "researcher" / f"{OLD_PUBLICATION}.duckdb").exists()
    assert len(Record(settings).open_acts()) == 2
    # Also when nothing is past its term any more: the act is taken up again.
    assert len(begin(settings, [])) == 2


def test_a_record_that_was_changed_stops_every_destruction(settings):
    destroy_past(settings)
    path = settings.home / "retention" / "destroyed.jsonl"
    path.write_text(path.read_text().replace("dossier", "doosier", 1), encoding="utf-8")
    assert [problem.file for problem in verify(settings)] == ["retention/destroyed.jsonl regel 1"]
    with pytest.raises(BuildError, match="is veranderd sinds"):
        begin(settings, [])


def test_under_dagster_the_same_goes(settings, monkeypatch):
    monkeypatch.setattr(
        "pipelines.road.steps.expired", lambda home, contracts, _: expired(home, contracts, TODAY)
    )
    monitor = {"monitor": Monitor(home=str(settings.home))}
    assert dg.materialize([build_landing_asset()], resources=monitor).success
    assert days(settings) == LEFT
    assert len(Record(settings).open_acts()) == 2
    assert dg.materialize([build_retention_asset()], resources=monitor).success
    assert Record(settings).open_acts() == []
    left = {path.stem for path in (settings.published_dir / "researcher").glob("*.duckdb")}
    assert left == {PUBLICATION}


# --- backups


def test_a_backup_loses_what_was_destroyed_and_one_out_of_reach_is_named_until_it_is(
    settings, tmp_path
):
    near, far = tmp_path / "near", tmp_path / "far"
    for place in (near, far):
        back_up(settings, place)
    sha256 = {path.name for path in (near / "files").iterdir()}
    far.rename(tmp_path / "unplugged")
    destroy_past(settings)
    [told] = refresh_backups(settings, is_due=True)
    assert str(far) in told
    gone = sha256 - {path.name for path in (near / "files").iterdir()}
    assert {
        entry["sha256"]["data.parquet"]
        for entry in Record(settings).lines()
        if entry["state"] == INTENDED
    } <= gone
    assert Record(settings).waiting_backups() == {str(far)}
    # Nothing new is destroyed; the one that comes back is brought up to date all the same.
    (tmp_path / "unplugged").rename(far)
    assert refresh_backups(settings, is_due=False) == []
    assert Record(settings).waiting_backups() == set()
    assert not [name for name in gone if (far / "files" / name).exists()]
    states = [line["state"] for line in Record(settings).lines()]
    assert states[-2:] == [WAITS, REACHED]


# --- figures of what is gone


def test_a_period_of_which_rows_are_gone_has_no_figure_any_more():
    periods = ["2016-06", "2016-Q2", "2016-Q3", "2016-H2", "2016", "2017", "2015-2016", "2017-Q1",
               "all"]  # fmt: skip
    figures = pd.DataFrame({"period": periods, "value": range(len(periods))})
    connection = duckdb.connect()
    assert _recomputable(connection, figures).equals(figures)
    connection.execute("create schema raw")
    connection.execute(
        "create table raw.destroyed_until as select date '2016-07-31' as reference_date"
    )
    left = _recomputable(connection, figures)["period"].tolist()
    assert left == ["2017", "2017-Q1", "all"]


@pytest.mark.parametrize("period", ["2016-06", "2016-Q2", "2016-H2", "2016", "2015-2016"])
def test_a_period_begins_no_later_than_it_ends(period):
    assert first_day(period) <= last_day(period)
