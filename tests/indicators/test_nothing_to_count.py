"""A chain in which no hand-off began or ended: no figure, and a build that says so."""

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pandas as pd
import pytest

from pipelines.build import BuildDates, BuildError
from pipelines.indicators import results
from pipelines.indicators.followed import Lateness
from pipelines.indicators.lead_times import HandoffFacts, lead_time_figures
from pipelines.indicators.results import CONTRACT, all_figures
from pipelines.settings import Settings

DATES = BuildDates("2026-10-31", datetime(2026, 11, 20, tzinfo=UTC))
HANDOFF = HandoffFacts(
    "K", "k", "days", "days", "sender", (), has_competing=True, has_net_clock=True
)
NAMES = "handoff_id, unit, status, net_status, start_month, start_quarter, start_year"
NAMES += ", stop_month, stop_quarter, stop_year"
NOTHING_FOLLOWED = pd.DataFrame(
    columns=[
        "indicator",
        "clock",
        "organisation",
        "followed_until",
        "waits_for",
        "tolerance_hours",
        "is_of_today",
    ],
    dtype=object,
)
NUMBERS = "duration, norm_value, norm_duration, net_duration, net_norm_duration"
NUMBERS += ", followable, norm_followable, net_followable, net_norm_followable"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts figures are counted from, without a row."""
    columns = [
        *(f"{name} varchar" for name in NAMES.split(", ")),
        *(f"{number} double" for number in NUMBERS.split(", ")),
        *("start_date date", "stop_date date", "competing_at timestamptz", "is_paused boolean"),
    ]
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema raw; create schema indicators")
        connection.execute(
            "create table raw.build as "
            "select '2026-10-31' as reference_date, 'Europe/Amsterdam' as timezone"
        )
        connection.execute(f"create table marts.fct_handoff ({', '.join(columns)})")
        yield connection


def test_without_a_handoff_there_is_no_lead_time(connection):
    assert lead_time_figures(connection, [HANDOFF], Lateness({}, DATES.day, {})).empty


def test_without_any_figure_there_is_a_table_without_rows(connection):
    connection.execute("create table indicators.indicator_counts (n bigint)")
    connection.execute(
        "create table marts.dim_handoff as select 'K' as handoff_id, 'days' as unit, "
        "'sender' as clock_side, '' as dimensions, '' as competing_milestone, "
        "false as has_net_clock where false"
    )
    connection.execute("create table marts.dim_norm (handoff_id varchar, unit varchar)")
    connection.execute(
        "create table marts.fct_handoff_reconciliation (handoff_id varchar, period_month varchar, "
        "period_quarter varchar, period_year varchar, difference_hours double, "
        "status varchar)"
    )

    found = all_figures(connection, [], NOTHING_FOLLOWED, DATES)

    assert (len(found), list(found.columns)) == (0, CONTRACT)


def test_a_build_without_any_figure_says_what_to_compare(connection, monkeypatch):
    given = {
        "read_register": [], "feeding_tables": {}, "read_followed": NOTHING_FOLLOWED,
        "contents_of_indicators": {}, "Registered": None, "manifest_path": None,
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setattr(results, name, lambda *_, value=value: value)

    with pytest.raises(BuildError, match=r"op peildatum 2026-10-31 is er niets te tellen.*; verg"):
        results.compute_results(connection, Settings(), DATES)
