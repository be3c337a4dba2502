"""What truly happened, and how far published figures may lie from it.

Here: the true layer of the ledger as durations and states, and the bound on the error that the
injected faults can cause.
Not here: the observable layer (`milestones`, `handoffs`).

The bound. A fault changes, hides or adds at most the occurrences that rest on its record. The
ledger lists every injected fault, so k is counted, not guessed: faults in the columns (or whole
rows, or keys) a hand-off's milestones live in. That k itself agrees with the declared rates is a
test of its own. Moving or leaving out k of n cases shifts the share done by t by at most
k / (n - k) while everybody is followed; a case moved past the end of others' follow-up weighs more,
by one over the share G(t) still followed. So the published curve lies within
d(t) = k / ((n - k) G(t)) of the true one, and a quantile between the first t at which F + d reaches
p and the first at which F - d does. Coarse dates are no error but an interval: they widen the true
durations by their granule on both sides.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from tests.indicators.recompute.figures import Curve
from tests.indicators.recompute.handoffs import Clock, read_holidays
from tests.indicators.recompute.milestones import Day, read_seed

# Numbers of coarse suppliers' records begin so; the granule in days.
GRANULE_DAYS = {"PA": 7, "SA": 7, "PM": 31, "SM": 31}
# Faults that take a record along, whatever the column.
WHOLE_RECORD = ("withdrawn", "second_pseudonym")
# Milestones that rest on more columns of their table than their own.
MORE_COLUMNS = {
    "first_measure_ended": ("gestart_op",),
    "last_measure_ended": ("gestart_op",),
    "first_measure_started": (),
}
CHANCE = 0.9999
TINY = 1e-9


def faults(ledger: Path) -> pd.DataFrame:
    """Injected faults of records; those of deliveries are put right by the last peildatum."""
    rows = pd.read_parquet(ledger / "true" / "fault.parquet")
    return rows[~rows["kind"].str.endswith("_delivery")]


def declared_rates(ledger: Path) -> dict[str, float]:
    """The rates the chain was simulated with."""
    text = (ledger / "manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["config"]["faults"])


def at_most(n: float, rate: float) -> float:
    """How many of n a rate hits at most, but for one chance in ten thousand."""
    return float(stats.binom.ppf(CHANCE, int(n), min(rate, 1.0)))


def touched(ledger: Path, rule: object, seeds: Path) -> int:
    """How many occurrences of a hand-off the injected faults can have touched."""
    homes = read_seed(seeds, "milestones")
    named = [rule.start_milestone, rule.stop_milestone, rule.competing_milestone]
    found = []
    injected = faults(ledger)
    for name in [one for one in named if pd.notna(one)]:
        organisation, _, milestone = name.rpartition(".")
        here = homes[homes["milestone"] == milestone]
        here = here[here["organisation"] == organisation] if organisation else here
        for home in here.itertuples():
            columns = (home.column_name, *MORE_COLUMNS.get(milestone, ()))
            is_table = (injected["organisation"] == home.organisation) & (
                injected["table_name"] == home.table_name
            )
            is_column = injected["column_name"].isin(columns) | injected["column_name"].isna()
            is_whole = injected["kind"].isin(WHOLE_RECORD)
            found.append(injected[is_table & (is_column | is_whole)])
    # A case is one occurrence, however many of its records are hit; a record is one too.
    subject = "case_key" if rule.match_on == "case_key" else "record"
    n = pd.concat(found)[subject].nunique()
    # A time somebody is informed ends one interval and begins the next.
    return 2 * n if rule.occurrence == "next" else n


def touched_rows(ledger: Path, tables: tuple[str, ...]) -> int:
    """How many records of these delivered tables were hit."""
    injected = faults(ledger)
    names = injected["organisation"] + "_" + injected["table_name"]
    hit = injected.assign(table=names)[names.isin(tables).to_numpy()]
    return len(hit.drop_duplicates(["table", "record"]))


def true_occurrences(ledger: Path, rule: object, seeds: Path, reference: Day) -> pd.DataFrame:
    """True occurrences of one hand-off that started by the reference date.

    Columns: status, duration, shortest and longest (what a coarse date allows).
    """
    rows = pd.read_parquet(ledger / "true" / "handoff.parquet")
    rows = rows[(rows["handoff_id"] == rule.handoff_id) & (rows["started_at"] < reference.end)]
    stop = rows["stopped_at"].where(rows["stopped_at"] < reference.end)
    left = rows["competing_at"].where(rows["competing_at"] < reference.end)
    is_exit = left.notna() & (stop.isna() | (left <= stop))
    end = left.where(is_exit, stop)
    status = np.select([end.isna(), is_exit], ["open", "competing"], "completed")
    # What ends on the day it started, by a day only, or is done early, took no time.
    clock = Clock(
        pd.DataFrame(
            {"start": rows["started_at"], "end": end.fillna(reference.end), "status": status}
        ),
        read_holidays(seeds),
        reference,
    )
    duration = clock.length(rule.unit)
    prefix = rows["record_key"].astype("string").str[:2]
    granule = prefix.map(GRANULE_DAYS).fillna(0).astype(float)
    return pd.DataFrame(
        {
            "status": status,
            "duration": duration,
            "shortest": (duration - granule).clip(lower=0),
            "longest": duration + granule,
        }
    )


def quantile_bounds(rows: pd.DataFrame, p: float, k: int) -> tuple[float, float]:
    """Between which times a published quantile at p must lie; infinite where nothing bounds it."""
    n, status = len(rows), rows["status"].to_numpy(object)
    if k >= n:
        return 0.0, np.inf
    # The share still followed: being open is the event, an end of any kind the censoring.
    followed = np.where(status == "open", "completed", "open")
    ends = []
    for column, sign in (("shortest", 1), ("longest", -1)):
        length = rows[column].to_numpy(float)
        curve = Curve.estimate(length, status)
        share = Curve.estimate(length, followed).remaining
        # Open cases leave just after the cases that end at the same time.
        share = np.concatenate([[1.0], share[:-1]])
        with np.errstate(divide="ignore"):
            done = curve.done + sign * k / ((n - k) * share)
        reached = np.flatnonzero(done >= p - TINY if sign > 0 else done > p + TINY)
        ends.append(float(curve.times[reached[0]]) if reached.size else np.inf)
    # Where even F + d is below p from the start, the first time is no bound.
    return ends[0], ends[1]
