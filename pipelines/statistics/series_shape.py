"""How far the points of a series are from independent draws of what its chart takes them for.

Belongs here: how alike neighbouring points are, how lopsided all of them are, how clumped the
events are that they count, and when any of it is more than chance would have it.

Does not belong here: control charts (`signals`), and what the shape of a series does to how often
it signals without any change (`pipelines.signals.false_alarms`).

Deviations are from the mean of their own group, so that an explained step is no shape.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ONE_IN_TWENTY = 1.645
LEAST_AUTOCORRELATION = 0.2
"""Below it a series signals hardly more often than one of independent points, however long."""
LEAST_SKEWNESS = 1.0
"""From where a series is lopsided: skewness of waiting times in months of ten to twenty cases."""
LEAST_DISPERSION = 1.5
"""Below it counts and gaps signal hardly more often than those of independent events."""


@dataclass(frozen=True, slots=True)
class SeriesShape:
    """The shape of a series.

    Attributes:
        n_points: Points it rests on.
        autocorrelation: Of lag 1; NaN where it cannot be said.
        skewness: Third moment over the standard deviation cubed; NaN where it cannot be said.
        dispersion: Variance of counts of events, or of the gaps between them, over the variance
            they have where events are independent; NaN for what counts no events.
    """

    n_points: int
    autocorrelation: float
    skewness: float
    dispersion: float = math.nan

    @property
    def is_alike(self) -> bool:
        """Whether neighbours are more alike than those of 19 in 20 independent series.

        Of independent points the autocorrelation is about -1/n with standard error 1/sqrt(n)
        (Chatfield, The Analysis of Time Series, 4.1).
        """
        if self.n_points < 1:
            return False
        by_chance = _ONE_IN_TWENTY / math.sqrt(self.n_points) - 1 / self.n_points
        return self.autocorrelation > max(by_chance, LEAST_AUTOCORRELATION)

    @property
    def is_lopsided(self) -> bool:
        """Whether long stretches near one end are paid for by a few points far out at the other."""
        return abs(self.skewness) >= LEAST_SKEWNESS

    @property
    def is_clumped(self) -> bool:
        """Whether events are more in clumps than those of 19 in 20 independent series.

        The dispersion of independent events is about a chi-square over its degrees of freedom
        (Fisher, Statistical Methods for Research Workers, 16), whose quantile is that of Wilson and
        Hilferty (1931).
        """
        if self.n_points < 2:  # noqa: PLR2004 – one degree of freedom
            return False
        ninth = 2 / (9 * (self.n_points - 1))
        by_chance = (1 - ninth + _ONE_IN_TWENTY * math.sqrt(ninth)) ** 3
        return self.dispersion >= max(by_chance, LEAST_DISPERSION)


def shape_of(values: npt.ArrayLike, group: npt.ArrayLike) -> SeriesShape:
    """Measure the shape of a series.

    Args:
        values: (P,) points in order, NaN for a gap.
        group: (P,) number of the group of each: a rebase begins a new one.

    Returns:
        Its shape. Pairs across a gap or a rebase are no neighbours; the sum over the others is
        scaled up to as many as there would be without gaps.
    """
    points, groups = np.asarray(values, dtype=np.float64), np.asarray(group)
    is_known = ~np.isnan(points)
    n_points = int(np.count_nonzero(is_known))
    if n_points == 0:
        return SeriesShape(0, math.nan, math.nan)
    codes = np.unique(groups[is_known], return_inverse=True)[1]
    means = np.bincount(codes, weights=points[is_known]) / np.bincount(codes)
    deviation = np.full(points.size, np.nan)
    deviation[is_known] = points[is_known] - means[codes]
    variance = float(np.nanmean(deviation**2))
    # What is left of a constant series is rounding.
    if variance <= (1e-9 * float(np.abs(points[is_known]).max())) ** 2:
        return SeriesShape(n_points, math.nan, math.nan)
    skewness = float(np.nanmean(deviation**3)) / variance**1.5
    products = (deviation[1:] * deviation[:-1])[groups[1:] == groups[:-1]]
    products = products[~np.isnan(products)]
    if products.size == 0:
        return SeriesShape(n_points, math.nan, skewness)
    share_of_pairs = (n_points - means.size) / n_points
    return SeriesShape(n_points, float(products.mean()) * share_of_pairs / variance, skewness)


def dispersion_of_counts(
    events: npt.ArrayLike, base: npt.ArrayLike, centre: npt.ArrayLike, *, is_share: bool
) -> float:
    """Measure how clumped the events of a chart with exact limits are.

    Args:
        events: (P,) events, NaN for a gap.
        base: (P,) cases, or time.
        centre: (P,) share or rate of the group of each period.
        is_share: Whether the base are the cases (binomial), or a time (Poisson).

    Returns:
        Pearson's chi-square over its degrees of freedom; NaN where nothing can vary.
    """
    of, rate = np.asarray(base, dtype=np.float64), np.asarray(centre, dtype=np.float64)
    expected = of * rate
    variance = expected * (1 - rate) if is_share else expected
    is_known = variance > 0
    n_free = int(np.count_nonzero(is_known)) - np.unique(rate[is_known]).size
    if n_free < 1:
        return math.nan
    away = np.asarray(events, dtype=np.float64)[is_known] - expected[is_known]
    return float((away**2 / variance[is_known]).sum()) / n_free


def dispersion_of_gaps(gaps: npt.ArrayLike, group: npt.ArrayLike) -> float:
    """Measure how clumped the events are between which so many cases or days lie.

    Args:
        gaps: (K,) whole cases or days from one event to the next.
        group: (K,) number of the group of each: a rebase begins a new one.

    Returns:
        Variance over that of a geometric distribution with the same mean, over all groups; NaN
        where it cannot be said.
    """
    values, groups = np.asarray(gaps, dtype=np.float64), np.asarray(group)
    if values.size == 0:
        return math.nan
    codes = np.unique(groups, return_inverse=True)[1]
    mean = (np.bincount(codes, weights=values) / np.bincount(codes))[codes]
    n_free = values.size - int(codes.max()) - 1
    allowed = mean * (mean + 1)
    if n_free < 1 or not (allowed > 0).all():
        return math.nan
    return float(((values - mean) ** 2 / allowed).sum()) / n_free
