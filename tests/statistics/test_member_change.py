"""One member that moves is told from ten that vary, and members that only vary are not told.

Series are drawn here in plain numpy: members with much the same noise, neighbouring quarters a
little alike. The formula is held against the same written out for one member.
"""

import numpy as np
import pytest
from scipy import special, stats

from pipelines.statistics import member_change
from pipelines.statistics.change_at_end import LENGTHS
from pipelines.statistics.member_change import member_chances

QUARTERS = 19
CASES = 16.0


def family(rng, n_members, *, alike=0.1, spread=1.0):
    """Points of members whose variance per case is `spread` squared, and their cases."""
    noise = rng.standard_normal((n_members, QUARTERS))
    for quarter in range(1, QUARTERS):
        noise[:, quarter] *= np.sqrt(1 - alike**2)
        noise[:, quarter] += alike * noise[:, quarter - 1]
    cases = np.full((n_members, QUARTERS), CASES)
    return rng.uniform(1, 3, (n_members, 1)) + spread * noise / np.sqrt(cases), cases


def least(found):
    return np.minimum(found.up, found.down)


@pytest.mark.parametrize("n_members", [2, 5, 10])
@pytest.mark.parametrize("alike", [0.0, 0.25])
def test_without_change_a_chance_is_at_most_what_it_says(n_members, alike):
    rng = np.random.default_rng((n_members, int(100 * alike)))
    chances = np.concatenate(
        [
            least(member_chances(*family(rng, n_members, alike=alike)))
            for _ in range(600 // n_members)
        ]
    )

    for level in (0.05, 0.01):
        most = level * chances.size
        assert (chances <= level).sum() <= most + 3 * np.sqrt(most)


def test_a_drift_of_one_of_ten_is_found_although_its_own_series_cannot_tell():
    rng = np.random.default_rng(1)
    points, cases = family(rng, 10)
    points[3] += np.clip((np.arange(QUARTERS) - 11) / 7, 0, 1) * np.log(3.6)

    found = member_chances(points, cases)
    alone = member_chances(points[3:4], cases[3:4])

    assert np.argmin(found.up) == 3
    assert found.up[3] < 1e-6
    assert alone.up[0] > 10 * found.up[3]
    assert found.down[3] > 0.05
    assert np.delete(least(found), 3).min() > 0.001


def test_a_member_that_always_varies_more_than_the_others_is_no_change():
    rng = np.random.default_rng(2)
    spread = np.ones((6, 1))
    spread[0] = 3.0
    noisy = [least(member_chances(*family(rng, 6, spread=spread)))[0] for _ in range(250)]

    # Drawn towards the others its variance is too small: a little, and not ninefold.
    assert np.mean(np.array(noisy) <= 0.01) <= 0.03


def test_what_others_go_through_at_the_end_is_no_change_of_a_member_that_stays():
    rng = np.random.default_rng(3)
    points, cases = family(rng, 8)
    points[1:, -4:] += 2.0

    found = least(member_chances(points, cases))

    assert found[0] > 0.05
    assert found[1:].max() < 0.01


def test_one_member_is_judged_by_its_own_points_alone():
    rng = np.random.default_rng(4)
    [points], [cases] = family(rng, 1)
    points[-2:] += 1.0
    alike_mean, prior = member_change.USUAL_ALIKE, 1 / (2 * member_change.DIFFERENCE_ALIKE)
    tails = []
    for length in (n_points for n_points in LENGTHS if n_points <= QUARTERS // 2):
        before, end = points[:-length], points[-length:]
        n = before.size
        around = before - before.mean()
        alike = (around[1:] @ around[:-1]) / (around @ around) + 1 / n
        alike = (prior * alike_mean + n * alike) / (prior + n) + 1 / np.sqrt(prior + n)

        def longer(size, alike=alike):
            return 1 + 2 * sum((1 - step / size) * alike**step for step in range(1, size))

        error = before.var(ddof=1) * (longer(length) / length + _before(n, longer))
        tails.append(stats.t.sf((end.mean() - before.mean()) / np.sqrt(error), n - 1))

    found = member_chances([points], [cases]).up[0]

    assert found == pytest.approx(2 * len(tails) * min(tails), rel=0.02)


def _before(n, longer):
    return longer(n) / n


def test_too_few_points_say_nothing():
    short = np.arange(6.0)
    rng = np.random.default_rng(5)
    [points], [cases] = family(rng, 1)

    found = member_chances([short, points], [np.ones(6), cases])

    assert (found.up[0], found.down[0]) == (1.0, 1.0)
    assert found.up[1] < 2.0


def test_members_may_have_points_of_other_periods():
    rng = np.random.default_rng(6)
    points, cases = family(rng, 5)
    ragged = [own[place:] for place, own in enumerate(points)]

    found = member_chances(ragged, [of[: own.size] for of, own in zip(cases, ragged, strict=True)])

    assert found.up.shape == (5,)
    assert ((found.up > 0) & (found.up <= 1)).all()


def test_how_much_the_others_count_follows_from_how_much_they_differ():
    values = np.array([0.02, 0.3, 1.0, 4.0])

    assert special.polygamma(1, member_change._trigamma_inverse(values)) == pytest.approx(values)
