"""Funnels: how far members of a dimension may lie from the national value, by chance and beyond.

Here: how much members differ among themselves beyond chance, and the exact limits that allow for
it.
Not here: limits that know chance only (`intervals.funnel_limits_share`,
`intervals.funnel_limits_rate`); which figures are compared (`pipelines.indicators.funnels`).

Decisions:

* **Additive τ², not multiplicative φ.** Members differ for good reasons that have nothing to do
  with how many cases they have. So what is added is a spread of their true values (τ), as SHMI
  does, and not a factor on the limits (φ, Spiegelhalter 2005), which widens those of large members
  too little and those of small ones too much. `python -m tests.bench.funnel` measures it: by τ as
  many of the smaller as of the larger members lie beyond the outer limits, by φ hardly any of the
  smaller and many of the larger, and with neither one in six of members that differ by .1.
* **Exact.** A share is beta-binomial and a rate gamma-Poisson with that τ, rather than normal: with
  few cases a limit must be a count that can happen, and at τ = 0 they are the binomial and Poisson
  limits themselves.
* **Winsorised, and corrected for it.** One member far out would widen the limits until it lies
  within them, so the 10% most extreme at each end, and at least one, count as their neighbour
  (Spiegelhalter and others 2012). What that takes from members that differ by chance alone is known
  (of ten it leaves .70 of the mean square), and φ is divided by it: uncorrected, τ comes out at .07
  where .1 is true (.09 corrected), and twice as many members lie beyond the outer limits.
* **From five members on.** Fewer say nothing of their spread once the extremes are set aside: their
  limits know chance only.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from pipelines.statistics.intervals import Limits, funnel_limits_rate, funnel_limits_share

FloatArray = npt.NDArray[np.float64]

FEWEST_MEMBERS = 5
WINSORISED = 0.1
# A grid on which the densities of normal order statistics are summed: their tails lie within.
_GRID = np.linspace(-9.0, 9.0, 4001)


class Spread(NamedTuple):
    """How far members lie apart.

    Attributes:
        ratio: φ, their spread as a multiple of what chance alone gives; 1 on average where nothing
            else is at work.
        between: τ, standard deviation of their true values in the unit of the figure; 0 where
            chance alone explains the spread.
    """

    ratio: float
    between: float


def spread_of(
    values: npt.ArrayLike, target: float, errors: npt.ArrayLike, winsorised: float = WINSORISED
) -> Spread | None:
    """Estimate how much members differ beyond chance.

    Args:
        values: (I,) figures of the members.
        target: The national value.
        errors: (I,) > 0, standard error each would have if its true value were the target.
        winsorised: Share set to its neighbour at each end, at least one member; 0 for none.

    Returns:
        The spread; None with fewer than `FEWEST_MEMBERS`.

    Raises:
        ValueError: An error that is not positive.

    Source:
        Spiegelhalter, Sherlaw-Johnson, Bardsley, Blunt, Wood, Grigg (2012), JRSS-A 175:1, eq. for
        φ and τ²; the moment estimator is that of DerSimonian, Laird (1986), Controlled Clinical
        Trials 7:177, about a given target.
    """
    error = np.asarray(errors, dtype=np.float64)
    if not (error > 0.0).all():
        raise ValueError("errors must be positive: at a target of 0 or 1 nothing varies by chance")
    n = error.size
    if n < FEWEST_MEMBERS:
        return None
    deviation = np.sort((np.asarray(values, dtype=np.float64) - target) / error)
    n_end = max(1, int(winsorised * n)) if winsorised else 0
    kept = np.clip(deviation, deviation[n_end], deviation[n - 1 - n_end])
    ratio = float(np.mean(np.square(kept))) / _left_by_winsorising(n, n_end)
    weight = 1.0 / np.square(error)
    total = float(weight.sum())
    excess = n * ratio - (n - 1)
    between = excess / (total - float(np.square(weight).sum()) / total)
    return Spread(ratio, float(np.sqrt(max(between, 0.0))))


def share_limits(
    n: npt.ArrayLike, target: npt.ArrayLike, between: npt.ArrayLike, level: float
) -> Limits:
    """Exact funnel limits of shares whose true value differs between members.

    Args:
        n: (I,) cases of each member, whole numbers.
        target: National share, broadcastable.
        between: τ, broadcastable; 0 gives the binomial limits.
        level: Coverage.

    Returns:
        (I,) limits, attainable shares as in `intervals.funnel_limits_share`.

    Raises:
        ValueError: As for `intervals.funnel_limits_share`.
    """
    size, share, apart = _broadcast(n, target, between)
    lower, upper = (np.array(limit) for limit in funnel_limits_share(size, share, level))
    # No share can differ more than this between members: all would be 0 or 1.
    most = share * (1.0 - share)
    tail = (1.0 - level) / 2.0
    for place in np.flatnonzero((size > 0) & (apart > 0.0) & (most > 0.0)):
        total = most[place] / min(apart[place] ** 2, 0.99 * most[place]) - 1.0
        alpha, beta = share[place] * total, (1.0 - share[place]) * total
        chance = _beta_binomial(int(size[place]), alpha, beta)
        lower[place] = np.searchsorted(chance, tail) / size[place]
        upper[place] = np.searchsorted(chance, 1.0 - tail) / size[place]
    return Limits(lower, upper)


def rate_limits(
    time: npt.ArrayLike, target: npt.ArrayLike, between: npt.ArrayLike, level: float
) -> Limits:
    """Exact funnel limits of rates whose true value differs between members.

    Args:
        time: (I,) time under observation of each member.
        target: National rate, broadcastable.
        between: τ, broadcastable; 0 gives the Poisson limits.
        level: Coverage.

    Returns:
        (I,) limits as in `intervals.funnel_limits_rate`.

    Raises:
        ValueError: As for `intervals.funnel_limits_rate`.
    """
    period, rate, apart = _broadcast(time, target, between)
    lower, upper = (np.array(limit) for limit in funnel_limits_rate(period, rate, level))
    is_spread = (period > 0.0) & (apart > 0.0) & (rate > 0.0)
    shape = np.square(rate[is_spread] / apart[is_spread])
    chance = shape / (shape + period[is_spread] * rate[is_spread])
    tail = (1.0 - level) / 2.0
    for limits, probability in ((lower, tail), (upper, 1.0 - tail)):
        limits[is_spread] = stats.nbinom.ppf(probability, shape, chance) / period[is_spread]
    return Limits(lower, upper)


def _broadcast(*each: npt.ArrayLike) -> list[FloatArray]:
    return list(np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in each)))


def _beta_binomial(n: int, alpha: float, beta: float) -> FloatArray:
    """Chance of at most k of n, for k from 0 to n."""
    k = np.arange(n + 1, dtype=np.float64)
    ways = special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0)
    density = np.exp(ways + special.betaln(k + alpha, n - k + beta) - special.betaln(alpha, beta))
    chance: FloatArray = np.cumsum(density)
    # Rounding must not leave the last one, which is certain, below a tail of 1.
    chance[-1] = 1.0
    return chance


@cache
def _left_by_winsorising(n: int, n_end: int) -> float:
    """Mean square of n independent standard normal values of which the ends count as neighbours."""
    if n_end == 0:
        return 1.0
    ranks = np.clip(np.arange(1, n + 1), n_end + 1, n - n_end)
    below = special.log_ndtr(_GRID)[:, None]
    above = special.log_ndtr(-_GRID)[:, None]
    density = np.exp(
        -special.betaln(ranks, n + 1 - ranks) + (ranks - 1) * below + (n - ranks) * above
    ) * np.exp(-0.5 * np.square(_GRID))[:, None] / np.sqrt(2.0 * np.pi)  # fmt: skip
    squares = np.sum(density * np.square(_GRID)[:, None], axis=0) * (_GRID[1] - _GRID[0])
    return float(squares.mean())
