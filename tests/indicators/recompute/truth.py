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
from tests.indicators.recompute.pauses import PAUSING, time_paused

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
    for name in [full_name for full_name in named if pd.notna(full_name)]:
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

    Columns: status, duration, shortest and longest (what a coarse date allows); case_key, start
    and end, for its pauses.
    """
    rows = pd.read_parquet(ledger / "true" / "handoff.parquet")
    rows = rows[(rows["handoff_id"] == rule.handoff_id) & (rows["started_at"] < reference.end)]
    stop = rows["stopped_at"].where(rows["stopped_at"] < reference.end)
    left = rows["competing_at"].where(rows["competing_at"] < reference.end)
    is_exit = left.notna() & (stop.isna() | (left <= stop))
    end = left.where(is_exit, stop)
    status = np.select([end.isna(), is_exit], ["open", "competing"], "completed")
    # What ends on the day it started, by a day only, or is done early, took no time.
    spans = pd.DataFrame(
        {"start": rows["started_at"], "end": end.fillna(reference.end), "status": status}
    )
    duration = Clock(spans, read_holidays(seeds), reference).length(rule.unit)
    prefix = rows["record_key"].astype("string").str[:2]
    granule = prefix.map(GRANULE_DAYS).fillna(0).astype(float)
    return pd.DataFrame(
        {
            "status": status,
            "duration": duration,
            "shortest": (duration - granule).clip(lower=0),
            "longest": duration + granule,
            "case_key": rows["case_key"].to_numpy(object),
            "start": spans["start"].to_numpy(),
            "end": spans["end"].to_numpy(),
        }
    )


def true_net_occurrences(ledger: Path, rule: object, seeds: Path, reference: Day) -> pd.DataFrame:
    """The same without the pauses there truly were. Only hand-offs to the moment have any."""
    rows = true_occurrences(ledger, rule, seeds, reference)
    assert (rows["shortest"] == rows["longest"]).all(), rule.handoff_id
    stood_still = _true_pauses(ledger, rule.handoff_id, reference)
    holidays = read_holidays(seeds)
    paused = [
        time_paused(row, stood_still.get(row["case_key"], []), rule.unit, holidays, reference)
        for row in rows.assign(start=_utc(rows["start"]), end=_utc(rows["end"])).to_dict("records")
    ]
    net = rows["duration"] - np.array(paused)
    return rows.assign(duration=net, shortest=net, longest=net, paused=paused)


def touched_net(ledger: Path, rule: object, seeds: Path) -> int:
    """How many occurrences faults can have touched, pauses among what they touch."""
    injected = faults(ledger)
    names = injected["organisation"] + "_" + injected["table_name"]
    n_pauses = injected.loc[names.isin(PAUSING), "record"].nunique()
    return touched(ledger, rule, seeds) + n_pauses


def _true_pauses(
    ledger: Path, handoff: str, reference: Day
) -> dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]]:
    """Begin and end of the pauses of each case, as known at the reference date."""
    rows = pd.read_parquet(ledger / "true" / "pause.parquet")
    is_own = rows["handoff_id"].isna() | (rows["handoff_id"] == handoff)
    rows = rows[is_own & (rows["started_at"] < reference.end)]
    found: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for row in rows.itertuples():
        is_over = pd.notna(row.ended_at) and row.ended_at < reference.end
        until = row.ended_at if is_over else reference.end
        found.setdefault(row.case_key, []).append((row.started_at, until))
    return found


def _utc(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True)


def mean_bounds(rows: pd.DataFrame, stop: float, k: int) -> tuple[float, float]:
    """Between which values a published mean up to a moment must lie: the bound under the curve.

    Any end counts, so nobody but who is still open is censored.
    """
    n, status = len(rows), rows["status"].to_numpy(object)
    if k >= n:
        return 0.0, stop
    ended = np.where(status == "open", "open", "completed").astype(object)
    followed = np.where(status == "open", "completed", "open").astype(object)
    means = []
    for column, sign in (("shortest", 1), ("longest", -1)):
        length = rows[column].to_numpy(float)
        curve = Curve.estimate(length, ended)
        share = np.concatenate([[1.0], Curve.estimate(length, followed).remaining[:-1]])
        with np.errstate(divide="ignore"):
            off = sign * k / ((n - k) * share)
        # From each time on the curve stands where it stood, and so does its bound; before the first
        # nobody has truly ended, but k may seem to.
        times = np.concatenate([[0.0], curve.times])
        done = np.clip(np.concatenate([[off[0]], curve.done + off]), 0.0, 1.0)
        widths = np.diff(np.minimum(np.append(times, np.inf), stop))
        means.append(float(((1.0 - done) * widths).sum()))
    return means[0], means[1]


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
