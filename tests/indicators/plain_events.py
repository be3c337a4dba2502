"""Rare events of which nothing changes and which come in clumps, in plain numpy.

Here: counts and gaps of such events, events out of the waits of a queue, and how clumped they are.
Not here: rules and limits (`plain_charts`), and the queues themselves (`plain_queues`).
"""

import numpy as np

from tests.indicators.plain_queues import autoregressive, shapes

RAREST_SHARE, FEWEST_GAPS = 0.1, 5
T_CHART_POWER = 3.6


def modulated_counts(rng, n_series, n_points, mean):
    """Counts of a period whose rate resembles that of the period before."""
    course = autoregressive(rng, n_series, n_points, rng.uniform(0, 0.9, n_series))
    spread = rng.uniform(0, 1.2, (n_series, 1))
    return rng.poisson(mean * np.exp(spread * course - spread**2 / 2))


def counts_in_bursts(rng, n_series, n_points, mean):
    """Counts of independent occasions, each of one event or of several."""
    size = rng.uniform(1, 4, (n_series, 1))
    occasions = rng.poisson(mean / size, (n_series, n_points))
    more = rng.negative_binomial(
        np.maximum(occasions, 1), np.broadcast_to(1 / size, occasions.shape)
    )
    return occasions + np.where(occasions > 0, more, 0)


def gaps_of_late_cases(arrived, is_late, *, in_cases):
    """Gaps between late cases of one series: days, or cases in time between them.

    Of the cases of a day the late ones stand last.
    """
    day = np.floor(arrived)
    order = np.lexsort((is_late, day))
    places = np.flatnonzero(is_late[order])
    return np.diff(places) - 1.0 if in_cases else np.diff(day[order][places])


def has_chart(gaps, n_cases, *, in_cases):
    """Whether events are enough for a chart of their gaps, and of cases seldom enough."""
    if len(gaps) < FEWEST_GAPS:
        return False
    return not in_cases or (len(gaps) + 1 <= RAREST_SHARE * n_cases and np.median(gaps) >= 1.0)


def dispersion(events, base, *, is_share):
    """Chi-square over its degrees of freedom of each series of counts."""
    centre = events.sum(axis=1, keepdims=True) / base.sum(axis=1, keepdims=True)
    expected = base * centre
    variance = expected * (1 - centre) if is_share else expected
    return ((events - expected) ** 2 / variance).sum(axis=1) / (events.shape[1] - 1)


def shape_of_gaps(gaps):
    """Autocorrelation and skewness where independent gaps are even, and dispersion."""
    alike, lopsided = shapes(gaps ** (1 / T_CHART_POWER))
    mean = gaps.mean(axis=1)
    return alike, lopsided, gaps.var(axis=1, ddof=1) / (mean * (mean + 1))
