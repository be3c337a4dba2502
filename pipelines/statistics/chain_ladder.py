"""How far a count that is still being registered may grow: the chain ladder on what came later.

Here: development factors with Mack's variance, the expected growth of periods of any age, and the
limits of a count, and of a share of two counts, that grow.
Not here: which events belong to which period and delivery (`pipelines.indicators.provisional`).

A triangle has a row per period in which things happened and a column per age: how many deliveries
after the first that was due. Its cells count what was registered by then. The factor of an age is
the ratio of what was registered one delivery later, over all periods seen at both ages. The
variance is Mack's, without an assumption about the distribution, and never under that of cases of
which each is registered by chance. A period that was not seen at both ages takes no part in a
factor, so that a history may begin anywhere.

Source: T. Mack, Distribution-free calculation of the standard error of chain ladder reserve
estimates, ASTIN Bulletin 23 (1993) 213-225.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Of a count of nothing yet as much may come as of half a case: Jeffreys' prior for a count.
_HALF = 0.5


@dataclass(frozen=True)
class Development:
    """How counts grow with age.

    Attributes:
        factors: (A,) by how much what was registered at an age is multiplied at the next.
        sigma2: (A,) Mack's variance per registered case.
        weights: (A,) cases each factor rests on.
    """

    factors: FloatArray
    sigma2: FloatArray
    weights: FloatArray

    @property
    def ultimate(self) -> FloatArray:
        """(A + 1,) by how much what is registered at an age is multiplied in the end."""
        return np.append(np.cumprod(self.factors[::-1])[::-1], 1.0)


def develop(triangle: FloatArray, *, of_counts: bool = True) -> Development:
    """Estimate development from a triangle.

    Args:
        triangle: (M, A + 1) cumulative, NaN where a period was not seen at an age.
        of_counts: Cells are numbers of cases: the variance is at least that of cases of which each
            is registered by chance, whatever so few periods show.

    Returns:
        The development; a factor that rests on nothing is 1.
    """
    before, after = triangle[:, :-1], triangle[:, 1:]
    seen = ~np.isnan(before) & ~np.isnan(after) & (before > 0)
    before, after = np.where(seen, before, 0.0), np.where(seen, after, 0.0)
    weights = before.sum(axis=0)
    known = weights > 0
    factors = np.ones(len(weights))
    factors[known] = after.sum(axis=0)[known] / weights[known]
    ratio = np.divide(after, before, out=np.zeros_like(after), where=seen)
    squares = (before * (ratio - factors) ** 2).sum(axis=0)
    n_seen = seen.sum(axis=0)
    sigma2 = np.divide(squares, n_seen - 1, out=np.full(len(weights), np.nan), where=n_seen > 1)
    for age in np.flatnonzero(np.isnan(sigma2)).tolist():
        # Mack's own choice for an age seen once: no more than the two ages before it.
        earlier = sigma2[max(age - 2, 0) : age]
        is_pair = len(earlier) > 1 and earlier[0] > 0
        sigma2[age] = min(earlier[1] ** 2 / earlier[0], *earlier) if is_pair else 0.0
    if of_counts:
        sigma2 = np.maximum(sigma2, factors * (factors - 1.0))
    return Development(factors, sigma2, weights)


@dataclass(frozen=True)
class Growth:
    """What may still come of some periods together.

    Attributes:
        expected: Cases expected to be registered yet.
        process: Variance of their number by chance.
        parameter: Variance because the factors are estimates.
    """

    expected: float
    process: float
    parameter: float

    @property
    def variance(self) -> float:
        """Variance of what is still to come: Mack's mean squared error of prediction."""
        return self.process + self.parameter


def growth(development: Development, counts: FloatArray, ages: IntArray) -> Growth:
    """What may still come of periods, given what was registered of each and its age.

    Args:
        development: How counts grow.
        counts: (M,) registered so far.
        ages: (M,) age of each; at or beyond the last age nothing is expected any more.
    """
    last = len(development.factors)
    ages = np.minimum(ages, last)
    expected = counts * development.ultimate[ages]
    process = parameter = 0.0
    # What a period has at each later age, and how its end depends on the factor of that age.
    running = counts.astype(np.float64)
    for age in range(int(ages.min(initial=last)), last):
        begun = ages <= age
        factor, sigma2 = development.factors[age], development.sigma2[age]
        ends = np.where(begun, expected, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(begun & (running > 0), ends**2 / running, 0.0)
        process += float(own.sum()) * sigma2 / factor**2
        if development.weights[age] > 0:
            parameter += float(ends.sum()) ** 2 * sigma2 / factor**2 / development.weights[age]
        running = np.where(begun, running * factor, running)
    return Growth(float((expected - counts).sum()), process, parameter)


def count_limits(
    count: FloatArray, rate: FloatArray, process: FloatArray, parameter: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of what a count becomes: a negative binomial with the mean and variance of growth.

    Args:
        count: (N,) registered so far.
        rate: (N,) growth expected per registered case.
        process: (N,) variance by chance per registered case.
        parameter: (N,) variance of the rate, because it is an estimate.
        level: Share of outcomes between the limits, such as 0.9.

    Returns:
        (N,) lower and upper limit, whole numbers not under the count.
    """
    mean, variance = _moments(count, rate, process, parameter)
    tail = (1.0 - level) / 2
    lower, upper = (_quantile(mean, variance, probability) for probability in (tail, 1.0 - tail))
    return count + lower, count + upper


def share_limits(
    counts: tuple[FloatArray, FloatArray],
    joining: tuple[FloatArray, FloatArray],
    turning: tuple[FloatArray, FloatArray],
    level: float,
) -> tuple[FloatArray, FloatArray]:
    """Limits of what a share becomes: cases join it, and cases outside its numerator turn inside.

    Cases join both sides at one rate, so that only chance makes them differ, and how well that rate
    is known is of no account.

    Args:
        counts: (N,) cases inside and outside its numerator, so far.
        joining: (N,) growth expected per case, and its variance by chance per case.
        turning: (N,) cases expected to turn inside, and the variance of their number were there no
            end to them; there are no more than are outside, so it varies less.
        level: Share of outcomes between the limits.

    Returns:
        (N,) lower and upper limit between 0 and 1; on the scale of log odds.
    """
    rate, process = joining
    turned, turned_variance = turning
    is_none, is_all = counts[0] + turned <= 0, counts[1] <= 0
    inside, outside = (np.maximum(cases, _HALF) for cases in counts)
    # More cannot turn than there are.
    turned = np.minimum(turned, np.maximum(outside * (1.0 + rate) - _HALF, 0.0))
    turned_variance = turned_variance * (1.0 - turned / (outside * (1.0 + rate)))
    end = (inside * (1.0 + rate) + turned, outside * (1.0 + rate) - turned)
    variance = inside * process / end[0] ** 2 + outside * process / end[1] ** 2
    variance += turned_variance * (1.0 / end[0] + 1.0 / end[1]) ** 2
    centre = np.log(end[0] / end[1])
    margin = stats.norm.ppf(0.5 + level / 2) * np.sqrt(variance)
    lower, upper = (1.0 / (1.0 + np.exp(-(centre + sign * margin))) for sign in (-1.0, 1.0))
    return np.where(is_none, 0.0, lower), np.where(is_all, 1.0, upper)


def _moments(
    count: FloatArray, rate: FloatArray, process: FloatArray, parameter: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of what is still to come."""
    base = np.maximum(count, _HALF)
    return base * rate, base * process + base**2 * parameter


def _quantile(mean: FloatArray, variance: FloatArray, probability: float) -> FloatArray:
    """Quantile of a negative binomial, or of a Poisson where the variance is no larger."""
    grows = mean > 0
    m = np.where(grows, mean, 1.0)
    excess = np.maximum(np.where(grows, variance, 1.0) - m, 1e-9 * m)
    found = stats.nbinom.ppf(probability, m**2 / excess, m / (m + excess))
    return np.where(grows, found, 0.0)
