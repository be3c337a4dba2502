"""Series in which nothing changes and whose points are not independent, in plain numpy.

Here: an autoregressive process, queues with so many places a week, and the shape of a series.
Not here: rules and limits (`plain_charts`), rare events (`plain_events`), and the queues of the
simulated chain.
"""

import numpy as np

DAYS_A_MONTH = 365.25 / 12
WARMING_UP = 12  # months
WORKING_DAYS_A_WEEK = 5


def autoregressive(rng, n_series, n_points, strength):
    """Each point is a share `strength` (S,) of the one before, and chance."""
    points = rng.normal(size=(n_series, n_points))
    for place in range(1, n_points):
        news = np.sqrt(1 - strength**2) * points[:, place]
        points[:, place] = strength * points[:, place - 1] + news
    return points


def waits(rng, n_series, n_months, load, *, places=3.0, weekday=None):
    """Day of arrival and days until served, in order of arrival, with so many places a week.

    `load` is the share of the places that is needed, one for each series; with a `weekday` the
    places are those of a weekly meeting. Two days of preparation come before a place.
    """
    n_cases = int(1.3 * places * DAYS_A_MONTH / 7 * (n_months + WARMING_UP)) + 60
    load = np.broadcast_to(load, n_series)[:, None]
    arrived = rng.exponential(7 / places / load, (n_series, n_cases)).cumsum(axis=1)
    turns = np.arange(n_cases) * 7 / places
    served = np.floor(np.maximum.accumulate(arrived + 2.0 - turns, axis=1) + turns)
    if weekday is not None:
        served += (weekday - served) % 7
    return arrived, served - np.floor(arrived)


def desk_waits(rng, n_series, arrivals, places, handling):
    """Month of arrival and working days until done, at a desk with so many places a week.

    `arrivals` (M,) are expected for each month; a day at the desk is followed by handling of so
    many days: median and spread of a lognormal distribution. Weekends are no working days.
    """
    months = np.arange(len(arrivals) + 1.0)
    expected = np.concatenate([[0.0], np.cumsum(arrivals)])
    n_cases = int(expected[-1] + 6 * np.sqrt(expected[-1]))
    count = rng.exponential(1.0, (n_series, n_cases)).cumsum(axis=1)
    month = np.interp(count, expected, months)
    arrived = month * DAYS_A_MONTH
    turns = np.arange(n_cases) * 7 / places
    served = np.maximum.accumulate(arrived - turns, axis=1) + turns
    done = served + handling[0] * np.exp(handling[1] * rng.normal(size=served.shape))
    return month, working_days(done) - working_days(arrived)


def working_days(day):
    """Working days before a day; day 0 is a Monday."""
    whole = np.floor(day)
    return whole // 7 * WORKING_DAYS_A_WEEK + np.minimum(whole % 7, WORKING_DAYS_A_WEEK)


def by_month(arrived, days, n_months, *, is_median):
    """Median or mean for each month of arrival, once the queue has settled; NaN without cases."""
    month = np.floor(arrived / DAYS_A_MONTH).astype(int) - WARMING_UP
    return by_period(month, days, n_months, is_median=is_median)


def by_period(period, days, n_periods, *, is_median):
    """Median or mean for each period from 0; NaN without cases."""
    cell = period + n_periods * np.arange(len(days))[:, None]
    counted = (period >= 0) & (period < n_periods)
    cell, values = cell[counted], days[counted]
    n = np.bincount(cell, minlength=len(days) * n_periods)
    if is_median:
        values = values[np.lexsort((values, cell))]
        begin = n.cumsum() - n
        low, high = begin + np.maximum(n - 1, 0) // 2, begin + n // 2
        figures = (
            values[np.minimum(low, len(values) - 1)] + values[np.minimum(high, len(values) - 1)]
        ) / 2
    else:
        figures = np.bincount(cell, weights=values, minlength=n.size) / np.maximum(n, 1)
    return np.where(n > 0, figures, np.nan).reshape(len(days), n_periods)


def shapes(series):
    """Autocorrelation of lag 1 and skewness of each series."""
    away = series - series.mean(axis=1, keepdims=True)
    variance = (away**2).mean(axis=1)
    alike = (away[:, 1:] * away[:, :-1]).sum(axis=1) / variance / series.shape[1]
    return alike, (away**3).mean(axis=1) / variance**1.5
