"""Control charts: is the last figure different from what this series usually does?

Belongs here: XmR charts by the rules of the NHS "Making Data Count" programme, Laney's p'- and
u'-charts for shares and rates of changing numbers, T- and G-charts for rare events, the variation
and the assurance icon.

Does not belong here: which series are charted, words and colours, the reasons for a rebase
(`kc_aantekening`), the list for discussion.

Conventions, where the sources leave room:

* **Gaps.** A missing period (None or NaN) stays in the output with a warning. No moving range
  bridges it, and it ends every run: "seven in a row" means seven periods in a row. Nothing is
  interpolated.
* **Beyond** and **strictly** leave out differences of rounding size (1e-9 of the largest value), so
  that a constant series of 0.1 is not "above its own mean".
* **Rules look at one group at a time**; a rebase ends every run.
* **A run flags all its points**, so a point may be marked in the light of later ones. A point where
  a rising run ends and a falling one begins belongs to the rising one.
* **Direction of a signal**: for a trend the way it moves, for the other rules the side of the mean.
  (The R package NHSRplotthedots takes the side of the mean for trends too, and so calls seven
  improving periods that are still on the wrong side of the mean a concern.)
* **Two of three** counts points beyond the near-limit, those beyond the limit included.
* **The variation icon** describes the last period that has a value. When later periods are missing
  a warning says so, because the icon is then not about now.
* **Limits** need one moving range; a group of isolated points has a mean but no limits (NaN).
* **Shares and rates** of changing numbers get Laney's p' and u', not Taylor's normalised
  individuals chart (I'). Both give each period limits of its own and are the XmR chart where
  numbers do not change. Of p' and u' points are scores, on which runs, autocorrelation and skewness
  are judged as of any series, and for which the chance of a last point can be calibrated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LIMIT_FACTOR = 2.66
"""3 / 1.128 rounded as the programme publishes it: mean moving range to three sigma."""
SCREENING_FACTOR = 3.267
"""Upper limit of a moving-range chart, in mean moving ranges."""
RUN_LENGTH = 7
"""Points in a shift or a trend."""
MINIMUM_FIXED_POINTS = 12
"""Fewest points on which limits may be fixed."""
MINIMUM_FIRM_POINTS = 13
"""With fewer points in a group its limits are provisional."""
T_CHART_POWER = 3.6
"""Exponential times to the power 1/3.6 are nearly symmetric (Nelson 1994)."""
ROUNDING = 1e-9
"""Relative difference below which two values count as equal."""


class Direction(StrEnum):
    """Which way is better, as the register says it."""

    HIGHER_IS_BETTER = "higher"
    LOWER_IS_BETTER = "lower"
    NEUTRAL = "neutral"


class Rule(StrEnum):
    """Why a point stands out, in order of precedence."""

    OUTSIDE = "outside"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"
    SHIFT = "shift"
    STEP = "step"
    """The last points lie apart from those before; not among the four of `xmr_chart`."""
    GROWTH = "growth"
    """A stock whose changes have kept one direction; not among the four of `xmr_chart`."""
    NONE = "none"


class Variation(StrEnum):
    """What the variation icon says."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"
    COMMON_CAUSE = "common_cause"


class Assurance(StrEnum):
    """What the assurance icon says about the norm."""

    CONSISTENTLY_PASSING = "consistently_passing"
    HIT_AND_MISS = "hit_and_miss"
    CONSISTENTLY_FAILING = "consistently_failing"
    NONE = "none"


class WarningCode(StrEnum):
    """What a reader of the chart must be told."""

    MISSING_PERIOD = "missing_period"
    LAST_PERIOD_MISSING = "last_period_missing"
    PROVISIONAL_LIMITS = "provisional_limits"
    NO_LIMITS = "no_limits"


@dataclass(frozen=True, slots=True)
class ChartWarning:
    """A warning and the period it is about.

    Attributes:
        code: what is the matter.
        position: index of the period in chart order; for a group, that of its first period.
    """

    code: WarningCode
    position: int


@dataclass(frozen=True, slots=True)
class LimitGroup:
    """One stretch between rebases, in the unit of the series.

    Attributes:
        start: index of its first period.
        stop: index after its last period.
        n_points: periods with a value.
        centre: mean; back-transformed mean for a T-chart, median for a G-chart; NaN without points.
        lower: lower limit, of its last point where limits differ; NaN when there are no limits.
        upper: upper limit.
        near_lower: lower near-limit, two thirds of the way.
        near_upper: upper near-limit.
        is_provisional: fewer than 13 points.
    """

    start: int
    stop: int
    n_points: int
    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    is_provisional: bool


@dataclass(frozen=True, eq=False, slots=True)
class ControlChart:
    """A series with its limits and signals. P is the number of periods, gaps included.

    Attributes:
        values: (P,) in time order, NaN for a gap.
        scores: (P,) the points on the scale on which the rules judge them.
        group: (P,) index into `groups`.
        centre: (P,) centre line.
        lower: (P,) lower limit.
        upper: (P,) upper limit.
        near_lower: (P,) lower near-limit.
        near_upper: (P,) upper near-limit.
        rules: P rules, `Rule.NONE` where the point is ordinary or missing.
        sides: (P,) 1 for a high or rising signal, -1 for a low or falling one, 0 for none.
        point_variation: P variations; None for a gap.
        groups: one entry per rebase group.
        variation: the icon, from the last period with a value; None when there is none.
        variation_position: index of that period, or None.
        assurance: the icon, from the last group.
        is_provisional: whether the last group's limits are provisional.
        warnings: what a reader must be told, in order of position.
    """

    values: FloatArray
    scores: FloatArray
    group: IntArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    near_lower: FloatArray
    near_upper: FloatArray
    rules: tuple[Rule, ...]
    sides: IntArray
    point_variation: tuple[Variation | None, ...]
    groups: tuple[LimitGroup, ...]
    variation: Variation | None
    variation_position: int | None
    assurance: Assurance
    is_provisional: bool
    warnings: tuple[ChartWarning, ...]


@dataclass(frozen=True, slots=True)
class _Limits:
    """Centre and limits computed from the points of one group, on the scale of those points."""

    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float


def xmr_chart(
    values: npt.ArrayLike | Sequence[float | None],
    *,
    rebase: npt.ArrayLike | None = None,
    fix_after: int | None = None,
    norm: float | None = None,
    direction: Direction = Direction.NEUTRAL,
) -> ControlChart:
    """Chart a series of individual values with moving-range limits.

    Args:
        values: (P,) one value per period in time order, None or NaN for a missing one; every period
            of the range must be there, or a gap cannot be seen.
        rebase: (P,) True at the first period of a new group.
        fix_after: compute limits from the first so many points of each group, at least 12; a group
            that does not have them yet uses all it has.
        norm: the norm valid for the last group, or None.
        direction: which way is better; neutral gives neutral icons and no assurance.

    Returns:
        The chart. An empty or all-missing series gives a chart without limits or icons.

    Raises:
        ValueError: infinite values, arrays of different length, fix_after < 12, a norm that is not
            finite.

    Source:
        NHS England, Making Data Count (2019), and its reference implementation NHSRplotthedots;
        Wheeler (2000), Understanding Variation; screening: Nelson (1982), J Qual Tech 14:172.
    """
    series = _read_series(values, rebase, fix_after)
    limits = [_xmr_of(series.limit_points(g)) for g in range(series.n_groups)]
    return _chart(series, series.values, limits, _checked_norm(norm), direction)


def t_chart(
    times_between: npt.ArrayLike | Sequence[float | None],
    *,
    rebase: npt.ArrayLike | None = None,
    direction: Direction = Direction.HIGHER_IS_BETTER,
) -> ControlChart:
    """Chart the time between rare events.

    XmR rules on y^(1/3.6), limits transformed back. A lower limit that would be negative on the
    transformed scale is 0: no time can lie below it.

    Args:
        times_between: (P,) times >= 0 from each event to the next, None or NaN for unknown; 0 is
            two events at once.
        rebase: as `xmr_chart`.
        direction: longer is better unless said otherwise.

    Returns:
        The chart, every line in the unit of the times.

    Raises:
        ValueError: as `xmr_chart`, and negative times.

    Source:
        Nelson (1994), J Qual Tech 26:12; Provost, Murray (2011), The Health Care Data Guide, ch. 7.
    """
    series = _read_series(times_between, rebase)
    _refuse_negative(series.values, "times between events")
    transformed = series.values ** (1.0 / T_CHART_POWER)
    limits = [_xmr_of(transformed[series.span(g)]) for g in range(series.n_groups)]
    return _chart(series, transformed, limits, None, direction, _from_power)


def laney_chart(
    values: npt.ArrayLike | Sequence[float | None],
    base: npt.ArrayLike,
    *,
    is_share: bool,
    rebase: npt.ArrayLike | None = None,
    direction: Direction = Direction.NEUTRAL,
) -> ControlChart:
    """Chart a share (p') or a rate (u') of numbers that differ from period to period.

    A point is judged in standard deviations of its own binomial or Poisson law around the share or
    rate of all points together; how much wider than that law points spread is estimated from the
    moving ranges of those scores. With the same number every period it is the XmR chart.

    Args:
        values: (P,) share or rate per period in time order, None or NaN for a missing one.
        base: (P,) cases, or time, each rests on; a period without any is a gap.
        is_share: whether the values are shares (binomial) or rates (Poisson).
        rebase: as `xmr_chart`.
        direction: which way is better.

    Returns:
        The chart, with limits per period, on the scale of the values.

    Raises:
        ValueError: as `xmr_chart`, and values outside 0 to 1 for a share, below 0 for a rate.

    Source:
        Laney (2002), Quality Engineering 14:531.
    """
    of = np.asarray(base, dtype=np.float64)
    given = np.asarray(values, dtype=np.float64)
    if of.shape != given.shape:
        raise ValueError(f"values has shape {given.shape}, base {of.shape}")
    series = _read_series(np.where(of > 0, given, np.nan), rebase)
    _refuse_negative(series.values, "shares and rates")
    if is_share and (series.values > 1.0 + ROUNDING).any():
        raise ValueError("a share is at most 1")
    is_known = ~np.isnan(series.values)
    weight = np.where(is_known, of, 0.0)
    pooled = np.full(series.n_groups, np.nan)
    for g in range(series.n_groups):
        span = series.span(g)
        if weight[span].any():
            pooled[g] = np.average(
                np.where(is_known, series.values, 0.0)[span], weights=weight[span]
            )
    centre = pooled[series.group]
    variance = centre * (1.0 - centre) if is_share else centre
    sigma = np.sqrt(np.maximum(variance, 0.0) / np.where(is_known, of, np.nan))
    away = series.values - centre
    away[np.abs(away) <= _margin(series.values)] = 0.0
    # All or nothing of every period: no law spreads, and every score is zero.
    scores = away / np.where(sigma > 0.0, sigma, 1.0)
    limits = []
    for g in range(series.n_groups):
        found = _xmr_of(scores[series.span(g)])
        half = found.upper - found.centre
        middle = 0.0 if is_known[series.span(g)].any() else np.nan
        limits.append(_Limits(middle, -half, half, -2.0 * half / 3.0, 2.0 * half / 3.0))
    return _chart(series, scores, limits, None, direction, lambda line: centre + line * sigma)


def g_chart(
    cases_between: npt.ArrayLike | Sequence[float | None],
    *,
    rebase: npt.ArrayLike | None = None,
    direction: Direction = Direction.HIGHER_IS_BETTER,
) -> ControlChart:
    """Chart the number of cases between rare events.

    The centre line, which shifts are judged against, is the median of the counts. Limits are those
    of the geometric distribution with mean m: m ± 3 sqrt(m (m + 1)), the near-limits at two sigma.
    The lower ones would be negative for every m and are 0.

    Args:
        cases_between: (P,) whole numbers >= 0 of cases from one event to the next, None or NaN for
            unknown.
        rebase: as `xmr_chart`.
        direction: more cases between is better unless said otherwise.

    Returns:
        The chart.

    Raises:
        ValueError: as `xmr_chart`, and negative or fractional counts.

    Source:
        Benneyan (2001), Health Care Management Science 4:305; Montgomery (2009), Introduction to
        Statistical Quality Control, 7.3; median as centre: Provost, Murray (2011), ch. 7.
    """
    series = _read_series(cases_between, rebase)
    _refuse_negative(series.values, "cases between events")
    known = series.values[~np.isnan(series.values)]
    if (known != np.floor(known)).any():
        raise ValueError("cases between events must be whole numbers")
    limits = [_geometric_of(series.values[series.span(g)]) for g in range(series.n_groups)]
    return _chart(series, series.values, limits, None, direction)


def outside_points(
    values: npt.ArrayLike, lower: float | FloatArray, upper: float | FloatArray
) -> IntArray:
    """Find the points strictly beyond a limit.

    Args:
        values: (P,) values, NaN for gaps.
        lower: lower limit, or (P,) limits of each; NaN for none.
        upper: upper limit, likewise.

    Returns:
        (P,) 1 above the upper limit, -1 below the lower one, else 0.
    """
    points = np.asarray(values, dtype=np.float64)
    margin = _margin(points)
    above = (points > upper + margin).astype(np.int64)
    return above - (points < lower - margin)


def trend_points(values: npt.ArrayLike) -> IntArray:
    """Find the points of seven or more strictly rising or falling in a row (six steps).

    Args:
        values: (P,) values in time order, NaN for gaps.

    Returns:
        (P,) 1 for points of a rising run, -1 of a falling one, else 0. Equal neighbours and gaps
        end a run.
    """
    points = np.asarray(values, dtype=np.float64)
    if points.size < RUN_LENGTH:
        return np.zeros(points.size, dtype=np.int64)
    steps = _in_runs(_signs(np.diff(points), _margin(points)), RUN_LENGTH - 1)
    arriving = np.concatenate(([0], steps))
    leaving = np.concatenate((steps, [0]))
    return np.where(arriving != 0, arriving, leaving)


def two_of_three_points(
    values: npt.ArrayLike, centre: float, near_lower: float, near_upper: float
) -> IntArray:
    """Find points beyond a near-limit in threes on one side of the centre with two such points.

    Args:
        values: (P,) values in time order, NaN for gaps.
        centre: centre line.
        near_lower: lower near-limit, NaN for none.
        near_upper: upper near-limit, NaN for none.

    Returns:
        (P,) 1 or -1 for the points beyond the near-limit only, else 0.
    """
    points = np.asarray(values, dtype=np.float64)
    width = 3
    if points.size < width:
        return np.zeros(points.size, dtype=np.int64)
    side = _signs(points - centre, _margin(points, centre))
    beyond = outside_points(points, near_lower, near_upper)
    # Each window of three is named by its first point.
    is_one_sided = np.abs(side[:-2] + side[1:-1] + side[2:]) == width
    has_two = np.abs(beyond[:-2] + beyond[1:-1] + beyond[2:]) >= width - 1
    in_window = np.zeros(points.size, dtype=np.bool_)
    for offset in range(width):
        in_window[offset : points.size - width + 1 + offset] |= is_one_sided & has_two
    return np.where(in_window, beyond, 0)


def shift_points(values: npt.ArrayLike, centre: float) -> IntArray:
    """Find the points of seven or more in a row strictly on one side of the centre.

    Args:
        values: (P,) values in time order, NaN for gaps.
        centre: centre line.

    Returns:
        (P,) 1 above, -1 below, else 0. A point on the centre and a gap end a run.
    """
    points = np.asarray(values, dtype=np.float64)
    return _in_runs(_signs(points - centre, _margin(points, centre)), RUN_LENGTH)


def assurance(lower: float, upper: float, norm: float | None, direction: Direction) -> Assurance:
    """Judge whether the process, left as it is, can be expected to meet the norm.

    Args:
        lower: lower limit of the last group, NaN for none.
        upper: upper limit.
        norm: the norm, or None.
        direction: which way is better.

    Returns:
        Failing or passing when the norm lies strictly beyond a limit, hit and miss when between or
        on them, none without norm, direction or limits.

    Source:
        NHS England, Making Data Count.
    """
    if norm is None or direction is Direction.NEUTRAL or np.isnan(lower) or np.isnan(upper):
        return Assurance.NONE
    margin = ROUNDING * max(abs(lower), abs(upper), abs(norm))
    if lower - margin <= norm <= upper + margin:
        return Assurance.HIT_AND_MISS
    is_above = norm > upper
    # A norm above all we can expect is out of reach if more is better, and safely met if less is.
    if is_above == (direction is Direction.HIGHER_IS_BETTER):
        return Assurance.CONSISTENTLY_FAILING
    return Assurance.CONSISTENTLY_PASSING


@dataclass(frozen=True, eq=False, slots=True)
class _Series:
    """A checked series in time order, cut into groups."""

    values: FloatArray
    group: IntArray
    n_groups: int
    fix_after: int | None

    def span(self, g: int) -> slice:
        start, stop = np.searchsorted(self.group, (g, g + 1))
        return slice(int(start), int(stop))

    def limit_points(self, g: int) -> FloatArray:
        """The stretch of the group its limits rest on, gaps included."""
        stretch = self.values[self.span(g)]
        if self.fix_after is None:
            return stretch
        # Points, not periods: a gap among the first twelve does not count as one of them.
        n_so_far = np.cumsum(~np.isnan(stretch))
        return stretch[: int(np.searchsorted(n_so_far, self.fix_after)) + 1]


def _read_series(
    values: npt.ArrayLike | Sequence[float | None],
    rebase: npt.ArrayLike | None,
    fix_after: int | None = None,
) -> _Series:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"values must be one-dimensional, got shape {series.shape}")
    if np.isinf(series).any():
        raise ValueError("values must be finite; a missing period is None or NaN")
    if fix_after is not None and fix_after < MINIMUM_FIXED_POINTS:
        raise ValueError(f"limits can be fixed on {MINIMUM_FIXED_POINTS} points or more")
    group = np.zeros(series.size, dtype=np.int64)
    if rebase is not None:
        starts = np.asarray(rebase, dtype=np.bool_)
        if starts.shape != series.shape:
            raise ValueError(f"rebase has shape {starts.shape}, values {series.shape}")
        group = starts.cumsum()
        # A flag on the very first period starts the first group, not a second one.
        group = group - group[:1].sum()
    n_groups = int(group[-1]) + 1 if group.size else 0
    return _Series(series, group, n_groups, fix_after)


def _xmr_of(points: FloatArray) -> _Limits:
    known = points[~np.isnan(points)]
    if known.size == 0:
        return _Limits(np.nan, np.nan, np.nan, np.nan, np.nan)
    mean = float(known.mean())
    ranges = np.abs(np.diff(points))
    ranges = ranges[~np.isnan(ranges)]
    if ranges.size == 0:
        return _Limits(mean, np.nan, np.nan, np.nan, np.nan)
    average = float(ranges.mean())
    # A constant series has no range strictly below 3.267 times zero; its average stays zero.
    if average > 0.0:
        average = float(ranges[ranges < SCREENING_FACTOR * average].mean())
    half = LIMIT_FACTOR * average
    near = 2.0 * half / 3.0
    return _Limits(mean, mean - half, mean + half, mean - near, mean + near)


def _geometric_of(points: FloatArray) -> _Limits:
    known = points[~np.isnan(points)]
    if known.size == 0:
        return _Limits(np.nan, np.nan, np.nan, np.nan, np.nan)
    mean = float(known.mean())
    sigma = float(np.sqrt(mean * (mean + 1.0)))
    return _Limits(float(np.median(known)), 0.0, mean + 3.0 * sigma, 0.0, mean + 2.0 * sigma)


def _chart(
    series: _Series,
    scaled: FloatArray,
    limits: list[_Limits],
    norm: float | None,
    direction: Direction,
    back: Callable[[FloatArray], FloatArray] | None = None,
) -> ControlChart:
    """Apply rules and icons on the scale of the limits; put the lines on the reader's scale.

    `back` takes a line on the scale of the limits, one value per period, to that of the reader.
    """
    rules: list[Rule] = []
    sides = np.zeros(scaled.size, dtype=np.int64)
    for g, limit in enumerate(limits):
        found, sides[series.span(g)] = _rules_of(scaled[series.span(g)], limit)
        rules += found
    is_gap = np.isnan(scaled)
    lines = {}
    for name in ("centre", "lower", "upper", "near_lower", "near_upper"):
        line = _per_period([getattr(limit, name) for limit in limits], series.group)
        lines[name] = line if back is None else back(line)
    groups = []
    for g in range(series.n_groups):
        span = series.span(g)
        known = np.flatnonzero(~is_gap[span])
        at = span.start + (int(known[-1]) if known.size else 0)
        groups.append(
            LimitGroup(
                start=span.start,
                stop=span.stop,
                n_points=int(known.size),
                **{name: float(line[at]) for name, line in lines.items()},
                is_provisional=known.size < MINIMUM_FIRM_POINTS,
            )
        )
    point_variation = tuple(
        None if gap else variation_of(rule, int(side), direction)
        for gap, rule, side in zip(is_gap, rules, sides, strict=True)
    )
    known = np.flatnonzero(~is_gap)
    last = int(known[-1]) if known.size else None
    return ControlChart(
        values=series.values,
        scores=scaled,
        group=series.group,
        **lines,
        rules=tuple(rules),
        sides=sides,
        point_variation=point_variation,
        groups=tuple(groups),
        variation=None if last is None else point_variation[last],
        variation_position=last,
        assurance=(
            assurance(limits[-1].lower, limits[-1].upper, norm, direction)
            if limits
            else Assurance.NONE
        ),
        is_provisional=groups[-1].is_provisional if groups else True,
        warnings=warnings_of(is_gap, groups),
    )


def _rules_of(points: FloatArray, limits: _Limits) -> tuple[list[Rule], IntArray]:
    """Rule and side of each point of one group, the first rule in precedence winning."""
    by_precedence = (
        (Rule.OUTSIDE, outside_points(points, limits.lower, limits.upper)),
        (Rule.TREND, trend_points(points)),
        (
            Rule.TWO_OF_THREE,
            two_of_three_points(points, limits.centre, limits.near_lower, limits.near_upper),
        ),
        (Rule.SHIFT, shift_points(points, limits.centre)),
    )
    rules = [Rule.NONE] * points.size
    sides = np.zeros(points.size, dtype=np.int64)
    for rule, found in by_precedence:
        for position in np.flatnonzero((sides == 0) & (found != 0)).tolist():
            rules[position] = rule
            sides[position] = found[position]
    return rules, sides


def variation_of(rule: Rule, side: int, direction: Direction) -> Variation:
    """What the icon of a point says that stands out by a rule on a side."""
    if rule is Rule.NONE:
        return Variation.COMMON_CAUSE
    if direction is Direction.NEUTRAL:
        return Variation.NEUTRAL
    is_better = (side > 0) == (direction is Direction.HIGHER_IS_BETTER)
    return Variation.IMPROVEMENT if is_better else Variation.CONCERN


def warnings_of(is_gap: BoolArray, groups: Sequence[LimitGroup]) -> tuple[ChartWarning, ...]:
    """What a reader of a chart must be told, in order of position.

    Args:
        is_gap: (P,) whether a period has no value.
        groups: The groups of the chart.
    """
    found = [
        ChartWarning(WarningCode.MISSING_PERIOD, int(position))
        for position in np.flatnonzero(is_gap)
    ]
    if is_gap.size and is_gap[-1]:
        found.append(ChartWarning(WarningCode.LAST_PERIOD_MISSING, is_gap.size - 1))
    for group in groups:
        if np.isnan(group.upper):
            found.append(ChartWarning(WarningCode.NO_LIMITS, group.start))
        elif group.is_provisional:
            found.append(ChartWarning(WarningCode.PROVISIONAL_LIMITS, group.start))
    return tuple(sorted(found, key=lambda warning: warning.position))


def _signs(differences: FloatArray, margin: float) -> IntArray:
    """1, -1, or 0 for equal within the margin and for gaps."""
    return (differences > margin).astype(np.int64) - (differences < -margin)


def _in_runs(signs: IntArray, length: int) -> IntArray:
    """Keep the signs that stand in a run of at least so many equal, non-zero ones."""
    if signs.size == 0:
        return signs
    begins = np.concatenate(([0], np.flatnonzero(np.diff(signs)) + 1))
    lengths = np.diff(begins, append=signs.size)
    return np.where(np.repeat(lengths, lengths) >= length, signs, 0)


def _margin(points: FloatArray, centre: float = 0.0) -> float:
    """Size of a rounding difference in this series."""
    known = np.abs(points[~np.isnan(points)])
    if known.size == 0:
        return 0.0
    return ROUNDING * max(float(known.max()), 0.0 if np.isnan(centre) else abs(centre))


def _from_power(line: FloatArray) -> FloatArray:
    """A line of a T-chart in the unit of the times; no time lies below zero."""
    return np.asarray(np.maximum(line, 0.0) ** T_CHART_POWER)


def _per_period(by_group: list[float], group: IntArray) -> FloatArray:
    return np.array(by_group, dtype=np.float64)[group]


def _checked_norm(norm: float | None) -> float | None:
    if norm is not None and not np.isfinite(norm):
        raise ValueError(f"the norm must be a finite number or None, got {norm}")
    return norm


def _refuse_negative(values: FloatArray, name: str) -> None:
    if (values < 0.0).any():
        raise ValueError(f"{name} must be at least 0")
