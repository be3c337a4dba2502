"""A run that is killed at any moment, again and again, is finished by the one that is left alone.

Every next run goes on from what the one before it left. After each kill readers have the
publication from before or the new one, whole.

All of it is `make test-faults`, and `make test-long` takes a sample. Counts are printed.
Not here: a kill at every change of a file (`test_faults`).
"""

import random
import time

import pytest

from tests.operation.faulted import EVERY, Faults, state_of
from tests.operation.faulting import Order

pytestmark = [pytest.mark.property, pytest.mark.long]

PARTS = 4
MOMENTS = 200 // PARTS if EVERY else 1
IN_A_ROW = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_a_run_killed_at_any_moment_is_finished_by_one_that_is_not(built, part):
    draw = random.Random(part)
    started = time.monotonic()
    ending = built.server.obey(Order(built.fresh(), "run"))
    took = time.monotonic() - started
    assert ending.code == 0, ending.told
    moments: list[float] = []
    rows = 0
    while len(moments) < MOMENTS:
        built.fresh()
        killed = killed_in_a_row(built, draw, took)
        built.repeat("run", f"killed after {killed} s")
        moments += killed
        rows += bool(killed)
    print(f"run: killed at {len(moments)} moments of {took:.1f} s, in {rows} rows")


def killed_in_a_row(faults: Faults, draw: random.Random, took: float) -> list[float]:
    """Give a run some times over, each killed at a moment of its own; when those came.

    Args:
        faults: The home.
        draw: Who draws the moments.
        took: Seconds that a run takes; one that ends before its moment ends the row.
    """
    killed: list[float] = []
    while len(killed) < IN_A_ROW:
        seconds = took * draw.random()
        ending = faults.server.obey(Order(faults.home, "run", after=seconds))
        about = f"killed after {[*killed, seconds]} s: {ending.told}"
        assert ending.code == 0 or ending.is_killed, about
        assert "Traceback" not in ending.told, about
        faults.hold(state_of(faults.home), "run", about)
        if not ending.is_killed:
            break
        killed.append(seconds)
    return killed
