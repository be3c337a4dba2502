"""One series on its chart: gaps, rebases, growth, and the chance of its signal."""

from datetime import date

import numpy as np
import pytest

from pipelines.signals.series import (
    STEP_CHANCE,
    Scale,
    norm_day,
    signal_of_events,
    signal_of_gaps,
    signal_of_series,
)
from pipelines.statistics.signals import Assurance, Direction, Rule, Variation, WarningCode

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
ORDINARY = [20, 22, 19, 21, 20, 23, 18, 21, 20, 22, 19, 21, 20, 22, 19, 21, 20, 23, 18, 21, 20, 22]


def chart(values, periods=None, **options):
    periods = MONTHS[: len(values)] if periods is None else periods
    options = {"grain": "month", "direction": Direction.LOWER_IS_BETTER, **options}
    return signal_of_series(periods, values, **options)


def test_the_last_point_stands_out_and_which_way_decides_what_it_is():
    assert chart([*ORDINARY, 40]).variation is Variation.CONCERN
    higher = chart([*ORDINARY, 40], direction=Direction.HIGHER_IS_BETTER)
    assert (higher.variation, higher.rule, higher.side) == (
        Variation.IMPROVEMENT,
        Rule.OUTSIDE,
        1,
    )


def test_periods_may_come_in_any_order_and_a_missing_one_is_a_gap():
    found = chart([23, 20, 21], ["2024-05", "2024-01", "2024-02"])

    assert found.periods == ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05")
    assert np.isnan(found.values).tolist() == [False, False, True, True, False]
    assert WarningCode.MISSING_PERIOD in found.warnings


def test_a_last_period_that_should_be_there_makes_the_signal_about_the_past():
    number = 2025 * 12 + 11

    found = chart([*ORDINARY, 40], until=number)

    assert not found.is_current
    assert WarningCode.LAST_PERIOD_MISSING in found.warnings


def test_a_change_within_a_period_begins_anew_at_the_next_one():
    quarters = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    values = [20.0] * 8 + [10.0] * 4

    def rebased(day):
        found = chart(values, quarters, grain="quarter", rebased_on=[day])
        return [name for name, group in zip(found.periods, found.group, strict=True) if group]

    assert rebased(date(2025, 1, 1)) == quarters[8:]
    assert rebased(date(2025, 1, 2)) == quarters[9:]


def test_a_rebase_before_the_series_began_changes_nothing():
    found = chart(ORDINARY, rebased_on=[date(2020, 1, 1)])

    assert found.rebased_on is None
    assert set(found.group) == {0}


def test_a_run_has_the_chance_of_such_a_run_and_says_since_when():
    periods = [f"{2020 + place // 12}-{place % 12 + 1:02d}" for place in range(40)]
    steady = np.tile([20.0, 22.0, 21.0, 20.5, 21.5], 8)

    found = chart([*steady[:33], *(steady[33:] + 1.3)], periods)

    assert (found.rule, found.since) == (Rule.SHIFT, 33)
    assert found.p_value < 0.05


def test_an_ordinary_last_point_has_chance_one():
    assert chart(ORDINARY).p_value == 1.0
    assert chart(ORDINARY).since is None


def test_a_point_further_out_is_less_likely():
    assert chart([*ORDINARY, 45]).p_value < chart([*ORDINARY, 30]).p_value < 0.01


def test_fewer_points_say_less_and_too_few_say_nothing():
    def of(n):
        return chart([*ORDINARY[:n], 45]).p_value

    assert of(20) < of(10) < of(6) <= 1.0
    assert of(5) == 1.0


def test_what_lies_before_a_rebase_does_not_count():
    other = [400.0, 10.0, 250.0, 90.0, 310.0, 20.0, 600.0, 5.0]
    alone = chart([*ORDINARY[:12], 45], MONTHS[8:21])
    found = chart([*other, *ORDINARY[:12], 45], rebased_on=[date(2024, 9, 1)])

    assert found.p_value == alone.p_value < 0.01


def test_a_stock_is_expected_near_the_one_before():
    stock = [500 + 3 * (place % 2) for place in range(20)] + [460]

    found = chart(stock, scale=Scale.CHANGES, direction=Direction.NEUTRAL)

    assert found.values[-1] == 460
    assert found.lower[-1] < found.values[-2] < found.upper[-1]
    assert (found.rule, found.side, found.assurance) == (Rule.OUTSIDE, -1, Assurance.NONE)
    # Nothing lies before the first stock, and that is no missing period.
    assert WarningCode.MISSING_PERIOD not in found.warnings


def test_the_norm_is_that_of_the_last_period():
    assert norm_day(["2025-Q2", "2025-Q4", "2025-Q1"]) == date(2025, 10, 1)
    assert chart(ORDINARY, norm=40.0).assurance is Assurance.CONSISTENTLY_PASSING


def test_an_empty_series_says_nothing():
    found = chart([], [])

    assert (found.variation, found.p_value, found.rule) == (None, 1.0, Rule.NONE)


def test_twice_the_same_period_is_refused():
    with pytest.raises(ValueError, match="one value per period"):
        chart([1, 2], ["2024-01", "2024-01"])


def test_few_events_are_judged_by_what_chance_can_do():
    quiet = [0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0]

    def of(last):
        return signal_of_events(
            MONTHS[:13],
            [*quiet, last],
            np.ones(13),
            is_share=False,
            grain="month",
            direction=Direction.LOWER_IS_BETTER,
        )

    assert of(2).rule is Rule.NONE
    assert (of(7).rule, of(7).variation) == (Rule.OUTSIDE, Variation.CONCERN)
    assert of(9).p_value < of(7).p_value < 0.01


def test_gaps_between_events_are_named_by_the_day_that_ends_them():
    days = [date(2026, 1, 5), date(2026, 1, 5), date(2026, 3, 1)]

    found = signal_of_gaps(days, [30, 0, 55], in_cases=False)

    assert found.periods == ("2026-01-05", "2026-01-05#2", "2026-03-01")


def test_events_that_come_ever_sooner_are_a_concern():
    days = [date(2026, 1, 1 + place) for place in range(26)]
    slow = [60, 45, 80, 52, 70, 40, 66, 58, 75, 49, 62, 71, 55, 68, 47, 64]
    gaps = [*slow, 12, 9, 11, 6, 8, 5, 7, 4, 6, 3]

    found = signal_of_gaps(days, gaps, in_cases=False)

    assert (found.variation, found.side) == (Variation.CONCERN, -1)
    assert found.periods[found.since] == "2026-01-17"


class TestAGroupIsJudgedOnItself:
    """What lay before a rebase says nothing of what came after, nor the other way round."""

    FLAT_BUT_FOR_A_SPIKE = (*[5.0] * 6, 30.0, *[5.0] * 5)
    REBASED = (date(2025, 1, 1),)

    def found(self, values, **options):
        return chart(values, rebased_on=self.REBASED, step=1.0, **options)

    def test_a_constant_group_with_one_spike_flags_nothing_before_the_rebase(self):
        signal = self.found([*self.FLAT_BUT_FOR_A_SPIKE, *ORDINARY[:12]])

        assert set(signal.rules) == {Rule.NONE}
        assert np.isnan(signal.upper[:12]).all() and not np.isnan(signal.upper[12:]).any()
        assert not signal.is_coarse

    def test_a_last_group_that_hardly_moves_is_coarse_whatever_came_before(self):
        assert self.found([*ORDINARY[:12], *self.FLAT_BUT_FOR_A_SPIKE]).is_coarse
        assert not chart([*ORDINARY[:12], *self.FLAT_BUT_FOR_A_SPIKE], step=1.0).is_coarse

    def test_the_shape_is_that_of_the_last_group(self):
        lopsided = [1.0] * 10 + [50.0, 2.0]
        before = self.found([*lopsided, *ORDINARY[:12]]).shape
        alone = chart(ORDINARY[:12]).shape

        assert (before.n_points, before.skewness) == (12, pytest.approx(alone.skewness))

    def test_clumps_before_a_rebase_are_not_held_against_what_came_after(self):
        def dispersion(events, **options):
            return signal_of_events(
                MONTHS[: len(events)], events, np.ones(len(events)),
                is_share=False, grain="month", **options,
            ).shape.dispersion  # fmt: skip

        even = [1, 0, 2, 1, 1, 0, 1, 2, 0, 1, 1, 1]
        clumped = [0] * 11 + [9]
        assert dispersion([*clumped, *even], rebased_on=self.REBASED) == pytest.approx(
            dispersion(even)
        )


class TestGrowth:
    """A stock that keeps rising signals, however ordinary each of its changes is."""

    WITHOUT_A_DIP = np.cumsum(np.tile([2.0, 4.0, 1.0, 3.0, 5.0, 0.0], 4))

    def found(self, stock, **options):
        return chart(stock, scale=Scale.CHANGES, step=1.0, **options)

    def test_it_is_named_with_its_beginning(self):
        signal = self.found(self.WITHOUT_A_DIP)

        assert (signal.rule, signal.side, signal.variation) == (
            Rule.GROWTH, 1, Variation.CONCERN,
        )  # fmt: skip
        assert signal.since == 1
        assert signal.p_value < 0.01

    def test_so_is_a_stock_that_keeps_falling(self):
        signal = self.found(200 - self.WITHOUT_A_DIP)

        assert (signal.rule, signal.side, signal.variation) == (
            Rule.GROWTH, -1, Variation.IMPROVEMENT,
        )  # fmt: skip

    def test_one_case_more_every_month_has_no_limits_and_grows_all_the_same(self):
        signal = self.found(np.arange(24.0))

        assert (signal.rule, signal.is_coarse) == (Rule.GROWTH, False)
        assert np.isnan(signal.upper).all()

    def test_a_stock_that_goes_up_and_down_does_not(self):
        assert self.found(50 + np.tile([3.0, -2.0, 0.0, 4.0, -4.0, 1.0], 4)).rule is Rule.NONE


class TestStep:
    """Points that together lie apart from those before, each of them within the limits."""

    BEFORE = (10.1, 11.0, 10.05, 11.1, 10.2, 11.15) * 3
    AFTER = (9.1, 8.7, 9.0, 8.8, 9.0)

    def test_it_is_named_with_its_beginning(self):
        signal = chart([*self.BEFORE, *self.AFTER])

        assert (signal.rule, signal.side, signal.variation) == (
            Rule.STEP, -1, Variation.IMPROVEMENT,
        )  # fmt: skip
        assert signal.since == len(self.BEFORE)
        assert (signal.values >= signal.lower).all()
        assert signal.p_value < STEP_CHANCE

    def test_a_single_one_of_them_is_none(self):
        assert chart([*self.BEFORE, self.AFTER[0]]).rule is Rule.NONE

    def test_what_another_rule_flags_keeps_its_rule(self):
        assert chart([*self.BEFORE, *self.AFTER, 5.0]).rule is Rule.OUTSIDE

    def test_what_an_explained_change_began_is_no_step(self):
        begun = date(2025, 7, 1)

        assert chart([*self.BEFORE, *self.AFTER], rebased_on=[begun]).rule is Rule.NONE

    def test_the_interval_of_a_length_of_time_says_how_surely(self):
        """The same course, of many cases and of few."""
        values = np.array([*self.BEFORE, *self.AFTER])
        many, few = (
            chart(values, base=np.full(values.size, 100), limits=(values - half, values + half))
            for half in (1.0, 4.0)
        )

        assert many.p_value < few.p_value
