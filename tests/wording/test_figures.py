"""What a series of figures says."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipelines.periods import first_day, place_in_period
from pipelines.wording.figures import (
    Figure,
    cell_of,
    figures,
    latest,
    movement,
    select,
    valid_on,
    words_of,
)
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import result_row, tiny_tables

NL = words_in("nl")


def days(period: str, value: float, lower: float | None, upper: float | None) -> Figure:
    return Figure(period, "ok", "calendar_days", value, lower, upper)


def frame(*rows: Any) -> pd.DataFrame:
    columns = ["value", "lower", "upper", "numerator", "denominator", "n_at_risk"]
    return pd.DataFrame(rows).reindex(columns=[*rows[0], *(set(columns) - set(rows[0]))])


def test_a_missing_period_is_a_gap_and_not_bridged():
    rows = frame(
        result_row("i", "median", "2025-Q3", value=3.0),
        result_row("i", "median", "2026-Q1", value=4.0),
    )

    assert [(figure.period, figure.status) for figure in figures(rows)] == [
        ("2025-Q3", "ok"),
        ("2025-Q4", "no_row"),
        ("2026-Q1", "ok"),
    ]


def test_a_value_of_a_period_that_is_still_running_is_not_shown():
    rows = frame(result_row("i", "median", "2026-Q4", value=3.0, lower=1.0, status="too_recent"))

    (figure,) = figures(rows)

    assert figure.value is None
    assert not figure.has_interval
    assert words_of(figure, NL) == "te recent"


def test_an_incidence_is_a_share_whatever_the_clock_of_its_indicator():
    rows = frame(
        result_row("i", "cumulative_incidence_12m", "2025", value=0.27, unit="calendar_days")
    )

    assert words_of(figures(rows)[0], NL) == "27%"


def test_no_way_of_having_no_figure_looks_like_another():
    statuses = ["suppressed", "no_data", "too_recent", "not_reached", "not_delivered", "withheld",
                "impossible", "no_row"]  # fmt: skip
    cells = [cell_of(Figure("2026-Q1", status, "count"), NL) for status in statuses]
    cells.append(cell_of(Figure("2026-Q1", "ok", "count", value=0.0), NL))

    assert len(set(cells)) == len(cells)
    # How few there are stands nowhere: a "<10" among figures that add up would tell.
    assert cells[0] == "afgeschermd"
    assert cells[-1] == "0"


@pytest.mark.parametrize(
    ("now", "direction", "kind", "is_favourable"),
    [
        (days("2026-Q3", 8, 7, 9), "lower", "lower", True),
        (days("2026-Q3", 8, 7, 9), "higher", "lower", False),
        (days("2026-Q3", 8, 7, 9), "neutral", "lower", None),
        (days("2026-Q3", 8, 7, 11), "lower", "same", None),
        (days("2026-Q3", 20, 16, None), "lower", "higher", False),
        (days("2026-Q3", 8, None, None), "lower", "no_interval", None),
    ],
)
def test_it_moved_only_when_the_intervals_do_not_touch(now, direction, kind, is_favourable):
    series = [days("2025-Q3", 12, 10, 15), days("2025-Q4", 8, 7, 9), now]

    moved = movement(series, direction)

    assert (moved.kind, moved.is_favourable) == (kind, is_favourable)


def test_without_the_same_period_a_year_earlier_there_is_no_comparison():
    series = [Figure("2025-Q3", "suppressed", "hours"), days("2026-Q3", 8, 7, 9)]

    assert movement(series, "lower").kind == "unknown"
    assert movement([], "lower").kind == "unknown"


def test_the_latest_figure_is_the_newest_with_a_value():
    series = [days("2026-Q3", 8, 7, 9), Figure("2026-Q4", "too_recent", "calendar_days")]

    newest = latest(series)

    assert newest is not None
    assert newest.period == "2026-Q3"


def test_of_two_sides_the_one_asked_for_is_shown():
    rows = frame(
        result_row("i", "median", "2026-Q3", value=3.0, side="sender"),
        result_row("i", "median", "2026-Q3", value=5.0, side="receiver"),
    )

    assert figures(select(rows, "median", side="receiver"))[0].value == 5.0
    assert figures(select(rows, "median"))[0].value == 3.0


def test_the_norm_of_the_starting_day_applies():
    norms = [norm for norm in tiny_tables()["norm"] if norm["handoff_id"] == "K13"]

    before = valid_on(norms, first_day("2025-Q4"))
    after = valid_on(norms, first_day("2026-Q1"))

    assert before is not None
    assert after is not None
    assert (before["value"], after["value"]) == (14, 10)
    assert valid_on([], date(2026, 1, 1)) is None
    assert valid_on(norms, date(2021, 12, 31)) is None


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2025-2026", date(2025, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_of_any_length_begins_and_ends(period, start, end):
    assert first_day(period) == start
    assert place_in_period(end, period) == 1.0


@pytest.mark.parametrize(
    ("first", "missing", "last"),
    [
        ("2026-Q1", "2026-Q2", "2026-Q3"),
        ("2025-H1", "2025-H2", "2026-H1"),
        ("2021-2022", "2023-2024", "2025-2026"),
    ],
)
def test_a_missing_period_of_any_length_is_a_gap(first, missing, last):
    rows = pd.DataFrame(
        [result_row("triage_lead_time", "median", period) for period in (first, last)]
    )

    assert [figure.period for figure in figures(rows)] == [first, missing, last]
