"""Funnels: how far members lie apart beyond chance, and the exact limits that allow for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.statistics.funnel import rate_limits, share_limits, spread_of
from pipelines.statistics.intervals import funnel_limits_rate, funnel_limits_share
from tests.bench.funnel import beyond
from tests.examples import examples

# BCG vaccine trials (Colditz and others 1994, JAMA 271:698): cases and others, vaccinated and not.
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
        (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619),
        (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
        (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ], dtype=float,
)  # fmt: skip


class TestReferenceValues:
    def test_dersimonian_and_laird_of_the_bcg_trials(self):
        """Published: Q = 152.23 with 12 degrees of freedom, τ² = 0.3088 (metafor, dat.bcg)."""
        a, b, c, d = BCG.T
        log_ratio = np.log(a / (a + b)) - np.log(c / (c + d))
        error = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
        pooled = float(np.average(log_ratio, weights=error**-2))

        spread = spread_of(log_ratio, pooled, error, winsorised=0.0)

        assert f"{pooled:.4f}" == "-0.4303"
        assert f"{13 * spread.ratio:.2f}" == "152.23"
        assert f"{spread.between**2:.4f}" == "0.3088"

    def test_the_extreme_of_each_end_counts_as_its_neighbour(self):
        """Z = 1, 2, 3, 4, 90 about a target of 0 count as 2, 2, 3, 4, 4: a mean square of 9.8.

        Of five normal values the fourth has mean .4950 and variance .3115, the third variance
        .2868 (Teichroew 1956): chance alone leaves (4 × .5566 + .2868) / 5 = .5026 of 1.
        """
        spread = spread_of([3, 90, 1, 4, 2], 0.0, np.ones(5))

        assert f"{spread.ratio:.2f}" == f"{9.8 / 0.5026:.2f}"
        assert f"{spread.between**2:.1f}" == f"{(5 * 9.8 / 0.5026 - 4) / 4:.1f}"

    def test_a_beta_binomial_worked_out_by_hand(self):
        """At θ = .5 and τ² = 1/12 every count of 0 to n is as likely: of 999, 1 in 1,000 each.

        The smallest k with at least .0245 up to and with it is 24, with .9755 it is 975.
        """
        limits = share_limits([999], 0.5, np.sqrt(1 / 12), 0.951)

        assert tuple(limits.lower * 999) == (24,)
        assert tuple(limits.upper * 999) == (975,)


class TestSpread:
    def test_members_that_all_have_the_national_value_do_not_differ(self):
        assert spread_of([0.4] * 6, 0.4, [0.1] * 6).between == 0.0

    def test_with_four_members_nothing_is_said(self):
        assert spread_of([0.1, 0.9, 0.1, 0.9], 0.5, [0.1] * 4) is None

    def test_without_chance_there_is_no_measure(self):
        with pytest.raises(ValueError, match="errors must be positive"):
            spread_of([1.0] * 5, 1.0, [0.0] * 5)

    @given(st.integers(0, 2**32))
    @examples(20)
    def test_one_member_far_out_does_not_hide_itself(self, seed):
        n = np.full(10, 200)
        count = np.random.default_rng(seed).binomial(n, 0.7)
        count[3] = 60
        value = count / n

        spread = spread_of(value, 0.7, np.sqrt(0.7 * 0.3 / n))

        assert value[3] < share_limits(n, 0.7, spread.between, 0.998).lower[3]


class TestLimits:
    @given(
        st.integers(1, 300),
        st.floats(0.02, 0.98),
        st.floats(0.01, 0.3),
        st.sampled_from([0.95, 0.998]),
    )
    @examples(100)
    def test_a_share_beyond_a_limit_is_as_rare_as_stated(self, n, target, between, level):
        most = target * (1 - target)
        total = most / min(between**2, 0.99 * most) - 1
        member = stats.betabinom(n, target * total, (1 - target) * total)
        limits = share_limits([n], target, between, level)
        lower, upper = (round(float(limit[0]) * n) for limit in limits)
        tail = (1 - level) / 2

        assert member.cdf(lower - 1) <= tail + 1e-9
        assert member.cdf(lower) >= tail - 1e-9
        assert member.sf(upper) <= tail + 1e-9
        assert member.sf(upper - 1) >= tail - 1e-9

    @given(st.floats(0.5, 300), st.floats(0.05, 3), st.floats(0.01, 1))
    @examples(100)
    def test_a_rate_beyond_a_limit_is_as_rare_as_stated(self, time, target, between):
        """Over true rates, which are gamma, the chance of a count is that of a Poisson one."""
        shape = (target / between) ** 2
        member = stats.nbinom(shape, shape / (shape + time * target))
        limits = rate_limits([time], target, between, 0.95)
        lower, upper = (round(float(limit[0]) * time) for limit in limits)

        assert member.cdf(lower - 1) <= 0.025 + 1e-9
        assert member.cdf(lower) >= 0.025 - 1e-9
        assert member.sf(upper) <= 0.025 + 1e-9
        assert member.sf(upper - 1) >= 0.025 - 1e-9

    def test_without_spread_they_are_those_of_chance(self):
        n = [0, 3, 50, 400]
        for made, exact in (
            (share_limits(n, 0.6, 0.0, 0.95), funnel_limits_share(n, 0.6, 0.95)),
            (rate_limits(n, 0.6, 0.0, 0.95), funnel_limits_rate(n, 0.6, 0.95)),
        ):
            np.testing.assert_array_equal(made.lower, exact.lower)
            np.testing.assert_array_equal(made.upper, exact.upper)

    def test_the_largest_member_keeps_the_spread_between_members(self):
        chance = share_limits([50_000], 0.5, 0.0, 0.95)
        spread = share_limits([50_000], 0.5, 0.1, 0.95)

        assert chance.upper[0] - chance.lower[0] < 0.01
        assert spread.upper[0] - spread.lower[0] == pytest.approx(2 * 1.96 * 0.1, rel=0.02)


def test_small_and_large_members_are_treated_alike():
    """What decided for τ: who differs, as members do, is not flagged for being large."""
    shares = {row["limits"]: (row["smaller"], row["larger"]) for row in beyond(200, 0.1)}

    assert max(shares["added"]) < 0.02
    assert shares["factor"][1] > 0.02 > shares["factor"][0]
    assert min(shares["chance"]) > 0.05


def test_where_only_chance_is_at_work_hardly_a_member_lies_beyond():
    [added] = [row for row in beyond(200, 0.0) if row["limits"] == "added"]

    assert max(added["smaller"], added["larger"]) <= 0.004
