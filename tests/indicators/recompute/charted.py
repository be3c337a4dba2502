"""Which figure of an indicator the answers look at, worked out again.

Here: the first of months and quarters, and of the statistics of a kind, whose series can carry
limits from moving ranges (methods.md section 3, and when such limits mean nothing).
Not here: the figures of a series (`figures`, `counts`, `themes`), and the answer (`effects`).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tests.indicators.recompute.effects import FEWEST_CASES
from tests.indicators.recompute.figures import is_running
from tests.indicators.recompute.milestones import Day

FEWEST_EVENTS, FEWEST_STEPS, MOST_GAPS, START_UP = 3.0, 0.75, 0.25, 0.25
FREQUENCIES = {"month": "M", "quarter": "Q"}
# Statistics in order of preference, and the view of each kind's headline.
STATISTICS = {
    "lead_time": (("median", "share_within_norm", "rmst"), "cohort"),
    "share": (("share",), "cohort"),
    "rate": (("rate",), "completed"),
}
SHARES = frozenset({"share", "share_within_norm"})


class Figure(NamedTuple):
    """What of an indicator is looked at: published under these names."""

    period_grain: str
    statistic: str
    view: str


def candidates(kind: str) -> Iterator[Figure]:
    """Every figure there could be a chart of, the preferred one first."""
    statistics, view = STATISTICS[kind]
    return (Figure(grain, statistic, view) for grain in FREQUENCIES for statistic in statistics)


def first_charted(
    kind: str,
    unit: str,
    rows_of: Callable[[Figure], tuple[pd.DataFrame, Day]],
    cuts: list[pd.Timestamp],
) -> Figure | None:
    """The figure that is looked at; None where no series is dense enough.

    Args:
        kind: Kind of the indicator.
        unit: Unit of its figures.
        rows_of: National rows of a figure, and the day until which cases were followed.
        cuts: Days from which the series is counted anew.
    """
    return next(
        (figure for figure in candidates(kind) if _carries(figure, unit, rows_of, cuts)), None
    )


def course(rows: pd.DataFrame, grain: str, until: Day) -> pd.DataFrame:
    """Value, numerator and denominator by period, without holes, as far as all were followed."""
    is_over = [not is_running(period, until) for period in rows["period"]]
    rows = rows[np.array(is_over, dtype=bool)]
    freq = FREQUENCIES[grain]
    periods = pd.PeriodIndex([period.replace("-Q", "Q") for period in rows["period"]], freq=freq)
    found = rows[["value", "numerator", "denominator"]].astype(float).set_index(periods)
    if found.empty:
        return found
    last = pd.Period(until.date + pd.Timedelta(days=1), freq) - 1
    return found.sort_index().reindex(pd.period_range(periods.min(), max(last, periods.max())))


def after_start_up(found: pd.DataFrame) -> pd.DataFrame:
    """Without the first periods that have under a quarter of the usual cases."""
    known = found["value"].notna() & found["denominator"].notna()
    usual = found.loc[known, "denominator"].median()
    return found[~(known & (found["denominator"] < START_UP * usual)).cummin()]


def _carries(
    figure: Figure,
    unit: str,
    rows_of: Callable[[Figure], tuple[pd.DataFrame, Day]],
    cuts: list[pd.Timestamp],
) -> bool:
    rows, until = rows_of(figure)
    whole = course(rows, figure.period_grain, until)
    known = whole.dropna(subset="value")
    # A quantile that was not reached where there were cases: its limits would lack the worst.
    if figure.statistic == "median" and (whole["value"].isna() & (whole["denominator"] > 0)).any():
        return False
    if known.empty or _events(known, figure.statistic) < FEWEST_EVENTS:
        return False
    values = after_start_up(whole)["value"]
    if values.notna().sum() < 2 or values.isna().mean() > MOST_GAPS:
        return False
    if _is_coarse(values, figure.statistic, unit, cuts):
        return False
    few = after_start_up(whole)["denominator"] < FEWEST_CASES
    return bool((values.isna() | few).mean() <= MOST_GAPS)


def _events(known: pd.DataFrame, statistic: str) -> float:
    if statistic in SHARES:
        others = known["denominator"] - known["numerator"]
        return min(known["numerator"].mean(), others.mean())
    return known["numerator"].mean() if statistic == "rate" else np.inf


def _is_coarse(values: pd.Series, statistic: str, unit: str, cuts: list[pd.Timestamp]) -> bool:
    """Whether the points differ by so few steps of their scale that limits mean nothing."""
    step = 0.0
    if statistic == "median":
        levels = np.unique(values.dropna())
        step = 1.0 if unit.endswith("_days") else np.diff(levels).min(initial=np.inf)
    freq = values.index.freq
    # A new stretch begins with the first period that begins on its day or later.
    begins = [pd.Period(day, freq) for day in cuts]
    begins = [at if at.start_time == day else at + 1 for at, day in zip(begins, cuts, strict=True)]
    stretch = np.array([sum(at <= period for at in begins) for period in values.index])
    ranges = values.diff().abs()[np.diff(stretch, prepend=stretch[0]) == 0]
    latest = values[stretch == stretch[-1]].diff().abs().dropna()
    if ranges.dropna().empty or latest.empty:
        return True
    kept = latest[latest < 3.267 * latest.mean()] if latest.mean() > 0 else latest
    half = 2.66 * kept.mean() if len(kept) else 0.0
    return ranges.mean() * 2.66 / 3 < FEWEST_STEPS * step or half < step or half <= 0
