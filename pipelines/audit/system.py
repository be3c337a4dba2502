"""Whole numbers within bounds and sums of them within bounds, and what follows for each of them.

Here: propagation of bounds over all sums at once until nothing changes, and which numbers hang
together.
Not here: programmes (`programmes`), and what the numbers count (`quantities`, `relations`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_TOLERANCE = 1e-6
_MOST_ROUNDS = 200
NO_SUM = -1


@dataclass(frozen=True)
class System:
    """V whole numbers, S sums of them and E terms of those sums.

    Attributes:
        lower: (V,) least value of each number, may be minus infinity.
        upper: (V,) largest value, may be infinity.
        sum_of: (E,) sum each term stands in.
        number: (E,) number it takes.
        factor: (E,) times what.
        sum_lower: (S,) least value of each sum.
        sum_upper: (S,) largest value.
    """

    lower: FloatArray
    upper: FloatArray
    sum_of: IntArray
    number: IntArray
    factor: FloatArray
    sum_lower: FloatArray
    sum_upper: FloatArray

    def activity(self, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(S,) least and largest value of every sum within bounds of the numbers."""
        low, high = self._ends(lower, upper, slice(None))
        n_sums = self.sum_lower.size
        return _sums(self.sum_of, low, n_sums), _sums(self.sum_of, high, n_sums)

    def _ends(
        self, lower: FloatArray, upper: FloatArray, terms: IntArray | slice
    ) -> tuple[FloatArray, FloatArray]:
        number, factor = self.number[terms], self.factor[terms]
        one_end, other_end = factor * lower[number], factor * upper[number]
        return np.minimum(one_end, other_end), np.maximum(one_end, other_end)


def _sums(sum_of: IntArray, ends: FloatArray, n_sums: int) -> FloatArray:
    return np.bincount(sum_of, ends, n_sums).astype(np.float64)


@dataclass(frozen=True)
class Bounds:
    """What is proven of every number.

    Attributes:
        lower: (V,) least value.
        upper: (V,) largest value.
        lower_by: (V,) sum that proved the least value; `NO_SUM` where it was given.
        upper_by: (V,) sum that proved the largest.
        is_contradicted: (V,) no value is left: what is published contradicts itself here.
    """

    lower: FloatArray
    upper: FloatArray
    lower_by: IntArray
    upper_by: IntArray
    is_contradicted: BoolArray


def propagate(system: System) -> Bounds:
    """Tighten the bounds of every number by every sum it stands in, until nothing changes.

    Sound always; complete where the sums of a component form a tree (`components`).

    Args:
        system: The numbers and sums.

    Returns:
        Bounds that hold for every solution in whole numbers.
    """
    lower, upper = system.lower.copy(), system.upper.copy()
    n_numbers, n_sums = lower.size, system.sum_lower.size
    lower_by, upper_by = np.full((2, n_numbers), NO_SUM, np.int64)
    is_contradicted = lower > upper
    is_active = np.ones(n_sums, bool)
    for _ in range(_MOST_ROUNDS):
        terms = np.flatnonzero(is_active[system.sum_of])
        if not terms.size:
            break
        least, largest = _implied(system, lower, upper, terms)
        changed = np.zeros(n_numbers, bool)
        for implied, bound, by, better, pick in (
            (least, lower, lower_by, np.greater, np.maximum),
            (largest, upper, upper_by, np.less, np.minimum),
        ):
            number = system.number[terms]
            best = bound.copy()
            pick.at(best, number, implied)
            is_better = better(best, bound)
            tells = is_better[number] & (implied == best[number])
            by[number[tells]] = system.sum_of[terms][tells]
            bound[is_better] = best[is_better]
            changed |= is_better
        crossed = (lower > upper) & ~is_contradicted
        # Nothing follows from a contradiction: what is given stays, and no sum draws on it.
        is_contradicted |= crossed
        lower[crossed], upper[crossed] = system.lower[crossed], system.upper[crossed]
        is_active = np.zeros(n_sums, bool)
        is_active[system.sum_of[changed[system.number]]] = True
        is_active[system.sum_of[is_contradicted[system.number]]] = False
    return Bounds(lower, upper, lower_by, upper_by, is_contradicted)


def _implied(
    system: System, lower: FloatArray, upper: FloatArray, terms: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds each of the terms puts on its number, given all others of its sum."""
    low, high = system._ends(lower, upper, terms)
    at, n_sums = system.sum_of[terms], system.sum_lower.size
    rest_low = _without_self(low, at, n_sums, -np.inf)
    rest_high = _without_self(high, at, n_sums, np.inf)
    factor = system.factor[terms]
    most = (system.sum_upper[at] - rest_low) / factor
    fewest = (system.sum_lower[at] - rest_high) / factor
    is_up = factor > 0
    largest = np.floor(np.where(is_up, most, fewest) + _TOLERANCE)
    least = np.ceil(np.where(is_up, fewest, most) - _TOLERANCE)
    return least, largest


def _without_self(ends: FloatArray, at: IntArray, n_sums: int, unknown: float) -> FloatArray:
    """Sum of the ends of all other terms; `unknown` where one of them has none."""
    is_open = np.isinf(ends)
    known = np.where(is_open, 0.0, ends)
    n_open = np.bincount(at, is_open, n_sums)
    total = np.bincount(at, known, n_sums)
    return np.where(n_open[at] - is_open > 0, unknown, total[at] - known)


@dataclass(frozen=True)
class Components:
    """Numbers that hang together by sums; a known number ties nothing.

    Attributes:
        of_number: (V,) component of each number.
        of_sum: (S,) component of each sum; -1 where all its numbers are known.
        is_tree: (C,) whether its sums form a tree with factors 1 and -1: then what `propagate`
            finds is all there is to find.
    """

    of_number: IntArray
    of_sum: IntArray
    is_tree: BoolArray


def components(system: System, lower: FloatArray, upper: FloatArray) -> Components:
    """Take the numbers apart.

    Args:
        system: The numbers and sums.
        lower: (V,) proven least values.
        upper: (V,) proven largest values.
    """
    n_numbers, n_sums = system.lower.size, system.sum_lower.size
    is_free = (lower < upper)[system.number]
    number, at = system.number[is_free], system.sum_of[is_free]
    size = n_numbers + n_sums
    graph = coo_array((np.ones(number.size), (number, at + n_numbers)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    n_nodes = np.bincount(label, minlength=count)
    n_links = np.bincount(label[number], minlength=count)
    has_other = np.bincount(
        label[number], np.abs(system.factor[is_free]) != 1.0, minlength=count
    ).astype(bool)
    of_sum = np.full(n_sums, -1, np.int64)
    of_sum[at] = label[at + n_numbers]
    return Components(
        label[:n_numbers].astype(np.int64), of_sum, (n_links == n_nodes - 1) & ~has_other
    )
