"""Until when every indicator is followed, and what becomes of the periods after that day.

Here: the day of each indicator, of each supplier of a hand-off and of its net clock; figures of
periods that are not over, or were not followed to their end.
Not here: the day itself, which has its home in SQL (`int_followed`, `int_table_followed`), and how
clocks end on it (`int_handoff`).

A period that runs on after the reference date is too recent. One that was over by then and that a
late table does not tell of is not delivered: what did come of it is a part, and looks like change.
"""

from collections.abc import Mapping
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.cells import GROSS, NET
from pipelines.indicators.periods import last_day, next_period
from pipelines.indicators.register import Indicator
from pipelines.indicators.verdict import NOT_DELIVERED

EVERYBODY = ""
TOO_RECENT = "too_recent"
_COLUMNS = ["indicator", "clock", "organisation", "followed_until", "waits_for"]
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
        organisation, followed_until, waits_for`; the last one names tables as
        `organisation_table`, separated by `|`, and is empty where none ends it before the
        reference date.
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
    rows: list[tuple[str, str, str, date, str]] = []
    for one in register:
        part = _part_of(one)
        suppliers = of_part.get((part, one.handoff or ""))
        if suppliers is None:
            suppliers = {EVERYBODY: _earliest(feeding[one.id], of_table, reference_day)}
        pauses = of_part.get(("pauses", one.handoff or ""), {}) if part == "clock" else {}
        for organisation, found in suppliers.items():
            rows.append((one.id, GROSS.name, organisation, *found))
            if pauses:
                rows.append(
                    (one.id, NET.name, organisation, *_first_of([found, pauses[EVERYBODY]]))
                )
    return pd.DataFrame(rows, columns=_COLUMNS)


def _part_of(one: Indicator) -> str:
    """Which part of its hand-off an indicator looks at; any other rests on whole tables."""
    if one.kind == "reconciliation":
        return "sides"
    return "clock" if one.norm_handoff else ""


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
    last_days = {one: np.datetime64(last_day(one)) for one in figures["period"].unique()}
    ends = figures["period"].map(last_days).to_numpy("datetime64[D]")
    reference = np.datetime64(reference_day)
    is_running = ends > reference
    is_missing = ~is_running & (ends > until)
    marked = figures.copy()
    # Of a cohort that still grows "not reached, from so many days" is no bound either.
    grows = is_running & figures["status"].isin(["ok", "not_reached"]).to_numpy(bool)
    marked.loc[grows, "status"] = TOO_RECENT
    marked.loc[is_missing, "status"] = NOT_DELIVERED
    marked.loc[is_missing, _NUMBERS] = np.nan
    missing = _missing(marked[until < reference], reference_day)
    return pd.concat([marked, missing], ignore_index=True) if len(missing) else marked


def _until(
    figures: pd.DataFrame, followed: pd.DataFrame, reference_day: date
) -> npt.NDArray[np.datetime64]:
    """(N,) last day each figure is followed: of its supplier, where that has a day of its own."""
    days = {
        (indicator, clock, organisation): day
        for indicator, clock, organisation, day, _ in followed.itertuples(index=False, name=None)
    }
    supplier = figures["member"].where(figures["dimension"] == "organisation", EVERYBODY)
    keys = figures[["indicator", "clock"]].assign(organisation=supplier)
    one_each = keys.drop_duplicates()
    until = [
        days.get(key, days.get((*key[:2], EVERYBODY), reference_day))
        for key in one_each.itertuples(index=False, name=None)
    ]
    return keys.merge(one_each.assign(until=until), how="left")["until"].to_numpy("datetime64[D]")


def _missing(late: pd.DataFrame, reference_day: date) -> pd.DataFrame:
    """Rows of periods that were over by the reference date, of series that end before them."""
    series = [one for one in late.columns if one not in {"period", "status", *_NUMBERS}]
    rows = []
    for key, periods in late.groupby(series, dropna=False, sort=True)["period"]:
        seen = set(periods)
        period = max(seen)
        if last_day(period) == date.min:
            continue
        while last_day(period := next_period(period)) <= reference_day:
            rows.append((*key, period))
    return pd.DataFrame(rows, columns=[*series, "period"]).assign(
        status=NOT_DELIVERED, **dict.fromkeys(_NUMBERS, np.nan)
    )
