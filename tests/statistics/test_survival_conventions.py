"""Kaplan-Meier: the conventions the module states, one small worked example each."""

import math

import numpy as np
import pytest

from tests.statistics.single_curve import kaplan_meier

OPEN, DONE = False, True


class TestQuantiles:
    def test_exactly_flat_at_the_median_gives_the_midpoint(self):
        # S is 0.5 from day 2 until day 7.
        assert kaplan_meier([1, 2, 7, 8], [DONE] * 4).quantile(0.5) == 4.5

    def test_flat_is_recognised_in_spite_of_rounding(self):
        # The product 19/20 · 18/19 · … · 10/11 is not exactly 0.5 in floating point.
        curve = kaplan_meier(np.arange(1, 21), [DONE] * 20)
        assert curve.quantile(0.5) == 10.5

    def test_censoring_inside_the_flat_step_does_not_end_it(self):
        # S is 0.5 from day 2; the open case of day 4 takes nobody down, the next drop is day 8.
        assert kaplan_meier([1, 2, 4, 8], [DONE, DONE, OPEN, DONE]).quantile(0.5) == 5

    def test_a_flat_step_ending_in_open_cases_gives_its_left_end(self):
        assert kaplan_meier([1, 2, 7, 8], [DONE, DONE, OPEN, OPEN]).quantile(0.5) == 2

    def test_not_reached_is_none(self):
        curve = kaplan_meier([1, 7, 8], [DONE, OPEN, OPEN])
        assert curve.quantile(0.5) is None
        assert curve.quantile(0.3) == 1

    def test_more_cases_on_one_day_than_needed(self):
        # Thirty hand-offs, all the same day: R cannot give an interval here, the exact limit can.
        curve = kaplan_meier([0] * 30, [DONE] * 30)
        assert curve.quantile(0.5) == 0
        assert curve.quantile_interval(0.5) == (0, 0)
        assert curve.quantile_interval(0.5, kind="log") == (None, None)

    def test_six_complete_cases_are_the_fewest_with_an_upper_end_for_the_median(self):
        assert kaplan_meier(range(1, 7), [DONE] * 6).quantile_interval(0.5) == (1, 6)
        assert kaplan_meier(range(1, 6), [DONE] * 5).quantile_interval(0.5)[1] is None

    @pytest.mark.parametrize("p", [0, 1, 50, math.nan])
    def test_a_probability_outside_zero_to_one_is_refused(self, p):
        with pytest.raises(ValueError, match="strictly between 0 and 1"):
            kaplan_meier([1], [DONE]).quantile(p)


class TestRestrictedMean:
    def test_nobody_waits_longer_than_the_horizon_not_by_a_last_digit(self):
        # Three cases still open before 24 hours: added up in steps it is 24.000000000000004.
        assert kaplan_meier([4.8, 13.69, 40], [OPEN, OPEN, DONE]).rmst(24) == (24, 0)


class TestBeyondFollowUp:
    def test_survival_is_unknown_after_the_last_open_case(self):
        # A cohort of three days old cannot say how many are done within a week.
        curve = kaplan_meier([1, 3, 3], [DONE, OPEN, OPEN])
        assert curve.at(3) == pytest.approx(2 / 3)
        assert curve.at(3.01) is None
        assert curve.interval_at(7) == (None, None)
        assert curve.rmst(7) == (None, None)
        assert curve.at_risk_at(7) == 0

    def test_survival_stays_zero_once_everybody_is_done(self):
        curve = kaplan_meier([1, 3], [DONE, DONE])
        assert curve.at(100) == 0.0
        assert curve.rmst(100)[0] == 2.0


class TestSharesOfNoneAndAll:
    def test_without_censoring_zero_done_has_the_exact_binomial_limit(self):
        curve = kaplan_meier([5] * 20, [DONE] * 20)
        lower, upper = curve.interval_at(4)
        assert (lower, upper) == pytest.approx((0.025 ** (1 / 20), 1.0))

    def test_without_censoring_all_done_has_the_exact_binomial_limit(self):
        curve = kaplan_meier([1, 2, 3, 4, 5] * 4, [DONE] * 20)
        assert curve.interval_at(5) == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))

    def test_one_last_event_among_few_at_risk_proves_little(self):
        # Nineteen open on day 1, one done on day 9: S(9) is 0, on the evidence of one case.
        curve = kaplan_meier([1] * 19 + [9], [OPEN] * 19 + [DONE])
        assert curve.interval_at(9) == pytest.approx((0.0, 0.975))


class TestSmallGroups:
    def test_no_cases(self):
        curve = kaplan_meier([], [])
        assert curve.n == 0
        assert curve.at(1) is None
        assert curve.interval_at(1) == (None, None)
        assert curve.quantile(0.5) is None
        assert curve.quantile_interval(0.5) == (None, None)
        assert curve.rmst(10) == (None, None)
        assert curve.at_risk_at(0) == 0

    def test_one_case_done(self):
        curve = kaplan_meier([5], [DONE])
        assert (curve.at(4), curve.at(5)) == (1.0, 0.0)
        assert curve.interval_at(4) == pytest.approx((0.025, 1.0))
        assert curve.interval_at(5) == pytest.approx((0.0, 0.975))
        assert curve.quantile(0.9) == 5
        assert curve.quantile_interval(0.5) == (5, None)
        assert curve.rmst(3) == (3.0, 0.0)
        assert curve.rmst(9) == (5.0, 0.0)

    def test_one_case_open(self):
        curve = kaplan_meier([5], [OPEN])
        assert (curve.at(5), curve.at(6)) == (1.0, None)
        assert curve.quantile(0.5) is None

    def test_all_censored(self):
        curve = kaplan_meier([3, 5, 8], [OPEN] * 3)
        assert curve.at(8) == 1.0
        assert curve.interval_at(5) == pytest.approx((0.025 ** (1 / 2), 1.0))
        assert curve.quantile_interval(0.5) == (None, None)
        assert curve.rmst(8) == (8.0, 0.0)
        assert curve.rmst(9) == (None, None)


class TestRefusals:
    @pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
    def test_durations_that_are_no_follow_up_time(self, bad):
        with pytest.raises(ValueError, match=r"1 durations are negative or not finite .* row 1"):
            kaplan_meier([3, bad], [DONE, DONE])

    def test_an_indicator_that_is_neither_true_nor_false(self):
        with pytest.raises(ValueError, match="other than 0 and 1"):
            kaplan_meier([3, 4], [1, 2])
        with pytest.raises(ValueError, match="other than 0 and 1"):
            kaplan_meier([3, 4], [1, math.nan])

    def test_arrays_of_different_length(self):
        with pytest.raises(ValueError, match="durations has 2 rows"):
            kaplan_meier([3, 4], [DONE])

    def test_counts_below_one(self):
        with pytest.raises(ValueError, match="at least 1"):
            kaplan_meier([3, 4], [DONE, DONE], counts=[1, 0])

    def test_a_percentage_for_a_level(self):
        with pytest.raises(ValueError, match="level"):
            kaplan_meier([3, 4], [DONE, DONE]).quantile_interval(0.5, level=95)

    def test_a_missing_norm(self):
        with pytest.raises(ValueError, match="without a norm"):
            kaplan_meier([3], [DONE]).at(math.nan)


def test_a_silting_hand_off_shows_in_the_cohort_and_not_in_the_completed():
    # A hand-off that takes 40 days at the median, looked at 60 days after the first start.
    generator = np.random.default_rng(11)
    true_median, n = 40.0, 400
    started = generator.uniform(0, 60, n)
    needed = generator.exponential(true_median / math.log(2), n)
    follow_up = 60 - started
    is_done = needed <= follow_up
    cohort = kaplan_meier(np.minimum(needed, follow_up), is_done)
    completed = kaplan_meier(needed[is_done], np.ones(is_done.sum(), dtype=bool))
    lower, upper = cohort.quantile_interval(0.5)
    assert lower < true_median < upper
    assert completed.quantile_interval(0.5)[1] < true_median / 2
