"""What no estimate can be made of is refused by name; what is empty gives no figure."""

import math

import numpy as np
import pytest

from pipelines.statistics.agreement import krippendorff_alpha
from pipelines.statistics.before_after import Answer, Movement
from pipelines.statistics.chain_ladder import develop, growth
from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.exact_charts import exact_chart
from pipelines.statistics.member_change import member_chances
from pipelines.statistics.series_shape import SeriesShape
from pipelines.statistics.signals import g_chart, laney_chart, shift_points, xmr_chart
from tests.statistics.single_curve import kaplan_meier


@pytest.mark.parametrize(
    ("estimate", "why"),
    [
        (lambda: kaplan_meier([[1, 2]], [[True, True]]), "durations must be one-dimensional"),
        (lambda: kaplan_meier([1, 2], [True, True], counts=[1]), "counts has shape"),
        (lambda: kaplan_meier([1], [True]).rmst(-1.0), "tau must be a finite time"),
        (lambda: kaplan_meier([1], [True]).rmst(np.inf), "tau must be a finite time"),
        (lambda: kaplan_meier([1, 2], [True, True]).interval_at(1, kind="plain"), "kind must be"),
        (lambda: aalen_johansen([1, 2], [1], n_causes=1), "causes has shape"),
        (lambda: aalen_johansen([1], [1], n_causes=1).at(1, math.nan), "t must be a number"),
        (lambda: xmr_chart([[1, 2], [3, 4]]), "values must be one-dimensional"),
    ],
)
def test_it_is_refused(estimate, why):
    with pytest.raises(ValueError, match=why):
        estimate()


def test_nobody_has_no_incidence():
    curve = aalen_johansen([], [], n_causes=1)

    assert curve.quantile_interval(1, 0.5) == (None, None)


@pytest.mark.parametrize("chart", [g_chart, xmr_chart], ids=["g", "xmr"])
def test_a_chart_of_gaps_has_no_limits(chart):
    drawn = chart([None, None])

    assert np.isnan(drawn.centre).all()


def test_nothing_shifts_in_no_points():
    assert shift_points([], 0.0).size == 0


def test_a_group_without_cases_has_no_centre():
    chart = laney_chart([0.1, 0.2, None], [10, 10, 0], is_share=True, rebase=[False, False, True])

    assert chart.centre[:2] == pytest.approx(0.15)
    assert np.isnan(chart.centre[2])


def test_the_last_period_missing_is_said_of_an_exact_chart():
    chart = exact_chart([1, 2, np.nan], [10, 10, 10], is_share=True)

    assert [str(warning.code) for warning in chart.warnings].count("last_period_missing") == 1


def test_a_member_without_points_says_nothing():
    chances = member_chances([[], [1.0, 2.0, 3.0]], [[], [9, 9, 9]])

    assert chances.up[0] == chances.down[0] == 1.0


def test_long_series_are_looked_at_over_every_length():
    rng = np.random.default_rng(1)
    points = [rng.normal(10.0, 1.0, 60) for _ in range(4)]
    chances = member_chances(points, [np.full(60, 50)] * 4)

    assert ((chances.up > 0) & (chances.up <= 1)).all()


def test_without_resamples_there_is_no_interval():
    codes = [[0, 1, 1, 0], [0, 1, 0, 0], [0, 1, 1, 1]]
    found = krippendorff_alpha(codes, "nominal", n_resamples=0)

    assert found.alpha is not None
    assert (found.lower, found.upper) == (None, None)


def test_an_age_nobody_was_seen_at_adds_no_doubt_of_its_own():
    development = develop(np.array([[np.nan, np.nan], [np.nan, np.nan]]))
    left = growth(development, np.array([5]), np.array([0]))

    assert (left.expected, left.parameter) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("shape", "easily"),
    [
        (None, False),
        (SeriesShape(40, 0.0, 0.0), False),
        (SeriesShape(40, 0.9, 0.0), True),
        (SeriesShape(40, 0.0, 9.0), True),
    ],
    ids=["unknown", "plain", "alike", "lopsided"],
)
def test_which_series_moves_easily(shape, easily):
    movement = Movement(Answer.NO_MOVEMENT, 20, 4, 1.0, 0.0, 2.0, 1.0, shape=shape)

    assert movement.moves_easily is easily
