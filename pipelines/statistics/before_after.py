"""Did a series move after a day? The XmR rules, with limits from before that day.

Here: the judgement on one series. Not here: which series and which day (`signals.effect`), and
the rules themselves (`signals`).

Conventions:

* The period in which the day falls belongs to neither side: part of it was before. It ends every
  run, so that a run that began before the day never counts as a movement after it.
* Limits come from the periods before alone; at least 12, as with all fixed limits.
* A series moved when its last period stands out by one of the rules, as the variation icon says it.
  A period that stood out and was followed by ordinary ones is "returned". To call any signal in
  twelve periods a movement would find one in 22 (24 periods before) to 28 (12 before) of 100
  independent normal series in which nothing changed; the last period does so in 4 to 6.
* Where points are alike or lopsided, as a queue makes them, the last period stands out in about one
  of four series in which nothing changed (the queue of the triage table, 200 simulated chains:
  20 to 27 of 100). The shape of the series is part of the answer, so that it can be said: each side
  around its own mean, or a step after the day would itself make points alike.
* A shift or a trend needs seven periods, so with fewer and no signal the answer is "too early".
* A signal after a day says *after*, never *because of*.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipelines.statistics.series_shape import SeriesShape, shape_of
from pipelines.statistics.signals import (
    MINIMUM_FIXED_POINTS,
    RUN_LENGTH,
    Direction,
    Rule,
    xmr_chart,
)


class Answer(StrEnum):
    """What can be said."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NO_MOVEMENT = "no_movement"
    RETURNED = "returned"
    TOO_EARLY = "too_early"
    TOO_FEW_BEFORE = "too_few_before"


@dataclass(frozen=True, slots=True)
class Movement:
    """The answer and what it rests on.

    Attributes:
        answer: What can be said; higher and lower where neither is better.
        n_before: Periods with a value before the day.
        n_after: Periods with a value after it.
        centre: Mean before; NaN when there are too few.
        lower: Lower limit.
        upper: Upper limit.
        mean_after: Mean of the periods after; NaN when there are none.
        first_signal: Position among the periods after of the first that stands out; None without.
        rule: Rule by which the last period stands out.
        shape: Shape of the series, each side around its own mean; None with too few before.
    """

    answer: Answer
    n_before: int
    n_after: int
    centre: float
    lower: float
    upper: float
    mean_after: float
    first_signal: int | None = None
    rule: Rule = Rule.NONE
    shape: SeriesShape | None = None

    @property
    def moves_easily(self) -> bool:
        """Whether such a series moves without any change far oftener than 4 to 6 times in 100."""
        return self.shape is not None and (self.shape.is_alike or self.shape.is_lopsided)


def moved_after(
    before: npt.ArrayLike, after: npt.ArrayLike, direction: Direction = Direction.NEUTRAL
) -> Movement:
    """Judge whether a series moved.

    Args:
        before: (B,) values of the periods before the one in which the day falls, in time order, NaN
            for a gap.
        after: (A,) values of the periods after it, likewise.
        direction: Which way is better.

    Returns:
        The answer, from the last period with a value.
    """
    early = np.asarray(before, dtype=np.float64)
    late = np.asarray(after, dtype=np.float64)
    n_before = int((~np.isnan(early)).sum())
    n_after = int((~np.isnan(late)).sum())
    mean_after = float(np.nanmean(late)) if n_after else np.nan
    if n_before < MINIMUM_FIXED_POINTS:
        return Movement(
            Answer.TOO_FEW_BEFORE, n_before, n_after, np.nan, np.nan, np.nan, mean_after
        )
    chart = xmr_chart(np.concatenate([early, [np.nan], late]), fix_after=n_before)
    start = early.size + 1
    found = [at for at in range(late.size) if chart.rules[start + at] is not Rule.NONE]
    limits = (float(chart.centre[0]), float(chart.lower[0]), float(chart.upper[0]))
    last = max((start + at for at in np.flatnonzero(~np.isnan(late))), default=None)
    rule = Rule.NONE if last is None else chart.rules[last]
    if last is not None and rule is not Rule.NONE:
        answer = _answer(int(chart.sides[last]), direction)
    elif n_after < RUN_LENGTH:
        answer = Answer.TOO_EARLY
    else:
        answer = Answer.RETURNED if found else Answer.NO_MOVEMENT
    first = found[0] if found else None
    shape = shape_of(chart.values, np.arange(chart.values.size) >= start)
    return Movement(answer, n_before, n_after, *limits, mean_after, first, rule, shape)


def _answer(side: int, direction: Direction) -> Answer:
    if direction is Direction.NEUTRAL:
        return Answer.HIGHER if side > 0 else Answer.LOWER
    is_better = (side > 0) == (direction is Direction.HIGHER_IS_BETTER)
    return Answer.BETTER if is_better else Answer.WORSE
