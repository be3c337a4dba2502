"""The Kaplan-Meier curve of one group, step by step: what the grouped one is held to, bit for bit.

Here: the curve as an object that answers at any time, with R's intervals beside the published ones.
Not here: what is published (`pipelines.statistics.survival`), whose rules for quantiles, products
and what is known this curve shares.

R's intervals (`"log-log"`, `"log"`) tie the curve to published values. Where S is 1 or 0 the
log-log limits do not exist; they get the Clopper-Pearson limit of "none of n" with an effective
sample size: the number at risk at t while S = 1, and n(t) / S(t-) at the step where S falls to 0
(after Dorey and Korn 1987). A quantile's interval is Brookmeyer-Crowley: the times at which the
pointwise limits cross 1 - p. As in R the limits start at 1, so with five cases or fewer the lower
end of a median is optimistic. Where S falls to 0, R's limits are undefined and its upper end is
"not reached" even though every case has arrived; here the log-log kind uses the exact limit just
described. The `"log"` kind keeps R's behaviour to the letter and exists to reproduce R's default
output.

What small groups give (intervals in R's convention):

* **No cases**: None everywhere; 0 at risk.
* **One case, done at x**: S is 1 before x with interval (0.025, 1) and 0 from x on with interval
  (0, 0.975); every quantile is x with ends (x, not reached); the restricted mean is min(x, tau)
  with standard error 0.
* **All censored**: S is 1 up to the last follow-up, with lower limit 0.025^(1 / number at risk),
  and None after it; no quantile is reached; the restricted mean is tau with standard error 0, and
  None for a tau beyond the last follow-up.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipelines.statistics.intervals import around, normal_quantile, tail_of
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.restricted_mean import area_and_variance, step_areas
from pipelines.statistics.risk_sets import (
    FloatArray,
    IntArray,
    as_counts,
    as_durations,
    as_flags,
    greenwood_terms,
    known_until,
    risk_sets,
)
from pipelines.statistics.survival import (
    first_crossing,
    first_time,
    product_terms,
    survival_level,
)

IntervalKind = Literal["beta-product", "log-log", "log"]


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
        product_mean: (T,) mean of the upper beta product (`mid_p`).
        product_dispersion: (T,) its variance over its squared mean.
        n: cases in the group.
        known_until: time up to which the curve is known; infinite when nobody is open or nothing
            is known of the potential follow-up.
    """

    times: FloatArray
    survival: FloatArray
    n_at_risk: IntArray
    n_events: IntArray
    n_censored: IntArray
    variance: FloatArray
    log_variance: FloatArray
    product_mean: FloatArray
    product_dispersion: FloatArray
    n: int
    known_until: float = np.inf

    def at(self, t: float) -> float | None:
        """S(t), right-continuous: an event at t counts as done by t.

        Args:
            t: time in the unit of the durations.

        Returns:
            S(t); None for an empty group, beyond the last follow-up while cases are open, and where
            it is not known.

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
            kind: `"beta-product"`, which is published; `"log-log"`, or `"log"` for R's default. See
                the module for S = 0 and S = 1.

        Returns:
            Lower and upper limit; both None where `at(t)` is None.

        Raises:
            ValueError: t is NaN, or a level outside (0, 1).

        Source:
            Fay, Brittain, Proschan (2013); Kalbfleisch, Prentice (2002), The Statistical Analysis
            of Failure Time Data, 1.4.
        """
        survival = self.at(t)
        if survival is None:
            return None, None
        if kind == "beta-product":
            ends = around(survival, *(end[0] for end in self._confidence_at(t).limits(level)))
            return float(ends.lower), float(ends.upper)
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
        known = self.times <= self.known_until
        return first_crossing(self.times[known], self.survival[known], survival_level(p))

    def quantile_interval(
        self, p: float, level: float = 0.95, kind: IntervalKind = "log-log"
    ) -> tuple[float | None, float | None]:
        """Interval of a quantile: the times at which the pointwise limits cross 1 - p.

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
        if kind == "beta-product":
            return self._product_interval_of_quantile(p, level)
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
        return self.n - n_left

    def rmst(self, tau: float) -> tuple[float | None, float | None]:
        """Restricted mean: average time to completion, counting at most tau per case.

        The standard error is the square root of the sum over event times of
        A(t)² d / (n (n - d)), with A(t) the area under S from t to tau.

        Args:
            tau: horizon >= 0 in the unit of the durations.

        Returns:
            Value and standard error; both None for an empty group, when tau lies beyond the last
            follow-up while cases are open, and when it lies beyond what is known.

        Raises:
            ValueError: tau negative or not finite.

        Source:
            Klein, Moeschberger (2003), Survival Analysis, 4.5.
        """
        if not 0.0 <= tau < np.inf:
            raise ValueError(f"tau must be a finite time of at least 0, got {tau}")
        if not self._is_known_at(tau):
            return None, None
        areas = step_areas(self.times, np.append(self.times[1:], np.inf), self.survival, tau)
        weights = greenwood_terms(self.n_at_risk, self.n_events, at_exhaustion=0.0)
        value, variance = area_and_variance(areas, weights)
        # Nobody waits longer than tau; added up in steps, the last digit can say otherwise.
        mean = np.minimum(np.minimum(self.times[0], tau) + value, tau)
        return float(mean), float(np.sqrt(variance))

    def _confidence_at(self, t: float) -> MidP:
        """Confidence distribution of S(t), as arrays of one."""
        step = int(self.times.searchsorted(t, side="right")) - 1
        moments = (self.product_mean[step], self.product_dispersion[step]) if step >= 0 else (1, 0)
        n_after = 0
        if step < 0 or self.survival[step] > 0.0:
            ended_at_t = self.n_events[step] if step >= 0 and self.times[step] == t else 0
            n_after = self.at_risk_at(t) - ended_at_t
        return MidP.of_product(
            *(np.array([quantity], np.float64) for quantity in (*moments, n_after))
        )

    def _product_interval_of_quantile(
        self, p: float, level: float
    ) -> tuple[float | None, float | None]:
        known = self.times <= self.known_until
        if not self.times.size:
            return None, None
        n_after = self.n_at_risk - self.n_events - self.n_censored
        confidence = MidP.of_product(
            self.product_mean, self.product_dispersion, np.where(self.survival > 0.0, n_after, 0.0)
        ).chance_below(survival_level(p))[known]
        tail = tail_of(level)
        times, value = self.times[known], self.quantile(p)
        lower = first_time(times, confidence >= tail, min(self.known_until, self.times[-1]))
        if value is None:
            return lower, None
        upper = first_time(times, confidence >= 1.0 - tail, np.nan)
        ends = around(value, lower, upper)
        return float(ends.lower), None if np.isnan(ends.upper) else float(ends.upper)

    def _has_finished(self) -> bool:
        return self.times.size > 0 and bool(self.survival[-1] == 0.0)

    def _is_known_at(self, t: float) -> bool:
        is_followed = self.times.size > 0 and (t <= self.times[-1] or self.survival[-1] == 0.0)
        return bool(is_followed and t <= self.known_until)

    def _upper_limit_at_zero(self, level: float) -> FloatArray:
        """Upper limit of S from the step on where it falls to 0, as an array of one."""
        step = int((self.survival == 0.0).argmax())
        just_before = self.survival[step - 1] if step else 1.0
        return none_of_n_upper(self.n_at_risk[step : step + 1] / just_before, level)


def kaplan_meier(
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    counts: npt.ArrayLike | None = None,
    followed: float | None = None,
) -> SurvivalCurve:
    """Estimate the survival curve of one group.

    Args:
        durations: (N,) follow-up times >= 0, in any one unit.
        observed: (N,) True when the hand-off was completed, False when it is still open.
        counts: (N,) cases per row, when rows were already summed per duration.
        followed: potential follow-up, ended or not, that `FEWEST_FOLLOWED` cases have; NaN for a
            smaller group. None leaves the whole curve known.

    Returns:
        The curve.

    Raises:
        ValueError: negative, missing or infinite durations; arrays of different length; an
            indicator other than true or false.

    Source:
        Kaplan, Meier (1958), JASA 53:457.
    """
    time = as_durations(durations)
    flags = as_flags(observed, time.size)
    frequency = as_counts(counts, time.size)
    table = risk_sets(time, frequency)
    n_events = table.sum_at_times(flags)
    survival = ((table.n_at_risk - n_events) / table.n_at_risk).cumprod()
    log_variance = greenwood_terms(table.n_at_risk, n_events, at_exhaustion=np.inf).cumsum()
    mean, dispersion = product_terms(table.n_at_risk, n_events)
    known = np.array([np.inf])
    if followed is not None:
        known = known_until(time, ~flags, np.array([followed], np.float64))
    return SurvivalCurve(
        times=table.times,
        survival=survival,
        n_at_risk=table.n_at_risk,
        n_events=n_events,
        n_censored=table.n_left - n_events,
        variance=np.square(survival) * np.where(survival > 0.0, log_variance, 0.0),
        log_variance=log_variance,
        product_mean=mean.cumprod(),
        product_dispersion=np.expm1(dispersion.cumsum()),
        n=int(table.n[0]),
        known_until=float(known[0]),
    )


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
    value, *ends = (np.nan if crossing is None else crossing for crossing in found)
    lower, upper = (None if np.isnan(end) else float(end) for end in around(value, *ends))
    return lower, upper


def none_of_n_upper(n: npt.ArrayLike, level: float = 0.95) -> FloatArray:
    """Upper limit of a share when none of n cases had it; n may be an effective sample size.

    The Clopper-Pearson limit at zero, 1 - (alpha/2)^(1/n), meaningful for a fractional n too.

    Args:
        n: effective numbers of cases >= 0, any shape.
        level: coverage of the two-sided interval whose upper end this is.

    Returns:
        Limits in (0, 1]; 1 where n is 0.

    Raises:
        ValueError: a level outside (0, 1).

    Source:
        Clopper, Pearson (1934); effective sample sizes under censoring: Dorey, Korn (1987),
        Statistics in Medicine 6:679.
    """
    size = np.asarray(n, dtype=np.float64)
    known = np.where(size > 0, size, 1.0)
    return np.where(size > 0, -np.expm1(np.log(tail_of(level)) / known), 1.0)
