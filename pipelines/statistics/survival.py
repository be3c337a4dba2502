"""Kaplan-Meier curves of lead times with open cases, for one group or for thousands at once.

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
* **Pointwise limits** are log-log wherever 0 < S < 1. Where S is 1 or 0 the log-log limits do not
  exist; a share of 0% or 100% still needs an interval, and gets the Clopper-Pearson limit of "none
  of n" with an effective sample size: the number at risk at t while S = 1, and n(t) / S(t-) at the
  step where S falls to 0 (after Dorey and Korn 1987). Without censoring that is exact.
* **Interval of a quantile**: Brookmeyer-Crowley, the times at which the pointwise limits cross
  1 - p. As in R the limits start at 1, so with five cases or fewer the lower end of a median is
  optimistic. Where S falls to 0, R's limits are undefined and its upper end is "not reached" even
  though every case has arrived; here the log-log kind uses the exact limit just described. The
  `"log"` kind keeps R's behaviour to the letter and exists to reproduce R's default output.

What small groups give:

* **No cases**: None everywhere; 0 at risk.
* **One case, done at x**: S is 1 before x with interval (0.025, 1) and 0 from x on with interval
  (0, 0.975); every quantile is x with ends (x, not reached); the restricted mean is min(x, tau)
  with standard error 0.
* **All censored**: S is 1 up to the last follow-up, with lower limit 0.025^(1 / number at risk),
  and None after it; no quantile is reached; the restricted mean is tau with standard error 0, and
  None for a tau beyond the last follow-up.

A standard error of 0 says that the sample shows no variation, not that the figure is certain.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipelines.statistics.intervals import around, none_of_n_upper, normal_quantile
from pipelines.statistics.risk_sets import (
    BoolArray,
    FloatArray,
    IntArray,
    RiskSets,
    as_counts,
    as_durations,
    as_entry,
    as_flags,
    risk_sets,
)

IntervalKind = Literal["log-log", "log"]

FLAT_TOLERANCE = 1e-9
"""Products of fractions miss 0.5 by some 1e-16; a real step is at least 1/n²."""


@dataclass(frozen=True, eq=False, slots=True)
class SurvivalCurve:
    """A Kaplan-Meier curve: S(t) = chance that a hand-off takes longer than t.

    T is the number of distinct durations, censored ones included.

    Attributes:
        times: (T,) distinct durations, increasing.
        survival: (T,) S just after each time.
        n_at_risk: (T,) cases under observation just before each time.
        n_events: (T,) completions at each time.
        n_censored: (T,) open cases whose follow-up ends at each time.
        variance: (T,) Greenwood variance of S; 0 where S is 0.
        log_variance: (T,) Greenwood sum, the variance of log S; infinite where S is 0.
        n: cases in the group.
        entry_times: distinct entry times, increasing, or None without delayed entry.
        n_entered: cases that have entered by each of `entry_times`.
    """

    times: FloatArray
    survival: FloatArray
    n_at_risk: IntArray
    n_events: IntArray
    n_censored: IntArray
    variance: FloatArray
    log_variance: FloatArray
    n: int
    entry_times: FloatArray | None = None
    n_entered: IntArray | None = None

    def at(self, t: float) -> float | None:
        """S(t), right-continuous: an event at t counts as done by t.

        With delayed entry the curve is conditional on reaching the earliest entry time.

        Args:
            t: time in the unit of the durations.

        Returns:
            S(t); None for an empty group, and beyond the last follow-up while cases are open.

        Raises:
            ValueError: t is NaN.
        """
        if np.isnan(t):
            raise ValueError("t must be a number; without a norm there is nothing to evaluate")
        if not self._is_known_at(t):
            return None
        step = int(self.times.searchsorted(t, side="right")) - 1
        return float(self.survival[step]) if step >= 0 else 1.0

    def interval_at(
        self, t: float, level: float = 0.95, kind: IntervalKind = "log-log"
    ) -> tuple[float | None, float | None]:
        """Pointwise interval of S(t).

        Args:
            t: time in the unit of the durations.
            level: coverage.
            kind: `"log-log"`, or `"log"` for R's default. See the module for S = 0 and S = 1.

        Returns:
            Lower and upper limit; both None where `at(t)` is None.

        Raises:
            ValueError: t is NaN, or a level outside (0, 1).

        Source:
            Kalbfleisch, Prentice (2002), The Statistical Analysis of Failure Time Data, 1.4.
        """
        survival = self.at(t)
        if survival is None:
            return None, None
        if survival == 1.0:
            n_effective = np.array([self.at_risk_at(t)], dtype=np.float64)
            return float(1.0 - none_of_n_upper(n_effective, level)[0]), 1.0
        if survival == 0.0:
            return 0.0, float(self._upper_limit_at_zero(level)[0])
        step = int(self.times.searchsorted(t, side="right")) - 1
        here = slice(step, step + 1)
        lower, upper = _pointwise_limits(
            self.survival[here], self.log_variance[here], normal_quantile(level), kind
        )
        return float(lower[0]), float(upper[0])

    def quantile(self, p: float) -> float | None:
        """Time by which a share p of the hand-offs is done.

        Args:
            p: probability in (0, 1); 0.5 is the median, 0.9 the time nine in ten take at most.

        Returns:
            The quantile in the unit of the durations, or None when it is not reached.

        Raises:
            ValueError: p outside (0, 1).

        Source:
            Klein, Moeschberger (2003), Survival Analysis, 4.5; flat steps as in R's `survfit`.
        """
        return first_crossing(self.times, self.survival, survival_level(p))

    def quantile_interval(
        self, p: float, level: float = 0.95, kind: IntervalKind = "log-log"
    ) -> tuple[float | None, float | None]:
        """Brookmeyer-Crowley interval of a quantile.

        Args:
            p: probability in (0, 1).
            level: coverage.
            kind: which pointwise limits to invert.

        Returns:
            Lower and upper end in the unit of the durations; each None when not reached.

        Raises:
            ValueError: p or level outside (0, 1).

        Source:
            Brookmeyer, Crowley (1982), Biometrics 38:29.
        """
        target = survival_level(p)
        lower, upper = _pointwise_limits(
            self.survival, self.log_variance, normal_quantile(level), kind
        )
        if kind == "log-log" and self._has_finished():
            at_zero = self.survival == 0.0
            lower[at_zero] = 0.0
            upper[at_zero] = self._upper_limit_at_zero(level)[0]
        return ends_of_quantile(self.times, (self.survival, lower, upper), target)

    def at_risk_at(self, t: float) -> int:
        """Cases under observation at t: entered before t, follow-up not ended before t.

        Args:
            t: time in the unit of the durations.

        Returns:
            The number to show under the curve.
        """
        before = int(self.times.searchsorted(t, side="left"))
        n_left = int(self.n_events[:before].sum() + self.n_censored[:before].sum())
        if self.entry_times is None or self.n_entered is None:
            return self.n - n_left
        entered = int(self.entry_times.searchsorted(t, side="left"))
        return (int(self.n_entered[entered - 1]) if entered else 0) - n_left

    def rmst(self, tau: float) -> tuple[float | None, float | None]:
        """Restricted mean: average time to completion, counting at most tau per case.

        The standard error is the square root of the sum over event times of
        A(t)² d / (n (n - d)), with A(t) the area under S from t to tau.

        Args:
            tau: horizon >= 0 in the unit of the durations.

        Returns:
            Value and standard error; both None for an empty group, and when tau lies beyond the
            last follow-up while cases are open.

        Raises:
            ValueError: tau negative or not finite.

        Source:
            Klein, Moeschberger (2003), Survival Analysis, 4.5.
        """
        if not 0.0 <= tau < np.inf:
            raise ValueError(f"tau must be a finite time of at least 0, got {tau}")
        if not self._is_known_at(tau):
            return None, None
        areas = _step_areas(self.times, np.append(self.times[1:], np.inf), self.survival, tau)
        weights = _greenwood_terms(self.n_at_risk, self.n_events, at_exhaustion=0.0)
        value, variance = _area_and_variance(areas, weights)
        # Nobody waits longer than tau; added up in steps, the last digit can say otherwise.
        mean = np.minimum(np.minimum(self.times[0], tau) + value, tau)
        return float(mean), float(np.sqrt(variance))

    def _has_finished(self) -> bool:
        return self.times.size > 0 and bool(self.survival[-1] == 0.0)

    def _is_known_at(self, t: float) -> bool:
        return self.times.size > 0 and bool(t <= self.times[-1] or self.survival[-1] == 0.0)

    def _upper_limit_at_zero(self, level: float) -> FloatArray:
        """Upper limit of S from the step on where it falls to 0, as an array of one."""
        step = int((self.survival == 0.0).argmax())
        just_before = self.survival[step - 1] if step else 1.0
        return none_of_n_upper(self.n_at_risk[step : step + 1] / just_before, level)


@dataclass(frozen=True, eq=False, slots=True)
class GroupedSurvival:
    """What the monitor publishes of a lead time, for G groups at once; NaN is "not reached".

    Attributes:
        probabilities: the Q probabilities of the quantiles.
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
    """

    probabilities: tuple[float, ...]
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


def kaplan_meier(
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    entry: npt.ArrayLike | None = None,
    *,
    counts: npt.ArrayLike | None = None,
) -> SurvivalCurve:
    """Estimate the survival curve of one group.

    Args:
        durations: (N,) follow-up times >= 0, in any one unit.
        observed: (N,) True when the hand-off was completed, False when it is still open.
        entry: (N,) time since clock start at which observation began, for extracts that hold only
            cases active after a start date; 0 or below means observed from the start.
        counts: (N,) cases per row, when rows were already summed per duration.

    Returns:
        The curve. With delayed entry an early risk set can be exhausted by its events: S is then 0
        from there on, as the estimator has it; the number at risk shows why.

    Raises:
        ValueError: negative, missing or infinite durations; entry at or after the end of follow-up;
            arrays of different length; an indicator other than true or false.

    Source:
        Kaplan, Meier (1958), JASA 53:457; delayed entry: Klein, Moeschberger (2003), 4.6.
    """
    time = as_durations(durations)
    flags = as_flags(observed, time.size)
    start = as_entry(entry, time)
    frequency = as_counts(counts, time.size)
    table = risk_sets(time, start, frequency)
    n_events = table.sum_at_times(flags)
    survival = ((table.n_at_risk - n_events) / table.n_at_risk).cumprod()
    log_variance = _greenwood_terms(table.n_at_risk, n_events, at_exhaustion=np.inf).cumsum()
    entry_times, n_entered = _entries(start, frequency)
    return SurvivalCurve(
        times=table.times,
        survival=survival,
        n_at_risk=table.n_at_risk,
        n_events=n_events,
        n_censored=table.n_left - n_events,
        variance=np.square(survival) * np.where(survival > 0.0, log_variance, 0.0),
        log_variance=log_variance,
        n=int(table.n[0]),
        entry_times=entry_times,
        n_entered=n_entered,
    )


def kaplan_meier_by_group(  # noqa: PLR0913 – one keyword per published figure
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    group_codes: npt.ArrayLike,
    n_groups: int,
    *,
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
    probabilities: tuple[float, ...] = (0.5, 0.9),
    norm: npt.ArrayLike | None = None,
    tau: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> GroupedSurvival:
    """Estimate the published figures of many groups with one sort.

    Every figure equals, bit for bit, what `kaplan_meier` gives for the group alone. Only the two
    running products per group are taken in a loop: a product over all groups could not be divided
    out again without losing digits.

    Args:
        durations: (N,) follow-up times >= 0.
        observed: (N,) completed or still open.
        group_codes: (N,) codes 0 … n_groups - 1; a negative code leaves the row out, so that one
            array of rows serves several dimensions.
        n_groups: number of groups G, those without rows included.
        entry: (N,) delayed entry, or None.
        counts: (N,) cases per row, or None.
        probabilities: the Q quantiles wanted.
        norm: scalar or (G,) norm per group, in the unit of the durations; NaN where none applies.
        tau: scalar or (G,) horizon of the restricted mean; NaN where none is wanted.
        level: coverage of all intervals (log-log).

    Returns:
        Arrays with one row per group.

    Raises:
        ValueError: as `kaplan_meier`; a code >= n_groups; a negative tau or norm; norm or tau of
            another length than n_groups.

    Source:
        See `SurvivalCurve`.
    """
    codes = np.asarray(group_codes, dtype=np.int64)
    time = as_durations(durations)
    flags = as_flags(observed, time.size)
    start = as_entry(entry, time)
    frequency = as_counts(counts, time.size)
    if codes.shape != time.shape:
        raise ValueError(f"group_codes has shape {codes.shape}, durations {time.shape}")
    if codes.size and codes.max() >= n_groups:
        raise ValueError(f"group code {codes.max()} does not fit {n_groups} groups")
    norms = _per_group(norm, n_groups, "norm")
    horizons = _per_group(tau, n_groups, "tau")
    targets = [survival_level(p) for p in probabilities]
    z = normal_quantile(level)

    kept = codes >= 0
    if not kept.all():
        time, flags, codes = time[kept], flags[kept], codes[kept]
        start = None if start is None else start[kept]
        frequency = None if frequency is None else frequency[kept]
    table = risk_sets(time, start, frequency, codes, n_groups)
    n_events = table.sum_at_times(flags)
    survival, log_variance = _segmented_products(table, n_events)
    curves = _SegmentedCurves(table, survival, log_variance)

    lower, upper = _pointwise_limits(survival, log_variance, z, "log-log")
    upper_at_zero = curves.upper_limit_at_zero(level)
    at_zero = survival == 0.0
    lower[at_zero] = 0.0
    upper[at_zero] = upper_at_zero[table.group[at_zero]]

    at_norm = curves.at(norms, start, frequency, codes)
    norm_lower, norm_upper = _pointwise_limits(at_norm.survival, at_norm.log_variance, z, "log-log")
    is_one = at_norm.survival == 1.0
    is_zero = at_norm.survival == 0.0
    norm_lower[is_one] = 1.0 - none_of_n_upper(at_norm.n_at_risk[is_one], level)
    norm_lower[is_zero] = 0.0
    norm_upper[is_zero] = upper_at_zero[is_zero]

    means, errors = curves.restricted_means(horizons, n_events)
    through = np.concatenate((np.zeros(1, dtype=np.int64), n_events.cumsum()))
    quantiles = curves.crossings(survival, targets)
    ends = around(quantiles, curves.crossings(lower, targets), curves.crossings(upper, targets))
    return GroupedSurvival(
        probabilities=probabilities,
        n=table.n,
        n_events=np.diff(through[table.offsets]),
        last_follow_up=curves.last_time,
        quantiles=quantiles,
        quantile_lower=ends.lower,
        quantile_upper=ends.upper,
        survival_at_norm=at_norm.survival,
        survival_at_norm_lower=norm_lower,
        survival_at_norm_upper=norm_upper,
        n_at_risk_at_norm=at_norm.n_at_risk,
        rmst=means,
        rmst_se=errors,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _AtNorm:
    """Each group's curve at its own norm; (G,) arrays."""

    survival: FloatArray
    log_variance: FloatArray
    n_at_risk: FloatArray


class _SegmentedCurves:
    """Many curves laid end to end; every method answers for all groups together."""

    def __init__(self, table: RiskSets, survival: FloatArray, log_variance: FloatArray) -> None:
        self.table = table
        self.survival = survival
        self.log_variance = log_variance
        self.begin, self.end = table.offsets[:-1], table.offsets[1:]
        self.is_filled = self.end > self.begin
        # Empty groups point at some position of another group; is_filled masks them out.
        self._last = np.maximum(self.end - 1, 0)
        self.last_time = self._pick(table.times, self._last, np.nan)
        self.last_survival = self._pick(survival, self._last, np.nan)

    def _pick(self, values: FloatArray, positions: IntArray, otherwise: float) -> FloatArray:
        picked = np.full(self.begin.size, otherwise)
        picked[self.is_filled] = values[positions[self.is_filled]]
        return picked

    def _first_position(self, condition: BoolArray) -> IntArray:
        """First position of each group where the condition holds, or -1."""
        hits = np.append(np.flatnonzero(condition), self.survival.size)
        position = hits[np.searchsorted(hits[:-1], self.begin)]
        return np.where(position < self.end, position, -1)

    def crossings(self, values: FloatArray, targets: list[float]) -> FloatArray:
        """`first_crossing` for every group and target: (G, Q), NaN when not reached."""
        times = self.table.times
        found = np.full((self.begin.size, len(targets)), np.nan)
        for column, target in enumerate(targets):
            first = self._first_position(values <= target + FLAT_TOLERANCE)
            drop = self._first_position(values < target - FLAT_TOLERANCE)
            reached = first >= 0
            found[reached, column] = times[first[reached]]
            midway = reached & (drop > first)
            found[midway, column] = (times[first[midway]] + times[drop[midway]]) / 2.0
        return found

    def upper_limit_at_zero(self, level: float) -> FloatArray:
        """Upper limit of S once it is 0: (G,), NaN for groups that do not get there."""
        step = self._first_position(self.survival == 0.0)
        finished = step >= 0
        step = step[finished]
        just_before = np.where(
            step > self.begin[finished], self.survival[np.maximum(step - 1, 0)], 1.0
        )
        limit = np.full(self.begin.size, np.nan)
        limit[finished] = none_of_n_upper(self.table.n_at_risk[step] / just_before, level)
        return limit

    def _is_known_at(self, t: FloatArray) -> BoolArray:
        # NaN compares false: no norm, no figure.
        is_followed = (t <= self.last_time) | ((self.last_survival == 0.0) & (t >= 0.0))
        known: BoolArray = self.is_filled & is_followed
        return known

    def at(
        self, t: FloatArray, entry: FloatArray | None, counts: IntArray | None, codes: IntArray
    ) -> _AtNorm:
        """Each curve at its own time, with the number at risk there."""
        table = self.table
        n_groups = self.begin.size
        per_step = t[table.group]
        n_steps = np.bincount(table.group[table.times <= per_step], minlength=n_groups)
        known = self._is_known_at(t)
        position = np.maximum(self.begin + n_steps - 1, 0)
        started = known & (n_steps > 0)
        survival = np.where(known, 1.0, np.nan)
        log_variance = np.where(known, 0.0, np.nan)
        survival[started] = self.survival[position[started]]
        log_variance[started] = self.log_variance[position[started]]

        earlier = table.times < per_step
        n_left = np.bincount(
            table.group[earlier], weights=table.n_left[earlier], minlength=n_groups
        )
        n_entered = table.n.astype(np.float64)
        if entry is not None:
            inside = entry < t[codes]
            weights = None if counts is None else counts[inside]
            n_entered = np.bincount(codes[inside], weights=weights, minlength=n_groups).astype(
                np.float64
            )
        n_at_risk = np.where(np.isnan(t), np.nan, n_entered - n_left)
        return _AtNorm(survival, log_variance, n_at_risk)

    def restricted_means(
        self, tau: FloatArray, n_events: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """Restricted mean and standard error of each group: two (G,) arrays."""
        means = np.full(self.begin.size, np.nan)
        errors = np.full(self.begin.size, np.nan)
        known = np.flatnonzero(self._is_known_at(tau))
        if known.size == 0:
            return means, errors
        times = self.table.times
        following = np.append(times[1:], np.inf)
        following[self._last[self.is_filled]] = np.inf
        areas = _step_areas(times, following, self.survival, tau[self.table.group])
        weights = _greenwood_terms(self.table.n_at_risk, n_events, at_exhaustion=0.0)
        before_first = np.minimum(self._pick(times, self.begin, np.nan), tau)
        for g in known:
            here = slice(self.begin[g], self.end[g])
            value, variance = _area_and_variance(areas[here], weights[here])
            means[g] = np.minimum(before_first[g] + value, tau[g])
            errors[g] = np.sqrt(variance)
        return means, errors


def _segmented_products(table: RiskSets, n_events: IntArray) -> tuple[FloatArray, FloatArray]:
    survival = (table.n_at_risk - n_events) / table.n_at_risk
    log_variance = _greenwood_terms(table.n_at_risk, n_events, at_exhaustion=np.inf)
    bounds = table.offsets.tolist()
    for begin, end in pairwise(bounds):
        if end - begin > 1:
            survival[begin:end].cumprod(out=survival[begin:end])
            log_variance[begin:end].cumsum(out=log_variance[begin:end])
    return survival, log_variance


def _greenwood_terms(n_at_risk: IntArray, n_events: IntArray, at_exhaustion: float) -> FloatArray:
    """Greenwood's d / (n (n - d)); `at_exhaustion` where everybody still at risk has the event."""
    # In floats from the start, so that no product of counts can overflow.
    remaining = (n_at_risk - n_events).astype(np.float64)
    denominator = np.where(remaining > 0.0, n_at_risk * remaining, 1.0)
    return np.where(remaining > 0.0, n_events / denominator, at_exhaustion)


def _pointwise_limits(
    survival: FloatArray, log_variance: FloatArray, z: float, kind: IntervalKind
) -> tuple[FloatArray, FloatArray]:
    """Limits of S where 0 < S < 1; (1, 1) where S is 1, NaN where S is 0 or unknown."""
    inner = (survival > 0.0) & (survival < 1.0)
    log_survival = np.log(np.where(inner, survival, 0.5))
    error = np.sqrt(np.where(inner, log_variance, 0.0))
    outer = np.where(survival == 1.0, 1.0, np.nan)
    if kind == "log-log":
        spread = np.exp(z * error / log_survival)
        lower, upper = np.exp(log_survival / spread), np.exp(log_survival * spread)
    elif kind == "log":
        lower = np.exp(log_survival - z * error)
        upper = np.minimum(np.exp(log_survival + z * error), 1.0)
    else:
        raise ValueError(f"kind must be 'log-log' or 'log', got {kind!r}")
    return around(survival, np.where(inner, lower, outer), np.where(inner, upper, outer))


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


def ends_of_quantile(
    times: FloatArray, curve_and_limits: tuple[FloatArray, FloatArray, FloatArray], target: float
) -> tuple[float | None, float | None]:
    """Times at which the limits of a curve pass a target, with the curve's own time between them.

    Args:
        times: (T,) increasing times.
        curve_and_limits: the curve, its lower and its upper limits, (T,) each.
        target: level to be passed.

    Returns:
        Lower and upper end in the unit of `times`; each None when not reached.
    """
    found = [first_crossing(times, values, target) for values in curve_and_limits]
    value, *ends = (np.nan if one is None else one for one in found)
    lower, upper = (None if np.isnan(one) else float(one) for one in around(value, *ends))
    return lower, upper


def _step_areas(
    times: FloatArray, following: FloatArray, survival: FloatArray, tau: float | FloatArray
) -> FloatArray:
    """Area under S of the step that starts at each time, cut off at tau."""
    return (np.minimum(following, tau) - np.minimum(times, tau)) * survival


def _area_and_variance(areas: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Area under S after the first time, and the Greenwood-area variance.

    Running sums throughout: numpy's plain sum adds in blocks whose order depends on the length, and
    one group and many groups must give the same digits.
    """
    to_come = areas[::-1].cumsum()[::-1]
    return float(to_come[0]), float((np.square(to_come) * weights).cumsum()[-1])


def _entries(
    entry: FloatArray | None, counts: IntArray | None
) -> tuple[FloatArray | None, IntArray | None]:
    if entry is None:
        return None, None
    distinct, position = np.unique(entry, return_inverse=True)
    entered = np.bincount(position, weights=counts, minlength=distinct.size).astype(np.int64)
    return distinct, entered.cumsum()


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
