"""How often a series without any story raises a signal on its last point.

The rules are written here a second time, loop by loop from the text of methods.md section 3 and
without any code of the package, and run on normal series.
"""

from itertools import pairwise

import numpy as np
import pytest

from pipelines.statistics.intervals import wilson
from pipelines.statistics.signals import Rule, xmr_chart


def last_point_rule(series):
    """The rule that flags the last point, following the text to the letter."""
    mean = sum(series) / len(series)
    ranges = [abs(b - a) for a, b in pairwise(series)]
    ceiling = 3.267 * sum(ranges) / len(ranges)
    kept = [r for r in ranges if r < ceiling]
    half = 2.66 * sum(kept) / len(kept)
    last, tail, three = series[-1], series[-7:], series[-3:]
    if last > mean + half or last < mean - half:
        return "outside"
    steps = [b - a for a, b in pairwise(tail)]
    if all(step > 0 for step in steps) or all(step < 0 for step in steps):
        return "trend"
    for sign in (1, -1):
        near = [sign * (x - mean) > half * 2 / 3 for x in three]
        if all(sign * (x - mean) > 0 for x in three) and sum(near) >= 2 and near[-1]:
            return "two_of_three"
    if all(x > mean for x in tail) or all(x < mean for x in tail):
        return "shift"
    return "none"


def normal_series(seed, n_series, n_points):
    return np.random.default_rng(seed).normal(50, 7, (n_series, n_points))


@pytest.mark.parametrize("n_points", [13, 24, 36])
def test_the_share_of_false_alarms_is_that_of_a_separate_simulation(n_points):
    package = [xmr_chart(s).rules[-1] for s in normal_series(1, 1500, n_points)]
    separate = [last_point_rule(s.tolist()) for s in normal_series(2, 20_000, n_points)]
    expected = np.mean([rule != "none" for rule in separate])
    limits = wilson(sum(rule is not Rule.NONE for rule in package), len(package), level=0.99)
    assert limits.lower < expected < limits.upper
    # Two chances of 1 in 128 for a shift alone, less on short series, whose mean follows the run.
    assert 0.01 < expected < 0.025


def test_on_the_same_series_both_name_the_same_rule():
    series = normal_series(3, 1500, 24)
    assert [xmr_chart(s).rules[-1].value for s in series] == [
        last_point_rule(s.tolist()) for s in series
    ]


def test_every_rule_occurs_among_the_false_alarms():
    found = {last_point_rule(s.tolist()) for s in normal_series(2, 20_000, 24)}
    assert found == {"outside", "trend", "two_of_three", "shift", "none"}
