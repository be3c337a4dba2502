"""How often series without change get a small chance: `python -m tests.bench.signal_series [N]`.

Here: the printed calibration of the chance of a signal, on series made otherwise than those the
table rests on (`unchanged`), by kind and length, with exact intervals; of stocks that grow; and of
members judged by their family.
Not here: the list over a whole chain.

Of each kind: the share of series that signal at all, and the share whose chance is at most 5, 1,
0.1 and 0.01 in a hundred, in units of what is said: 1 is exactly right, below it the chance is said
too large. `!` marks a lower end of the interval above 1. Rules are those of `plain_charts`. The
chance is right over every kind as often as it comes, which is the first line of a family, without
rules; of kinds apart it is too large where points are independent and too small where they are
most alike.
"""

import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipelines.signals.series import GROWTH_CHANCE
from pipelines.statistics.calibration import Family, chance_of
from pipelines.statistics.change_at_end import end_strength, even_scores, growth_strength
from pipelines.statistics.intervals import poisson_exact
from pipelines.statistics.member_change import member_chances
from tests.bench.calibrate import unchanged_strengths
from tests.bench.unchanged import ALIKE, BY_QUARTER
from tests.indicators.plain_charts import (
    means_in_days,
    medians_in_days,
    moving_range_lines,
    share_scores,
    signals_on_last,
)
from tests.indicators.plain_queues import autoregressive, by_month, waits

FloatArray = npt.NDArray[np.float64]

LENGTHS = (13, 19, 31, 57)
QUARTERS = 19
LEVELS = (0.05, 0.01, 0.001, 0.0001)
SEED = 20261127


def _alike(rng: np.random.Generator, n_series: int, n_points: int, phi: float) -> FloatArray:
    return np.asarray(autoregressive(rng, n_series, n_points, np.full(n_series, phi)))


def values(
    rng: np.random.Generator, n_series: int, n_points: int
) -> Iterator[tuple[str, FloatArray]]:
    """Durations and counts, half a step added where they are whole."""
    for phi in (0.0, 0.2, 0.4, 0.55) if n_points <= BY_QUARTER else (0.0, 0.2, 0.4, 0.6, 0.75):
        yield f"autoregressive {phi}", 20 + 3 * _alike(rng, n_series, n_points, phi)
    yield "autoregressive 0.5, lognormal", np.exp(0.5 * _alike(rng, n_series, n_points, 0.5))
    yield "gamma", rng.gamma(2.0, 5.0, (n_series, n_points))
    yield (
        "median of 8 lognormal cases, whole days",
        medians_in_days(rng, n_series, n_points, 8) + 0.5,
    )
    cases = np.floor(rng.gamma(1.5, 8.0, (n_series, n_points, 6)))
    yield "median of 6 gamma cases, whole days", np.median(cases, axis=2) + 0.5
    yield "restricted mean", means_in_days(rng, n_series, n_points)
    yield "Poisson counts, mean 6", rng.poisson(6.0, (n_series, n_points)) + 0.5
    # The waits are those by month.
    for is_median in (False, True) if n_points > BY_QUARTER else ():
        load = rng.uniform(0.5, 0.85, min(n_series, 6000))
        found = by_month(*waits(rng, load.size, n_points, load), n_points, is_median=is_median)
        name = "median" if is_median else "mean"
        yield f"{name} wait in a queue, load .5 to .85", found[~np.isnan(found).any(axis=1)] + 0.5


def shares(
    rng: np.random.Generator, n_series: int, n_points: int
) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Events and cases of shares of numbers that change."""
    for share in (0.15, 0.4, 0.7):
        cases = rng.negative_binomial(6, 6 / 46, (n_series, n_points)) + 4.0
        yield f"share {share} of changing numbers", rng.binomial(cases.astype(int), share), cases
    cases = rng.poisson(40, (n_series, n_points)) + 5.0
    course = 1 / (1 + np.exp(-0.4 * _alike(rng, n_series, n_points, 0.5)))
    yield "share that wanders", rng.binomial(cases.astype(int), course), cases


def members(
    rng: np.random.Generator, n_members: int, n_families: int
) -> Iterator[tuple[str, FloatArray]]:
    """Chances of members by quarter, of families in which nothing changes."""
    for name, widest in (("", 1.0), (", one of them twice as wide", 2.0)):
        chances = []
        for _ in range(n_families):
            phi = rng.choice(list(ALIKE), p=list(ALIKE.values()))
            cases = np.repeat(rng.uniform(5.0, 40.0, (n_members, 1)), QUARTERS, axis=1)
            months = _alike(rng, n_members, 3 * QUARTERS, phi)
            points = months.reshape(n_members, QUARTERS, 3).mean(axis=2) / np.sqrt(cases)
            points[0] *= widest
            found = member_chances(list(points), list(cases))
            chances.append(np.minimum(found.up, found.down))
        yield f"member of {n_members}{name}", np.concatenate(chances)


def line(name: str, n_points: int, rate: float, chance: FloatArray) -> str:
    """One row of the table."""
    cells = []
    for level in LEVELS:
        expected = level * chance.size
        found = int((chance <= level).sum())
        limits = poisson_exact(found)
        low, high = float(limits.lower) / expected, float(limits.upper) / expected
        mark = "!" if low > 1 else " "
        cells.append(f"{found / expected:5.2f} ({low:4.2f}-{high:5.2f}){mark}")
    return f"{name:42} {n_points:3} {chance.size:6} {100 * rate:5.1f}%  {'  '.join(cells)}"


def main(n_series: int) -> None:
    """Print the table."""
    head = "  ".join(f"{f'chance <= {level:g}':20}" for level in LEVELS)
    print(f"{'kind':42} {'n':>3} {'series':>6} {'rule':>6}  {head}")
    for n_points in LENGTHS:
        for family in Family:
            every = unchanged_strengths(family, n_points, 5 * n_series, SEED)
            print(
                line(f"every kind of {family}", n_points, 1.0, chance_of(every, n_points, family))
            )
        rng = np.random.default_rng((SEED, n_points))
        for name, series in values(rng, n_series, n_points):
            known = series[(series > 0).all(axis=1)]
            has_signal = signals_on_last(known, moving_range_lines(known))
            found = end_strength(known, is_positive=True)
            strength = np.where(known[:, -1] > known.mean(axis=1), found.up, found.down)
            chance = chance_of(strength, n_points, Family.VALUES)
            print(line(name, n_points, has_signal.mean(), np.where(has_signal, chance, 1.0)))
        for name, events, cases in shares(rng, n_series, n_points):
            is_mixed = (events.sum(axis=1) > 0) & (events.sum(axis=1) < cases.sum(axis=1))
            some, of = events[is_mixed], cases[is_mixed]
            scores = share_scores(some, of)
            has_signal = signals_on_last(scores, moving_range_lines(scores, around_zero=True))
            even = even_scores(some / of, of, is_share=True)
            found = end_strength(even, is_positive=False, is_counted=True)
            strength = np.where(scores[:, -1] > 0, found.up, found.down)
            chance = chance_of(strength, n_points, Family.COUNTED)
            print(line(name, n_points, has_signal.mean(), np.where(has_signal, chance, 1.0)))
        for phi in (0.0, 0.3, 0.55):
            changes = _alike(rng, n_series, n_points, phi)
            _print_growth(f"stock, flows alike {phi}: growth", changes)
        level = _alike(rng, n_series, n_points + 1, 0.9)
        _print_growth("stock in a steady state: growth", np.diff(level, axis=1))
        counts = rng.poisson(2.0, (2, n_series, n_points))
        _print_growth("stock of cases in and out: growth", counts[0] - counts[1] * 1.0)
    rng = np.random.default_rng(SEED)
    for n_members in (2, 5, 10):
        for name, chance in members(rng, n_members, n_series // 10):
            print(line(name, QUARTERS, 1.0, chance))


def _print_growth(name: str, changes: FloatArray) -> None:
    found = growth_strength(changes)
    chance = chance_of(found.either, changes.shape[1], Family.GROWTH)
    print(line(name, changes.shape[1], float((chance <= GROWTH_CHANCE).mean()), chance))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
