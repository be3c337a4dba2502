"""Rows to take away: for researchers only, and the same in every form."""

import csv
import gzip
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries.xes import events
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.downloads import FORMATS, TABLES
from pipelines.publication.export import ExportError, export_table
from pipelines.settings import Settings
from tests.publication.conftest import publish

EVENT_LOG = """
create table marts.event_log as
select 'z1_synth' || repeat('a', 21) as "case:concept:name", 'case' as "case:subject",
    milestone as "concept:name", moment as "time:timestamp", 'om' as "org:group",
    'complete' as "lifecycle:transition", null::varchar as record_key
from (values
    ('intake_sent', timestamptz '2026-03-01 12:00:00.123456+00'),
    ('judgment_form_received', timestamptz '2026-03-04 08:00:00+00')
) as event(milestone, moment)
"""


@pytest.fixture
def published(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> Settings:
    """A home whose researcher's file holds two events."""
    warehouse.execute(EVENT_LOG)
    for audience in ("researcher", "platform"):
        publish(warehouse, settings, audience)
    return settings


def test_every_form_holds_the_same_events(published, tmp_path):
    files = {form: export_table(published, "event_log", form, to=tmp_path) for form in FORMATS}

    expected = ["intake_sent", "judgment_form_received"]
    assert pq.read_table(files["parquet"])["concept:name"].to_pylist() == expected
    lines = files["csv"].read_text(encoding="utf-8").splitlines()
    assert [event["concept:name"] for event in csv.DictReader(lines)] == expected
    with gzip.open(files["xes"]) as stream:
        log = list(events(stream))
    assert [event["concept:name"] for event in log] == expected
    assert log[0]["time:timestamp"] == "2026-03-01T12:00:00.123456+00:00"


def test_the_name_of_the_file_says_which_publication_it_is_from(published, tmp_path):
    path = export_table(published, "event_log", "csv", to=tmp_path)
    current = (published.published_dir / "researcher" / "CURRENT").read_text().strip()
    assert path.name == f"event_log_{Path(current).stem}.csv"
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".part"] == []


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_nobody_else_gets_rows(published, tmp_path, audience):
    with pytest.raises(ExportError, match="geen rijen van zaken"):
        export_table(published, "event_log", "csv", audience=audience, to=tmp_path / "rows.csv")
    assert not (tmp_path / "rows.csv").exists()


def test_the_command_says_in_one_line_why_not(published, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(published.home))
    options = ["--table", "event_log", "--format", "csv", "--audience", "platform"]
    outcome = CliRunner().invoke(app, ["export", *options])
    assert outcome.exit_code == 1
    assert "krijgt geen rijen van zaken" in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_every_download_is_a_table_of_the_researcher_and_of_nobody_else():
    for table in TABLES.values():
        assert [name for name, audience in AUDIENCES.items() if table in audience.tables] == [
            "researcher"
        ]
