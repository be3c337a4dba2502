"""A real event log through the same road: the BPI Challenge 2013 incidents of Volvo IT.

The log (doi 10.4121/uuid:500573e6-accc-4b0c-9576-aa5468b10cee) is not in this repository; its place
comes from REAL_EVENT_LOG_DIR. The expected numbers were worked out apart from this code.
"""

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyarrow import csv
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from pipelines.statistics.competing import aalen_johansen
from tests.statistics.single_curve import kaplan_meier

LOG = "bpic2013_incidents.csv.gz"
DELIVERY = "volvo_it_incidents_2012-05-22_v1.csv.gz"
LAST_MOMENT = "2012-05-22T23:22:25+00:00"
FIRST_NAMES = "org:resource"

pytestmark = [
    pytest.mark.skipif(
        not (Path(os.environ.get("REAL_EVENT_LOG_DIR", "absent")) / LOG).exists(),
        reason=f"REAL_EVENT_LOG_DIR names no folder with {LOG}",
    ),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The chain of the log, after a run over the log without its column of first names."""
    home = tmp_path_factory.mktemp("bpi2013")
    inbox = home / "inbox"
    inbox.mkdir()
    log = csv.read_csv(Path(os.environ["REAL_EVENT_LOG_DIR"]) / LOG, convert_options=ALL_TEXT)
    with gzip.open(inbox / DELIVERY, "wb") as target:
        csv.write_csv(log.drop_columns([FIRST_NAMES]), target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWALITEITSMONITOR_HOME", str(home))
        result = CliRunner().invoke(
            app, ["run", "--chain", CHAIN, "--inbox", str(inbox), "--reference-date", LAST_MOMENT]
        )
    assert result.exit_code == 0, result.output
    yield replace(Settings(), home=home, chain=Path(CHAIN))


CHAIN = str(Path(__file__).parents[1] / "chains" / "bpi2013")
ALL_TEXT = csv.ConvertOptions(
    column_types=dict.fromkeys(
        ["case:concept:name", "time:timestamp", "org:group", "product", FIRST_NAMES], "string"
    )
)


def figure(published: Settings, handoff: str, statistic: str, view: str = "cohort") -> float:
    rows = run_query(
        published,
        "researcher",
        f"select value from result where indicator = 'lead_time_{handoff}' and view = '{view}' "
        f"and statistic = '{statistic}' and period_grain = 'all'",
    )[1]
    return float(rows[0][0])


def rows_of(published: Settings, handoff: str) -> tuple[np.ndarray, np.ndarray]:
    rows = run_query(
        published,
        "researcher",
        "select duration, status from fct_handoff "
        f"where handoff_id = '{handoff}' and status in ('completed', 'open', 'competing')",
    )[1]
    duration, status = zip(*rows, strict=True)
    return np.array(duration), np.array(status)


def test_in_progress_to_closed_counts_every_case_that_started(published):
    assert figure(published, "b1", "started") == 7536
    assert figure(published, "b1", "completed") == 5573


def test_in_progress_to_closed_with_open_cases_censored(published):
    assert figure(published, "b1", "median") == pytest.approx(12.3889, abs=5e-5)
    assert figure(published, "b1", "p90") == pytest.approx(53.618, abs=5e-4)
    duration, status = rows_of(published, "B1")
    assert kaplan_meier(duration, status == "completed").at(30) == pytest.approx(0.2001, abs=5e-5)


def test_the_completed_only_median_flatters(published):
    assert figure(published, "b1", "median", "completed") == pytest.approx(8.1407, abs=5e-5)


def test_ending_in_a_call_is_a_competing_exit_and_no_censoring(published):
    assert figure(published, "b1c", "completed") == 5439
    assert figure(published, "b1c", "competing") == 2017
    assert figure(published, "b1c", "open") == 79
    assert figure(published, "b1c", "negative") == 1
    duration, status = rows_of(published, "B1c")
    cause = np.select([status == "completed", status == "competing"], [1, 2], 0)
    curve = aalen_johansen(duration, cause)
    days = (1, 7, 14, 30, 60)
    closed = [curve.at(1, day) for day in days]
    in_call = [curve.at(2, day) for day in days]
    assert closed == pytest.approx([0.052820, 0.138952, 0.527931, 0.669023, 0.704489], abs=5e-7)
    assert in_call == pytest.approx([0.257996, 0.264366, 0.267023, 0.267572, 0.267572], abs=5e-7)


def test_one_minus_kaplan_meier_would_say_far_more(published):
    duration, status = rows_of(published, "B1")
    survival = kaplan_meier(duration, status == "completed").at(30)
    assert survival is not None
    assert 1 - survival == pytest.approx(0.7999, abs=5e-5)  # where the right figure is 0.669


def test_in_progress_to_resolved(published):
    assert figure(published, "b2", "completed") == 5645
    assert figure(published, "b2", "median", "completed") == pytest.approx(2.0768, abs=5e-5)
    assert figure(published, "b2", "p90", "completed") == pytest.approx(20.1515, abs=5e-5)


def test_resolved_to_closed(published):
    assert figure(published, "b3", "completed") == 5574
    assert figure(published, "b3", "median", "completed") == pytest.approx(7.3764, abs=5e-5)
    assert figure(published, "b3", "p90", "completed") == pytest.approx(7.6978, abs=5e-5)


def test_a_stop_before_its_start_is_counted_and_said(published):
    assert figure(published, "b4", "negative") == 1162
    assert figure(published, "b4", "completed") + 1162 == 4505
    rows = run_query(
        published,
        "researcher",
        "select badge, reasons from quality where indicator = 'lead_time_b4'",
    )[1]
    assert rows[0][0] == "caution"
    assert '"early": 1162' in rows[0][1]


def test_nothing_says_these_figures_are_simulated(published):
    rows = run_query(published, "platform", "select is_synthetic from publication")[1]
    assert rows == [(False,)]


def test_the_raw_log_is_refused_for_its_column_of_first_names(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copyfile(Path(os.environ["REAL_EVENT_LOG_DIR"]) / LOG, inbox / DELIVERY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path / "home"))
        result = CliRunner().invoke(app, ["deliver", str(inbox), "--chain", CHAIN])
    assert result.exit_code == 1
    assert "kolom_niet_toegestaan: kolom nummer" in result.output
