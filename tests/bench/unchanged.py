"""Series in which nothing changes, of every kind that is charted: those the calibration rests on.

Here: drawing them, in plain numpy, and how often each kind is thought to come. Not here: those the
calibration is held against, which are made otherwise (`tests/bench/signal_series.py`).

How often is a prior, stated here and nowhere else: most series of a chain in which nothing changes
are nearly independent, even or a little lopsided; a few wait in a queue or are alike as those are.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from pipelines.statistics.calibration import Family
from pipelines.statistics.change_at_end import even_scores
from pipelines.statistics.span_change import share_points

FloatArray = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, int], FloatArray]

BY_QUARTER = 22
"""Series of up to so many points are quarters, longer ones months."""
OF_A_KIND = {"spans": 8, "spans_of_few": 4}
"""How many courses of spans are judged together."""
UNLIKE = 0.15
"""Variance of the logarithm of what courses of one kind spread beyond chance."""
ALIKE = {0.0: 0.38, 0.2: 0.27, 0.4: 0.19, 0.6: 0.11, 0.75: 0.05}
"""Autocorrelations without change, and the share of series that have it."""

LEVELS = (0.1, 0.5, 0.8)
BEYOND_CHANCE = {1.0: 0.20, 2.0: 0.10, 5.0: 0.05}
"""Variance of shares and rates beyond that of chance, which is 1, and how many have it: of the
quarters of the country without a story half have .1 more or less, one in ten nearly twice as much
more."""


def alike(rng: np.random.Generator, n_series: int, n_points: int, phi: float) -> FloatArray:
    """Normal series of mean 0 and spread 1, autoregressive of first order."""
    found = rng.standard_normal((n_series, n_points))
    for at in range(1, n_points):
        found[:, at] = phi * found[:, at - 1] + np.sqrt(1 - phi**2) * found[:, at]
    return found


def kinds(family: Family) -> Iterator[tuple[float, Draw]]:
    """Share and draw (rng, number of series, number of points) of every kind of a family."""
    if family is Family.GROWTH:
        # A random walk whose flows are alike, a stock that is drawn back, flows counted in cases.
        for phi, share in ALIKE.items():
            yield 0.8 * share, lambda rng, s, n, phi=phi: alike(rng, s, n, phi)
        yield 0.05, lambda rng, s, n: np.diff(alike(rng, s, n + 1, 0.8), axis=1)
        for mean in (0.3, 4.0):
            yield 0.075, lambda rng, s, n, mean=mean: _flows(rng, s, n, mean)
        return
    if family is Family.COUNTED:
        yield from _counted()
        return
    often = 0.95 if family is Family.SCORES else 0.37
    for phi, share in ALIKE.items():
        yield often * share, lambda rng, s, n, phi=phi: 10 + alike(rng, s, n, phi)
    if family is Family.SCORES:
        yield 0.05, lambda rng, s, n: (rng.geometric(0.05, (s, n)) - 0.5) ** (1 / 3.6)
        return
    for spread, often in ((0.3, 0.18), (0.8, 0.07)):
        for phi, share in ALIKE.items():
            yield (
                often * share,
                lambda rng, s, n, spread=spread, phi=phi: np.exp(spread * alike(rng, s, n, phi)),
            )
    yield 0.02, lambda rng, s, n: rng.exponential(size=(s, n)) + 0.01
    yield 0.04, lambda rng, s, n: rng.gamma(2.0, size=(s, n))
    for mean in (3.0, 10.0):
        yield 0.06, lambda rng, s, n, mean=mean: rng.poisson(mean, (s, n)) + 0.5
    for few in (5, 20):
        yield 0.07, lambda rng, s, n, few=few: _medians(rng, s, n, few)
    for load, often in ((0.6, 0.03), (0.75, 0.02), (0.85, 0.01)):
        yield often, lambda rng, s, n, load=load: _queue(rng, s, n, load)


def _counted() -> Iterator[tuple[float, Draw]]:
    """Scores of shares and rates: by chance alone, or with a course of their own beside it."""
    kinds_of_counts: tuple[tuple[float, Draw], ...] = (
        *((0.26, lambda rng, s, n, level=level: _shares(rng, s, n, level)) for level in LEVELS),
        (0.22, _rates),
    )
    for often, draw in kinds_of_counts:
        yield 0.65 * often, draw
        for beyond, rare in BEYOND_CHANCE.items():
            for phi, share in ALIKE.items():
                yield (
                    rare * often * share,
                    lambda rng, s, n, draw=draw, beyond=beyond, phi=phi: (
                        draw(rng, s, n) + np.sqrt(beyond) * alike(rng, s, n, phi)
                    ),
                )


def spans(
    rng: np.random.Generator, n_series: int, n_spans: int, n_of_kind: int
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Points and precision of courses of one kind, as an audience is shown them that sees no few.

    The first is of `n_spans`, the others of three to eleven: years, then half-years, then quarters,
    their numbers rounded to threes. How alike quarters are and how widely they spread beyond chance
    is the same for all courses of a kind, but for a little.
    """
    of_kind = _kind(rng, n_series)
    points, precision = [], []
    for of in (n_spans, *rng.integers(3, 12, n_of_kind - 1)):
        lengths = _lengths_of_spans(rng, int(of))
        cuts = np.concatenate([[0], np.cumsum(lengths)])
        shown, whole = (
            _in_threes(rng, np.add.reduceat(count, cuts[:-1], axis=1))
            for count in _counts_by_quarter(rng, *of_kind, int(cuts[-1]))
        )
        whole = np.maximum(whole, 3.0)
        own_points, own_precision = share_points(np.minimum(shown / whole, 1.0), whole)
        points.append(own_points)
        precision.append(own_precision)
    return points, precision


def quarters_of_a_kind(
    rng: np.random.Generator, n_series: int, n_quarters: int, n_of_kind: int
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Points and precision of shares of one kind, as an audience sees them that sees quarters."""
    of_kind = _kind(rng, n_series)
    counts = [_counts_by_quarter(rng, *of_kind, n_quarters) for _ in range(n_of_kind)]
    found = [share_points(events / cases, cases) for events, cases in counts]
    return [points for points, _ in found], [precision for _, precision in found]


def _kind(rng: np.random.Generator, n_series: int) -> tuple[FloatArray, FloatArray]:
    """How widely quarters of a kind spread beyond chance, and how alike they are (a column)."""
    beyond = rng.choice([0.0, *BEYOND_CHANCE], n_series, p=[0.65, *BEYOND_CHANCE.values()])
    return beyond, rng.choice(list(ALIKE), n_series, p=list(ALIKE.values()))[:, None]


def _counts_by_quarter(
    rng: np.random.Generator, beyond: FloatArray, phi: FloatArray, n_quarters: int
) -> tuple[FloatArray, FloatArray]:
    """Events and cases of one course of a kind, which spreads a little unlike the others."""
    n_series = len(beyond)
    cases = rng.poisson(np.linspace(35.0, 75.0, n_quarters), (n_series, n_quarters)) + 3
    course = rng.standard_normal((n_series, n_quarters))
    for at in range(1, n_quarters):
        course[:, at] *= np.sqrt(1 - phi[:, 0] ** 2)
        course[:, at] += phi[:, 0] * course[:, at - 1]
    own = beyond * np.exp(np.sqrt(UNLIKE) * rng.standard_normal(n_series))
    level = np.arcsin(np.sqrt(rng.uniform(0.08, 0.8, (n_series, 1))))
    angle = level + np.sqrt(own)[:, None] * course / (2.0 * np.sqrt(cases))
    return rng.binomial(cases, np.sin(np.clip(angle, 0.02, np.pi / 2 - 0.02)) ** 2), cases


def _lengths_of_spans(rng: np.random.Generator, n_spans: int) -> list[int]:
    """Quarters of each span: years, then half-years, then quarters, over two to five years."""
    possible = [
        [4] * years + [2] * halves + [1] * (n_spans - years - halves)
        for years in range(min(n_spans, 5) + 1)
        for halves in range(n_spans - years + 1)
    ]
    some = [lengths for lengths in possible if 8 <= sum(lengths) <= 20]
    return some[int(rng.integers(len(some)))] if some else [2] * n_spans


def _in_threes(rng: np.random.Generator, counts: FloatArray) -> FloatArray:
    return np.asarray(3.0 * np.floor(counts / 3.0 + rng.random(counts.shape)))


def _flows(rng: np.random.Generator, n_series: int, n_points: int, mean: float) -> FloatArray:
    size = (n_series, n_points)
    return rng.poisson(mean, size) - rng.poisson(mean, size) * 1.0


def _shares(rng: np.random.Generator, n_series: int, n_points: int, share: float) -> FloatArray:
    """Scores of shares of numbers that change from period to period."""
    usual = rng.uniform(np.log(30.0), np.log(80.0), (n_series, 1))
    cases = rng.poisson(np.exp(usual + rng.normal(0.0, 0.4, (n_series, n_points)))) + 5
    events = rng.binomial(cases, share)
    return even_scores(events / cases, cases, is_share=True)


def _rates(rng: np.random.Generator, n_series: int, n_points: int) -> FloatArray:
    """Scores of rates over times that change from period to period."""
    times = rng.uniform(0.5, 2.0, (n_series, n_points))
    return even_scores(rng.poisson(4.0 * times) / times, times, is_share=False)


def _medians(rng: np.random.Generator, n_series: int, n_points: int, cases: int) -> FloatArray:
    days = np.floor(rng.lognormal(np.log(9.0), 0.7, (n_series, n_points, cases)))
    return np.median(days, axis=2) + 0.5


def _queue(rng: np.random.Generator, n_series: int, n_points: int, load: float) -> FloatArray:
    """Mean days of handling plus waiting, by period, in a queue with one counter (Lindley)."""
    cases = 36 if n_points <= BY_QUARTER else 12
    warm_up = 10
    waiting = np.zeros(n_series)
    total = np.zeros((n_series, n_points + warm_up))
    for period in range(n_points + warm_up):
        handled = rng.gamma(2.0, load / 2.0, (n_series, cases))
        between = rng.exponential(1.0, (n_series, cases))
        for case in range(cases):
            total[:, period] += waiting + handled[:, case]
            waiting = np.maximum(0.0, waiting + handled[:, case] - between[:, case])
    return total[:, warm_up:] / cases
