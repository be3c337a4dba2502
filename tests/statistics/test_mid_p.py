"""Mid-p limits: of counts, of a survival curve (beta product), of an incidence.

What is exact is held to the definition, what is matched by moments to simulated products of beta
distributions, drawn and not matched.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.statistics import mid_p
from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.survival import kaplan_meier_by_group
from tests.examples import examples
from tests.statistics.single_curve import kaplan_meier

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
OPEN, DONE = False, True


def limits(successes, n, level=0.95):
    found = MidP.of_counts(np.array([successes], float), np.array([n], float)).limits(level)
    return float(found.lower[0]), float(found.upper[0])


class TestOfCounts:
    @examples(100)
    @given(COUNTS, st.sampled_from([0.8, 0.95, 0.99]))
    def test_half_the_chance_of_what_was_seen_counts_as_further_out(self, counts, level):
        """Mid-p: the chance of more than x, and half that of x, is alpha / 2 at the lower limit."""
        x, n = counts
        lower, upper = limits(x, n, level)
        tail = (1 - level) / 2
        further = stats.binom.sf(x, n, lower) + stats.binom.pmf(x, n, lower) / 2
        assert lower == 0.0 if x == 0 else further == pytest.approx(tail, abs=1e-9)
        further = stats.binom.cdf(x - 1, n, upper) + stats.binom.pmf(x, n, upper) / 2
        assert upper == 1.0 if x == n else further == pytest.approx(tail, abs=1e-9)

    def test_none_and_all(self):
        assert limits(0, 20) == (0.0, pytest.approx(1 - 0.05 ** (1 / 20)))
        assert limits(20, 20) == (pytest.approx(0.05 ** (1 / 20)), 1.0)
        assert limits(0, 0) == (0.0, 1.0)

    @examples(50)
    @given(COUNTS)
    def test_within_clopper_pearson(self, counts):
        lower, upper = limits(*counts)
        exact = stats.binomtest(*counts).proportion_ci(0.95, method="exact")
        assert exact.low - 1e-12 <= lower <= counts[0] / counts[1] <= upper
        assert upper <= exact.high + 1e-12

    def test_a_count_that_is_not_whole_lies_between_its_neighbours(self):
        lower, upper = zip(*(limits(x, 12) for x in (3, 3.4, 4)), strict=True)
        assert lower[0] < lower[1] < lower[2]
        assert upper[0] < upper[1] < upper[2]

    @pytest.mark.parametrize("chance", [0.025, 0.4, 0.975])
    def test_steps_that_run_out_end_between_the_two_distributions(self, monkeypatch, chance):
        """A limit that is a little off, never one outside the exact ones, and never no end."""
        monkeypatch.setattr(mid_p, "_MOST_STEPS", 1)
        found = float(MidP.of_counts([3.0], [40.0]).quantile(chance)[0])
        ends = stats.beta.ppf(chance, 3, 38), stats.beta.ppf(chance, 4, 37)
        assert ends[0] < found < ends[1]
        monkeypatch.undo()
        exact = float(MidP.of_counts([3.0], [40.0]).quantile(chance)[0])
        assert ends[0] < exact < ends[1]
        assert abs(found - exact) < 0.3 * (ends[1] - ends[0])


WITHOUT_CENSORING = st.lists(st.integers(0, 12), min_size=1, max_size=40)


class TestOfSurvivalCurve:
    @examples(100)
    @given(WITHOUT_CENSORING, st.floats(0, 14))
    def test_without_censoring_it_is_mid_p_clopper_pearson(self, durations, t):
        curve = kaplan_meier(durations, [DONE] * len(durations))
        still = sum(duration > t for duration in durations)
        expected = limits(still, len(durations))
        assert curve.interval_at(t, kind="beta-product") == pytest.approx(expected, abs=1e-9)

    def test_who_is_censored_at_t_was_followed_through_it(self):
        curve = kaplan_meier([1, 3, 5, 5], [DONE, DONE, OPEN, OPEN])
        assert curve.interval_at(5, kind="beta-product") == pytest.approx(limits(2, 4), abs=1e-9)

    @pytest.mark.parametrize("t", [4, 13, 20])
    def test_it_is_the_average_of_two_products_of_beta_draws(self, t):
        """AML maintained of methods.md: 9,13,13+,18,23,28+,31,34,45+,48,161+."""
        durations = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
        observed = [DONE, DONE, OPEN, DONE, DONE, OPEN, DONE, DONE, OPEN, DONE, OPEN]
        draw = np.random.default_rng(3)
        upper = np.ones(400_000)
        for at in sorted({d for d, o in zip(durations, observed, strict=True) if o and d <= t}):
            at_risk = sum(d >= at for d in durations)
            upper *= draw.beta(at_risk, 1, upper.size)
        after = sum(d > t or (d == t and not o) for d, o in zip(durations, observed, strict=True))
        drawn = np.concatenate((upper, upper * draw.beta(after, 1, upper.size)))
        found = kaplan_meier(durations, observed).interval_at(t, kind="beta-product")
        assert found == pytest.approx(np.quantile(drawn, (0.025, 0.975)), abs=0.004)

    def test_one_last_event_among_few_at_risk_proves_little(self):
        curve = kaplan_meier([1] * 19 + [9], [OPEN] * 19 + [DONE])
        assert curve.interval_at(9, kind="beta-product") == pytest.approx((0.0, 0.95))

    @examples(100)
    @given(WITHOUT_CENSORING, st.sampled_from([0.25, 0.5, 0.9]))
    def test_ends_of_a_quantile_are_where_the_pointwise_limits_pass(self, durations, p):
        curve = kaplan_meier(durations, [DONE] * len(durations))
        lower, upper = curve.quantile_interval(p, kind="beta-product")
        for t in curve.times:
            low, high = curve.interval_at(t, kind="beta-product")
            assert (lower <= t) == (low <= 1 - p)
            assert (upper is not None and upper <= t) == (high <= 1 - p)

    def test_reference_values(self):
        """AML of methods.md, worked out apart: beta distributions of scipy and a root finder."""
        maintained = kaplan_meier(
            [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
        )
        for t, expected in {
            9: (0.626576, 0.995453),
            18: (0.396207, 0.922610),
            31: (0.187435, 0.787703),
            48: (0.010954, 0.565347),
        }.items():
            found = maintained.interval_at(t, kind="beta-product")
            assert found == pytest.approx(expected, abs=1e-6)
        assert maintained.quantile_interval(0.5, kind="beta-product") == (18, None)

        other = kaplan_meier(
            [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
        )
        for t, expected in {
            5: (0.549435, 0.971052),
            23: (0.210969, 0.759989),
            45: (0.0, 0.249643),
        }.items():
            found = other.interval_at(t, kind="beta-product")
            assert found == pytest.approx(expected, abs=1e-6)
        assert other.quantile_interval(0.5, kind="beta-product") == (8, 43)


class TestKnown:
    """Nobody censored before t, or three with a potential follow-up of t."""

    def test_a_tail_of_two_is_not_known(self):
        durations, observed = [1, 2, 4, 9, 9], [DONE, OPEN, DONE, DONE, DONE]
        everything = kaplan_meier(durations, observed)
        curve = kaplan_meier(durations, observed, followed=4.0)
        assert everything.at(9) == 0.0
        assert (curve.at(4), curve.at(9)) == (pytest.approx(8 / 15), None)
        assert curve.interval_at(9, kind="beta-product") == (None, None)
        assert curve.rmst(9) == (None, None)
        assert (everything.quantile(0.5), curve.quantile(0.5)) == (9, None)
        lower, upper = curve.quantile_interval(0.5, kind="beta-product")
        assert lower <= 4
        assert upper is None

    def test_up_to_the_first_censored_case_everything_is(self):
        curve = kaplan_meier([1, 2], [DONE, OPEN], followed=math.nan)
        assert (curve.at(2), curve.at(3)) == (0.5, None)

    def test_with_nobody_open_everything_is(self):
        curve = kaplan_meier([1, 2], [DONE, DONE], followed=math.nan)
        assert (curve.at(50), curve.quantile(0.9)) == (0.0, 2)

    def test_an_end_beyond_what_is_known_is_not_reached(self):
        durations, observed = [1, 1, 1, 2, 3, 7], [DONE, DONE, DONE, OPEN, OPEN, DONE]
        curve = kaplan_meier(durations, observed, followed=3.0)
        assert curve.quantile(0.5) == 1
        assert curve.quantile_interval(0.5, kind="beta-product") == (1, None)

    def test_of_incidences_likewise(self):
        durations, causes = [1, 2, 4, 9, 9], [1, 0, 2, 1, 1]
        curve = aalen_johansen(durations, causes, followed=4.0)
        assert aalen_johansen(durations, causes).at(1, 9) is not None
        assert curve.at(1, 9) is None
        assert curve.quantile(1, 0.5) is None
        assert curve.quantile_interval(1, 0.9)[0] <= 4

    def test_of_many_groups_likewise(self):
        grouped = kaplan_meier_by_group(
            [1, 2, 4, 9, 9] * 2, [1, 0, 1, 1, 1] * 2, [0] * 5 + [1] * 5, 2,
            norm=9, tau=9, followed=[4.0, 9.0],
        )  # fmt: skip
        for figure in (grouped.survival_at_norm, grouped.rmst, grouped.quantiles[:, 0]):
            assert np.isnan(figure).tolist() == [True, False]


class TestOfIncidence:
    ENDED = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), min_size=1, max_size=40)
    SOME_OPEN = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=40)

    @examples(100)
    @given(ENDED, st.integers(0, 10))
    def test_without_censoring_it_is_mid_p_clopper_pearson(self, cases, t):
        durations, causes = (np.array(column) for column in zip(*cases, strict=True))
        curves = aalen_johansen(durations, causes, n_causes=3)
        for cause in (1, 2, 3):
            x = np.count_nonzero((durations <= t) & (causes == cause))
            found = curves.interval_at(cause, t)
            assert found == pytest.approx(limits(x, durations.size), abs=1e-9)

    @examples(100)
    @given(SOME_OPEN, st.integers(0, 10), st.sampled_from([0.25, 0.5, 0.9]))
    def test_it_holds_the_estimate_and_has_width(self, cases, t, p):
        durations, causes = (np.array(column) for column in zip(*cases, strict=True))
        curves = aalen_johansen(durations, causes, n_causes=2)
        value = curves.at(1, t)
        lower, upper = curves.interval_at(1, t)
        if value is not None:
            assert 0 <= lower <= value <= upper <= 1
            assert lower < upper
        quantile, (begin, end) = curves.quantile(1, p), curves.quantile_interval(1, p)
        assert begin is not None
        if quantile is None:
            assert end is None
        else:
            assert begin <= quantile <= (math.inf if end is None else end)
