"""Did a series move after a day? Limits from before it, rules after it."""

import numpy as np
import pytest

from pipelines.statistics.before_after import Answer, moved_after
from pipelines.statistics.signals import Direction, Rule

# Mean 10 and moving ranges of 2: limits 10 ± 5.32, near-limits 10 ± 3.55.
BEFORE = [9.0, 11.0] * 6


def test_limits_rest_on_the_periods_before_alone():
    found = moved_after(BEFORE, [100.0])

    assert (found.centre, found.lower, found.upper) == pytest.approx((10.0, 4.68, 15.32))
    assert found.answer is Answer.HIGHER


@pytest.mark.parametrize(
    ("direction", "after", "answer"),
    [
        (Direction.LOWER_IS_BETTER, [4.6], Answer.BETTER),
        (Direction.LOWER_IS_BETTER, [15.4], Answer.WORSE),
        (Direction.HIGHER_IS_BETTER, [15.4], Answer.BETTER),
        (Direction.HIGHER_IS_BETTER, [4.6], Answer.WORSE),
        (Direction.NEUTRAL, [4.6], Answer.LOWER),
        (Direction.NEUTRAL, [15.4], Answer.HIGHER),
    ],
)
def test_better_and_worse_follow_the_direction(direction, after, answer):
    assert moved_after(BEFORE, after, direction).answer is answer


def test_six_ordinary_periods_are_too_early_to_say_and_seven_say_no():
    ordinary = [9.5, 10.5, 9.8, 10.2, 9.9, 10.1, 9.7]

    assert moved_after(BEFORE, ordinary[:6]).answer is Answer.TOO_EARLY
    assert moved_after(BEFORE, ordinary).answer is Answer.NO_MOVEMENT
    assert moved_after(BEFORE, []).answer is Answer.TOO_EARLY


def test_seven_on_one_side_are_a_shift_from_their_first():
    found = moved_after(BEFORE, [10.2, *[9.0, 9.5] * 3, 9.0], Direction.LOWER_IS_BETTER)

    assert (found.answer, found.rule, found.first_signal) == (Answer.BETTER, Rule.SHIFT, 1)


def test_a_run_that_began_before_the_day_is_no_movement_after_it():
    falling = [*BEFORE, 9.9, 9.8, 9.7]
    after = [9.5, 9.4, 9.3, 9.2]

    assert moved_after(falling, after).answer is Answer.TOO_EARLY


def test_fewer_than_twelve_before_carry_no_limits():
    found = moved_after(BEFORE[:11], [100.0] * 9)

    assert (found.answer, found.n_before) == (Answer.TOO_FEW_BEFORE, 11)


def test_a_gap_counts_on_neither_side():
    found = moved_after([*BEFORE, np.nan], [np.nan, 10.0])

    assert (found.n_before, found.n_after) == (12, 1)


def test_the_last_period_says_which_way():
    found = moved_after(BEFORE, [20.0, 10.0, 10.0, 3.0])

    assert (found.answer, found.first_signal) == (Answer.LOWER, 0)


def test_what_stood_out_and_is_ordinary_again_has_returned():
    ordinary = [9.5, 10.5, 9.8, 10.2, 9.9, 10.1]

    assert moved_after(BEFORE, [20.0, *ordinary]).answer is Answer.RETURNED
    assert moved_after(BEFORE, [20.0, *ordinary[:5]]).answer is Answer.TOO_EARLY


@pytest.mark.parametrize("n_before", [12, 24])
def test_a_series_in_which_nothing_changed_seldom_seems_to_move(n_before):
    draws = np.random.default_rng(7).normal(10.0, 1.0, (500, n_before + 12))
    answers = [moved_after(series[:n_before], series[n_before:]).answer for series in draws]

    share = sum(answer in {Answer.HIGHER, Answer.LOWER} for answer in answers) / len(answers)
    assert 0.02 < share < 0.09


def test_a_series_that_shifts_by_three_sigma_seems_to_move():
    draws = np.random.default_rng(8).normal(10.0, 1.0, (100, 36))
    draws[:, 24:] += 3.0

    answers = [moved_after(series[:24], series[24:]).answer for series in draws]
    assert answers.count(Answer.HIGHER) > 95
