"""Intervals for shares, counts, rates and quantiles of fully observed values; funnel limits.

Belongs here: interval methods that are right for small numbers and need nothing but counts.

Does not belong here: anything with open (censored) cases – see `survival` and `competing`; deciding
what may be shown to whom – see `pipelines.disclosure`.

All functions take arrays or scalars, broadcast them, and return arrays (zero-dimensional for scalar
input). "No information" is an answer: with no cases a share lies in [0, 1], a count over no
person-time in [0, infinity).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Limits(NamedTuple):
    """Lower and upper limits, arrays of the broadcast shape of the input."""

    lower: FloatArray
    upper: FloatArray


class Rate(NamedTuple):
    """A rate with its limits, in events per `per` units of person-time; NaN where undefined."""

    rate: FloatArray
    lower: FloatArray
    upper: FloatArray


class Weighted(NamedTuple):
    """Weighted means with their limits, one per group; NaN where a part is not known."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray


def around(value: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> Limits:
    """Limits that hold their own estimate, where rounding left it outside by a last digit.

    Args:
        value: estimates, any shape; NaN where there is none.
        lower: lower limits, of the same shape; NaN where there is none.
        upper: upper limits, likewise.

    Returns:
        The limits, moved out to the estimate where it lies beyond; NaN stays NaN.
    """
    estimate = np.asarray(value, dtype=np.float64)
    low, high = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    return Limits(
        np.where(low > estimate, estimate, low), np.where(high < estimate, estimate, high)
    )


def normal_quantile(level: float) -> float:
    """Two-sided standard normal quantile, 1.96 for 0.95.

    Args:
        level: coverage, strictly between 0 and 1.

    Returns:
        The quantile at (1 + level) / 2.

    Raises:
        ValueError: level outside (0, 1), such as 95 for 95%.
    """
    return float(special.ndtri(1.0 - tail_of(level)))


def wilson(successes: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Wilson score interval of a share, the monitor's interval for every plain share.

    Args:
        successes: counts x, any shape.
        n: numbers of cases, broadcastable to x; 0 gives [0, 1].
        level: coverage.

    Returns:
        Limits in [0, 1]; exactly 0 at x = 0 and exactly 1 at x = n.

    Raises:
        ValueError: x below 0 or above n, or a level outside (0, 1).

    Source:
        Wilson (1927), JASA 22:209; recommended for small n by Brown, Cai, DasGupta (2001),
        Statistical Science 16:101.
    """
    x, size = _counts_of(successes, n)
    z = normal_quantile(level)
    known = np.where(size > 0, size, 1.0)
    share = x / known
    centre = share + z * z / (2.0 * known)
    half = z * np.sqrt(share * (1.0 - share) / known + (z / (2.0 * known)) ** 2)
    scale = 1.0 + z * z / known
    # Rounding would leave 1e-17 where the formula is exactly 0 or 1.
    lower = np.where(x == 0, 0.0, (centre - half) / scale)
    upper = np.where(x == size, 1.0, (centre + half) / scale)
    return Limits(lower, upper)


def poisson_exact(count: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Exact (Garwood) interval of a Poisson mean.

    Args:
        count: observed counts >= 0, any shape.
        level: coverage.

    Returns:
        Limits of the expected count.

    Raises:
        ValueError: a negative count, or a level outside (0, 1).

    Source:
        Garwood (1936), Biometrika 28:437.
    """
    x = np.asarray(count, dtype=np.float64)
    if not (x >= 0).all():
        raise ValueError("counts must be at least 0")
    tail = tail_of(level)
    lower = special.gammaincinv(np.where(x > 0, x, 1.0), tail)
    return Limits(np.where(x > 0, lower, 0.0), special.gammaincinv(x + 1.0, 1.0 - tail))


def poisson_rate(
    count: npt.ArrayLike, person_time: npt.ArrayLike, per: float = 1.0, level: float = 0.95
) -> Rate:
    """Rate per person-time with its exact interval.

    Args:
        count: events >= 0, any shape.
        person_time: time under observation >= 0, broadcastable, any one unit.
        per: units of person-time the rate is expressed in, such as 365.25 days.
        level: coverage.

    Returns:
        Rate and limits. Without person-time the rate is NaN and lies in [0, infinity).

    Raises:
        ValueError: negative input, or events without any person-time.

    Source:
        Garwood (1936); Rothman, Greenland, Lash (2008), Modern Epidemiology, ch. 14.
    """
    x, time = np.broadcast_arrays(
        np.asarray(count, dtype=np.float64), np.asarray(person_time, dtype=np.float64)
    )
    if not (time >= 0).all():
        raise ValueError("person_time must be at least 0")
    if ((x > 0) & (time == 0)).any():
        raise ValueError("events without person-time: check how the time at risk was summed")
    limits = poisson_exact(x, level)
    has_time = time > 0
    scale = per / np.where(has_time, time, 1.0)
    return Rate(
        np.where(has_time, x * scale, np.nan),
        np.where(has_time, limits.lower * scale, 0.0),
        np.where(has_time, limits.upper * scale, np.inf),
    )


def funnel_limits_share(n: npt.ArrayLike, target: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Exact binomial funnel limits: the shares still ordinary for a group of size n.

    A share strictly below the lower or strictly above the upper limit has a probability of at most
    (1 - level) / 2 on that side when the true share is the target. The limits are attainable shares
    (whole counts over n) rather than interpolated ones: interpolation gives smoother lines and, at
    small n, more false alarms than stated.

    Args:
        n: group sizes >= 0, any shape; 0 gives [0, 1].
        target: national share in [0, 1], broadcastable.
        level: coverage; funnels usually show 0.95 and 0.998.

    Returns:
        Limits as shares.

    Raises:
        ValueError: target outside [0, 1], negative or fractional n, level outside (0, 1).

    Source:
        Spiegelhalter (2005), Statistics in Medicine 24:1185, without the interpolation.
    """
    size, share = np.broadcast_arrays(
        np.asarray(n, dtype=np.float64), np.asarray(target, dtype=np.float64)
    )
    if not ((share >= 0) & (share <= 1)).all():
        raise ValueError("target must be a share in [0, 1], not a percentage")
    if not ((size >= 0) & (size == np.floor(size))).all():
        raise ValueError("n must hold whole numbers of at least 0")
    tail = tail_of(level)
    # bdtrik is undefined at the two certain shares and at n = 0; their limits are set below.
    inner = (share > 0) & (share < 1) & (size > 0)
    p = np.where(inner, share, 0.5)
    trials = np.where(inner, size, 1.0).astype(np.int64)

    def smallest_count(probability: float) -> FloatArray:
        guess = np.ceil(special.bdtrik(probability, trials, p))
        return _settle(guess, probability, lambda k: special.bdtr(k, trials, p))

    known = np.where(size > 0, size, 1.0)
    lower = np.where(inner, smallest_count(tail), size * share) / known
    upper = np.where(inner, smallest_count(1.0 - tail), size * share) / known
    return Limits(np.where(size > 0, lower, 0.0), np.where(size > 0, upper, 1.0))


def funnel_limits_rate(
    person_time: npt.ArrayLike, target: npt.ArrayLike, level: float = 0.95
) -> Limits:
    """Exact Poisson funnel limits: the rates still ordinary for a group with this person-time.

    Same reading as `funnel_limits_share`: strictly beyond a limit has at most (1 - level) / 2.

    Args:
        person_time: time under observation >= 0, any shape; 0 gives [0, infinity).
        target: national rate >= 0 per unit of person-time, broadcastable.
        level: coverage.

    Returns:
        Limits as rates per unit of person-time.

    Raises:
        ValueError: negative input, or a level outside (0, 1).

    Source:
        Spiegelhalter (2005), Statistics in Medicine 24:1185, without the interpolation.
    """
    time, rate = np.broadcast_arrays(
        np.asarray(person_time, dtype=np.float64), np.asarray(target, dtype=np.float64)
    )
    if not ((time >= 0) & (rate >= 0)).all():
        raise ValueError("person_time and target must be at least 0")
    tail = tail_of(level)
    expected = time * rate
    mean = np.where(expected > 0, expected, 1.0)

    def smallest_count(probability: float) -> FloatArray:
        guess = np.ceil(special.pdtrik(probability, mean))
        return _settle(guess, probability, lambda k: special.pdtr(k, mean))

    known = np.where(time > 0, time, 1.0)
    lower = np.where(expected > 0, smallest_count(tail), 0.0) / known
    upper = np.where(expected > 0, smallest_count(1.0 - tail), 0.0) / known
    return Limits(np.where(time > 0, lower, 0.0), np.where(time > 0, upper, np.inf))


class GroupedQuantiles(NamedTuple):
    """Quantiles of G groups with their ends; NaN where a group has none."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray


def quantiles_of_completed(
    ordered: npt.ArrayLike,
    group_codes: npt.ArrayLike,
    n_groups: int,
    probability: float,
    *,
    counts: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> GroupedQuantiles:
    """Type-7 quantiles of completed hand-offs with binomial order-statistic intervals, per group.

    For views that hold completed cases only; the headline view has open cases and uses
    `survival`. The interval needs no assumption about the shape of the distribution:
    its ends are the tightest order statistics whose ranks a binomial count passes with probability
    at most (1 - level) / 2 on each side, moved out to the estimate where that lies further (a
    type-7 value near the edge of a tiny sample can). An end that would fall outside the sample is
    NaN: with fewer than 6 values no 95% interval of a median exists.

    The ends are times of individual cases. They are for the internal audiences; a released table
    derives its own figures from protected values.

    Args:
        ordered: (N,) completed durations, increasing within a group.
        group_codes: (N,) codes 0 … n_groups - 1, increasing.
        n_groups: number of groups G, empty ones included.
        probability: p in (0, 1).
        counts: (N,) cases per row, when rows were already summed per duration.
        level: coverage.

    Returns:
        Three (G,) arrays in the unit of the values; NaN for an empty group.

    Raises:
        ValueError: missing values, values out of order, or p or level outside (0, 1).

    Source:
        Hyndman, Fan (1996), American Statistician 50:361 (type 7); Conover (1999), Practical
        Nonparametric Statistics, 3.2 (interval).
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability must lie strictly between 0 and 1, got {probability}")
    tail = tail_of(level)
    values = np.asarray(ordered, dtype=np.float64)
    codes = np.asarray(group_codes, dtype=np.int64)
    if np.isnan(values).any():
        raise ValueError("values hold missing durations; completed views hold completed cases only")
    step = np.diff(codes)
    if (step < 0).any() or (np.diff(values)[step == 0] < 0.0).any():
        raise ValueError("values must be in order within their group, and groups in order")
    frequency = np.ones(values.size, np.int64) if counts is None else np.asarray(counts, np.int64)
    n = np.bincount(codes, weights=frequency, minlength=n_groups).astype(np.int64)
    is_filled = n > 0
    through = frequency.cumsum()
    before_group = np.concatenate((np.zeros(1, np.int64), n.cumsum()[:-1]))[is_filled]
    size = n[is_filled]

    def case(rank: IntArray) -> FloatArray:
        """Value of the case with that rank, from 0, in each filled group."""
        return values[np.searchsorted(through, before_group + rank, side="right")]

    position = (size - 1) * probability
    below = position.astype(np.int64)
    value = case(below)
    value = value + (position - below) * (case(np.minimum(below + 1, size - 1)) - value)
    # How many of the chances "at most k cases lie below the true quantile" are this small.
    lower_rank = _first_above(size, probability, tail, or_equal=False)
    upper_rank = _first_above(size, probability, 1.0 - tail, or_equal=True) + 1
    lower = np.where(lower_rank >= 1, case(np.maximum(lower_rank - 1, 0)), np.nan)
    upper = np.where(upper_rank <= size, case(np.minimum(upper_rank, size) - 1), np.nan)
    result = GroupedQuantiles(*(np.full(n_groups, np.nan) for _ in range(3)))
    result.value[is_filled] = value
    result.lower[is_filled], result.upper[is_filled] = around(value, lower, upper)
    return result


def _first_above(size: IntArray, probability: float, target: float, *, or_equal: bool) -> IntArray:
    """Smallest k in 0 … n whose binomial chance of at most k passes the target; n if none does."""
    low, high = np.zeros_like(size), size.copy()
    while (low < high).any():
        middle = (low + high) // 2
        chance = special.bdtr(middle.astype(np.float64), size, probability)
        is_above = chance >= target if or_equal else chance > target
        high = np.where(is_above, middle, high)
        low = np.where(is_above, low, np.minimum(middle + 1, high))
    return low


def weighted_mean_limits(
    group_codes: npt.ArrayLike,
    weights: npt.ArrayLike,
    values: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
) -> Weighted:
    """Weighted mean of independent estimates per group, with limits recovered from theirs.

    For strata that were estimated apart, such as the cases of one period under two norms. Each
    part's distance from its own limits stands for its spread, so that the interval is as lopsided
    as those of the parts and nothing has to be normally distributed. One part gives its own limits.

    Args:
        group_codes: (N,) codes 0 … G - 1, each at least once.
        weights: (N,) weights >= 0, such as numbers of cases; scaled to add up to 1 per group.
        values: (N,) estimates; one that is NaN makes its group NaN.
        lower: (N,) lower limits.
        upper: (N,) upper limits.

    Returns:
        (G,) means and limits.

    Raises:
        ValueError: a negative weight, or a group of which all weights are 0.

    Source:
        Zou, Donner (2008), Statistics in Medicine 27:1693 (MOVER); for the difference of two shares
        with Wilson's limits it is Newcombe (1998), Statistics in Medicine 17:873, method 10.
    """
    codes = np.asarray(group_codes, dtype=np.int64)
    weight = np.asarray(weights, dtype=np.float64)
    estimate = np.asarray(values, dtype=np.float64)
    if (weight < 0.0).any():
        raise ValueError("weights must not be negative")
    totals = np.bincount(codes, weight)
    if (totals == 0.0).any():
        raise ValueError("every group needs a positive weight")
    share = weight / totals[codes]

    def spread(limits: npt.ArrayLike) -> FloatArray:
        distance = share * (estimate - np.asarray(limits, dtype=np.float64))
        root: FloatArray = np.sqrt(np.bincount(codes, np.square(distance)))
        return root

    # A mean lies between its parts and its limits within theirs, down to the last digit.
    mean: FloatArray = np.clip(
        np.bincount(codes, share * estimate).astype(np.float64), *_ends(codes, estimate, estimate)
    )
    low, high = _ends(codes, lower, upper)
    return Weighted(
        mean,
        *around(
            mean, np.maximum(mean - spread(lower), low), np.minimum(mean + spread(upper), high)
        ),
    )


def _ends(codes: IntArray, lower: npt.ArrayLike, upper: npt.ArrayLike) -> Limits:
    """Least and greatest value of each group; NaN where one of its parts is."""
    n_groups = int(codes.max()) + 1 if codes.size else 0
    least, greatest = np.full(n_groups, np.inf), np.full(n_groups, -np.inf)
    with np.errstate(invalid="ignore"):
        np.minimum.at(least, codes, np.asarray(lower, dtype=np.float64))
        np.maximum.at(greatest, codes, np.asarray(upper, dtype=np.float64))
    return Limits(least, greatest)


def tail_of(level: float) -> float:
    """Chance left out on each side by a two-sided level.

    Raises:
        ValueError: level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    return (1.0 - level) / 2.0


def _counts_of(successes: npt.ArrayLike, n: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, size = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if not ((x >= 0) & (x <= size)).all():
        raise ValueError("a share needs 0 <= successes <= n")
    return x, size


def _settle(
    guess: FloatArray, probability: float, cdf: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """Smallest whole k with cdf(k) >= probability, starting from an inverse that may be one off."""
    guess = np.maximum(guess, 0.0)
    lower = np.maximum(guess - 1.0, 0.0)
    settled = np.where(cdf(lower) >= probability, lower, guess)
    return np.where(cdf(settled) >= probability, settled, settled + 1.0)
