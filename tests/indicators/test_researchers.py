"""What researchers get of a real chain: the worked example, the dictionary and the event log."""

import gzip
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.sections.worked_example import FOLDER, cells, run
from dashboard.serve import PUBLISHED_VARIABLE
from pipelines.deliveries.xes import events
from pipelines.publication.export import export_table
from pipelines.wording.language import column_text, column_texts
from tests.indicators.conftest import PublishedChain

ROW_TABLES = {"fct_handoff", "fct_case", "event_log", "result"}


@pytest.fixture
def downloads(published_chain: PublishedChain, tmp_path: Path) -> tuple[Path, Path]:
    """The two files the worked example asks for."""
    handoffs = export_table(
        published_chain.settings, "handoff", "parquet", to=tmp_path / "handoff.parquet"
    )
    result = tmp_path / "result.csv"
    published_chain.published_of("triage_lead_time").to_csv(result, index=False)
    return handoffs, result


def test_the_worked_example_runs_on_the_downloads_and_finds_the_published_figures(downloads):
    outcome = subprocess.run(
        [sys.executable, str(FOLDER / "triage_median.py"), *map(str, downloads)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    n_quarters, _, rest = outcome.stdout.splitlines()[-1].partition(" quarters, ")
    assert int(n_quarters) >= 8
    assert rest.startswith("largest difference")


def test_the_example_notices_a_figure_that_is_not_what_was_published(downloads):
    parts = cells((FOLDER / "triage_median.py").read_text(encoding="utf-8"))
    result = pd.read_csv(downloads[1])
    result.loc[result["statistic"] == "median", "value"] += 1
    with pytest.raises(AssertionError):
        run(parts, {"handoffs": pd.read_parquet(downloads[0]), "result": result})


@pytest.mark.parametrize(("day", "lower", "upper"), [(10, 9.5, 10.5), (0, 0, 0.5)])
def test_the_example_knows_that_whole_days_are_known_to_half_a_day(day, lower, upper):
    handoffs = pd.DataFrame({"duration": [day] * 400, "followable": [400] * 400}).assign(
        handoff_id="K13", status="completed", start_quarter="2026-Q1"
    )
    published = {
        **{"period": "2026-Q1", "period_grain": "quarter", "dimension": "national"},
        **{"statistic": "median", "view": "cohort", "clock": "gross", "status": "ok"},
    }
    result = pd.DataFrame([{**published, "value": day, "lower": lower, "upper": upper}])
    parts = cells((FOLDER / "triage_median.py").read_text(encoding="utf-8"))
    printed = run(parts, {"handoffs": handoffs, "result": result})
    assert printed[-1].startswith("1 quarters, largest difference 0")


def test_every_published_column_is_described_in_both_languages(published_chain):
    dictionary = published_chain.read("select * from data_dictionary where layer = 'published'")
    in_file = list(zip(dictionary["table_name"], dictionary["column_name"], strict=True))
    assert {table for table, _ in in_file} >= ROW_TABLES
    assert [
        column for column, text in zip(in_file, dictionary["description"], strict=True) if not text
    ] == []
    assert [column for column in in_file if not column_text(*column)] == []
    tables = {table for table, _ in in_file}
    told = {
        (table, column)
        for table, texts in column_texts().items()
        if table in tables
        for column in texts
    }
    assert told - set(in_file) == set()


def test_every_delivered_column_is_described(published_chain):
    dictionary = published_chain.read("select * from data_dictionary")
    delivered = dictionary[dictionary["layer"] == "delivered"]
    assert len(delivered) > 200
    assert (delivered["description"].str.len() > 0).all()


@pytest.fixture
def closed_afterwards() -> Iterator[None]:
    """The pages keep the file open for the next reader; other tests open it in their own way."""
    yield
    st.cache_resource.clear()


@pytest.mark.usefixtures("closed_afterwards")
def test_the_page_runs_the_example_on_its_own_publication(published_chain, monkeypatch):
    folder = published_chain.settings.published_dir / "researcher"
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(folder))
    app = AppTest.from_file(str(FOLDER.parent / "app.py"), default_timeout=60).run()
    app.switch_page("app_pages/researchers.py").run()
    assert not app.exception, app.exception
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert "quarters, largest difference" in html
    assert "<code>time:timestamp</code>" not in html
    names = app.selectbox(key="dictionary").options
    app.selectbox(key="dictionary").select_index(
        next(at for at, name in enumerate(names) if name.startswith("event_log"))
    ).run()
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert "<code>time:timestamp</code>" in html


def test_the_event_log_comes_back_from_xes_as_it_is_in_the_file(published_chain, tmp_path):
    settings = published_chain.settings
    packed = export_table(settings, "event_log", "xes", to=tmp_path)
    rows = pq.read_table(export_table(settings, "event_log", "parquet", to=tmp_path)).to_pylist()
    with gzip.open(packed) as stream:
        log = list(events(stream))
    as_text = [
        {
            name: value if isinstance(value, str) else value.isoformat(timespec="microseconds")
            for name, value in row.items()
            if value is not None
        }
        for row in rows
    ]
    assert log == as_text
