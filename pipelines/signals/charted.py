"""What the charts of all series say: the chart that fits each, and its row of `signal`.

Here: the chart of each course, its norm and rebases, and why a series has none.
Not here: which series there are (`courses`), one series on its chart (`series`), charts and rules
(`pipelines.statistics.signals`), the form of both tables (`tables`), which signals are put before a
meeting (`agenda`), small numbers (`pipelines.disclosure`: an audience whose figures are protected
gets the signals of its protected figures, see `pipelines.publication.publish`).

Decisions:

* **Months and quarters.** Nationally both; a member of a dimension by quarter. Years are too few,
  and rolling twelve months share eleven of twelve months with their neighbour.
* **As it is shown.** What an audience is shown by year, half-year and quarter has one chart of them
  all, by a rule of its own (`spans`).
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
* **A change of norm** lets a share within it begin anew: it measures something else since, and a
  stricter norm is no worsening. The series says so: warning `norm_changed`. Lead times go on.
* **A step** of a few periods that is small beside the limits breaks none of the four rules, and the
  mean moves along with it. So points that together lie apart from all before them signal too (rule
  `step`), where one in two hundred series without change would; of a stock it is its growth. For a
  national share by quarter the others of its base say how far such an end may stray (`families`).
* **How widely chance spreads** a share or a rate is said by its numbers, a length of time by its
  interval: a dozen points alone say little of it. The chance of a signal takes both into account.
* **Alike and lopsided points**, as a queue gives, and **clumped events** signal more often without
  any change. The rate is that of series of the same shape (`false_alarms`), and a warning says why
  (`alike_points`, `lopsided_points`, `clumped_events`). The chance of a signal takes it into
  account.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_rows import QUANTILES
from pipelines.indicators.register import Indicator
from pipelines.memo import FORGETFUL, Memo, digest
from pipelines.periods import last_full_period
from pipelines.signals.agenda import with_agenda
from pipelines.signals.background import Background, read_background, rebase_frame
from pipelines.signals.courses import (
    CHARTED,
    HAS_NON_EVENTS,
    SERIES,
    Course,
    charted_rows,
    possible_rows,
    quantiles_not_reached,
    series_of,
)
from pipelines.signals.false_alarms import causes, false_alarm_rate
from pipelines.signals.families import chances_of_members, ends_of_shares
from pipelines.signals.rare_events import RareSeries, rare_series
from pipelines.signals.series import (
    Scale,
    SeriesSignal,
    norm_day,
    signal_of_events,
    signal_of_gaps,
    signal_of_series,
)
from pipelines.signals.spans import (
    CHART,
    SERIES_OF_SPANS,
    Spans,
    courses_of_spans,
    signal_of_spans,
    strengths_by_kind,
)
from pipelines.signals.tables import (
    SIGNAL_COLUMNS,
    Rows,
    Signals,
    moved_name,
    write_signals,
)
from pipelines.statistics.signals import Direction, Rule
from pipelines.statistics.span_change import SpanStrength
from pipelines.warehouse import write_table

# Fewest events (and, of a share, non-events) a period on average; see the module's decisions.
FEWEST_EVENTS = 3.0
# Cases a period on average up to which few events are taken to be independent.
MOST_CASES_EXACT = 500.0
MOST_GAPS = 0.25
_STEP_OF_UNIT = {"calendar_days": 1.0, "working_days": 1.0}
# Beyond it a chance says no more, and a scale that ends somewhere can still be sorted.
STRONGEST_EVIDENCE = 12.0

# Statistics that are events over cases or time; those with open cases in them are estimates.
_EXACT = frozenset({"share", "matched", "rate", "count"})
CHARTS_OF_RANGES = frozenset({"xmr", "p_prime", "u_prime"})
"""Charts with limits from moving ranges, which the few cases of a start-up would widen."""
# Statistic and unit of the gaps between rare events, per chart.
_GAPS = {"t": ("days_between", "calendar_days"), "g": ("cases_between", "cases")}
_TURNED = {"lower": "higher", "higher": "lower", "neutral": "neutral"}


def signals_of(
    results: pd.DataFrame,
    background: Background,
    rare: Sequence[RareSeries] = (),
    memo: Memo = FORGETFUL,
    audience: str = "",
) -> Signals:
    """Chart every series of the long table that has a chart.

    Args:
        results: Figures in the long contract; the protected ones of an audience give its signals.
        background: Register, norms and rebases.
        rare: Gaps between rare events, for an audience that may see single events.
        memo: What was charted before.
        audience: Whose figures these are, in the memory.

    Returns:
        Both tables, in a fixed order.
    """
    rows = possible_rows(results, background)
    ends = ends_of_shares(_shares(rows, background), background)
    by_indicator = {str(name): own for name, own in rows.groupby("indicator")}
    made_from = {
        name: digest(own, background.of([name]), _written(ends, name))
        for name, own in sorted(by_indicator.items())
    }

    def make(names: Sequence[str]) -> dict[str, _Charts]:
        together = pd.concat([by_indicator[name] for name in names], ignore_index=True)
        return _charts_of(names, together, background.of(names), ends)

    charts = memo.recall(f"charts {audience}", made_from, make).values()
    found = Rows()
    for event in rare:
        _add_rare(found, event, background)
    has_chart = {
        tuple(row[name] for name in SERIES_OF_SPANS)
        for own in charts
        for row in own.signals
        if row["chart"] != "none" and not row["is_provisional"]
    }
    courses = courses_of_spans(results, background, has_chart)
    for course, strength in strengths_by_kind(courses, background):
        _add_spans(found, course, strength, background)
    signal = pd.DataFrame(
        [row for own in charts for row in own.signals] + found.signals, columns=list(SIGNAL_COLUMNS)
    )
    signal = with_agenda(_with_headline(_with_instead(signal), background), background)
    return Signals(
        signal.astype({name: dtype for name, dtype in SIGNAL_COLUMNS.items() if dtype != "object"}),
        pd.concat([*(own.points for own in charts), found.frame_of_points()], ignore_index=True),
    )


@dataclass(frozen=True)
class _Charts:
    """The charts of one indicator: rows of `signal` as far as they say nothing of others."""

    signals: list[dict[str, Any]]
    points: pd.DataFrame


def _shares(rows: pd.DataFrame, background: Background) -> Iterator[tuple[dict[str, str], Course]]:
    """National shares by quarter that have limits, each as its last group is drawn."""
    is_share = rows["statistic"].isin(HAS_NON_EVENTS) & (rows["dimension"] == NATIONAL)
    shares = rows[is_share & (rows["period_grain"] == "quarter")]
    for key, course in series_of(charted_rows(shares, background)):
        indicator, statistic = key["indicator"], key["statistic"]
        begins, kind = background.begins_of(indicator, statistic), background.kinds[indicator]
        if _chart_of(course.since(begins, "quarter"), kind, statistic) == "p_prime":
            yield key, course.after_start_up().since(begins, "quarter")


def _written(ends: Mapping[tuple[str, ...], SpanStrength], indicator: str) -> list[object]:
    """What others of its base say of the shares of an indicator, to tell whether it changed."""
    return [
        (key, *(float(of[0]) for of in (end.up, end.down, end.length_up, end.length_down)),
         end.family)
        for key, end in sorted(ends.items())
        if key[SERIES.index("indicator")] == indicator
    ]  # fmt: skip


def _charts_of(
    indicators: Sequence[str],
    rows: pd.DataFrame,
    background: Background,
    ends: Mapping[tuple[str, ...], SpanStrength],
) -> dict[str, _Charts]:
    """Chart the series of some indicators; of another it matters what `ends` says, and no more."""
    found = {indicator: Rows() for indicator in indicators}
    rows = charted_rows(rows, background)
    not_reached = quantiles_not_reached(rows)
    for key, series in series_of(rows):
        end = ends.get(tuple(key[name] for name in SERIES))
        _add_series(found[key["indicator"]], key, series, background, not_reached, end)
    for own in found.values():
        for row, chance in chances_of_members(own.members):
            row.update(_chance(chance))
    return {name: _Charts(own.signals, own.frame_of_points()) for name, own in found.items()}


def chart_results(
    connection: duckdb.DuckDBPyConnection,
    register: Sequence[Indicator],
    results: pd.DataFrame,
    reference_day: date,
    memo: Memo = FORGETFUL,
) -> None:
    """Chart figures of a build, unprotected, and write the signals and what rebased them.

    Args:
        connection: Open warehouse with the other tables of the schema `indicators`.
        register: The indicators.
        results: Figures in the long contract.
        reference_day: Reference date of the build.
        memo: What was charted before.
    """
    write_table(connection, "indicators.rebase", rebase_frame(connection))
    background = read_background(connection, reference_day)
    rare = rare_series(connection, register)
    write_signals(connection, "indicators", signals_of(results, background, rare, memo))


def _add_series(
    found: Rows,
    key: dict[str, str],
    course: Course,
    background: Background,
    not_reached: set[tuple[str, ...]],
    end: SpanStrength | None,
) -> None:
    """Chart one series, or say why not."""
    indicator, statistic, grain = key["indicator"], key["statistic"], key["period_grain"]
    kind = background.kinds[indicator]
    direction = _direction(background.directions.get(indicator, "neutral"), kind, statistic)
    begins = background.begins_of(indicator, statistic)
    chart = _chart_of(course.since(begins, grain), kind, statistic)
    n_periods = len(course.periods)
    if chart in CHARTS_OF_RANGES:
        course = course.after_start_up()
    shared: dict[str, Any] = {
        "grain": grain,
        "direction": Direction(direction),
        "rebased_on": begins,
        "until": course.until,
    }
    if chart == "exact":
        signal = signal_of_events(
            course.periods,
            *course.events_and_base(statistic),
            is_share=statistic in HAS_NON_EVENTS,
            **shared,
        )
    else:
        norm = None
        if statistic in {"median", "p90", "rmst"}:
            norm = background.norm_of(indicator, key["unit"], norm_day(course.periods))
        signal = signal_of_series(
            course.periods,
            course.value,
            norm=norm,
            scale=Scale.VALUES if chart == "none" else Scale(chart),
            base=course.denominator,
            limits=(course.lower, course.upper) if kind == "lead_time" else None,
            step=_step(course.value, key),
            kind=end,
            **shared,
        )
    has_gap = tuple(key[name] for name in SERIES) in not_reached
    reason = "quantile_not_reached" if has_gap else _why_not(signal, chart)
    series_id = _series_id(key)
    row: dict[str, Any] = {"series_id": series_id, **key, "direction": direction, "instead": None}
    if reason in {"quantile_not_reached", "too_coarse"} and statistic in QUANTILES:
        row["instead"] = "share_within_norm" if background.has_norm(indicator) else "rmst"
    row |= {"newest_period": course.newest[0], "newest_value": course.newest[1]}
    row |= _no_chart(signal, reason) if reason else _summary(signal, chart, statistic)
    warnings = [row["warnings"]] if row["warnings"] else []
    rebases = background.rebases_of(indicator)
    if course.last_begin(begins, grain) != course.last_begin(rebases, grain):
        warnings.append("norm_changed")
    if course.until < last_full_period(background.reference_day, grain):
        warnings.append("still_followed")
    if len(course.periods) < n_periods:
        warnings.append("few_at_start")
    row["warnings"] = "|".join(warnings)
    row = _named(row)
    found.signals.append(row)
    if not reason:
        found.add_points(series_id, signal)
        if key["dimension"] != NATIONAL:
            found.members.append((row, signal))


def _add_rare(found: Rows, event: RareSeries, background: Background) -> None:
    """Chart the gaps between the occurrences of one rare event."""
    signal = signal_of_gaps(
        event.days,
        event.gaps,
        in_cases=event.chart == "g",
        direction=Direction(event.direction),
        rebased_on=background.rebases_of(event.indicator),
    )
    statistic, unit = _GAPS[event.chart]
    key = {
        "indicator": event.indicator,
        "version": event.version,
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
        "direction": event.direction,
        "instead": None,
    }
    row |= _summary(signal, event.chart, statistic)
    row |= {"newest_period": row["period"], "newest_value": row["value"]}
    found.signals.append(_named(row))
    found.add_points(str(row["series_id"]), signal)


def _add_spans(found: Rows, course: Spans, strength: SpanStrength, background: Background) -> None:
    """Chart one course of spans of different length."""
    key = course.key
    indicator, statistic = key["indicator"], key["statistic"]
    direction = _direction(
        background.directions.get(indicator, "neutral"), background.kinds[indicator], statistic
    )
    signal = signal_of_spans(course, strength, Direction(direction))
    series_id = _series_id(key)
    row: dict[str, Any] = {"series_id": series_id, **key, "direction": direction, "instead": None}
    row |= _summary(signal, CHART, statistic)
    row |= {"newest_period": course.newest[0], "newest_value": course.newest[1]}
    still_followed = [] if course.is_followed else ["still_followed"]
    row["warnings"] = "|".join(filter(None, [row["warnings"], *still_followed]))
    found.signals.append(_named(row))
    found.add_points(series_id, signal)


def _series_id(key: Mapping[str, str]) -> str:
    """Name of a series, the same in every publication."""
    return ".".join(key[name] for name in SERIES if name not in {"version", "unit"})


def _chart_of(course: Course, kind: str, statistic: str) -> str:
    """The chart that fits a series; `none` when it is too sparse for any."""
    if kind == "stock":
        return "xmr_of_changes"
    if course.events(statistic) >= FEWEST_EVENTS:
        # Without the numbers of some period (no audience withholds them alone) values say it all.
        has_base = not np.isnan(course.denominator[~np.isnan(course.value)]).any()
        if statistic in HAS_NON_EVENTS and has_base:
            return "p_prime"
        return "u_prime" if statistic == "rate" and has_base else "xmr"
    # The withheld counts of a sparse series are its ordinary ones: what is left says nothing.
    is_whole = "suppressed" not in course.status
    has_few = course.cases(statistic) <= MOST_CASES_EXACT
    return "exact" if statistic in _EXACT and is_whole and has_few else "none"


def _why_not(signal: SeriesSignal, chart: str) -> str | None:
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
    if key["statistic"] in QUANTILES:
        known = np.unique(values[~np.isnan(values)])
        smallest = float(np.diff(known).min()) if known.size > 1 else np.inf
        return _STEP_OF_UNIT.get(key["unit"], smallest)
    # Shares and means lie on no scale of steps; how few cases they rest on is judged apart.
    return 0.0


def _direction(direction: str, kind: str, statistic: str) -> str:
    """Which way is better for a statistic: fewer days is a higher share within the norm."""
    is_turned = kind == "lead_time" and statistic == "share_within_norm"
    return _TURNED[direction] if is_turned else direction


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
        "moved": moved_name(signal.side),
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
            (*(warning.value for warning in signal.warnings), *causes(chart, signal.shape))
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


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its name, and whether what it says still holds."""
    return row | {
        "is_confirmed": _is_confirmed(row),
        "signal_id": f"{row['series_id']}.{row['rule']}.{row['period']}",
    }


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
    has_series = np.array([key in published for key in wanted], dtype=np.bool_)
    return signal.assign(instead=signal["instead"].where(has_series))


def _with_headline(signal: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Mark the one series per indicator, grain and member that its icons come from."""
    if signal.empty:
        return signal.assign(is_headline=False)
    rank = {
        (kind, statistic): place
        for kind, charted in CHARTED.items()
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
