"""Figures out of rounded counts: nothing in a row still tells the counts before rounding."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.derived import derive
from pipelines.statistics.intervals import poisson_exact, poisson_rate, wilson
from pipelines.statistics.mid_p import MidP
from tests.examples import examples

NUMBERS = [
    "numerator", "denominator", "value", "lower", "upper",
    "provisional_lower", "provisional_upper", "n_at_risk",
]  # fmt: skip


def figure(
    statistic: str, unit: str, view: str = "cohort", status: str = "ok", **numbers: float
) -> pd.Series:
    """A row of the long contract: rounded counts, and the figures of the true ones."""
    true = {"value": 0.7834, "lower": 0.71, "upper": 0.83}
    row = {"statistic": statistic, "unit": unit, "view": view, "status": status,
           **dict.fromkeys(NUMBERS, 7.0), **true, **numbers}  # fmt: skip
    return derive(pd.DataFrame([row])).iloc[0]


@pytest.mark.parametrize(
    ("statistic", "view"),
    [
        ("share", "cohort"),
        ("matched", "cohort"),
        ("negative", "cohort"),
        ("share_within_norm", "completed"),
    ],
)
def test_a_share_and_its_wilson_limits_are_of_the_rounded_counts(statistic, view):
    made = figure(statistic, "share", view, numerator=65.0, denominator=100.0)
    assert made["value"] == 0.65
    assert (round(made["lower"], 6), round(made["upper"], 6)) == (0.552544, 0.736358)


@pytest.mark.parametrize("statistic", ["cumulative_incidence_12m", "share_within_norm"])
def test_a_part_of_a_start_cohort_has_the_limits_of_its_curve(statistic):
    made = figure(statistic, "share", numerator=30.0, denominator=45.0)
    limits = MidP.of_counts([30.0], [45.0]).limits()
    assert made["value"] == pytest.approx(2 / 3)
    assert (made["lower"], made["upper"]) == (limits.lower[0], limits.upper[0])
    assert made["lower"] != wilson(30, 45).lower


def test_a_rate_is_of_the_rounded_events():
    made = figure("rate", "per_100_person_years", "completed", numerator=25.0, denominator=0.66)
    expected = poisson_rate(25, 0.66)
    assert list(made[["value", "lower", "upper"]]) == [float(number) for number in expected]


def test_a_count_has_limits_of_itself_where_it_had_any():
    drawn = figure("count", "persons", "completed", value=15.0)
    assert list(drawn[["value", "lower", "upper"]]) == [15.0, *map(float, poisson_exact(15))]
    stock = figure("count", "persons", "open", value=15.0, lower=np.nan, upper=np.nan)
    assert stock["value"] == 15.0 and stock[["lower", "upper"]].isna().all()


@pytest.mark.parametrize("statistic", ["median", "p90", "difference_median", "median_age_days"])
def test_a_length_of_time_is_in_whole_units_without_the_number_that_ended(statistic):
    made = figure(statistic, "hours", value=1.59, lower=1.2, upper=np.nan, denominator=35.0)
    assert list(made[["value", "lower", "denominator"]]) == [2.0, 1.0, 35.0]
    assert made[["numerator", "upper"]].isna().all()


@pytest.mark.parametrize("statistic", ["share", "rate", "cumulative_incidence_6m"])
def test_a_share_of_nobody_and_a_rate_over_no_time_are_none(statistic):
    unit = "per_100_person_years" if statistic == "rate" else "share"
    made = figure(statistic, unit, numerator=0.0, denominator=0.0)
    assert made["status"] == "no_data"
    assert made[["value", "lower", "upper"]].isna().all()


@pytest.mark.parametrize("status", ["suppressed", "not_reached", "too_recent"])
@pytest.mark.parametrize("statistic", ["share", "median", "count"])
def test_a_row_that_says_nothing_keeps_its_denominator_alone(statistic, status):
    made = figure(statistic, "share" if statistic == "share" else "hours", status=status)
    assert made["status"] == status
    assert list(made[NUMBERS].dropna().index) == ["denominator"]


SHARES_AND_RATES = {
    "share": "share", "share_within_norm": "share", "cumulative_incidence_24m": "share",
    "rate": "per_100_person_years",
}  # fmt: skip


@given(
    statistic=st.sampled_from([*SHARES_AND_RATES]),
    counts=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted),
    true=st.fixed_dictionaries(
        {name: st.floats(0, 1) for name in NUMBERS if name not in {"numerator", "denominator"}}
    ),
)
@examples(30)
def test_the_true_figures_behind_the_same_rounded_counts_leave_no_trace(statistic, counts, true):
    rounded = {"numerator": float(counts[0]), "denominator": float(counts[1])}
    unit = SHARES_AND_RATES[statistic]
    of_these, of_others = (
        figure(statistic, unit, **rounded, **true),
        figure(statistic, unit, **rounded),
    )
    pd.testing.assert_series_equal(of_these, of_others)
