"""Cumulative incidence: how many have reached the end by a fixed time, other ends counted as such.

Here: phase-out at 6, 12 and 24 months per start cohort.
Not here: the estimator (`pipelines.statistics.competing`) and the episodes (`fct_phase_out`).
"""

import duckdb
import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.followed import unknown_status
from pipelines.indicators.rolling import ROLLING, RollingYears
from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.intervals import around
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.risk_sets import FEWEST_FOLLOWED

# Half, one and two years of 365.25 days, in whole days.
HORIZONS_DAYS = {"6m": 183, "12m": 365, "24m": 730}
_CAUSES = {"open": 0, "phase_out": 1, "other_exit": 2}
_GRAINS = ("quarter", "year")


def incidence_figures(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    dimensions: tuple[str, ...],
    years: RollingYears,
    late_by: float,
) -> pd.DataFrame:
    """Figures of one cumulative-incidence indicator.

    Args:
        connection: Open warehouse.
        mart: Mart with `start_quarter`, `start_year`, `duration_days`, `followable_days` (potential
            follow-up) and `cause` (open, phase_out, other_exit; anything else is a finding and left
            out).
        dimensions: Dimensions it may be split by (columns of the mart).
        years: The rolling years.
        late_by: Days the episodes would have been followed longer, had every table come.

    Returns:
        Rows of the long contract without indicator and dates, as in `counts`.
    """
    facts = ["start_quarter", "start_year", "duration_days", "followable_days", "cause"]
    columns = ", ".join([*facts, *dimensions])
    episodes = connection.execute(
        f"select {columns} from marts.{mart} "
        "where cause in ('open', 'phase_out', 'other_exit') and duration_days is not null"
    ).df()
    episodes["cause_code"] = episodes["cause"].map(_CAUSES).astype(np.int64)
    grains = {
        "all": episodes.assign(period="all"),
        **{grain: episodes.assign(period=episodes[f"start_{grain}"]) for grain in _GRAINS},
        ROLLING: episodes.merge(
            years.quarters(), left_on="start_quarter", right_on="quarter"
        ).rename(columns={"window": "period"}),
    }
    rows: list[dict[str, object]] = []
    for grain, cohort in grains.items():
        for dimension in (NATIONAL, *(() if grain == "all" else dimensions)):
            member = (
                pd.Series(NATIONAL, cohort.index) if dimension == NATIONAL else cohort[dimension]
            )
            for (period, one_member), cell in cohort.groupby(["period", member], sort=True):
                keys = {
                    "period_grain": grain,
                    "period": period,
                    "dimension": dimension,
                    "member": one_member,
                }
                rows.extend({**keys, **figure} for figure in _cell_figures(cell, late_by))
    return _with_limits(pd.DataFrame(rows)).assign(view="cohort", side="both")


def _with_limits(figures: pd.DataFrame) -> pd.DataFrame:
    """Limits of all figures at once, out of the counts each is like."""
    if figures.empty:
        return figures
    value = figures["value"].to_numpy(float)
    counts = (figures.pop(column).to_numpy(float) for column in ("like_x", "like_n"))
    ends = around(value, *MidP.of_counts(*counts).limits())
    is_known = ~np.isnan(value)
    lower, upper = (np.where(is_known, end, np.nan) for end in ends)
    return figures.assign(lower=lower, upper=upper)


def _cell_figures(cell: pd.DataFrame, late_by: float) -> list[dict[str, object]]:
    duration = cell["duration_days"].to_numpy(float)
    cause = cell["cause_code"].to_numpy(np.int64)
    longest = np.sort(cell["followable_days"].to_numpy(float))[-FEWEST_FOLLOWED:]
    followed = float(longest[0]) if longest.size == FEWEST_FOLLOWED else np.nan
    curve = aalen_johansen(duration, cause, n_causes=2, followed=followed)
    figures: list[dict[str, object]] = []
    horizons = np.array([*HORIZONS_DAYS.values()], float)
    unknown = unknown_status(np.array([followed]), np.array([late_by]), horizons)
    for (name, days), why in zip(HORIZONS_DAYS.items(), unknown, strict=True):
        value = curve.at(1, days)
        like_x, like_n = curve.counts_at(1, days)
        figures.append(
            {
                "statistic": f"cumulative_incidence_{name}",
                "numerator": float(np.count_nonzero((cause == 1) & (duration <= days))),
                "denominator": float(duration.size),
                "value": value,
                "like_x": like_x,
                "like_n": like_n,
                "n_at_risk": float(curve.at_risk_at(days)),
                "status": why if value is None else "ok",
            }
        )
    return figures
