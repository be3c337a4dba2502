"""Series in which nothing changes, whose points are alike or lopsided: what the pages say of them.

Every rate the product states of a shape, by a plain simulation of unchanged series of that shape.
The queues of the simulated chain itself are in `test_chain_queues`, rare events in
`test_clumped_events`.
"""

import numpy as np

from pipelines.signals.false_alarms import BY_SHAPE, false_alarm_rate
from pipelines.statistics.series_shape import LEAST_SKEWNESS, shape_of
from pipelines.wording.language import LANGUAGES, words_in
from tests.indicators.plain_charts import (
    is_charted_by_steps,
    means_in_days,
    moving_range_lines,
    signals_on_last,
)
from tests.indicators.plain_queues import autoregressive, by_month, shapes, waits

LEAST = np.array([least for least, *_ in BY_SHAPE])


def unchanged(rng, n_points):
    """Series of every kind without any change, from hardly to very alike, even and lopsided."""
    n_series, n_queues = 8000, 3000

    def any_strength():
        return rng.uniform(0, 0.95, n_series)

    yield autoregressive(rng, n_series, n_points, any_strength())
    spread = rng.uniform(0.1, 1.0, (n_series, 1))
    yield np.exp(spread * autoregressive(rng, n_series, n_points, any_strength()))
    load = rng.uniform(0.5, 0.97, n_queues)
    waited = by_month(*waits(rng, n_queues, n_points, load), n_points, is_median=False)
    yield waited[~np.isnan(waited).any(axis=1)]


def by_shape(series):
    """Row and column of `BY_SHAPE` each series belongs to, worked out in plain numpy."""
    n_points = series.shape[1]
    alike, lopsided = shapes(series)
    is_alike = alike > np.maximum(1.645 / np.sqrt(n_points) - 1 / n_points, 0.2)
    row = np.searchsorted(LEAST, np.where(is_alike, alike, 0.0), side="right") - 1
    return row, (np.abs(lopsided) >= 1.0).astype(int)


def test_every_rate_stated_of_a_shape_is_that_of_a_plain_simulation():
    rng = np.random.default_rng(9011)
    n_signals, n_series = np.zeros((len(BY_SHAPE), 2)), np.zeros((len(BY_SHAPE), 2))
    for n_points in (19, 36, 57):
        for series in unchanged(rng, n_points):
            cell = by_shape(series)
            np.add.at(n_signals, cell, signals_on_last(series, moving_range_lines(series)))
            np.add.at(n_series, cell, 1)
    measured = n_signals / n_series
    stated = np.array([shares for _, *shares in BY_SHAPE])

    # Even points that are no more alike than chance has it: the rate of the chart holds.
    assert measured[0, 0] <= false_alarm_rate("xmr", "median")
    difference = (stated - measured).ravel()[1:]
    assert difference.min() > -0.01, np.round(measured, 3)
    assert difference.max() < 0.03, np.round(measured, 3)


def test_the_shape_of_independent_points_is_seldom_taken_for_another():
    series = means_in_days(np.random.default_rng(9014), 4000, 24)
    series = series[is_charted_by_steps(series, 0.0)]
    found = [shape_of(points, np.zeros(points.size)) for points in series]
    plain_alike, plain_lopsided = shapes(series)

    np.testing.assert_allclose([shape.autocorrelation for shape in found], plain_alike)
    np.testing.assert_allclose([shape.skewness for shape in found], plain_lopsided)
    assert np.mean([shape.is_alike for shape in found]) < 0.06
    assert np.mean([shape.is_lopsided for shape in found]) < 0.06
    assert LEAST_SKEWNESS == 1.0


def test_the_page_of_methods_names_the_least_and_the_most():
    shares = sorted(share for _, *both in BY_SHAPE for share in both if share)
    least, most = round(100 * shares[0]), round(100 * shares[-1])
    dutch, english = (words_in(language) for language in LANGUAGES)

    assert dutch.text("methods.false_alarms.alike.n") == f"{least} tot {most}"
    assert english.text("methods.false_alarms.alike.n") == f"{least} to {most}"
