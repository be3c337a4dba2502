"""The least of an objective over sums and bounds, in any numbers or in whole ones, by HiGHS.

Here: one solver for the sums of a component, which goes on from the corner it ended in: between two
programmes only objective and bounds differ, and from there the next corner is a few steps away.
Not here: what is asked, and what follows from the answers (`programmes`).
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.optimize import LinearConstraint

from pipelines.audit.system import FloatArray

# Whether a file passes may not depend on how busy the machine is: work is limited, and time only so
# that a build ends one day.
_MOST_BRANCHES = 20_000
_SECONDS_PER_PROGRAMME = 600.0
# The corner it is in stays allowed when the objective changes, which is what primal simplex needs.
_PRIMAL = 4
# It lost its way in the numbers, on its way from the corner before.
_LOST = frozenset({highspy.HighsModelStatus.kUnknown, highspy.HighsModelStatus.kSolveError})


@dataclass(frozen=True)
class Least:
    """What a programme found.

    Attributes:
        value: (V,) numbers with the least objective; None when there are none, or it took too much.
        is_infeasible: No numbers meet sums and bounds.
    """

    value: FloatArray | None
    is_infeasible: bool = False


class Solver:
    """A solver over fixed sums."""

    def __init__(self, sums: LinearConstraint, *, is_whole: bool) -> None:
        """Hand over the sums.

        Args:
            sums: A sparse matrix of sums by numbers, with the bounds of each sum.
            is_whole: Only whole numbers count.
        """
        rows = sums.A.tocsr()
        n_sums, n_numbers = rows.shape
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = n_numbers, n_sums
        model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(n_numbers)
        model.row_lower_, model.row_upper_ = sums.lb, sums.ub
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.indptr
        model.a_matrix_.index_ = rows.indices
        model.a_matrix_.value_ = rows.data
        if is_whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * n_numbers
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False), ("threads", 1), ("simplex_strategy", _PRIMAL),
            ("mip_max_nodes", _MOST_BRANCHES),
        ):  # fmt: skip
            self._highs.setOptionValue(option, value)
        self._highs.passModel(model)
        self._all = np.arange(n_numbers, dtype=np.int32)
        self._is_whole = is_whole

    def least(self, objective: FloatArray, lower: FloatArray, upper: FloatArray) -> Least:
        """Solve one programme.

        Args:
            objective: (V,) weight of each number.
            lower: (V,) least value of each number.
            upper: (V,) largest value of each number.
        """
        highs = self._highs
        if self._is_whole:
            # What branches is the same from wherever it begins.
            highs.clearSolver()
        highs.changeColsCost(self._all.size, self._all, objective)
        highs.changeColsBounds(self._all.size, self._all, lower, upper)
        status = self._status()
        if status in _LOST:
            highs.clearSolver()
            status = self._status()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Least(None, is_infeasible=True)
        if status != highspy.HighsModelStatus.kOptimal:
            return Least(None)
        return Least(np.array(highs.getSolution().col_value, dtype=np.float64))

    def _status(self) -> highspy.HighsModelStatus:
        # The clock of a solver runs on from one programme to the next.
        until = self._highs.getRunTime() + _SECONDS_PER_PROGRAMME
        self._highs.setOptionValue("time_limit", until)
        self._highs.run()
        return self._highs.getModelStatus()
