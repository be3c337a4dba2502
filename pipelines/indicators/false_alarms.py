"""How often a series in which nothing changes signals all the same, by its chart and its shape.

Here: what was measured, and which series it holds for.
Not here: the measuring (`tests/indicators/test_no_story_no_signal.py`, `test_alike_points.py`, in
plain numpy), the shape of a series (`pipelines.statistics.series_shape`) and the rules
(`pipelines.statistics.signals`).

On normal data 1.3 to 1.9% of series signal on their last point. Medians of few cases are skewed,
and counts and shares of few events move by steps: theirs is higher, and the pages say so. Exact
limits and restricted means are at or under that of normal data.

**Alike and lopsided points.** Where cases wait in a queue, a month resembles the month before, and
a few bad months stand against many ordinary ones. Moving ranges are then small, limits narrow, runs
on one side of the mean long, and a bad month lies outside. How often such a series signals depends
on how alike and how lopsided its points are, and hardly on what makes them so (a queue, or an
autoregressive process) or on how many there are (16 to 57). A real change makes points alike too:
the rate says what chance can do, not that it did.
"""

from pipelines.statistics.series_shape import SeriesShape

NORMAL = 0.02
"""Series of independent, normal points."""

BY_SHAPE = (
    (0.0, 0.0, 0.12),
    (0.2, 0.08, 0.17),
    (0.3, 0.11, 0.21),
    (0.4, 0.17, 0.25),
    (0.5, 0.27, 0.33),
    (0.6, 0.38, 0.44),
    (0.7, 0.61, 0.60),
)
"""Least autocorrelation (0: no more alike than by chance), share of even and of lopsided series."""

_BY_CHART = {"exact": 0.01, "xmr_of_changes": 0.02, "t": 0.04, "g": 0.03}
_BY_STATISTIC = {"rmst": 0.02}
_XMR = 0.045
# Limits from moving ranges in order of time. Exact limits know no neighbours, and gaps between rare
# events are lopsided by nature: their charts allow for it.
_FEELS_SHAPE = frozenset({"xmr", "xmr_of_changes"})


def false_alarm_rate(chart: str, statistic: str, shape: SeriesShape | None = None) -> float | None:
    """Share of series without any change that signal on their last point.

    Args:
        chart: Kind of chart; `none` has no rate.
        statistic: What is charted.
        shape: Shape of the series; None for independent points.

    Returns:
        The most that was measured for independent points, or what was measured of series whose
        points are as alike and as lopsided, where that is more.
    """
    if chart == "none":
        return None
    most = _BY_CHART.get(chart, _BY_STATISTIC.get(statistic, _XMR))
    if shape is None or not feels(chart, shape):
        return most
    autocorrelation = shape.autocorrelation if shape.is_alike else 0.0
    even, lopsided = [row[1:] for row in BY_SHAPE if row[0] <= autocorrelation][-1]
    return max(most, lopsided if shape.is_lopsided else even)


def feels(chart: str, shape: SeriesShape) -> bool:
    """Whether the shape of a series makes its chart signal more often."""
    return chart in _FEELS_SHAPE and (shape.is_alike or shape.is_lopsided)
