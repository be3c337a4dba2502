"""Make `pipelines/statistics/calibration.csv`: `python -m tests.bench.calibrate [SERIES]`.

Here: measuring how often unchanged series come to each strength, and the tail beyond the counts.
Not here: the kinds of series (`unchanged`), and reading the table (`pipelines.statistics`).
"""

import csv
import sys

import numpy as np
import numpy.typing as npt

from pipelines.statistics.calibration import GRID, TABLE, Family
from pipelines.statistics.change_at_end import Strength, end_strength, growth_strength
from pipelines.statistics.span_change import span_strengths
from tests.bench.unchanged import OF_A_KIND, kinds, spans

FloatArray = npt.NDArray[np.float64]

LENGTHS = (7, 10, 15, 22, 36, 60)
LENGTHS_OF_SPANS = (3, 4, 5, 6, 8, 11, 16, 24, 36, 60)
SEED = 20261126
N_SERIES = 200_000
# The tail begins where one in a hundred of them lies beyond.
TAIL = 0.01
_CHUNK = 10_000
# Of one draw of how long the spans are.
_FAMILIES = 1_000


def strengths(family: Family, series: FloatArray) -> Strength:
    """The strengths of many series of a family."""
    if family is Family.GROWTH:
        return growth_strength(series)
    return end_strength(
        series, is_positive=family is Family.VALUES, is_counted=family is Family.COUNTED
    )


def measured(strength: FloatArray) -> FloatArray:
    """Log10 of the share at or beyond each strength of the grid, an exponential tail at the end."""
    ordered = np.sort(strength)
    start = float(np.quantile(ordered, 1 - TAIL))
    beyond = ordered[ordered > start]
    counted = (ordered.size - np.searchsorted(ordered, GRID, side="left")) / ordered.size
    tail = np.log10(beyond.size / ordered.size) - (GRID - start) / (
        float(beyond.mean()) - start
    ) * np.log10(np.e)
    return np.where(start < GRID, tail, np.log10(np.maximum(counted, TAIL / 2)))


def unchanged_strengths(family: Family, n_points: int, n_series: int, seed: int) -> FloatArray:
    """Strengths of series of every kind, each as often as it is thought to come."""
    found = []
    if family in OF_A_KIND:
        rng = np.random.default_rng((seed, 0, n_points))
        for _ in range(-(-n_series // _FAMILIES)):
            courses = spans(rng, min(n_series, _FAMILIES), n_points, OF_A_KIND[family])
            found.append(span_strengths(*courses)[0].either)
        return np.concatenate(found)
    for number, (share, draw) in enumerate(kinds(family)):
        rng = np.random.default_rng((seed, number, n_points))
        left = round(share * n_series)
        while left > 0:
            some = min(left, _CHUNK)
            # Either side may signal; its chance is that of the stronger of the two.
            found.append(strengths(family, draw(rng, some, n_points)).either)
            left -= some
    return np.concatenate(found)


def row_of(family: Family, n_points: int, n_series: int) -> list[str]:
    """The row of the table of a family and a length."""
    logs = np.minimum(measured(unchanged_strengths(family, n_points, n_series, SEED)), 0.0)
    return [family.value, str(n_points), *(f"{log:.3f}" for log in np.minimum.accumulate(logs))]


def main(n_series: int) -> None:
    """Measure, and write the table."""
    rows = []
    for family in Family:
        for n_points in LENGTHS_OF_SPANS if family in OF_A_KIND else LENGTHS:
            rows.append(row_of(family, n_points, n_series))
            sys.stderr.write(f"{family} {n_points}\n")
    write(rows)


def write(rows: list[list[str]]) -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["family", "n_points", *(f"{strength:g}" for strength in GRID)])
        writer.writerows(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_SERIES)
