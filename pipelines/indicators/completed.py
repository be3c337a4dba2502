"""Lead times of what was completed in a period: context beside the start cohort.

Here: its quantiles and its share within norm.
Not here: start cohorts (`lead_times`). What ended flatters a hand-off that silts up.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.lead_time_cells import KEYS, Cohorts
from pipelines.indicators.lead_time_rows import QUANTILES, rows_of
from pipelines.statistics.intervals import quantiles_of_completed, wilson

FloatArray = npt.NDArray[np.float64]


def completed_quantiles(completed: Cohorts) -> pd.DataFrame:
    """Median and P90 among what was completed in the period."""
    n = completed.sums(np.ones(completed.code.size, bool))
    frames = []
    for statistic, p in QUANTILES.items():
        estimate = quantiles_of_completed(
            completed.duration, completed.code, n.size, p, counts=completed.n_cases
        )
        frames.append(_completed_rows(completed.cells, statistic, n, n, *estimate))
    return pd.concat(frames, ignore_index=True)


def completed_shares(completed: Cohorts) -> pd.DataFrame:
    """Share within norm among what was completed in the period, each by its own norm."""
    period = completed.of_period
    everybody = np.ones(completed.code.size, bool)
    n = np.bincount(period, completed.sums(everybody)).astype(float)
    is_within = completed.duration <= completed.norm[completed.code]
    within = np.bincount(period, completed.sums(is_within)).astype(float)
    limits = wilson(within, n)
    whole = completed.cells.drop_duplicates(list(KEYS))
    return _completed_rows(whole, "share_within_norm", within, n, within / n, *limits)


def _completed_rows(
    cells: pd.DataFrame,
    statistic: str,
    numerator: FloatArray,
    denominator: FloatArray,
    value: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> pd.DataFrame:
    return rows_of(
        cells,
        "completed",
        statistic,
        numerator=numerator,
        denominator=denominator,
        value=value,
        lower=lower,
        upper=upper,
        n_at_risk=np.full(value.size, np.nan),
        status=np.full(value.size, "ok", dtype=object),
    )
