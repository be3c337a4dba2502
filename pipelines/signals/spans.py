"""Courses of spans of different length: what is shown by year, half-year and quarter, in one chart.

Here: which series of an audience have no chart by month or quarter and are a course of spans all
the same, which of them are of one kind, and what each says.
Not here: how far an end strays and what that is worth (`pipelines.statistics.span_change`,
`pipelines.statistics.calibration`), the rows of the tables (`charted`).

Decisions:

* **Only what is shown coarser than by quarter.** Whoever sees every quarter has their charts.
* **Shares and lengths of time**: of them it is known how widely chance spreads a figure, whatever
  its span. Shares of one base nationally (themes of the same evaluations), and members of one
  dimension, are of one kind and say together how much more there is.
* **One rule.** The four rules of a chart of equal periods count points, and a year would count as a
  quarter. So the only question is whether the last spans together lie apart from those before
  (rule `step`), by its own calibration, at the same one in two hundred.
* **Limits** are three standard deviations of what chance and the kind give a span of so many cases,
  around the mean of the spans before the change, or of all where there is none.
* A span that holds the day of a rebase or of another norm is like neither side, and the course
  begins after it. The last span is about now while no other of its length is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.as_shown import AS_SHOWN, finest_of_each_year
from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_cells import DIMENSIONS_OF_TODAY
from pipelines.indicators.lead_time_rows import QUANTILES
from pipelines.periods import first_day, last_day, next_period
from pipelines.signals.background import Background
from pipelines.signals.courses import HAS_NON_EVENTS, READ, SERIES, charted_statistics
from pipelines.signals.series import STEP_CHANCE, SeriesSignal
from pipelines.statistics.calibration import chance_of
from pipelines.statistics.change_at_end import length_points
from pipelines.statistics.series_shape import SeriesShape
from pipelines.statistics.signals import (
    MINIMUM_FIRM_POINTS,
    Assurance,
    Direction,
    Rule,
    WarningCode,
    variation_of,
)
from pipelines.statistics.span_change import (
    FEWEST_SPANS,
    SpanStrength,
    share_points,
    span_strengths,
    whole_steps,
)

FloatArray = npt.NDArray[np.float64]

CHART = "spans"
"""The chart, as the tables call it."""
SERIES_OF_SPANS = [name for name in SERIES if name != "period_grain"]
"""What tells one course of spans from another."""
_SIGMAS = 3.0
# Lengths in whole units stand for all from half a step below to half a step above.
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Spans:
    """One course: K spans that were followed long enough, in order.

    Attributes:
        key: Its series.
        periods: K names.
        values: (K,) figures.
        points: (K,) the same on a scale on which they spread evenly.
        precision: (K,) one over the variance chance and rounding give each.
        step: By how much nearer two means may be than they look, for rounding.
        rebased_on: Day after which it begins, or None.
        is_current: Whether no other span of the length of the last is over by now.
        is_followed: Whether there is no newer figure of cases that are still followed.
        newest: Period and value of the newest figure.
    """

    key: Mapping[str, str]
    periods: tuple[str, ...]
    values: FloatArray
    points: FloatArray
    precision: FloatArray
    step: float
    rebased_on: date | None
    is_current: bool
    is_followed: bool
    newest: tuple[str, float]


def courses_of_spans(
    results: pd.DataFrame, background: Background, charted: Set[tuple[str, ...]]
) -> Iterator[Spans]:
    """Cut the courses of spans out of the figures of an audience.

    Args:
        results: Figures in the long contract.
        background: What each indicator is, and until when it is followed.
        charted: Series, without the length of their periods, that have a firm chart by month or
            quarter.
    """
    statistics = HAS_NON_EVENTS | set(QUANTILES)
    wanted = charted_statistics(background)
    wanted = wanted[wanted["statistic"].isin(statistics)]
    rows = results[
        (results["clock"] == "gross")
        & results["value"].notna()
        & ~results["dimension"].isin(DIMENSIONS_OF_TODAY)
    ]
    rows = finest_of_each_year(rows[READ].merge(wanted), SERIES_OF_SPANS)
    if rows.empty:
        return
    rows = rows.assign(ends_on=rows["period"].map(last_day))
    rows = rows.sort_values([*SERIES_OF_SPANS, "ends_on"], ignore_index=True)
    is_first = (rows[SERIES_OF_SPANS] != rows[SERIES_OF_SPANS].shift()).any(axis=1)
    starts = np.flatnonzero(is_first.to_numpy(dtype=bool))
    names = rows.loc[starts, SERIES_OF_SPANS].astype(str).to_numpy(object).tolist()
    columns = {
        column: rows[column].to_numpy(np.float64)
        for column in ("value", "lower", "upper", "denominator")
    }
    periods, grains = rows["period"].astype(str).to_list(), rows["period_grain"].to_numpy(object)
    for name, start, stop in zip(names, starts, np.append(starts[1:], len(rows)), strict=True):
        cut = slice(int(start), int(stop))
        if tuple(name) in charted or (grains[cut] == "quarter").all():
            continue
        figures = {column: values[cut] for column, values in columns.items()}
        key = dict(zip(SERIES_OF_SPANS, name, strict=True))
        found = _course(key, periods[cut], figures, background)
        if found is not None:
            yield found


def _course(
    key: dict[str, str],
    periods: list[str],
    figures: Mapping[str, FloatArray],
    background: Background,
) -> Spans | None:
    """The course of one series as far as it was followed and is of one make; None of too few."""
    indicator, statistic = key["indicator"], key["statistic"]
    newest = (periods[-1], float(figures["value"][-1]))
    followed = background.followed_until(indicator, statistic, "quarter")
    stop = sum(last_day(period) <= followed for period in periods)
    start, begun = 0, None
    for day in sorted(background.begins_of(indicator, statistic)):
        before = sum(first_day(period) < day for period in periods[:stop])
        if start < before < stop:
            start, begun = before, day
    if stop - start < FEWEST_SPANS:
        return None
    own = {name: column[start:stop] for name, column in figures.items()}
    scaled = _scaled(statistic, own)
    if scaled is None:
        return None
    points, precision = scaled
    step = 0.0
    if statistic not in HAS_NON_EVENTS:
        precision, step = whole_steps(precision, _step(points, precision))
    shown = tuple(periods[start:stop])
    due = background.due_until(indicator, statistic, "quarter")
    return Spans(
        {**key, "period_grain": AS_SHOWN},
        shown,
        own["value"],
        points,
        precision,
        step=step,
        rebased_on=begun,
        is_current=last_day(next_period(shown[-1])) > due,
        is_followed=newest[0] == shown[-1],
        newest=newest,
    )


def _scaled(
    statistic: str, figures: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray] | None:
    """Points and precision; None where nothing says how widely chance spreads them."""
    values, cases = figures["value"], figures["denominator"]
    if not (cases > 0.0).all():
        return None
    if statistic in HAS_NON_EVENTS:
        return None if (values > 1.0).any() else share_points(values, cases)
    lower, upper = figures["lower"] + _HALF, figures["upper"] + _HALF
    return length_points(values + _HALF, lower, upper, cases)


def _step(points: FloatArray, precision: FloatArray) -> float:
    """A whole unit on the scale of the points, about where they lie."""
    usual = float(np.exp(np.average(points, weights=precision)))
    return float(np.log(usual + _HALF) - np.log(usual - _HALF)) if usual > _HALF else np.inf


def strengths_by_kind(
    courses: Iterable[Spans], background: Background
) -> Iterator[tuple[Spans, SpanStrength]]:
    """Say of every course how far its end strays, by what all courses of its kind let expect.

    Args:
        courses: All courses of an audience.
        background: Which base each indicator is counted in.
    """
    kinds: Mapping[tuple[str, ...], list[Spans]] = defaultdict(list)
    for course in courses:
        key = course.key
        what = key["indicator"]
        if key["dimension"] == NATIONAL:
            what = background.bases.get(what, what)
        kinds[what, key["statistic"], key["view"], key["side"], key["dimension"]].append(course)
    for kind in kinds.values():
        found = span_strengths(
            [course.points for course in kind],
            [course.precision for course in kind],
            [course.step for course in kind],
        )
        yield from zip(kind, found, strict=True)


def signal_of_spans(course: Spans, strength: SpanStrength, direction: Direction) -> SeriesSignal:
    """Say of one course whether its last spans lie apart from those before, and since when.

    Args:
        course: The course.
        strength: How far its end strays.
        direction: Which way is better.
    """
    n = len(course.periods)
    chance = float(chance_of(strength.either, n, strength.family)[0])
    side = 1 if strength.up[0] >= strength.down[0] else -1
    has_signal = chance <= STEP_CHANCE
    length = int((strength.length_up if side > 0 else strength.length_down)[0]) if has_signal else 0
    rules = [Rule.NONE] * (n - length) + [Rule.STEP] * length
    before = slice(0, n - length)
    centre = float(np.average(course.points[before], weights=course.precision[before]))
    error = np.sqrt(float(strength.variance[0]) / course.precision)

    def line(sigmas: float) -> FloatArray:
        return _back(centre + sigmas * error, course.key["statistic"])

    warnings = [] if course.is_current else [WarningCode.LAST_PERIOD_MISSING]
    is_provisional = n < MINIMUM_FIRM_POINTS
    return SeriesSignal(
        periods=course.periods,
        values=course.values,
        centre=line(0.0),
        lower=line(-_SIGMAS),
        upper=line(_SIGMAS),
        near_lower=line(-_SIGMAS * 2 / 3),
        near_upper=line(_SIGMAS * 2 / 3),
        rules=tuple(rules),
        sides=np.array([0] * (n - length) + [side] * length, dtype=np.int64),
        point_variation=tuple(variation_of(rule, side, direction) for rule in rules),
        group=np.zeros(n, dtype=np.int64),
        last=n - 1,
        since=n - length if has_signal else None,
        variation=variation_of(rules[-1], side, direction),
        assurance=Assurance.NONE,
        norm=None,
        rebased_on=course.rebased_on,
        is_provisional=is_provisional,
        warnings=(*warnings, *([WarningCode.PROVISIONAL_LIMITS] if is_provisional else [])),
        p_value=chance if has_signal else 1.0,
        is_coarse=False,
        shape=SeriesShape(n, np.nan, np.nan),
    )


def _back(line: FloatArray, statistic: str) -> FloatArray:
    """A line on the scale of the points as figures."""
    if statistic in HAS_NON_EVENTS:
        return np.asarray(np.sin(np.clip(line, 0.0, np.pi / 2)) ** 2)
    return np.asarray(np.exp(line) - _HALF)
