"""The course of a measure by the length of period that reaches furthest.

Here: which length that is, for page, drawing and pack alike. Where few are handed on only coarse
periods are published: then these are the newest figures, and a tile by quarter would be empty.
Not here: what a figure is and how it is written (`figures`, `formats`).
"""

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.periods import last_day
from pipelines.wording.figures import Figure, figures_of, latest
from pipelines.wording.rows import Row, records, text_of

PERIODS_PER_YEAR: Mapping[str, float] = {"quarter": 4, "half_year": 2, "year": 1, "two_years": 0.5}
"""Lengths of a period, fine to coarse, with how many make a year."""
# Rows of the long contract of one indicator, by statistic, view and length of period.
Series = Mapping[tuple[str, str, str], list[Row]]
_READ = (
    "indicator", "statistic", "view", "period_grain", "side", "period", "status", "unit", "value",
    "lower", "upper", "provisional_lower", "provisional_upper", "numerator", "denominator",
    "n_at_risk",
)  # fmt: skip


def series_by_indicator(results: pd.DataFrame) -> Mapping[str, Series]:
    """Return the national figures by the clock itself, by indicator, statistic, view and length.

    Read once for all: a page shows some forty indicators.
    """
    own = results[(results["dimension"] == NATIONAL) & (results["clock"] == "gross")]
    found: dict[str, dict[tuple[str, str, str], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in records(own.filter(items=_READ)):
        key = str(row["statistic"]), str(row["view"]), str(row["period_grain"])
        found[str(row["indicator"])][key].append(row)
    return dict(found)


def newest_course(
    own: Series, statistic: str, view: str = "cohort", *, side: str = ""
) -> tuple[str, list[Figure]]:
    """Return figures by the length of period that reaches furthest, and that length.

    Args:
        own: The series of one indicator, by every length of `PERIODS_PER_YEAR`.
        statistic: Which of them.
        view: In which view.
        side: Whose clock, where there are two.
    """
    courses = {grain: figures_by(own, statistic, view, grain, side) for grain in PERIODS_PER_YEAR}

    def reach(grain: str) -> int:
        newest = latest(courses[grain])
        return -1 if newest is None else last_day(newest.period).toordinal()

    # Of equally new ones the finest; where none has a figure, the finest that has a period.
    grain = max((name for name in PERIODS_PER_YEAR if courses[name]), key=reach, default="quarter")
    return grain, courses[grain]


def newest_figures(
    results: pd.DataFrame, statistic: str, view: str = "cohort", *, side: str = ""
) -> list[Figure]:
    """Return that course of a measure of one indicator; none where it has no figures.

    Args:
        results: Figures of the indicator in the long contract.
        statistic: Which of them.
        view: In which view.
        side: Whose clock, where there are two.
    """
    series = series_by_indicator(results[results["statistic"] == statistic])
    return newest_course(next(iter(series.values()), {}), statistic, view, side=side)[1]


def figures_by(own: Series, statistic: str, view: str, grain: str, side: str) -> list[Figure]:
    """Return the figures of a measure by one length of period; of one side where there are two."""
    rows = own.get((statistic, view, grain), [])
    sides = list(dict.fromkeys(text_of(row, "side") for row in rows))
    shown = side if side in sides else next(iter(sides), "")
    of_side = [row for row in rows if text_of(row, "side") == shown]
    return figures_of(of_side, fill_gaps=grain in {"quarter", "year"})
