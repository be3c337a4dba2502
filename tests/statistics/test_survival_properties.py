"""Kaplan-Meier: what holds for every sample, and agreement with independent implementations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from sksurv.nonparametric import kaplan_meier_estimator
from statsmodels.duration.survfunc import SurvfuncRight

from tests.statistics.single_curve import kaplan_meier

# Whole days up to 12 make ties, flat steps and exhausted risk sets common.
CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)
PROBABILITIES = st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9])


def columns(cases):
    return tuple(np.array(column) for column in zip(*cases, strict=True))


@given(CASES)
def test_survival_never_rises_and_stays_between_zero_and_one(cases):
    curve = kaplan_meier(*columns(cases))
    assert (np.diff(curve.survival) <= 0).all()
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    assert (curve.variance >= 0).all()


@given(CASES, st.floats(0, 14), st.sampled_from(["log-log", "log"]))
def test_the_pointwise_interval_contains_the_estimate(cases, t, kind):
    curve = kaplan_meier(*columns(cases))
    survival = curve.at(t)
    lower, upper = curve.interval_at(t, kind=kind)
    if survival is None:
        assert (lower, upper) == (None, None)
    else:
        assert 0 <= lower <= survival <= upper <= 1
        assert lower < upper


@given(CASES, PROBABILITIES)
def test_the_quantile_lies_between_its_ends(cases, p):
    curve = kaplan_meier(*columns(cases))
    quantile = curve.quantile(p)
    lower, upper = curve.quantile_interval(p)
    if quantile is None:
        assert upper is None
    else:
        assert lower is not None
        assert lower <= quantile <= (math.inf if upper is None else upper)


@given(CASES, st.sampled_from([0.5, 2.0, 1024.0]), PROBABILITIES)
def test_the_unit_of_time_only_changes_the_unit_of_the_answer(cases, factor, p):
    durations, observed = columns(cases)
    plain, scaled = kaplan_meier(durations, observed), kaplan_meier(durations * factor, observed)
    assert np.array_equal(plain.survival, scaled.survival)

    def times(curve):
        return (curve.quantile(p), *curve.quantile_interval(p), *curve.rmst(durations.max() / 2))

    def scaled_times(curve):
        ends = (curve.quantile(p), *curve.quantile_interval(p))
        return (*ends, *curve.rmst(durations.max() / 2 * factor))

    for before, after in zip(times(plain), scaled_times(scaled), strict=True):
        assert after == (None if before is None else pytest.approx(before * factor))


@given(CASES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(cases, random):
    shuffled = list(cases)
    random.shuffle(shuffled)
    first, second = kaplan_meier(*columns(cases)), kaplan_meier(*columns(shuffled))
    assert np.array_equal(first.times, second.times)
    assert np.array_equal(first.survival, second.survival)
    assert np.array_equal(first.variance, second.variance)


@given(CASES)
def test_rows_summed_beforehand_give_the_same_curve(cases):
    summed = {case: cases.count(case) for case in cases}
    durations, observed = columns(summed)
    plain = kaplan_meier(*columns(cases))
    counted = kaplan_meier(durations, observed, counts=list(summed.values()))
    assert counted.n == plain.n
    assert np.array_equal(counted.n_at_risk, plain.n_at_risk)
    assert np.array_equal(counted.survival, plain.survival)
    assert counted.at_risk_at(5) == plain.at_risk_at(5)


@given(CASES, st.integers(0, 22))
def test_the_number_at_risk_is_a_plain_count(cases, t):
    durations, observed = columns(cases)
    curve = kaplan_meier(durations, observed)

    def count(time):
        return np.count_nonzero(durations >= time)

    assert curve.at_risk_at(t) == count(t)
    assert curve.n_at_risk.tolist() == [count(time) for time in curve.times]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30), st.integers(1, 40))
def test_without_censoring_everything_is_the_plain_sample_statistic(durations, tau):
    times = np.array(durations)
    curve = kaplan_meier(times, np.ones(times.size, dtype=bool))
    share_longer = np.array([(times > t).mean() for t in curve.times])
    assert curve.survival == pytest.approx(share_longer, abs=1e-12)
    assert curve.variance == pytest.approx(
        share_longer * (1 - share_longer) / times.size, abs=1e-12
    )
    restricted = np.minimum(times, tau)
    value, error = curve.rmst(tau)
    assert value == pytest.approx(restricted.mean())
    assert error == pytest.approx(restricted.std() / math.sqrt(times.size), abs=1e-9)


def random_sample(seed):
    generator = np.random.default_rng(seed)
    durations = np.ceil(generator.weibull(0.8, 150) * 40)
    follow_up = np.ceil(generator.uniform(5, 90, 150))
    observed = durations <= follow_up
    return np.minimum(durations, follow_up), observed


@pytest.mark.parametrize("seed", range(5))
class TestOracles:
    def test_statsmodels_survival_error_and_quantiles(self, seed):
        durations, observed = random_sample(seed)
        ours = kaplan_meier(durations, observed)
        theirs = SurvfuncRight(durations, observed.astype(int))
        at_events = ours.n_events > 0
        assert ours.times[at_events] == pytest.approx(theirs.surv_times)
        assert ours.survival[at_events] == pytest.approx(theirs.surv_prob, rel=1e-12)
        assert np.sqrt(ours.variance[at_events]) == pytest.approx(theirs.surv_prob_se, rel=1e-9)
        for p in (0.25, 0.5):
            assert ours.quantile(p) == theirs.quantile(p)
            ends = ours.quantile_interval(p)
            reached = tuple(math.inf if end is None else end for end in ends)
            lower, upper = theirs.quantile_ci(p, method="cloglog")
            # statsmodels takes the last time inside the interval as its upper end.
            assert reached[0] == lower
            assert reached[1] >= upper

    def test_lifelines_limits_and_restricted_mean(self, seed):
        durations, observed = random_sample(seed)
        ours = kaplan_meier(durations, observed)
        theirs = KaplanMeierFitter().fit(durations, observed)
        for t in (5, 20, 45):
            expected = theirs.confidence_interval_.loc[:t].iloc[-1].to_numpy()
            assert ours.interval_at(t) == pytest.approx(tuple(expected), rel=1e-6)
        assert ours.rmst(45)[0] == pytest.approx(restricted_mean_survival_time(theirs, t=45))

    def test_scikit_survival_curve_and_limits(self, seed):
        durations, observed = random_sample(seed)
        ours = kaplan_meier(durations, observed)
        times, survival, limits = kaplan_meier_estimator(observed, durations, conf_type="log-log")
        assert ours.times == pytest.approx(times)
        assert ours.survival == pytest.approx(survival, rel=1e-12)
        for t in (5, 20, 45):
            step = np.searchsorted(times, t, side="right") - 1
            assert ours.interval_at(t) == pytest.approx(tuple(limits[:, step]))


def test_the_interval_of_the_median_covers_at_about_its_level():
    # 600 cohorts of 25 with a third still open: enough to tell 95% from 90%.
    generator = np.random.default_rng(2)
    truth, n_cohorts, covered = 20.0, 600, 0
    for _ in range(n_cohorts):
        needed = generator.exponential(truth / math.log(2), 25)
        followed = generator.uniform(10, 80, 25)
        curve = kaplan_meier(np.minimum(needed, followed), needed <= followed)
        lower, upper = curve.quantile_interval(0.5)
        covered += (lower is None or lower <= truth) and (upper is None or truth <= upper)
    assert 0.93 <= covered / n_cohorts <= 0.98
