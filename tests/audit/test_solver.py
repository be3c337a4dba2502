"""The least of an objective, one programme after another: each as solved from nothing by SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from pipelines.audit import solver
from pipelines.audit.solver import Least, Solver
from tests.examples import examples

# Any two of three add up to seven: three and a half each, and no whole numbers do.
RING = LinearConstraint(csr_array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]]), [7.0] * 3, [7.0] * 3)
NOTHING, TWENTY = np.zeros(3), np.full(3, 20.0)


def test_between_sums_the_only_numbers_are_found():
    found = Solver(RING, is_whole=False).least(np.array([1.0, 0, 0]), NOTHING, TWENTY)
    assert found.value == pytest.approx([3.5, 3.5, 3.5])


def test_without_whole_numbers_it_says_so():
    found = Solver(RING, is_whole=True).least(np.array([1.0, 0, 0]), NOTHING, TWENTY)
    assert found == Least(None, is_infeasible=True)


def test_what_takes_too_much_is_not_called_impossible(monkeypatch):
    monkeypatch.setattr(solver, "_SECONDS_PER_PROGRAMME", 0.0)
    loose = LinearConstraint(RING.A, [0.0] * 3, [7.0] * 3)
    for is_whole in (False, True):
        found = Solver(loose, is_whole=is_whole).least(-np.ones(3), NOTHING, TWENTY)
        assert found == Least(None)


def test_it_prints_nothing(capfd):
    Solver(RING, is_whole=False).least(np.ones(3), NOTHING, TWENTY)
    assert capfd.readouterr() == ("", "")


@st.composite
def programmes(draw):
    """Sums of three to six whole numbers that exist, and what is asked of them in turn."""
    size = draw(st.integers(3, 6))
    values = np.array(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)), float)
    factor = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=size, max_size=size)
    rows = np.array(draw(st.lists(factor, min_size=1, max_size=5)))
    slack = np.array(draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows))))
    sums = LinearConstraint(csr_array(rows), rows @ values - slack, rows @ values + slack)
    weights = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=size, max_size=size)
    room = st.lists(st.integers(1, 12), min_size=size, max_size=size)
    asked = draw(st.lists(st.tuples(weights, room, st.booleans()), min_size=1, max_size=6))
    return sums, [(np.array(w), np.array(most, float), is_whole) for w, most, is_whole in asked]


@examples(100)
@given(programmes())
def test_whatever_was_solved_before_each_is_as_solved_from_nothing(asked_of):
    sums, asked = asked_of
    solvers = {is_whole: Solver(sums, is_whole=is_whole) for is_whole in (False, True)}
    for weights, most, is_whole in asked:
        found = solvers[is_whole].least(weights, np.zeros(most.size), most)
        expected = milp(
            weights, constraints=sums, bounds=Bounds(0, most), integrality=int(is_whole)
        )
        assert found.is_infeasible == (expected.status == 2)
        if expected.status == 0:
            assert weights @ found.value == pytest.approx(expected.fun, abs=1e-6)
            assert np.all(sums.residual(found.value)[0] >= -1e-6)
            assert np.all(sums.residual(found.value)[1] >= -1e-6)
            assert np.all((found.value >= -1e-6) & (found.value <= most + 1e-6))
