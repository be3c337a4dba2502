"""Limits of a restricted mean: within [0, tau], never of zero width."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from pipelines.statistics.survival import kaplan_meier
from tests.examples import examples

OPEN, DONE = False, True
CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@examples(200)
@given(CASES, st.integers(1, 13))
def test_never_of_zero_width_and_never_outside(cases, tau):
    curve = kaplan_meier(*(np.array(column) for column in zip(*cases, strict=True)))
    mean, _ = curve.rmst(tau)
    lower, upper = curve.rmst_interval(tau)
    if mean is None:
        assert (lower, upper) == (None, None)
    else:
        assert 0 <= lower <= mean <= upper <= tau
        assert upper - lower > 1e-9


def test_on_the_logit_scale_with_student_by_events():
    """Ten done on ten days, before tau = 20: mean 5.5, standard error that of the mean of ten."""
    days = np.arange(1.0, 11.0)
    found = kaplan_meier(days, [DONE] * 10).rmst_interval(20.0)
    error = days.std() / math.sqrt(10) * math.sqrt(10 / 9)
    share = 5.5 / 20
    margin = stats.t(7.5).ppf(0.975) * error / 20 / (share * (1 - share))
    ends = (special.expit(special.logit(share) + sign * margin) * 20 for sign in (-1, 1))
    assert found == pytest.approx(tuple(ends))


@pytest.mark.parametrize(
    ("durations", "observed", "expected"),
    [
        pytest.param([0] * 72, [DONE] * 72, (0.0, 1 - 0.05 ** (1 / 72)), id="all_the_same_day"),
        pytest.param([30] * 8, [DONE] * 8, (0.05 ** (1 / 8), 1.0), id="none_before_the_horizon"),
        pytest.param([25] * 6, [OPEN] * 6, (0.05 ** (1 / 6), 1.0), id="all_open"),
    ],
)
def test_without_variation_it_is_the_share_of_none_or_all(durations, observed, expected):
    found = kaplan_meier(durations, observed).rmst_interval(20.0)
    assert found == pytest.approx(tuple(20.0 * one for one in expected))


def test_one_event_has_no_spread_to_go_by():
    """Four of five wait until the horizon of 10, one ends on day 5: a mean of 9, as 4.5 of 5."""
    lower, upper = kaplan_meier([5, 12, 12, 12, 12], [DONE] * 5).rmst_interval(10.0)

    def chance_below(share):
        return (stats.beta(4.5, 1.5).cdf(share) + stats.beta(5.5, 0.5).cdf(share)) / 2

    assert chance_below(lower / 10) == pytest.approx(0.025)
    assert chance_below(upper / 10) == pytest.approx(0.975)
