"""Random draws: who, how often and how long.

Here: the few distributions the chain is made of. Not here: their parameters, which stand beside
what they are about.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.moments import MINUTE, Mask, Moments, Whole, next_working_day


def happens(
    rng: np.random.Generator, n: int | tuple[int, ...], share: NDArray[np.float64] | float
) -> Mask:
    """For each of `n`, whether something with this chance happens.

    Args:
        rng: Source of randomness.
        n: How many, or the shape.
        share: Chance, or one each.
    """
    return np.less(rng.random(n), share)


def lead(
    rng: np.random.Generator, median: Moments | float, spread: float, n: int | None = None
) -> Moments:
    """Right-skewed lead times: log-normal around a median, in days.

    Args:
        rng: Source of randomness.
        median: Median per record, or one for all.
        spread: Standard deviation of the logarithm; 0.5 gives a P90 of nearly twice the median.
        n: How many, when `median` is one number.
    """
    medians = np.full(n, median) if n is not None else np.asarray(median, dtype=np.float64)
    return medians * np.exp(spread * rng.standard_normal(len(medians)))


def at_least_so_many(count: Whole, weight: Moments, minimum: int) -> Whole:
    """Counts per subject, raised for the heaviest subjects when there are fewer than a minimum."""
    if count.sum() >= minimum:
        return count
    raised = count.copy()
    raised[np.argsort(-weight, kind="stable")[:minimum]] += 1
    return raised


def arrivals(rng: np.random.Generator, n: int, start: float, end: float) -> Moments:
    """`n` moments between two moments, sorted; fewer at night and in the weekend."""
    days = np.floor(rng.uniform(start, end, n))
    # Some of the weekend's work only shows up on Monday.
    moved = happens(rng, n, 0.3)
    days = np.where(moved & (days + 3 < end), next_working_day(days), days)
    return np.sort(np.clip(days + rng.beta(2.5, 2.0, n), start, end - MINUTE))


def at_least(
    rng: np.random.Generator, probability: Moments | float, eligible: Mask, minimum: int = 0
) -> Mask:
    """Choose each eligible record with its probability, and at least a minimum of them.

    The minimum keeps every table filled in the tiny fixture chain; at full scale it is never
    reached.
    """
    draws = rng.random(len(eligible))
    chosen = eligible & (draws < probability)
    if (missing := minimum - int(chosen.sum())) > 0:
        others = np.flatnonzero(eligible & ~chosen)
        chosen[others[np.argsort(draws[others], kind="stable")[:missing]]] = True
    return chosen


def pick(
    rng: np.random.Generator, members: tuple[str, ...], sizes: tuple[float, ...], n: int
) -> NDArray[np.object_]:
    """Draw members of a dimension with given relative sizes."""
    weights = np.array(sizes) / sum(sizes)
    return np.array(members, dtype=object)[rng.choice(len(members), n, p=weights)]
