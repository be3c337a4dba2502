"""Lead times of what was completed in a period: context beside the start cohort.

Here: its quantiles and its share within norm.
Not here: start cohorts (`lead_times`). What ended flatters a hand-off that silts up.
"""

import numpy as np
import pandas as pd

from pipelines.indicators.lead_time_cells import KEYS, Cohorts
from pipelines.indicators.lead_time_rows import QUANTILES, rows_of
from pipelines.statistics.intervals import quantiles_of_completed, wilson


def completed_quantiles(completed: Cohorts) -> pd.DataFrame:
    """Median and P90 among what was completed in the period."""
    n = completed.sums(np.ones(completed.code.size, bool))
    frames = []
    for statistic, p in QUANTILES.items():
        estimate = quantiles_of_completed(
            completed.duration, completed.code, n.size, p, counts=completed.n_cases
        )
        own = {"numerator": n, "denominator": n, **estimate._asdict()}
        frames.append(rows_of(completed.cells, "completed", statistic, **own))
    return pd.concat(frames, ignore_index=True)


def completed_shares(completed: Cohorts) -> pd.DataFrame:
    """Share within norm among what was completed in the period, each by its own norm."""
    period = completed.of_period
    everybody = np.ones(completed.code.size, bool)
    n = np.bincount(period, completed.sums(everybody)).astype(float)
    is_within = completed.duration <= completed.norm[completed.code]
    within = np.bincount(period, completed.sums(is_within)).astype(float)
    return rows_of(
        completed.cells.drop_duplicates(list(KEYS)),
        "completed",
        "share_within_norm",
        numerator=within,
        denominator=n,
        value=within / n,
        **wilson(within, n)._asdict(),
    )
