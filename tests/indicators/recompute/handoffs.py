"""Occurrences of hand-offs, paired again from the milestones.

Here: which start belongs to which stop and exit, the state an occurrence is in, its length on
the three clocks, its norm and the members of the dimensions it belongs to.
Not here: coded pauses (`pauses`); medians, shares and counts (`figures`).

Rules (seed `handoffs`; methods 1):
* `first`: earliest start, stop and exit of the key. `after`: earliest start, and of the stops and
  exits that are not certainly before it the earliest. `each`: by record number. `next`: every start
  with the next one of the same person; the first exit after the start competes.
* An exit on the moment of the stop is an exit. An end that certainly came before the start is set
  aside ("negative"), unless the seed says early is on time: then it took no time.
* Days count from the day after the start, in local dates; hours are exact. Open cases are measured
  up to the end of the reference date.
* A day, week or month is measured from its first moment; bounds stand beside it.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from tests.indicators.recompute.milestones import (
    CASE,
    PERSON,
    Day,
    Tables,
    local_day,
    read_seed,
    record_number,
)
from tests.indicators.recompute.pauses import add_net_lengths

DIMENSIONS_OF_CASES = ["parket", "police_unit", "phenomenon", "route", "entry_way"]
DIMENSIONS_OF_RECORDS = ["product", "domain", "category", "executor"]
DIMENSIONS_OF_RECORDS += ["escalation_step", "scenario"]
MOMENTS = ["start", "start_latest", "stop", "stop_latest", "exit", "exit_latest"]


def dimensions_of_cases(tables: Tables) -> pd.DataFrame:
    """Members per case, indexed by case key: who judges the phenomenon last knows it best."""

    def column(table: str, name: str) -> pd.Series:
        rows = tables[table].drop_duplicates(CASE)
        return rows.set_index(CASE)[name].astype(object)

    phenomenon = column("nctv_aanwijzing", "fenomeen").combine_first(
        column("om_intake", "fenomeen").combine_first(column("om_casus", "fenomeen"))
    )
    return pd.DataFrame(
        {
            "parket": column("om_casus", "parket"),
            "police_unit": column("politie_melding", "eenheid"),
            "phenomenon": phenomenon,
            "route": column("om_intake", "route"),
            "entry_way": column("nctv_aanwijzing", "weg_in"),
        }
    )


def dimensions_of_records(tables: Tables) -> pd.DataFrame:
    """Members per record number, for the dimensions that belong to a record."""
    homes = [
        (f"{supplier}_product", "product", "soort")
        for supplier in ("politie", "kmar", "aivd", "mivd")
    ]
    homes += [
        (f"{supplier}_product", "domain", "domein")
        for supplier in ("politie", "kmar", "aivd", "mivd")
    ]
    homes += [
        ("om_maatregel", "category", "categorie"),
        ("lcc_maatregel", "category", "categorie"),
        ("lcc_maatregel", "executor", "uitvoerder"),
        ("om_escalatie", "escalation_step", "stap"),
        ("nctv_burgemeester", "scenario", "scenario"),
    ]
    cells = pd.concat(
        [
            pd.DataFrame(
                {
                    "record_key": record_number(tables[table]),
                    "dimension": dimension,
                    "member": tables[table][column].astype(object),
                }
            )
            for table, dimension, column in homes
        ]
    ).drop_duplicates(["record_key", "dimension"])
    wide = cells.pivot(index="record_key", columns="dimension", values="member")
    return wide.reindex(columns=DIMENSIONS_OF_RECORDS)


def handoffs(
    tables: Tables,
    long: pd.DataFrame,
    seeds: Path,
    reference: Day,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """One row per occurrence of every hand-off of the seed.

    Args:
        tables: Observable tables, for the dimensions.
        long: What `milestones` gives.
        seeds: Folder with the seeds.
        reference: Day up to which open cases are measured.
        only: Hand-offs to pair; all of the seed when none are named.
    """
    cases, records = dimensions_of_cases(tables), dimensions_of_records(tables)
    norms, holidays = read_norms(seeds), read_holidays(seeds)
    parts = []
    for rule in read_seed(seeds, "handoffs").itertuples():
        if only is not None and rule.handoff_id not in only:
            continue
        rows = _pair(rule, long)
        rows["handoff_id"] = rule.handoff_id
        rows["unit"] = rule.unit
        rows = _state(rows, rule.early_stop, reference)
        rows = rows.join(cases, on="case_key").join(records, on="record_key")
        rows = _population(rows, rule)
        rows = _clocks(rows, rule, norms, holidays, reference)
        parts.append(add_net_lengths(rows, rule, tables, holidays, reference))
    result = pd.concat(parts, ignore_index=True)
    known = pd.concat([tables[name][[CASE, PERSON]] for name in _WITH_PERSON])
    person_of_case = known.drop_duplicates(CASE).set_index(CASE)[PERSON]
    result["person_key"] = result["person_key"].fillna(result["case_key"].map(person_of_case))
    return result


_WITH_PERSON = ("nctv_aanwijzing", "om_casus", "politie_melding")


def _pair(rule: object, long: pd.DataFrame) -> pd.DataFrame:
    """Start, stop and exit of every occurrence."""
    key = rule.match_on
    starts = _of(long, rule.start_milestone).dropna(subset=key)
    stops = _of(long, rule.stop_milestone).dropna(subset=key)
    exits = _exits(long, rule.competing_milestone).dropna(subset=key)
    if rule.occurrence == "next":
        return _pair_next(key, starts, exits)
    if rule.occurrence == "after":
        stops, exits = (_not_before(starts, rows, key) for rows in (stops, exits))
    elif rule.occurrence not in {"first", "each"} or (
        rule.occurrence == "each" and key != "record_key"
    ):
        raise NotImplementedError(f"{rule.handoff_id}: {rule.occurrence} by {key}")
    # By record number a record has one start and one stop, so the earliest of each is theirs.
    paired = _first(starts, key, "start").join(_first(stops, key, "stop"), how="outer")
    paired = paired.join(_first(exits, key, "exit")).reset_index()
    return _whose(paired, key)


def _pair_next(key: str, starts: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    starts = starts.sort_values([key, "moment"], kind="stable")
    rows = starts.rename(columns={"moment": "start", "latest": "start_latest"})
    following = starts.groupby(key)[["moment", "latest"]].shift(-1)
    rows["stop"], rows["stop_latest"] = following["moment"], following["latest"]
    rows["occurrence_number"] = rows.groupby(key).cumcount() + 1
    rows["row"] = np.arange(len(rows))
    pairs = rows[[key, "row", "start"]].merge(exits[[key, "moment", "latest"]], on=key)
    # An exit on the day of the start may have come after it.
    after = pairs[pairs["latest"] >= pairs["start"]].sort_values("moment", kind="stable")
    first = after.drop_duplicates("row").set_index("row")
    rows["exit"] = rows["row"].map(first["moment"])
    rows["exit_latest"] = rows["row"].map(first["latest"])
    return rows.drop(columns=["row", "milestone", "granularity"])


def _not_before(starts: pd.DataFrame, rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Rows that lie, or may lie, at or after the first start of their key; all without a start."""
    begin = rows[key].map(starts.groupby(key)["moment"].min())
    is_moment = rows["moment"] == rows["latest"]
    # Of an interval the end itself is not part; a moment is.
    is_before = (rows["moment"] < begin).where(is_moment, rows["latest"] <= begin)
    return rows[~is_before]


def _of(long: pd.DataFrame, milestone: str) -> pd.DataFrame:
    """Rows of a milestone; `organisation.milestone` where two organisations record it."""
    if pd.isna(milestone):
        return long.iloc[:0]
    organisation, _, name = milestone.rpartition(".")
    rows = long[long["milestone"] == name]
    return rows[rows["organisation"] == organisation] if organisation else rows


def _exits(long: pd.DataFrame, named: str) -> pd.DataFrame:
    """Rows of any of the exits, which a bar separates."""
    if pd.isna(named):
        return long.iloc[:0]
    return pd.concat([_of(long, milestone) for milestone in named.split("|")])


def _first(rows: pd.DataFrame, key: str, role: str) -> pd.DataFrame:
    first = rows.sort_values("moment", kind="stable").drop_duplicates(key).set_index(key)
    first = first.rename(columns={"moment": role, "latest": f"{role}_latest"})
    first = first.drop(columns=["milestone", "granularity"])
    others = [
        column
        for column in ("organisation", "case_key", "person_key", "record_key")
        if column != key
    ]
    return first.rename(columns={column: f"{role}_{column}" for column in others})


def _whose(paired: pd.DataFrame, key: str) -> pd.DataFrame:
    """Whose occurrence it is: as the start says, else the stop."""
    for column in ("organisation", "case_key", "person_key", "record_key"):
        if column != key:
            paired[column] = paired[f"start_{column}"].combine_first(paired[f"stop_{column}"])
    if key == "case_key":
        # The case itself is the subject, whichever record the moment came from.
        paired["record_key"] = None
    paired["occurrence_number"] = 1
    keep = [key, "organisation", "case_key", "person_key", "record_key", "occurrence_number"]
    return paired[list(dict.fromkeys(keep)) + MOMENTS]


def _state(rows: pd.DataFrame, early_stop: str, reference: Day) -> pd.DataFrame:
    is_exit = rows["exit"].notna() & (rows["stop"].isna() | (rows["exit"] <= rows["stop"]))
    end = rows["exit"].where(is_exit, rows["stop"])
    end_latest = rows["exit_latest"].where(is_exit, rows["stop_latest"])
    # Of an interval the end itself is not part; a moment is.
    is_moment = end == end_latest
    is_early = np.where(is_moment, end < rows["start"], end_latest <= rows["start"])
    is_early = is_early & rows["start"].notna().to_numpy() & end.notna().to_numpy()
    status = np.select(
        [
            rows["start"].isna(),
            end.isna(),
            is_early & (early_stop == "finding"),
            is_exit,
        ],
        ["stop_only", "open", "negative", "competing"],
        "completed",
    )
    rows = rows.assign(status=status, is_exit=is_exit, end=end, end_latest=end_latest)
    rows["end"] = rows["end"].where(rows["status"] != "open", reference.end)
    rows["end_latest"] = rows["end_latest"].where(rows["status"] != "open", reference.end)
    if early_stop == "on_time":
        # What is done before its planned day took no time; done without a plan is no hand-off.
        rows["end"] = rows["end"].mask(is_early, rows["start"])
        rows["end_latest"] = rows["end_latest"].mask(is_early, rows["start_latest"])
        rows = rows[rows["status"] != "stop_only"]
    return rows


def _population(rows: pd.DataFrame, rule: object) -> pd.DataFrame:
    if pd.isna(rule.population_dimension):
        return rows
    member = rows[rule.population_dimension]
    applies = member.isin(rule.population_members.split("|"))
    # Without a start the row that names the member is often missing too; the finding stays.
    return rows[applies | (member.isna() & (rows["status"] == "stop_only"))]


def _clocks(
    rows: pd.DataFrame, rule: object, norms: pd.DataFrame, holidays: np.ndarray, reference: Day
) -> pd.DataFrame:
    rows = rows.copy()
    rows["start_date"] = local_day(rows["start"])
    rows["stop_date"] = local_day(rows["stop"])
    rows["exit_date"] = local_day(rows["exit"])
    counted = ~rows["status"].isin(["negative", "stop_only"])
    clock = Clock(rows, holidays, reference)
    rows["duration"] = clock.length(rule.unit).where(counted)
    of_handoff = norms[norms["handoff_id"] == rule.handoff_id]
    rows["norm"] = np.nan
    rows["norm_unit"] = None
    rows["norm_duration"] = np.nan
    rows["norm_age"] = np.nan
    until_now = Clock(rows.assign(end=reference.end, status="open"), holidays, reference)
    rows["followable"] = until_now.length(rule.unit).where(counted)
    rows["norm_followable"] = np.nan
    for norm in of_handoff.itertuples():
        valid = (rows["start_date"] >= norm.valid_from) & (rows["start_date"] <= norm.valid_to)
        rows.loc[valid, "norm"] = norm.value
        rows.loc[valid, "norm_unit"] = norm.unit
        rows.loc[valid, "norm_duration"] = clock.length(norm.unit).where(counted)[valid]
        rows.loc[valid, "norm_age"] = until_now.length(norm.unit)[valid]
        rows.loc[valid, "norm_followable"] = rows["norm_age"].where(counted)[valid]
    return rows


class Clock:
    """Lengths from start to end (or the reference date) of the rows, in any unit."""

    def __init__(self, rows: pd.DataFrame, holidays: np.ndarray, reference: Day) -> None:
        self.holidays = holidays
        self.start, self.end = rows["start"], rows["end"]
        self.start_day = local_day(rows["start"])
        self.end_day = local_day(rows["end"])
        is_open = rows["status"] == "open"
        self.end_day = self.end_day.mask(is_open, reference.midnight)

    def length(self, unit: str) -> pd.Series:
        if unit == "hours":
            length = (self.end - self.start) / pd.Timedelta(hours=1)
        elif unit == "days":
            length = (self.end - self.start) / pd.Timedelta(days=1)
        elif unit == "calendar_days":
            length = (self.end_day - self.start_day) / pd.Timedelta(days=1)
        elif unit == "working_days":
            length = self._working_days()
        else:
            raise NotImplementedError(unit)
        # A day that is compared with a moment on it can seem to end just before it starts.
        return length.clip(lower=0.0)

    def _working_days(self) -> pd.Series:
        both = self.start_day.notna() & self.end_day.notna()
        result = pd.Series(np.nan, index=self.start_day.index)
        first = self.start_day[both].to_numpy().astype("datetime64[D]") + 1
        last = self.end_day[both].to_numpy().astype("datetime64[D]") + 1
        result[both] = working_days_between(first, last, self.holidays)
        return result


def working_days_between(first: np.ndarray, beyond: np.ndarray, holidays: np.ndarray) -> np.ndarray:
    """Days from `first` up to and not including `beyond` that are no weekend and no holiday."""
    return np.busday_count(first, np.maximum(first, beyond), holidays=holidays).astype(float)


def read_holidays(seeds: Path) -> np.ndarray:
    """The days the reviewed calendar names."""
    days = read_seed(seeds, "calendar")["holiday_date"].dropna()
    return days.to_numpy(dtype=str).astype("datetime64[D]")


def read_norms(seeds: Path) -> pd.DataFrame:
    """Norms with their validity as days; one without an end is valid for ever."""
    norms = read_seed(seeds, "norms")
    return norms.assign(
        value=norms["value"].astype(float),
        valid_from=pd.to_datetime(norms["valid_from"]),
        valid_to=pd.to_datetime(norms["valid_to"]).fillna(pd.Timestamp("2200-01-01")),
    )
