"""Evaluations and experience in a published file: who gets them, and from how many cases on."""

import duckdb
import pandas as pd
import pytest

from pipelines.evaluation.experience import experience_distribution
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import check_candidate
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from tests.publication import conftest
from tests.publication.conftest import DEFINITION

TABLES = ("theme", "theme_series", "theme_agreement", "theme_cooccurrence", "theme_course",
          "experience_result")  # fmt: skip


@pytest.fixture
def evaluated(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The small warehouse with one theme in three quarters, one pair and one question."""
    warehouse.execute(
        "insert into indicators.indicator by name select 'theme_rol' as indicator, '1' as version, "
        "'share' as kind, 'neutral' as direction, 'share' as unit, 10 as minimum_base, "
        "'theme_rol' as base, "
        "date '2026-10-31' as followed_until, '' as waits_for, "
        f"'researcher|platform' as audiences, {DEFINITION}"
    )
    warehouse.execute(
        "insert into indicators.indicator_quality by name select 'theme_rol' as indicator, "
        "'good' as badge, 'ok' as status"
    )
    warehouse.execute(
        """
        insert into indicators.indicator_results by name
        select 'theme_rol' as indicator, '1' as version, 'share' as statistic, 'cohort' as view,
            'gross' as clock, 'both' as side, 'share' as unit, 'month' as period_grain,
            printf('%d-%02d', year, month) as period,
            'national' as dimension, 'national' as member, numerator, 3.0 as denominator,
            numerator / denominator as value, 0.0 as lower, 1.0 as upper, 'ok' as status,
            '2026-10-31' as reference_date, timestamptz '2026-11-20 12:00:00+00' as known_at
        from (values (2023, 1.0), (2024, 1.0), (2025, 0.0)) as figure(year, numerator),
            unnest(range(1, 13)) as in_it(month)
        """
    )
    warehouse.execute("create table marts.dim_theme as select 'rol' as theme")
    warehouse.execute(
        "create table indicators.theme_series as select 'rol' as series, 'theme_rol' as indicator, "
        "'rol' as comparable_group"
    )
    warehouse.execute(
        "create table indicators.theme_agreement as select 'rol' as series, 0.8 as alpha, "
        "0.7 as lower, 0.9 as upper, 60 as n_units, 20 as n_found, 'reliable' as verdict"
    )
    warehouse.execute(
        "create table indicators.theme_cooccurrence as select 'all' as period_grain, "
        "'all' as period, 'rol' as first, 'laat' as second, 3.0 as numerator, 90.0 as denominator, "
        "20.0 as n_first, 9.0 as n_second, "
        "0.03 as value, 0.01 as lower, 0.09 as upper, 0.02 as expected, 'as_expected' as "
        "association, 'ok' as status"
    )
    answers = pd.DataFrame(
        {"wave": "2026", "respondent_group": "professional", "question": "soepel",
         "score": [1, 1, *[2] * 9, *[4] * 9]}
    )  # fmt: skip
    distribution = experience_distribution(answers)
    warehouse.register("distribution", distribution)
    warehouse.execute("create table indicators.experience_result as from distribution")
    return warehouse


def publish(warehouse: duckdb.DuckDBPyConnection, settings: Settings, audience: str) -> None:
    """Publish what the door out lets through."""
    candidate = conftest.publish(warehouse, settings, audience)
    suites = settings.project_root / "expectations" / "published"
    verdicts = check_candidate(candidate, AUDIENCES[audience], suites)
    assert [verdict.rule.name for verdict in verdicts if not verdict.passed] == []


def test_the_advisory_body_gets_nothing_of_it(evaluated, settings):
    publish(evaluated, settings, "advisory")
    _, tables = run_query(settings, "advisory", "show tables")
    assert {name for (name,) in tables}.isdisjoint(TABLES)
    for table in ("result", "indicator", "quality"):
        _, rows = run_query(settings, "advisory", f"select distinct indicator from {table}")
        assert rows == [("triage_lead_time",)]


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_researcher_and_platform_get_all_of_its_tables(evaluated, settings, audience):
    publish(evaluated, settings, audience)
    _, tables = run_query(settings, audience, "show tables")
    assert set(TABLES) <= {name for (name,) in tables}


def test_a_theme_shows_by_year_where_each_year_holds_enough(evaluated, settings):
    """Twelve of 36 evaluations a year; in the last year none."""
    question = (
        "select period, status, numerator from result where indicator = 'theme_rol' "
        "and period_grain = 'year' order by period"
    )
    publish(evaluated, settings, "platform")
    _, rows = run_query(settings, "platform", question)
    assert rows == [("2023", "ok", 12.0), ("2024", "ok", 12.0), ("2025", "suppressed", None)]


def test_a_wave_with_a_small_category_and_a_rare_pair_are_withheld_from_the_platform_only(
    evaluated, settings
):
    answers = (
        "select low, high, numerator from experience_result where statistic = 'share' order by low"
    )
    publish(evaluated, settings, "platform")
    _, withheld = run_query(settings, "platform", answers)
    assert withheld == [(1, 2, None), (3, 3, None), (4, 5, None)]
    _, pairs = run_query(settings, "platform", "select status, value from theme_cooccurrence")
    assert pairs == [("suppressed", None)]
    publish(evaluated, settings, "researcher")
    _, all_of_them = run_query(settings, "researcher", answers)
    assert [row[2] for row in all_of_them] == [2, 9, 0, 9, 0]
    _, pairs = run_query(settings, "researcher", "select numerator from theme_cooccurrence")
    assert pairs == [(3,)]


NUMBERS = {
    "experience_result": ["numerator", "denominator", "value", "lower", "upper"],
    "theme_cooccurrence": ["numerator", "denominator", "expected", "value", "lower", "upper"],
}


@pytest.fixture
def unfit(evaluated: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same, but the evaluations are a quarter old and no answer was ever delivered."""
    evaluated.execute(
        "update indicators.indicator_quality set badge = 'not_fit', status = 'withheld' "
        "where indicator = 'theme_rol'"
    )
    evaluated.execute(
        "insert into indicators.indicator_quality by name "
        "select * from (values ('theme_prevalence', 'not_fit', 'withheld'), "
        "('experience_answers', 'not_fit', 'not_delivered')) as given(indicator, badge, status)"
    )
    return evaluated


def test_on_data_that_are_not_fit_the_platform_sees_no_number_in_any_table(unfit, settings):
    publish(unfit, settings, "platform")

    for table, columns in NUMBERS.items():
        named = AUDIENCES["platform"].columns or {}
        shown = " + ".join(f"count({column})" for column in columns if column in named[table])
        _, rows = run_query(settings, "platform", f"select count(*), {shown} from {table}")
        assert (rows[0][0] > 0, rows[0][1]) == (True, 0), table
    for question, expected in {
        "select distinct status from experience_result": "not_delivered",
        "select status from theme_cooccurrence": "withheld",
        "select verdict from theme_agreement": "not_fit",
        "select basis from theme_course": "not_fit",
        "select distinct status from result where indicator = 'theme_rol'": "withheld",
    }.items():
        assert run_query(settings, "platform", question)[1] == [(expected,)], question
    _, medians = run_query(
        settings, "platform", "select low, high from experience_result where statistic = 'median'"
    )
    assert medians == [(None, None)]


def test_the_researcher_sees_the_numbers_on_data_that_are_not_fit(unfit, settings):
    publish(unfit, settings, "researcher")

    for table, columns in NUMBERS.items():
        _, rows = run_query(settings, "researcher", f"select count({columns[0]}) from {table}")
        assert rows[0][0] > 0, table


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_without_answers_the_table_is_there_and_empty(unfit, settings, audience):
    """Its page then says that nothing was delivered."""
    none = experience_distribution(pd.DataFrame())
    unfit.register("no_distribution", none)
    unfit.execute("create or replace table indicators.experience_result as from no_distribution")

    publish(unfit, settings, audience)

    assert run_query(settings, audience, "from experience_result")[1] == []


def test_of_the_agreement_of_coders_the_platform_gets_the_verdict_alone(evaluated, settings):
    """Alpha beside the share of its theme gives away in how many evaluations they differed."""
    publish(evaluated, settings, "platform")
    assert run_query(settings, "platform", "from theme_agreement") == (
        ["series", "verdict"],
        [("rol", "reliable")],
    )
    publish(evaluated, settings, "researcher")
    _, alphas = run_query(settings, "researcher", "select alpha from theme_agreement")
    assert [float(alpha) for (alpha,) in alphas] == [0.8]
