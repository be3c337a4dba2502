"""The door out: what fails is never made current."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import Verdict, check_candidate
from pipelines.publication.publish import write_candidate
from pipelines.settings import Settings
from tests.publication.conftest import DATES


def broken_rules(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: str,
    change: Callable[[Path], object] = lambda _: None,
) -> dict[str, Verdict]:
    """What the door out finds in the file of an audience, changed by hand after it was written."""
    candidate = write_candidate(warehouse, settings, AUDIENCES[audience], DATES)
    candidate.path.chmod(0o644)
    change(candidate.path)
    suites = settings.project_root / "expectations" / "published"
    verdicts = check_candidate(candidate, AUDIENCES[audience], suites)
    return {verdict.rule.name: verdict for verdict in verdicts if not verdict.passed}


def executes(statement: str) -> Callable[[Path], None]:
    """Executes one more statement in a file."""

    def change(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(statement)

    return change


def test_a_sound_file_passes_for_every_audience(warehouse, settings):
    for audience in AUDIENCES:
        assert broken_rules(warehouse, settings, audience) == {}


def test_an_interval_without_its_figure_is_broken(warehouse, settings):
    warehouse.execute("update indicators.indicator_results set lower = 99 where period = '2026-Q2'")
    assert "lower_not_above_value" in broken_rules(warehouse, settings, "researcher")


def test_two_figures_for_one_cell_are_broken(warehouse, settings):
    warehouse.execute(
        "insert into indicators.indicator_results "
        "select * from indicators.indicator_results limit 1"
    )
    broken = broken_rules(warehouse, settings, "researcher")
    assert broken["one_figure_per_cell"].n_broken == 2


def test_a_share_over_one_is_broken(warehouse, settings):
    warehouse.execute(
        "update indicators.indicator_results set value = 1.2, upper = 1.3 "
        "where statistic = 'share_within_norm'"
    )
    assert "shares_between_zero_and_one" in broken_rules(warehouse, settings, "researcher")


def test_a_missing_status_is_broken(warehouse, settings):
    warehouse.execute("update indicators.indicator_results set status = null")
    assert "identification_complete:status" in broken_rules(warehouse, settings, "researcher")


@pytest.mark.parametrize(
    "change",
    ["create table fct_case as select 1 as case_key", "alter table quality add n_findings integer"],
)
def test_a_table_or_column_the_audience_may_not_have_is_broken(warehouse, settings, change):
    broken = broken_rules(warehouse, settings, "platform", executes(change))
    assert "only_allowed_tables_and_columns" in broken


def test_a_small_group_that_follows_from_what_is_shown_is_broken(warehouse, settings):
    """A quarter withheld beside its year and the other three is what is left of the year."""
    change = executes(
        """
        update publication set rounding_base = 1;
        delete from result;
        insert into result by name
        select 'triage_lead_time' as indicator, '1' as version, 'started' as statistic,
            'cohort' as view, 'gross' as clock, 'sender' as side, 'count' as unit,
            period_grain, period, 'national' as dimension, 'national' as member, value,
            if(value is null, 'suppressed', 'ok') as status, '2026-10-31' as reference_date
        from (values ('quarter', '2025-Q1', 30.0), ('quarter', '2025-Q2', 30.0),
            ('quarter', '2025-Q3', 30.0), ('quarter', '2025-Q4', null), ('year', '2025', 93.0))
            as figure(period_grain, period, value)
        """
    )
    broken = broken_rules(warehouse, settings, "platform", change)
    assert "nothing_to_prove_about_small_groups" in broken
