"""Competing risks: Aalen-Johansen, its variance and its intervals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sksurv.nonparametric import cumulative_incidence_competing_risks

from pipelines.statistics.competing import aalen_johansen
from tests.statistics.single_curve import kaplan_meier

CASES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=40)
ONE_CAUSE = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=40)


def columns(cases):
    return tuple(np.array(column) for column in zip(*cases, strict=True))


class TestReferenceValues:
    TIMES = (1, 2, 2, 3, 3, 3, 5, 6)
    CAUSES = (0, 1, 0, 2, 0, 2, 0, 2)

    def test_incidence_of_both_causes(self):
        curves = aalen_johansen(self.TIMES, self.CAUSES)
        assert [curves.at(1, t) for t in (1, 2, 6)] == pytest.approx([0, 1 / 7, 1 / 7], abs=1e-15)
        assert [curves.at(2, t) for t in (2, 3, 5, 6)] == pytest.approx(
            [0, 12 / 35, 12 / 35, 6 / 7]
        )

    def test_number_at_risk(self):
        curves = aalen_johansen(self.TIMES, self.CAUSES)
        assert curves.n_at_risk.tolist() == [8, 7, 5, 2, 1]
        assert [curves.at_risk_at(t) for t in (1, 2, 3, 4, 6, 7)] == [8, 7, 5, 2, 1, 0]

    def test_ties_are_not_broken_at_random(self):
        first, second = (aalen_johansen(self.TIMES, self.CAUSES) for _ in range(2))
        assert np.array_equal(first.incidence, second.incidence)


def test_censoring_the_competing_exit_overstates():
    # Half of a hundred leave by cause 2 on day 1, the others by cause 1 on day 2.
    durations, causes = [1] * 50 + [2] * 50, [2] * 50 + [1] * 50
    assert aalen_johansen(durations, causes).at(1, 2) == 0.5
    assert 1 - kaplan_meier(durations, np.equal(causes, 1)).at(2) == 1.0


@given(CASES)
def test_incidences_and_survival_sum_to_one(cases):
    curves = aalen_johansen(*columns(cases), n_causes=3)
    assert curves.incidence.sum(axis=0) + curves.survival == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(curves.incidence, axis=1) >= 0).all()


@given(ONE_CAUSE, st.integers(0, 13))
def test_one_cause_is_one_minus_kaplan_meier_with_its_variance(cases, t):
    durations, causes = columns(cases)
    curves = aalen_johansen(durations, causes, n_causes=1)
    single = kaplan_meier(durations, causes)
    assert curves.incidence[0] == pytest.approx(1 - single.survival, abs=1e-12)
    assert curves.variance[0] == pytest.approx(single.variance, abs=1e-12)
    assert (curves.interval_at(1, t) == (None, None)) == (single.at(t) is None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), min_size=1, max_size=40))
def test_without_censoring_incidence_is_a_share_with_binomial_variance(cases):
    durations, causes = columns(cases)
    curves = aalen_johansen(durations, causes, n_causes=3)
    for cause in (1, 2, 3):
        share = np.array([((durations <= t) & (causes == cause)).mean() for t in curves.times])
        assert curves.incidence[cause - 1] == pytest.approx(share, abs=1e-12)
        assert curves.variance[cause - 1] == pytest.approx(
            share * (1 - share) / durations.size, abs=1e-12
        )


@given(CASES, st.integers(1, 3), st.floats(0, 13))
def test_the_interval_contains_the_estimate(cases, cause, t):
    curves = aalen_johansen(*columns(cases), n_causes=3)
    incidence = curves.at(cause, t)
    lower, upper = curves.interval_at(cause, t)
    if incidence is None:
        assert (lower, upper) == (None, None)
    else:
        assert 0 <= lower <= incidence + 1e-12
        assert incidence - 1e-12 <= upper <= 1
        assert lower < upper


@given(CASES, st.randoms())
def test_order_of_rows_and_summed_rows_do_not_matter(cases, random):
    shuffled = list(cases)
    random.shuffle(shuffled)
    summed = {case: cases.count(case) for case in cases}
    plain = aalen_johansen(*columns(cases), n_causes=3)
    for other in (
        aalen_johansen(*columns(shuffled), n_causes=3),
        aalen_johansen(*columns(summed), n_causes=3, counts=list(summed.values())),
    ):
        assert np.array_equal(plain.incidence, other.incidence)
        assert np.array_equal(plain.variance, other.variance)


@pytest.mark.parametrize("seed", range(5))
def test_scikit_survival_gives_the_same_incidence_and_variance(seed):
    generator = np.random.default_rng(seed)
    n = 120
    durations = np.ceil(generator.exponential(20, n))
    causes = generator.choice(3, n, p=(0.3, 0.4, 0.3))
    # The longest stays open: scikit-survival divides by zero when everybody has left.
    causes[durations == durations.max()] = 0
    ours = aalen_johansen(durations, causes)
    times, theirs, limits = cumulative_incidence_competing_risks(
        causes, durations, conf_type="log-log", var_type="Dinse_Approx"
    )
    assert ours.times == pytest.approx(times)
    assert ours.incidence == pytest.approx(theirs[1:], abs=1e-12)
    # Its limits are on the scale log(-log F): taken back, they hold the same standard error.
    step = np.searchsorted(times, 25, side="right") - 1
    for cause in (1, 2):
        incidence = theirs[cause, step]
        spread = math.log(math.log(limits[cause, 0, step]) / math.log(incidence))
        error = abs(spread * incidence * math.log(incidence)) / 1.959963985
        assert math.sqrt(ours.variance[cause - 1, step]) == pytest.approx(error, rel=1e-6)


class TestQuantiles:
    """One rule with and without another way to end: that of `survival`."""

    EARLY_AND_LATE = (1, 2, 3, 4, 5, 50, 51, 52, 53, 54)

    def test_an_exit_that_never_occurs_changes_nothing(self):
        # Half is done from day 5 until day 50.
        curves = aalen_johansen(self.EARLY_AND_LATE, [1] * 10, n_causes=2)
        single = kaplan_meier(self.EARLY_AND_LATE, [True] * 10)
        assert curves.quantile(1, 0.5) == single.quantile(0.5) == 27.5

    def test_a_flat_step_after_which_only_others_leave_gives_its_left_end(self):
        causes = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
        assert aalen_johansen(self.EARLY_AND_LATE, causes).quantile(1, 0.5) == 5

    def test_not_reached_is_none(self):
        curves = aalen_johansen([1, 2, 3], [1, 2, 2])
        assert curves.quantile(1, 0.5) is None
        assert curves.quantile_interval(1, 0.5)[1] is None

    @given(ONE_CAUSE, st.sampled_from([0.25, 0.5, 0.9]))
    def test_one_cause_has_the_quantiles_of_kaplan_meier(self, cases, p):
        durations, causes = columns(cases)
        single = kaplan_meier(durations, causes)
        curves = aalen_johansen(durations, causes, n_causes=2)
        assert curves.quantile(1, p) == single.quantile(p)

    @given(CASES, st.sampled_from([0.25, 0.5, 0.9]))
    def test_the_quantile_lies_between_its_ends(self, cases, p):
        curves = aalen_johansen(*columns(cases), n_causes=3)
        value, (lower, upper) = curves.quantile(1, p), curves.quantile_interval(1, p)
        if value is None:
            assert upper is None
        else:
            assert lower <= value <= (math.inf if upper is None else upper)


class TestNoneAndAll:
    def test_a_cause_nobody_had_is_shown_with_the_mid_p_limit_of_none(self):
        curves = aalen_johansen([1, 2, 3, 4] * 5, [1] * 20, n_causes=2)
        assert curves.at(2, 4) == 0.0
        expected = 1 - 0.05 ** (1 / 20)
        assert curves.interval_at(2, 4) == pytest.approx((0.0, expected))
        assert curves.interval_at(2, 2) == pytest.approx((0.0, expected))
        assert curves.interval_at(1, 4) == pytest.approx((1 - expected, 1.0))

    def test_no_cases(self):
        curves = aalen_johansen([], [], n_causes=2)
        assert curves.at(1, 5) is None
        assert curves.interval_at(2, 5) == (None, None)
        assert curves.quantile(1, 0.5) is None
        assert curves.quantile_interval(1, 0.5) == (None, None)
        assert curves.at_risk_at(0) == 0

    def test_unknown_beyond_follow_up_while_cases_are_open(self):
        curves = aalen_johansen([1, 3], [1, 0])
        assert curves.at(1, 3) == 0.5
        assert curves.at(1, 4) is None


class TestRefusals:
    def test_causes_that_are_no_codes(self):
        for bad in (-1, 0.5, math.nan):
            with pytest.raises(ValueError, match="whole numbers of at least 0"):
                aalen_johansen([1, 2], [1, bad])

    def test_more_causes_than_stated(self):
        with pytest.raises(ValueError, match="cause code 3 does not fit 2"):
            aalen_johansen([1], [3], n_causes=2)

    def test_asking_for_an_unknown_cause(self):
        with pytest.raises(ValueError, match="cause must be 1 … 2, got 0"):
            aalen_johansen([1, 2], [1, 2]).at(0, 1)
