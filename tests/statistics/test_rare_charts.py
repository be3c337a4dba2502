"""Charts of rare events: the times between them, and the cases between them."""

import math

import numpy as np
import pytest

from pipelines.statistics.signals import Rule, Variation, g_chart, t_chart, xmr_chart


class TestTChart:
    TIMES = (12, 30, 5, 44, 18, 9, 27, 51, 16, 22, 8, 35, 19, 28)

    def test_limits_are_those_of_the_transformed_series_taken_back(self):
        [transformed] = xmr_chart([t ** (1 / 3.6) for t in self.TIMES]).groups
        chart = t_chart(self.TIMES)
        assert chart.centre[0] == pytest.approx(transformed.centre**3.6)
        assert chart.upper[0] == pytest.approx(transformed.upper**3.6)
        assert chart.values.tolist() == list(self.TIMES)

    def test_a_lower_limit_below_zero_is_zero(self):
        assert t_chart([1, 200, 1, 200, 1, 200]).lower[0] == 0.0

    def test_a_long_quiet_time_is_an_improvement(self):
        chart = t_chart([*self.TIMES, 900])
        assert (chart.rules[-1], chart.variation) == (Rule.OUTSIDE, Variation.IMPROVEMENT)

    def test_exponential_times_seldom_raise_an_alarm_and_plain_limits_often_do(self):
        generator = np.random.default_rng(8)
        series = generator.exponential(30, (300, 30))
        outside = [
            np.mean([rule is Rule.OUTSIDE for row in series for rule in chart(row).rules])
            for chart in (t_chart, xmr_chart)
        ]
        assert outside[0] < 0.01 < 2 * 0.01 < outside[1]

    def test_negative_times_are_refused(self):
        with pytest.raises(ValueError, match="times between events must be at least 0"):
            t_chart([3, -1])


class TestGChart:
    COUNTS = (12, 3, 40, 7, 15, 22, 1, 9, 18, 6, 30, 11, 4)

    def test_centre_is_the_median_and_limits_are_geometric(self):
        chart = g_chart(self.COUNTS)
        mean = sum(self.COUNTS) / 13
        assert chart.centre[0] == 11
        assert chart.upper[0] == pytest.approx(mean + 3 * math.sqrt(mean * (mean + 1)))
        assert chart.near_upper[0] == pytest.approx(mean + 2 * math.sqrt(mean * (mean + 1)))
        assert chart.lower[0] == 0.0

    def test_many_cases_without_event_is_an_improvement(self):
        assert g_chart([*self.COUNTS, 200]).variation is Variation.IMPROVEMENT

    def test_seven_below_the_median_is_a_concern(self):
        chart = g_chart([*self.COUNTS, *self.COUNTS, 1, 2, 1, 2, 1, 2, 1])
        assert (chart.rules[-1], chart.variation) == (Rule.SHIFT, Variation.CONCERN)

    def test_geometric_counts_pass_the_upper_limit_as_rarely_as_theory_says(self):
        # P(X > 4 m) for a geometric count with a large mean m is about exp(-4).
        counts = np.random.default_rng(1).geometric(0.02, 20000) - 1
        chart = g_chart(counts)
        assert (counts > chart.upper[0]).mean() == pytest.approx(math.exp(-4), abs=0.003)

    def test_fractions_and_negative_counts_are_refused(self):
        with pytest.raises(ValueError, match="whole numbers"):
            g_chart([1.5, 2])
        with pytest.raises(ValueError, match="at least 0"):
            g_chart([-1, 2])
