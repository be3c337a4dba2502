"""The recomputation itself, against reference vectors: working days and both curves.

Not here: lead times of rows as they are delivered (`test_paper_cases`).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.indicators.recompute.figures import Curve
from tests.indicators.recompute.handoffs import read_holidays, working_days_between

ROOT = Path(__file__).parents[2]
SEEDS_DIR = ROOT / "dbt_project" / "seeds" / "bewaken_beveiligen"


@pytest.mark.parametrize(
    ("holidays", "expected"),
    [
        # 30 April (Thursday) to 18 May (Monday) 2026, counting from the day after the start.
        ([], 12),
        (["2026-05-05", "2026-05-14"], 10),
        (["2026-05-05", "2026-05-14", "2026-05-15"], 9),
    ],
)
def test_working_days_of_the_reference_vector(holidays, expected):
    first, beyond = np.array(["2026-05-01"], "M8[D]"), np.array(["2026-05-19"], "M8[D]")

    assert working_days_between(first, beyond, np.array(holidays, "M8[D]")) == [expected]


def test_the_reviewed_calendar_has_both_days_of_that_vector():
    days = set(read_holidays(SEEDS_DIR).astype(str))

    assert {"2026-05-05", "2026-05-14", "2022-05-27"} <= days


def estimate(times: str, causes: Mapping[str, str]) -> Curve:
    """`9 13 13+` style times; a mark says how a case ended."""
    parts = times.split()
    duration = np.array([float(part.rstrip("".join(causes))) for part in parts])
    status = np.array([causes.get(part[-1], "completed") for part in parts], dtype=object)
    return Curve.estimate(duration, status)


def test_kaplan_meier_of_the_reference_vectors():
    """The recomputation itself meets the printed values of methods 1."""
    open_cases = {"+": "open"}
    maintained = estimate("9 13 13+ 18 23 28+ 31 34 45+ 48 161+", open_cases)
    others = estimate("5 5 8 8 12 16+ 23 27 30 33 43 45", open_cases)

    assert maintained.quantile(0.5) == 31
    assert np.round(maintained.remaining[[0, 1, 2, 3]], 3).tolist() == [0.909, 0.818, 0.716, 0.614]
    assert others.quantile(0.5) == 23
    assert np.isnan(maintained.quantile(0.9))


def test_aalen_johansen_of_the_reference_vector():
    first = estimate("1+ 2 2+ 3x 3+ 3x 5+ 6x", {"+": "open", "x": "competing"})
    other = estimate("1+ 2x 2+ 3 3+ 3 5+ 6", {"+": "open", "x": "competing"})

    assert first.share_by(2) == pytest.approx(1 / 7)
    assert first.share_by(6) == pytest.approx(1 / 7)
    assert other.share_by(3) == pytest.approx(12 / 35)
    assert other.share_by(6) == pytest.approx(6 / 7)
