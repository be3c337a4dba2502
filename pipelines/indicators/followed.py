"""Until when every indicator is followed, and what becomes of the periods after that day.

Here: the day of each indicator, of each supplier of a hand-off and of its net clock; figures of
periods that are not over, or were not followed to their end.
Not here: the day itself, which has its home in SQL (`int_followed`, `int_table_followed`), and how
clocks end on it (`int_handoff`).

A period that runs on after the reference date is too recent. One that was over by then and that a
late table does not tell of is not delivered: what did come of it is a part, and looks like change.
What has become of cases by the reference date is of that day, whatever their period: a late table
does not tell it of any.
A transfer is judged once it is older than its tolerance, so a period of them is too recent until
most of it is judged: the first days of a month are no month.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.lead_time_cells import DIMENSIONS_OF_TODAY, GROSS, NET
from pipelines.indicators.register import Indicator
from pipelines.indicators.rolling import ROLLING
from pipelines.indicators.verdict import NOT_DELIVERED
from pipelines.periods import last_day, next_period

EVERYBODY = ""
TOO_RECENT = "too_recent"
_COLUMNS = [
    "indicator",
    "clock",
    "organisation",
    "followed_until",
    "waits_for",
    "tolerance_hours",
    "is_of_today",
]
# Half a period. Of less the share of a month first seen was that of its first days: of one hand-off
# with a tolerance of ninety days .019 too good, over 28 months (2026-11, data engineers).
# A rolling year by the quarter it ends with, which tells it from the one before.
_HALF_DAYS = {"month": 15, "quarter": 45, ROLLING: 45, "year": 182}
_NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "n_at_risk"]


def read_followed(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: Mapping[str, set[str]],
    reference_day: date,
) -> pd.DataFrame:
    """Read until when every indicator is followed.

    Args:
        connection: Open warehouse with `intermediate.int_followed` and `int_table_followed`.
        register: The indicators.
        feeding: Tables each indicator is made from.
        reference_day: Reference date of the build.

    Returns:
        One row per indicator, clock and organisation, `EVERYBODY` for all of them together; an
        organisation has a row only where it supplies the hand-off. Columns `indicator, clock,
        organisation, followed_until, waits_for, tolerance_hours, is_of_today`; `waits_for` names
        tables as `organisation_table`, separated by `|`, and is empty where none ends it before
        the reference date; the tolerance is 0 for what is no reconciliation.
    """
    of_part: dict[tuple[str, str], dict[str, tuple[date, str]]] = {}
    for part, handoff, organisation, day, waits_for in connection.execute(
        "select part, handoff_id, coalesce(organisation, ''), followed_until, "
        "coalesce(waits_for, '') from intermediate.int_followed order by all"
    ).fetchall():
        of_part.setdefault((part, handoff), {})[organisation] = (day, waits_for)
    of_table: dict[str, date] = dict(
        connection.execute(
            "select organisation || '_' || table_name, followed_until "
            "from intermediate.int_table_followed"
        ).fetchall()
    )
    tolerances = read_tolerances(connection)
    rows: list[tuple[str, str, str, date, str, float, bool]] = []
    for indicator in register:
        tolerance = (
            tolerances.get(indicator.handoff or "", 0.0)
            if indicator.kind == "reconciliation"
            else 0.0
        )
        part = _part_of(indicator)
        suppliers = of_part.get((part, indicator.handoff or ""))
        if suppliers is None:
            suppliers = {EVERYBODY: _earliest(feeding[indicator.id], of_table, reference_day)}
        pauses = of_part.get(("pauses", indicator.handoff or ""), {}) if part == "clock" else {}
        same = tolerance, indicator.is_of_today
        for organisation, found in suppliers.items():
            rows.append((indicator.id, GROSS.name, organisation, *found, *same))
            if pauses:
                net = _first_of([found, pauses[EVERYBODY]])
                rows.append((indicator.id, NET.name, organisation, *net, *same))
    return pd.DataFrame(rows, columns=_COLUMNS)


def read_tolerances(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Hours a transfer may take, by two-sided hand-off."""
    rows = connection.execute(
        "select handoff_id, tolerance_hours from marts.dim_handoff "
        "where tolerance_hours is not null"
    ).fetchall()
    return {str(handoff): float(hours) for handoff, hours in rows}


def days_until_judged(tolerance_hours: float, grain: str) -> int:
    """How many days after its end half of the transfers of a period are old enough to be judged."""
    if grain not in _HALF_DAYS:
        return 0
    return max(0, math.ceil(tolerance_hours / 24.0) - _HALF_DAYS[grain])


@dataclass(frozen=True)
class Lateness:
    """How much longer hand-offs would have been followed, had every table come.

    Attributes:
        days: Last day of each indicator, clock and organisation.
        reference_day: Reference date of the build.
        working_days: Number of those days, and of the reference date, among the working days.
    """

    days: Mapping[tuple[str, str, str], date]
    reference_day: date
    working_days: Mapping[date, float]

    def of(self, indicator: str, clock: str, organisation: str, unit: str) -> float:
        """The time from the last day followed to the reference date, in a unit; mostly nothing."""
        whole = self.days.get((indicator, clock, EVERYBODY), self.reference_day)
        day = self.days.get((indicator, clock, organisation), whole)
        if day >= self.reference_day:
            return 0.0
        if unit == "working_days":
            return self.working_days[self.reference_day] - self.working_days[day]
        return float((self.reference_day - day).days) * (24.0 if unit == "hours" else 1.0)


def read_lateness(
    connection: duckdb.DuckDBPyConnection, followed: pd.DataFrame, reference_day: date
) -> Lateness:
    """How late each indicator is, out of what `read_followed` gives and the calendar."""
    keys = followed[["indicator", "clock", "organisation"]].itertuples(index=False, name=None)
    days = dict(zip(keys, followed["followed_until"], strict=True))
    wanted = sorted({*days.values(), reference_day})
    if wanted[0] == reference_day:
        return Lateness({}, reference_day, {})
    numbers = connection.execute(
        "select calendar_date, working_day::double from marts.dim_calendar "
        "where calendar_date in (select unnest($days))",
        {"days": wanted},
    ).fetchall()
    return Lateness(days, reference_day, dict(numbers))


def unknown_status(
    followed: npt.NDArray[np.float64], late_by: npt.NDArray[np.float64], needed: npt.ArrayLike
) -> npt.NDArray[np.object_]:
    """Why figures are not known: their cohorts are too recent, or a late table stands in the way.

    Args:
        followed: (G,) potential follow-up of each cohort; NaN where it is too small to have one.
        late_by: (G,) how much longer it would have been, had every table come.
        needed: (G,) follow-up the figure asks for.
    """
    is_late = (late_by > 0) & (followed + late_by >= np.asarray(needed))
    found: npt.NDArray[np.object_] = np.where(is_late, NOT_DELIVERED, TOO_RECENT).astype(object)
    return found


def _part_of(indicator: Indicator) -> str:
    """Which part of its hand-off an indicator looks at; any other rests on whole tables."""
    if indicator.kind == "reconciliation":
        return "sides"
    return "clock" if indicator.norm_handoff else ""


def _earliest(
    tables: set[str], of_table: Mapping[str, date], reference_day: date
) -> tuple[date, str]:
    """The day some tables are followed until, and which of them end it there."""
    known = {table: of_table[table] for table in tables & of_table.keys()}
    day = min(known.values(), default=reference_day)
    late = "|".join(sorted(table for table, until in known.items() if until == day))
    return (day, late) if day < reference_day else (reference_day, "")


def _first_of(found: list[tuple[date, str]]) -> tuple[date, str]:
    """The earliest of some days, with all that end it there."""
    day = min(until for until, _ in found)
    late = {table for until, names in found if until == day for table in names.split("|") if table}
    return day, "|".join(sorted(late))


def of_everybody(followed: pd.DataFrame) -> pd.DataFrame:
    """Day and tables of each indicator on its gross clock, indexed by indicator."""
    whole = followed[(followed["organisation"] == EVERYBODY) & (followed["clock"] == GROSS.name)]
    return whole.set_index("indicator")[["followed_until", "waits_for"]]


def as_followed(figures: pd.DataFrame, followed: pd.DataFrame, reference_day: date) -> pd.DataFrame:
    """Say of every period that is not over, or not followed to its end, what it is.

    Args:
        figures: Rows of the long contract.
        followed: What `read_followed` gives.
        reference_day: Reference date of the build.

    Returns:
        The same rows, and one for each later period of a series that ends where it is no longer
        followed.
    """
    until = _until(figures, followed, reference_day)
    tolerance = dict(zip(followed["indicator"], followed["tolerance_hours"], strict=True))
    last_days = {period: np.datetime64(last_day(period)) for period in figures["period"].unique()}
    ends = figures["period"].map(last_days).to_numpy("datetime64[D]")
    wait = _days_until_judged(figures, tolerance)
    reference = np.datetime64(reference_day)
    is_running = ends > reference - wait
    is_late = ends > until - wait
    is_late |= _is_of_today(figures, followed) & (until < reference)
    is_missing = ~is_running & is_late
    marked = figures.copy()
    # Of a cohort that still grows "not reached, from so many days" is no bound either.
    grows = is_running & figures["status"].isin(["ok", "not_reached", NOT_DELIVERED]).to_numpy(bool)
    marked.loc[grows, "status"] = TOO_RECENT
    marked.loc[is_missing, "status"] = NOT_DELIVERED
    marked.loc[marked["status"] == NOT_DELIVERED, _NUMBERS] = np.nan
    missing = _missing(marked[until < reference], tolerance, reference_day)
    return pd.concat([marked, missing], ignore_index=True) if len(missing) else marked


def _is_of_today(figures: pd.DataFrame, followed: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """(N,) whether a figure tells what has become of its cases by the reference date."""
    of_today = followed.loc[followed["is_of_today"].astype(bool), "indicator"]
    by_state = figures["dimension"].isin(DIMENSIONS_OF_TODAY)
    return (figures["indicator"].isin(of_today) | by_state).to_numpy(bool)


def _days_until_judged(
    figures: pd.DataFrame, tolerance: Mapping[str, float]
) -> npt.NDArray[np.timedelta64]:
    """(N,) days after its end that each figure is judged."""
    keys = figures[["indicator", "period_grain"]]
    days = {
        key: days_until_judged(tolerance.get(key[0], 0.0), key[1])
        for key in keys.drop_duplicates().itertuples(index=False, name=None)
    }
    found = [days[key] for key in keys.itertuples(index=False, name=None)]
    return np.array(found, dtype="timedelta64[D]")


def _until(
    figures: pd.DataFrame, followed: pd.DataFrame, reference_day: date
) -> npt.NDArray[np.datetime64]:
    """(N,) last day each figure is followed: of its supplier, where that has a day of its own."""
    days = {
        (indicator, clock, organisation): day
        for indicator, clock, organisation, day, *_ in followed.itertuples(index=False, name=None)
    }
    supplier = figures["member"].where(figures["dimension"] == "organisation", EVERYBODY)
    keys = figures[["indicator", "clock"]].assign(organisation=supplier)
    one_each = keys.drop_duplicates()
    until = [
        days.get(key, days.get((*key[:2], EVERYBODY), reference_day))
        for key in one_each.itertuples(index=False, name=None)
    ]
    return keys.merge(one_each.assign(until=until), how="left")["until"].to_numpy("datetime64[D]")


def _missing(
    late: pd.DataFrame, tolerance: Mapping[str, float], reference_day: date
) -> pd.DataFrame:
    """Rows of periods that were over by the reference date, of series that end before them."""
    series = [column for column in late.columns if column not in {"period", "status", *_NUMBERS}]
    rows = []
    for key, periods in late.groupby(series, dropna=False, sort=True)["period"]:
        period = max(periods)
        if last_day(period) == date.min:
            continue
        indicator, grain = (
            str(key[series.index(column)]) for column in ("indicator", "period_grain")
        )
        days = days_until_judged(tolerance.get(indicator, 0.0), grain)
        until = reference_day - timedelta(days=days)
        while last_day(period := next_period(period)) <= until:
            rows.append((*key, period))
    return pd.DataFrame(rows, columns=[*series, "period"]).assign(
        status=NOT_DELIVERED, **dict.fromkeys(_NUMBERS, np.nan)
    )
