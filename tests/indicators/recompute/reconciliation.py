"""Both sides of a hand-off, compared again: did the receiver record what the sender recorded?

Here: what each side recorded first per case, person or record, and the state that follows.
Not here: the clock of the hand-off (`handoffs`).

Rules (domain, 5): within the tolerance is matched; sent longer ago than the tolerance and nowhere
received is never received; received certainly before it was sent is negative; the rest is out of
tolerance. What was sent (else received) within the tolerance before the reference date is still
under way and not judged, matched or not. A coarse date is an interval: two intervals that touch may
be the same moment. What lacks a side may still get it until it is older than twice the tolerance
and twice the longest wait for a receipt: never received becomes too late, too late never received,
and a receipt without sending negative.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.indicators.recompute.figures import NATIONAL, period_of
from tests.indicators.recompute.handoffs import dimensions_of_cases, dimensions_of_records
from tests.indicators.recompute.milestones import (
    Day,
    Tables,
    local_day,
    milestones,
    read_seed,
)

STATES = ["matched", "out_of_tolerance", "sent_never_received", "received_never_sent", "negative"]
DIFFERENCES = {"difference_p10": 0.1, "difference_median": 0.5, "difference_p90": 0.9}
CELL = ["period_grain", "period", "dimension", "member"]
# A month and the whole history are given nationally only.
GRAINS = {True: ("month", "quarter", "year", "all"), False: ("quarter", "year")}
_NEVER = pd.Timestamp("2200-01-01", tz="UTC")


def reconciled(tables: Tables, seeds: Path, reference: Day) -> pd.DataFrame:
    """Every transfer of every two-sided hand-off, with its state.

    Columns: handoff_id, state (missing while under way), other (the state it may still come to,
    or missing), day (of sending, else of receipt), and one per dimension.
    """
    long = milestones(tables, seeds, reference)
    cases, records = dimensions_of_cases(tables), dimensions_of_records(tables)
    rules = read_seed(seeds, "handoffs").dropna(subset=["sent_milestone", "received_milestone"])
    parts = []
    for rule in rules.itertuples():
        sent = _side(long, rule.sent_milestone, rule.match_on)
        received = _side(long, rule.received_milestone, rule.match_on)
        both = sent.join(received, how="outer", lsuffix="_sent", rsuffix="_received")
        for column in ("case_key", "record_key"):
            both[column] = both[[f"{column}_sent", f"{column}_received"]].bfill(axis=1).iloc[:, 0]
        both["organisation"] = both["organisation_sent"].fillna(both["organisation_received"])
        both = both.join(cases, on="case_key").join(records, on="record_key")
        if isinstance(rule.population_dimension, str):
            member = both[rule.population_dimension]
            both = both[member.isna() | member.isin(rule.population_members.split("|"))]
        tolerance = pd.Timedelta(hours=float(rule.tolerance_hours))
        state = _states(both, tolerance, reference)
        parts.append(
            both.assign(
                handoff_id=rule.handoff_id,
                state=state,
                other=_still_to_come(both, state, tolerance, reference),
                day=local_day(both["moment_sent"].fillna(both["moment_received"])),
                hours=(both["moment_received"] - both["moment_sent"]) / pd.Timedelta(hours=1),
            )
        )
    return pd.concat(parts, ignore_index=True)


def counted_states(rows: pd.DataFrame, dimensions: list[str]) -> pd.DataFrame:
    """Of the judged transfers of one hand-off, how many are in each state, per cell.

    Columns: those of CELL, statistic, numerator, denominator, least and most of the numerator.
    """
    judged = rows[rows["state"].notna()]
    parts = []
    for dimension in [NATIONAL, *dimensions]:
        for grain in GRAINS[dimension == NATIONAL]:
            cells = pd.DataFrame(
                {
                    "period_grain": grain,
                    "period": period_of(judged["day"], grain),
                    "dimension": dimension,
                    "member": NATIONAL if dimension == NATIONAL else judged[dimension],
                    "state": judged["state"],
                    "other": judged["other"],
                }
            ).dropna(subset="member")
            counts = _number_in(cells, "state")
            may_leave = _number_in(cells.dropna(subset="other"), "state")
            may_join = _number_in(cells.dropna(subset="other"), "other")
            long = pd.DataFrame(
                {
                    "numerator": counts.stack(),
                    "least": (counts - may_leave.reindex_like(counts).fillna(0)).stack(),
                    "most": (counts + may_join.reindex_like(counts).fillna(0)).stack(),
                }
            ).rename_axis([*CELL, "statistic"])
            whole = counts.sum(axis=1).rename("denominator").reset_index()
            parts.append(long.reset_index().merge(whole))
    return pd.concat(parts, ignore_index=True)


def _number_in(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """How many transfers of each cell a column has in each state."""
    counts = cells.groupby([*CELL, column]).size().unstack(column, fill_value=0)
    return counts.reindex(columns=STATES, fill_value=0).rename_axis(columns="statistic")


def differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Quantiles in hours of received less sent, where both sides recorded it; nationally."""
    both = rows[rows["hours"].notna() & rows["state"].notna()]
    parts = []
    for grain in GRAINS[True]:
        for period, hours in both["hours"].groupby(period_of(both["day"], grain)):
            for name, p in DIFFERENCES.items():
                value = float(np.quantile(hours.to_numpy(float), p))
                parts.append((grain, period, name, value, float(len(hours))))
    names = ["period_grain", "period", "statistic", "value", "denominator"]
    return pd.DataFrame(parts, columns=names)


def _side(long: pd.DataFrame, named: str, key: str) -> pd.DataFrame:
    """First record of one side per key."""
    organisation, _, milestone = named.rpartition(".")
    rows = long[(long["milestone"] == milestone) & long[key].notna()]
    if organisation:
        rows = rows[rows["organisation"] == organisation]
    rows = rows.rename(columns={key: "key"})
    rows[key] = rows["key"]
    first = rows.sort_values(["moment", "latest"], kind="stable").drop_duplicates("key")
    return first.set_index("key")[["moment", "latest", "organisation", "case_key", "record_key"]]


def _states(both: pd.DataFrame, tolerance: pd.Timedelta, reference: Day) -> pd.Series:
    sent, received = both["moment_sent"], both["moment_received"]
    # Fill before comparing: with a missing side there is no difference to speak of.
    gap_after = received.fillna(_NEVER) - both["latest_sent"].fillna(_NEVER)
    gap_before = sent.fillna(_NEVER) - both["latest_received"].fillna(_NEVER)
    zero = pd.Timedelta(0)
    placed = both["latest_sent"].fillna(both["latest_received"])
    is_under_way = placed > reference.end - tolerance
    state = np.select(
        [
            is_under_way,
            received.isna() & (placed > reference.end - 2 * tolerance),
            received.isna(),
            sent.isna(),
            gap_before > zero,
            gap_after > tolerance,
        ],
        [
            "under_way",
            "out_of_tolerance",
            "sent_never_received",
            "received_never_sent",
            "negative",
            "out_of_tolerance",
        ],
        "matched",
    )
    return pd.Series(state, both.index).mask(is_under_way)


def _still_to_come(
    both: pd.DataFrame, state: pd.Series, tolerance: pd.Timedelta, reference: Day
) -> pd.Series:
    """The state that what lacks a side may still come to; missing where that is over."""
    waited = (both["moment_received"] - both["latest_sent"]).max()
    longest = max(tolerance, waited) if pd.notna(waited) else tolerance
    placed = both["latest_sent"].fillna(both["latest_received"])
    lacks_a_side = both["moment_received"].isna() | both["moment_sent"].isna()
    is_open = lacks_a_side & (reference.end - placed < 2 * longest)
    other = {
        "out_of_tolerance": "sent_never_received",
        "sent_never_received": "out_of_tolerance",
        "received_never_sent": "negative",
    }
    return state.where(is_open).map(other)
