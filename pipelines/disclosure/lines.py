"""Thresholds on lines: a line of which one cell misses is withheld whole.

Here: the smallest group of people a cell would tell of, and which lines of a calendar year hold.
Not here: the cells (`true_cells`), and which rung a line takes (`ladder`).

Tested are the cases of the base, those in the numerator and those outside it; of a length of time
its cases, of a P90 those beyond it, of an incidence those who ended in another way too. A true zero
misses like any other small number: a line that showed it would make every withheld cell 1 to
threshold − 1. What cannot be said yet of a cell is no number and does not test the line.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.disclosure.catalogue import Catalogue
from pipelines.disclosure.true_cells import LINE, NO_DATA, OK

SHOWN, WITHHELD, NOT_IN_CATALOGUE = "shown", "withheld", "not_in_catalogue"
_BETWEEN = "\x1f"
# A cell with a number, though no median.
_TELLING = frozenset({OK, "not_reached"})


def smallest_group(
    cells: pd.DataFrame, catalogue: Catalogue, minimum_base: Mapping[str, float]
) -> pd.Series:
    """The smallest group of people each cell would tell of.

    Args:
        cells: Columns `shape, indicator, status, n, x, exits, beyond`.
        catalogue: Of the audience.
        minimum_base: Least number of cases an indicator asks for, where that is more.

    Returns:
        A number of cases per row; missing where the cell tells nothing yet, infinite where no
        threshold holds.
    """
    others = cells["n"] - cells["x"]
    shape = cells["shape"]
    least = cells["x"].copy()
    is_part = shape.isin(["share", "incidence"])
    least = least.where(~is_part, np.minimum(cells["x"], others))
    is_incidence = shape == "incidence"
    # Those who neither stopped nor ended otherwise are a group as well.
    still = others - cells["exits"]
    ends = np.minimum(least, np.minimum(cells["exits"], still))
    least = least.where(~is_incidence, ends)
    is_time = shape.isin(["quantile", "difference", "tail"])
    least = least.where(~is_time, cells["n"])
    # Beyond a P90, not at it: those who took exactly as long are among the cases at risk.
    beyond = np.minimum(cells["n"], cells["beyond"] - 1)
    least = least.where(shape != "tail", beyond)
    is_telling = cells["status"].isin(list(_TELLING)) | (
        (cells["status"] == NO_DATA) & (cells["x"].notna() | is_time)
    )
    least = least.where(is_telling)
    # A P90 that was not reached is none.
    least = least.where((shape != "tail") | (cells["status"] != "not_reached"))
    asked = np.array([minimum_base.get(indicator, 0.0) for indicator in cells["indicator"]])
    least = least.mask((cells["n"] < asked) & least.notna(), 0.0)
    is_free = cells["indicator"].isin(catalogue.should_not_occur)
    return least.mask(is_free & least.notna(), np.inf)


def together(lines: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Name of the line each row stands or falls with: parts of one whole are one line."""
    shared = np.array([catalogue.lines[int(at)].is_together for at in lines["form"]], np.bool_)
    statistic = lines["statistic"].where(~shared, "")
    named = statistic.astype(str) + _BETWEEN + lines["form"].astype(str)
    for name in LINE:
        if name != "statistic":
            named = named + _BETWEEN + lines[name].astype(str)
    return named
