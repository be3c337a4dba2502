"""Figures of hand-offs, estimated again.

Here: cells (period x member), Kaplan-Meier and Aalen-Johansen written out, quantiles and counts.
Not here: pairing and clocks (`handoffs`), limits (`limits`); those of completed-only figures have
oracles of their own in `tests/statistics`.

Conventions: quantile = smallest t with S(t) <= 1 - p, midway along an exactly flat
step; nothing is said beyond the last follow-up while cases are open, nor where it is not known;
completed-only quantiles are of type 7; an exit is no censoring.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.indicators.recompute.limits import (
    Cases,
    chances_of_incidence,
    chances_of_survival,
    ends_of_quantile,
    like_incidence,
    limits_of,
    limits_of_mean,
    limits_of_share,
    limits_of_survival,
)
from tests.indicators.recompute.milestones import Day

NATIONAL = "national"
KEYS = ["handoff_id", "clock", "period_grain", "period", "dimension", "member", "view", "statistic"]
WHOLE_DAYS = ("calendar_days", "working_days")
QUANTILES = {"median": 0.5, "p90": 0.9}
COUNTED = ("completed", "open", "competing")
# Ages in days of what is open: first and last day of each band.
AGES = {
    "open_age_to_7d": (0, 7),
    "open_age_8_to_30d": (8, 30),
    "open_age_31_to_90d": (31, 90),
    "open_age_91_to_180d": (91, 180),
    "open_age_over_180d": (181, 10**6),
}
ROLLING = "rolling_12m"
# Sums and products of fractions miss a round number by some 1e-16.
TINY = 1e-9


def name_of_period(day: pd.Timestamp, grain: str) -> str:
    """`2026-03`, `2026-Q1`, `2026` or `all`."""
    return {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{day.quarter}",
        "year": f"{day.year}",
        "all": "all",
    }[grain]


def period_of(days: pd.Series, grain: str) -> list[str | None]:
    """The period of each day; none where there is no day, except in the whole history."""
    if grain == "all":
        return ["all"] * len(days)
    names = {day: name_of_period(day, grain) for day in days.dropna().unique()}
    return [names.get(day) for day in days]


def cuts(dimensions: list[str]) -> list[tuple[str, str]]:
    """Grain and dimension of every cut: a dimension by quarter and year only, never deeper."""
    national = [(grain, NATIONAL) for grain in ("month", "quarter", "year", "all")]
    return national + [
        (grain, dimension) for dimension in dimensions for grain in ("quarter", "year")
    ]


def cells(
    rows: pd.DataFrame, days: str, dimensions: list[str]
) -> Iterator[tuple[tuple[str, str, str, str], np.ndarray]]:
    """(grain, period, dimension, member) with the positions of the rows of that cell."""
    periods = {grain: period_of(rows[days], grain) for grain in ("month", "quarter", "year", "all")}
    for grain, dimension in cuts(dimensions):
        national = dimension == NATIONAL
        members = [NATIONAL] * len(rows) if national else rows[dimension].tolist()
        found = defaultdict(list)
        for position, key in enumerate(zip(periods[grain], members, strict=True)):
            found[key].append(position)
        for (period, member), positions in found.items():
            if period is not None and isinstance(member, str):
                yield (grain, period, dimension, member), np.array(positions)


def rolling_years(day: pd.Timestamp, first_day: pd.Timestamp, last_day: pd.Timestamp) -> list[str]:
    """The rolling years a day belongs to: each of four whole quarters, named after the last.

    Windows that reach back before the first day of the chain are not given.
    """
    own = day.to_period("Q")
    first, last = first_day.to_period("Q") + 3, last_day.to_period("Q")
    ends = [own + ahead for ahead in range(4)]
    return [f"{end.year}-Q{end.quarter}" for end in ends if first <= end <= last]


def is_running(period: str, reference: Day) -> bool:
    """Whether a month, quarter or year (rolling or not) goes on after the reference date."""
    if period == "all":
        return False
    return pd.Period(period.replace("-Q", "Q")).end_time.normalize() > reference.midnight


@dataclass(frozen=True)
class Curve:
    """How many had ended, by time. `done` is the share completed (1 - S, or the incidence)."""

    times: np.ndarray
    done: np.ndarray
    remaining: np.ndarray

    @classmethod
    def estimate(cls, duration: np.ndarray, status: np.ndarray) -> "Curve":
        """Aalen-Johansen; without exits it is 1 minus Kaplan-Meier."""
        times = np.unique(duration)
        position = np.searchsorted(times, duration)
        left = np.bincount(position, minlength=times.size)
        at_risk = duration.size - np.concatenate([[0], np.cumsum(left)[:-1]])
        completed = np.bincount(position, weights=status == "completed", minlength=times.size)
        exits = np.bincount(position, weights=status == "competing", minlength=times.size)
        remaining = np.cumprod((at_risk - completed - exits) / at_risk)
        before = np.concatenate([[1.0], remaining[:-1]])
        done = np.cumsum(before * completed / at_risk)
        return cls(times, done, remaining)

    def quantile(self, p: float, known_until: float = np.inf) -> float:
        """Time by which a share p is done; NaN when it is not reached while anything is known."""
        is_known = self.times <= known_until
        reached = np.flatnonzero(is_known & (self.done >= p - TINY))
        if not reached.size:
            return np.nan
        beyond = np.flatnonzero(is_known & (self.done > p + TINY))
        if beyond.size and beyond[0] > reached[0]:
            return float(self.times[reached[0]] + self.times[beyond[0]]) / 2
        return float(self.times[reached[0]])

    def share_by(self, time: float) -> float:
        """Share done by a time; NaN where nobody was followed as long while cases are open."""
        if time > self.times[-1] and self.remaining[-1] > TINY:
            return np.nan
        known = np.searchsorted(self.times, time, side="right") - 1
        return float(self.done[known]) if known >= 0 else 0.0


# Where a restricted mean stops: the first at or above twice the median of what was completed.
DAYS = (3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730)
HOURS = (2, 4, 8, 12, 24, 48, 72, 120, 168, 336, 720)


def horizon(rows: pd.DataFrame, unit: str) -> float:
    """The horizon of a hand-off; NaN where nothing was ever completed."""
    done = rows.loc[rows["status"] == "completed", "duration"].dropna()
    if done.empty:
        return np.nan
    ladder = HOURS if unit == "hours" else DAYS
    return float(next((rung for rung in ladder if rung >= 2 * done.median()), ladder[-1]))


def mean_until(duration: np.ndarray, status: np.ndarray, stop: float) -> float:
    """Mean time waiting up to a moment, any end being one; NaN where nobody was followed so far."""
    ended = np.where(status == "open", "open", "completed").astype(object)
    curve = Curve.estimate(duration, ended)
    if stop > curve.times[-1] and curve.remaining[-1] > TINY:
        return np.nan
    waiting, at, total = 1.0, 0.0, 0.0
    for time, done in zip(curve.times, curve.done, strict=True):
        total += waiting * (min(time, stop) - min(at, stop))
        waiting, at = 1.0 - done, time
    return float(total + waiting * max(stop - at, 0.0))


def lead_time_figures(
    rows: pd.DataFrame, rule: object, first_day: pd.Timestamp, reference: Day
) -> pd.DataFrame:
    """Every figure of one hand-off.

    Args:
        rows: Its occurrences, from `handoffs`.
        rule: Its row in the seed.
        first_day: First day on which any hand-off of the chain started.
        reference: Reference date.
    """
    dimensions = [] if pd.isna(rule.dimensions) else rule.dimensions.split("|")
    counted = rows[rows["status"].isin(COUNTED)]
    names = [*KEYS[2:], "value", "numerator", "denominator", "lower", "upper"]

    def on(clock: str, figures: list[tuple]) -> pd.DataFrame:
        # Only of cohorts the limits are worked out again.
        padded = [(*figure, *[np.nan] * (len(names) - len(figure))) for figure in figures]
        return pd.DataFrame(padded, columns=names).assign(clock=clock)

    def estimated(cases: pd.DataFrame, stop: float) -> list[tuple]:
        window = (first_day, reference.midnight)
        return [
            *_cohorts(cases, dimensions, window, stop=stop, may_exit=may_exit),
            *_completed(cases[cases["status"] == "completed"], dimensions),
        ]

    may_exit = not pd.isna(rule.competing_milestone)
    still_open = _still_open(counted, dimensions, first_day, reference)
    stop = horizon(counted, rule.unit)
    parts = [on("gross", [*estimated(counted, stop), *_counts(rows), *still_open])]
    if rule.has_net_clock == "true":
        stood_still = counted["duration"] - counted["net_duration"]
        still_of_norm = counted["norm_duration"] - counted["net_norm"]
        lengths = {
            "duration": counted["net_duration"],
            "norm_duration": counted["net_norm"],
            "followable": counted["followable"] - stood_still,
            "norm_followable": counted["norm_followable"] - still_of_norm,
        }
        parts.append(on("net", [*estimated(counted.assign(**lengths), stop), *_paused(counted)]))
    figures = pd.concat(parts, ignore_index=True).assign(handoff_id=rule.handoff_id)
    if rule.unit in WHOLE_DAYS:
        # All on one day: known to half a day.
        is_one_day = figures["statistic"].isin(QUANTILES) & (figures["lower"] == figures["upper"])
        figures.loc[is_one_day, "lower"] = (figures["lower"] - 0.5).clip(lower=0)
        figures.loc[is_one_day, "upper"] += 0.5
    # What still grows is no figure yet.
    running = {period: is_running(period, reference) for period in figures["period"].unique()}
    figures.loc[figures["period"].map(running), ["value", "lower", "upper"]] = np.nan
    return figures


def _paused(rows: pd.DataFrame) -> Iterator[tuple]:
    """How many of what started stood still for a while."""
    stood_still = rows["net_duration"] < rows["duration"]
    for key, here in cells(rows, "start_date", []):
        yield (*key, "cohort", "paused", float(stood_still.to_numpy()[here].sum()), np.nan, np.nan)


def _within_norm(cases: Cases, norms: np.ndarray) -> tuple[float, ...] | None:
    """Share done within the norm each case started under: numerator, denominator and limits.

    Cases under one norm make one curve; curves are weighed by their numbers of cases, and so are
    the squares of how far the limits lie off (MOVER).
    """
    total = np.isfinite(norms).sum()
    if not total:
        return None
    within, parts = 0.0, []
    for norm in np.unique(norms[np.isfinite(norms)]):
        of_norm = cases.where(norms == norm)
        share, ends = share_by(of_norm, norm)
        parts.append((of_norm.duration.size / total, share, *ends))
        within += ((of_norm.status == "completed") & (of_norm.duration <= norm)).sum()
    weight, share, low, high = np.array(parts).T
    mean = (weight * share).sum()
    lower = mean - np.sqrt((weight**2 * (share - low) ** 2).sum())
    upper = mean + np.sqrt((weight**2 * (high - share) ** 2).sum())
    limits = (max(lower, low.min()), min(upper, high.max()))
    return float(mean), float(within), float(total), *map(float, limits)


def share_by(cases: Cases, time: float) -> tuple[float, tuple[float, float]]:
    """Share done by a time, with its limits; NaN where it is not known."""
    share = Curve.estimate(cases.duration, cases.status).share_by(time)
    if time > cases.known_until or np.isnan(share):
        return np.nan, (np.nan, np.nan)
    if cases.may_exit:
        low, high = limits_of(like_incidence(cases, time, share))
    else:
        high, low = (1 - limit for limit in limits_of_survival(cases, time))
    return share, (min(low, share), max(high, share))


def _quantile(cases: Cases, p: float) -> tuple[float, float, float]:
    """Time by which a share p is done, with the ends of its interval."""
    curve = Curve.estimate(cases.duration, cases.status)
    value = curve.quantile(p, cases.known_until)
    if cases.may_exit:
        chances = chances_of_incidence(cases, curve.times, curve.done, p)
    else:
        chances = chances_of_survival(cases, p)
    return value, *ends_of_quantile(cases, value, chances)


def _cohorts(
    rows: pd.DataFrame,
    dimensions: list[str],
    window: tuple[pd.Timestamp, pd.Timestamp],
    *,
    stop: float,
    may_exit: bool,
) -> Iterator[tuple]:
    all_norms = rows["norm"].to_numpy(float)
    of_clock, of_norm = (
        Cases(
            rows[f"{unit}duration"].to_numpy(),
            rows["status"].to_numpy(object),
            rows[f"{unit}followable"].to_numpy(),
            may_exit,
        )
        for unit in ("", "norm_")
    )
    found = [*cells(rows, "start_date", dimensions), *_rolling_cells(rows, dimensions, window)]
    for key, here in found:
        cases = of_clock.where(here)
        n, done = len(here), float((cases.status == "completed").sum())
        for statistic, p in QUANTILES.items():
            value, *ends = _quantile(cases, p)
            yield (*key, "cohort", statistic, value, done, n, *ends)
        if np.isfinite(stop):
            value = np.nan
            if stop <= cases.known_until:
                value = mean_until(cases.duration, cases.status, stop)
            ends = limits_of_mean(cases, value, stop)
            ended = float((cases.status != "open").sum())
            yield (*key, "cohort", "rmst", value, ended, n, *ends)
        # A norm has a unit of its own: five working days are not five days.
        share = _within_norm(of_norm.where(here), all_norms[here])
        if share is not None:
            yield (*key, "cohort", "share_within_norm", *share)


def _rolling_cells(
    rows: pd.DataFrame, dimensions: list[str], window: tuple[pd.Timestamp, pd.Timestamp]
) -> Iterator[tuple[tuple[str, str, str, str], np.ndarray]]:
    names = {day: rolling_years(day, *window) for day in rows["start_date"].unique()}
    for dimension in [NATIONAL, *dimensions]:
        members = rows[dimension] if dimension != NATIONAL else [NATIONAL] * len(rows)
        found = defaultdict(list)
        for position, (day, member) in enumerate(zip(rows["start_date"], members, strict=True)):
            for name in names[day]:
                found[name, member].append(position)
        for (name, member), positions in found.items():
            if isinstance(member, str):
                yield (ROLLING, name, dimension, member), np.array(positions)


def _completed(rows: pd.DataFrame, dimensions: list[str]) -> Iterator[tuple]:
    all_norms = rows["norm"].to_numpy(float)
    all_durations, all_lengths = rows["duration"].to_numpy(), rows["norm_duration"].to_numpy()
    for key, here in cells(rows, "stop_date", dimensions):
        n = len(here)
        for statistic, p in QUANTILES.items():
            value = float(np.quantile(all_durations[here], p))
            yield (*key, "completed", statistic, value, n, n)
        judged = float(np.isfinite(all_norms[here]).sum())
        if judged:
            within = float((all_lengths[here] <= all_norms[here]).sum())
            ends = limits_of_share(within, judged)
            yield (*key, "completed", "share_within_norm", within / judged, within, judged, *ends)


def _counts(rows: pd.DataFrame) -> Iterator[tuple]:
    """By the period of the start, or of the stop where the start was never delivered."""
    day = rows["start_date"].fillna(rows["stop_date"])
    for grain in ("month", "quarter", "year", "all"):
        pairs = list(zip(period_of(day, grain), rows["status"], strict=True))
        counted = Counter(pairs)
        counted.update((period, "started") for period, status in pairs if status in COUNTED)
        for (period, statistic), n in counted.items():
            key = (grain, period, NATIONAL, NATIONAL, "cohort", statistic)
            yield (*key, float(n), np.nan, np.nan)


def _still_open(
    rows: pd.DataFrame, dimensions: list[str], first_day: pd.Timestamp, reference: Day
) -> Iterator[tuple]:
    """What was open at the end of each period, and how long it had been."""
    start = rows["start_date"].to_numpy("datetime64[D]")
    far = np.datetime64("2200-01-01")
    end = np.minimum(
        rows["stop_date"].fillna(pd.Timestamp(far)).to_numpy("datetime64[D]"),
        rows["exit_date"].fillna(pd.Timestamp(far)).to_numpy("datetime64[D]"),
    )
    since: np.datetime64 | None = None
    for grain, code in {"month": "M", "quarter": "Q", "year": "Y"}.items():
        for span in pd.period_range(first_day, reference.midnight, freq=code):
            last = min(span.end_time.normalize(), reference.midnight).to_datetime64()
            last = last.astype("datetime64[D]")
            is_open = (start <= last) & (end > last)
            if since is None and is_open.any():
                since = last
            # Once something was open, nothing being open is a figure.
            if since is not None and last >= since and not is_open.any():
                name = name_of_period(span.start_time, grain)
                for statistic in ("open", *AGES):
                    key = (grain, name, NATIONAL, NATIONAL, "open", statistic)
                    yield (*key, 0.0, np.nan, np.nan)
            age = (last - start).astype(float)
            name = name_of_period(span.start_time, grain)
            for dimension in [NATIONAL, *(dimensions if grain != "month" else [])]:
                of_row = rows[dimension] if dimension != NATIONAL else [NATIONAL] * len(rows)
                members = np.array(of_row, dtype=object)
                for member in {
                    case_member for case_member in members[is_open] if isinstance(case_member, str)
                }:
                    ages = age[is_open & (members == member)]
                    key = (grain, name, dimension, member, "open")
                    yield (*key, "open", float(ages.size), np.nan, np.nan)
                    yield (*key, "median_age_days", float(np.median(ages)), np.nan, ages.size)
                    for band, (low, high) in AGES.items():
                        n = float(((ages >= low) & (ages <= high)).sum())
                        yield (*key, band, n, np.nan, np.nan)
