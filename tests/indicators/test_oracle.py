"""The recomputation's own curve meets values from a book, or it would be no oracle.

AML trial (Miller 1981): median 31 weeks maintained, 23 not maintained.
"""

import numpy as np
import pytest

from tests.indicators.recompute.figures import Curve


@pytest.mark.parametrize(
    ("durations", "median", "waiting_at_9"),
    [
        ("9 13 13+ 18 23 28+ 31 34 45+ 48 161+", 31, 0.9090909090909091),
        ("5 5 8 8 12 16+ 23 27 30 33 43 45", 23, 0.6666666666666667),
        ("4 10+ 12+", np.nan, 0.6666666666666667),
        ("4 9", 6.5, 0.0),
        ("0", 0, 0.0),
    ],
    ids=["maintained", "not_maintained", "not_reached", "halfway_a_flat_step", "done_at_once"],
)
def test_kaplan_meier(durations, median, waiting_at_9):
    """A plus is a case still open."""
    cases = durations.split()
    length = np.array([float(case.rstrip("+")) for case in cases])
    status = np.array(["open" if case.endswith("+") else "completed" for case in cases], object)
    curve = Curve.estimate(length, status)

    assert curve.quantile(0.5) == pytest.approx(median, nan_ok=True)
    assert 1 - curve.share_by(9) == pytest.approx(waiting_at_9)


def test_aalen_johansen_without_exits_is_the_complement_and_with_them_less():
    length = np.array([1.0, 2.0, 3.0, 4.0])
    alone = Curve.estimate(length, np.array(["completed"] * 4, object))
    beside = Curve.estimate(length, np.array(["completed", "competing"] * 2, object))

    assert alone.done.tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert beside.done.tolist() == pytest.approx([0.25, 0.25, 0.5, 0.5])
    assert beside.remaining.tolist() == pytest.approx([0.75, 0.5, 0.25, 0.0])
