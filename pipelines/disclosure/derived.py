"""Figures out of rounded counts: nothing that is shown still rests on a count that is not.

Here: shares, rates and their limits by the law each statistic uses, and lengths of time in whole
units.
Not here: the rounding of the counts (`rounding`), and what is withheld.

A share of true counts, printed in full, gives its fraction away; limits give n away. So both are
made anew. What a length of time rests on cannot be made anew: it is said in whole units, which no
one case can be read from, and without the number that ended.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipelines.statistics.intervals import Limits, around, poisson_exact, poisson_rate, wilson
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.risk_sets import FloatArray

LENGTHS = frozenset(
    {"median", "p90", "difference_p10", "difference_median", "difference_p90", "median_age_days"}
)
_NO_NUMBERS = ["n_at_risk", "provisional_lower", "provisional_upper"]
_FIGURE = ["value", "lower", "upper"]


def derive(result: pd.DataFrame) -> pd.DataFrame:
    """Make figures out of rounded counts.

    Args:
        result: Figures in the long contract, of which the counts are rounded: `numerator` and
            `denominator` of a share, an incidence and a rate (whose denominator is person-time),
            `value` of a count, `denominator` of a length of time. The rest may be true: it is
            replaced.

    Returns:
        The same rows and columns. Limits are made anew where there were any. A share of nobody and
        a rate over no time have status `no_data` and no value. A row without status `ok` keeps its
        denominator alone.
    """
    made = result.copy()
    statistic, is_ok = result["statistic"], result["status"] == "ok"
    made[[name for name in _NO_NUMBERS if name in made]] = np.nan
    made.loc[~is_ok, ["numerator", *_FIGURE]] = np.nan
    is_share, is_rate = result["unit"] == "share", statistic == "rate"
    # Of a start cohort, whose shares are read off a curve.
    is_curve = statistic.str.startswith("cumulative_incidence") | (
        (statistic == "share_within_norm") & (result["view"] == "cohort")
    )
    _fill(made, is_ok & is_share & ~is_curve, _share)
    _fill(made, is_ok & is_share & is_curve, _part_of_cohort)
    _fill(made, is_ok & is_rate, _rate)
    is_length = statistic.isin(list(LENGTHS))
    made.loc[is_length, "numerator"] = np.nan
    made.loc[is_length, _FIGURE] = np.rint(made.loc[is_length, _FIGURE])
    drawn = is_ok & ~(is_share | is_rate | is_length) & made["lower"].notna()
    made.loc[drawn, ["lower", "upper"]] = np.column_stack(
        poisson_exact(made.loc[drawn, "value"].to_numpy(float))
    )
    return made


Law = Callable[[FloatArray, FloatArray], tuple[FloatArray, Limits]]


def _fill(made: pd.DataFrame, mine: pd.Series, law: Law) -> None:
    """Fill value and limits of some rows by a law of x and n."""
    is_empty = mine & ~(made["denominator"] > 0)
    made.loc[is_empty, _FIGURE] = np.nan
    made.loc[is_empty, "status"] = "no_data"
    full = mine & ~is_empty
    x, n = (made.loc[full, name].to_numpy(float) for name in ("numerator", "denominator"))
    had_limits = made.loc[full, ["lower", "upper"]].notna().to_numpy()
    value, limits = law(x, n)
    made.loc[full, "value"] = value
    made.loc[full, ["lower", "upper"]] = np.where(
        had_limits, np.column_stack(around(value, *limits)), np.nan
    )


def _share(x: FloatArray, n: FloatArray) -> tuple[FloatArray, Limits]:
    return x / n, wilson(x, n)


def _part_of_cohort(x: FloatArray, n: FloatArray) -> tuple[FloatArray, Limits]:
    # What the limits of a curve come to where nobody is open any more.
    return x / n, MidP.of_counts(x, n).limits()


def _rate(x: FloatArray, time: FloatArray) -> tuple[FloatArray, Limits]:
    estimate = poisson_rate(x, time)
    return estimate.rate, Limits(estimate.lower, estimate.upper)
