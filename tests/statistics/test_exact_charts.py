"""Charts of few events: limits from the binomial and Poisson distribution."""

import numpy as np
import pytest
from scipy import stats

from pipelines.statistics.exact_charts import chance_of_last, exact_chart
from pipelines.statistics.signals import Direction, Rule, Variation, WarningCode


def counts(*values, **options):
    return exact_chart(np.array(values, float), np.ones(len(values)), is_share=False, **options)


def shares(events, cases, **options):
    return exact_chart(events, cases, is_share=True, **options)


def test_the_centre_is_pooled_over_cases_and_not_over_periods():
    chart = shares([1, 0, 3], [10, 10, 80])

    assert chart.centre.tolist() == pytest.approx([0.04] * 3)
    assert chart.values.tolist() == pytest.approx([0.1, 0.0, 0.0375])


@pytest.mark.parametrize(("mean", "upper"), [(1, 5), (2, 7), (0.5, 4)])
def test_limits_are_the_smallest_counts_that_leave_one_in_741(mean, upper):
    chart = counts(*([mean * 2, 0] * 10))
    limit = chart.upper[0]

    assert limit == upper
    assert stats.poisson.sf(limit, mean) <= 0.00135 < stats.poisson.sf(limit - 1, mean)


def test_a_period_with_more_cases_has_narrower_limits():
    chart = shares([2, 20], [40, 400])

    assert chart.upper[1] < chart.upper[0]
    assert chart.lower[1] > chart.lower[0]


def test_only_a_point_beyond_a_limit_stands_out():
    quiet = [0, 1, 0, 0, 1, 0, 2, 0, 0, 1, 0, 0]
    seven_low = counts(*[3, 2, 3], *[0] * 9)

    assert set(seven_low.rules) == {Rule.NONE}
    assert counts(*quiet, 6).rules[-1] is Rule.OUTSIDE


def test_the_direction_says_what_it_means():
    quiet = [0, 1, 0, 0, 1, 0, 2, 0, 0, 1, 0, 0, 7]

    assert counts(*quiet, direction=Direction.LOWER_IS_BETTER).variation is Variation.CONCERN
    assert counts(*quiet, direction=Direction.HIGHER_IS_BETTER).variation is Variation.IMPROVEMENT
    assert counts(*quiet).variation is Variation.NEUTRAL


def test_a_period_without_cases_is_a_gap():
    chart = shares([1, np.nan, 0, 2], [10, np.nan, 0, 12])

    assert np.isnan(chart.values).tolist() == [False, True, True, False]
    assert np.isnan(chart.upper).tolist() == [False, True, True, False]
    assert {warning.code for warning in chart.warnings} == {
        WarningCode.MISSING_PERIOD,
        WarningCode.PROVISIONAL_LIMITS,
    }


def test_nothing_ever_happened_and_then_once_is_no_signal():
    assert counts(*[0] * 20).variation is Variation.COMMON_CAUSE
    assert counts(*[0] * 20, 1).variation is Variation.COMMON_CAUSE


def test_a_rebase_begins_a_group_with_its_own_centre():
    rebase = np.zeros(8, bool)
    rebase[4] = True

    chart = counts(1, 1, 1, 1, 5, 5, 5, 5, rebase=rebase)

    assert chart.centre.tolist() == [1] * 4 + [5] * 4
    assert len(chart.groups) == 2


def test_an_empty_series_has_no_icon():
    chart = counts()

    assert (chart.variation, chart.variation_position, chart.groups) == (None, None, ())


def test_more_events_than_cases_are_refused():
    with pytest.raises(ValueError, match="more events than cases"):
        shares([3], [2])


def test_arrays_of_different_length_are_refused():
    with pytest.raises(ValueError, match="shape"):
        shares([1, 2], [3])


QUIET = [1, 0, 2, 1, 0, 1, 1, 0, 2, 1]


def test_the_chance_of_the_last_is_exact_given_all_events():
    """Of 16 events in 11 equal months 7 in the last; of 16 among 220 cases 7 among the last 20."""
    counts = np.array([*QUIET, 7])
    rate = chance_of_last(counts, np.ones(11), is_share=False)
    share = chance_of_last(counts, np.full(11, 20), is_share=True)

    assert rate == pytest.approx(2 * stats.binom.sf(6, 16, 1 / 11))
    assert share == pytest.approx(2 * stats.hypergeom.sf(6, 220, 16, 20))
    assert chance_of_last([*QUIET, 1], np.ones(11), is_share=False) == 1.0
    assert chance_of_last([*QUIET, 0], np.ones(11), is_share=False) == pytest.approx(
        2 * (10 / 11) ** 9
    )


def test_events_in_clumps_are_fewer():
    counts = np.array([*QUIET, 7]) * 2.0
    alone = chance_of_last(np.array([*QUIET, 7]), np.ones(11), is_share=False)

    assert chance_of_last(counts, np.ones(11), is_share=False, dispersion=2.0) == pytest.approx(
        alone
    )
    assert chance_of_last([0] * 11, np.ones(11), is_share=False, dispersion=2.0) == 1.0
