"""Do the last spans of a course lie apart, where years, half-years and quarters alternate."""

import numpy as np
import pytest
from scipy import stats

from pipelines.statistics.calibration import Family, chance_of
from pipelines.statistics.change_at_end import length_points
from pipelines.statistics.span_change import (
    MOST_DEGREES,
    USUAL_DEGREES,
    USUAL_VARIANCE,
    share_points,
    span_strengths,
    whole_steps,
)
from tests.bench.calibrate import unchanged_strengths

CASES = [220, 126, 147, 72, 66, 75]


def shares(*events):
    """The course of a theme: a year, two half-years, three quarters."""
    return share_points(np.divide(events, CASES), CASES)


STILL = [
    shares(44, 25, 30, 14, 13, 15),
    shares(66, 40, 42, 22, 20, 22),
    shares(22, 11, 16, 7, 6, 8),
]
RISEN = shares(33, 27, 39, 27, 27, 30)


def strengths(*courses, steps=()):
    return span_strengths([points for points, _ in courses], [of for _, of in courses], steps)


def test_alone_it_is_a_t_statistic_with_the_usual_spread_known_beforehand():
    points, precision = RISEN
    [found] = strengths(RISEN)

    early, late = precision[:1].sum(), precision[1:].sum()
    means = points[0], np.average(points[1:], weights=precision[1:])
    within = (precision[1:] * (points[1:] - means[1]) ** 2).sum()
    degrees = USUAL_DEGREES + 4
    spread = np.sqrt((USUAL_DEGREES * USUAL_VARIANCE + within) / degrees)
    t = (means[1] - means[0]) / spread / np.sqrt(1 / early + 1 / late)
    # Of five cuts that after the first year is one; the greatest strength is at least its own.
    assert found.up[0] >= -np.log10(stats.t.sf(t, degrees)) - 1e-9
    assert found.down[0] < 0.5
    assert found.n_learned == 0


def test_a_course_that_rose_stands_out_and_its_fellows_do_not():
    *still, risen = strengths(*STILL, RISEN)

    assert risen.up[0] > 4.0
    assert risen.length_up[0] in {3, 4, 5}
    assert max(found.either[0] for found in still) < 1.5


def test_the_kind_tells_how_widely_courses_spread():
    rng = np.random.default_rng(1)
    wild = [(points + 2.0 * rng.standard_normal(6) / np.sqrt(of), of) for points, of in STILL]

    assert strengths(*wild, RISEN)[-1].variance > 2 * strengths(*STILL, RISEN)[-1].variance
    assert strengths(*wild, RISEN)[-1].up < strengths(*STILL, RISEN)[-1].up


def test_what_is_learned_of_others_is_never_worth_more_than_so_many_degrees():
    few, many = (strengths(*STILL * times, RISEN)[-1] for times in (20, 60))

    assert MOST_DEGREES < few.n_learned < many.n_learned
    assert many.up == pytest.approx(few.up, rel=0.03)


def test_a_change_of_its_own_is_no_noise_of_its_fellows():
    stepped = shares(22, 13, 15, 30, 28, 31)

    assert strengths(*STILL, stepped)[0].variance == pytest.approx(
        strengths(*STILL, shares(44, 25, 30, 14, 13, 15))[0].variance, rel=0.2
    )


def test_a_course_that_drifts_over_an_edge_of_rounding_is_no_step():
    """Medians of 1.4 and 1.6 days of a thousand cases are shown as 1 and 2."""
    days = np.array([1, 1, 1, 2, 2, 2]) + 0.5
    course = length_points(days, days * 0.97, days * 1.03, np.full(6, 1000.0))
    step = float(np.log(2.5 / 1.5))

    assert strengths(course)[0].up[0] > 4.0
    assert strengths(course, steps=[step])[0].either[0] == pytest.approx(0.0, abs=0.31)


def whole_days(rng, error, rise=0.0):
    """Medians of some seven whole days, by half-year of four groups; the first ends longer."""
    exact = np.log(7.0) + error * rng.standard_normal((4, 8))
    exact[0, -3:] += rise
    shown = np.floor(np.exp(exact) + 0.5)
    points = np.log(shown + 0.5)
    step = float(np.log(8.0 / 7.0))
    given = [whole_steps(np.full(8, 1.0 / error**2), step) for _ in points]
    return span_strengths(points, [precision for precision, _ in given], [of for _, of in given])


@pytest.mark.parametrize("error", [0.02, 0.1, 0.2])
def test_whole_days_lie_apart_no_more_often_than_days_in_full(error):
    """With an error of a seventh, of three quarters, and of one and a half of a day's step."""
    rng = np.random.default_rng(4)
    found = [strength for _ in range(1_500) for strength in whole_days(rng, error)]
    chance = np.array([chance_of(own.either, 8, own.family)[0] for own in found])

    for said in (0.05, 0.005):
        n = int((chance <= said).sum())
        assert stats.binomtest(n, chance.size, said, "greater").pvalue > 0.001, (n, said)


def test_where_chance_is_wider_than_a_day_rounding_hides_no_change():
    """Half as long again, with an error of a sixth: seen nearly as often as in full days."""
    rng = np.random.default_rng(5)
    found = [whole_days(rng, 0.15, rise=0.6)[0] for _ in range(400)]
    chance = np.array([chance_of(own.up, 8, own.family)[0] for own in found])

    assert (chance <= 0.001).mean() > 0.5


def test_whole_steps_leave_alone_what_was_not_rounded():
    precision, nearer = whole_steps(np.full(3, 50.0), 0.0)

    assert (precision.tolist(), nearer) == ([50.0] * 3, 0.0)
    assert whole_steps(np.full(3, 50.0), np.inf)[1] == np.inf
    # A step of ten errors: two means may be nearly all of it nearer.
    assert whole_steps(np.full(3, 100.0), 1.0)[1] == pytest.approx(0.8)


def test_too_few_points_say_nothing_of_others():
    two = share_points(np.array([0.2, 0.5]), np.array([50, 50]))

    assert strengths(two, RISEN)[1].n_learned == 0


@pytest.mark.parametrize("family", [Family.SPANS, Family.SPANS_OF_FEW])
def test_unchanged_courses_come_so_far_as_often_as_their_chance_says(family):
    found = chance_of(unchanged_strengths(family, 6, 4_000, seed=5), 6, family)

    for level in (0.2, 0.05):
        n = stats.binom(found.size, level)
        assert n.ppf(1e-4) <= (found <= level).sum() <= 1.3 * n.ppf(1 - 1e-4)
