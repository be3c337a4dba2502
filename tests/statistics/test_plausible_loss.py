"""The most keys that may be lost: a prediction limit that keeps the rate it states."""

import numpy as np
import pytest
from scipy import integrate, stats

from pipelines.statistics.plausible_loss import (
    FALSE_HOLD_RATE,
    Loss,
    largest_plausible_loss,
)

QUIET = [Loss(1_000, 0)] * 12
LIVELY = [Loss(1_000, n_lost) for n_lost in (8, 12, 9, 11, 10, 13, 7, 10, 9, 11, 12, 8)]
RESTLESS = [Loss(1_000, n_lost) for n_lost in (0, 60, 0, 0, 75, 0, 3, 0, 50, 0, 0, 68)]


@pytest.mark.parametrize(
    ("history", "keys", "clump", "limit"),
    [
        # Each worked out by integration over the rate. Nothing is known: a fifth may go.
        ([], 100, 1.0, 18),
        ([], 3, 1.0, 2),
        # What never lost a key may lose three; in clumps of three, three clumps.
        (QUIET, 1_000, 1.0, 3),
        (QUIET, 1_000, 3.0, 9),
        # What loses one in a hundred may lose two and a half.
        (LIVELY, 1_000, 1.0, 25),
        # What loses nothing or a great deal may lose a great deal.
        (RESTLESS, 1_000, 1.0, 232),
        # Never more than there is.
        ([Loss(10, 5)] * 12, 4, 1.0, 4),
        (QUIET, 0, 1.0, 0),
    ],
)
def test_the_limit_follows_from_the_history(history, keys, clump, limit):
    assert largest_plausible_loss(history, keys, clump) == limit


def test_the_limit_is_that_of_a_poisson_number_at_a_rate_seen_in_the_history():
    """By integration over the rate, without the negative binomial."""
    lost, exposure, keys = 12, 6_000, 500
    history = [Loss(1_000, 2)] * 6
    limit = largest_plausible_loss(history, keys, 1.0)
    rate = stats.gamma(0.5 + lost, scale=1 / (50 + exposure))

    def more_than(number: int) -> float:
        over, _ = integrate.quad(
            lambda per_key: stats.poisson.sf(number, per_key * keys) * rate.pdf(per_key),
            0,
            0.02,
            limit=200,
        )
        return over

    assert more_than(limit) <= FALSE_HOLD_RATE < more_than(limit - 1)


@pytest.mark.parametrize("share", [0.0005, 0.002, 0.01, 0.05])
def test_deliveries_that_go_on_as_they_did_are_held_at_no_more_than_the_stated_rate(share):
    """Over 2,000 histories of a dozen months; the chance beyond each limit is known exactly."""
    rng = np.random.default_rng(20261126)
    keys, months = 800, 12
    lost = rng.binomial(keys, share, (2_000, months))
    limits: dict[tuple[int, ...], int] = {}
    beyond = []
    for history in lost:
        place = tuple(sorted(history))
        if place not in limits:
            limits[place] = largest_plausible_loss([Loss(keys, int(n)) for n in history], keys, 1.0)
        beyond.append(stats.binom.sf(limits[place], keys, share))
    print(share, np.mean(beyond))
    assert np.mean(beyond) <= FALSE_HOLD_RATE
