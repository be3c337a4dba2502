"""Another chain, on real data: an event log through the same dbt project and the same estimators.

The log is that of the BPI Challenge 2013 (Volvo IT incidents, doi
10.4121/uuid:500573e6-accc-4b0c-9576-aa5468b10cee). It is not in the repository;
`REAL_EVENT_LOG_DIR` names the folder that holds it. The expected numbers came with the log and
were not taken from the monitor; the reference date is the last event.
"""

import os
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.settings import Settings
from pipelines.statistics.competing import aalen_johansen
from tests.indicators.recompute.figures import Curve
from tests.statistics.single_curve import kaplan_meier
from tests.statistics.single_sample import quantile_of_completed
from tests.warehouse.conftest import OTHER_TABLES, Warehouse, folder_hashes

LOG_NAME = "bpic2013_incidents.csv.gz"
CHAIN = Path(__file__).resolve().parents[1] / "chains" / "bpi2013"
LAST_EVENT = "2012-05-22T23:22:25+00:00"


@pytest.fixture(scope="module")
def log() -> Path:
    folder = os.environ.get("REAL_EVENT_LOG_DIR")
    if not folder or not (Path(folder) / LOG_NAME).is_file():
        pytest.skip(f"no {LOG_NAME} in REAL_EVENT_LOG_DIR")
    return Path(folder) / LOG_NAME


@pytest.fixture(scope="module")
def warehouse(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The log in `raw`, as a delivery would leave it there, and dbt run on it."""
    settings = Settings(home=tmp_path_factory.mktemp("bpi2013"), chain=CHAIN)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        for statement in OTHER_TABLES:
            connection.execute(statement)
        connection.execute(
            f"""
            insert into raw.event_log by name
            select
                'volvo_it' as organisation,
                'incidents' as table_name,
                "case:concept:name" as case_key,
                "concept:name" || '/' || "lifecycle:transition" as activity,
                milestones.milestone,
                cast("time:timestamp" as timestamptz) as happened_at,
                happened_at as happened_at_latest,
                "org:group" as org_group,
            from read_csv('{log}', all_varchar = true, header = true) as events
            left join read_csv('{settings.seeds_dir / "milestones.csv"}') as milestones
                on milestones.column_name
                    = events."concept:name" || '/' || events."lifecycle:transition"
            """
        )
        (last,) = connection.execute("select max(happened_at) from raw.event_log").fetchone()
    assert pd.Timestamp(last) == pd.Timestamp(LAST_EVENT)
    warehouse = Warehouse(settings, LAST_EVENT)
    before = folder_hashes(settings.seeds_dir)
    warehouse.build()
    # dbt writes over seeds named by absolute path; those of another chain are read from a copy.
    assert folder_hashes(settings.seeds_dir) == before
    return warehouse


def rows(warehouse: Warehouse, handoff: str) -> pd.DataFrame:
    with warehouse.connect() as connection:
        return connection.execute(
            "select * from marts.fct_handoff where handoff_id = ?", [handoff]
        ).df()


def counts(warehouse: Warehouse, handoff: str) -> dict[str, int]:
    return {
        str(key): int(n) for key, n in rows(warehouse, handoff)["status"].value_counts().items()
    }


def completed(warehouse: Warehouse, handoff: str) -> np.ndarray:
    found = rows(warehouse, handoff)
    return found.loc[found["status"] == "completed", "duration"].to_numpy(float)


def test_all_events_and_cases_get_in(warehouse):
    assert warehouse.query("select count(*), count(distinct case_key) from raw.event_log") == [
        (65533, 7554)
    ]
    assert warehouse.one("select count(*) from marts.fct_case") == 7554


def test_lead_time_with_open_cases(warehouse):
    found = counts(warehouse, "B1")
    assert found["completed"] == 5573
    assert found["completed"] + found["open"] == 7536
    assert "negative" not in found

    started = rows(warehouse, "B1").query("status in ['completed', 'open']")
    curve = kaplan_meier(started["duration"], started["status"] == "completed")
    assert curve.quantile(0.5) == pytest.approx(12.3889, abs=5e-5)
    assert curve.at(30) == pytest.approx(0.2001, abs=5e-5)
    assert curve.quantile(0.9) == pytest.approx(53.618, abs=5e-4)
    assert quantile_of_completed(completed(warehouse, "B1"), 0.5).value == pytest.approx(
        8.1407, abs=5e-5
    )


@pytest.mark.parametrize(
    ("handoff", "n", "median", "p90"),
    [("B2", 5645, 2.0768, 20.1515), ("B3", 5574, 7.3764, 7.6978)],
)
def test_completed_only(warehouse, handoff, n, median, p90):
    durations = completed(warehouse, handoff)
    assert durations.size == n
    assert quantile_of_completed(durations, 0.5).value == pytest.approx(median, abs=5e-5)
    assert quantile_of_completed(durations, 0.9).value == pytest.approx(p90, abs=5e-5)


def test_stops_before_their_start_are_counted_beside_the_figure(warehouse):
    """4,505 have both moments; in 1,162 the queue came first: findings, not lead times."""
    found = counts(warehouse, "B4")
    assert found["negative"] == 1162
    assert found["completed"] + found["negative"] == 4505
    assert rows(warehouse, "B4").query("status == 'negative'")["duration"].isna().all()


def test_a_competing_exit_is_not_censored(warehouse):
    """Closed beside closed in call; one negative time is set aside."""
    found = counts(warehouse, "B1c")
    assert (found["completed"], found["competing"], found["open"]) == (5439, 2017, 79)
    assert found["negative"] == 1

    started = rows(warehouse, "B1c").query("status in ['completed', 'competing', 'open']")
    cause = started["status"].map({"open": 0, "completed": 1, "competing": 2})
    curve = aalen_johansen(started["duration"], cause, n_causes=2)
    days = [1, 7, 14, 30, 60]
    assert [curve.at(1, day) for day in days] == pytest.approx(
        [0.052820, 0.138952, 0.527931, 0.669023, 0.704489], abs=5e-7
    )
    assert [curve.at(2, day) for day in days] == pytest.approx(
        [0.257996, 0.264366, 0.267023, 0.267572, 0.267572], abs=5e-7
    )
    # 1 - S(30) of the hand-off that ignores the exit: what the figure must not say.
    ignoring = rows(warehouse, "B1").query("status in ['completed', 'open']")
    naive = kaplan_meier(ignoring["duration"], ignoring["status"] == "completed").at(30)
    assert naive is not None
    assert 1 - naive == pytest.approx(0.7999, abs=5e-5)


@pytest.mark.parametrize("handoff", ["B1", "B2", "B3", "B4"])
def test_kaplan_meier_worked_out_again_agrees_in_every_quarter(warehouse, handoff):
    started = rows(warehouse, handoff).query("status in ['completed', 'open']")
    n_compared = 0
    for _, cohort in started.groupby("start_quarter"):
        duration, status = cohort["duration"].to_numpy(float), cohort["status"].to_numpy(object)
        ours = Curve.estimate(duration, status)
        theirs = kaplan_meier(duration, status == "completed")
        for done in (0.5, 0.9):
            quantile = theirs.quantile(done)
            assert ours.quantile(done) == pytest.approx(
                np.nan if quantile is None else quantile, abs=1e-9, nan_ok=True
            )
        n_compared += 1
    assert n_compared > 3
