"""Control charts: limits, the four rules, both icons and gaps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.statistics.signals import (
    Assurance,
    ChartWarning,
    Direction,
    Rule,
    Variation,
    WarningCode,
    assurance,
    shift_points,
    trend_points,
    two_of_three_points,
    xmr_chart,
)

HIGHER, LOWER, NEUTRAL = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER, Direction.NEUTRAL
GAP = None
SPIKE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
# Mean 0, average moving range 2: limits ±5.32, near-limits ±3.547.
STEADY = [1, -1] * 8
SERIES = st.lists(st.one_of(st.none(), st.integers(-20, 20)), max_size=40)


class TestLimits:
    def test_screening_drops_the_spike_from_the_moving_ranges(self):
        [limits] = xmr_chart(SPIKE).groups
        assert f"{limits.centre:.3f}" == "1.944"
        assert (f"{limits.lower:.4f}", f"{limits.upper:.4f}") == ("-0.7156", "4.6044")

    def test_without_screening_the_spike_would_hide_itself(self, monkeypatch):
        monkeypatch.setattr("pipelines.statistics.signals.SCREENING_FACTOR", math.inf)
        [limits] = xmr_chart(SPIKE).groups
        assert (f"{limits.lower:.4f}", f"{limits.upper:.4f}") == ("-3.0626", "6.9515")

    def test_the_unrounded_factor_gives_the_published_flow_example(self):
        flow = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306,
                294, 299, 297, 299, 314, 295, 293, 306, 301, 304]  # fmt: skip
        [limits] = xmr_chart(flow).groups
        half = (limits.upper - limits.centre) / 2.66 * 3 / 1.128
        lines = limits.centre, limits.centre - half, limits.centre + half
        assert [f"{line:.4f}" for line in lines] == ["300.5000", "279.7833", "321.2167"]
        assert limits.upper == pytest.approx(321.22)

    def test_near_limits_are_two_thirds_of_the_way_and_nothing_is_cut_off_at_zero(self):
        [limits] = xmr_chart(SPIKE).groups
        assert limits.near_upper - limits.centre == pytest.approx(
            (limits.upper - limits.centre) * 2 / 3
        )
        assert limits.lower < 0

    def test_a_constant_series_has_limits_on_its_mean_and_no_signal(self):
        # 0.1 added up and divided again is not exactly 0.1.
        chart = xmr_chart([0.1] * 20, direction=HIGHER)
        assert chart.upper[0] == chart.lower[0] == pytest.approx(0.1)
        assert set(chart.rules) == {Rule.NONE}

    def test_limits_can_rest_on_the_first_points_only(self):
        chart = xmr_chart([1, -1] * 6 + [30, 31], fix_after=12)
        assert chart.centre[-1] == 0
        assert chart.rules[-2:] == (Rule.OUTSIDE, Rule.OUTSIDE)

    def test_a_gap_is_not_one_of_the_first_points(self):
        chart = xmr_chart([1, -1, GAP, *([1, -1] * 5), 30, 31], fix_after=12)
        assert chart.centre[-1] == 0

    def test_fixing_on_fewer_than_twelve_points_is_refused(self):
        with pytest.raises(ValueError, match="12 points or more"):
            xmr_chart(STEADY, fix_after=11)


class TestOutside:
    def test_strictly_beyond_a_limit(self):
        chart = xmr_chart(SPIKE)
        assert [i for i, rule in enumerate(chart.rules) if rule is Rule.OUTSIDE] == [4]
        assert chart.sides[4] == 1

    def test_on_the_limit_is_not_beyond_it(self):
        # The last value equals the upper limit of the first twelve: 0 + 2.66 · 2.
        on, above = ([1, -1] * 6 + [value] for value in (5.32, 5.33))
        assert xmr_chart(on, fix_after=12).rules[-1] is Rule.NONE
        assert xmr_chart(above, fix_after=12).rules[-1] is Rule.OUTSIDE


class TestTrend:
    def test_seven_rising_or_falling(self):
        assert trend_points(range(1, 8)).tolist() == [1] * 7
        assert trend_points(range(7, 0, -1)).tolist() == [-1] * 7

    def test_six_are_not_enough_and_equal_neighbours_break_it(self):
        assert not trend_points([1, 2, 3, 4, 5, 6, 0]).any()
        assert not trend_points(range(1, 7)).any()
        assert not trend_points([1, 2, 3, 3, 4, 5, 6]).any()

    def test_all_points_of_a_longer_run_and_no_others(self):
        assert trend_points([5, 1, 2, 3, 4, 5, 6, 7, 8, 0]).tolist() == [0] + [1] * 8 + [0]

    def test_a_peak_between_two_runs_belongs_to_the_first(self):
        up_and_down = [1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]
        assert trend_points(up_and_down).tolist() == [1] * 7 + [-1] * 6


class TestTwoOfThree:
    def find(self, values):
        return two_of_three_points(values, centre=0, near_lower=-4, near_upper=4).tolist()

    def test_only_the_near_ones_are_flagged(self):
        assert self.find([5, 1, 5]) == [1, 0, 1]
        assert self.find([5, 5, 1]) == [1, 1, 0]
        assert self.find([-5, -1, -5]) == [-1, 0, -1]

    def test_all_three_must_be_on_one_side(self):
        assert self.find([5, -1, 5]) == [0, 0, 0]
        assert self.find([5, 0, 5]) == [0, 0, 0]
        assert self.find([-1, 5, 5, -1]) == [0, 0, 0, 0]

    def test_one_near_point_is_ordinary_and_so_is_one_on_the_near_limit(self):
        assert self.find([5, 1, 1]) == [0, 0, 0]
        assert self.find([5, 4, 1]) == [0, 0, 0]

    def test_opposite_ends_are_no_signal(self):
        chart = xmr_chart([1, -1] * 7 + [5.5, -5.5])
        assert f"{chart.near_upper[-1]:.4f}" == "4.1167"
        assert f"{chart.near_lower[-1]:.4f}" == "-4.1167"
        assert chart.rules[-2:] == (Rule.NONE, Rule.NONE)
        assert chart.variation is Variation.COMMON_CAUSE


class TestShift:
    def test_seven_on_one_side(self):
        assert shift_points([1, 2, 1, 2, 1, 2, 1, -1], 0).tolist() == [1] * 7 + [0]
        assert shift_points([-1] * 7, 0).tolist() == [-1] * 7
        assert not shift_points([1] * 6 + [-1], 0).any()

    def test_a_point_on_the_mean_breaks_the_run(self):
        assert not shift_points([1, 1, 1, 1, 0, 1, 1, 1], 0).any()


class TestPrecedence:
    def test_outside_goes_before_trend(self):
        # 1 … 7 alone: limits 4 ± 2.66, so the ends are outside and the rest is a trend.
        chart = xmr_chart(range(1, 8))
        assert chart.rules == (Rule.OUTSIDE, *(Rule.TREND,) * 5, Rule.OUTSIDE)

    def test_trend_goes_before_two_of_three(self):
        # The last three rise on one side of the mean, beyond the near-limit at 3.547.
        chart = xmr_chart([1, -1] * 6 + [-0.5, 0.1, 1, 2, 4, 5, 5.1], fix_after=12)
        assert chart.rules[-7:] == (Rule.TREND,) * 7
        assert xmr_chart([1, -1] * 6 + [4, 5, 5.1], fix_after=12).rules[-1] is Rule.TWO_OF_THREE

    def test_two_of_three_goes_before_shift(self):
        chart = xmr_chart([1, -1] * 6 + [1, 2, 1, 2, 4, 1, 4], fix_after=12)
        assert chart.rules[-7:] == (
            *(Rule.SHIFT,) * 4, Rule.TWO_OF_THREE, Rule.SHIFT, Rule.TWO_OF_THREE,
        )  # fmt: skip


class TestVariationIcon:
    def test_a_high_last_point_is_read_by_the_direction(self):
        high = [*STEADY, 9]
        assert xmr_chart(high, direction=HIGHER).variation is Variation.IMPROVEMENT
        assert xmr_chart(high, direction=LOWER).variation is Variation.CONCERN
        assert xmr_chart(high, direction=NEUTRAL).variation is Variation.NEUTRAL

    def test_only_the_last_point_counts(self):
        assert xmr_chart(SPIKE, direction=LOWER).variation is Variation.COMMON_CAUSE
        assert xmr_chart(SPIKE, direction=LOWER).point_variation[4] is Variation.CONCERN

    def test_a_falling_trend_still_above_the_mean_is_falling(self):
        # With lower as better, seven falling periods are an improvement wherever they are.
        series = [1, -1] * 6 + [4, 3.4, 2.8, 2.2, 1.6, 1.0, 0.4]
        chart = xmr_chart(series, fix_after=12, direction=LOWER)
        assert chart.rules[-1] is Rule.TREND
        assert chart.values[-1] > chart.centre[-1]
        assert chart.variation is Variation.IMPROVEMENT

    def test_stable_words_for_storage(self):
        assert [str(v) for v in Variation] == ["improvement", "concern", "neutral", "common_cause"]
        assert [str(a) for a in Assurance] == [
            "consistently_passing", "hit_and_miss", "consistently_failing", "none",
        ]  # fmt: skip


class TestAssuranceIcon:
    @pytest.mark.parametrize(
        ("limits", "higher", "lower"),
        [
            ((1, 3), Assurance.CONSISTENTLY_FAILING, Assurance.CONSISTENTLY_PASSING),
            ((5, 7), Assurance.CONSISTENTLY_PASSING, Assurance.CONSISTENTLY_FAILING),
            ((1, 5), Assurance.HIT_AND_MISS, Assurance.HIT_AND_MISS),
            ((4, 7), Assurance.HIT_AND_MISS, Assurance.HIT_AND_MISS),
        ],
    )
    def test_a_norm_of_four(self, limits, higher, lower):
        assert assurance(*limits, 4, HIGHER) is higher
        assert assurance(*limits, 4, LOWER) is lower

    def test_none_without_norm_direction_or_limits(self):
        assert assurance(1, 3, None, HIGHER) is Assurance.NONE
        assert assurance(1, 3, 4, NEUTRAL) is Assurance.NONE
        assert assurance(math.nan, math.nan, 4, HIGHER) is Assurance.NONE

    def test_the_last_group_decides(self):
        series, rebase = [v + 20 for v in STEADY] + STEADY, [False] * 16 + [True] + [False] * 15
        assert xmr_chart(series, norm=10, direction=HIGHER).assurance is Assurance.HIT_AND_MISS
        rebased = xmr_chart(series, rebase=rebase, norm=10, direction=HIGHER)
        assert rebased.assurance is Assurance.CONSISTENTLY_FAILING


class TestRebase:
    def test_each_group_has_its_own_limits_and_no_range_bridges_the_step(self):
        chart = xmr_chart(
            [*STEADY, *(v + 50 for v in STEADY)], rebase=[False] * 16 + [True] * 1 + [False] * 15
        )
        assert (chart.centre[15], chart.centre[16]) == (0, 50)
        assert chart.upper[16] - 50 == pytest.approx(chart.upper[0]) == pytest.approx(5.32)
        assert set(chart.rules) == {Rule.NONE}

    def test_runs_end_at_a_rebase(self):
        rising = list(range(12))
        cut = [i == 6 for i in range(12)]
        assert Rule.TREND in xmr_chart(rising).rules
        assert Rule.TREND not in xmr_chart(rising, rebase=cut).rules

    def test_a_flag_on_the_first_period_starts_no_second_group(self):
        assert len(xmr_chart(STEADY, rebase=[True] + [False] * 15).groups) == 1


class TestGaps:
    def test_a_gap_stays_in_the_output_with_a_warning(self):
        chart = xmr_chart([*STEADY, GAP, 1])
        assert math.isnan(chart.values[16])
        assert (chart.rules[16], chart.point_variation[16]) == (Rule.NONE, None)
        assert chart.warnings == (ChartWarning(WarningCode.MISSING_PERIOD, 16),)

    def test_no_moving_range_bridges_a_gap(self):
        # Across the gap the level jumps by 10; inside the stretches ranges are 1.
        chart = xmr_chart([0, 1, 0, 1, GAP, 10, 11, 10, 11])
        assert chart.upper[0] - chart.centre[0] == pytest.approx(2.66)

    def test_a_gap_ends_every_run(self):
        assert not trend_points([1, 2, 3, 4, math.nan, 5, 6, 7, 8]).any()
        assert not shift_points([1, 1, 1, 1, math.nan, 1, 1, 1], 0).any()
        assert not two_of_three_points([5, math.nan, 5, 1], 0, -4, 4).any()

    def test_a_missing_last_period_is_said_and_the_icon_is_of_the_one_before(self):
        chart = xmr_chart([*STEADY, 9, GAP], direction=HIGHER)
        assert chart.variation is Variation.IMPROVEMENT
        assert chart.variation_position == 16
        assert ChartWarning(WarningCode.LAST_PERIOD_MISSING, 17) in chart.warnings

    def test_points_without_neighbours_have_a_mean_and_no_limits(self):
        chart = xmr_chart([1, GAP, 3, GAP], norm=9, direction=HIGHER)
        assert chart.centre[0] == 2
        assert np.isnan(chart.upper).all()
        assert chart.assurance is Assurance.NONE
        assert ChartWarning(WarningCode.NO_LIMITS, 0) in chart.warnings

    def test_nothing_at_all(self):
        for series in ([], [GAP, GAP]):
            chart = xmr_chart(series, norm=1, direction=HIGHER)
            assert (chart.variation, chart.assurance) == (None, Assurance.NONE)
            assert chart.is_provisional


class TestProvisionalLimits:
    @pytest.mark.parametrize(("n", "is_provisional"), [(12, True), (13, False)])
    def test_fewer_than_thirteen_points(self, n, is_provisional):
        chart = xmr_chart(([1, -1] * 7)[:n])
        assert chart.is_provisional is is_provisional
        warned = ChartWarning(WarningCode.PROVISIONAL_LIMITS, 0) in chart.warnings
        assert warned is is_provisional

    def test_periods_without_value_are_no_points(self):
        assert xmr_chart([*([1, -1] * 6), GAP]).is_provisional

    def test_the_last_group_counts(self):
        chart = xmr_chart(STEADY, rebase=[i == 10 for i in range(16)])
        assert [group.n_points for group in chart.groups] == [10, 6]
        assert chart.is_provisional


class TestProperties:
    @given(SERIES, st.sampled_from([0.25, 8.0]), st.integers(-50, 50))
    def test_unit_and_offset_change_the_lines_and_not_the_signals(self, series, factor, offset):
        moved = [None if v is None else v * factor + offset for v in series]
        first, second = xmr_chart(series), xmr_chart(moved)
        assert second.upper == pytest.approx(first.upper * factor + offset, nan_ok=True)
        assert first.rules == second.rules
        assert np.array_equal(first.sides, second.sides)

    @given(SERIES)
    def test_upside_down_gives_the_same_signals_on_the_other_side(self, series):
        flipped = xmr_chart([None if v is None else -v for v in series], direction=LOWER)
        chart = xmr_chart(series, direction=HIGHER)
        assert chart.rules == flipped.rules
        assert np.array_equal(chart.sides, -flipped.sides)
        assert chart.variation == flipped.variation

    @given(SERIES)
    def test_a_signal_has_a_side_and_only_a_signal_has(self, series):
        chart = xmr_chart(series)
        for rule, side in zip(chart.rules, chart.sides, strict=True):
            assert (rule is Rule.NONE) == (side == 0)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="missing period is None"):
        xmr_chart([1, math.inf])
    with pytest.raises(ValueError, match="rebase has shape"):
        xmr_chart([1, 2], rebase=[True])
    with pytest.raises(ValueError, match="norm must be a finite number"):
        xmr_chart([1, 2], norm=math.nan)
