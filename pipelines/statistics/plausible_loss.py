"""How much of a table may disappear between two deliveries before its history calls it implausible.

Here: the prediction limit for the number of keys lost, from what earlier deliveries lost. Pure
functions of counts.
Not here: counting keys, and what becomes of a delivery that lost more (`pipelines.deliveries`).

Keys are withdrawn by the case, and a case takes all its rows along: losses come in clumps. The
number lost is taken for a Poisson number of clumps of `clump` rows each, at a rate that is not
known but has been seen: with a gamma prior the number of clumps to come is negative binomial
(the predictive distribution; Gelman and others, Bayesian Data Analysis, 3rd ed., §2.6 and §2.7).
The prior (Jeffreys' shape of a half) is worth one loss of 1% in a table of fifty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

# One delivery in ten thousand that lost no more than usual goes over the limit, if the model
# holds: 46 tables a month make that one in eighteen years (2026-11, statistician).
FALSE_HOLD_RATE = 1e-4
_PRIOR_SHAPE, _PRIOR_EXPOSURE = 0.5, 50.0
# Two transitions are needed before a spread can be told from chance.
_FEWEST_FOR_SPREAD = 2


@dataclass(frozen=True)
class Loss:
    """What one delivery no longer held of the one before it.

    Attributes:
        keys: Keys in the delivery before.
        lost: Those that are not in this one.
    """

    keys: int
    lost: int


def largest_plausible_loss(history: Sequence[Loss], keys: int, clump: float) -> int:
    """The most keys that may be lost.

    Args:
        history: What earlier deliveries of the table lost, each against the one before it.
        keys: Keys that can be lost now.
        clump: Rows that a withdrawn case takes along, on average over rows; at least 1.

    Returns:
        A number of keys: more are lost by chance in `FALSE_HOLD_RATE` of deliveries.
    """
    exposure = float(sum(loss.keys for loss in history))
    lost = float(sum(loss.lost for loss in history))
    size = max(1.0, clump, _spread(history, lost, exposure))
    shape = _PRIOR_SHAPE + lost / size
    rate = _PRIOR_EXPOSURE + exposure / size
    ahead = keys / size
    clumps = float(stats.nbinom.isf(FALSE_HOLD_RATE, shape, rate / (rate + ahead)))
    return min(keys, int(np.floor(clumps * size)))


def _spread(history: Sequence[Loss], lost: float, exposure: float) -> float:
    """By how much losses vary more than counts of single keys would: Pearson's dispersion."""
    if len(history) < _FEWEST_FOR_SPREAD or not lost:
        return 1.0
    expected = np.array([loss.keys for loss in history]) * (lost / exposure)
    seen = np.array([loss.lost for loss in history], dtype=float)
    some = expected > 0
    return float(np.sum((seen - expected)[some] ** 2 / expected[some]) / (len(history) - 1))
