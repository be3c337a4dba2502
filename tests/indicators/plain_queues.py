"""Series in which nothing changes and whose points are not independent, in plain numpy.

Here: an autoregressive process, a queue with so many places a week, and the shape of a series.
Not here: rules and limits (`plain_charts`), and the queues of the simulated chain.
"""

import numpy as np

DAYS_A_MONTH = 365.25 / 12
WARMING_UP = 12  # months


def autoregressive(rng, n_series, n_points, strength):
    """Each point is a share `strength` (S,) of the one before, and chance."""
    points = rng.normal(size=(n_series, n_points))
    for place in range(1, n_points):
        news = np.sqrt(1 - strength**2) * points[:, place]
        points[:, place] = strength * points[:, place - 1] + news
    return points


def waits(rng, n_series, n_months, load, *, places=3.0, prepared=2.0, weekday=None):
    """Day of arrival and days until served, in order of arrival, with so many places a week.

    `load` is the share of the places that is needed, one for each series; with a `weekday` the
    places are those of a weekly meeting.
    """
    n_cases = int(1.3 * places * DAYS_A_MONTH / 7 * (n_months + WARMING_UP)) + 60
    load = np.broadcast_to(load, n_series)[:, None]
    arrived = rng.exponential(7 / places / load, (n_series, n_cases)).cumsum(axis=1)
    turns = np.arange(n_cases) * 7 / places
    served = np.floor(np.maximum.accumulate(arrived + prepared - turns, axis=1) + turns)
    if weekday is not None:
        served += (weekday - served) % 7
    return arrived, served - np.floor(arrived)


def by_month(arrived, days, n_months, *, is_median):
    """Median or mean for each month of arrival, once the queue has settled; NaN without cases."""
    month = np.floor(arrived / DAYS_A_MONTH).astype(int) - WARMING_UP
    cell = month + n_months * np.arange(len(days))[:, None]
    counted = (month >= 0) & (month < n_months)
    cell, values = cell[counted], days[counted]
    n = np.bincount(cell, minlength=len(days) * n_months)
    if is_median:
        values = values[np.lexsort((values, cell))]
        begin = n.cumsum() - n
        low, high = begin + np.maximum(n - 1, 0) // 2, begin + n // 2
        figures = (
            values[np.minimum(low, len(values) - 1)] + values[np.minimum(high, len(values) - 1)]
        ) / 2
    else:
        figures = np.bincount(cell, weights=values, minlength=n.size) / np.maximum(n, 1)
    return np.where(n > 0, figures, np.nan).reshape(len(days), n_months)


def shapes(series):
    """Autocorrelation of lag 1 and skewness of each series."""
    away = series - series.mean(axis=1, keepdims=True)
    variance = (away**2).mean(axis=1)
    alike = (away[:, 1:] * away[:, :-1]).sum(axis=1) / variance / series.shape[1]
    return alike, (away**3).mean(axis=1) / variance**1.5
