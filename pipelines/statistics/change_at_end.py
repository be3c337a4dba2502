"""How far the end of a series strays from what its beginning foretells.

Here: the strength of a change at the end of a series, as a forecast of its last points from the
points before them, and of a level that keeps growing.
Not here: the rules of the charts (`signals`), and what a strength is worth
(`calibration`): how often series without any change come that far.

**The end.** For the last point, the last two, three, five and so on up to half of the series: where
would their mean lie, were they to go on as the points before? The forecast is Bayesian: points are
autoregressive of first order around one mean, nothing is known beforehand of mean and spread, and
autocorrelations are the rarer the greater, with none from `MOST_ALIKE`. So a series of few points,
or of points that are alike, is given the room it takes without any change. Of positive values it is
not known either on which scale they spread evenly: as they are, their roots, logarithms or, seldom,
inverse roots (Box and Cox 1964); the points before say which scale and autocorrelation are likely,
and the chances under each are averaged (Zellner 1971, An Introduction to Bayesian Inference in
Econometrics, ch. 7; Box, Tiao 1975, JASA 70:70). Of shares and rates it is known how widely
they spread by chance alone, so a dozen quarters already tell: as if `COUNTED_DEGREES` points more
had been seen that spread so, and fewer where the points before the end spread far wider (Phipson
and others 2016, Annals of Applied Statistics 10:946). The strength is minus log10 of the least of
these chances over the lengths of the end. The least of several is no chance any more: what it is
worth is calibrated.

**Growth.** Changes of a stock have mean zero where nothing keeps it growing. The same model says
how far the mean of the changes is from zero, over all of them and over the last half.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]

LENGTHS = (1, 2, 3, 5, 7, 10, 14, 20, 28)
"""How many of the last points may be the changed ones; half of a series at most."""
LEAST_BEFORE = 6
"""Fewer points before foretell nothing."""
LEAST_BEFORE_COUNTED = 4
"""The same of shares and rates."""
COUNTED_DEGREES = 6.0
COUNTED_VARIANCE = 1.2
"""Variance of the scores of shares and rates without change: chance gives 1, and half of them a
little more."""
ORDINARY = 0.1
"""Where the points before the end spread as widely as fewer than this share would, what is known of
others counts for less."""
MOST_POINTS = 60
"""Of a longer series the last so many count: five years of months."""
POWERS = {1.0: 0.3, 0.5: 0.3, 0.0: 0.3, -0.5: 0.1}
"""Scales on which positive values may spread evenly, and how likely each is beforehand; 0 is the
logarithm. Values more lopsided than its own are rare: were they not, one high last point among
few would be ordinary."""

MOST_ALIKE = 0.87
"""Greatest autocorrelation a series without change is thought to have: that of a queue at 85%
of its load, by month. What wanders more slowly has changed for whoever looks at it by
quarter, and to allow for it would find no backlog that grows over two years."""

_PHI = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82])
_EDGES = np.concatenate([[0.0], (_PHI[1:] + _PHI[:-1]) / 2.0, [MOST_ALIKE]])
# The more alike the rarer, evenly down to none at `MOST_ALIKE`, over each step of the grid.
_LOG_PRIOR = np.log(-np.diff((1.0 - _EDGES / MOST_ALIKE) ** 2))[:, None]
_LEAST_SPREAD = 1e-9
# Of 95% limits, in standard errors.
_WIDTH = 2.0 * 1.959964
_SMALLEST_CHANCE = 1e-300


@dataclass(frozen=True, eq=False, slots=True)
class Strength:
    """Strengths of S series, for each side.

    Attributes:
        up: (S,) minus log10 of the least chance of so high an end; 0 where nothing can be said.
        down: (S,) the same of so low an end.
        length_up: (S,) how many of the last points tell most of a high end; 0 where nothing can be
            said.
        length_down: (S,) the same of a low end.
    """

    up: FloatArray
    down: FloatArray
    length_up: npt.NDArray[np.int64]
    length_down: npt.NDArray[np.int64]

    @property
    def either(self) -> FloatArray:
        """(S,) the greater of the two."""
        return np.maximum(self.up, self.down)


def end_strength(series: npt.ArrayLike, *, is_positive: bool, is_counted: bool = False) -> Strength:
    """Strength of a change at the end of each of several series of the same length.

    Args:
        series: (S, n) points in time order, without gaps.
        is_positive: Whether the values are above zero and may spread evenly on another scale.
        is_counted: Whether they are scores of shares or rates (`even_scores`).

    Returns:
        The strengths.

    Raises:
        ValueError: Values at or below zero that were said to be positive.
    """
    points = np.atleast_2d(np.asarray(series, dtype=np.float64))[:, -MOST_POINTS:]
    n_points = points.shape[1]
    if is_positive and (points <= 0.0).any():
        raise ValueError("only values above zero have roots and logarithms")
    powers = tuple(POWERS) if is_positive else (1.0,)
    sums = [_Sums.of(points, power, is_counted=is_counted) for power in powers]
    least_before = LEAST_BEFORE_COUNTED if is_counted else LEAST_BEFORE
    best = {side: np.zeros(len(points)) for side in (1, -1)}
    lengths = {side: np.zeros(len(points), dtype=np.int64) for side in (1, -1)}
    for length in LENGTHS:
        before = n_points - length
        if before < least_before or length > max(1, n_points // 2):
            break
        found = [of_power.forecast(before, is_alone=len(powers) == 1) for of_power in sums]
        distance = np.stack([forecast[0] for forecast in found])
        weight = np.stack([forecast[1] for forecast in found])
        degrees = np.stack([forecast[2] for forecast in found])
        weight = np.exp(weight - weight.max(axis=(0, 1)))
        weight /= weight.sum(axis=(0, 1))
        tail = special.stdtr(degrees, -np.abs(distance))
        for side in (1, -1):
            chance = (weight * np.where(side * distance > 0, tail, 1 - tail)).sum(axis=(0, 1))
            strength = _minus_log(chance)
            lengths[side][strength > best[side]] = length
            np.maximum(best[side], strength, out=best[side])
    return Strength(best[1], best[-1], lengths[1], lengths[-1])


def even_scores(values: npt.ArrayLike, base: npt.ArrayLike, *, is_share: bool) -> FloatArray:
    """Shares or rates as scores that spread evenly, however few cases a period has.

    Args:
        values: (..., n) shares or rates.
        base: (..., n) cases, or time, above zero.
        is_share: Whether they are shares.

    Returns:
        (..., n) distance from the share or rate of all periods together, in standard deviations on
        a scale on which those of few events are no more lopsided than of many.

    Source:
        Anscombe (1948), Biometrika 35:246.
    """
    of = np.asarray(base, dtype=np.float64)
    events = np.asarray(values, dtype=np.float64) * of
    expected = of * events.sum(axis=-1, keepdims=True) / of.sum(axis=-1, keepdims=True)
    found, usual = np.sqrt(events + 0.375), np.sqrt(expected + 0.375)
    if not is_share:
        return np.asarray(2.0 * (found - usual))
    whole = np.sqrt(of + 0.75)
    angle = np.arcsin(np.minimum(found / whole, 1.0)) - np.arcsin(np.minimum(usual / whole, 1.0))
    return np.asarray(2.0 * np.sqrt(of + 0.5) * angle)


def length_points(
    values: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, cases: npt.ArrayLike
) -> tuple[FloatArray, FloatArray] | None:
    """Lengths of time as logarithms, with the precision of each: one over its variance by chance.

    Chance spreads them by what their own 95% limits say, of all periods together: those of one
    period are narrow where its value happens to be low.

    Args:
        values: (n,) medians, P90s or restricted means.
        lower: (n,) lower limits; NaN where there is none.
        upper: (n,) upper limits; NaN where there is none.
        cases: (n,) cases each rests on.

    Returns:
        (n,) points and (n,) precisions; None where values are not above zero, or fewer than half
        have limits that say anything.
    """
    found, of = np.asarray(values, dtype=np.float64), np.asarray(cases, dtype=np.float64)
    least, most = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    says = (least > 0.0) & (most > least) & np.isfinite(most) & (of > 0.0)
    if not (found > 0.0).all() or not (of > 0.0).all() or 2 * says.sum() < found.size:
        return None
    of_case = np.log(most[says] / least[says]) / _WIDTH * np.sqrt(of[says])
    return np.log(found), of / float(np.median(of_case)) ** 2


def length_scores(
    values: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, cases: npt.ArrayLike
) -> FloatArray | None:
    """Lengths of time as scores: how far each lies from all, in standard deviations by chance.

    Args:
        values: As for `length_points`.
        lower: As for `length_points`.
        upper: As for `length_points`.
        cases: As for `length_points`.

    Returns:
        (n,) scores; None as for `length_points`.
    """
    found = length_points(values, lower, upper, cases)
    if found is None:
        return None
    logs, precision = found
    return np.asarray((logs - np.average(logs, weights=precision)) * np.sqrt(precision))


def growth_strength(changes: npt.ArrayLike) -> Strength:
    """Strength of a mean change that is not zero, of each of several series.

    Args:
        changes: (S, n) changes from one period to the next, without gaps.

    Returns:
        The strengths: of growing (up) and of shrinking (down).
    """
    points = np.atleast_2d(np.asarray(changes, dtype=np.float64))
    best = {side: np.zeros(len(points)) for side in (1, -1)}
    lengths = {side: np.zeros(len(points), dtype=np.int64) for side in (1, -1)}
    for length in growth_windows(points.shape[1]):
        part = points[:, -length:]
        scale = np.maximum(np.abs(part).max(axis=1, keepdims=True), _LEAST_SPREAD)
        mean = _Sums.of(part / scale, 1.0, is_centred=False).mean(length)
        weight = np.exp(mean.likely - mean.likely.max(axis=0))
        weight /= weight.sum(axis=0)
        for side in (1, -1):
            tail = special.stdtr(mean.degrees, -side * mean.centre / mean.error)
            strength = _minus_log((weight * tail).sum(axis=0))
            lengths[side][strength > best[side]] = length
            np.maximum(best[side], strength, out=best[side])
    return Strength(best[1], best[-1], lengths[1], lengths[-1])


def _minus_log(chance: FloatArray) -> FloatArray:
    return -np.log10(np.clip(chance, _SMALLEST_CHANCE, 1.0))


def growth_windows(n_changes: int) -> tuple[int, ...]:
    """Over how many of the last changes growth is judged: all of them, and half of them."""
    lengths = (n_changes, n_changes // 2)
    return tuple(length for length in dict.fromkeys(lengths) if length > LEAST_BEFORE)


@dataclass(frozen=True, eq=False, slots=True)
class _Mean:
    """Of the first points of S series, by P autocorrelations: each is (P, S)."""

    centre: FloatArray
    error: FloatArray
    likely: FloatArray
    """How likely the autocorrelation is, as a logarithm."""
    degrees: FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class _Sums:
    """Running sums over series on one scale, from which any stretch from the start follows."""

    points: FloatArray
    spread: FloatArray
    first: FloatArray
    squares: FloatArray
    products: FloatArray
    power: float
    logarithms: FloatArray | None
    is_counted: bool

    @classmethod
    def of(
        cls, points: FloatArray, power: float, *, is_centred: bool = True, is_counted: bool = False
    ) -> "_Sums":
        logarithms = np.cumsum(np.log(points), axis=1) if power != 1.0 else None
        if power == 0.0:
            scaled = np.log(points)
        else:
            scaled = points if power == 1.0 else points**power / power
        spread = np.ones(len(points))
        if is_centred:
            scaled = scaled - scaled.mean(axis=1, keepdims=True)
            found = scaled.std(axis=1)
            spread = np.where(found > 0.0, found, 1.0)
            scaled = scaled / spread[:, None]
        products = np.zeros_like(scaled)
        products[:, 1:] = np.cumsum(scaled[:, 1:] * scaled[:, :-1], axis=1)
        return cls(
            scaled,
            spread,
            np.cumsum(scaled, axis=1),
            np.cumsum(scaled**2, axis=1),
            products,
            power,
            logarithms,
            is_counted,
        )

    def mean(self, n: int) -> "_Mean":
        """Mean of the first n points."""
        phi = _PHI[:, None]
        total, start, end = self.first[:, n - 1], self.points[:, 0], self.points[:, n - 1]
        # One to the inverse of the correlations to one, and to the points; their squared distance.
        ones = (1 - phi) * ((n - 2) * (1 - phi) + 2)
        to_points = (1 - phi) * ((1 - phi) * total + phi * (start + end))
        squared = (1 + phi**2) * self.squares[:, n - 1] - phi**2 * (start**2 + end**2)
        squared = squared - 2 * phi * self.products[:, n - 1] - to_points**2 / ones
        squared = np.maximum(squared, _LEAST_SPREAD)
        degrees = np.full(squared.shape, n - 1.0)
        prior = 0.5 * (np.log(1 - phi**2) - np.log(ones)) + _LOG_PRIOR
        likely = prior - degrees / 2 * np.log(squared)
        if self.is_counted:
            # Of the known spread of points, what is new in each has this part.
            usual = COUNTED_VARIANCE * (1 - phi**2) / self.spread**2
            weight = np.exp(likely - likely.max(axis=0))
            tail = (weight * special.chdtrc(n - 1.0, squared / usual)).sum(axis=0)
            worth = np.minimum(1.0, tail / weight.sum(axis=0) / ORDINARY) * COUNTED_DEGREES
            squared, degrees = squared + worth * usual, degrees + worth
            likely = prior + worth / 2 * np.log(usual) - degrees / 2 * np.log(squared)
        return _Mean(to_points / ones, np.sqrt(squared / degrees / ones), likely, degrees)

    def forecast(self, before: int, *, is_alone: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Distance of the end from its forecast in errors, how likely the model is, degrees."""
        phi = _PHI[:, None]
        length = self.points.shape[1] - before
        steps = np.arange(1, length + 1)
        stay = (phi**steps).mean(axis=1, keepdims=True)
        spread_of_end = (((1 - phi**steps) / (1 - phi)) ** 2).sum(axis=1, keepdims=True)
        mean = self.mean(before)
        likely = mean.likely
        end = (self.first[:, -1] - self.first[:, before - 1]) / length
        foretold = mean.centre * (1 - stay) + stay * self.points[:, before - 1]
        ones = (1 - phi) * ((before - 2) * (1 - phi) + 2)
        squared = mean.error**2 * (spread_of_end / length**2 * ones + (1 - stay) ** 2)
        if not is_alone:
            likely = likely - (before - 1) * np.log(self.spread) + np.log(POWERS[self.power])
            if self.logarithms is not None:
                # As many degrees as the spread has, or the unit would matter (Box, Cox 1964).
                stretch = (self.power - 1) * self.logarithms[:, before - 1]
                likely = likely + stretch * (before - 1) / before
        return (end - foretold) / np.sqrt(squared), likely, mean.degrees
