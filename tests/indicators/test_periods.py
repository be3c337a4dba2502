"""Periods as the long table writes them, and the coarser ones they are part of."""

from datetime import date

import pytest

from pipelines.indicators.periods import coarser_period, last_day, next_period


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
def test_a_period_is_part_of_one_of_each_coarser_grain(
    period: str, grain: str, coarser: str
) -> None:
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
def test_the_last_day_of_a_period(period: str, day: date) -> None:
    assert last_day(period) == day


@pytest.mark.parametrize(
    ("period", "following"),
    [("2026-12", "2027-01"), ("2026-Q4", "2027-Q1"), ("2026-H1", "2026-H2"),
     ("2026-H2", "2027-H1"), ("2026", "2027")],
)  # fmt: skip
def test_the_period_after_it(period: str, following: str) -> None:
    assert next_period(period) == following
