"""One cell of a cohort that can end another way: that end is not a censoring.

Here: its cumulative incidence, when it reaches a part, and what it is at a norm.
Not here: cells without such an end (`lead_times`), the indicator of the ends themselves
(`incidence`), the estimator (`pipelines.statistics.competing`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.indicators.lead_time_cells import Cohorts
from pipelines.statistics.competing import CumulativeIncidence, aalen_johansen

FloatArray = npt.NDArray[np.float64]

# Cause of each of STATUSES: completed is the first, an open case has none.
_CAUSES = np.array([1, 0, 2])


@dataclass(frozen=True)
class CompetingCell:
    """The competing-risks estimate of one cell, and the rows it rests on."""

    curve: CumulativeIncidence
    duration: FloatArray
    is_completed: npt.NDArray[np.bool_]
    n_cases: npt.NDArray[np.int64]

    @classmethod
    def of_cells(cls, cohort: Cohorts) -> "list[CompetingCell]":
        """Estimate every cell of a cohort."""
        return [
            cls._estimate(cohort, rows, float(followed))
            for rows, followed in zip(cohort.rows_by_cell(), cohort.followed, strict=True)
        ]

    @classmethod
    def _estimate(cls, cohort: Cohorts, rows: slice, followed: float) -> "CompetingCell":
        cause = _CAUSES[cohort.status[rows]]
        duration, n_cases = cohort.duration[rows], cohort.n_cases[rows]
        curve = aalen_johansen(duration, cause, n_causes=2, counts=n_cases, followed=followed)
        return cls(curve, duration, cause == 1, n_cases)

    def quantile(self, p: float) -> list[float]:
        """Time at which the incidence reaches p, with the times its limits do."""
        found = (self.curve.quantile(1, p), *self.curve.quantile_interval(1, p))
        value, lower, upper = (float("nan") if time is None else time for time in found)
        return [
            float(self.n_cases[self.is_completed].sum()),
            float(self.n_cases.sum()),
            value,
            lower,
            upper,
            self._at_risk(value),
        ]

    def at_norm(self, norm: float) -> list[float]:
        """Incidence at the norm with its limits; NaN where too few were followed as long."""
        within = self.n_cases[self.is_completed & (self.duration <= norm)].sum()
        known, limits = self.curve.at(1, norm), self.curve.interval_at(1, norm)
        numbers = [
            float("nan") if incidence is None else float(incidence)
            for incidence in (known, *limits)
        ]
        return [float(within), float(self.n_cases.sum()), *numbers, self._at_risk(norm)]

    def _at_risk(self, time: float) -> float:
        return float(self.n_cases[self.duration >= time].sum())
