"""Counted indicators: from numerator and denominator to a figure with its interval.

Here: shares, rates, counts, flows and stocks out of `indicator_counts`.
Not here: the counting itself (dbt macros, one per kind).
"""

from collections.abc import Mapping
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.rolling import RollingYears
from pipelines.periods import last_day
from pipelines.statistics.intervals import poisson_exact, poisson_rate, wilson

# A month or the whole history is given nationally only; see `lead_time_cells`.
_COARSE_GRAINS = ("month", "all")
# A stock belongs to a day: four of them do not add up.
_ADDED_UP = ["share", "reconciliation", "rate", "count", "flow"]
# What may still leave a numerator, or join it, widens its interval.
_ENDS = ["numerator_least", "numerator_most"]
_PARTS = ["numerator", "denominator", *_ENDS]


def counted_figures(
    connection: duckdb.DuckDBPyConnection,
    kinds: dict[str, str],
    years: RollingYears,
    late: Mapping[str, date],
) -> pd.DataFrame:
    """Figures of all counted indicators.

    Args:
        connection: Open warehouse with `indicators.indicator_counts`.
        kinds: Kind of each indicator, by id.
        years: The rolling years.
        late: Day until which an indicator is followed, for those a table came late of.

    Returns:
        Rows of the long contract without dates: `indicator, period_grain, period, dimension,
        member, view, side, statistic, numerator, denominator, value, lower, upper, n_at_risk,
        status`.
    """
    # In order: a rolling year adds up four quarters, and the last digit depends on which is first.
    counts = connection.execute(
        "select * exclude (version) from indicators.indicator_counts order by all"
    ).df()
    keep = (counts["dimension"] == NATIONAL) | ~counts["period_grain"].isin(_COARSE_GRAINS)
    counts = counts[keep].reset_index(drop=True)
    counts["kind"] = counts["indicator"].map(kinds)
    counts = _whole_histories(counts, late)
    counts = pd.concat([counts, _rolling_years(counts, years)], ignore_index=True)
    parts = [
        _shares(counts[counts["kind"].isin(["share", "reconciliation"])]),
        _rates(counts[counts["kind"] == "rate"]),
        _numbers(counts[counts["kind"].isin(["count", "flow", "stock"])]),
    ]
    figures = [part for part in parts if not part.empty]
    if not figures:
        return pd.DataFrame()
    return pd.concat(figures, ignore_index=True).drop(columns=["kind", *_ENDS])


def _whole_histories(counts: pd.DataFrame, late: Mapping[str, date]) -> pd.DataFrame:
    """The same rows, the whole history of what is late ending with the months it was followed."""
    is_late = counts["indicator"].isin(list(late))
    months = counts[is_late & (counts["period_grain"] == "month")]
    until = months["indicator"].map(late)
    months = months[(months["period"].map(last_day) <= until).to_numpy(bool)]
    whole = months.assign(period_grain="all", period="all")
    keys = [column for column in counts.columns if column not in _PARTS]
    sums = whole.groupby(keys, sort=False, dropna=False)[_PARTS].sum(min_count=1).reset_index()
    # A stock has no history to add up.
    sums = sums[sums["kind"].isin(_ADDED_UP)]
    kept = counts[~(is_late & (counts["period_grain"] == "all"))]
    return pd.concat([kept, sums[list(counts.columns)]], ignore_index=True)


def _rolling_years(counts: pd.DataFrame, years: RollingYears) -> pd.DataFrame:
    """Numerators and denominators of four quarters, added up."""
    longer = years.given_to(counts[counts["kind"].isin(_ADDED_UP)])
    keys = [column for column in longer.columns if column not in _PARTS]
    # Nothing known in any of the four stays unknown.
    sums = longer.groupby(keys, sort=False, dropna=False)[_PARTS].sum(min_count=1)
    return sums.reset_index()[list(counts.columns)]


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    n, of = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    has_cases = of > 0
    least, most = (
        wilson(np.where(has_cases, rows[end].to_numpy(float), 0), np.where(has_cases, of, 1))
        for end in _ENDS
    )
    share = np.divide(n, of, out=np.full(n.size, np.nan), where=has_cases)
    # A reconciliation says which part of the whole each row is: matched, never received, …
    return rows.assign(
        value=share,
        lower=np.where(has_cases, least.lower, np.nan),
        upper=np.where(has_cases, most.upper, np.nan),
        n_at_risk=np.nan,
        status=np.where(has_cases, "ok", "no_data"),
    )


def _rates(rows: pd.DataFrame) -> pd.DataFrame:
    n, time = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    has_time = time > 0
    estimate = poisson_rate(np.where(has_time, n, 0), np.where(has_time, time, 1))
    return rows.assign(
        value=np.where(has_time, estimate.rate, np.nan),
        lower=np.where(has_time, estimate.lower, np.nan),
        upper=np.where(has_time, estimate.upper, np.nan),
        n_at_risk=np.nan,
        status=np.where(has_time, "ok", "no_data"),
    )


def _numbers(rows: pd.DataFrame) -> pd.DataFrame:
    n = rows["numerator"].to_numpy(float)
    limits = poisson_exact(n)
    # A stock is counted, not drawn: it has no interval.
    is_stock = (rows["kind"] == "stock").to_numpy(bool)
    return rows.assign(
        numerator=np.nan,
        denominator=np.nan,
        value=n,
        lower=np.where(is_stock, np.nan, limits.lower),
        upper=np.where(is_stock, np.nan, limits.upper),
        n_at_risk=np.nan,
        status="ok",
    )
