"""One series: is its last point different from what the series usually does, and how surely?

Belongs here: a series with the name of its periods put on the chart that fits it, and what the
chart says of its last point: since when, how strongly, and why not where no chart can be made.

Does not belong here: the rules and limits (`pipelines.statistics.signals`), which series of the
long table are charted (`charted`), words and colours.

The chance. Rules differ in how often they fire by chance, and the more so the more alike or
lopsided points are. So a signal is given the chance that a series without any change, of the same
length and shape, ends so far on that side (`pipelines.statistics.change_at_end` and `calibration`;
exact for the charts of few events). A series of which no rule flags the last point has chance 1.
The series of several members of a dimension get one that rests on all of them, and so do shares of
one base (`families`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipelines.periods import (
    first_day,
    first_period_from,
    period_named,
    period_number,
)
from pipelines.statistics.calibration import Family, chance_of
from pipelines.statistics.change_at_end import (
    Strength,
    end_strength,
    even_scores,
    growth_strength,
    length_scores,
)
from pipelines.statistics.exact_charts import chance_of_last, exact_chart
from pipelines.statistics.series_shape import (
    SeriesShape,
    dispersion_of_counts,
    dispersion_of_gaps,
    shape_of,
)
from pipelines.statistics.signals import (
    LIMIT_FACTOR,
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
    variation_of,
    xmr_chart,
)
from pipelines.statistics.span_change import SpanStrength

FloatArray = npt.NDArray[np.float64]

GROWTH_CHANCE = 0.005
"""A stock keeps growing where one in two hundred stocks without change would seem to."""

STEP_CHANCE = 0.005
"""The same of the last points of any other series that lie apart from those before."""

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
        p_value: chance of such an end of a series without change; 1 where no rule flags it.
        is_coarse: the last group moves by so few steps that limits would mean nothing.
        shape: how alike and how lopsided the points of the last group are (of gaps between events
            on the scale on which independent ones are even), and how clumped the events.
        even: (K,) points of the last group with a value, on a scale on which they spread evenly;
            none of a stock, of few events and of gaps.
        cases: (K,) cases of each of these; 1 where their number is in the scale.
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
    p_value: float
    is_coarse: bool
    shape: SeriesShape
    even: FloatArray = field(default_factory=lambda: np.empty(0))
    cases: FloatArray = field(default_factory=lambda: np.empty(0))

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
    limits: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    step: float = 0.0,
    kind: SpanStrength | None = None,
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
        base: Cases or time each value rests on.
        limits: Of lengths of time, the lower and upper limits of each: they say how widely the
            values spread by chance alone.
        step: Least difference of two values. A group that moves by little more has no limits: there
            moving ranges are mostly zero, and the limits collapse onto the mean.
        kind: Of a share, how far the end of its last group strays by what others of its kind let
            expect (`families`); by itself when None.

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
    # Whole days and cases stand for all from half a step below to half a step above.
    half = step / 2.0 if math.isfinite(step) else 0.0
    of = None if base is None else span.laid_out(base)
    if scale is Scale.CHANGES:
        points = chart.scores
        chart, chance = _chance_of_changes(chart, direction)
    elif scale is Scale.VALUES:
        points = chart.values + half
        scores = None
        if limits is not None and of is not None:
            lower, upper = (span.laid_out(limit) + half for limit in limits)
            scores = _scores_of_lengths(chart, points, lower, upper, of)
        family = Family.VALUES if scores is None else Family.COUNTED
        chart, chance = _with_step(chart, points if scores is None else scores, family, direction)
    else:
        assert of is not None, "asked above"
        points = _scores_of_counts(chart, course, of, is_share=scale is Scale.SHARES)
        chart, chance = _with_step(chart, points, Family.COUNTED, direction, kind)
    is_coarse = is_coarse and chart.variation in {None, Variation.COMMON_CAUSE}
    shape = _shape(chart.scores, chart)
    found = _of_chart(chart, span, course, under, norm, chance, shape, is_coarse)
    if scale is Scale.CHANGES:
        return found
    even, cases = _even(
        chart, points, of if scale is Scale.VALUES else None, is_even=scale is not Scale.VALUES
    )
    return replace(found, even=even, cases=cases)


def _chance_of_changes(chart: ControlChart, direction: Direction) -> tuple[ControlChart, float]:
    """The chart of the changes of a stock with its growth, and the chance of both."""
    chart, growth = _with_growth(chart, direction)
    chance = _chance_of_end(chart, chart.scores, Family.SCORES)
    if chart.variation not in {None, Variation.COMMON_CAUSE}:
        # Two looks at one stock: its last changes, and all of them.
        chance = min(1.0, 2.0 * min(chance, growth))
    return chart, chance


def _scores_of_counts(
    chart: ControlChart, course: FloatArray, of: FloatArray, *, is_share: bool
) -> FloatArray:
    """Shares or rates as scores that are even, of the last group: the others are not looked at."""
    if chart.variation_position is None:
        return chart.scores
    at = ~np.isnan(chart.values) & (chart.group == chart.group[chart.variation_position])
    scores = np.full(course.size, np.nan)
    scores[at] = even_scores(course[at], of[at], is_share=is_share)
    return scores


def _scores_of_lengths(
    chart: ControlChart, points: FloatArray, lower: FloatArray, upper: FloatArray, cases: FloatArray
) -> FloatArray | None:
    """Lengths of time of the last group as scores that chance alone spreads by one.

    None where their limits do not say how widely that is, and the series has to say it itself.
    """
    if chart.variation_position is None:
        return None
    at = (chart.group == chart.group[chart.variation_position]) & ~np.isnan(chart.values)
    found = length_scores(points[at], lower[at], upper[at], cases[at])
    if found is None:
        return None
    scores = np.full(points.size, np.nan)
    scores[at] = found
    return scores


def _even(
    chart: ControlChart, points: FloatArray, of: FloatArray | None, *, is_even: bool
) -> tuple[FloatArray, FloatArray]:
    """Points of the last group on a scale on which they spread evenly, and the cases of each.

    Durations spread evenly as logarithms and counts as roots; with a duration of nothing at all
    there is no such scale, and the series is judged alone.
    """
    if chart.variation_position is None:
        return np.empty(0), np.empty(0)
    at = (chart.group == chart.group[chart.variation_position]) & ~np.isnan(chart.values)
    own = points[at]
    if is_even:
        return own, np.ones(own.size)
    if of is None or np.isnan(of[at]).all():
        return 2.0 * np.sqrt(np.maximum(own, 0.0)), np.ones(own.size)
    if own.min() <= 0.0:
        return np.empty(0), np.empty(0)
    cases = of[at]
    return np.log(own), np.where(cases > 0.0, cases, np.nanmedian(cases))


def _with_step(
    chart: ControlChart,
    points: FloatArray,
    family: Family,
    direction: Direction,
    kind: SpanStrength | None = None,
) -> tuple[ControlChart, float]:
    """Flag the last points where they lie apart from those before, and the chance of such an end.

    The other rules look for a point, or a long run on one side of a mean that moves along: a step
    of three or four quarters that is small beside the limits keeps within them. What another rule
    flags stays as it is.
    """
    last = chart.variation_position
    if last is None or np.isnan(chart.centre[last]) or chart.sides[last]:
        return chart, _chance_of_end(chart, points, family, kind)
    found, places, family = _end(chart, points, family, kind)
    side = 1 if found.up[0] >= found.down[0] else -1
    chance = float(chance_of(found.either, places.size, family)[0])
    if chance > STEP_CHANCE:
        return chart, 1.0
    length = int((found.length_up if side > 0 else found.length_down)[0])
    return _flagged(chart, places[-length:], Rule.STEP, side, direction), chance


def _chance_of_end(
    chart: ControlChart, points: FloatArray, family: Family, kind: SpanStrength | None = None
) -> float:
    """Chance that unchanged points end so far on the side on which the last one stands out."""
    last = chart.variation_position
    if last is None or not chart.sides[last]:
        return 1.0
    found, places, family = _end(chart, points, family, kind)
    strength = found.up if chart.sides[last] > 0 else found.down
    return float(chance_of(strength, places.size, family)[0])


def _end(
    chart: ControlChart, points: FloatArray, family: Family, kind: SpanStrength | None = None
) -> tuple[Strength | SpanStrength, npt.NDArray[np.int64], Family]:
    """How far the last group ends from what it was, its places, and by what that is calibrated."""
    in_last = chart.group == chart.group[chart.variation_position]
    places = np.flatnonzero(in_last & ~np.isnan(points))
    if kind is not None:
        return kind, places, kind.family
    known = points[places]
    if family is Family.VALUES and known.min() <= 0.0:
        family = Family.SCORES
    strength = end_strength(
        known, is_positive=family is Family.VALUES, is_counted=family is Family.COUNTED
    )
    return strength, places, family


def _with_growth(chart: ControlChart, direction: Direction) -> tuple[ControlChart, float]:
    """Flag the changes over which a stock kept growing, and the chance of so steady a growth.

    No rule looks at the mean of the changes: a stock that grows by much the same every period has
    ordinary changes. Points another rule flags stay as they are.
    """
    last = chart.variation_position
    if last is None:
        return chart, 1.0
    places = np.flatnonzero((chart.group == chart.group[last]) & ~np.isnan(chart.values))
    changes = chart.values[places]
    found = growth_strength(changes)
    side = 1 if found.up[0] >= found.down[0] else -1
    chance = float(chance_of(found.either, changes.size, Family.GROWTH)[0])
    if chart.sides[last] == -side:
        return chart, 1.0
    if chance > GROWTH_CHANCE:
        return chart, chance
    window = int((found.length_up if side > 0 else found.length_down)[0])
    return _flagged(chart, places[-window:], Rule.GROWTH, side, direction), chance


def _flagged(
    chart: ControlChart,
    places: npt.NDArray[np.int64],
    rule: Rule,
    side: int,
    direction: Direction,
) -> ControlChart:
    """The chart with a rule at those of the last places that no other rule flags."""
    rules, sides = list(chart.rules), chart.sides.copy()
    variation = list(chart.point_variation)
    for place in places.tolist():
        if rules[place] is Rule.NONE:
            rules[place] = rule
            sides[place] = side
            variation[place] = variation_of(rule, side, direction)
    return replace(
        chart,
        rules=tuple(rules),
        sides=sides,
        point_variation=tuple(variation),
        variation=variation[places[-1]],
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
    in_last = np.zeros(0, np.bool_) if last is None else chart.group == chart.group[last]
    clumped = dispersion_of_counts(
        count[in_last], of[in_last], chart.centre[in_last], is_share=is_share
    )
    shape = replace(_shape(chart.scores, chart), dispersion=clumped)
    chance = 1.0
    if last is not None and chart.sides[last]:
        known = np.flatnonzero(in_last & ~np.isnan(chart.values))
        before = known[:-1]
        together = dispersion_of_counts(
            count[before],
            of[before],
            np.full(before.size, count[before].sum() / max(of[before].sum(), 1.0)),
            is_share=is_share,
        )
        # Two standard errors more than was found: in few periods clumps are seen late.
        doubt = 1.0 + 2.0 * math.sqrt(2.0 / max(before.size - 1, 1))
        chance = chance_of_last(
            count[known],
            of[known],
            is_share=is_share,
            dispersion=float(np.nanmax([1.0, together * doubt])),
        )
    return _of_chart(chart, span, chart.values, np.zeros(count.size), None, chance, shape)


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
        place = int(
            np.searchsorted(
                np.array([event_day.toordinal() for event_day in days]), day.toordinal()
            )
        )
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
    in_last = np.zeros(0, np.bool_) if last is None else chart.group == chart.group[last]
    clumped = dispersion_of_gaps(values[in_last], chart.group[in_last])
    shape = replace(_shape(values ** (1 / T_CHART_POWER), chart), dispersion=clumped)
    # Days and cases are whole: half of one is added, so that none at all has a root as well.
    chance = _chance_of_end(chart, (values + 0.5) ** (1 / T_CHART_POWER), Family.SCORES)
    return _of_chart(chart, span, values, np.zeros(values.size), None, chance, shape)


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
    numbers = np.array([period_number(period, grain) for period in periods], dtype=np.int64)
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


def norm_day(periods: Sequence[str]) -> date:
    """First day of the last period: the norm that holds then is the one to judge by."""
    return max(first_day(period) for period in periods)


def _of_chart(
    chart: ControlChart,
    span: _Span,
    values: FloatArray,
    base: FloatArray,
    norm: float | None,
    chance: float,
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
        p_value=chance,
        is_coarse=is_coarse,
        shape=shape,
    )


def _since(chart: ControlChart) -> int | None:
    """First of the unbroken points up to the last that are flagged on the same side."""
    last = chart.variation_position
    if last is None or chart.sides[last] == 0:
        return None
    is_same = (chart.sides == chart.sides[last]) & (chart.group == chart.group[last])
    if chart.rules[last] is not Rule.GROWTH:
        # A run within a longer growth is as long as the run.
        is_same &= np.array([rule is not Rule.GROWTH for rule in chart.rules])
    others = np.flatnonzero(~is_same[: last + 1])
    return int(others[-1]) + 1 if others.size else 0


def _warnings(chart: ControlChart, first: int) -> tuple[WarningCode, ...]:
    """The warnings about the chart as a whole and its last group, each once.

    The first change of a stock is no missing period: nothing lies before it.
    """
    start = chart.groups[-1].start if chart.groups else 0
    found = [
        warning.code
        for warning in chart.warnings
        if (warning.code is WarningCode.MISSING_PERIOD and warning.position >= first)
        or warning.position >= max(start, first)
    ]
    return tuple(dict.fromkeys(found))
