"""What no single sum proves: programmes over all sums of a component at once."""

import numpy as np
import pandas as pd

from pipelines.audit.programmes import tighten
from pipelines.audit.system import System, propagate
from pipelines.audit.verdict import Rule

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
