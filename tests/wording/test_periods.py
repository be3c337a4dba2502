"""Periods as the long table writes them, and the coarser ones they are part of."""

from datetime import date

import pytest

from pipelines.periods import (
    coarser_period,
    grain_of,
    last_day,
    next_period,
    period_of,
    periods_between,
)


@pytest.mark.parametrize(
    ("period", "grain", "coarser"),
    [
        ("2026-03", "month", "2026-03"),
        ("2026-03", "quarter", "2026-Q1"),
        ("2026-Q3", "half_year", "2026-H2"),
        ("2026-07", "half_year", "2026-H2"),
        ("2026-H1", "year", "2026"),
        ("2025", "two_years", "2025-2026"),
        ("2026-Q4", "two_years", "2025-2026"),
        ("2027-01", "two_years", "2027-2028"),
    ],
)
def test_a_period_is_part_of_one_of_each_coarser_grain(period, grain, coarser):
    assert coarser_period(period, grain) == coarser
    assert last_day(coarser) >= last_day(period)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2024-02", date(2024, 2, 29)),
        ("2026-Q2", date(2026, 6, 30)),
        ("2026-H1", date(2026, 6, 30)),
        ("2026-H2", date(2026, 12, 31)),
        ("2025-2026", date(2026, 12, 31)),
        ("all", date.min),
    ],
)
def test_the_last_day_of_a_period(period, day):
    assert last_day(period) == day


@pytest.mark.parametrize(
    ("period", "following"),
    [("2026-12", "2027-01"), ("2026-Q4", "2027-Q1"), ("2026-H1", "2026-H2"),
     ("2026-H2", "2027-H1"), ("2026", "2027"), ("2025-2026", "2027-2028")],
)  # fmt: skip
def test_the_period_after_it(period, following):
    assert next_period(period) == following


@pytest.mark.parametrize("period", ["2026-05", "2026-Q2", "2026-H1", "2026", "2025-2026"])
def test_the_period_of_a_day_has_the_length_that_is_asked(period):
    # Decisions are marked at charts of every length of period.
    assert period_of(date(2026, 5, 12), grain_of(period)) == period


def test_all_periods_between_two_are_there():
    assert periods_between("2025-Q4", "2026-Q2") == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert periods_between("2021-2022", "2025-2026") == ["2021-2022", "2023-2024", "2025-2026"]
    assert periods_between("all", "all") == ["all"]
