"""What every figure of a lead time has in common: its row, and which quantiles there are.

Here: the quantiles by the name of their statistic, and rows for a table of cells.
Not here: which cells there are (`lead_time_cells`), and their figures (`lead_times`, `completed`).
"""

from typing import Any

import numpy as np
import pandas as pd

from pipelines.indicators.lead_time_cells import KEYS

QUANTILES = {"median": 0.5, "p90": 0.9}
_NOTHING = dict.fromkeys(
    ("numerator", "denominator", "value", "lower", "upper", "n_at_risk"), np.nan
)


def rows_of(cells: pd.DataFrame, view: str, statistic: str, **figures: Any) -> pd.DataFrame:
    """One row per cell.

    Args:
        cells: With the columns `lead_time_cells.KEYS`.
        view: `cohort` or `completed`.
        statistic: Name of the figure.
        **figures: Columns of the figure, each of the length of the cells; what is not given is
            missing, and the status `ok`.
    """
    keys = {key: cells[key].array for key in KEYS}
    # One frame made at once: adding column by column copies what is there a dozen times.
    return pd.DataFrame(
        {**keys, "view": view, "statistic": statistic, **_NOTHING, "status": "ok", **figures}
    )
