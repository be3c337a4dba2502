"""How far the last spans of time stray from those before, where spans are of different length.

Here: the strength of a change at the end of each of several series that are of one kind, of which
every point says how precise it is. Not here: what a strength is worth (`calibration`), series of
equal periods (`change_at_end`, `member_change`), and which series are of one kind.

A figure of few cases is shown by year, then by half-year, then by quarter, as its numbers grow.
Such a course has three to a dozen points, too few to say how widely they spread. But how widely
chance alone spreads a share or a length of time is known from its numbers or its interval, and how
much more there is, is learned of the series of the same kind: themes of the same evaluations,
members of one dimension. Before any was seen it is as if `USUAL_DEGREES` points had spread by
`USUAL_VARIANCE`; and as series of one kind differ, all others together are never worth more than
`MOST_DEGREES`. What a series says of others is its spread on both sides of where it changes most: a
change of its own is no noise of theirs.

Wherever the series is cut in two, the weighted mean of its end is set against that of what lies
before: a t statistic. The strength is minus log10 of its least chance. The least of several is no
chance any more, and years hold quarters that are alike: what it is worth is calibrated.

Source: Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3:3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipelines.statistics.calibration import Family

FloatArray = npt.NDArray[np.float64]

FEWEST_SPANS = 3
"""Fewer points are no course."""
USUAL_VARIANCE = 1.2
"""Of points without change: chance gives 1, and half of all figures spread a little more."""
USUAL_DEGREES = 6.0
MOST_DEGREES = 14.0
"""Twice over the variance of the logarithm of variances of members of one kind, .15."""
MANY = 15
"""So many degrees of others say how widely a kind spreads as surely as a family of eight does."""
# Degrees a series keeps for others: those of its two means are spent, and one by choosing the cut.
_SPENT = 3
_SMALLEST_CHANCE = 1e-300
# Standard errors of a point within one step from which on rounding is lost in chance.
_ERRORS = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class SpanStrength:
    """Strengths of S series of m spans, for each side.

    Attributes:
        up: (S,) minus log10 of the least chance of so high an end.
        down: (S,) the same of so low an end.
        length_up: (S,) how many of the last spans tell most of a high end; 0 of none.
        length_down: (S,) the same of a low end.
        variance: (S,) of points without change, in that of chance, as the others say it.
        n_learned: Degrees of freedom of the others.
    """

    up: FloatArray
    down: FloatArray
    length_up: npt.NDArray[np.int64]
    length_down: npt.NDArray[np.int64]
    variance: FloatArray
    n_learned: int

    @property
    def either(self) -> FloatArray:
        """(S,) the greater of the two."""
        return np.maximum(self.up, self.down)

    @property
    def family(self) -> Family:
        """By what it is calibrated."""
        return Family.SPANS if self.n_learned >= MANY else Family.SPANS_OF_FEW


def span_strengths(
    points: Sequence[npt.ArrayLike],
    precision: Sequence[npt.ArrayLike],
    steps: Sequence[float] = (),
) -> list[SpanStrength]:
    """Strength of a change at the end of every series of one kind.

    Args:
        points: Per series (S, m) or (m,) points in time order, on a scale on which they spread
            evenly; m may differ from series to series, S may not.
        precision: Per series, of the same shape: one over the variance chance gives each point.
        steps: Per series by how much nearer two means may be than they look (`whole_steps`). Left
            out: by nothing.

    Returns:
        One for each series.
    """
    courses = [
        (np.atleast_2d(np.asarray(own, np.float64)), np.atleast_2d(np.asarray(of, np.float64)))
        for own, of in zip(points, precision, strict=True)
    ]
    rounded = steps or [0.0] * len(courses)
    squares = [_least_within(*course) for course in courses]
    degrees = [max(0, course[0].shape[1] - _SPENT) for course in courses]
    return [
        _strength(*course, step, sum(squares) - own, sum(degrees) - n_own)
        for course, step, own, n_own in zip(courses, rounded, squares, degrees, strict=True)
    ]


def _strength(
    points: FloatArray, precision: FloatArray, step: float, squares: FloatArray, n_learned: int
) -> SpanStrength:
    n_series, n_spans = points.shape
    variance = (USUAL_DEGREES * USUAL_VARIANCE + squares) / (USUAL_DEGREES + n_learned)
    worth = min(USUAL_DEGREES + n_learned, MOST_DEGREES)
    best = {side: np.zeros(n_series) for side in (1, -1)}
    lengths = {side: np.zeros(n_series, dtype=np.int64) for side in (1, -1)}
    for length, distance, within in _cuts(points, precision, step):
        degrees = worth + n_spans - 2
        t = distance / np.sqrt((worth * variance + within) / degrees)
        chance = np.maximum(special.stdtr(degrees, -np.abs(t)), _SMALLEST_CHANCE)
        for side in (1, -1):
            strength = np.where(side * t > 0.0, -np.log10(chance), 0.0)
            lengths[side][strength > best[side]] = length
            np.maximum(best[side], strength, out=best[side])
    return SpanStrength(best[1], best[-1], lengths[1], lengths[-1], variance, n_learned)


def _cuts(
    points: FloatArray, precision: FloatArray, step: float = 0.0
) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Every cut: length of the end, distance in errors by chance, and squares on both sides."""
    weight = np.cumsum(precision, axis=1)
    first = np.cumsum(precision * points, axis=1)
    squares = np.cumsum(precision * points**2, axis=1)[:, -1]
    n_spans = points.shape[1]
    for before in range(1, n_spans):
        early, late = weight[:, before - 1], weight[:, -1] - weight[:, before - 1]
        mean_early = first[:, before - 1] / early
        mean_late = (first[:, -1] - first[:, before - 1]) / late
        within = np.maximum(squares - early * mean_early**2 - late * mean_late**2, 0.0)
        apart = mean_late - mean_early
        apart = np.sign(apart) * np.maximum(np.abs(apart) - step, 0.0)
        yield n_spans - before, apart / np.sqrt(1.0 / early + 1.0 / late), within


def _least_within(points: FloatArray, precision: FloatArray) -> FloatArray:
    """Squares on both sides of the cut that leaves least of them; none of too few points."""
    if points.shape[1] <= _SPENT:
        return np.zeros(len(points))
    return np.asarray(np.min([within for _, _, within in _cuts(points, precision)], axis=0))


def whole_steps(precision: npt.ArrayLike, step: float) -> tuple[FloatArray, float]:
    """What rounding to whole steps takes away: precision of each point, and of two means.

    Where chance spreads points over several steps, rounding is one more chance in each of them, of
    variance step²/12. Where it does not, a course that drifts over an edge of rounding moves by a
    whole step and stays there, so two means may be that much nearer than they look.

    Args:
        precision: (..., m) of points that were not rounded.
        step: Step on the scale of the points; infinite where they are one step or less.

    Returns:
        (..., m) precision of points that were, and by how much nearer means may be.

    Source:
        Sheppard (1898), Proceedings of the London Mathematical Society 29:353, for the variance.
    """
    exact = np.asarray(precision, dtype=np.float64)
    if not np.isfinite(step) or step <= 0.0:
        return exact, step
    error = float(np.median(np.sqrt(1.0 / exact)))
    return 1.0 / (1.0 / exact + step**2 / 12.0), step * max(0.0, 1.0 - _ERRORS * error / step)


def share_points(values: npt.ArrayLike, cases: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Shares on the scale on which they spread evenly, with the precision of each.

    Args:
        values: (..., m) shares.
        cases: (..., m) cases, above zero.

    Source:
        Anscombe (1948), Biometrika 35:246.
    """
    of = np.asarray(cases, dtype=np.float64)
    events = np.minimum(np.asarray(values, dtype=np.float64), 1.0) * of
    return np.arcsin(np.sqrt((events + 0.375) / (of + 0.75))), 4.0 * of + 2.0
