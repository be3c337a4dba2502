"""Programmes over what propagation leaves open: bounds from all sums of a component together.

Here: possible solutions that answer many questions at once, then least and largest value of what
is still asked, linear first and in whole numbers where the linear bound is borderline.
Not here: propagation (`system`), the rule (`verdict`) and solving one programme (`solver`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from pipelines.audit.solver import Least, Solver
from pipelines.audit.system import BoolArray, Bounds, FloatArray, IntArray, System, components
from pipelines.audit.verdict import Rule
from pipelines.memo import FORGETFUL, Memo, digest

# Solutions drawn that answered nothing, after which each question is asked by itself.
_IDLE_ROUNDS = 3
# Corners looked at in other directions before a solver of whole numbers is asked.
_DIRECTIONS = 3
_TOLERANCE = 1e-6
# Larger than any count of a chain: a number without a bound is as good as bounded by it.
_VERY_MANY = 1e7


@dataclass(frozen=True)
class Tightened:
    """Bounds after the programmes.

    Attributes:
        lower: (V,) proven least values.
        upper: (V,) proven largest values.
        by_programme: (V,) bounds that a programme proved.
        n_components: Components solved.
        n_programmes: Programmes solved.
        n_skipped: Quantities not asked about, since propagation gave something away.
        n_undecided: Questions left when a programme took too much; their bounds are the linear
            ones, or those of propagation.
        is_infeasible: (V,) numbers of components without a solution: what is published contradicts
            itself.
    """

    lower: FloatArray
    upper: FloatArray
    by_programme: BoolArray
    n_components: int
    n_programmes: int
    n_skipped: int
    n_undecided: int
    is_infeasible: BoolArray


@dataclass(frozen=True)
class _Answer:
    """What the programmes say of one component, of its numbers in their order."""

    lower: FloatArray
    upper: FloatArray
    by_programme: BoolArray
    n_programmes: int
    n_undecided: int
    is_infeasible: bool


def tighten(
    system: System,
    quantities: pd.DataFrame,
    bounds: Bounds,
    rule: Rule,
    *,
    memo: Memo = FORGETFUL,
    rooms: Sequence[str] = (),
) -> Tightened:
    """Answer by programmes what propagation left open.

    Args:
        system: The numbers and sums.
        quantities: As in `Related`.
        bounds: What propagation proved.
        rule: What no reader may prove.
        memo: Answers of components that are the same to the last bound.
        rooms: (V,) room in it where the answer of the component of a number is kept.
    """
    lower, upper = bounds.lower.copy(), bounds.upper.copy()
    asked = rule.open_questions(quantities, lower, upper)
    asked[bounds.is_contradicted] = False
    apart = components(system, lower, upper)
    asked[apart.is_tree[apart.of_number]] = False
    # A file that propagation refuses is made anew: what more is wrong with it, its successor says.
    is_refused = (rule.found(quantities, lower, upper) != "").any()
    n_skipped = int(asked.any(axis=1).sum()) if is_refused else 0
    if is_refused:
        asked[:] = False
    to_solve = np.unique(apart.of_number[asked.any(axis=1)])
    by_number = _grouped(apart.of_number, lower < upper, to_solve)
    by_sum = _grouped(apart.of_sum, apart.of_sum >= 0, to_solve)
    matrix = csr_array(
        (system.factor, (system.sum_of, system.number)),
        shape=(system.sum_lower.size, lower.size),
    )
    to_answer = [
        _Component.of(system, matrix, numbers, sums, lower, upper)
        for numbers, sums in zip(by_number, by_sum, strict=True)
    ]
    in_room = [rooms[numbers[0]] if rooms else "" for numbers in by_number]
    answers = _answers(to_answer, in_room, asked, rule, memo)
    by_programme = np.zeros(lower.size, bool)
    is_infeasible = np.zeros(lower.size, bool)
    for numbers, answer in zip(by_number, answers, strict=True):
        is_infeasible[numbers] = answer.is_infeasible
        lower[numbers], upper[numbers] = answer.lower, answer.upper
        by_programme[numbers] = answer.by_programme
    return Tightened(
        lower,
        upper,
        by_programme,
        to_solve.size,
        sum(answer.n_programmes for answer in answers),
        n_skipped,
        sum(answer.n_undecided for answer in answers),
        is_infeasible,
    )


def _answers(
    to_answer: "Sequence[_Component]",
    rooms: Sequence[str],
    asked: BoolArray,
    rule: Rule,
    memo: Memo,
) -> list[_Answer]:
    """What the programmes say of each component, in their order."""
    by_room: dict[str, dict[str, _Component]] = defaultdict(dict)
    keys = []
    for component, room in zip(to_answer, rooms, strict=True):
        # Two of the same content have the same answer, whatever their numbers count.
        keys.append((room, digest(*component.content(asked, rule))))
        by_room[room][keys[-1][1]] = component

    def answered(room: str, names: Sequence[str]) -> Mapping[str, _Answer]:
        return {name: by_room[room][name].answer(asked, rule) for name in names}

    found = {
        room: memo.recall(
            f"programmes {room}",
            {name: name for name in components_there},
            partial(answered, room),
            keeps=lambda answer: answer.n_undecided == 0,
        )
        for room, components_there in by_room.items()
    }
    return [found[room][name] for room, name in keys]


def _grouped(label: IntArray, is_taken: BoolArray, wanted: IntArray) -> list[IntArray]:
    """Positions of each of the wanted labels, in their order."""
    taken = np.flatnonzero(is_taken)
    taken = taken[np.argsort(label[taken], kind="stable")]
    first = np.searchsorted(label[taken], wanted, side="left")
    last = np.searchsorted(label[taken], wanted, side="right")
    return [taken[start:end] for start, end in zip(first, last, strict=True)]


class _Component:
    """The unknown numbers of one component and the sums between them."""

    def __init__(
        self, numbers: IntArray, sums: LinearConstraint, lower: FloatArray, upper: FloatArray
    ) -> None:
        self.numbers = numbers
        self.sums = sums
        self.lower, self.upper = lower, upper
        self.is_tightened = np.zeros(numbers.size, bool)
        self.n_programmes = 0
        self.is_infeasible = False

    @classmethod
    def of(
        cls,
        system: System,
        matrix: csr_array,
        numbers: IntArray,
        sums: IntArray,
        lower: FloatArray,
        upper: FloatArray,
    ) -> "_Component":
        """Cut one component out; known numbers go into the bounds of its sums."""
        rows = matrix[sums]
        known = np.where(lower == upper, lower, 0.0)
        constant = rows @ known
        constraint = LinearConstraint(
            rows[:, numbers].tocsr(),
            system.sum_lower[sums] - constant,
            system.sum_upper[sums] - constant,
        )
        return cls(numbers, constraint, lower[numbers].copy(), upper[numbers].copy())

    def content(self, asked: BoolArray, rule: Rule) -> list[object]:
        """All that the answer is made from."""
        rows = self.sums.A
        parts = [rows.indptr, rows.indices, rows.data, self.sums.lb, self.sums.ub]
        parts += [self.lower, self.upper, asked[self.numbers]]
        return [rule, [part.tolist() for part in parts]]

    def answer(self, asked: BoolArray, rule: Rule) -> _Answer:
        """Answer the questions about these numbers."""
        n_undecided = self._answer(asked, rule)
        return _Answer(
            self.lower,
            self.upper,
            self.is_tightened,
            self.n_programmes,
            n_undecided,
            self.is_infeasible,
        )

    def _answer(self, asked: BoolArray, rule: Rule) -> int:
        """How many of the questions stayed undecided."""
        questions = asked[self.numbers].copy()
        draws = np.random.default_rng(0)
        n_idle = 0
        while questions.any() and n_idle < _IDLE_ROUNDS:
            sign = draws.choice([-1.0, 1.0], self.numbers.size)
            value = self._solve(np.where(questions.any(axis=1), sign, 0.0))
            if self.is_infeasible:
                return 0
            before = int(questions.sum())
            if value is not None:
                questions &= ~rule.answered(value)
            n_idle = n_idle + 1 if int(questions.sum()) == before else 0
        n_undecided = 0
        for position in np.flatnonzero(questions.any(axis=1)):
            if questions[position].any():
                n_undecided += not self._bound(int(position), questions, rule)
        return n_undecided

    def _bound(self, position: int, questions: BoolArray, rule: Rule) -> bool:
        """Least and largest value of one number; what is met on the way answers others too."""
        objective = np.zeros(self.numbers.size)
        for sign, bound in ((1.0, self.lower), (-1.0, self.upper)):
            objective[position] = sign
            value = self._solve(objective)
            if value is None:
                return False
            questions &= ~rule.answered(value)
            if bound[position] != value[position] and value[position] < _VERY_MANY:
                bound[position] = value[position]
                self.is_tightened[position] = True
            if not questions[position].any():
                break
        return True

    def _solve(self, objective: FloatArray) -> FloatArray | None:
        """Whole numbers within all bounds with the least objective; None when it takes too much.

        The corner that a linear programme ends in is nearly always whole, and found in a fraction
        of the time; only where it is not is it looked for in whole numbers.
        """
        box = self.lower, self.upper
        corner = self._programme(objective, box, is_whole=False)
        if corner.is_infeasible:
            self.is_infeasible = True
            return None
        if corner.value is not None:
            found = _whole(corner.value)
            if found is None and np.count_nonzero(objective) == 1:
                found = self._as_good(objective, corner.value)
            if found is not None:
                return found
        least = self._programme(objective, box, is_whole=True)
        self.is_infeasible |= least.is_infeasible
        return None if least.value is None else np.asarray(np.round(least.value), dtype=np.float64)

    def _as_good(self, objective: FloatArray, corner: FloatArray) -> FloatArray | None:
        """Another corner, a whole one, in which the one number asked of is the best it can be."""
        position = int(np.flatnonzero(objective)[0])
        best = np.ceil(objective[position] * corner[position] - _TOLERANCE) * objective[position]
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[position] = upper[position] = best
        draws = np.random.default_rng(position)
        for _ in range(_DIRECTIONS):
            direction = draws.choice([-1.0, 1.0], self.numbers.size)
            beside = self._programme(direction, (lower, upper), is_whole=False).value
            found = None if beside is None else _whole(beside)
            if found is not None:
                return found
        return None

    def _programme(
        self, objective: FloatArray, box: tuple[FloatArray, FloatArray], *, is_whole: bool
    ) -> Least:
        self.n_programmes += 1
        solver = self._in_whole_numbers if is_whole else self._linear
        return solver.least(
            objective, np.maximum(box[0], -_VERY_MANY), np.minimum(box[1], _VERY_MANY)
        )

    @cached_property
    def _linear(self) -> Solver:
        return Solver(self.sums, is_whole=False)

    @cached_property
    def _in_whole_numbers(self) -> Solver:
        return Solver(self.sums, is_whole=True)


def _whole(corner: FloatArray) -> FloatArray | None:
    """The corner in whole numbers, where it is one of them."""
    nearest = np.asarray(np.round(corner), dtype=np.float64)
    return nearest if np.abs(corner - nearest).max(initial=0.0) < _TOLERANCE else None
