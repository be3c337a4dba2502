"""Limits of a restricted mean: within [0, tau], never of zero width."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from pipelines.statistics.survival import kaplan_meier_by_group
from tests.examples import examples

OPEN, DONE = False, True
CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def restricted_mean(durations, observed, tau, followed=None) -> tuple[float, float, float]:
    """Value and limits of one group; not a number where nothing is known."""
    group = np.zeros(len(durations), dtype=int)
    found = kaplan_meier_by_group(durations, observed, group, 1, tau=tau, followed=followed)
    return found.rmst[0], found.rmst_lower[0], found.rmst_upper[0]


@examples(200)
@given(CASES, st.integers(1, 13))
def test_never_of_zero_width_and_never_outside(cases, tau):
    mean, lower, upper = restricted_mean(*zip(*cases, strict=True), tau)
    if np.isnan(mean):
        assert np.isnan([lower, upper]).all()
    else:
        assert 0 <= lower <= mean <= upper <= tau
        assert upper - lower > 1e-9


def test_on_the_logit_scale_with_student_by_events():
    """Ten done on ten days, before tau = 20: mean 5.5, standard error that of the mean of ten."""
    days = np.arange(1.0, 11.0)
    found = restricted_mean(days, [DONE] * 10, 20.0)[1:]
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
    found = restricted_mean(durations, observed, 20.0)[1:]
    assert found == pytest.approx(tuple(20.0 * share for share in expected))


def test_one_event_has_no_spread_to_go_by():
    """Four of five wait until the horizon of 10, one ends on day 5: a mean of 9, as 4.5 of 5."""
    _, lower, upper = restricted_mean([5, 12, 12, 12, 12], [DONE] * 5, 10.0)

    def chance_below(share):
        return (stats.beta(4.5, 1.5).cdf(share) + stats.beta(5.5, 0.5).cdf(share)) / 2

    assert chance_below(lower / 10) == pytest.approx(0.025)
    assert chance_below(upper / 10) == pytest.approx(0.975)


def test_beyond_what_is_known_there_is_neither_mean_nor_limit():
    """Followed until 4 only: of the tail of two nothing is said."""
    durations, observed = [1, 2, 4, 9, 9], [DONE, OPEN, DONE, DONE, DONE]

    assert np.isnan(restricted_mean(durations, observed, 9.0, followed=[4.0])).all()
    assert np.isfinite(restricted_mean(durations, observed, 4.0, followed=[4.0])).all()
