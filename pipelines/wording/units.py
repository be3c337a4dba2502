"""The unit in which figures of elapsed time are shown, where their own is too coarse.

Here: pure functions on published rows. A median of 40 minutes that a chain measures in days would
read as 0.0 days; all its figures are shown in minutes, so that a page never mixes two units.
Not here: which unit fits a size (`formats`), and reading the rows.
"""

from collections.abc import Mapping

import pandas as pd

from pipelines.wording.formats import conversion, fitting_unit
from pipelines.wording.rows import records

TYPICAL_MEDIANS = """
    select indicator, any_value(unit) as unit, median("value") as typical
    from result
    where statistic = 'median' and dimension = 'national' and status = 'ok'
    group by indicator
"""
"""The question to a published file whose answer `finer_units` takes."""
# Columns in the unit of their row, in whichever published table.
_MEASURED = frozenset(
    {"value", "lower", "upper", "centre", "near_lower", "near_upper", "norm"}
    | {"provisional_lower", "provisional_upper"}
    | {"mean_before", "mean_after", "old_value", "new_value", "difference", "unexplained"}
    | {"newest_value"}
    | {
        f"part_{factor}"
        for factor in ("definition", "late", "correction", "merge", "period", "joint")
    }
)


def finer_units(medians: pd.DataFrame) -> dict[str, str]:
    """Return the finer unit of every indicator whose typical median is less than 1 in its own.

    Args:
        medians: One row per indicator: `indicator`, `unit`, and `typical`, its median of medians.
    """
    fitting = {
        str(row["indicator"]): (str(row["unit"]), fitting_unit(str(row["unit"]), row["typical"]))
        for row in records(medians)
    }
    return {indicator: shown for indicator, (own, shown) in fitting.items() if shown != own}


def in_finer_units(rows: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """Return rows of a published table with lengths of some indicators in a finer unit.

    Args:
        rows: Rows with `indicator` and `unit`; what is no elapsed time (counts, shares) stays.
        units: Unit to show, per indicator; others stay.
    """
    if units.keys().isdisjoint(rows["indicator"]):
        return rows
    shown = rows["indicator"].map(units).fillna(rows["unit"])
    factor = pd.Series(
        [conversion(str(own), str(other)) for own, other in zip(rows["unit"], shown, strict=True)],
        index=rows.index,
        dtype="float64",
    )
    measured = [column for column in rows.columns if column in _MEASURED]
    return rows.assign(
        unit=shown.where(factor.notna(), rows["unit"]),
        **{column: rows[column] * factor.fillna(1.0) for column in measured},
    )
