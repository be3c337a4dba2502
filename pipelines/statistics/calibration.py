"""What a strength is worth: how often a series without any change comes that far.

Here: the chance behind a strength (`change_at_end`), read from what was measured on series of the
same length in which nothing changes.
Not here: the measuring (`tests/bench/calibrate.py` makes `calibration.csv`), and the rules.

The least of several chances is no chance, and the model of the forecast is one among many. So the
chance is measured by length, over every kind of series without change that the monitor knows of
(even and lopsided, independent and alike, medians, counts, shares, queues), each as often as it is
thought to come (`tests/bench/unchanged.py` says how often). Over all of them it is what it is said
to be. What the shape of a series does is in its forecast: what the points before the end say of
autocorrelation and scale. Tables apart for the autocorrelation before the end differed by a tenth
or so in strength, so there are none. Of independent points a chance of one in a hundred is said two
to four times too large, of points alike by 0.55 and of queues up to two or three times too small;
of shares by chance alone twice too large, of those that wander three times as widely up to three
times too small. Beyond what could be counted an exponential tail is fitted to the strengths, a
Pareto tail of the chances (Pickands 1975), so that a chance of one in a hundred thousand means
something. Lengths between those measured lie between theirs.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.statistics.change_at_end import MOST_POINTS

FloatArray = npt.NDArray[np.float64]

TABLE = Path(__file__).with_suffix(".csv")
GRID = np.arange(0.0, 12.01, 0.5)
"""Strengths at which the chance is given."""


class Family(StrEnum):
    """What is forecast."""

    VALUES = "values"
    """Values above zero: durations, counts."""
    COUNTED = "counted"
    """Scores of shares and rates, of which chance alone gives a known spread."""
    SCORES = "scores"
    """Anything else: changes of a stock, gaps made even, values not above zero."""
    GROWTH = "growth"
    """The mean of changes."""
    SPANS = "spans"
    """Spans of different length, of a kind that says how widely they spread (`span_change`)."""
    SPANS_OF_FEW = "spans_of_few"
    """The same, of a kind with too few others to say so surely."""


def chance_of(strength: npt.ArrayLike, n_points: int, family: Family) -> FloatArray:
    """Chance that a series without change shows this strength or more, on either side.

    Args:
        strength: (S,) strengths.
        n_points: Points of each.
        family: What was forecast.

    Returns:
        (S,) chances; 1 where nothing can be said.
    """
    table = _table()[family]
    length = float(np.log(np.clip(n_points, table.lengths[0], min(MOST_POINTS, table.lengths[-1]))))
    known = np.log(np.array(table.lengths, dtype=np.float64))
    after = int(np.clip(np.searchsorted(known, length), 1, known.size - 1))
    share = (length - known[after - 1]) / (known[after] - known[after - 1])
    logs = (1.0 - share) * table.logs[after - 1] + share * table.logs[after]
    far = np.asarray(strength, dtype=np.float64)
    return np.where(far > 0.0, np.minimum(10.0 ** _beyond(far, logs), 1.0), 1.0)


def _beyond(strength: FloatArray, logs: FloatArray) -> FloatArray:
    """Log chances at strengths, straight on beyond the last."""
    slope = (logs[-1] - logs[-2]) / (GRID[-1] - GRID[-2])
    beyond = logs[-1] + slope * (strength - GRID[-1])
    return np.where(strength > GRID[-1], beyond, np.interp(strength, GRID, logs))


@dataclass(frozen=True, eq=False, slots=True)
class _Measured:
    """The logs of the chances of one family, (lengths, grid)."""

    lengths: tuple[int, ...]
    logs: FloatArray


@cache
def _table() -> dict[Family, _Measured]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for family in Family:
        mine = [row for row in rows if row["family"] == family]
        logs = [[float(row[f"{strength:g}"]) for strength in GRID] for row in mine]
        found[family] = _Measured(tuple(int(row["n_points"]) for row in mine), np.array(logs))
    return found
