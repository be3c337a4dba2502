"""The quantile of one sample, for tests that have a single one.

Here: the face of the grouped estimator for one group of values in any order.
Not here: the estimator itself (`pipelines.statistics.intervals`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipelines.statistics.intervals import quantiles_of_completed


class QuantileEstimate(NamedTuple):
    """A quantile with its limits, in the unit of the values; None is "cannot be given"."""

    value: float | None
    lower: float | None
    upper: float | None


def quantile_of_completed(values: npt.ArrayLike, probability: float) -> QuantileEstimate:
    """Type-7 quantile of one sample; all None for an empty one."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    by_group = quantiles_of_completed(ordered, np.zeros(ordered.size, np.int64), 1, probability)
    numbers = [None if np.isnan(end[0]) else float(end[0]) for end in by_group]
    return QuantileEstimate(*numbers)
