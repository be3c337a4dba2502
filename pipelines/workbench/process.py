"""How chosen cases go from milestone to milestone: their directly-follows graph.

Here: which milestone follows which in a case, how often, and how long after, in the terms of
process mining (van der Aalst, Process Mining, 2016, chapter 6): an activity is a milestone, a trace
a case, and an arc a pair of events that follow each other in it.
Not here: reading the events, and the drawing (`pipelines.charts.process_map`).

Events of one moment follow each other in the order given. A milestone known to a week or month only
stands at its beginning, so an arc from or to it is known no better than that.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Names = pd.Index

_DAY = 86_400e6
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
    case, cases = pd.factorize(events[CASE])
    activity, names = pd.factorize(events[ACTIVITY], sort=True)
    reached = _distinct(activity, case, names.size)
    kept = np.argsort(-reached, kind="stable")[:most]
    is_kept = np.isin(activity, kept)
    case, activity = case[is_kept], activity[is_kept]
    is_last = np.append(case[1:] != case[:-1], True)[: case.size]
    return ProcessMap(
        n_cases=len(cases),
        activities=_activities(case, activity, is_last, names),
        arcs=_arcs(case, activity, _days(events[MOMENT])[is_kept], is_last, names),
        n_left_out=int(names.size - kept.size),
    )


def _days(moments: pd.Series) -> FloatArray:
    return moments.to_numpy("datetime64[us]").astype(np.float64) / _DAY


def _distinct(of: IntArray, what: IntArray, size: int) -> IntArray:
    """(size,) how many different codes `what` each code `of` occurs with."""
    return np.bincount(of[_firsts(of, what)], minlength=size)


def _firsts(of: IntArray, what: IntArray) -> IntArray:
    """Places at which a pair of codes occurs for the first time."""
    return np.flatnonzero(~pd.Series(of * (what.max(initial=0) + 1) + what).duplicated())


def _activities(
    case: IntArray, activity: IntArray, is_last: BoolArray, names: Names
) -> tuple[Activity, ...]:
    starts = np.flatnonzero(np.append(True, is_last[:-1])[: case.size])
    place = np.arange(case.size) - np.repeat(starts, np.diff(np.append(starts, case.size)))
    n = np.bincount(activity, minlength=names.size)
    # Of a milestone reached more than once its first time says where it stands.
    first = _firsts(activity, case)
    n_cases = np.bincount(activity[first], minlength=names.size)
    mean_place = np.bincount(activity[first], place[first], names.size) / np.maximum(n_cases, 1)
    n_first = np.bincount(activity[starts], minlength=names.size)
    n_last = np.bincount(activity[is_last], minlength=names.size)
    return tuple(
        Activity(
            str(names[code]), int(n[code]), int(n_cases[code]), int(n_first[code]),
            int(n_last[code]),
        )
        for code in np.argsort(mean_place, kind="stable")
        if n[code]
    )  # fmt: skip


def _arcs(
    case: IntArray, activity: IntArray, days: FloatArray, is_last: BoolArray, names: Names
) -> tuple[Arc, ...]:
    before = np.flatnonzero(~is_last)
    arc, arcs = pd.factorize(activity[before] * names.size + activity[before + 1], sort=True)
    between = days[before + 1] - days[before]
    n = np.bincount(arc, minlength=arcs.size)
    n_cases = _distinct(arc, case[before], arcs.size)
    by_arc = np.split(between[np.argsort(arc, kind="stable")], np.cumsum(n)[:-1])
    return tuple(
        Arc(
            str(names[arcs[code] // names.size]), str(names[arcs[code] % names.size]),
            int(n[code]), int(n_cases[code]), float(np.median(by_arc[code])),
        )
        for code in np.argsort(-n, kind="stable")
    )  # fmt: skip
