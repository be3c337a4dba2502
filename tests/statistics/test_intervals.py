"""Intervals of shares, counts and rates; funnel limits; quantiles of completed hand-offs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from pipelines.statistics.intervals import (
    funnel_limits_rate,
    funnel_limits_share,
    poisson_exact,
    poisson_rate,
    quantiles_of_completed,
    weighted_mean_limits,
    wilson,
)
from tests.examples import examples
from tests.statistics.single_curve import none_of_n_upper
from tests.statistics.single_sample import quantile_of_completed

SHARES = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.8, 0.95, 0.998])


def printed(limits, digits):
    return tuple(f"{float(limit):.{digits}f}" for limit in limits)


class TestReferenceValues:
    @pytest.mark.parametrize(
        ("successes", "n", "lower", "upper"),
        [
            (65, 100, "0.552544", "0.736358"),
            (1045, 5000, "0.197955", "0.220491"),
            (0, 20, "0.000000", "0.161125"),
        ],
    )
    def test_wilson(self, successes, n, lower, upper):
        assert printed(wilson(successes, n), 6) == (lower, upper)

    def test_exact_poisson(self):
        assert printed(poisson_exact(0), 4) == ("0.0000", "3.6889")
        assert printed(poisson_exact(5), 4) == ("1.6235", "11.6683")


class TestShares:
    def test_none_and_all_have_an_interval_with_a_clean_end(self):
        assert wilson(0, 7).lower == 0.0
        assert 0 < wilson(0, 7).upper < 1
        assert wilson(7, 7).upper == 1.0
        assert 0 < wilson(7, 7).lower < 1

    def test_no_cases_is_no_information(self):
        assert tuple(wilson(0, 0)) == (0.0, 1.0)

    @given(SHARES.filter(lambda share: share[1] > 0), LEVELS)
    def test_statsmodels_agrees(self, share, level):
        x, n = share
        expected = proportion_confint(x, n, alpha=1 - level, method="wilson")
        assert tuple(wilson(x, n, level)) == pytest.approx(expected, abs=1e-9)

    @given(SHARES, LEVELS)
    def test_the_interval_contains_the_share(self, share, level):
        x, n = share
        lower, upper = wilson(x, n, level)
        assert 0 <= lower < upper <= 1
        assert n == 0 or lower <= x / n <= upper

    @given(SHARES, LEVELS)
    def test_the_complement_mirrors_the_interval(self, share, level):
        x, n = share
        lower, upper = wilson(x, n, level)
        assert tuple(wilson(n - x, n, level)) == pytest.approx((1 - upper, 1 - lower), abs=1e-9)

    def test_arrays_are_taken_element_by_element(self):
        limits = wilson([0, 65], [20, 100])
        assert limits.lower == pytest.approx([0, 0.552544], abs=1e-6)
        assert limits.upper.shape == (2,)

    def test_none_of_n_is_the_exact_limit_for_whole_n_and_none_for_no_cases(self):
        assert none_of_n_upper(20) == pytest.approx(
            proportion_confint(0, 20, alpha=0.05, method="beta")[1]
        )
        assert none_of_n_upper(0) == 1.0
        assert none_of_n_upper(10) < none_of_n_upper(9.5) < none_of_n_upper(9)

    def test_impossible_counts_are_refused(self):
        for x, n in ((5, 4), (-1, 4)):
            with pytest.raises(ValueError, match="0 <= successes <= n"):
                wilson(x, n)
        with pytest.raises(ValueError, match="level must lie strictly between 0 and 1"):
            wilson(1, 4, level=95)


class TestCountsAndRates:
    @given(st.integers(0, 500), LEVELS)
    def test_each_limit_leaves_the_stated_tail(self, count, level):
        lower, upper = poisson_exact(count, level)
        tail = (1 - level) / 2
        assert stats.poisson.cdf(count, upper) == pytest.approx(tail, rel=1e-6)
        if count:
            assert stats.poisson.sf(count - 1, lower) == pytest.approx(tail, rel=1e-6)
        assert lower <= count <= upper

    def test_a_rate_is_the_count_per_unit_of_person_time(self):
        # 5 events in 2 years of 365.25 days, per year.
        rate, lower, upper = poisson_rate(5, 730.5, per=365.25)
        assert float(rate) == 2.5
        assert (float(lower), float(upper)) == pytest.approx((1.6235 / 2, 11.6683 / 2), abs=1e-4)

    def test_without_person_time_a_rate_is_unknown(self):
        rate, lower, upper = poisson_rate(0, 0)
        assert math.isnan(rate)
        assert (lower, upper) == (0.0, math.inf)

    def test_events_without_person_time_are_refused(self):
        with pytest.raises(ValueError, match="events without person-time"):
            poisson_rate([0, 1], [0, 0])
        with pytest.raises(ValueError, match="person_time must be at least 0"):
            poisson_rate(1, -1)
        with pytest.raises(ValueError, match="counts must be at least 0"):
            poisson_exact(-1)


class TestFunnels:
    @given(st.integers(1, 400), st.floats(0.001, 0.999), LEVELS)
    def test_a_share_beyond_a_limit_is_as_rare_as_stated_and_no_tighter_limit_is(
        self, n, target, level
    ):
        lower, upper = (round(float(limit) * n) for limit in funnel_limits_share(n, target, level))
        tail = (1 - level) / 2
        assert stats.binom.cdf(lower - 1, n, target) <= tail + 1e-12
        assert stats.binom.cdf(lower, n, target) >= tail - 1e-12
        assert stats.binom.sf(upper, n, target) <= tail + 1e-12
        assert stats.binom.sf(upper - 1, n, target) >= tail - 1e-12

    @given(st.floats(0.1, 500), st.floats(0.01, 3), LEVELS)
    def test_a_rate_beyond_a_limit_is_as_rare_as_stated_and_no_tighter_limit_is(
        self, time, target, level
    ):
        limits = funnel_limits_rate(time, target, level)
        lower, upper = (round(float(limit) * time) for limit in limits)
        mean, tail = time * target, (1 - level) / 2
        assert stats.poisson.cdf(lower - 1, mean) <= tail + 1e-12
        assert stats.poisson.cdf(lower, mean) >= tail - 1e-12
        assert stats.poisson.sf(upper, mean) <= tail + 1e-12
        assert stats.poisson.sf(upper - 1, mean) >= tail - 1e-12

    def test_the_funnel_narrows_with_size(self):
        limits = funnel_limits_share([10, 100, 1000], 0.6)
        width = limits.upper - limits.lower
        assert width[0] > width[1] > width[2]

    def test_a_certain_target_has_no_ordinary_deviation(self):
        assert tuple(funnel_limits_share(8, 1.0)) == (1.0, 1.0)
        assert tuple(funnel_limits_share(8, 0.0)) == (0.0, 0.0)
        assert tuple(funnel_limits_rate(8, 0.0)) == (0.0, 0.0)

    def test_an_empty_group_can_be_anywhere(self):
        assert tuple(funnel_limits_share(0, 0.4)) == (0.0, 1.0)
        assert tuple(funnel_limits_rate(0, 0.4)) == (0.0, math.inf)

    def test_wrong_targets_are_refused(self):
        with pytest.raises(ValueError, match="not a percentage"):
            funnel_limits_share(10, 60)
        with pytest.raises(ValueError, match="whole numbers"):
            funnel_limits_share(10.5, 0.6)
        with pytest.raises(ValueError, match="at least 0"):
            funnel_limits_rate(10, -1)


VALUES = st.lists(st.floats(0, 100), min_size=1, max_size=60)


class TestQuantilesOfCompleted:
    @given(VALUES, st.floats(0.01, 0.99))
    def test_the_value_is_numpys_type_7(self, values, p):
        expected = np.quantile(values, p, method="linear")
        assert quantile_of_completed(values, p).value == pytest.approx(expected, abs=1e-9)

    @given(VALUES, st.floats(0.01, 0.99))
    def test_the_ends_enclose_the_value(self, values, p):
        value, lower, upper = quantile_of_completed(values, p)
        assert lower is None or lower <= value + 1e-9
        assert upper is None or value - 1e-9 <= upper

    def test_ranks_known_from_tables(self):
        # Sign-test interval of a median: ranks 2 and 9 of ten, 6 and 15 of twenty.
        assert quantile_of_completed(range(1, 11), 0.5) == (5.5, 2, 9)
        assert quantile_of_completed(range(1, 21), 0.5) == (10.5, 6, 15)

    def test_fewer_than_six_values_carry_no_interval_of_a_median(self):
        assert quantile_of_completed(range(1, 7), 0.5) == (3.5, 1, 6)
        assert quantile_of_completed(range(1, 6), 0.5) == (3, None, None)

    def test_a_high_quantile_of_few_values_has_no_upper_end(self):
        value, lower, upper = quantile_of_completed(range(1, 21), 0.9)
        assert value == pytest.approx(18.1)
        assert lower == 15
        assert upper is None

    def test_coverage_is_at_least_the_level(self):
        generator = np.random.default_rng(3)
        samples = generator.exponential(1, (2000, 15))
        estimates = [quantile_of_completed(sample, 0.5) for sample in samples]
        covered = np.mean([e.lower <= math.log(2) <= e.upper for e in estimates])
        assert covered >= 0.95

    @given(st.lists(VALUES, min_size=1, max_size=5), st.floats(0.01, 0.99))
    def test_many_groups_at_once_give_what_each_gives_alone(self, groups, p):
        ordered = [sorted(values) for values in groups]
        codes = np.repeat(np.arange(len(groups)), [len(values) for values in groups])
        together = quantiles_of_completed(np.concatenate(ordered), codes, len(groups) + 1, p)
        for group, values in enumerate(groups):
            alone = [math.nan if end is None else end for end in quantile_of_completed(values, p)]
            np.testing.assert_array_equal([ends[group] for ends in together], alone)
        assert np.isnan([ends[-1] for ends in together]).all()

    def test_a_row_may_stand_for_several_cases(self):
        counted = quantiles_of_completed([1, 4, 9], [0, 0, 0], 1, 0.5, counts=[7, 2, 3])
        repeated = quantile_of_completed([1] * 7 + [4] * 2 + [9] * 3, 0.5)
        assert tuple(float(ends[0]) for ends in counted) == repeated

    def test_values_out_of_order_are_refused(self):
        with pytest.raises(ValueError, match="in order"):
            quantiles_of_completed([2, 1], [0, 0], 1, 0.5)
        with pytest.raises(ValueError, match="in order"):
            quantiles_of_completed([1, 2], [1, 0], 2, 0.5)

    def test_empty_and_wrong_input(self):
        assert quantile_of_completed([], 0.5) == (None, None, None)
        with pytest.raises(ValueError, match="missing durations"):
            quantile_of_completed([1, math.nan], 0.5)
        with pytest.raises(ValueError, match="probability must lie strictly"):
            quantile_of_completed([1], 50)


class TestWeightedMean:
    def test_one_part_gives_its_own_limits(self):
        pooled = weighted_mean_limits([0, 1], [20, 7], [0.5, 0.9], [0.3, 0.6], [0.7, 0.99])

        np.testing.assert_allclose(pooled, [[0.5, 0.9], [0.3, 0.6], [0.7, 0.99]])

    def test_newcombe_method_10(self):
        """56/70 less 48/80 with Wilson's limits: 0.0524 to 0.3339 (Newcombe 1998, table II).

        A difference is the mean of one share and the complement's mirror, doubled:
        p1 - p2 = 2 * (p1 + (1 - p2)) / 2 - 1.
        """
        share, other = wilson(56, 70), wilson(80 - 48, 80)

        pooled = weighted_mean_limits(
            [0, 0],
            [1, 1],
            [56 / 70, 32 / 80],
            [share.lower, other.lower],
            [share.upper, other.upper],
        )

        difference = [float(2 * part[0] - 1) for part in pooled]
        assert printed(difference, 4) == ("0.2000", "0.0524", "0.3339")

    def test_cases_weigh_in_by_their_number(self):
        pooled = weighted_mean_limits([0, 0], [3, 1], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0])

        assert pooled.value.tolist() == [0.75]

    @examples(200)
    @given(
        st.lists(
            st.tuples(st.integers(1, 10**6), st.sampled_from([0.0, 1.0, 0.1, 1 / 3])),
            min_size=1,
            max_size=6,
        )
    )
    def test_the_mean_lies_within_its_parts_and_its_limits(self, parts):
        weights, shares = zip(*parts, strict=True)
        limits = wilson(np.array(shares) * 30, 30)
        pooled = weighted_mean_limits([0] * len(parts), weights, shares, *limits)

        assert min(shares) <= pooled.value[0] <= max(shares)
        assert 0 <= pooled.lower[0] <= pooled.value[0] <= pooled.upper[0] <= 1

    def test_a_part_nobody_knows_leaves_the_whole_unknown(self):
        pooled = weighted_mean_limits([0, 0], [3, 1], [0.5, np.nan], [0.4, np.nan], [0.6, np.nan])

        assert np.isnan([*pooled.value, *pooled.lower, *pooled.upper]).all()

    def test_limits_of_two_groups_cover_as_they_say(self):
        """30 cases under a norm kept by 0.8, 20 under one kept by 0.5: 95% of 2,000 intervals."""
        rng = np.random.default_rng(4)
        within = np.column_stack([rng.binomial(30, 0.8, 2000), rng.binomial(20, 0.5, 2000)])
        limits = wilson(within, [30, 20])
        pooled = weighted_mean_limits(
            np.repeat(np.arange(2000), 2),
            np.tile([30, 20], 2000),
            (within / [30, 20]).ravel(),
            limits.lower.ravel(),
            limits.upper.ravel(),
        )
        truth = (30 * 0.8 + 20 * 0.5) / 50

        covered = ((pooled.lower <= truth) & (truth <= pooled.upper)).mean()
        assert covered == pytest.approx(0.95, abs=0.015)

    @pytest.mark.parametrize(
        ("weights", "named"), [([1, -1], "negative"), ([0, 0], "positive weight")]
    )
    def test_impossible_weights_are_refused(self, weights, named):
        with pytest.raises(ValueError, match=named):
            weighted_mean_limits([0, 0], weights, [0.5, 0.5], [0.4, 0.4], [0.6, 0.6])
