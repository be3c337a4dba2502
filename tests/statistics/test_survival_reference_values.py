"""Kaplan-Meier: reference values from the literature, to the printed digits."""

import math

import numpy as np
import pytest
from lifelines.datasets import load_lung

from tests.statistics.single_curve import SurvivalCurve, kaplan_meier

AML_MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
AML_NOT_MAINTAINED = (
    [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45],
    [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
)


@pytest.fixture(scope="module")
def lung() -> SurvivalCurve:
    data = load_lung()
    return kaplan_meier(data["time"], data["status"])


def test_lung_is_the_data_set_r_ships(lung):
    assert (lung.n, int(lung.n_events.sum())) == (228, 165)


def test_lung_median_and_its_log_log_interval(lung):
    assert lung.quantile(0.5) == 310
    assert lung.quantile_interval(0.5) == (284, 361)


def test_lung_quartiles(lung):
    assert (lung.quantile(0.25), lung.quantile(0.75)) == (170, 550)


def test_lung_one_year_survival_and_its_standard_error(lung):
    error = math.sqrt(lung.variance[lung.times.searchsorted(365, side="right") - 1])
    assert f"{lung.at(365):.4f}" == "0.4092"
    assert f"{error:.4f}" == "0.0358"


def test_lung_two_year_restricted_mean_and_its_standard_error(lung):
    value, error = lung.rmst(730)
    assert (f"{value:.2f}", f"{error:.2f}") == ("357.07", "16.22")


def test_aml_maintained_survival_at_the_events():
    curve = kaplan_meier(*AML_MAINTAINED)
    at_events = curve.survival[curve.n_events > 0]
    assert [f"{s:.3f}" for s in at_events] == [
        "0.909", "0.818", "0.716", "0.614", "0.491", "0.368", "0.184",
    ]  # fmt: skip
    errors = np.sqrt(curve.variance[curve.n_events > 0])
    assert (f"{errors[0]:.4f}", f"{errors[-1]:.4f}") == ("0.0867", "0.1535")


def test_aml_maintained_upper_end_is_not_reached():
    curve = kaplan_meier(*AML_MAINTAINED)
    assert curve.quantile(0.5) == 31
    assert curve.quantile_interval(0.5) == (13, None)
    assert curve.quantile_interval(0.5, kind="log") == (18, None)


def test_aml_not_maintained_reaches_both_ends_on_the_log_log_scale_only():
    curve = kaplan_meier(*AML_NOT_MAINTAINED)
    assert curve.quantile(0.5) == 23
    assert curve.quantile_interval(0.5) == (5, 33)
    assert curve.quantile_interval(0.5, kind="log") == (8, None)


def test_number_at_risk_counts_those_censored_at_the_time_itself():
    curve = kaplan_meier(*AML_MAINTAINED)
    # Two of eleven have 13: one done, one censored; both were followed to day 13.
    assert [curve.at_risk_at(t) for t in (0, 9, 13, 14, 161, 162)] == [11, 11, 10, 8, 1, 0]
