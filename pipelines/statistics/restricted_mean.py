"""The restricted mean: average time to completion, counting at most a horizon per case.

Here: the area below a survival curve, its variance, and limits that hold for a few cases.
Not here: the curve itself (`survival`), choosing the horizon (`pipelines.indicators.horizons`).
"""

import numpy as np
from scipy import special

from pipelines.statistics.intervals import Limits, around, tail_of
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.risk_sets import FloatArray

DEGREES_SPENT = 2.5
"""2026-11-26, statistician: Student's 1, and 1.5 for how lopsided a few waiting times are. With 1
the limits of five lognormal cases, 30% of them open, missed the truth on one side 5.9% of the time;
with 2 it is 3.7%, with 2.5 it is 2.8%. Of twenty cases it makes the interval 0.3% wider than 2."""
_FEWEST_EVENTS = 2
"""One event has no spread."""


def step_areas(
    times: FloatArray, following: FloatArray, survival: FloatArray, tau: float | FloatArray
) -> FloatArray:
    """Area under S of the step that starts at each time, cut off at tau.

    Args:
        times: (T,) times.
        following: (T,) the time after each; infinite after the last one of a curve.
        survival: (T,) S just after each time.
        tau: horizon, one or (T,).
    """
    return (np.minimum(following, tau) - np.minimum(times, tau)) * survival


def area_and_variance(areas: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Area under S after the first time, and the Greenwood-area variance.

    Running sums throughout: numpy's plain sum adds in blocks whose order depends on the length, and
    one group and many groups must give the same digits.

    Args:
        areas: (T,) of `step_areas`.
        weights: (T,) Greenwood's terms.
    """
    to_come = areas[::-1].cumsum()[::-1]
    return float(to_come[0]), float((np.square(to_come) * weights).cumsum()[-1])


def limits_of_mean(
    mean: FloatArray,
    error: FloatArray,
    n_events: FloatArray,
    n: FloatArray,
    tau: FloatArray,
    *,
    level: float = 0.95,
) -> Limits:
    """Limits of restricted means: never outside [0, tau], never of zero width.

    On the logit scale of mean / tau, with the Greenwood-area variance times m / (m - 1) and the t
    distribution with m - `DEGREES_SPENT` degrees of freedom, at least 1, for the m events before
    tau that the variance was estimated from.

    With fewer than two events, or a variance of 0, the sample shows no variation and tells nothing
    of it. A time in [0, tau] varies most when it is all or nothing, so the mid-p limits of a share,
    x = n mean / tau out of n, hold.

    Args:
        mean: (G,) restricted means; NaN where there is none.
        error: (G,) standard errors.
        n_events: (G,) events before tau.
        n: (G,) cases.
        tau: (G,) horizons; NaN where there is none.
        level: coverage.

    Returns:
        (G,) limits; NaN where the mean is.

    Raises:
        ValueError: a level outside (0, 1).

    Source:
        Student's t for few events after Satterthwaite (1946); Clopper, Pearson (1934), mid-p.
    """
    lower, upper = np.full(mean.size, np.nan), np.full(mean.size, np.nan)
    tail = tail_of(level)
    is_known = ~np.isnan(mean)
    share = np.zeros(mean.size)
    np.divide(mean, tau, out=share, where=is_known & (tau > 0.0))
    is_inner = (share > 0.0) & (share < 1.0)
    by_spread = is_known & is_inner & (error > 0.0) & (n_events >= _FEWEST_EVENTS)
    x, m, to = share[by_spread], n_events[by_spread], tau[by_spread]
    inflated = error[by_spread] / to * np.sqrt(m / (m - 1.0))
    margin = (
        special.stdtrit(np.maximum(m - DEGREES_SPENT, 1.0), 1.0 - tail) * inflated / (x * (1.0 - x))
    )
    centre = special.logit(x)
    lower[by_spread] = special.expit(centre - margin) * to
    upper[by_spread] = special.expit(centre + margin) * to
    by_count = is_known & ~by_spread
    ends = MidP.of_counts(share[by_count] * n[by_count], n[by_count]).limits(level)
    lower[by_count], upper[by_count] = (end * tau[by_count] for end in ends)
    return around(mean, lower, upper)
