"""How alike and how lopsided the points of a series are."""

import math

import numpy as np
import pytest

from pipelines.statistics.series_shape import SeriesShape, shape_of

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
