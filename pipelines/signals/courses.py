"""The series of the long table that have a chart, each as the course of its figures.

Here: which statistic of which kind of indicator is charted, which periods were followed long
enough, and what a course says of itself: its events, its cases, where it begins.
Not here: which chart fits a course, and what that says (`charted`); why so stands there too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.lead_time_cells import DIMENSIONS_OF_TODAY
from pipelines.indicators.lead_time_rows import QUANTILES
from pipelines.periods import (
    CHARTED_GRAINS,
    first_period_from,
    last_full_period,
    period_number,
)
from pipelines.signals.background import Background
from pipelines.statistics.signals import ROUNDING

# Of the median number of cases a period: fewer, and the figures of a start-up are no points yet.
START_UP_SHARE = 0.25
SERIES = ["indicator", "version", "statistic", "view", "side", "unit", "period_grain", "dimension",
           "member"]  # fmt: skip
READ = [*SERIES, "period", "numerator", "denominator", "value", "lower", "upper", "status"]
# Statistics charted per kind of indicator, each in its headline view; the first is the headline.
CHARTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "lead_time": (
        ("median", "cohort"),
        ("p90", "cohort"),
        ("share_within_norm", "cohort"),
        ("rmst", "cohort"),
    ),
    "cumulative_incidence": (("cumulative_incidence_12m", "cohort"),),
    "reconciliation": (("matched", "cohort"),),
    "share": (("share", "cohort"),),
    "rate": (("rate", "completed"),),
    "count": (("count", "completed"),),
    "flow": (("count", "completed"),),
    "stock": (("count", "open"),),
}
# What counts as an event when asking whether a series is too sparse.
_EVENTS = {
    "share": "numerator",
    "matched": "numerator",
    "share_within_norm": "numerator",
    "cumulative_incidence_12m": "numerator",
    "rate": "numerator",
    "count": "value",
}
HAS_NON_EVENTS = frozenset({"share", "matched", "share_within_norm", "cumulative_incidence_12m"})


def possible_rows(results: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Rows of the statistics that have a chart, and of each what a chart may look at.

    Args:
        results: Figures in the long contract.
        background: What kind each indicator is.
    """
    is_series = results["period_grain"].isin(CHARTED_GRAINS) & ~results["dimension"].isin(
        DIMENSIONS_OF_TODAY
    )
    rows = results[is_series & (results["clock"] == "gross")]
    return rows[READ].merge(charted_statistics(background))


def charted_statistics(background: Background) -> pd.DataFrame:
    """Which `statistic` of each `indicator` is charted, in which `view`."""
    return pd.DataFrame(
        [
            (indicator, statistic, view)
            for indicator, kind in background.kinds.items()
            for statistic, view in CHARTED.get(kind, ())
        ],
        columns=["indicator", "statistic", "view"],
    )


def charted_rows(rows: pd.DataFrame, background: Background) -> pd.DataFrame:
    """Those rows of periods that were followed long enough, in order, with the newest of each.

    Args:
        rows: As `possible_rows` gives them.
        background: Until when each indicator is followed.
    """
    if rows.empty:
        return rows
    numbers = {
        period: period_number(period, grain)
        for grain in CHARTED_GRAINS
        for period in rows.loc[rows["period_grain"] == grain, "period"].unique()
    }
    rows = rows.assign(number=rows["period"].map(numbers))
    keys = ["indicator", "statistic", "period_grain"]
    last_numbers = rows[keys].drop_duplicates()
    for name, last_day in (
        ("until", background.due_until),
        ("followed", background.followed_until),
    ):
        last_numbers[name] = [
            last_full_period(last_day(indicator, statistic, grain), grain)
            for indicator, statistic, grain in last_numbers[keys].itertuples(index=False, name=None)
        ]
    rows = rows.merge(last_numbers, on=keys)
    rows = rows.sort_values([*SERIES, "number"], ignore_index=True)
    # A share over one is refused at the door out, for that reason; here it is no point.
    is_impossible = rows["statistic"].isin(HAS_NON_EVENTS) & (rows["value"] > 1.0 + ROUNDING)
    rows["value"] = rows["value"].mask(is_impossible)
    # Beside what is charted stands the newest figure there is, also of cases still followed.
    newest = rows[(rows["status"] == "ok") & rows["value"].notna()].drop_duplicates(
        SERIES, keep="last"
    )
    newest = newest[[*SERIES, "period", "value"]].rename(
        columns={"period": "newest_period", "value": "newest_value"}
    )
    # Periods a late table does not tell of are missing at the end of the series.
    rows = rows[rows["number"] <= rows["followed"]]
    return rows.merge(newest, how="left", on=SERIES)


def series_of(rows: pd.DataFrame) -> Iterable[tuple[dict[str, str], "Course"]]:
    """Each series with its key, cut out of the sorted rows."""
    if rows.empty:
        return
    keys = rows[SERIES]
    is_first = (keys != keys.shift()).any(axis=1).to_numpy(dtype=bool)
    starts = np.flatnonzero(is_first)
    stops = np.append(starts[1:], len(rows))
    named = keys.iloc[starts].to_dict("records")
    columns = {
        name: rows[name].to_numpy(dtype=np.float64)
        for name in ("value", "lower", "upper", "numerator", "denominator")
    }
    period, status = rows["period"].to_numpy(object), rows["status"].to_numpy(object)
    until = rows["until"].to_numpy(np.int64)
    newest_period = rows["newest_period"].to_numpy(object)
    newest_value = rows["newest_value"].to_numpy(dtype=np.float64)
    for key, start, stop in zip(named, starts.tolist(), stops.tolist(), strict=True):
        cut = slice(start, stop)
        yield (
            {str(name): str(value) for name, value in key.items()},
            Course(
                period[cut].tolist(),
                np.where(status[cut] == "ok", columns["value"][cut], np.nan),
                columns["lower"][cut],
                columns["upper"][cut],
                columns["numerator"][cut],
                columns["denominator"][cut],
                status[cut].tolist(),
                int(until[start]),
                (newest_period[start], float(newest_value[start])),
            ),
        )


@dataclass(frozen=True)
class Course:
    """The figures of one series in order of period; a figure that may not be shown is NaN.

    `until` is the number of the last period that was followed long enough, `newest` period and
    value of the newest figure, also of a period that was not.
    """

    periods: list[str]
    value: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    numerator: npt.NDArray[np.float64]
    denominator: npt.NDArray[np.float64]
    status: list[str]
    until: int
    newest: tuple[str, float]

    def events(self, statistic: str) -> float:
        """Events a period on average, of a share the rarer of event and non-event."""
        if statistic not in _EVENTS:
            return np.inf
        is_known = ~np.isnan(self.value)
        if not is_known.any():
            return 0.0
        count = self.numerator if _EVENTS[statistic] == "numerator" else self.value
        mean = float(np.nanmean(count[is_known])) if not np.isnan(count[is_known]).all() else 0.0
        if statistic not in HAS_NON_EVENTS:
            return mean
        others = (self.denominator - self.numerator)[is_known]
        return min(mean, float(np.nanmean(others)) if not np.isnan(others).all() else 0.0)

    def cases(self, statistic: str) -> float:
        """Cases a period on average of what is a share of cases; 0 for anything else."""
        if statistic not in HAS_NON_EVENTS or np.isnan(self.denominator).all():
            return 0.0
        return float(np.nanmean(self.denominator))

    def since(self, begins: Sequence[date], grain: str) -> "Course":
        """The course from the last of some days on at which it begins anew."""
        begun = self.last_begin(begins, grain)
        numbers = [period_number(period, grain) for period in self.periods]
        return self if begun is None else self._from(int(np.searchsorted(numbers, begun)))

    def last_begin(self, begins: Sequence[date], grain: str) -> int | None:
        """Number of the period at which it last begins anew; None where it nowhere does."""
        if not self.periods:
            return None
        first, last = (period_number(self.periods[place], grain) for place in (0, -1))
        starts = [first_period_from(day, grain) for day in begins]
        return max((start for start in starts if first < start <= last), default=None)

    def after_start_up(self) -> "Course":
        """The course from its first figure on that rests on a share of the usual number of cases.

        Withheld periods at the start are the low ones of a start-up, as those of few cases are.
        """
        is_known = ~np.isnan(self.value)
        has_cases = is_known & ~np.isnan(self.denominator)
        least = 0.0
        if has_cases.any():
            least = START_UP_SHARE * float(np.median(self.denominator[has_cases]))
        return self._from(int(np.argmax(is_known & ~(self.denominator < least))))

    def _from(self, start: int) -> "Course":
        cut = slice(start, None)
        return Course(
            self.periods[cut],
            self.value[cut],
            self.lower[cut],
            self.upper[cut],
            self.numerator[cut],
            self.denominator[cut],
            self.status[cut],
            self.until,
            self.newest,
        )

    def events_and_base(
        self, statistic: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Events, and the cases or time they came from; NaN where there is no figure."""
        is_known = ~np.isnan(self.value)
        if statistic == "count":
            return self.value, np.where(is_known, 1.0, np.nan)
        return (
            np.where(is_known, self.numerator, np.nan),
            np.where(is_known, self.denominator, np.nan),
        )


def quantiles_not_reached(rows: pd.DataFrame) -> set[tuple[str, ...]]:
    """Keys of the series of quantiles that lack a value for a period for want of ended cases."""
    is_open = rows["statistic"].isin(QUANTILES) & (rows["status"] == "not_reached")
    return {
        tuple(str(part) for part in key)
        for key in rows.loc[is_open, SERIES].drop_duplicates().itertuples(index=False)
    }
