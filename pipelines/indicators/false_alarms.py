"""How often a series in which nothing changes signals all the same, by the kind of its chart.

Here: the most that was measured, and which series it holds for.
Not here: the measuring (`tests/indicators/test_no_story_no_signal.py`, in plain numpy, over series
of 13 to 58 points) and the rules (`pipelines.statistics.signals`).

On normal data 1.3 to 1.9% of series signal on their last point. Medians of few cases are skewed,
and counts and shares of few events move by steps: theirs is higher, and the pages say so. Exact
limits and restricted means are at or under that of normal data.
"""

NORMAL = 0.02
"""Series of independent, normal points."""

_BY_CHART = {"exact": 0.01, "xmr_of_changes": 0.02, "t": 0.04, "g": 0.03}
_BY_STATISTIC = {"rmst": 0.02}
_XMR = 0.045


def false_alarm_rate(chart: str, statistic: str) -> float | None:
    """Share of series without any change that signal on their last point, at most.

    Args:
        chart: Kind of chart; `none` has no rate.
        statistic: What is charted.
    """
    if chart == "none":
        return None
    return _BY_CHART.get(chart, _BY_STATISTIC.get(statistic, _XMR))
