"""Signals: which series of the long table are charted, and what their charts say.

Belongs here: choosing the series, the norm and the rebases of each, and the two tables that come
out: `signal` (one row per charted series) and `signal_point` (one per point).

Does not belong here: charts and rules (`pipelines.statistics.signals`), one series on its chart
(`series_signal`), which signals are put before a meeting (`agenda`), small numbers
(`pipelines.disclosure`: an audience whose figures are protected gets the signals of its protected
figures, see `pipelines.publication.publish`).

Decisions:

* **Months and quarters.** Nationally both; a member of a dimension by quarter. Years are too few,
  and rolling twelve months share eleven of twelve months with their neighbour.
* **Periods followed long enough.** A running period has no place in a chart, nor has a cohort of
  which part was not yet followed for the horizon of its statistic: its figure stands, its interval
  is wide, and on the chart it would stand out for want of follow-up alone (in chains without
  stories one latest month in four did). Warning `still_followed` where later periods exist.
* **The headline view only.** A completed view is context; nobody should act on its signals.
* **A lead time** is charted by median and P90. Where a quantile was not reached in a full period of
  the series, no limits are drawn on it and the rules run on share within norm instead, or on the
  restricted mean where there is no norm (`reason` quantile_not_reached, `instead`).
* **Shares, counts and rates** get limits from moving ranges with three events a period on average,
  and three non-events for a share: below that more than 3% of series without any story signal on
  their last point (26% at 0.3 events). Those of shares and rates are Laney's (charts `p_prime` and
  `u_prime`): a period of few cases may stray further. Sparser ones get exact binomial or Poisson
  limits and the first rule only (chart `exact`, see `pipelines.statistics.exact_charts`), unless
  the cases are so many that a handful of events must come in clumps. What gets neither is
  `too_sparse`.
* **Starting up is no part of the chart.** The first periods with less than a quarter of the usual
  number of cases swing more than twice as widely as the others, and the moving ranges of two or
  three of them widen the limits of all. Limits begin after them (warning `few_at_start`), and with
  the first figure that is not withheld: what is rare at first and then often mentioned would have
  no chart at all. Where nothing changes, what is left stays as it was in any order. Exact limits
  are drawn for the cases of each period and need no such thing.
* **Withheld periods are gaps**, and they are the low ones. A series of which more than a quarter of
  the periods from its first figure on has no value is not charted (`too_many_gaps`), nor is a
  sparse one with any.
* **Whole days and whole cases.** Where points differ by little more than one step of their scale,
  moving ranges are mostly zero and the limits collapse onto the mean: at a sigma of half a step 13%
  of series without any story signal, from three quarters on about 4%. Below that a series is
  `too_coarse` (Wheeler: chunky data); for a quantile the rules run on share within norm or
  restricted mean instead, as above. All of this is judged of the group that began with the last
  rebase, and each earlier group on its own: without limits where it is too coarse.
* **A state of today is no series.** What was issued last quarter is still in its first state, and
  what was issued before it no longer is: by the state a recommendation has now the newest quarter
  always stands out, so its members are not charted.
* **Stocks** are charted on their changes (`Scale.CHANGES`), and one that keeps growing signals too
  (rule `growth`): its changes are ordinary, their mean is not zero.
* **Only the platform's own note can rebase**: kind `herijking`, with a date and a text. It holds
  for its indicator, or for every indicator of its hand-off when it names none.
* **A change of norm** is no rebase. A share within norm has another meaning after it, so the series
  says so: warning `norm_changed`.
* **Alike and lopsided points**, as a queue gives, and **clumped events** signal more often without
  any change. The rate is that of series of the same shape (`false_alarms`), and a warning says why
  (`alike_points`, `lopsided_points`, `clumped_events`). The chance of a signal takes it into
  account.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.agenda import with_agenda
from pipelines.indicators.background import Background
from pipelines.indicators.cells import NATIONAL
from pipelines.indicators.false_alarms import causes, false_alarm_rate
from pipelines.indicators.families import chances_of_members
from pipelines.indicators.periods import (
    GRAINS,
    first_period_from,
    last_full_period,
    period_number,
)
from pipelines.indicators.rare_events import RareSeries
from pipelines.indicators.series_signal import (
    Scale,
    SeriesSignal,
    norm_day,
    signal_of_events,
    signal_of_gaps,
    signal_of_series,
)
from pipelines.statistics.signals import ROUNDING, Direction, Rule

SIGNAL_COLUMNS = {
    "signal_id": "string",
    "series_id": "string",
    "indicator": "string",
    "version": "string",
    "statistic": "string",
    "view": "string",
    "side": "string",
    "unit": "string",
    "period_grain": "string",
    "dimension": "string",
    "member": "string",
    "chart": "string",
    "direction": "string",
    "period": "string",
    "since": "string",
    "n_run": "Int64",
    "n_points": "Int64",
    "n_gaps": "Int64",
    "variation": "string",
    "rule": "string",
    "moved": "string",
    "assurance": "string",
    "norm": "Float64",
    "value": "Float64",
    "centre": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "difference": "Float64",
    "newest_period": "string",
    "newest_value": "Float64",
    "is_confirmed": "boolean",
    "is_provisional": "boolean",
    "rebased_on": "object",
    "warnings": "string",
    "reason": "string",
    "instead": "string",
    "is_headline": "boolean",
    "n_compared": "Int64",
    "autocorrelation": "Float64",
    "skewness": "Float64",
    "dispersion": "Float64",
    "false_alarm_rate": "Float64",
    "p_value": "Float64",
    "evidence": "Float64",
    "strength": "string",
    "item": "string",
    "item_p_value": "Float64",
    "item_strength": "string",
    "discussion_rank": "Int64",
    "expected_false": "Float64",
}
POINT_COLUMNS = {
    "series_id": "string",
    "position": "Int64",
    "period": "string",
    "value": "Float64",
    "centre": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "near_lower": "Float64",
    "near_upper": "Float64",
    "rule": "string",
    "moved": "string",
    "variation": "string",
    "is_rebase": "boolean",
}
# Fewest events (and, of a share, non-events) a period on average; see the module's decisions.
FEWEST_EVENTS = 3.0
# Cases a period on average up to which few events are taken to be independent.
MOST_CASES_EXACT = 500.0
MOST_GAPS = 0.25
# Of the median number of cases a period: fewer, and the figures of a start-up are no points yet.
START_UP_SHARE = 0.25
_STEP_OF_UNIT = {"calendar_days": 1.0, "working_days": 1.0}
# Beyond it a chance says no more, and a scale that ends somewhere can still be sorted.
STRONGEST_EVIDENCE = 12.0

_SERIES = ["indicator", "version", "statistic", "view", "side", "unit", "period_grain", "dimension",
           "member"]  # fmt: skip
_QUANTILES = frozenset({"median", "p90"})
# Statistics charted per kind of indicator, each in its headline view; the first is the headline.
_CHARTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "lead_time": (
        ("median", "cohort"),
        ("p90", "cohort"),
        ("share_within_norm", "cohort"),
        ("rmst", "cohort"),
    ),
    "cumulative_incidence": (("cumulative_incidence_12m", "cohort"),),
    "reconciliation": (("matched", "cohort"),),
    "share": (("share", "cohort"),),
    "rate": (("rate", "completed"),),
    "count": (("count", "completed"),),
    "flow": (("count", "completed"),),
    "stock": (("count", "open"),),
}
# What counts as an event when asking whether a series is too sparse.
_EVENTS = {
    "share": "numerator",
    "matched": "numerator",
    "share_within_norm": "numerator",
    "cumulative_incidence_12m": "numerator",
    "rate": "numerator",
    "count": "value",
}
# Statistics that are events over cases or time; those with open cases in them are estimates.
_EXACT = frozenset({"share", "matched", "rate", "count"})
# Dimensions by what a case is now, and not by what it was in its period.
_OF_TODAY = frozenset({"recommendation_state"})
_HAS_NON_EVENTS = frozenset({"share", "matched", "share_within_norm", "cumulative_incidence_12m"})
CHARTS_OF_RANGES = frozenset({"xmr", "p_prime", "u_prime"})
"""Charts with limits from moving ranges, which the few cases of a start-up would widen."""
# Statistic and unit of the gaps between rare events, per chart.
_GAPS = {"t": ("days_between", "calendar_days"), "g": ("cases_between", "cases")}
_TURNED = {"lower": "higher", "higher": "lower", "neutral": "neutral"}
_DIRECTIONS = {
    "lower": Direction.LOWER_IS_BETTER,
    "higher": Direction.HIGHER_IS_BETTER,
    "neutral": Direction.NEUTRAL,
}


@dataclass(frozen=True)
class Signals:
    """The two tables.

    Attributes:
        signal: One row per charted series, with the columns of `SIGNAL_COLUMNS`.
        points: One row per period of every series with limits: `POINT_COLUMNS`.
    """

    signal: pd.DataFrame
    points: pd.DataFrame


@dataclass
class _Rows:
    """The rows of both tables as they grow; points as one array per column and series."""

    signals: list[dict[str, Any]] = field(default_factory=list)
    members: list[tuple[dict[str, Any], SeriesSignal]] = field(default_factory=list)
    points: dict[str, list[Any]] = field(default_factory=lambda: {one: [] for one in POINT_COLUMNS})

    def add_points(self, series_id: str, signal: SeriesSignal) -> None:
        n = len(signal.periods)
        for name, values in {
            "series_id": [series_id] * n,
            "position": range(n),
            "period": signal.periods,
            "value": signal.values,
            "centre": signal.centre,
            "lower": signal.lower,
            "upper": signal.upper,
            "near_lower": signal.near_lower,
            "near_upper": signal.near_upper,
            "rule": [one.value for one in signal.rules],
            "moved": [_moved(one) for one in signal.sides.tolist()],
            "variation": [None if one is None else one.value for one in signal.point_variation],
            "is_rebase": np.diff(signal.group, prepend=0) > 0,
        }.items():
            self.points[name].extend(values)


def signals_of(
    results: pd.DataFrame, background: Background, rare: Sequence[RareSeries] = ()
) -> Signals:
    """Chart every series of the long table that has a chart.

    Args:
        results: Figures in the long contract; the protected ones of an audience give its signals.
        background: Register, norms and rebases.
        rare: Gaps between rare events, for an audience that may see single events.

    Returns:
        Both tables, in a fixed order.
    """
    rows = _charted_rows(results, background)
    found = _Rows()
    not_reached = _quantiles_not_reached(rows)
    for key, series in _series_of(rows):
        _add_series(found, key, series, background, not_reached)
    for row, chance in chances_of_members(found.members):
        row.update(_chance(chance))
    for one in rare:
        _add_rare(found, one, background)
    signal = pd.DataFrame(found.signals, columns=list(SIGNAL_COLUMNS))
    signal = with_agenda(_with_headline(_with_instead(signal), background), background)
    return Signals(
        signal.astype({name: one for name, one in SIGNAL_COLUMNS.items() if one != "object"}),
        pd.DataFrame(found.points).astype(POINT_COLUMNS),
    )


def write_signals(connection: duckdb.DuckDBPyConnection, schema: str, signals: Signals) -> None:
    """Write both tables to a schema or attached database.

    Args:
        connection: Open connection.
        schema: Where they go, as a prefix in SQL.
        signals: The tables.
    """
    for name, frame in (("signal", signals.signal), ("signal_point", signals.points)):
        connection.register("signals_to_write", frame)
        columns = "* replace (cast(rebased_on as date) as rebased_on)" if name == "signal" else "*"
        connection.execute(
            f"create or replace table {schema}.{name} as select {columns} from signals_to_write"
        )
        connection.unregister("signals_to_write")


def _charted_rows(results: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Rows of the series that have a chart, of periods that were followed long enough."""
    charted = pd.DataFrame(
        [
            (indicator, statistic, view)
            for indicator, kind in background.kinds.items()
            for statistic, view in _CHARTED.get(kind, ())
        ],
        columns=["indicator", "statistic", "view"],
    )
    is_series = results["period_grain"].isin(GRAINS) & ~results["dimension"].isin(_OF_TODAY)
    rows = results[is_series & (results["clock"] == "gross")]
    rows = rows.merge(charted, on=["indicator", "statistic", "view"])
    if rows.empty:
        return rows
    numbers = {
        period: period_number(period, grain)
        for grain in GRAINS
        for period in rows.loc[rows["period_grain"] == grain, "period"].unique()
    }
    rows = rows.assign(number=rows["period"].map(numbers))
    keys = ["indicator", "statistic", "period_grain"]
    last_numbers = rows[keys].drop_duplicates()
    for name, last_day in (
        ("until", background.due_until),
        ("followed", background.followed_until),
    ):
        last_numbers[name] = [
            last_full_period(last_day(indicator, statistic, grain), grain)
            for indicator, statistic, grain in last_numbers[keys].itertuples(index=False, name=None)
        ]
    rows = rows.merge(last_numbers, on=keys)
    rows = rows.sort_values([*_SERIES, "number"], ignore_index=True)
    # A share over one is refused at the door out, for that reason; here it is no point.
    is_impossible = rows["statistic"].isin(_HAS_NON_EVENTS) & (rows["value"] > 1.0 + ROUNDING)
    rows["value"] = rows["value"].mask(is_impossible)
    # Beside what is charted stands the newest figure there is, also of cases still followed.
    newest = rows[(rows["status"] == "ok") & rows["value"].notna()].drop_duplicates(
        _SERIES, keep="last"
    )
    newest = newest[[*_SERIES, "period", "value"]].rename(
        columns={"period": "newest_period", "value": "newest_value"}
    )
    # Periods a late table does not tell of are missing at the end of the series.
    rows = rows[rows["number"] <= rows["followed"]]
    return rows.merge(newest, how="left", on=_SERIES)


def _series_of(rows: pd.DataFrame) -> Iterable[tuple[dict[str, str], "_Course"]]:
    """Each series with its key, cut out of the sorted rows."""
    if rows.empty:
        return
    keys = rows[_SERIES]
    is_first = (keys != keys.shift()).any(axis=1).to_numpy(dtype=bool)
    starts = np.flatnonzero(is_first)
    stops = np.append(starts[1:], len(rows))
    named = keys.iloc[starts].to_dict("records")
    columns = {
        name: rows[name].to_numpy(dtype=np.float64)
        for name in ("value", "numerator", "denominator")
    }
    period, status = rows["period"].to_numpy(object), rows["status"].to_numpy(object)
    until = rows["until"].to_numpy(np.int64)
    newest_period = rows["newest_period"].to_numpy(object)
    newest_value = rows["newest_value"].to_numpy(dtype=np.float64)
    for key, start, stop in zip(named, starts.tolist(), stops.tolist(), strict=True):
        cut = slice(start, stop)
        yield (
            {str(name): str(value) for name, value in key.items()},
            _Course(
                period[cut].tolist(),
                np.where(status[cut] == "ok", columns["value"][cut], np.nan),
                columns["numerator"][cut],
                columns["denominator"][cut],
                status[cut].tolist(),
                int(until[start]),
                (newest_period[start], float(newest_value[start])),
            ),
        )


@dataclass(frozen=True)
class _Course:
    """The figures of one series in order of period; a figure that may not be shown is NaN.

    `until` is the number of the last period that was followed long enough, `newest` period and
    value of the newest figure, also of a period that was not.
    """

    periods: list[str]
    value: npt.NDArray[np.float64]
    numerator: npt.NDArray[np.float64]
    denominator: npt.NDArray[np.float64]
    status: list[str]
    until: int
    newest: tuple[str, float]

    def events(self, statistic: str) -> float:
        """Events a period on average, of a share the rarer of event and non-event."""
        if statistic not in _EVENTS:
            return np.inf
        is_known = ~np.isnan(self.value)
        if not is_known.any():
            return 0.0
        count = self.numerator if _EVENTS[statistic] == "numerator" else self.value
        mean = float(np.nanmean(count[is_known])) if not np.isnan(count[is_known]).all() else 0.0
        if statistic not in _HAS_NON_EVENTS:
            return mean
        others = (self.denominator - self.numerator)[is_known]
        return min(mean, float(np.nanmean(others)) if not np.isnan(others).all() else 0.0)

    def cases(self, statistic: str) -> float:
        """Cases a period on average of what is a share of cases; 0 for anything else."""
        if statistic not in _HAS_NON_EVENTS or np.isnan(self.denominator).all():
            return 0.0
        return float(np.nanmean(self.denominator))

    def since(self, rebases: Sequence[date], grain: str) -> "_Course":
        """The course from the last rebase on that leaves any of it."""
        numbers = [period_number(one, grain) for one in self.periods]
        starts = [first_period_from(day, grain) for day in rebases]
        begun = max((one for one in starts if numbers and one <= numbers[-1]), default=None)
        return self if begun is None else self._from(int(np.searchsorted(numbers, begun)))

    def after_start_up(self) -> "_Course":
        """The course from its first figure on that rests on a share of the usual number of cases.

        Withheld periods at the start are the low ones of a start-up, as those of few cases are.
        """
        is_known = ~np.isnan(self.value)
        has_cases = is_known & ~np.isnan(self.denominator)
        least = 0.0
        if has_cases.any():
            least = START_UP_SHARE * float(np.median(self.denominator[has_cases]))
        return self._from(int(np.argmax(is_known & ~(self.denominator < least))))

    def _from(self, start: int) -> "_Course":
        cut = slice(start, None)
        return _Course(
            self.periods[cut],
            self.value[cut],
            self.numerator[cut],
            self.denominator[cut],
            self.status[cut],
            self.until,
            self.newest,
        )

    def events_and_base(
        self, statistic: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Events, and the cases or time they came from; NaN where there is no figure."""
        is_known = ~np.isnan(self.value)
        if statistic == "count":
            return self.value, np.where(is_known, 1.0, np.nan)
        return (
            np.where(is_known, self.numerator, np.nan),
            np.where(is_known, self.denominator, np.nan),
        )


def _quantiles_not_reached(rows: pd.DataFrame) -> set[tuple[str, ...]]:
    """Keys of the series of quantiles that lack a value for a period for want of ended cases."""
    is_open = rows["statistic"].isin(_QUANTILES) & (rows["status"] == "not_reached")
    return {
        tuple(str(one) for one in key)
        for key in rows.loc[is_open, _SERIES].drop_duplicates().itertuples(index=False)
    }


def _add_series(
    found: _Rows,
    key: dict[str, str],
    course: _Course,
    background: Background,
    not_reached: set[tuple[str, ...]],
) -> None:
    """Chart one series, or say why not."""
    indicator, statistic, grain = key["indicator"], key["statistic"], key["period_grain"]
    kind = background.kinds[indicator]
    direction = _direction(background.directions.get(indicator, "neutral"), kind, statistic)
    rebases = background.rebases_of(indicator)
    chart = _chart_of(course.since(rebases, grain), kind, statistic)
    n_periods = len(course.periods)
    if chart in CHARTS_OF_RANGES:
        course = course.after_start_up()
    shared: dict[str, Any] = {
        "grain": grain,
        "direction": _DIRECTIONS[direction],
        "rebased_on": rebases,
        "until": course.until,
    }
    if chart == "exact":
        signal = signal_of_events(
            course.periods,
            *course.events_and_base(statistic),
            is_share=statistic in _HAS_NON_EVENTS,
            **shared,
        )
    else:
        norm = None
        if statistic in {"median", "p90", "rmst"}:
            norm = background.norm_of(indicator, key["unit"], norm_day(course.periods, grain))
        signal = signal_of_series(
            course.periods,
            course.value,
            norm=norm,
            scale=Scale.VALUES if chart == "none" else Scale(chart),
            base=course.denominator,
            step=_step(course.value, key),
            **shared,
        )
    has_gap = tuple(key[name] for name in _SERIES) in not_reached
    reason = "quantile_not_reached" if has_gap else _why_not(signal, key, chart)
    series_id = _series_id(key)
    row: dict[str, Any] = {"series_id": series_id, **key, "direction": direction, "instead": None}
    if reason in {"quantile_not_reached", "too_coarse"} and statistic in _QUANTILES:
        row["instead"] = "share_within_norm" if background.has_norm(indicator) else "rmst"
    row |= {"newest_period": course.newest[0], "newest_value": course.newest[1]}
    row |= _no_chart(signal, reason) if reason else _summary(signal, chart, statistic)
    warnings = [row["warnings"]] if row["warnings"] else []
    if statistic == "share_within_norm" and _norm_changed(signal, grain, background, indicator):
        warnings.append("norm_changed")
    if course.until < last_full_period(background.reference_day, grain):
        warnings.append("still_followed")
    if len(course.periods) < n_periods:
        warnings.append("few_at_start")
    row["warnings"] = "|".join(warnings)
    row["is_confirmed"] = _is_confirmed(row)
    row["signal_id"] = f"{series_id}.{row['rule']}.{row['period']}"
    found.signals.append(row)
    if not reason:
        found.add_points(series_id, signal)
        if key["dimension"] != NATIONAL:
            found.members.append((row, signal))


def _add_rare(found: _Rows, one: RareSeries, background: Background) -> None:
    """Chart the gaps between the occurrences of one rare event."""
    signal = signal_of_gaps(
        one.days,
        one.gaps,
        in_cases=one.chart == "g",
        direction=_DIRECTIONS[one.direction],
        rebased_on=background.rebases_of(one.indicator),
    )
    statistic, unit = _GAPS[one.chart]
    key = {
        "indicator": one.indicator,
        "version": one.version,
        "statistic": statistic,
        "view": "completed",
        "side": "both",
        "unit": unit,
        "period_grain": "event",
        "dimension": NATIONAL,
        "member": NATIONAL,
    }
    row: dict[str, Any] = {
        "series_id": _series_id(key),
        **key,
        "direction": one.direction,
        "instead": None,
    }
    row |= _summary(signal, one.chart, statistic)
    row |= {"newest_period": row["period"], "newest_value": row["value"]}
    row["is_confirmed"] = _is_confirmed(row)
    row["signal_id"] = f"{row['series_id']}.{row['rule']}.{row['period']}"
    found.signals.append(row)
    found.add_points(str(row["series_id"]), signal)


def _series_id(key: Mapping[str, str]) -> str:
    """Name of a series, the same in every publication."""
    return ".".join(key[name] for name in _SERIES if name not in {"version", "unit"})


def _chart_of(course: "_Course", kind: str, statistic: str) -> str:
    """The chart that fits a series; `none` when it is too sparse for any."""
    if kind == "stock":
        return "xmr_of_changes"
    if course.events(statistic) >= FEWEST_EVENTS:
        # Without the numbers of some period (no audience withholds them alone) values say it all.
        has_base = not np.isnan(course.denominator[~np.isnan(course.value)]).any()
        if statistic in _HAS_NON_EVENTS and has_base:
            return "p_prime"
        return "u_prime" if statistic == "rate" and has_base else "xmr"
    # The withheld counts of a sparse series are its ordinary ones: what is left says nothing.
    is_whole = "suppressed" not in course.status
    has_few = course.cases(statistic) <= MOST_CASES_EXACT
    return "exact" if statistic in _EXACT and is_whole and has_few else "none"


def _why_not(signal: SeriesSignal, key: Mapping[str, str], chart: str) -> str | None:
    """Why a series has no chart; None when it has one."""
    n_known = int(np.count_nonzero(~np.isnan(signal.values)))
    if n_known < 2:  # noqa: PLR2004 – one moving range
        return "too_few_points"
    if chart == "none":
        return "too_sparse"
    if 1 - n_known / len(signal.periods) > MOST_GAPS:
        return "too_many_gaps"
    return "too_coarse" if signal.is_coarse else None


def _step(values: npt.NDArray[np.float64], key: Mapping[str, str]) -> float:
    """Smallest difference two points of a series can have."""
    if key["statistic"] == "count":
        return 1.0
    if key["statistic"] in _QUANTILES:
        known = np.unique(values[~np.isnan(values)])
        smallest = float(np.diff(known).min()) if known.size > 1 else np.inf
        return _STEP_OF_UNIT.get(key["unit"], smallest)
    # Shares and means lie on no scale of steps; how few cases they rest on is judged apart.
    return 0.0


def _direction(direction: str, kind: str, statistic: str) -> str:
    """Which way is better for a statistic: fewer days is a higher share within the norm."""
    is_turned = kind == "lead_time" and statistic == "share_within_norm"
    return _TURNED[direction] if is_turned else direction


def _norm_changed(signal: SeriesSignal, grain: str, background: Background, indicator: str) -> bool:
    """Whether the norm changed within the last group of a share within it."""
    if signal.last is None:
        return False
    start = int(np.flatnonzero(signal.group == signal.group[signal.last])[0])
    first = norm_day([signal.periods[start]], grain)
    last = norm_day([signal.periods[signal.last]], grain)
    return any(first < day <= last for day in background.norm_changes(indicator))


def _summary(signal: SeriesSignal, chart: str, statistic: str) -> dict[str, Any]:
    last = signal.last
    assert last is not None, "a charted series has a point"
    rate = false_alarm_rate(chart, statistic, signal.shape)
    assert rate is not None, "a chart has a rate"
    since = signal.since
    return {
        "chart": chart,
        "period": signal.periods[last],
        "since": None if since is None else signal.periods[since],
        "n_run": None if since is None else last - since + 1,
        "n_points": int(np.count_nonzero(~np.isnan(signal.values))),
        "n_gaps": int(np.count_nonzero(np.isnan(signal.values))),
        "variation": signal.variation,
        "rule": signal.rule.value,
        "moved": _moved(signal.side),
        "assurance": signal.assurance.value,
        "norm": signal.norm,
        "value": signal.values[last],
        "centre": signal.centre[last],
        "lower": signal.lower[last],
        "upper": signal.upper[last],
        "difference": _difference(signal, chart),
        "is_provisional": signal.is_provisional,
        "rebased_on": signal.rebased_on,
        "warnings": "|".join(
            (*(one.value for one in signal.warnings), *causes(chart, signal.shape))
        ),
        "reason": signal.rule.value,
        "autocorrelation": signal.shape.autocorrelation,
        "skewness": signal.shape.skewness,
        "dispersion": signal.shape.dispersion,
        "false_alarm_rate": rate,
        **_chance(signal.p_value),
    }


def _chance(p_value: float) -> dict[str, float]:
    """A chance and the evidence it is."""
    # Beyond it a chance says no more.
    chance = max(p_value, 10.0**-STRONGEST_EVIDENCE)
    return {"p_value": chance, "evidence": -math.log10(chance) + 0.0}


def _is_confirmed(row: Mapping[str, Any]) -> bool | None:
    """Whether the newest figure lies where the signal says; None without a signal.

    A figure of cases that are followed too briefly for the chart has a wide interval: on the other
    side of the centre it does not refute the signal, and it no longer supports it.
    """
    if not row.get("moved"):
        return None
    if row["newest_period"] == row["period"]:
        return True
    distance = row["newest_value"] - row["centre"]
    return bool(distance > 0 if row["moved"] == "up" else distance < 0)


def _difference(signal: SeriesSignal, chart: str) -> float:
    """How far the last point, or the run it is part of, lies from its centre, in its unit.

    A stock is charted on its changes: how much it rose or fell beyond the usual adds up over a run.
    One that keeps growing has come so far from where that began.
    """
    last, since = signal.last, signal.since
    assert last is not None, "a charted series has a point"
    if signal.rule is Rule.GROWTH and since:
        return float(signal.values[last] - signal.values[since - 1])
    if since is None or signal.rule is Rule.OUTSIDE:
        since = last
    run = (signal.values - signal.centre)[since : last + 1]
    return float(np.nansum(run) if chart == "xmr_of_changes" else np.nanmean(run))


def _no_chart(signal: SeriesSignal, reason: str) -> dict[str, Any]:
    known = np.flatnonzero(~np.isnan(signal.values))
    return {
        "chart": "none",
        "period": signal.periods[known[-1]] if known.size else signal.periods[-1],
        "n_points": int(known.size),
        "n_gaps": len(signal.periods) - int(known.size),
        "rule": Rule.NONE.value,
        "assurance": "none",
        "is_provisional": True,
        "warnings": "",
        "reason": reason,
        "evidence": 0.0,
    }


def _with_instead(signal: pd.DataFrame) -> pd.DataFrame:
    """Name a statistic to look at instead only where it has a series."""
    cell = ["indicator", "period_grain", "dimension", "member"]
    published = set(signal[[*cell, "statistic"]].itertuples(index=False, name=None))
    wanted = signal[[*cell, "instead"]].itertuples(index=False, name=None)
    has_series = np.array([one in published for one in wanted], dtype=np.bool_)
    return signal.assign(instead=signal["instead"].where(has_series))


def _with_headline(signal: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Mark the one series per indicator, grain and member that its icons come from."""
    if signal.empty:
        return signal.assign(is_headline=False)
    rank = {
        (kind, statistic): place
        for kind, charted in _CHARTED.items()
        for place, (statistic, _) in enumerate(charted)
    }
    kind = signal["indicator"].map(background.kinds)
    place = pd.Series(
        [rank.get(pair, np.nan) for pair in zip(kind, signal["statistic"], strict=True)],
        signal.index,
    )
    # P90 is beside the median, never instead of it; nor are gaps between events.
    can_lead = (signal["chart"] != "none") & (signal["statistic"] != "p90") & place.notna()
    cell = [signal[name] for name in ("indicator", "period_grain", "dimension", "member")]
    best = place.where(can_lead).groupby(cell).transform("min")
    is_lead_time = kind == "lead_time"
    wanted = (
        signal["instead"]
        .where(signal["statistic"] == "median")
        .groupby(cell)
        .transform("first")
        .fillna("median")
    )
    chosen = np.where(is_lead_time, signal["statistic"] == wanted, place == best)
    return signal.assign(is_headline=chosen & can_lead.to_numpy())


def _moved(side: int) -> str | None:
    return {1: "up", -1: "down"}.get(side)
