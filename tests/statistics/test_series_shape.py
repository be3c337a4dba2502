"""How alike and how lopsided the points of a series are, and how clumped the events they count."""

import math

import numpy as np
import pytest

from pipelines.statistics.series_shape import (
    SeriesShape,
    dispersion_of_counts,
    dispersion_of_gaps,
    shape_of,
)

ONE_GROUP = np.zeros(8, dtype=int)


def test_autocorrelation_is_that_of_the_textbook():
    # Deviations -2, -1, 0, 1, 2: (2 + 0 + 0 + 2) / 10.
    assert shape_of([1, 2, 3, 4, 5], ONE_GROUP[:5]).autocorrelation == pytest.approx(0.4)
    # Up and down by turns: seven pairs of -1 over eight squares.
    assert shape_of([1, -1] * 4, ONE_GROUP).autocorrelation == pytest.approx(-7 / 8)


def test_skewness_is_that_of_the_textbook():
    # Deviations -1, -1, -1, 3: mean cube 6, variance 3.
    assert shape_of([0, 0, 0, 4], ONE_GROUP[:4]).skewness == pytest.approx(6 / 3**1.5)
    assert shape_of([1, 2, 3, 4], ONE_GROUP[:4]).skewness == pytest.approx(0.0)


def test_an_explained_step_makes_no_points_alike():
    values, group = [1, -1, 1, -1, 11, 9, 11, 9], [0, 0, 0, 0, 1, 1, 1, 1]
    # Two groups of three pairs each; the pair across the rebase is none.
    assert shape_of(values, group).autocorrelation == pytest.approx(-6 / 8)
    assert shape_of(values, ONE_GROUP).autocorrelation > 0.5


def test_a_gap_parts_neighbours_and_counts_for_nothing_else():
    values = np.array([1.0, -1.0, np.nan, 1.0, -1.0])
    found = shape_of(values, ONE_GROUP[:5])

    assert found.n_points == 4
    # Two pairs of -1 where four points in a row have three.
    assert found.autocorrelation == pytest.approx(-3 / 4)


@pytest.mark.parametrize("values", [[], [np.nan], [5.0], [0.1, 0.1, 0.1], [1.0, np.nan, 2.0]])
def test_where_it_cannot_be_said_it_is_not_said(values):
    found = shape_of(values, np.zeros(len(values), dtype=int))

    assert math.isnan(found.autocorrelation)
    assert not found.is_alike
    assert not found.is_lopsided


@pytest.mark.parametrize(
    ("n_points", "autocorrelation", "is_alike"),
    [
        (19, 0.32, False),  # 1.645 / sqrt(19) - 1 / 19 = 0.325
        (19, 0.33, True),
        (400, 0.19, False),
        (400, 0.21, True),
        (0, 0.9, False),
    ],
)
def test_alike_is_more_than_chance_explains(n_points, autocorrelation, is_alike):
    assert SeriesShape(n_points, autocorrelation, 0.0).is_alike is is_alike


@pytest.mark.parametrize(("skewness", "is_lopsided"), [(0.99, False), (1.0, True), (-1.2, True)])
def test_lopsided_is_to_either_side(skewness, is_lopsided):
    assert SeriesShape(20, 0.0, skewness).is_lopsided is is_lopsided


@pytest.mark.parametrize(
    ("n_points", "dispersion", "is_clumped"),
    [
        # Of nine degrees of freedom 19 in 20 lie below 16.92 / 9 = 1.880 (1.879 by the formula).
        (10, 1.87, False),
        (10, 1.89, True),
        # Of 200 below 1.170, which is no matter: from 1.5 on it is.
        (201, 1.49, False),
        (201, 1.5, True),
        # Of one degree 3.84; of none nothing can be said.
        (2, 3.7, False),
        (2, 3.9, True),
        (1, 9.0, False),
        (20, math.nan, False),
    ],
)
def test_clumped_is_more_than_chance_explains(n_points, dispersion, is_clumped):
    assert SeriesShape(n_points, 0.0, 0.0, dispersion).is_clumped is is_clumped


def test_dispersion_of_counts_is_pearsons_chi_square_over_its_degrees_of_freedom():
    # Of ten cases each, half: 2, 5, 8 where 5 are expected with variance 2.5 (9 + 0 + 9) / 2.5 / 2.
    assert dispersion_of_counts([2, 5, 8], [10] * 3, [0.5] * 3, is_share=True) == pytest.approx(3.6)
    # As rates the variance is the mean: 18 / 5 / 2.
    assert dispersion_of_counts([2, 5, 8], [10] * 3, [0.5] * 3, is_share=False) == pytest.approx(
        1.8
    )
    # Two centres were estimated: one degree of freedom less. 1/2.5 + 1/2.5 + (2.4² + 2.4²)/1.6 / 2.
    found = dispersion_of_counts([4, 6, 10.4, 5.6], [10] * 4, [0.5, 0.5, 0.8, 0.8], is_share=True)
    assert found == pytest.approx((0.8 + 2 * 2.4**2 / 1.6) / 2)


@pytest.mark.parametrize(
    ("events", "base", "centre"),
    [
        ([], [], []),
        ([3], [10], [0.3]),
        ([0, 0, 0], [10, 10, 10], [0.0, 0.0, 0.0]),
        ([10, 10, 10], [10, 10, 10], [1.0, 1.0, 1.0]),
        ([3, math.nan], [10, 0], [0.3, 0.3]),
    ],
    ids=["nothing", "one period", "none ever", "all always", "one period with cases"],
)
def test_where_no_count_can_vary_no_dispersion_is_said(events, base, centre):
    assert math.isnan(dispersion_of_counts(events, base, centre, is_share=True))


def test_dispersion_of_gaps_is_the_variance_over_that_of_a_geometric():
    # Mean 3, variance of a geometric 3 (3 + 1) = 12; (9 + 0 + 9) / 12 / 2.
    assert dispersion_of_gaps([0, 3, 6], [0, 0, 0]) == pytest.approx(0.75)
    # Each group around its own mean, 1 and 10: (1 + 1) / 2 + (16 + 16) / 110, of two degrees.
    found = dispersion_of_gaps([0, 2, 6, 14], [1, 1, 4, 4])
    assert found == pytest.approx((2 / 2 + 32 / 110) / 2)


@pytest.mark.parametrize(
    ("gaps", "group"),
    [([], []), ([4], [0]), ([4, 9], [0, 1]), ([0, 0, 0], [0, 0, 0])],
    ids=["nothing", "one gap", "one in each group", "no time between them"],
)
def test_where_no_gap_can_vary_no_dispersion_is_said(gaps, group):
    assert math.isnan(dispersion_of_gaps(gaps, group))
