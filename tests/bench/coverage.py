"""How often the published 95% intervals hold the truth, where it is known: `make bench-coverage`.

Here: cohorts drawn at random, some of them open still, and the estimators of the monitor on them.
Not here: the estimators (`pipelines.statistics`).

An interval is judged where its figure is shown. A cell, one size × share open × shape × figure, is
in order with a coverage of 0.93 or more and at most 4% missed on either side; one of which fewer
than 200 cohorts show the figure is reported, and neither passed nor failed. With nothing open
everything is shown.

Cohorts start evenly over a time as long as makes the wanted share open at the end, with the median
of what they take as the unit of time.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import integrate, optimize, stats

from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.mid_p import MidP
from pipelines.statistics.risk_sets import FEWEST_FOLLOWED, FloatArray
from pipelines.statistics.survival import kaplan_meier_by_group
from tests.bench.measured import store

SIZES = (5, 10, 20, 40)
SHARES_OPEN = (0.0, 0.3, 0.6)
RUNS = 2000
SEED = 20261126
LEAST_COVERAGE = 0.93
MOST_MISSED = 0.04
FEWEST_SHOWN = 200
# Both have a median of 1.
SHAPES = {"exponential": stats.expon(scale=1.0 / np.log(2.0)), "lognormal": stats.lognorm(1.0)}
HORIZON = 2.0
OF_CAUSE = 2.0 / 3.0
"""Share of the ends that is the one looked at, whenever they come."""


class Cell(NamedTuple):
    """Coverage of one figure among cohorts of one kind.

    Attributes:
        figure: What is estimated.
        shape: Shape of what cases take.
        n: Cases in a cohort.
        open: Share of them still open.
        shown: Cohorts that show the figure.
        covered: Share of those whose interval holds the truth.
        below: Share of those whose interval lies below the truth.
        above: Share of those whose interval lies above it.
    """

    figure: str
    shape: str
    n: int
    open: float
    shown: int
    covered: float
    below: float
    above: float

    @property
    def is_judged(self) -> bool:
        """Whether enough cohorts show the figure."""
        return self.shown >= FEWEST_SHOWN

    @property
    def is_in_order(self) -> bool:
        """Whether the interval does what it says, or cannot be judged."""
        covers = self.covered >= LEAST_COVERAGE
        return not self.is_judged or (covers and max(self.below, self.above) <= MOST_MISSED)


@dataclass(frozen=True)
class Cohorts:
    """Many cohorts of the same size; arrays of runs by cases.

    Attributes:
        takes: What every case takes.
        potential: How long it could be followed.
        is_of_cause: Whether it ends in the way looked at, if it has another one.
    """

    takes: FloatArray
    potential: FloatArray
    is_of_cause: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]"

    @classmethod
    def draw(cls, shape: str, n: int, share_open: float, runs: int, seed: int) -> "Cohorts":
        """Draw them; the same seed draws the same."""
        generator = np.random.default_rng([seed, n, int(100 * share_open), len(shape)])
        takes = SHAPES[shape].rvs((runs, n), random_state=generator)
        potential = np.full((runs, n), np.inf)
        if share_open:
            potential = generator.uniform(0.0, _span(shape, share_open), (runs, n))
        return cls(takes, potential, generator.random((runs, n)) < OF_CAUSE)

    @property
    def follow_up(self) -> FloatArray:
        """How long each case was followed."""
        return np.minimum(self.takes, self.potential)

    @property
    def followed(self) -> FloatArray:
        """(runs,) potential follow-up that enough cases of each cohort have."""
        return np.sort(self.potential, axis=1)[:, -FEWEST_FOLLOWED]


def cells(runs: int = RUNS, sizes: tuple[int, ...] = SIZES, seed: int = SEED) -> Iterator[Cell]:
    """Coverage of every figure among cohorts of every kind.

    Args:
        runs: Cohorts of a kind.
        sizes: Numbers of cases in a cohort.
        seed: Of the draws.
    """
    for shape in SHAPES:
        for share_open in SHARES_OPEN:
            for n in sizes:
                cohorts = Cohorts.draw(shape, n, share_open, runs, seed)
                for figure, truth, *found in (*_waiting(shape, cohorts), *_ended(shape, cohorts)):
                    yield _cell((figure, shape, n, share_open), truth, *found)


def _waiting(
    shape: str, cohorts: Cohorts
) -> Iterator[tuple[str, float, FloatArray, FloatArray, FloatArray]]:
    """Figures of a survival curve: name, truth, values and limits."""
    truth = SHAPES[shape]
    runs, n = cohorts.takes.shape
    for share in (0.5, 0.8):
        norm = float(truth.ppf(share))
        found = kaplan_meier_by_group(
            cohorts.follow_up.ravel(),
            (cohorts.takes <= cohorts.potential).ravel(),
            np.repeat(np.arange(runs), n),
            runs,
            probabilities=(0.5,),
            norm=norm,
            tau=HORIZON,
            followed=cohorts.followed,
        )
        within = (found.survival_at_norm, found.survival_at_norm_upper)
        yield (
            f"share within norm {share}",
            share,
            *(1.0 - survival for survival in (*within, found.survival_at_norm_lower)),
        )
    ends = (found.quantile_lower, found.quantile_upper)
    yield "median", 1.0, found.quantiles[:, 0], *(end[:, 0] for end in ends)
    mean, _ = integrate.quad(truth.sf, 0.0, HORIZON)
    yield "restricted mean", float(mean), found.rmst, found.rmst_lower, found.rmst_upper


def _ended(
    shape: str, cohorts: Cohorts
) -> Iterator[tuple[str, float, FloatArray, FloatArray, FloatArray]]:
    """Cumulative incidences, likewise."""
    ends = np.where(cohorts.is_of_cause, 1, 2)
    causes = np.where(cohorts.takes <= cohorts.potential, ends, 0)
    curves = [
        aalen_johansen(duration, cause, n_causes=2, followed=float(followed))
        for duration, cause, followed in zip(
            cohorts.follow_up, causes, cohorts.followed, strict=True
        )
    ]
    for ended in (0.375, 0.75):
        by = float(SHAPES[shape].ppf(ended))
        values = np.array([curve.at(1, by) for curve in curves], dtype=float)
        counts = np.array([curve.counts_at(1, by) for curve in curves])
        truth = OF_CAUSE * ended
        yield f"incidence {truth:.2f}", truth, values, *MidP.of_counts(*counts.T).limits()


def _cell(
    kind: tuple[str, str, int, float],
    truth: float,
    value: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> Cell:
    is_shown = ~np.isnan(value)
    # An end that is not reached leaves nothing out.
    below, above = upper[is_shown] < truth, lower[is_shown] > truth
    missed = [float(side.mean()) if side.size else np.nan for side in (below, above)]
    return Cell(*kind, int(is_shown.sum()), 1.0 - sum(missed), *missed)


def _span(shape: str, share_open: float) -> float:
    """Time over which cohorts start so that this share is open at its end, on average."""
    law = SHAPES[shape]

    def too_many(span: float) -> float:
        return float(integrate.quad(law.sf, 0.0, span)[0]) / span - share_open

    return float(optimize.brentq(too_many, 1e-3, 1e3))


def main() -> int:
    """Print the table, write it down for the methods page; 1 where a cell is not in order."""
    parser = argparse.ArgumentParser(description="Coverage of the published intervals.")
    parser.add_argument("--runs", type=int, default=RUNS, help="cohorts of a kind")
    runs = parser.parse_args().runs
    print(f"{'figure':22} {'shape':12} {'n':>3} {'open':>5} {'shown':>6} {'covered':>8} "
          f"{'below':>6} {'above':>6}")  # fmt: skip
    found = []
    for cell in cells(runs):
        word = "" if cell.is_in_order else "  NOT IN ORDER"
        if not cell.is_judged:
            word = "  too few shown to judge"
        print(f"{cell.figure:22} {cell.shape:12} {cell.n:3} {cell.open:5.0%} {cell.shown:6} "
              f"{cell.covered:8.3f} {cell.below:6.3f} {cell.above:6.3f}{word}")  # fmt: skip
        found.append(cell)
    faults = sum(not cell.is_in_order for cell in found)
    print(f"{faults} of {len(found)} cells not in order")
    if runs >= RUNS:
        store("coverage", "make bench-coverage", runs, (_row(cell) for cell in found))
    return int(faults > 0)


def _row(cell: Cell) -> dict[str, object]:
    """A cell as it is written down; without cohorts that show the figure it has no coverage."""
    row = cell._asdict()
    for name in ("covered", "below", "above"):
        row[name] = round(row[name], 4) if cell.shown else None
    return row


if __name__ == "__main__":
    sys.exit(main())
