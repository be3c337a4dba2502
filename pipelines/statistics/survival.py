"""Kaplan-Meier curves of lead times with open cases, for thousands of groups at once.

Belongs here: survival, its quantiles, its restricted mean, and the intervals of each.

Does not belong here: choosing the cohort, the clock or the reference date (dbt), competing exits
(`competing`: never 1 - KM there), intervals of completed-only figures (`intervals`).

Conventions, where textbooks and packages differ:

* **Quantile at p**: the smallest t with S(t) <= 1 - p. Where S is exactly flat at 1 - p (within
  1e-9), the midpoint of the flat step, as R does. A flat step that ends in open cases has no right
  end yet, so its left end is taken (R's `print.survfit`): a midpoint would drift with the reference
  date while nothing happens.
* **Not reached** is None (NaN in grouped results). So is S(t) beyond the last follow-up while
  cases are still open: nothing is known there, and carrying the curve on would report a cohort that
  is too recent as "0% within norm".
* **Known at t** is a curve when nobody was censored before t, or when at least
  `FEWEST_FOLLOWED` cases have a potential follow-up of t (`followed`): the tail beyond rests on one
  or two cases, whatever its interval says. What is not known is NaN, the upper end of a quantile
  too, and a lower end lies no later than the last time that is known.
* **Intervals**, of what is published: the beta product confidence procedure with mid-p (`mid_p`), a
  quantile's from the times at which the confidence that S lies at or below 1 - p passes alpha / 2
  and 1 - alpha / 2. Just after a time at which somebody was censored counts there too. Of a
  restricted mean see `limits_of_mean`. None has zero width but that of a quantile: a day on
  which thirty of thirty hand-offs end.

A standard error of 0 says that the sample shows no variation, not that the figure is certain.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipelines.statistics.intervals import (
    Limits,
    around,
    tail_of,
)
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.restricted_mean import area_and_variance, limits_of_mean, step_areas
from pipelines.statistics.risk_sets import (
    BoolArray,
    FloatArray,
    IntArray,
    RiskSets,
    as_counts,
    as_durations,
    as_flags,
    greenwood_terms,
    known_until,
    risk_sets,
)

FLAT_TOLERANCE = 1e-9
"""Products of fractions miss 0.5 by some 1e-16; a real step is at least 1/n²."""


@dataclass(frozen=True, eq=False, slots=True)
class ShareDone:
    """What part of a group is done by each time, as far as it is known; (T,) arrays.

    Attributes:
        times: distinct durations, increasing.
        share: share done just after each time.
        lower: lower limit.
        upper: upper limit.
        n_at_risk: cases under observation just before each time.
    """

    times: FloatArray
    share: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_at_risk: IntArray


@dataclass(frozen=True, eq=False, slots=True)
class GroupedSurvival:
    """What the monitor publishes of a lead time, for G groups at once; NaN is "not reached".

    Attributes:
        n: (G,) cases.
        n_events: (G,) completed cases.
        last_follow_up: (G,) longest duration.
        quantiles: (G, Q) quantiles.
        quantile_lower: (G, Q) lower ends.
        quantile_upper: (G, Q) upper ends.
        survival_at_norm: (G,) S at the group's norm; the share within norm is 1 minus this.
        survival_at_norm_lower: (G,) lower limit; 1 minus it is the upper limit of the share.
        survival_at_norm_upper: (G,) upper limit.
        n_at_risk_at_norm: (G,) cases under observation at the norm; NaN without a norm.
        rmst: (G,) restricted mean to the group's tau.
        rmst_se: (G,) its standard error.
        rmst_lower: (G,) lower limit.
        rmst_upper: (G,) upper limit.
    """

    n: IntArray
    n_events: IntArray
    last_follow_up: FloatArray
    quantiles: FloatArray
    quantile_lower: FloatArray
    quantile_upper: FloatArray
    survival_at_norm: FloatArray
    survival_at_norm_lower: FloatArray
    survival_at_norm_upper: FloatArray
    n_at_risk_at_norm: FloatArray
    rmst: FloatArray
    rmst_se: FloatArray
    rmst_lower: FloatArray
    rmst_upper: FloatArray


def kaplan_meier_by_group(  # noqa: PLR0913 – one keyword per published figure
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    group_codes: npt.ArrayLike,
    n_groups: int,
    *,
    counts: npt.ArrayLike | None = None,
    probabilities: tuple[float, ...] = (0.5, 0.9),
    norm: npt.ArrayLike | None = None,
    tau: npt.ArrayLike | None = None,
    followed: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> GroupedSurvival:
    """Estimate the published figures of many groups with one sort.

    Every figure equals, bit for bit, what the group alone gives. Only the running products per
    group are taken in a loop: a product over all groups could not be divided out again without
    losing digits.

    Args:
        durations: (N,) follow-up times >= 0.
        observed: (N,) completed or still open.
        group_codes: (N,) codes 0 … n_groups - 1; a negative code leaves the row out, so that one
            array of rows serves several dimensions.
        n_groups: number of groups G, those without rows included.
        counts: (N,) cases per row, or None.
        probabilities: the Q quantiles wanted.
        norm: scalar or (G,) norm per group, in the unit of the durations; NaN where none applies.
        tau: scalar or (G,) horizon of the restricted mean; NaN where none is wanted.
        followed: (G,) potential follow-up, ended or not, that `FEWEST_FOLLOWED` cases of the group
            have, NaN for a smaller group; None leaves all curves known.
        level: coverage of all intervals.

    Returns:
        Arrays with one row per group.

    Raises:
        ValueError: negative, missing or infinite durations; arrays of different length; an
            indicator other than true or false; a code >= n_groups; a negative tau or norm; norm or
            tau of another length than n_groups.

    Source:
        Kaplan, Meier (1958), JASA 53:457; quantiles and restricted means: Klein, Moeschberger
        (2003), Survival Analysis, 4.5; intervals: see `mid_p` and `restricted_mean`.
    """
    codes = np.asarray(group_codes, dtype=np.int64)
    time = as_durations(durations)
    flags = as_flags(observed, time.size)
    frequency = as_counts(counts, time.size)
    if codes.shape != time.shape:
        raise ValueError(f"group_codes has shape {codes.shape}, durations {time.shape}")
    if codes.size and codes.max() >= n_groups:
        raise ValueError(f"group code {codes.max()} does not fit {n_groups} groups")
    norms = _per_group(norm, n_groups, "norm")
    horizons = _per_group(tau, n_groups, "tau")
    targets = [survival_level(p) for p in probabilities]

    kept = codes >= 0
    if not kept.all():
        time, flags, codes = time[kept], flags[kept], codes[kept]
        frequency = None if frequency is None else frequency[kept]
    table = risk_sets(time, frequency, codes, n_groups)
    known = np.full(n_groups, np.inf)
    if followed is not None:
        known = known_until(time, ~flags, np.asarray(followed, np.float64), codes)
    curves = _SegmentedCurves(table, table.sum_at_times(flags), known)
    at_norm = curves.at(norms)
    norm_limits = around(at_norm.survival, *at_norm.confidence.limits(level))
    norm_limits = _nowhere(np.isnan(at_norm.survival), norm_limits)
    means, errors = curves.restricted_means(horizons)
    n_before = curves.events_before(horizons)
    mean_limits = limits_of_mean(
        means, errors, n_before, table.n.astype(np.float64), horizons, level=level
    )
    through = np.concatenate((np.zeros(1, dtype=np.int64), curves.n_events.cumsum()))
    quantiles = curves.crossings(targets)
    ends = curves.ends_of_quantiles(targets, quantiles, level)
    return GroupedSurvival(
        n=table.n,
        n_events=np.diff(through[table.offsets]),
        last_follow_up=curves.last_time,
        quantiles=quantiles,
        quantile_lower=ends.lower,
        quantile_upper=ends.upper,
        survival_at_norm=at_norm.survival,
        survival_at_norm_lower=norm_limits.lower,
        survival_at_norm_upper=norm_limits.upper,
        n_at_risk_at_norm=at_norm.n_at_risk,
        rmst=means,
        rmst_se=errors,
        rmst_lower=mean_limits.lower,
        rmst_upper=mean_limits.upper,
    )


def share_done(
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    followed: float | None = None,
    level: float = 0.95,
) -> ShareDone:
    """The whole curve of one group, 1 - S, with pointwise limits: those of the share at a norm.

    Args:
        durations: (N,) follow-up times >= 0.
        observed: (N,) completed or still open.
        followed: potential follow-up as of `kaplan_meier_by_group`; None leaves the curve known.
        level: coverage of the limits.

    Raises:
        ValueError: as `kaplan_meier_by_group`.
    """
    time = as_durations(durations)
    flags = as_flags(observed, time.size)
    table = risk_sets(time, None)
    known = np.full(1, np.inf)
    if followed is not None:
        known = known_until(time, ~flags, np.array([followed], np.float64))
    curves = _SegmentedCurves(table, table.sum_at_times(flags), known)
    n_after = np.where(curves.survival > 0.0, table.n_at_risk - curves.n_events, 0.0)
    confidence = MidP.of_product(curves.mean, curves.dispersion, n_after)
    limits = around(curves.survival, *confidence.limits(level))
    is_known = table.times <= known[0]
    return ShareDone(
        times=table.times[is_known],
        share=1.0 - curves.survival[is_known],
        lower=1.0 - limits.upper[is_known],
        upper=1.0 - limits.lower[is_known],
        n_at_risk=table.n_at_risk[is_known],
    )


@dataclass(frozen=True, eq=False, slots=True)
class _AtNorm:
    """Each group's curve at its own norm; (G,) arrays."""

    survival: FloatArray
    confidence: MidP
    n_at_risk: FloatArray


class _SegmentedCurves:
    """Many curves laid end to end; every method answers for all groups together."""

    def __init__(self, table: RiskSets, n_events: IntArray, known: FloatArray) -> None:
        self.table = table
        self.n_events = n_events
        self.known_until = known
        self.survival, self.mean, self.dispersion = _segmented_products(table, n_events)
        self.begin, self.end = table.offsets[:-1], table.offsets[1:]
        self.is_filled = self.end > self.begin
        # Empty groups point at some position of another group; is_filled masks them out.
        self._last = np.maximum(self.end - 1, 0)
        self.last_time = self._pick(table.times, self._last, np.nan)
        self.last_survival = self._pick(self.survival, self._last, np.nan)
        self._is_known_step = table.times <= known[table.group]

    def _pick(self, values: FloatArray, positions: IntArray, otherwise: float) -> FloatArray:
        picked = np.full(self.begin.size, otherwise)
        picked[self.is_filled] = values[positions[self.is_filled]]
        return picked

    def _first_position(self, condition: BoolArray) -> IntArray:
        """First known position of each group where the condition holds, or -1."""
        hits = np.append(np.flatnonzero(condition & self._is_known_step), self.survival.size)
        position = hits[np.searchsorted(hits[:-1], self.begin)]
        return np.where(position < self.end, position, -1)

    def crossings(self, targets: list[float]) -> FloatArray:
        """`first_crossing` for every group and target: (G, Q), NaN when not reached."""
        times, values = self.table.times, self.survival
        found = np.full((self.begin.size, len(targets)), np.nan)
        for column, target in enumerate(targets):
            first = self._first_position(values <= target + FLAT_TOLERANCE)
            drop = self._first_position(values < target - FLAT_TOLERANCE)
            reached = first >= 0
            found[reached, column] = times[first[reached]]
            midway = reached & (drop > first)
            found[midway, column] = (times[first[midway]] + times[drop[midway]]) / 2.0
        return found

    def ends_of_quantiles(
        self, targets: list[float], quantiles: FloatArray, level: float
    ) -> Limits:
        """Ends of the quantiles of every group and target: (G, Q) each, NaN when not reached."""
        n_after = np.where(self.survival > 0.0, self.table.n_at_risk - self.table.n_left, 0.0)
        confidence = MidP.of_product(self.mean, self.dispersion, n_after)
        tail = tail_of(level)
        lower, upper = np.full_like(quantiles, np.nan), np.full_like(quantiles, np.nan)
        for column, target in enumerate(targets):
            reached = confidence.has_chance_below(target, (tail, 1.0 - tail))
            for ends, condition in zip((lower, upper), reached, strict=True):
                first = self._first_position(condition)
                ends[first >= 0, column] = self.table.times[first[first >= 0]]
        furthest = np.minimum(self.known_until, self.last_time)[:, np.newaxis]
        lower = np.where(np.isnan(lower), furthest, lower)
        return around(quantiles, lower, np.where(np.isnan(quantiles), np.nan, upper))

    def _is_known_at(self, t: FloatArray) -> BoolArray:
        # NaN compares false: no norm, no figure.
        is_followed = (t <= self.last_time) | ((self.last_survival == 0.0) & (t >= 0.0))
        known: BoolArray = self.is_filled & is_followed & (t <= self.known_until)
        return known

    def at(self, t: FloatArray) -> _AtNorm:
        """Each curve at its own time, with the number at risk there."""
        table = self.table
        n_groups = self.begin.size
        per_step = t[table.group]
        n_steps = np.bincount(table.group[table.times <= per_step], minlength=n_groups)
        known = self._is_known_at(t)
        position = np.maximum(self.begin + n_steps - 1, 0)
        started = known & (n_steps > 0)
        survival = np.where(known, 1.0, np.nan)
        mean, dispersion = np.ones(n_groups), np.zeros(n_groups)
        survival[started] = self.survival[position[started]]
        mean[started] = self.mean[position[started]]
        dispersion[started] = self.dispersion[position[started]]

        earlier = table.times < per_step
        n_left = np.bincount(
            table.group[earlier], weights=table.n_left[earlier], minlength=n_groups
        )
        n_at_risk = np.where(np.isnan(t), np.nan, table.n - n_left)
        at_t = table.times == per_step
        ended = np.bincount(table.group[at_t], weights=self.n_events[at_t], minlength=n_groups)
        n_after = np.where(known & (survival > 0.0), n_at_risk - ended, 0.0)
        return _AtNorm(survival, MidP.of_product(mean, dispersion, n_after), n_at_risk)

    def events_before(self, t: FloatArray) -> FloatArray:
        """(G,) events before a time of each group's own."""
        earlier = self.table.times < t[self.table.group]
        return np.bincount(
            self.table.group[earlier], weights=self.n_events[earlier], minlength=self.begin.size
        ).astype(np.float64)

    def restricted_means(self, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Restricted mean and standard error of each group: two (G,) arrays."""
        means = np.full(self.begin.size, np.nan)
        errors = np.full(self.begin.size, np.nan)
        known = np.flatnonzero(self._is_known_at(tau))
        if known.size == 0:
            return means, errors
        times = self.table.times
        following = np.append(times[1:], np.inf)
        following[self._last[self.is_filled]] = np.inf
        areas = step_areas(times, following, self.survival, tau[self.table.group])
        weights = greenwood_terms(self.table.n_at_risk, self.n_events, at_exhaustion=0.0)
        before_first = np.minimum(self._pick(times, self.begin, np.nan), tau)
        for g in known:
            here = slice(self.begin[g], self.end[g])
            value, variance = area_and_variance(areas[here], weights[here])
            means[g] = np.minimum(before_first[g] + value, tau[g])
            errors[g] = np.sqrt(variance)
        return means, errors


def _segmented_products(
    table: RiskSets, n_events: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Survival, and mean and dispersion of the upper beta product: (T,) each."""
    survival = (table.n_at_risk - n_events) / table.n_at_risk
    mean, dispersion = product_terms(table.n_at_risk, n_events)
    bounds = table.offsets.tolist()
    for begin, end in pairwise(bounds):
        if end - begin > 1:
            survival[begin:end].cumprod(out=survival[begin:end])
            mean[begin:end].cumprod(out=mean[begin:end])
            dispersion[begin:end].cumsum(out=dispersion[begin:end])
    return survival, mean, np.expm1(dispersion)


def product_terms(n_at_risk: IntArray, n_events: IntArray) -> tuple[FloatArray, FloatArray]:
    """What each time adds to the upper beta product: to its mean, and to log(1 + dispersion)."""
    at_risk = n_at_risk.astype(np.float64)
    remaining = at_risk - n_events + 1.0
    return remaining / (at_risk + 1.0), np.log1p(n_events / ((at_risk + 2.0) * remaining))


def _nowhere(is_unknown: BoolArray, limits: Limits) -> Limits:
    """No limits where there is no figure."""
    return Limits(*(np.where(is_unknown, np.nan, end) for end in limits))


def first_crossing(times: FloatArray, values: FloatArray, target: float) -> float | None:
    """First time the values are at or below the target, midway along an exactly flat step.

    The one rule for a quantile, of a survival curve and of 1 minus an incidence alike.

    Args:
        times: (T,) increasing times.
        values: (T,) what falls with time, such as S; NaN where it is not known.
        target: level to be passed.

    Returns:
        The time in the unit of `times`, or None when the target is not reached.
    """
    reached = values <= target + FLAT_TOLERANCE
    if not reached.any():
        return None
    first = int(reached.argmax())
    dropped = values < target - FLAT_TOLERANCE
    if dropped[first] or not dropped.any():
        return float(times[first])
    return float((times[first] + times[int(dropped.argmax())]) / 2.0)


def first_time(times: FloatArray, condition: BoolArray, otherwise: float) -> float:
    """First time at which a condition holds.

    Args:
        times: (T,) increasing times.
        condition: (T,) whether it holds.
        otherwise: answer where it never does.
    """
    return float(times[int(condition.argmax())]) if condition.any() else otherwise


def survival_level(p: float) -> float:
    """The survival at which a share p is done.

    Raises:
        ValueError: p outside (0, 1).
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"p must lie strictly between 0 and 1, got {p}")
    return 1.0 - p


def _per_group(values: npt.ArrayLike | None, n_groups: int, name: str) -> FloatArray:
    if values is None:
        return np.full(n_groups, np.nan)
    array = np.asarray(values, dtype=np.float64)
    if array.ndim and array.shape != (n_groups,):
        raise ValueError(f"{name} must be a scalar or hold {n_groups} values, got {array.shape}")
    if (array < 0.0).any() or np.isinf(array).any():
        raise ValueError(f"{name} must hold finite times of at least 0, or NaN for none")
    return np.broadcast_to(array, (n_groups,)).copy()
