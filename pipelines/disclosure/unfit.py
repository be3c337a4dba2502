"""Figures on data that are not fit: withheld from whoever cannot look at the rows.

Here: taking the numbers of such figures away.
Not here: which data are not fit, and why (`pipelines.indicators.quality`).
"""

import pandas as pd

from pipelines.disclosure.thresholds import FIGURES


def withhold_unfit(results: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Take the numbers of figures on unfit data away.

    Args:
        results: Figures in the long contract.
        quality: Columns `indicator` and `status`: what the figures of an indicator become
            (`withheld`, `not_delivered`), or `ok` where they stay.

    Returns:
        The same rows in the same order. A figure taken away has that status and no number in any
        column, whatever its period: what is missing lately leaves earlier cases open that may long
        have been closed.
    """
    unfit = quality.loc[quality["status"] != "ok"].set_index("indicator")["status"]
    status = results["indicator"].map(unfit)
    is_unfit = status.notna()
    shown = results.copy()
    shown.loc[is_unfit, FIGURES] = float("nan")
    shown.loc[is_unfit, "status"] = status[is_unfit]
    return shown
