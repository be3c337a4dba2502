"""Which of several members moved: the end of each against its past, by noise learned together.

Here: the chance of a change at the end of every series of one family: the same measure of the
members of one dimension. Not here: a series alone (`change_at_end`), and what a family is.

Twenty quarters of one member cannot tell a drift from points that are alike, nor do a dozen say how
widely they spread: a member whose dossiers took three times as long stood out at 1 in 700, and so
does one of seven hundred members without any change. But its fellows are of the same kind. So what
is not known of one member is learned of all:

* **How widely points spread.** Variances per case of the members are drawn together (Smyth 2004,
  Statistical Applications in Genetics and Molecular Biology 3:3): the less they differ beyond
  chance, the more the others' count. A few members cannot say how much they differ, so it is as if
  `USUAL_MEMBERS` more had been seen that differ as is usual. With fewer than `FEWEST_OTHERS` others
  the own variance is all there is, and the more so the more a member has always varied beyond what
  the others let expect (Phipson and others 2016, Annals of Applied Statistics 10:946).
* **How alike neighbouring points are.** The autocorrelation before the end is the own one, drawn
  towards that of the others and of members in general, and taken a standard error higher.

For the last point, the last two, three, five and so on up to half of the series, the mean of the
end is set against the mean before it: a t statistic. The chance is that of the most telling
length, times the number of lengths. A member's own end says nothing of its own noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipelines.statistics.change_at_end import LEAST_BEFORE, LENGTHS

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

FEWEST_OTHERS = 3
"""Fewer others say nothing of how members differ in spread."""
USUAL_MEMBERS = 4.0
"""As if so many more were seen, that differ as is usual."""
USUAL_DIFFERENCE = 0.15
"""Variance of the logarithm of variances of members, beyond chance."""
USUAL_ALIKE = 0.1
"""Autocorrelation of a member by quarter."""
DIFFERENCE_ALIKE = 0.012
"""Variance of the autocorrelation: of families, and again of the members of one."""
MOST_ALIKE = 0.8
ORDINARY = 0.1
"""A variance that a smaller share of members would have is not theirs: the others count less."""
MOST_DEGREES = 100.0
"""What is learned of others is never worth more points than this."""
_LEAST = 1e-12
_STEPS = 30


@dataclass(frozen=True, eq=False, slots=True)
class MemberChances:
    """Chances of M members.

    Attributes:
        up: (M,) chance of so high an end without change, on either side; 1 where nothing is said.
        down: (M,) the same of so low an end.
        is_learned: (M,) whether the family says more of a member than its own series does: it has
            points enough to look at, and others enough that say how members spread.
    """

    up: FloatArray
    down: FloatArray
    is_learned: BoolArray


def member_chances(
    points: Sequence[npt.ArrayLike], cases: Sequence[npt.ArrayLike]
) -> MemberChances:
    """Chance of a change at the end of each member of a family.

    Args:
        points: per member its known points in time order, on a scale on which they spread evenly;
            members may have points of other periods.
        cases: per member the cases of each point, above zero: its variance is one over these.

    Returns:
        The chances.
    """
    family = _Family.of(points, cases)
    whole = family.fit(0)
    spread = _prior_spread(whole)
    up, down = np.ones(len(points)), np.ones(len(points))
    n_looks = np.zeros(len(points))
    for length in LENGTHS:
        before = family.n_points - length
        is_looked = (before >= LEAST_BEFORE) & (length <= np.maximum(1, family.n_points // 2))
        if not is_looked.any():
            break
        n_looks += is_looked
        distance, degrees = _distance(family, family.fit(length), whole, spread, length)
        for side, best in ((1, up), (-1, down)):
            tail = special.stdtr(degrees, -side * distance)
            np.minimum(best, np.where(is_looked, tail, 1.0), out=best)
    return MemberChances(
        np.minimum(1.0, 2.0 * n_looks * up) + (n_looks == 0),
        np.minimum(1.0, 2.0 * n_looks * down) + (n_looks == 0),
        (n_looks > 0) & (spread[1] > 0.0),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Fit:
    """What the points up to some length before the end say of themselves; (M,) arrays."""

    level: FloatArray
    variance: FloatArray
    degrees: FloatArray
    alike: FloatArray
    error: FloatArray
    """Sum of the variances of the points, in cases, over the square of their number."""


@dataclass(frozen=True, eq=False, slots=True)
class _Family:
    """Points of M members, the last in the last column; NaN before the first."""

    points: FloatArray
    cases: FloatArray
    n_points: npt.NDArray[np.int64]

    @classmethod
    def of(cls, points: Sequence[npt.ArrayLike], cases: Sequence[npt.ArrayLike]) -> "_Family":
        known = [np.asarray(member_points, dtype=np.float64) for member_points in points]
        n_points = np.array([member_points.size for member_points in known], dtype=np.int64)
        laid = np.full((2, len(known), int(n_points.max(initial=0))), np.nan)
        for place, (own, of) in enumerate(zip(known, cases, strict=True)):
            if own.size:
                laid[0, place, -own.size :] = own
                laid[1, place, -own.size :] = of
        return cls(laid[0], laid[1], n_points)

    def fit(self, length: int) -> _Fit:
        """Fit all points but the last so many."""
        stop = self.points.shape[1] - length
        points, cases = self.points[:, :stop], self.cases[:, :stop]
        n = np.maximum(self.n_points - length, 0).astype(np.float64)
        weight = np.nan_to_num(cases)
        level = np.nansum(weight * points, axis=1) / np.maximum(weight.sum(axis=1), _LEAST)
        scores = np.nan_to_num((points - level[:, None]) * np.sqrt(cases))
        degrees = np.maximum(n - 1.0, 0.0)
        squares = (scores**2).sum(axis=1)
        alike = (scores[:, 1:] * scores[:, :-1]).sum(axis=1) / np.maximum(squares, _LEAST)
        return _Fit(
            level,
            squares / np.maximum(degrees, 1.0),
            degrees,
            # Around a mean of their own, points seem less alike by one over their number.
            alike + 1.0 / np.maximum(n, 1.0),
            np.nansum(1.0 / cases, axis=1) / np.maximum(n, 1.0) ** 2,
        )


def _distance(
    family: _Family, before: _Fit, whole: _Fit, spread: tuple[FloatArray, FloatArray], length: int
) -> tuple[FloatArray, FloatArray]:
    """Distance of the end from the points before it, in standard errors, and its degrees."""
    variance, worth = spread
    chance = special.fdtrc(
        np.maximum(before.degrees, 1.0), np.maximum(worth, _LEAST), before.variance / variance
    )
    worth = worth * np.minimum(1.0, chance / ORDINARY)
    degrees = worth + before.degrees
    pooled = (worth * variance + before.degrees * before.variance) / np.maximum(degrees, _LEAST)
    alike = _alike(before, whole)
    end = family.points[:, -length:]
    error = np.nansum(1.0 / family.cases[:, -length:], axis=1) / length**2
    error = error * _longer(alike, length) + before.error * _longer(
        alike, family.points.shape[1] - length
    )
    distance = (np.nanmean(end, axis=1) - before.level) / np.sqrt(
        np.maximum(pooled * error, _LEAST)
    )
    return distance, np.maximum(degrees, 1.0)


def _longer(alike: FloatArray, length: int) -> FloatArray:
    """By how much the variance of a mean of so many points grows where neighbours are alike."""
    steps = np.arange(1, length)
    return np.asarray(1.0 + 2.0 * ((1.0 - steps / length) * alike[:, None] ** steps).sum(axis=1))


def _alike(before: _Fit, whole: _Fit) -> FloatArray:
    """Autocorrelation of each member: its own, drawn to that of the others, an error higher."""
    known = whole.degrees > 0
    precision = np.where(known, 1.0 / (DIFFERENCE_ALIKE + 1.0 / (whole.degrees + 1.0)), 0.0)
    others = precision.sum() - precision
    weighted = precision * whole.alike
    of_family = 1.0 / DIFFERENCE_ALIKE + others
    mean = (USUAL_ALIKE / DIFFERENCE_ALIKE + weighted.sum() - weighted) / of_family
    drawn = 1.0 / (DIFFERENCE_ALIKE + 1.0 / of_family)
    own = before.degrees + 1.0
    found = (drawn * mean + own * before.alike) / (drawn + own)
    return np.asarray(np.clip(found + 1.0 / np.sqrt(drawn + own), 0.0, MOST_ALIKE))


def _prior_spread(whole: _Fit) -> tuple[FloatArray, FloatArray]:
    """Variance per case that the others say a member has, and how many degrees that is worth."""
    known = (whole.degrees >= LEAST_BEFORE - 1) & (whole.variance > _LEAST)
    half = np.where(known, whole.degrees, 1.0) / 2.0
    logs = np.log(np.where(known, whole.variance, 1.0)) - special.digamma(half) + np.log(half)
    chance = np.where(known, special.polygamma(1, half), 0.0)
    n_others = known.sum() - known
    counted = np.maximum(n_others, 1)
    mean = ((logs * known).sum() - logs * known) / counted
    squares = (logs**2 * known).sum() - logs**2 * known - counted * mean**2
    by_chance = (chance.sum() - chance) / counted
    usual = USUAL_MEMBERS * (USUAL_DIFFERENCE + by_chance)
    beyond = (squares + usual) / (np.maximum(n_others - 1, 0) + USUAL_MEMBERS) - by_chance
    worth = np.minimum(
        2.0 * _trigamma_inverse(np.maximum(beyond, 1.0 / MOST_DEGREES)), MOST_DEGREES
    )
    variance = np.exp(mean + special.digamma(worth / 2.0) - np.log(worth / 2.0))
    return variance, np.where(n_others >= FEWEST_OTHERS, worth, 0.0)


def _trigamma_inverse(values: FloatArray) -> FloatArray:
    """Solve trigamma(x) = value by Newton's steps (Smyth 2004, appendix)."""
    found = 0.5 + 1.0 / values
    for _ in range(_STEPS):
        at = special.polygamma(1, found)
        found = found + at * (1.0 - at / values) / special.polygamma(2, found)
    return np.asarray(found)
