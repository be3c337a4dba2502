"""What no single sum proves: programmes over all sums of a component at once."""

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit.programmes import Tightened, tighten
from pipelines.audit.solver import Least, Solver
from pipelines.audit.system import System, propagate
from pipelines.audit.verdict import Rule
from pipelines.memo import FORGETFUL, Memo, memo_of
from pipelines.settings import Settings
from tests.examples import examples

RULE = Rule(threshold=5, has_insider=False)


def quantities(n: int) -> pd.DataFrame:
    return pd.DataFrame({"is_sensitive": True, "is_signed": False, "whole": -1}, range(n))


def pairs_adding_up_to(total: float, rest: tuple[float, float] = (0.0, 0.0)) -> System:
    """Three numbers of which every two add up to a total, give or take."""
    return System(
        lower=np.zeros(3),
        upper=np.full(3, np.inf),
        sum_of=np.array([0, 0, 1, 1, 2, 2]),
        number=np.array([0, 1, 0, 2, 1, 2]),
        factor=np.ones(6),
        sum_lower=np.full(3, total + rest[0]),
        sum_upper=np.full(3, total + rest[1]),
    )


def test_a_ring_of_sums_proves_what_none_of_them_does():
    system = pairs_adding_up_to(6)
    bounds = propagate(system)

    tightened = tighten(system, quantities(3), bounds, RULE)

    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([0.0] * 3, [6.0] * 3)
    assert (tightened.lower.tolist(), tightened.upper.tolist()) == ([3.0] * 3, [3.0] * 3)
    assert tightened.by_programme.all()


def test_a_bound_halfway_is_decided_in_whole_numbers():
    # Of any two there are seven or eight: by halves from 3 to 4.5, of whole ones 3 or 4.
    system = pairs_adding_up_to(7, rest=(0.0, 1.0))

    tightened = tighten(system, quantities(3), propagate(system), RULE)

    assert (tightened.lower.tolist(), tightened.upper.tolist()) == ([3.0] * 3, [4.0] * 3)


def test_sums_that_no_whole_numbers_have_are_named():
    # Every two add up to seven: three and a half each.
    system = pairs_adding_up_to(7)

    tightened = tighten(system, quantities(3), propagate(system), RULE)

    assert tightened.is_infeasible.all()


def test_a_file_that_propagation_refuses_asks_no_programmes():
    ring = pairs_adding_up_to(6)
    system = System(
        lower=np.append(ring.lower, 3.0),
        upper=np.append(ring.upper, 3.0),
        sum_of=ring.sum_of,
        number=ring.number,
        factor=ring.factor,
        sum_lower=ring.sum_lower,
        sum_upper=ring.sum_upper,
    )

    tightened = tighten(system, quantities(4), propagate(system), RULE)

    assert (tightened.n_programmes, tightened.n_skipped) == (0, 3)


# --- what is remembered


@pytest.fixture
def memo(tmp_path: Path) -> Iterator[Memo]:
    with memo_of(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the programmes that were solved."""
    sizes: list[int] = []
    least = Solver.least

    def noted(solver: Solver, objective: np.ndarray, *box: np.ndarray) -> Least:
        sizes.append(objective.size)
        return least(solver, objective, *box)

    monkeypatch.setattr(Solver, "least", noted)
    return sizes


def side_by_side(*rings: System) -> System:
    """Systems of three numbers and three sums, that have nothing to do with each other, as one."""

    def joined(name: str, each_further: int = 0) -> np.ndarray:
        parts = [getattr(ring, name) + place * each_further for place, ring in enumerate(rings)]
        return np.concatenate(parts)

    return System(
        lower=joined("lower"),
        upper=joined("upper"),
        sum_of=joined("sum_of", 3),
        number=joined("number", 3),
        factor=joined("factor"),
        sum_lower=joined("sum_lower"),
        sum_upper=joined("sum_upper"),
    )


def answered(system: System, memo: Memo = FORGETFUL, rule: Rule = RULE) -> Tightened:
    n = system.lower.size
    rooms = ["one"] * 3 + ["other"] * (n - 3)
    return tighten(system, quantities(n), propagate(system), rule, memo=memo, rooms=rooms)


def same(one: Tightened, other: Tightened) -> bool:
    pairs = zip(astuple(one), astuple(other), strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


def test_a_component_that_is_the_same_is_not_solved_again(memo, solved):
    both = side_by_side(pairs_adding_up_to(6), pairs_adding_up_to(8))
    assert same(answered(both, memo), answered(both))
    solved.clear()
    assert same(answered(both, memo), answered(both))
    n_alone = len(solved)
    answered(side_by_side(pairs_adding_up_to(10), pairs_adding_up_to(8)), memo)
    assert 0 < len(solved) - n_alone < n_alone


RINGS = [(total, rest) for total in (6, 7, 8, 40) for rest in (0.0, 1.0)]


@examples(20, long=500)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(RINGS), min_size=1, max_size=3),
            st.sampled_from([RULE, Rule(4, has_insider=False), Rule(5, has_insider=True)]),
        ),
        min_size=2, max_size=4,
    )
)  # fmt: skip
def test_whatever_was_solved_before_the_answer_is_that_of_a_fresh_memory(tmp_path_factory, asked):
    with memo_of(Settings(home=tmp_path_factory.mktemp("home"))) as memo:
        for rings, rule in asked:
            system = side_by_side(
                *(pairs_adding_up_to(total, (0.0, rest)) for total, rest in rings)
            )
            assert same(answered(system, memo, rule), answered(system, rule=rule))


def test_what_stayed_undecided_is_asked_again(memo, monkeypatch):
    ring = pairs_adding_up_to(7, rest=(0.0, 1.0))
    with monkeypatch.context() as patched:
        patched.setattr(Solver, "least", lambda *_: Least(None))
        assert answered(ring, memo).n_undecided > 0
    assert same(answered(ring, memo), answered(ring))
