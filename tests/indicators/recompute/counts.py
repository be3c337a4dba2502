"""Counted indicators of the register: numerators and denominators, added up again.

Here: the kinds of counting (share, count, flow, stock, rate) over the rows of `marts`.
Not here: the rows themselves (`marts`) and lead times (`figures`).

An entry names a mart and columns. A new entry over a mart and column made there is checked without
another line; a new column has to be worked out in `marts` first, independently of dbt.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tests.indicators.recompute.figures import (
    NATIONAL,
    ROLLING,
    name_of_period,
    rolling_years,
    share_by,
)
from tests.indicators.recompute.limits import Cases
from tests.indicators.recompute.marts import MARTS
from tests.indicators.recompute.milestones import Day, Tables

COUNTED_KINDS = ("share", "count", "flow", "stock", "rate")
HORIZONS = {"6m": 183, "12m": 365, "24m": 730}
Entry = dict[str, Any]
Window = tuple[pd.Timestamp, pd.Timestamp]


def counted(
    entry: Entry, tables: Tables, reference: Day, window: Window | None = None
) -> pd.DataFrame:
    """Numerator and denominator of one register entry, per cell.

    Args:
        entry: The entry.
        tables: Observable tables.
        reference: Reference date.
        window: First and last day of the chain, for rolling years; without them none are given.

    Raises:
        NotImplementedError: The entry's mart or a column of it is not worked out here yet.
    """
    rows = _rows_of(entry, tables, reference)
    numerator, denominator = _parts(entry, rows)
    rows = rows.assign(_numerator=numerator, _denominator=denominator)
    rows = rows[rows["_numerator"].notna() & (rows[entry["date_column"]] <= reference.midnight)]
    cells: dict[tuple[str, str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows.to_dict("records"):
        for key in _cells_of(row, entry, window):
            cells[key][0] += row["_numerator"]
            cells[key][1] += row["_denominator"]
    names = ["period_grain", "period", "dimension", "member", "numerator", "denominator"]
    return pd.DataFrame([(*key, *sums) for key, sums in cells.items()], columns=names)


def _rows_of(entry: Entry, tables: Tables, reference: Day) -> pd.DataFrame:
    if entry["mart"] not in MARTS:
        raise NotImplementedError(f"{entry['id']}: work out {entry['mart']} in recompute/marts.py")
    rows = MARTS[entry["mart"]](tables, reference)
    named = ["date_column", "numerator_column", "denominator_column", "filter_column"]
    wanted = [entry[key] for key in named if entry.get(key)] + list(entry.get("dimensions") or [])
    if absent := sorted(set(wanted) - set(rows.columns)):
        raise NotImplementedError(
            f"{entry['id']}: work out {entry['mart']}.{absent} in recompute/marts.py"
        )
    if entry.get("handoff"):
        rows = rows[rows["handoff_id"] == entry["handoff"]]
    if entry.get("filter_column"):
        rows = rows[rows[entry["filter_column"]].eq(True)]
    return rows


def _parts(entry: Entry, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series | float]:
    column = rows[entry["numerator_column"]]
    if entry["kind"] == "share" and not entry.get("denominator_column"):
        # A row whose answer is not known takes no part.
        return column.map({True: 1.0, False: 0.0}), 1.0
    if entry["kind"] in {"count", "flow"}:
        return column.map({True: 1.0}), np.nan
    if entry["kind"] == "stock":
        return column.astype(float), np.nan
    return column.astype(float), rows[entry["denominator_column"]].astype(float)


def _cells_of(
    row: dict[str, Any], entry: Entry, window: Window | None = None
) -> Iterator[tuple[str, str, str, str]]:
    """National by month, quarter, year and whole history; dimensions by quarter and year."""
    day = row[entry["date_column"]]
    grains = ["month", "quarter", "year", "all"]
    if entry["kind"] == "stock":
        # A stock is there or not: it belongs to the month end that closes the period.
        closes = {"month": True, "quarter": day.month % 3 == 0, "year": day.month == 12}
        grains = [grain for grain, is_closing in closes.items() if is_closing]
    periods = [(grain, name_of_period(day, grain)) for grain in grains]
    if window and entry["kind"] != "stock":
        periods += [(ROLLING, name) for name in rolling_years(day, *window)]
    for grain, period in periods:
        yield (grain, period, NATIONAL, NATIONAL)
        if grain in {"quarter", "year", ROLLING}:
            for dimension in entry.get("dimensions") or []:
                if isinstance(row[dimension], str):
                    yield (grain, period, dimension, row[dimension])


def incidence(entry: Entry, tables: Tables, reference: Day, window: Window) -> pd.DataFrame:
    """Cumulative incidence of full phase-out per start cohort, by Aalen-Johansen written out."""
    rows = _rows_of({**entry, "numerator_column": "cause"}, tables, reference)
    found: dict[tuple[str, str, str, str], list[tuple[float, str, float]]] = defaultdict(list)
    states = {"phase_out": "completed", "other_exit": "competing", "open": "open"}
    for row in rows.to_dict("records"):
        for key in _cells_of(row, entry, window):
            if key[0] != "month":
                could = (reference.midnight - row["started_on"]) / pd.Timedelta(days=1)
                found[key].append((row["duration_days"], states[row["cause"]], could))
    figures = []
    for key, rows_of_cell in found.items():
        duration, status, could = (np.array(values) for values in zip(*rows_of_cell, strict=True))
        cases = Cases(duration, status.astype(object), could, may_exit=True)
        for name, days in HORIZONS.items():
            reached = float(((cases.status == "completed") & (duration <= days)).sum())
            value, ends = share_by(cases, days)
            n = duration.size
            figures.append((*key, f"cumulative_incidence_{name}", reached, n, value, *ends))
    names = ["period_grain", "period", "dimension", "member", "statistic"]
    names += ["numerator", "denominator", "value", "lower", "upper"]
    return pd.DataFrame(figures, columns=names)
