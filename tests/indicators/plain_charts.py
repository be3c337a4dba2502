"""The signal rules once more, in plain numpy over many series at once, and series without a story.

Here: the rules of methods.md section 3 for the last point of a series, from the text and without
any code of the package, and random series of every kind that is charted.
Not here: the comparison with the package (`test_no_story_no_signal`).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

QUARTERS = [f"{year}-Q{quarter}" for year in range(2012, 2027) for quarter in (1, 2, 3, 4)]


@dataclass
class Lines:
    """Centre and limits of each series, (S, 1) arrays."""

    centre: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    near_lower: np.ndarray
    near_upper: np.ndarray


def share_scores(events, cases):
    """Shares in binomial standard deviations from the share of all cases (Laney)."""
    share = events.sum(axis=1, keepdims=True) / cases.sum(axis=1, keepdims=True)
    return (events / cases - share) / np.sqrt(share * (1 - share) / cases)


def moving_range_lines(series, *, around_zero=False):
    """Mean, and 2.66 mean moving ranges to either side, outlying ranges left out once."""
    ranges = np.abs(np.diff(series, axis=1))
    average = ranges.mean(axis=1, keepdims=True)
    kept = np.where(ranges < 3.267 * average, ranges, np.nan)
    kept = np.where(np.isnan(kept).all(axis=1, keepdims=True), 0.0, kept)
    half = 2.66 * np.nanmean(kept, axis=1, keepdims=True)
    centre = np.zeros_like(half) if around_zero else series.mean(axis=1, keepdims=True)
    near = half * 2 / 3
    return Lines(centre, centre - half, centre + half, centre - near, centre + near)


def geometric_lines(series):
    """Median, and the limits of a geometric distribution with the mean of the series."""
    mean = series.mean(axis=1, keepdims=True)
    sigma = np.sqrt(mean * (mean + 1))
    nothing = np.zeros_like(mean)
    centre = np.median(series, axis=1, keepdims=True)
    return Lines(centre, nothing, mean + 3 * sigma, nothing, mean + 2 * sigma)


def signals_on_last(series, lines):
    """Whether any of the four rules flags the last point of each series."""
    tiny = 1e-9 * np.abs(series).max(axis=1, keepdims=True)
    side = np.sign(series - lines.centre) * (np.abs(series - lines.centre) > tiny)
    outside = (series > lines.upper + tiny) | (series < lines.lower - tiny)
    high, low = series > lines.near_upper + tiny, series < lines.near_lower - tiny
    steps = np.diff(series[:, -7:], axis=1)
    trend = (steps > tiny).all(axis=1) | (steps < -tiny).all(axis=1)
    shift = np.abs(side[:, -7:].sum(axis=1)) == 7
    three = side[:, -3:].sum(axis=1)
    two_of_three = np.zeros(len(series), bool)
    for sign, beyond in ((3, high), (-3, low)):
        two_of_three |= (three == sign) & (beyond[:, -3:].sum(axis=1) >= 2) & beyond[:, -1]
    return outside[:, -1] | trend | shift | two_of_three


def is_charted_by_steps(series, step):
    """Whether a series moves by enough steps of its scale to have limits at all."""
    sigma = np.abs(np.diff(series, axis=1)).mean(axis=1) * 2.66 / 3
    lines = moving_range_lines(series)
    half = (lines.upper - lines.centre)[:, 0]
    return (sigma >= 0.75 * step) & (half >= step) & (half > 0)


def medians_in_days(rng, n_series, n_points, n_cases=20):
    """Median lead times in whole days."""
    days = np.floor(rng.lognormal(np.log(9), 0.7, (n_series, n_points, n_cases)))
    return np.median(days, axis=2)


def means_in_days(rng, n_series, n_points):
    """Mean lead times up to a horizon of 21 days, of 20 cases a point."""
    days = np.floor(rng.lognormal(np.log(9), 0.7, (n_series, n_points, 20)))
    return np.minimum(days, 21).mean(axis=2)


def exact_signals_on_last(events, base, *, is_share):
    """Whether the last count lies beyond an exact limit around the pooled share or rate."""
    centre = events.sum(axis=1) / base.sum(axis=1)
    last, size = events[:, -1], base[:, -1]
    law = stats.binom(size, centre) if is_share else stats.poisson(size * centre)
    tail = (1 - 0.9973) / 2
    return (law.cdf(last) < tail) | (law.sf(last - 1) < tail)
