"""The directly-follows graph of chosen cases, against what is counted by hand."""

import pandas as pd
import pytest

from pipelines.workbench.process import (
    ACTIVITY,
    CASE,
    MOMENT,
    Activity,
    Arc,
    directly_follows,
)


def log(*traces: str) -> pd.DataFrame:
    """Events written as `sent@0 judged@3`: an activity and its day, a case a text."""
    rows = []
    for number, trace in enumerate(traces):
        for event in trace.split():
            activity, day = event.split("@")
            moment = pd.Timestamp("2026-03-01", tz="UTC") + pd.Timedelta(days=float(day))
            rows.append((f"z1_{number}", activity, moment))
    return pd.DataFrame(rows, columns=[CASE, ACTIVITY, MOMENT])


FOUR = log(
    "sent@0 received@1 judged@5",
    "sent@0 received@3 judged@4",
    "sent@0 judged@10",
    # Back to the sender: reached twice.
    "sent@0 received@2 sent@4 received@4.5",
)


def test_frequencies_and_medians_are_those_counted_by_hand():
    found = directly_follows(FOUR)
    assert found.n_cases == 4
    assert found.arcs == (
        # 1, 3, 2 and 0.5 days; both of the last case.
        Arc("sent", "received", 4, 3, 1.5),
        Arc("received", "judged", 2, 2, 2.5),
        Arc("received", "sent", 1, 1, 2.0),
        Arc("sent", "judged", 1, 1, 10.0),
    )


def test_a_milestone_tells_in_how_many_cases_it_occurs_begins_and_ends():
    assert directly_follows(FOUR).activities == (
        Activity("sent", 5, 4, n_first=4, n_last=0),
        Activity("received", 4, 3, n_first=0, n_last=1),
        Activity("judged", 3, 3, n_first=0, n_last=3),
    )


def test_what_fewest_cases_reach_is_left_out_before_anything_follows():
    found = directly_follows(log("a@0 rare@1 b@4", "a@0 b@2", "a@0 b@6"), most=2)
    assert [activity.name for activity in found.activities] == ["a", "b"]
    assert found.arcs == (Arc("a", "b", 3, 3, 4.0),)
    assert found.n_left_out == 1


def test_every_event_but_the_last_of_its_case_has_a_follower():
    found = directly_follows(FOUR)
    assert sum(arc.n for arc in found.arcs) == len(FOUR) - found.n_cases
    assert sum(activity.n for activity in found.activities) == len(FOUR)
    assert sum(activity.n_first for activity in found.activities) == found.n_cases


def test_events_of_one_moment_follow_each_other_as_they_are_given():
    found = directly_follows(log("first@1 second@1"))
    assert found.arcs == (Arc("first", "second", 1, 1, pytest.approx(0.0)),)


def test_without_events_there_is_no_map():
    found = directly_follows(log("only@0").head(0))
    assert (found.n_cases, found.activities, found.arcs) == (0, (), ())
