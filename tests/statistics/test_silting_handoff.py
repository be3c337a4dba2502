"""A hand-off that silts up: the cohort median tells, the median of what was completed does not.

Cases begin evenly over two years, and in the second year each takes longer the later it begins. On
the reference date many of the newest are open. What they would have taken is known here, because
the days are drawn: that is the true median both estimates are held against.
"""

import numpy as np
import pytest

from tests.statistics.single_curve import kaplan_meier
from tests.statistics.single_sample import quantile_of_completed

REFERENCE = 730.0
LAST_HALF_YEAR = (548.0, 730.0)
N_CASES = 900
SEEDS = range(60)


def silting(seed):
    """Start and duration of every case, in whole days."""
    rng = np.random.default_rng(seed)
    start = np.sort(rng.uniform(0, REFERENCE, N_CASES)).round()
    growth = 1 + 5 * np.clip((start - 365) / 365, 0, 1)
    return start, np.floor(rng.lognormal(np.log(20), 0.6, N_CASES) * growth)


def true_median(start, duration):
    """Median of the cohort of the last half year, as if everything had ended."""
    inside = (start >= LAST_HALF_YEAR[0]) & (start < LAST_HALF_YEAR[1])
    return float(np.median(duration[inside]))


def cohort_estimate(start, duration):
    """Median with interval of what began in the last half year, open cases censored."""
    inside = (start >= LAST_HALF_YEAR[0]) & (start < LAST_HALF_YEAR[1])
    followed = REFERENCE - start[inside]
    is_done = duration[inside] <= followed
    curve = kaplan_meier(np.minimum(duration[inside], followed), is_done)
    lower, upper = curve.quantile_interval(0.5)
    return curve.quantile(0.5), lower, upper


def completed_estimate(start, duration):
    """Median with interval of what was completed in the last half year."""
    stop = start + duration
    inside = (stop >= LAST_HALF_YEAR[0]) & (stop < LAST_HALF_YEAR[1])
    return quantile_of_completed(duration[inside], 0.5)


@pytest.fixture(scope="module")
def estimates():
    """True median, cohort estimate and completed estimate per seed."""
    cases = [silting(seed) for seed in SEEDS]
    return [
        (true_median(*sample), cohort_estimate(*sample), completed_estimate(*sample))
        for sample in cases
    ]


def holds(lower, upper, value):
    """Whether an interval holds a value; an end that was not reached lies beyond it."""
    return (lower is None or lower <= value) and (upper is None or value <= upper)


def test_the_interval_of_the_cohort_holds_the_true_median(estimates):
    held = [holds(lower, upper, true) for true, (_, lower, upper), _ in estimates]

    assert np.mean(held) >= 0.9


def test_the_interval_of_the_completed_does_not(estimates):
    held = [holds(completed.lower, completed.upper, true) for true, _, completed in estimates]

    assert np.mean(held) <= 0.1


def test_the_completed_look_a_third_faster_than_they_are(estimates):
    ratio = [completed.value / true for true, _, completed in estimates]

    assert max(ratio) < 1
    assert np.median(ratio) < 0.75


def test_without_silting_both_hold_it():
    held = []
    for seed in SEEDS:
        rng = np.random.default_rng(1000 + seed)
        start = np.sort(rng.uniform(0, REFERENCE, N_CASES)).round()
        duration = np.floor(rng.lognormal(np.log(20), 0.6, N_CASES))
        true, estimate = true_median(start, duration), completed_estimate(start, duration)
        _, lower, upper = cohort_estimate(start, duration)
        held.append((holds(lower, upper, true), holds(estimate.lower, estimate.upper, true)))

    assert np.mean([cohort for cohort, _ in held]) >= 0.9
    assert np.mean([completed for _, completed in held]) >= 0.8
