"""A published file: what it holds, that it never changes, and how it becomes current."""

from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

from pipelines.publication.current import current_path
from pipelines.publication.reading import QueryError, run_query
from tests.publication.conftest import DATES, publish


def test_rows_of_cases_are_in_the_researchers_file_only(warehouse, settings):
    for audience, expected in [("researcher", True), ("platform", False), ("advisory", False)]:
        publish(warehouse, settings, audience)
        _, rows = run_query(settings, audience, "show tables")
        assert (("fct_case",) in rows) is expected


def test_the_advisory_file_holds_the_country_by_quarter_and_year_and_nothing_else(
    warehouse, settings
):
    publish(warehouse, settings, "advisory")
    _, rows = run_query(
        settings, "advisory", "select distinct period_grain, dimension from result order by 1"
    )
    assert rows == [("quarter", "national"), ("year", "national")]


def test_small_numbers_are_withheld_before_the_file_is_written(warehouse, settings):
    publish(warehouse, settings, "advisory")
    _, rows = run_query(
        settings,
        "advisory",
        "select distinct period, status, value from result where period like '2026%' order by 1",
    )
    # Six cases in one quarter: the whole line of the year goes, not that quarter alone.
    assert rows == [(f"2026-Q{place}", "suppressed", None) for place in (1, 2, 3)]


def test_simulated_cases_mark_the_whole_publication(warehouse, settings):
    publish(warehouse, settings, "platform")
    _, rows = run_query(settings, "platform", "select is_synthetic from publication")
    assert rows == [(True,)]
    warehouse.execute("update marts.fct_case set case_key = 'z1_' || repeat('q', 26)")
    publish(warehouse, settings, "platform", replace(DATES, known_at=datetime.now(UTC)))
    _, rows = run_query(settings, "platform", "select is_synthetic from publication")
    assert rows == [(False,)]


def test_the_same_content_has_the_same_hash_whatever_the_order_of_rows(warehouse, settings):
    first = publish(warehouse, settings, "researcher").content_hash
    warehouse.execute(
        "create or replace table indicators.indicator_results as "
        "select * from indicators.indicator_results order by value desc"
    )
    assert publish(warehouse, settings, "researcher").content_hash == first
    warehouse.execute("update indicators.indicator_results set value = value + 1")
    assert publish(warehouse, settings, "researcher").content_hash != first


def test_a_published_file_cannot_be_written(warehouse, settings):
    publish(warehouse, settings, "platform")
    with pytest.raises(QueryError):
        run_query(settings, "platform", "delete from result")


def test_a_question_cannot_read_another_file(warehouse, settings):
    publish(warehouse, settings, "platform")
    publish(warehouse, settings, "researcher")
    other = current_path(settings, "researcher")
    with pytest.raises(QueryError):
        run_query(settings, "platform", f"attach '{other}' as other")


def test_an_open_reader_keeps_what_it_reads_when_a_new_file_becomes_current(warehouse, settings):
    publish(warehouse, settings, "platform")
    old = current_path(settings, "platform")
    reader = duckdb.connect(str(old), read_only=True)
    warehouse.execute("update indicators.indicator_results set value = value + 1")
    publish(warehouse, settings, "platform")
    assert current_path(settings, "platform") != old
    assert reader.execute("select max(value) from result").fetchone() == (12.0,)
    reader.close()


def test_before_the_first_publication_a_question_says_what_to_do(settings):
    with pytest.raises(LookupError, match="kwaliteitsmonitor run"):
        run_query(settings, "platform", "from result")


@pytest.mark.parametrize(
    ("audience", "status"),
    [("researcher", "ok"), ("platform", "withheld"), ("advisory", "withheld")],
)
def test_a_figure_on_unfit_data_is_never_a_number_but_for_researchers(
    warehouse, settings, audience, status
):
    warehouse.execute(
        "update indicators.indicator_quality set badge = 'not_fit', status = 'withheld'"
    )
    publish(warehouse, settings, audience)

    _, rows = run_query(settings, audience, "select distinct status from result")
    assert rows == [(status,)]
    numbers = "value, lower, upper, numerator, denominator, n_at_risk"
    _, rows = run_query(settings, audience, f"select count(coalesce({numbers})) from result")
    assert (rows[0][0] > 0) is (audience == "researcher")
    # The badge itself stays, so that everybody sees why.
    _, rows = run_query(settings, audience, "select badge from quality")
    assert rows == [("not_fit",)]
