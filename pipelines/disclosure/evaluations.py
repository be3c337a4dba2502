"""Protection of what evaluations say beside the long contract: pairs of themes.

Here: pairs withheld whole, and their counts rounded together.
Not here: counting (`pipelines.evaluation`), figures of the long contract, and answers (`answers`).

A pair of themes over all years is a line. It is shown where both together, each without the other
and neither meet the threshold; expectation, limits and verdict are made from rounded counts.

Of the agreement on a theme only the verdict leaves: alpha beside the share of the theme gives away
in how many evaluations the two coders differed, however coarse it is told.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.disclosure.rounding import round_jointly
from pipelines.evaluation.prevalence import association
from pipelines.statistics.intervals import wilson

FEWEST_ANSWERS = 10
"""Least number of answers or evaluations under a figure; fewer give somebody away."""
NO_SUMS = pd.DataFrame({"total": [], "part": [], "level": []})
_MADE = ["n_first", "n_second", "numerator", "denominator", "value", "lower", "upper", "expected"]


@dataclass(frozen=True)
class SideRule:
    """How an audience's tables beside the long contract are protected.

    Attributes:
        threshold: Least number in every group that can be told apart.
        base: Step between counts.
        floor: Least expected number in the smallest category of a rung.
        key: Orders ties of the rounding.
    """

    threshold: int
    base: int
    floor: float
    key: bytes


def protect_pairs(pairs: pd.DataFrame, rule: SideRule) -> pd.DataFrame:
    """Round the pairs of themes over all years, and withhold those of few evaluations.

    Args:
        pairs: As `pipelines.evaluation.prevalence.cooccurrence` returns them.
        rule: The rule of the audience.
    """
    if pairs.empty:
        return pairs.copy()
    protected = pairs[pairs["period_grain"] == "all"].reset_index(drop=True)
    both, n_first, n_second, n = (
        protected[name] for name in ("numerator", "n_first", "n_second", "denominator")
    )
    groups = pd.DataFrame([both, n_first - both, n_second - both, n - n_first - n_second + both])
    is_shown = (groups.min() >= rule.threshold) & (n >= FEWEST_ANSWERS)
    shown = _rounded_pairs(protected[is_shown], rule)
    protected[_MADE] = np.nan
    protected["association"] = None
    protected["status"] = protected["status"].mask(~is_shown, "suppressed")
    protected.loc[is_shown, shown.columns] = shown
    return protected


def _rounded_pairs(pairs: pd.DataFrame, rule: SideRule) -> pd.DataFrame:
    """Counts of shown pairs rounded together, and what is made of them."""
    # One theme among the same evaluations is one number, in whatever pair it stands.
    cells = {
        "denominator": [f"n {n:.0f}" for n in pairs["denominator"]],
        "n_first": [
            f"{theme} {count:.0f} of {n:.0f}"
            for theme, count, n in zip(
                pairs["first"], pairs["n_first"], pairs["denominator"], strict=True
            )
        ],
        "n_second": [
            f"{theme} {count:.0f} of {n:.0f}"
            for theme, count, n in zip(
                pairs["second"], pairs["n_second"], pairs["denominator"], strict=True
            )
        ],
        "numerator": [
            f"{first} + {second}"
            for first, second in zip(pairs["first"], pairs["second"], strict=True)
        ],
    }
    counts = pd.concat(
        [pd.Series(pairs[name].to_numpy(int), index=names) for name, names in cells.items()]
    )
    within = pd.concat(
        pd.DataFrame({"smaller": cells[smaller], "larger": cells[larger]})
        for smaller, larger in [
            ("numerator", "n_first"),
            ("numerator", "n_second"),
            ("n_first", "denominator"),
            ("n_second", "denominator"),
        ]
    ).drop_duplicates()
    rounded = round_jointly(
        counts[~counts.index.duplicated()], NO_SUMS, within, base=rule.base, key=rule.key
    ).values
    shown = pd.DataFrame(
        {name: rounded[names].to_numpy(float) for name, names in cells.items()}, index=pairs.index
    )
    n, of = shown["numerator"].to_numpy(), shown["denominator"].to_numpy()
    limits = wilson(n, of)
    shown["value"], shown["lower"], shown["upper"] = n / of, limits.lower, limits.upper
    shown["expected"] = shown["n_first"] * shown["n_second"] / of**2
    shown["association"] = association(shown)
    return shown
