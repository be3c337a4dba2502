"""Did it help? For every recommendation and decision: whether what it aims at moved after it.

Here: which series a recommendation or decision aims at, from which day it could have worked, and
the table `indicators.effect` with the answer in words.
Not here: the judgement itself (`pipelines.statistics.before_after`) and the figures (`results`).

Conventions:

* The series is national and monthly: quarters are too few to have twelve before and seven after.
* A month with fewer than five cases is a gap, for every audience alike: the answer must not rest on
  figures the platform may not see.
* A lead time is judged by its median; where a median was not reached in some month, by the share
  within norm or else the restricted mean (methods, 1).
* A rebase (`herijking`) cuts the series: neither side of a day reaches past one.
* A recommendation could have worked from the day it was reported done, else verified, else begun;
  a decision from the day it was taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.statistics.before_after import Answer, Movement, moved_after
from pipelines.statistics.signals import Direction

BASELINE_MONTHS = 24
"""Months before the day that the limits rest on, at most: two years, so each season twice."""
FEWEST_CASES = 5
"""A month on fewer cases is a gap: the least a figure of the platform rests on."""
NOT_STARTED, NO_SERIES = "not_started", "no_series"

# In order of preference; the first that is published every month decides.
_STATISTICS = ("median", "share_within_norm", "rmst", "share", "rate", "count")
_VIEWS = ("cohort", "completed", "open")
_DECEMBER = 12
_DIRECTIONS = {
    "lower": Direction.LOWER_IS_BETTER,
    "higher": Direction.HIGHER_IS_BETTER,
    "neutral": Direction.NEUTRAL,
}
_COLUMNS = {
    "subject": "varchar",
    "record_key": "varchar",
    "indicator": "varchar",
    "statistic": "varchar",
    "view": "varchar",
    "unit": "varchar",
    "since": "date",
    "answer": "varchar",
    "n_before": "integer",
    "n_after": "integer",
    "mean_before": "double",
    "lower": "double",
    "upper": "double",
    "mean_after": "double",
    "first_signal": "varchar",
    "rule": "varchar",
    "sentence_nl": "varchar",
    "sentence_en": "varchar",
}


@dataclass(frozen=True)
class Aim:
    """What one recommendation or decision is aimed at.

    Attributes:
        subject: `recommendation` or `decision`.
        record_key: Its number.
        indicator: Indicator aimed at; None when there is none.
        since: Day from which it could have worked; None when it has not begun.
    """

    subject: str
    record_key: str
    indicator: str | None
    since: date | None


@dataclass(frozen=True)
class MonthlySeries:
    """A national series by month.

    Attributes:
        statistic: What is measured.
        view: View of the statistic.
        unit: Unit of the values.
        months: First day of each month, without holes.
        values: (M,) values; NaN for a gap.
        direction: Which way is better.
    """

    statistic: str
    view: str
    unit: str
    months: tuple[date, ...]
    values: "np.ndarray[Any, np.dtype[np.float64]]"
    direction: Direction


def write_effects(connection: duckdb.DuckDBPyConnection) -> int:
    """Judge every aim and write `indicators.effect`.

    Args:
        connection: The warehouse, with figures and marts.

    Returns:
        Number of answers; 0 in a chain without recommendations and decisions.
    """
    aims = read_aims(connection)
    series = dict(_read_series(connection, {one.indicator for one in aims if one.indicator}))
    rebases = _read_rebases(connection)
    rows = [
        _row(one, series.get(one.indicator or ""), rebases.get(one.indicator or "", ()))
        for one in aims
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    connection.register("effects_to_write", frame)
    typed = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in _COLUMNS.items())
    connection.execute(
        f"create or replace table indicators.effect as select {typed} from effects_to_write"
    )
    connection.unregister("effects_to_write")
    return len(rows)


def read_aims(connection: duckdb.DuckDBPyConnection) -> list[Aim]:
    """Every recommendation and every decision that was not dropped, with what it aims at."""
    if not _exists(connection, "fct_recommendation"):
        return []
    found = connection.execute(
        """
        with lead_time as (
            select handoff_id, indicator from indicators.indicator where kind = 'lead_time'
        )
        select 'recommendation', record_key, indicator, in_place_on
        from marts.fct_recommendation
        left join lead_time using (handoff_id)
        union all
        select 'decision', record_key, coalesce(indicator_id, indicator), noted_on
        from marts.fct_decision
        left join lead_time using (handoff_id)
        where note_kind = 'besluit' and outcome <> 'vervallen'
        order by all
        """
    ).fetchall()
    return [Aim(*row) for row in found]


def judge(series: MonthlySeries, since: date, rebases: Sequence[date] = ()) -> Movement:
    """Judge one series around one day.

    Args:
        series: The series.
        since: Day from which something could have worked.
        rebases: First days of new stretches. One on the day itself is the thing that is judged.

    Returns:
        The answer.
    """
    start = max((day for day in rebases if day < since), default=date.min)
    stop = min((day for day in rebases if day > since), default=date.max)
    before = [
        value
        for month, value in zip(series.months, series.values, strict=True)
        if _next_month(month) <= since and month >= start
    ]
    after = [
        value
        for month, value in zip(series.months, series.values, strict=True)
        if month >= since and _next_month(month) <= stop
    ]
    return moved_after(before[-BASELINE_MONTHS:], after, series.direction)


def monthly_series(figures: pd.DataFrame, direction: str) -> MonthlySeries | None:
    """The series an indicator is judged by; None when it has no monthly figures.

    Args:
        figures: National monthly rows of one indicator, of one clock and side.
        direction: `lower`, `higher` or `neutral`, of the indicator.

    Returns:
        The first statistic in order of preference that was reached in every month.
    """
    chosen = None
    for statistic in _STATISTICS:
        for view in _VIEWS:
            rows = figures[(figures["statistic"] == statistic) & (figures["view"] == view)]
            if rows.empty:
                continue
            if chosen is None or not (rows["status"] == "not_reached").any():
                chosen = rows
            break
        if chosen is not None and not (chosen["status"] == "not_reached").any():
            break
    if chosen is None:
        return None
    chosen = chosen.sort_values("period")
    is_known = (chosen["status"] == "ok") & ~(chosen["denominator"] < FEWEST_CASES)
    by_month = dict(
        zip(
            [_first_day(period) for period in chosen["period"]],
            chosen["value"].where(is_known).astype(float),
            strict=True,
        )
    )
    months = tuple(_months(min(by_month), max(by_month)))
    statistic = str(chosen["statistic"].iloc[0])
    return MonthlySeries(
        statistic,
        str(chosen["view"].iloc[0]),
        str(chosen["unit"].iloc[0]),
        months,
        np.array([by_month.get(month, np.nan) for month in months]),
        # Within norm more often is what a shorter lead time looks like.
        Direction.HIGHER_IS_BETTER
        if statistic == "share_within_norm" and direction == "lower"
        else _DIRECTIONS[direction],
    )


def _read_series(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[str]
) -> Iterator[tuple[str, MonthlySeries]]:
    figures = connection.execute(
        """
        select indicator, statistic, "view", unit, period, denominator, "value", status, direction
        from indicators.indicator_results
        inner join (select distinct indicator, direction, "version" from indicators.indicator)
            using (indicator, "version")
        where dimension = 'national' and period_grain = 'month' and clock = 'gross'
            and list_contains($indicators, indicator) and list_contains($statistics, statistic)
        """,
        {"indicators": sorted(indicators), "statistics": list(_STATISTICS)},
    ).df()
    for name, rows in figures.groupby("indicator"):
        series = monthly_series(rows, str(rows["direction"].iloc[0]))
        if series is not None:
            yield str(name), series


def _read_rebases(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[date, ...]]:
    """First days of new stretches, by indicator; a hand-off's holds for its lead time."""
    if not _exists(connection, "fct_decision"):
        return {}
    found = connection.execute(
        """
        select coalesce(indicator_id, indicator), list(noted_on order by noted_on)
        from marts.fct_decision
        left join (
            select handoff_id, indicator from indicators.indicator where kind = 'lead_time'
        ) using (handoff_id)
        where note_kind = 'herijking'
        group by all
        """
    ).fetchall()
    return {name: tuple(days) for name, days in found if name}


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?", [name]
    ).fetchall()
    return bool(found)


def _row(aim: Aim, series: MonthlySeries | None, rebases: Sequence[date]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject": aim.subject,
        "record_key": aim.record_key,
        "indicator": aim.indicator,
        "since": aim.since,
    }
    if series is None or aim.since is None:
        answer = NOT_STARTED if aim.since is None else NO_SERIES
        return {
            **row,
            "answer": answer,
            "sentence_nl": _WORDS[answer][0],
            "sentence_en": _WORDS[answer][1],
        }
    found = judge(series, aim.since, rebases)
    months_after = [month for month in series.months if month >= aim.since]
    signal = None if found.first_signal is None else months_after[found.first_signal]
    sentences = sentences_of(found, series.unit, signal)
    return {
        **row,
        "statistic": series.statistic,
        "view": series.view,
        "unit": series.unit,
        "answer": str(found.answer),
        "n_before": found.n_before,
        "n_after": found.n_after,
        "mean_before": _or_none(found.centre),
        "lower": _or_none(found.lower),
        "upper": _or_none(found.upper),
        "mean_after": _or_none(found.mean_after),
        "first_signal": None if signal is None else f"{signal:%Y-%m}",
        "rule": str(found.rule),
        "sentence_nl": sentences[0],
        "sentence_en": sentences[1],
    }


_WORDS = {
    NOT_STARTED: ("Nog niet in uitvoering.", "Not begun yet."),
    NO_SERIES: (
        "Er is geen maandreeks om het aan af te lezen.",
        "There is no monthly series to read it from.",
    ),
    Answer.TOO_FEW_BEFORE: (
        "Te weinig maanden vooraf om te vergelijken ({n_before}; nodig zijn er 12).",
        "Too few months before to compare ({n_before}; 12 are needed).",
    ),
    Answer.TOO_EARLY: (
        "Te vroeg om te zeggen: {n_after} van 7 maanden, nog geen signaal.",
        "Too early to say: {n_after} of 7 months, no signal yet.",
    ),
    Answer.NO_MOVEMENT: (
        "Niet bewogen: {n_after} maanden binnen wat ervoor gewoon was{levels}.",
        "Not moved: {n_after} months within what was usual before{levels}.",
    ),
    Answer.BETTER: (
        "Daarna gunstiger: signaal vanaf {month}{levels}.",
        "Better since: signal from {month}{levels}.",
    ),
    Answer.WORSE: (
        "Daarna ongunstiger: signaal vanaf {month}{levels}.",
        "Worse since: signal from {month}{levels}.",
    ),
    Answer.HIGHER: (
        "Daarna hoger: signaal vanaf {month}{levels}.",
        "Higher since: signal from {month}{levels}.",
    ),
    Answer.LOWER: (
        "Daarna lager: signaal vanaf {month}{levels}.",
        "Lower since: signal from {month}{levels}.",
    ),
}
_MONTHS_NL = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def sentences_of(found: Movement, unit: str, signal: date | None) -> tuple[str, str]:
    """Say the answer in Dutch and in English.

    Args:
        found: The answer.
        unit: Unit of the series; a share is written in percent.
        signal: First month that stands out, if any.
    """
    dutch, english = _WORDS[found.answer]
    before, after = (_level(one, unit) for one in (found.centre, found.mean_after))
    levels = "" if not (before and after) else " ({} {} → {})"
    values = {"n_before": found.n_before, "n_after": found.n_after}
    return (
        dutch.format(
            **values,
            month="" if signal is None else f"{_MONTHS_NL[signal.month - 1]} {signal.year}",
            levels=levels.format("gemiddeld", before.replace(".", ","), after.replace(".", ",")),
        ),
        english.format(
            **values,
            month="" if signal is None else f"{_MONTHS_EN[signal.month - 1]} {signal.year}",
            levels=levels.format("on average", before, after),
        ),
    )


def _level(value: float, unit: str) -> str:
    if np.isnan(value):
        return ""
    return f"{100 * value:.0f}%" if unit == "share" else f"{value:.1f}".removesuffix(".0")


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _first_day(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


def _next_month(month: date) -> date:
    if month.month == _DECEMBER:
        return date(month.year + 1, 1, 1)
    return date(month.year, month.month + 1, 1)


def _months(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = _next_month(month)
