"""How often a series in which nothing changes signals all the same, by its chart and its shape.

Here: what was measured, and which series it holds for.
Not here: the measuring (`tests/indicators/test_no_story_no_signal.py`, `test_chain_queues.py`,
`test_alike_points.py`, `test_clumped_events.py`, in plain numpy), the shape of a series
(`pipelines.statistics.series_shape`) and the rules (`pipelines.statistics.signals`).

By the rules of the chart 1.3 to 1.9% of series of normal data signal on their last point. Medians
of few cases are skewed, and counts and shares of few events move by steps: theirs is higher, and
the pages say so. Exact limits and restricted means are at or under that of normal data. Shares and
rates by the numbers they rest on (Laney) signal as normal data do, however much those numbers
change: 1.4 to 2.3% over 13 to 57 points, shares of .15 to .7 and three to twenty events a period.
Where limits rest on
moving ranges one in two hundred more signals because its last points lie apart from those before
(rule `step`, by its own calibration): that is in the rates of independent points, and too little to
be seen in those of points that are alike.

**Alike and lopsided points.** Where cases wait in a queue, a month resembles the month before, and
a few bad months stand against many ordinary ones. Moving ranges are then small, limits narrow, runs
on one side of the mean long, and a bad month lies outside. How often such a series signals depends
on how alike and how lopsided its points are, and hardly on what makes them so (a queue, or an
autoregressive process) or on how many there are (16 to 57). Shares that wander signal as often as
values as alike, or up to a seventh more. A real change makes points alike too:
the rate says what chance can do, not that it did. How strong a signal is does not follow from here:
its chance is calibrated (`pipelines.statistics.calibration`).

**Clumped events.** Rare events often come together: several of one case, or all while a queue is
long. Exact limits allow for no more than independent events vary: a month with a clump lies
outside. Gaps between clumped events are many short ones and a few long ones: the short ones make
runs, the long ones lie outside. That is so in a queue above all, so these rates are those of late
cases of queues; events that come in clumps at random signal less often.
"""

from pipelines.statistics.series_shape import SeriesShape

NORMAL = 0.02
"""Series of independent, normal points."""

Rates = tuple[tuple[float, float, float], ...]
"""Rows of least autocorrelation (0: no more alike than by chance), share of series that signal, and
share of those that are lopsided as well, or clumped."""

BY_SHAPE: Rates = (
    (0.0, 0.0, 0.12),
    (0.2, 0.08, 0.17),
    (0.3, 0.11, 0.21),
    (0.4, 0.17, 0.25),
    (0.5, 0.27, 0.33),
    (0.6, 0.38, 0.44),
    (0.7, 0.61, 0.60),
)
"""Limits from moving ranges; even and lopsided."""
T_BY_SHAPE: Rates = (
    (0.0, 0.0, 0.15),
    (0.2, 0.08, 0.23),
    (0.3, 0.10, 0.28),
    (0.4, 0.15, 0.34),
    (0.5, 0.25, 0.48),
)
"""Days between events, autocorrelation on the scale on which those of independent events are even;
not clumped and clumped."""
G_BY_SHAPE: Rates = (
    (0.0, 0.0, 0.13),
    (0.2, 0.07, 0.16),
    (0.3, 0.08, 0.20),
    (0.4, 0.12, 0.29),
    (0.5, 0.12, 0.39),
)
"""Cases between events, as for days."""
EXACT_BY_DISPERSION = ((1.5, 0.02), (2.0, 0.03), (3.0, 0.05), (4.0, 0.09))
"""Least dispersion of clumped counts, share of series that signal."""

_BY_CHART = {
    "exact": 0.01,
    "p_prime": 0.03,
    "u_prime": 0.03,
    "xmr_of_changes": 0.02,
    "t": 0.04,
    "g": 0.04,
    "spans": 0.01,
}
_BY_STATISTIC = {"rmst": 0.025}
_XMR = 0.05
_RATES = {
    **dict.fromkeys(("xmr", "p_prime", "u_prime", "xmr_of_changes"), BY_SHAPE),
    "t": T_BY_SHAPE,
    "g": G_BY_SHAPE,
}
# Codes of the warnings. Exact limits know no neighbours; counts and gaps are lopsided by nature.
_CAUSES = {
    "xmr": ("alike_points", "lopsided_points"),
    "p_prime": ("alike_points", "lopsided_points"),
    "u_prime": ("alike_points", "lopsided_points"),
    "xmr_of_changes": ("alike_points", "lopsided_points"),
    "t": ("alike_points", "clumped_events"),
    "g": ("alike_points", "clumped_events"),
    "exact": ("clumped_events",),
    "spans": (),
}


def false_alarm_rate(chart: str, statistic: str, shape: SeriesShape | None = None) -> float | None:
    """Share of series without any change that signal on their last point.

    Args:
        chart: Kind of chart; `none` has no rate.
        statistic: What is charted.
        shape: Shape of the series; None for independent points.

    Returns:
        The most that was measured for independent points, or what was measured of series whose
        points are as alike and as lopsided, and whose events are as clumped, where that is more.
    """
    if chart == "none":
        return None
    most = _BY_CHART.get(chart, _BY_STATISTIC.get(statistic, _XMR))
    if shape is None:
        return most
    found = causes(chart, shape)
    if not found:
        return most
    if chart == "exact":
        return max(most, _row(EXACT_BY_DISPERSION, shape.dispersion)[1])
    _, alone, with_other = _row(_RATES[chart], shape.autocorrelation if shape.is_alike else 0.0)
    return max(most, alone if found == ("alike_points",) else with_other)


def causes(chart: str, shape: SeriesShape) -> tuple[str, ...]:
    """What of the shape of a series makes its chart signal more often, as codes of warnings."""
    has = {
        "alike_points": shape.is_alike,
        "lopsided_points": shape.is_lopsided,
        "clumped_events": shape.is_clumped,
    }
    return tuple(code for code in _CAUSES[chart] if has[code])


def _row(rows: tuple[tuple[float, ...], ...], at_least: float) -> tuple[float, ...]:
    return [row for row in rows if row[0] <= at_least][-1]
