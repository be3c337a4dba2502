"""Rare events: how long, or how many cases, from one to the next.

Belongs here: which indicators count something rare, and the gaps between its occurrences out of
the marts.

Does not belong here: T- and G-charts (`pipelines.statistics.signals`), what a chart says of its
last point (`series`), the tables (`charted`).

A point of these charts is one event, so they are the researcher's alone: who may not see a group
under five may not see an event.

* **T-chart**, days between events: everything the register counts as such (kind `count`), such as
  measures outside the system. Longer is better where fewer is.
* **G-chart**, cases between events: what should not happen of a share, and breaches of a norm,
  where that is at most one case in ten. Cases whose outcome cannot be known yet take no part.

Events on one day have no order: the cases of a day without the event stand before those with it.
Where most events share their day with others, as late deliveries of one month do, there is no gap
to speak of and no chart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt

from pipelines.indicators.register import Indicator

# At most this share of cases, or it is no rare event and its share is charted.
RAREST_SHARE = 0.1
# Fewer gaps than this show nothing.
FEWEST_GAPS = 5


@dataclass(frozen=True, eq=False)
class RareSeries:
    """The gaps between the occurrences of one rare event, in order.

    Attributes:
        indicator: The indicator.
        version: Its version.
        chart: `t` for days, `g` for cases.
        direction: `lower` or `higher` gaps are better, or `neutral`.
        days: Day of the event that ends each gap.
        gaps: (K,) length of each gap.
    """

    indicator: str
    version: str
    chart: str
    direction: str
    days: tuple[date, ...]
    gaps: npt.NDArray[np.float64]


def rare_series(
    connection: duckdb.DuckDBPyConnection, register: Sequence[Indicator]
) -> list[RareSeries]:
    """The series of all rare events the register knows.

    Args:
        connection: Open warehouse with the marts.
        register: The indicators.
    """
    found: list[RareSeries] = []
    for indicator in register:
        counts_rows = bool(indicator.mart and indicator.date_column and indicator.numerator_column)
        if indicator.kind == "count" and counts_rows:
            found += _days_between(connection, indicator)
        elif indicator.kind == "share" and counts_rows and not indicator.denominator_column:
            found += _cases_between(connection, indicator, *_of_share(indicator))
        elif indicator.kind == "lead_time" and indicator.handoff and indicator.direction == "lower":
            found += _cases_between(connection, indicator, *_of_breaches(indicator))
    return found


def _days_between(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator
) -> Iterator[RareSeries]:
    rows = connection.execute(
        f"select {indicator.date_column}::date as day, count(*) from marts.{indicator.mart} "
        f"where {indicator.numerator_column} and {indicator.date_column} is not null "
        f"and {indicator.filter_column or 'true'} group by 1 order by 1"
    ).fetchall()
    days = [day for day, n in rows for _ in range(n)]
    if len(days) > FEWEST_GAPS:
        ordinals = np.array([day.toordinal() for day in days], dtype=np.float64)
        direction = {"lower": "higher", "higher": "lower"}.get(indicator.direction, "neutral")
        yield RareSeries(
            indicator.id, str(indicator.version), "t", direction, tuple(days[1:]), np.diff(ordinals)
        )


def _cases_between(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, query: str, direction: str
) -> Iterator[RareSeries]:
    """`query` gives a day, its cases and its events, in order of day."""
    rows = connection.execute(query).fetchall()
    n_cases, n_events = (sum(row[place] for row in rows) for place in (1, 2))
    if n_events <= FEWEST_GAPS or n_events > RAREST_SHARE * n_cases:
        return
    days: list[date] = []
    gaps: list[float] = []
    since = 0
    for day, cases, events in rows:
        since += cases - events
        for _ in range(events):
            days.append(day)
            gaps.append(float(since))
            since = 0
    if float(np.median(gaps[1:])) < 1.0:
        return
    # Before the first event nobody knows how many cases went.
    yield RareSeries(
        indicator.id, str(indicator.version), "g", direction, tuple(days[1:]), np.array(gaps[1:])
    )


def _of_share(indicator: Indicator) -> tuple[str, str]:
    """The rarer outcome of a share: what should be low, or the lack of what should be high."""
    event = (
        indicator.numerator_column
        if indicator.direction != "higher"
        else f"not {indicator.numerator_column}"
    )
    direction = "neutral" if indicator.direction == "neutral" else "higher"
    return (
        f"select {indicator.date_column}::date as day, count(*), count(*) filter (where {event}) "
        f"from marts.{indicator.mart} where {indicator.date_column} is not null "
        f"and {indicator.numerator_column} is not null and {indicator.filter_column or 'true'} "
        f"group by 1 order by 1",
        direction,
    )


def _of_breaches(indicator: Indicator) -> tuple[str, str]:
    return (
        "select start_date as day, count(*), count(*) filter (where not is_within_norm) "
        f"from marts.fct_handoff where handoff_id = '{indicator.handoff}' "
        "and start_date is not null and is_norm_term_over and is_within_norm is not null "
        "group by 1 order by 1",
        "higher",
    )
