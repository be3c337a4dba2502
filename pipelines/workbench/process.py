"""How chosen cases go from milestone to milestone: their directly-follows graph.

Here: which milestone follows which in a case, how often, and how long after, in the terms of
process mining (van der Aalst, Process Mining, 2016, chapter 6): an activity is a milestone, a trace
a case, and an arc a pair of events that follow each other in it.
Not here: reading the events, and the drawing (`pipelines.charts.process_map`).

Events of one moment follow each other in the order given. A milestone known to a week or month only
stands at its beginning, so an arc from or to it is known no better than that.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

_DAY = 86_400.0
CASE, ACTIVITY, MOMENT = "case:concept:name", "concept:name", "time:timestamp"


@dataclass(frozen=True)
class Activity:
    """A milestone of the chosen cases.

    Attributes:
        name: Code of the milestone.
        n: How often it was reached.
        n_cases: In how many cases.
        n_first: Cases that begin with it.
        n_last: Cases whose last milestone it is, so far.
    """

    name: str
    n: int
    n_cases: int
    n_first: int
    n_last: int


@dataclass(frozen=True)
class Arc:
    """One milestone directly after another.

    Attributes:
        source: The earlier one.
        target: The later one.
        n: How often.
        n_cases: In how many cases.
        median_days: Median time between them in days.
    """

    source: str
    target: str
    n: int
    n_cases: int
    median_days: float


@dataclass(frozen=True)
class ProcessMap:
    """The directly-follows graph of chosen cases.

    Attributes:
        n_cases: Cases with an event.
        activities: In the order in which cases mostly reach them.
        arcs: The most frequent first.
        n_left_out: Milestones that fewer cases reach.
    """

    n_cases: int
    activities: tuple[Activity, ...]
    arcs: tuple[Arc, ...]
    n_left_out: int


def directly_follows(events: pd.DataFrame, most: int | None = None) -> ProcessMap:
    """Make the graph of some cases.

    Args:
        events: Rows of `event_log` of those cases with `CASE`, `ACTIVITY` and `MOMENT`, by case and
            then in the order in which they happened.
        most: Number of milestones to keep, those that most cases reach; the others are left out
            before anything follows anything. All when None.
    """
    n_cases = int(events[CASE].nunique())
    reached = events.groupby(ACTIVITY, sort=True)[CASE].nunique()
    kept = reached.sort_values(ascending=False, kind="stable").index[:most]
    log = events[events[ACTIVITY].isin(kept)].reset_index(drop=True)
    log["place"] = log.groupby(CASE, sort=False).cumcount()
    follower = log.groupby(CASE, sort=False)[[ACTIVITY, MOMENT]].shift(-1)
    days = (follower[MOMENT] - log[MOMENT]).dt.total_seconds() / _DAY
    pairs = pd.DataFrame(
        {"source": log[ACTIVITY], "target": follower[ACTIVITY], "case": log[CASE], "days": days}
    ).dropna(subset=["target"])
    is_last = follower[ACTIVITY].isna()
    return ProcessMap(
        n_cases=n_cases,
        activities=_activities(log, is_last),
        arcs=_arcs(pairs),
        n_left_out=len(reached) - len(kept),
    )


def _activities(log: pd.DataFrame, is_last: pd.Series) -> tuple[Activity, ...]:
    counted = (
        log.assign(is_first=log["place"] == 0, is_last=is_last)
        .groupby(ACTIVITY)
        .agg(
            n=(CASE, "size"),
            n_cases=(CASE, "nunique"),
            n_first=("is_first", "sum"),
            n_last=("is_last", "sum"),
        )
    )
    # Of a milestone reached more than once its first time says where it stands.
    first = log.drop_duplicates([CASE, ACTIVITY]).groupby(ACTIVITY)["place"].mean()
    order = first.sort_values(kind="stable").index
    named = counted.loc[order].rename_axis("name").reset_index()
    return tuple(Activity(**row) for row in _rows(named))


def _arcs(pairs: pd.DataFrame) -> tuple[Arc, ...]:
    counted = pairs.groupby(["source", "target"], as_index=False).agg(
        n=("case", "size"), n_cases=("case", "nunique"), median_days=("days", "median")
    )
    counted = counted.sort_values(["n", "source", "target"], ascending=[False, True, True])
    return tuple(Arc(**row) for row in _rows(counted))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
