"""One series: is its last point different from what the series usually does, and how surely?

Belongs here: a series with the name of its periods put on the chart that fits it, and what the
chart says of its last point: since when, how strongly, and why not where no chart can be made.

Does not belong here: the rules and limits (`pipelines.statistics.signals`), which series of the
long table are charted (`signals`), words and colours.

Strength of evidence. Rules differ in how often they fire by chance, so their signals are put on one
scale: minus the base-10 logarithm of the chance that so extreme a last point, or so long a run,
ends a series in which nothing changed. Two is one in a hundred, three one in a thousand. The chance
is that of independent, near-normal points with known limits; it orders signals, it is no test.
Where points are alike or lopsided, `signals` lowers it by how much oftener such series signal.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipelines.indicators.periods import (
    first_period_from,
    period_named,
    period_number,
    period_start,
)
from pipelines.statistics.exact_charts import exact_chart, tail_chance
from pipelines.statistics.series_shape import (
    SeriesShape,
    dispersion_of_counts,
    dispersion_of_gaps,
    shape_of,
)
from pipelines.statistics.signals import (
    LIMIT_FACTOR,
    RUN_LENGTH,
    T_CHART_POWER,
    Assurance,
    ControlChart,
    Direction,
    Rule,
    Variation,
    WarningCode,
    g_chart,
    laney_chart,
    t_chart,
    xmr_chart,
)

FloatArray = npt.NDArray[np.float64]

# Two of three beyond two sigma on one side: 2 (3 q² (½ - q) + q³), with q the tail beyond 2 sigma.
_TWO_OF_THREE_CHANCE = 0.00152


FEWEST_STEPS = 0.75
"""Fewest steps of its scale in one sigma of a group that has limits."""


class Scale(StrEnum):
    """On what the limits are computed; the name of its chart."""

    VALUES = "xmr"
    SHARES = "p_prime"
    RATES = "u_prime"
    CHANGES = "xmr_of_changes"
    """A stock is nearly what it was a month ago, so its points are no independent draws: on them 6
    in 10 series without any story would raise a signal. Its changes are; the limits say where a
    stock could be expected, given the one before."""


@dataclass(frozen=True, eq=False, slots=True)
class SeriesSignal:
    """What a chart says of a series, all lines on the scale of its values. P periods, gaps too.

    Attributes:
        periods: (P,) names.
        values: (P,) NaN for a gap.
        centre: (P,) centre line; NaN where there is none.
        lower: (P,) lower limit.
        upper: (P,) upper limit.
        near_lower: (P,) lower near-limit.
        near_upper: (P,) upper near-limit.
        rules: P rules.
        sides: (P,) 1 for high or rising, -1 for low or falling, 0 for no signal.
        point_variation: P variations, None for a gap.
        group: (P,) number of the rebase group.
        last: place of the last period with a value; None when there is none.
        since: place of the first point of the signal the last point belongs to; None without one.
        variation: the icon; None without a value.
        assurance: the icon.
        norm: the norm it was judged by, if any.
        rebased_on: day of the rebase that began the last group, or None.
        is_provisional: the last group's limits rest on fewer than 13 points.
        warnings: what a reader must be told, without position.
        evidence: strength of evidence of the signal; 0 without one.
        is_coarse: the last group moves by so few steps that limits would mean nothing.
        shape: how alike and how lopsided the points of the last group are (of gaps between events
            on the scale on which independent ones are even), and how clumped the events.
    """

    periods: tuple[str, ...]
    values: FloatArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    near_lower: FloatArray
    near_upper: FloatArray
    rules: tuple[Rule, ...]
    sides: npt.NDArray[np.int64]
    point_variation: tuple[Variation | None, ...]
    group: npt.NDArray[np.int64]
    last: int | None
    since: int | None
    variation: Variation | None
    assurance: Assurance
    norm: float | None
    rebased_on: date | None
    is_provisional: bool
    warnings: tuple[WarningCode, ...]
    evidence: float
    is_coarse: bool
    shape: SeriesShape

    @property
    def rule(self) -> Rule:
        """The rule that flags the last point."""
        return Rule.NONE if self.last is None else self.rules[self.last]

    @property
    def side(self) -> int:
        """Which way the last point stands out; 0 without a signal."""
        return 0 if self.last is None else int(self.sides[self.last])

    @property
    def is_current(self) -> bool:
        """Whether the last period of the series has a value, so that the signal is about now."""
        return self.last is not None and self.last == len(self.periods) - 1


def signal_of_series(  # noqa: PLR0913 – what a series is, and what it is judged by
    periods: Sequence[str],
    values: npt.ArrayLike,
    *,
    grain: str,
    direction: Direction = Direction.NEUTRAL,
    norm: float | None = None,
    rebased_on: Sequence[date] = (),
    until: int | None = None,
    scale: Scale = Scale.VALUES,
    base: npt.ArrayLike | None = None,
    step: float = 0.0,
) -> SeriesSignal:
    """Chart one series and judge its last point.

    Args:
        periods: Names as in the long table, in any order; a missing one becomes a gap.
        values: One per period; None or NaN for a gap.
        grain: `month` or `quarter`.
        direction: Which way is better.
        norm: Norm valid at the last period, in the unit of the values, or None.
        rebased_on: Days of the explained step changes; each begins a new group at the first period
            that begins on it or later, since a period that holds both is like neither.
        until: Number of the last period that should be there (`periods.last_full_period`); the last
            one given when None.
        scale: What the limits rest on.
        base: Cases or time each share or rate rests on.
        step: Least difference of two values. A group that moves by little more has no limits: there
            moving ranges are mostly zero, and the limits collapse onto the mean.

    Returns:
        The chart and what it says.

    Raises:
        ValueError: A period of another grain, or twice the same; a share or rate without a base.
    """
    span = _span(periods, grain, rebased_on, until)
    course = span.laid_out(values)
    under = np.zeros(course.size)
    if scale is Scale.CHANGES:
        under = np.concatenate(([np.nan], course[:-1])) if course.size else course
        chart = xmr_chart(course - under, rebase=span.rebase, direction=direction)
    elif scale is Scale.VALUES:
        chart = xmr_chart(course, rebase=span.rebase, norm=norm, direction=direction)
    elif base is None:
        raise ValueError("a share or a rate is charted by the numbers it rests on")
    else:
        chart = laney_chart(
            course,
            span.laid_out(base),
            is_share=scale is Scale.SHARES,
            rebase=span.rebase,
            direction=direction,
        )
    chart, is_coarse = _without_coarse_groups(chart, step)
    return _of_chart(
        chart, span, course, under, norm, evidence(chart), _shape(chart.scores, chart), is_coarse
    )


def _without_coarse_groups(chart: ControlChart, step: float) -> tuple[ControlChart, bool]:
    """The chart without limits and signals on groups that move by too few steps; is the last one.

    The second condition is for what screening leaves of a group that is constant but for a point.
    """
    rules, sides = list(chart.rules), chart.sides.copy()
    variation = list(chart.point_variation)
    lines = {
        name: getattr(chart, name).copy()
        for name in ("centre", "lower", "upper", "near_lower", "near_upper")
    }
    is_coarse = not chart.groups
    for group in chart.groups:
        within = slice(group.start, group.stop)
        ranges = np.abs(np.diff(chart.values[within]))
        ranges = ranges[~np.isnan(ranges)]
        half = group.upper - group.centre
        # 2.66 is three sigma in mean moving ranges.
        sigma = float(ranges.mean()) * LIMIT_FACTOR / 3.0 if ranges.size else math.nan
        is_coarse = sigma < FEWEST_STEPS * step or half < step or half <= 0.0
        if is_coarse:
            for line in lines.values():
                line[within] = np.nan
            sides[within] = 0
            for place in range(group.start, group.stop):
                rules[place] = Rule.NONE
                if variation[place] is not None:
                    variation[place] = Variation.COMMON_CAUSE
    last = chart.variation_position
    return replace(
        chart,
        **lines,
        rules=tuple(rules),
        sides=sides,
        point_variation=tuple(variation),
        variation=None if last is None else variation[last],
    ), is_coarse


def _shape(points: FloatArray, chart: ControlChart) -> SeriesShape:
    """The shape of the group of the last point: what it was before a rebase says nothing of now."""
    if chart.variation_position is None:
        return shape_of(points, chart.group)
    in_last = chart.group == chart.group[chart.variation_position]
    return shape_of(points[in_last], chart.group[in_last])


def signal_of_events(
    periods: Sequence[str],
    events: npt.ArrayLike,
    base: npt.ArrayLike,
    *,
    is_share: bool,
    grain: str,
    direction: Direction = Direction.NEUTRAL,
    rebased_on: Sequence[date] = (),
    until: int | None = None,
) -> SeriesSignal:
    """Chart a series of few events a period, with exact limits.

    Args:
        periods: As for `signal_of_series`.
        events: Events per period.
        base: Cases they are among, or the time they happened in (1 for a plain count).
        is_share: Which of the two the base is.
        grain: As for `signal_of_series`.
        direction: As for `signal_of_series`.
        rebased_on: As for `signal_of_series`.
        until: As for `signal_of_series`.

    Returns:
        The chart and what it says; its values are events over base.

    Raises:
        ValueError: As for `signal_of_series`, and more events than cases.
    """
    span = _span(periods, grain, rebased_on, until)
    count, of = span.laid_out(events), span.laid_out(base)
    chart = exact_chart(count, of, is_share=is_share, rebase=span.rebase, direction=direction)
    last = chart.variation_position
    found = 0.0
    if last is not None and chart.sides[last]:
        found = _strength(tail_chance(count[last], of[last], chart.centre[last], is_share=is_share))
    in_last = np.zeros(0, np.bool_) if last is None else chart.group == chart.group[last]
    clumped = dispersion_of_counts(
        count[in_last], of[in_last], chart.centre[in_last], is_share=is_share
    )
    shape = replace(_shape(chart.scores, chart), dispersion=clumped)
    return _of_chart(chart, span, chart.values, np.zeros(count.size), None, found, shape)


def signal_of_gaps(
    days: Sequence[date],
    gaps: npt.ArrayLike,
    *,
    in_cases: bool,
    direction: Direction = Direction.HIGHER_IS_BETTER,
    rebased_on: Sequence[date] = (),
) -> SeriesSignal:
    """Chart the gaps between rare events: a T-chart of days, or a G-chart of cases.

    Args:
        days: Day of the event that ends each gap, in order.
        gaps: (K,) length of each.
        in_cases: Whether gaps are counted in cases (G) or days (T).
        direction: Which way is better.
        rebased_on: Days of explained step changes; the first event from each begins a new group.

    Returns:
        The chart; its periods are the days, a second event of one day marked `#2`.
    """
    values = np.asarray(gaps, dtype=np.float64)
    rebase = np.zeros(values.size, dtype=np.bool_)
    begun: list[date] = []
    for day in sorted(rebased_on):
        place = int(np.searchsorted(np.array([one.toordinal() for one in days]), day.toordinal()))
        if 0 < place < values.size:
            rebase[place] = True
            begun.append(day)
    chart_of = g_chart if in_cases else t_chart
    chart = chart_of(values, rebase=rebase, direction=direction)
    seen: dict[date, int] = {}
    names = []
    for day in days:
        seen[day] = seen.get(day, 0) + 1
        names.append(day.isoformat() if seen[day] == 1 else f"{day.isoformat()}#{seen[day]}")
    span = _Span(tuple(names), np.arange(values.size), rebase, begun[-1] if begun else None)
    last = chart.variation_position
    chance = None
    if last is not None:
        mean = float(values[chart.group == chart.group[last]].mean())
        chance = _gap_chance(float(values[last]), mean, in_cases=in_cases)
    strength = evidence(chart, outside_chance=chance)
    in_last = np.zeros(0, np.bool_) if last is None else chart.group == chart.group[last]
    clumped = dispersion_of_gaps(values[in_last], chart.group[in_last])
    shape = replace(_shape(values ** (1 / T_CHART_POWER), chart), dispersion=clumped)
    return _of_chart(chart, span, values, np.zeros(values.size), None, strength, shape)


def _gap_chance(gap: float, mean: float, *, in_cases: bool) -> float:
    """Chance of a gap at least so far on its side, geometric in cases, exponential in days."""
    if mean <= 0.0:
        return 0.0 if gap > 0.0 else 1.0
    longer = (mean / (1.0 + mean)) ** gap if in_cases else math.exp(-gap / mean)
    shorter = 1.0 - (longer * mean / (1.0 + mean) if in_cases else longer)
    return min(1.0, 2.0 * min(longer, shorter))


@dataclass(frozen=True, eq=False, slots=True)
class _Span:
    """The periods of a series without holes, and where it begins anew."""

    names: tuple[str, ...]
    places: npt.NDArray[np.int64]
    rebase: npt.NDArray[np.bool_]
    rebased_on: date | None

    def laid_out(self, values: npt.ArrayLike) -> FloatArray:
        """The values at their places, NaN where there is none."""
        course = np.full(len(self.names), np.nan)
        course[self.places] = np.asarray(values, dtype=np.float64)
        return course


def _span(
    periods: Sequence[str], grain: str, rebased_on: Sequence[date], until: int | None
) -> _Span:
    numbers = np.array([period_number(one, grain) for one in periods], dtype=np.int64)
    if np.unique(numbers).size != numbers.size:
        raise ValueError("a series has one value per period")
    if numbers.size == 0:
        return _Span((), numbers, np.empty(0, np.bool_), None)
    first = int(numbers.min())
    last = max(int(numbers.max()), until if until is not None else 0)
    starts = {first_period_from(day, grain) - first: day for day in sorted(rebased_on)}
    rebase = np.zeros(last - first + 1, dtype=np.bool_)
    begun = [at for at in starts if 0 < at < rebase.size]
    rebase[begun] = True
    names = tuple(period_named(number, grain) for number in range(first, last + 1))
    return _Span(names, numbers - first, rebase, starts[max(begun)] if begun else None)


def norm_day(periods: Sequence[str], grain: str) -> date:
    """First day of the last period: the norm that holds then is the one to judge by."""
    return period_start(max(period_number(one, grain) for one in periods), grain)


def _of_chart(
    chart: ControlChart,
    span: _Span,
    values: FloatArray,
    base: FloatArray,
    norm: float | None,
    strength: float,
    shape: SeriesShape,
    is_coarse: bool = False,
) -> SeriesSignal:
    """Put the lines of a chart on the scale of the values: each is added to the base."""
    return SeriesSignal(
        periods=span.names,
        values=values,
        centre=chart.centre + base,
        lower=chart.lower + base,
        upper=chart.upper + base,
        near_lower=chart.near_lower + base,
        near_upper=chart.near_upper + base,
        rules=chart.rules,
        sides=chart.sides,
        point_variation=chart.point_variation,
        group=chart.group,
        last=chart.variation_position,
        since=_since(chart),
        variation=chart.variation,
        assurance=chart.assurance,
        norm=norm,
        rebased_on=span.rebased_on,
        is_provisional=chart.is_provisional,
        warnings=_warnings(chart, int(np.isnan(base[:1]).sum())),
        evidence=strength,
        is_coarse=is_coarse,
        shape=shape,
    )


def evidence(chart: ControlChart, *, outside_chance: float | None = None) -> float:
    """Strength of evidence of the signal on the last point of a chart.

    Args:
        chart: The chart.
        outside_chance: Chance of a point as far out as the last, where it is not that of a normal
            distribution.

    Returns:
        Minus log10 of the chance of the least likely thing the last point is part of; 0 when the
        point is ordinary.
    """
    last = chart.variation_position
    if last is None or chart.rules[last] is Rule.NONE:
        return 0.0
    chances = [1.0]
    sigma = (chart.upper[last] - chart.centre[last]) / 3.0
    distance = abs(chart.values[last] - chart.centre[last])
    if chart.rules[last] is Rule.OUTSIDE:
        normal = math.erfc(distance / sigma / math.sqrt(2.0)) if sigma > 0.0 else 0.0
        chances.append(normal if outside_chance is None else outside_chance)
    if chart.rules[last] is Rule.TWO_OF_THREE:
        chances.append(_TWO_OF_THREE_CHANCE)
    stretch = chart.values[: last + 1][chart.group[: last + 1] == chart.group[last]]
    on_side = _run_length(stretch - chart.centre[last])
    if on_side >= RUN_LENGTH:
        chances.append(2.0 * 0.5**on_side)
    moving = _run_length(np.diff(stretch)) + 1
    if moving >= RUN_LENGTH:
        chances.append(2.0 / math.factorial(moving))
    return _strength(min(chances))


def _strength(chance: float) -> float:
    """A constant series that moves is certain."""
    return math.inf if chance <= 0.0 else -math.log10(chance)


def _run_length(differences: FloatArray) -> int:
    """How many of the last differences have the sign of the very last; a gap ends the run."""
    if differences.size == 0 or not differences[-1]:
        return 0
    is_same = np.sign(differences) == np.sign(differences[-1])
    others = np.flatnonzero(~is_same)
    return int(differences.size - 1 - others[-1]) if others.size else int(differences.size)


def _since(chart: ControlChart) -> int | None:
    """First of the unbroken points up to the last that are flagged on the same side."""
    last = chart.variation_position
    if last is None or chart.sides[last] == 0:
        return None
    is_same = (chart.sides == chart.sides[last]) & (chart.group == chart.group[last])
    others = np.flatnonzero(~is_same[: last + 1])
    return int(others[-1]) + 1 if others.size else 0


def _warnings(chart: ControlChart, first: int) -> tuple[WarningCode, ...]:
    """The warnings about the chart as a whole and its last group, each once.

    The first change of a stock is no missing period: nothing lies before it.
    """
    start = chart.groups[-1].start if chart.groups else 0
    found = [
        one.code
        for one in chart.warnings
        if (one.code is WarningCode.MISSING_PERIOD and one.position >= first)
        or one.position >= max(start, first)
    ]
    return tuple(dict.fromkeys(found))
