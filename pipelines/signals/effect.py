"""Did it help? For every recommendation and decision: whether what it aims at moved after it.

Here: which series a recommendation or decision aims at, from which day it could have worked, and
the table `indicators.effect` with the answer as a code and its numbers.
Not here: the judgement itself (`pipelines.statistics.before_after`), the figures
(`pipelines.indicators`), which series can carry a chart at all (`charted`), and the answer in words
(`pipelines.wording.effects`).

Conventions:

* The series is national and one that `signals` charts: by month, or by quarter where months are too
  sparse; the median first, and what `signals` takes instead where a median will not do.
* An audience that does not see all figures is told what its own figures say: a withheld one is a
  gap (`pipelines.publication.publish`). So is a period with fewer than five cases, for everybody.
  With more than a quarter of gaps there is no answer.
* A rebase (`herijking`) cuts the series: neither side of a day reaches past one.
* A recommendation could have worked from the day it was reported done, else verified, else begun;
  a decision from the day it was taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.periods import first_day, first_period_from, period_named, period_number
from pipelines.signals.charted import CHARTS_OF_RANGES, MOST_GAPS
from pipelines.statistics.before_after import Answer, Movement, moved_after
from pipelines.statistics.signals import Direction
from pipelines.warehouse import relation_exists, write_table

BASELINE = 24
"""Periods before the day that the limits rest on, at most: two years of months, seasons twice."""
FOLLOW_UP = 12
"""Periods after the day that are judged, at most: what happens later has had other causes since."""
FEWEST_CASES = 5
"""A period on fewer cases is a gap: the least a figure of the platform rests on."""
NOT_STARTED, NO_SERIES = "not_started", "no_series"
WITHOUT_FIGURES: Mapping[str, str] = MappingProxyType({"answer": "not_fit"})
"""The answer for whoever gets no figures on unfit data."""

# In order of preference; the first that can carry a chart is the one.
_GRAINS = ("month", "quarter")
_STATISTICS = (
    "median",
    "share_within_norm",
    "rmst",
    "share",
    "matched",
    "rate",
    "count",
    "cumulative_incidence_12m",
)
_COLUMNS = {
    "subject": "varchar",
    "record_key": "varchar",
    "aim": "varchar",
    "indicator": "varchar",
    "statistic": "varchar",
    "view": "varchar",
    "period_grain": "varchar",
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
    "moves_easily": "boolean",
}


@dataclass(frozen=True)
class Aim:
    """What one recommendation or decision is aimed at.

    Attributes:
        subject: `recommendation` or `decision`.
        record_key: Its number.
        aim: `handoff`, `indicator` or `theme`: what it names.
        indicator: Indicator that measures it; None when there is none.
        since: Day from which it could have worked; None when it has not begun.
    """

    subject: str
    record_key: str
    aim: str
    indicator: str | None
    since: date | None


@dataclass(frozen=True)
class AimedSeries:
    """A national series that can carry a chart.

    Attributes:
        statistic: What is measured.
        view: View of the statistic.
        grain: `month` or `quarter`.
        unit: Unit of the values.
        first: Number of its first period.
        values: (P,) values without holes in time; NaN for a gap.
        direction: Which way is better.
    """

    statistic: str
    view: str
    grain: str
    unit: str
    first: int
    values: "np.ndarray[Any, np.dtype[np.float64]]"
    direction: Direction


def write_effects(connection: duckdb.DuckDBPyConnection) -> int:
    """Judge every aim by all figures and write `indicators.effect`.

    Args:
        connection: The warehouse, with figures and marts.

    Returns:
        Number of answers; 0 in a chain without recommendations and decisions.
    """
    effects = judged_effects(connection, "indicators", "indicator_results")
    store_effects(connection, effects, "indicators")
    return len(effects)


def judged_effects(
    connection: duckdb.DuckDBPyConnection, schema: str, results: str
) -> pd.DataFrame:
    """Judge every aim by the figures and charts of a schema.

    Args:
        connection: The warehouse with its marts.
        schema: Where `signal`, `signal_point` and the figures are.
        results: Name of the table with figures.

    Returns:
        One row per recommendation or decision and what it aims at.
    """
    aims = read_aims(connection)
    series = dict(_read_series(connection, schema, results)) if aims else {}
    rebases = _read_rebases(connection)
    rows = [
        _row(aim, series.get(aim.indicator or ""), rebases.get(aim.indicator or "", ()))
        for aim in aims
    ]
    # Nullable, so that it can be taken away with the numbers.
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"moves_easily": "boolean"})


def store_effects(
    connection: duckdb.DuckDBPyConnection, effects: pd.DataFrame, schema: str
) -> None:
    """Write answers to the table `effect` of a schema, with the types of its columns."""
    typed = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in _COLUMNS.items())
    write_table(connection, f"{schema}.effect", effects, typed)


def read_aims(connection: duckdb.DuckDBPyConnection) -> list[Aim]:
    """Every recommendation and every decision that was not dropped, with what it aims at."""
    if not relation_exists(connection, "marts", "fct_recommendation"):
        return []
    themes = (
        "select series as theme, indicator from indicators.theme_series"
        if relation_exists(connection, "indicators", "theme_series")
        else "select null::varchar as theme, null::varchar as indicator where false"
    )
    found = connection.execute(
        f"""
        with lead_time as (
            select handoff_id, indicator from indicators.indicator where kind = 'lead_time'
        ),
        theme_share as ({themes})
        select 'recommendation', record_key, 'handoff', indicator, in_place_on
        from marts.fct_recommendation
        left join lead_time using (handoff_id)
        where handoff_id is not null
        union all
        select 'recommendation', record_key, 'theme', indicator, in_place_on
        from marts.fct_recommendation
        left join theme_share using (theme)
        where theme is not null
        union all
        select
            'decision', record_key, if(indicator_id is null, 'handoff', 'indicator'),
            coalesce(indicator_id, indicator), noted_on
        from marts.fct_decision
        left join lead_time using (handoff_id)
        where note_kind = 'besluit' and outcome <> 'vervallen'
        order by all
        """
    ).fetchall()
    return [Aim(*row) for row in found]


def judge(series: AimedSeries, since: date, rebases: Sequence[date] = ()) -> Movement:
    """Judge one series around one day.

    Args:
        series: The series.
        since: Day from which something could have worked.
        rebases: First days of new stretches. One on the day itself is the thing that is judged.

    Returns:
        The answer.
    """
    last = series.first + len(series.values)
    after = first_period_from(since, series.grain)
    # The period in which the day falls belongs to neither side, unless it begins on that day.
    before = after if first_day(period_named(after, series.grain)) == since else after - 1
    earliest = max(
        (first_period_from(day, series.grain) for day in rebases if day < since),
        default=series.first,
    )
    latest = min(
        # The period of a rebase holds both stretches.
        (_period_of(day, series.grain) for day in rebases if day > since),
        default=last,
    )

    def cut(start: int, stop: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        return series.values[max(start - series.first, 0) : max(stop - series.first, 0)]

    return moved_after(
        cut(max(earliest, before - BASELINE), before),
        cut(after, min(latest, after + FOLLOW_UP)),
        series.direction,
    )


def _period_of(day: date, grain: str) -> int:
    """Number of the period in which a day falls."""
    following = first_period_from(day, grain)
    return following if first_day(period_named(following, grain)) == day else following - 1


def _read_series(
    connection: duckdb.DuckDBPyConnection, schema: str, results: str
) -> Iterator[tuple[str, AimedSeries]]:
    """The series of every indicator that has one."""
    points = connection.execute(
        f"""
        select
            signal.indicator, signal.statistic, signal."view", signal.period_grain, signal.unit,
            signal.direction, point.period, point."value", result.denominator
        from {schema}.signal
        inner join {schema}.signal_point as point using (series_id)
        left join {schema}.{results} as result
            on
                result.indicator = signal.indicator
                and result."version" = signal."version"
                and result.statistic = signal.statistic
                and result."view" = signal."view"
                and result.side = signal.side
                and result.period_grain = signal.period_grain
                and result.dimension = signal.dimension
                and result.member = signal.member
                and result.period = point.period
                and result.clock = 'gross'
        where signal.dimension = 'national' and list_contains($charts, signal.chart)
            and list_contains($statistics, signal.statistic)
        order by
            signal.indicator, list_position($grains, signal.period_grain),
            list_position($statistics, signal.statistic), signal."view", signal."version" desc,
            point.position
        """,
        {
            "charts": sorted(CHARTS_OF_RANGES),
            "statistics": list(_STATISTICS),
            "grains": list(_GRAINS),
        },
    ).df()
    found: set[str] = set()
    keys = ["indicator", "period_grain", "statistic", "view"]
    for key, rows in points.groupby(keys, sort=False):
        indicator, grain, statistic, view = (str(part) for part in key)
        values = rows["value"].to_numpy(dtype=np.float64, copy=True, na_value=np.nan)
        values[(rows["denominator"] < FEWEST_CASES).to_numpy()] = np.nan
        if indicator in found or np.isnan(values).mean() > MOST_GAPS:
            continue
        found.add(indicator)
        yield (
            indicator,
            AimedSeries(
                statistic,
                view,
                grain,
                str(rows["unit"].iloc[0]),
                period_number(rows["period"].iloc[0], grain),
                values,
                Direction(rows["direction"].iloc[0]),
            ),
        )


def _read_rebases(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[date, ...]]:
    """First days of new stretches, by indicator; a hand-off's holds for its lead time."""
    if not relation_exists(connection, "marts", "fct_decision"):
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


def _row(aim: Aim, series: AimedSeries | None, rebases: Sequence[date]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject": aim.subject,
        "record_key": aim.record_key,
        "aim": aim.aim,
        "indicator": aim.indicator,
        "since": aim.since,
    }
    if series is not None:
        # Also shown of what has not begun: what will have to move.
        row |= {
            "statistic": series.statistic,
            "view": series.view,
            "period_grain": series.grain,
            "unit": series.unit,
        }
    if series is None or aim.since is None:
        return {**row, "answer": NOT_STARTED if aim.since is None else NO_SERIES}
    found = judge(series, aim.since, rebases)
    signal = (
        None
        if found.first_signal is None
        else first_period_from(aim.since, series.grain) + found.first_signal
    )
    return {
        **row,
        "answer": str(found.answer),
        "n_before": found.n_before,
        "n_after": found.n_after,
        "mean_before": _or_none(found.centre),
        "lower": _or_none(found.lower),
        "upper": _or_none(found.upper),
        "mean_after": _or_none(found.mean_after),
        "first_signal": None if signal is None else period_named(signal, series.grain),
        "rule": str(found.rule),
        "moves_easily": found.answer in _MOVED and found.moves_easily,
    }


_MOVED = frozenset({Answer.BETTER, Answer.WORSE, Answer.HIGHER, Answer.LOWER})


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
