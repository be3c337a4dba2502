"""The door out: what fails is never made current."""

from datetime import UTC, datetime

import duckdb
import pytest

from pipelines.build import BuildDates
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import Verdict, check_candidate
from pipelines.publication.publish import write_candidate
from pipelines.settings import Settings

DATES = BuildDates("2026-10-31", datetime(2026, 11, 20, 12, tzinfo=UTC))


def broken_rules(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, audience: str
) -> dict[str, Verdict]:
    candidate = write_candidate(warehouse, settings, AUDIENCES[audience], DATES)
    suites = settings.project_root / "expectations" / "published"
    verdicts = check_candidate(candidate, AUDIENCES[audience], suites)
    return {verdict.rule.name: verdict for verdict in verdicts if not verdict.passed}


def test_a_sound_file_passes_for_every_audience(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    for audience in AUDIENCES:
        assert broken_rules(warehouse, settings, audience) == {}


def test_an_interval_without_its_figure_is_broken(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute("update indicators.indicator_results set lower = 99 where period = '2026-Q2'")
    assert "lower_not_above_value" in broken_rules(warehouse, settings, "researcher")


def test_two_figures_for_one_cell_are_broken(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute(
        "insert into indicators.indicator_results "
        "select * from indicators.indicator_results limit 1"
    )
    broken = broken_rules(warehouse, settings, "researcher")
    assert broken["one_figure_per_cell"].n_broken == 2


def test_a_share_over_one_is_broken(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute(
        "update indicators.indicator_results set value = 1.2, upper = 1.3 "
        "where statistic = 'share_within_norm'"
    )
    assert "shares_between_zero_and_one" in broken_rules(warehouse, settings, "researcher")


def test_a_missing_status_is_broken(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute("update indicators.indicator_results set status = null")
    assert "identification_complete:status" in broken_rules(warehouse, settings, "researcher")


@pytest.mark.parametrize(
    "change",
    ["create table fct_case as select 1 as case_key", "alter table quality add n_findings integer"],
)
def test_a_table_or_column_the_audience_may_not_have_is_broken(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, change: str
) -> None:
    candidate = write_candidate(warehouse, settings, AUDIENCES["platform"], DATES)
    candidate.path.chmod(0o644)
    connection = duckdb.connect(str(candidate.path))
    connection.execute(change)
    connection.close()
    suites = settings.project_root / "expectations" / "published"
    verdicts = check_candidate(candidate, AUDIENCES["platform"], suites)
    assert not next(
        verdict for verdict in verdicts if verdict.rule.name == "only_allowed_tables_and_columns"
    ).passed
