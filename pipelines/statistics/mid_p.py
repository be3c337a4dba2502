"""Mid-p confidence distributions of a share: of counts, of a survival curve, of an incidence.

Here: the two beta distributions between which the exact answer lies, their average, and the limits
that follow from it.
Not here: curves (`survival`, `competing`), shares that nothing is censored in (`intervals.wilson`).

A share of a few whole cases can only take a few values, so an exact interval covers more than it
says: its lower limit is the quantile of one beta distribution and its upper limit that of another.
Mid-p takes both limits from the average of the two distributions. It covers close to what it says,
in single samples a little less.

**Of counts** x of n it is mid-p Clopper-Pearson: the average of Beta(x, n - x + 1) and
Beta(x + 1, n - x). Neither number has to be whole, so an estimate with a variance of its own can be
read as the x and n that would give the same (`counts_like`).

**Of a survival curve** it is the beta product confidence procedure. Of d completions among Y at
risk, the share that goes on lies below Beta(Y - d + 1, d); the product over the times up to t is
the upper distribution. The lower one is that times Beta(n, 1), with n the cases that went on beyond
t: the next completion may come at any moment. Both are given by the beta distribution with the same
first two moments. Without censoring they are exactly those of counts. Log-log limits, R's, know
nothing of how few are still at risk: of 5 cases they covered 0.87, of a tail with one or two at
risk 0.41 to 0.84.

Source: Fay, Brittain, Proschan (2013), Biostatistics 14:723; mid-p: Fay, Brittain (2016),
Statistics in Medicine 35:2726; Lancaster (1961), JASA 56:223.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipelines.statistics.intervals import Limits, tail_of
from pipelines.statistics.risk_sets import BoolArray, FloatArray

CERTAIN_TOLERANCE = 1e-9
"""A sum of products that should be 1 misses it by some 1e-16."""
_CLOSE = 1e-12
"""The last of Newton's steps: the next one would be its square."""
_NOTHING = 1e-18
_MOST_STEPS = 60
"""Halving alone needs as many; Newton's steps are five or so."""


@dataclass(frozen=True, eq=False, slots=True)
class MidP:
    """The average of two beta distributions per share; (G,) arrays.

    A first shape of 0 is all mass at 0, a second shape of 0 all mass at 1.

    Attributes:
        lower_a: first shape of the lower distribution.
        lower_b: its second shape.
        upper_a: first shape of the upper distribution.
        upper_b: its second shape.
    """

    lower_a: FloatArray
    lower_b: FloatArray
    upper_a: FloatArray
    upper_b: FloatArray

    @classmethod
    def of_counts(cls, successes: npt.ArrayLike, n: npt.ArrayLike) -> "MidP":
        """The distribution of a share of x out of n.

        Args:
            successes: (G,) x, whole or not.
            n: (G,) n >= x, whole or not.
        """
        x, size = np.broadcast_arrays(
            np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
        )
        return cls(x, size - x + 1.0, x + 1.0, size - x)

    @classmethod
    def of_product(cls, mean: FloatArray, dispersion: FloatArray, n_after: FloatArray) -> "MidP":
        """The distribution of a survival curve at a time.

        Args:
            mean: (G,) first moment of the upper distribution: the product of (Y - d + 1) / (Y + 1).
            dispersion: (G,) its variance over its squared mean; 0 where nothing was completed yet.
            n_after: (G,) cases that went on beyond that time.
        """
        has_events = dispersion > 0.0
        upper_a, upper_b = _shapes(mean, np.where(has_events, dispersion, 1.0))
        # Beta(n, 1) has mean n / (n + 1) and squared coefficient of variation 1 / (n (n + 2)).
        n = np.where(n_after > 0.0, n_after, 1.0)
        own = 1.0 / (n * (n + 2.0))
        lower_a, lower_b = _shapes(
            mean * n / (n + 1.0), own + np.where(has_events, dispersion, 0.0) * (1.0 + own)
        )
        return cls(
            np.where(n_after > 0.0, lower_a, 0.0),
            np.where(n_after > 0.0, lower_b, 1.0),
            np.where(has_events, upper_a, 1.0),
            np.where(has_events, upper_b, 0.0),
        )

    def chance_below(self, share: float | FloatArray) -> FloatArray:
        """(G,) confidence that the share is at most this; strictly between 0 and 1."""
        x = np.broadcast_to(np.asarray(share, dtype=np.float64), self.lower_a.shape)
        below = _chance(self.lower_a, self.lower_b, x) + _chance(self.upper_a, self.upper_b, x)
        average: FloatArray = below / 2.0
        return average

    def has_chance_below(self, share: float, chances: tuple[float, ...]) -> list[BoolArray]:
        """Whether the confidence that the share is at most this has reached each of the chances.

        The same as comparing `chance_below`, which is worked out only where bounds from the means
        leave a doubt: they decide most of a long curve.

        Args:
            share: one share.
            chances: to be reached.

        Returns:
            (G,) for each chance.
        """
        lower = _bounds(self.lower_a, self.lower_b, share)
        upper = _bounds(self.upper_a, self.upper_b, share)
        at_least, at_most = (
            (bound + other) / 2.0 for bound, other in zip(lower, upper, strict=True)
        )
        doubt = np.zeros(at_least.size, np.bool_)
        for chance in chances:
            doubt |= (at_least < chance) & (at_most >= chance)
        found = at_least
        found[doubt] = self._rows(np.flatnonzero(doubt)).chance_below(share)
        return [found >= chance for chance in chances]

    def limits(self, level: float = 0.95) -> Limits:
        """Limits of the share: 0 or 1 exactly where nothing speaks against it.

        Args:
            level: coverage.

        Raises:
            ValueError: a level outside (0, 1).
        """
        tail = tail_of(level)
        return Limits(self.quantile(tail), self.quantile(1.0 - tail))

    def quantile(self, chance: float) -> FloatArray:
        """(G,) share below which the distribution has this chance.

        Newton's steps, kept between the quantiles of the two distributions.
        """
        ends = (
            _beta_quantile(self.lower_a, self.lower_b, chance),
            _beta_quantile(self.upper_a, self.upper_b, chance),
        )
        low, high = np.minimum(*ends), np.maximum(*ends)
        at = (low + high) / 2.0
        # Where one of the two is all at an end, the other one alone gives the quantile.
        none_below, all_below = self.upper_b == 0.0, self.lower_a == 0.0
        half = 2.0 * chance
        if half <= 1.0:
            at = np.where(none_below, _beta_quantile(self.lower_a, self.lower_b, half), at)
            at = np.where(all_below, 0.0, at)
        else:
            at = np.where(all_below, _beta_quantile(self.upper_a, self.upper_b, half - 1.0), at)
            at = np.where(none_below, 1.0, at)
        running = np.flatnonzero((low < high) & ~none_below & ~all_below)
        for _ in range(_MOST_STEPS):
            if not running.size:
                break
            here, part = at[running], self._rows(running)
            excess = part.chance_below(here) - chance
            low[running] = np.where(excess < 0.0, here, low[running])
            high[running] = np.where(excess > 0.0, here, high[running])
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                step = here - excess / part._density(here)
            inside = (step > low[running]) & (step < high[running])
            step = np.where(inside, step, (low[running] + high[running]) / 2.0)
            at[running] = np.where(excess == 0.0, here, step)
            running = running[np.abs(at[running] - here) > _CLOSE * here + _NOTHING]
        return at

    def _rows(self, rows: npt.NDArray[np.int64]) -> "MidP":
        return MidP(self.lower_a[rows], self.lower_b[rows], self.upper_a[rows], self.upper_b[rows])

    def _density(self, x: FloatArray) -> FloatArray:
        both = _density(self.lower_a, self.lower_b, x) + _density(self.upper_a, self.upper_b, x)
        average: FloatArray = both / 2.0
        return average


def counts_like(
    share: FloatArray, variance: FloatArray, certain: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The counts that would have the same share and variance; neither has to be whole.

    A share of x out of n has variance x (n - x) / n³; solved for n.

    Args:
        share: (G,) estimates.
        variance: (G,) their variances.
        certain: (G,) n where the share is 0 or 1 and has no variance to tell it.

    Returns:
        (G,) x and n, for `MidP.of_counts`.
    """
    sure = np.where(share > 1.0 - CERTAIN_TOLERANCE, 1.0, share)
    spread = sure * (1.0 - sure)
    has_spread = (spread > 0.0) & (variance > 0.0)
    n = np.where(has_spread, spread / np.where(has_spread, variance, 1.0), certain)
    return sure * n, n


def _shapes(mean: FloatArray, dispersion: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shapes of the beta distribution with this mean and squared coefficient of variation."""
    first = (1.0 - mean) / dispersion - mean
    return first, first * (1.0 - mean) / mean


def _bounds(a: FloatArray, b: FloatArray, x: float) -> tuple[FloatArray, FloatArray]:
    """Least and greatest chance below x that a beta distribution with this mean can have.

    It is sub-Gaussian with 1 / (4 (a + b + 1)) for its variance: Marchal, Arbel (2017), Electronic
    Communications in Probability 22:54.
    """
    total = a + b
    gap = a / total - x
    beyond = np.exp(-2.0 * (total + 1.0) * gap * gap)
    return np.where(gap < 0.0, 1.0 - beyond, 0.0), np.where(gap > 0.0, beyond, 1.0)


def _is_point(a: FloatArray, b: FloatArray) -> BoolArray:
    found: BoolArray = (a == 0.0) | (b == 0.0)
    return found


def _chance(a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    is_point = _is_point(a, b)
    some = special.betainc(np.where(is_point, 1.0, a), np.where(is_point, 1.0, b), x)
    return np.where(is_point, np.where(a == 0.0, 1.0, 0.0), some)


def _beta_quantile(a: FloatArray, b: FloatArray, chance: float) -> FloatArray:
    is_point = _is_point(a, b)
    some = special.betaincinv(np.where(is_point, 1.0, a), np.where(is_point, 1.0, b), chance)
    return np.where(is_point, np.where(a == 0.0, 0.0, 1.0), some)


def _density(a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    is_point = _is_point(a, b)
    first, second = np.where(is_point, 1.0, a), np.where(is_point, 1.0, b)
    logarithm = (
        special.xlogy(first - 1.0, x)
        + special.xlog1py(second - 1.0, -x)
        - special.betaln(first, second)
    )
    return np.where(is_point, 0.0, np.exp(logarithm))
