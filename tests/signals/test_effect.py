"""Which periods lie before and after a day, and the answer."""

from datetime import date

import numpy as np
import pytest

from pipelines.periods import period_number
from pipelines.signals.effect import AimedSeries, judge
from pipelines.statistics.before_after import Answer
from pipelines.statistics.signals import Direction

# Four years of months that go up and down by one: limits 10 ± 5.32.
VALUES = np.array([9.0, 11.0] * 24)


def series(values: np.ndarray = VALUES, grain: str = "month") -> AimedSeries:
    first = period_number("2022-01" if grain == "month" else "2022-Q1", grain)
    return AimedSeries(
        "median", "cohort", grain, "calendar_days", first, values, Direction.LOWER_IS_BETTER
    )


@pytest.mark.parametrize(
    ("since", "n_before", "n_after"),
    [
        # The month in which the day falls is on neither side, unless it begins on that day.
        (date(2023, 6, 15), 17, 12),
        (date(2023, 6, 1), 17, 12),
        (date(2025, 6, 15), 24, 6),
        (date(2025, 12, 31), 24, 0),
        # At most two years before and one after.
        (date(2024, 3, 10), 24, 12),
    ],
)
def test_a_day_divides_the_months(since, n_before, n_after):
    found = judge(series(), since)

    assert (found.n_before, found.n_after) == (n_before, n_after)


def test_a_rebase_cuts_the_series_on_both_sides_and_one_on_the_day_does_not():
    since = date(2024, 7, 1)

    cut = judge(series(), since, [date(2023, 1, 1), date(2024, 12, 10)])
    assert (cut.n_before, cut.n_after) == (18, 5)
    assert judge(series(), since, [since]).n_before == 24


def test_it_moved_when_the_last_month_stands_out():
    values = VALUES.copy()
    values[-6:] = 3.0

    assert judge(series(values), date(2025, 6, 1)).answer is Answer.BETTER
    assert judge(series(), date(2025, 6, 1)).answer is Answer.NO_MOVEMENT
    assert judge(series(), date(2025, 8, 1)).answer is Answer.TOO_EARLY
    assert judge(series(), date(2022, 8, 1)).answer is Answer.TOO_FEW_BEFORE


def test_a_movement_of_points_that_are_alike_is_marked_as_one_that_comes_easily():
    waves = np.repeat([9.0, 11.0], 6)
    values = np.concatenate([np.tile(waves, 3), np.full(12, 30.0)])
    found = judge(series(values), date(2025, 1, 1))
    plain = judge(series(np.concatenate([VALUES[:36], np.full(12, 30.0)])), date(2025, 1, 1))

    assert (found.answer, plain.answer) == (Answer.WORSE, Answer.WORSE)
    assert (found.moves_easily, plain.moves_easily) == (True, False)
