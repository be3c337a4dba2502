"""One answer to a programme in whole numbers: least of the first cost, then of the next, and so on.

Here: programmes over bounded whole numbers, solved one independent part at a time; as linear
programmes where these come out whole, as integer programmes where not.
Not here: what the numbers are (`rounding`).

Most programmes are of flows, whose linear relaxation has whole corners. After each cost only what
can still change without raising it is left free: what has a reduced cost of its own lies fast at
its bound. Where a corner is not whole, its part is solved anew by branching; both roads end at the
same answer wherever the costs leave just one. That makes the answer independent of the solver, its
version and its threads.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Costs and coefficients are whole, so that what differs from a whole number, or costs anything,
# does so by far more than this; a solver's own noise is far less.
_NOT_WHOLE, _A_PRICE = 1e-6, 1e-4
_INFEASIBLE = 2


@dataclass(frozen=True)
class Programme:
    """Whole numbers x in 0 … upper, for which low <= rows · x <= high.

    Attributes:
        rows: (R, N) sparse matrix of whole coefficients.
        low: (R,) lower limits; -inf for none.
        high: (R,) upper limits, finite.
        upper: (N,) upper bounds, at least 1.
        costs: (C, N) whole costs, the one that matters most first.
    """

    rows: sparse.csr_array
    low: FloatArray
    high: FloatArray
    upper: FloatArray
    costs: FloatArray

    def part(self, variables: IntArray, rows: IntArray) -> "Programme":
        """The programme of some variables and rows; what it leaves out must not touch them."""
        return Programme(
            self.rows[rows][:, variables],
            self.low[rows],
            self.high[rows],
            self.upper[variables],
            self.costs[:, variables],
        )


class Part(NamedTuple):
    """Variables and rows that no other variable or row touches, as positions."""

    variables: IntArray
    rows: IntArray


def parts_of(rows: sparse.csr_array) -> list[Part]:
    """Take a system apart into what has nothing to do with each other.

    Args:
        rows: (R, N) coefficients.

    Returns:
        Its parts, every variable and row in one of them.
    """
    n_rows = rows.shape[0]
    graph = sparse.block_array([[None, rows], [rows.T, None]])
    n_parts, label = sparse.csgraph.connected_components(graph, directed=False)
    variables, own_rows = _by_label(label[n_rows:], n_parts), _by_label(label[:n_rows], n_parts)
    return [Part(*part) for part in zip(variables, own_rows, strict=True)]


def solve(programme: Programme) -> tuple[FloatArray, list[Part]]:
    """Solve a programme part by part.

    Args:
        programme: What to solve.

    Returns:
        (N,) the answer, and the parts that have none; their numbers are NaN.
    """
    answer = np.full(programme.upper.size, np.nan)
    parts = parts_of(programme.rows)
    without = []
    for part, corner in zip(parts, _corners(programme, parts), strict=True):
        whole = corner
        if corner is not None and not _is_whole(corner):
            whole = _branched(programme.part(*part))
        if whole is None:
            without.append(part)
        else:
            answer[part.variables] = np.rint(whole)
    return answer, without


def _corners(programme: Programme, parts: list[Part]) -> list[FloatArray | None]:
    """What `_relaxed` says of each part.

    All at once: one start of the solver in place of hundreds. Where that has no answer, the half
    with the part that is to blame is sought.
    """
    if not parts:
        return []
    together = Part(*(np.concatenate(positions) for positions in zip(*parts, strict=True)))
    corner = _relaxed(programme.part(*together))
    if corner is not None:
        ends = np.cumsum([part.variables.size for part in parts])[:-1]
        return list(np.split(corner, ends))
    if len(parts) == 1:
        return [None]
    middle = len(parts) // 2
    return _corners(programme, parts[:middle]) + _corners(programme, parts[middle:])


def _by_label(label: IntArray, n_labels: int) -> list[IntArray]:
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(np.bincount(label, minlength=n_labels))[:-1]
    return [np.asarray(positions, np.int64) for positions in np.split(order, ends)][:n_labels]


def _is_whole(numbers: FloatArray) -> bool:
    return bool((np.abs(numbers - np.rint(numbers)) < _NOT_WHOLE).all())


def _relaxed(programme: Programme) -> FloatArray | None:
    """A corner of the linear programme that is least in every cost in turn; None if there is none.

    Each cost is minimised over what the ones before left free: a variable with a reduced cost stays
    at its bound, a limit with a price stays met.
    """
    lower, upper = np.zeros(programme.upper.size), programme.upper.copy()
    is_equal = programme.low == programme.high
    corner = lower
    for cost in programme.costs:
        met, within = np.flatnonzero(is_equal), np.flatnonzero(~is_equal)
        answer = optimize.linprog(
            cost,
            A_ub=programme.rows[within],
            b_ub=programme.high[within],
            A_eq=programme.rows[met],
            b_eq=programme.high[met],
            bounds=np.column_stack((lower, upper)),
            method="highs-ds",
        )
        if answer.status == _INFEASIBLE:
            return None
        _require(answer)
        corner = answer.x
        stays_low = answer.lower.marginals > _A_PRICE
        stays_high = answer.upper.marginals < -_A_PRICE
        upper[stays_low], lower[stays_high] = lower[stays_low], upper[stays_high]
        is_equal[within[answer.ineqlin.marginals < -_A_PRICE]] = True
        if np.array_equal(lower, upper):
            break
    return np.asarray(corner, np.float64)


def _branched(programme: Programme) -> FloatArray | None:
    """The whole numbers that are least in every cost in turn; None if there are none."""
    limits = [optimize.LinearConstraint(programme.rows, programme.low, programme.high)]
    found: FloatArray | None = None
    for cost in programme.costs:
        answer = optimize.milp(
            cost,
            constraints=limits,
            bounds=optimize.Bounds(0, programme.upper),
            integrality=1,
            options={"mip_rel_gap": 0.0},
        )
        if answer.status == _INFEASIBLE:
            return None
        _require(answer)
        found = np.rint(answer.x)
        least = float(cost @ found)
        limits.append(optimize.LinearConstraint(cost[np.newaxis], least, least))
    return found


def _require(answer: optimize.OptimizeResult) -> None:
    if not answer.success:
        raise RuntimeError(f"the solver stopped without an answer: {answer.message}")


def with_escapes(
    programme: Programme, escapes: sparse.csr_array, first_costs: FloatArray
) -> Programme:
    """Give rows a way out: a number 0 or 1 each, that at 1 takes the row's limits away.

    Args:
        programme: What has no answer.
        escapes: (R, E) how far each escape widens the limits of each row.
        first_costs: (C, E) costs of the escapes; these come before those of the programme.

    Returns:
        A programme over N + E variables, the escapes last.
    """
    n, n_escapes = programme.upper.size, escapes.shape[1]
    has_low = np.isfinite(programme.low)
    above = sparse.hstack([programme.rows, -escapes])
    below = sparse.hstack([-programme.rows, -escapes])
    costs = np.zeros((len(first_costs) + len(programme.costs), n + n_escapes))
    costs[: len(first_costs), n:] = first_costs
    costs[len(first_costs) :, :n] = programme.costs
    return replace(
        programme,
        rows=sparse.csr_array(sparse.vstack([above, sparse.csr_array(below)[has_low]])),
        low=np.full(has_low.size + has_low.sum(), -np.inf),
        high=np.concatenate((programme.high, -programme.low[has_low])),
        upper=np.concatenate((programme.upper, np.ones(n_escapes))),
        costs=costs,
    )
