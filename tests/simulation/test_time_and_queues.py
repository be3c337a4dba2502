"""Time in the simulation: local days, office hours, lead times and queues, on worked examples."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from pipelines.simulation.draws import at_least, lead
from pipelines.simulation.moments import (
    HOUR,
    begin_of,
    end_of,
    in_office,
    is_working_day,
    local_day,
    midnight,
    of_date,
    queue,
    to_datetime,
)
from pipelines.simulation.rendering import day_texts, month_texts, timestamp_texts, week_texts


def at(*parts: int) -> np.ndarray:
    """A moment in UTC."""
    return np.array([datetime(*parts, tzinfo=UTC).timestamp() / 86400])  # type: ignore[misc]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ((2025, 1, 15, 12, 0), "2025-01-15T13:00:00+01:00"),
        ((2025, 7, 15, 12, 0), "2025-07-15T14:00:00+02:00"),
        ((2025, 3, 30, 0, 59), "2025-03-30T01:59:00+01:00"),
        ((2025, 3, 30, 1, 0), "2025-03-30T03:00:00+02:00"),
        ((2025, 10, 26, 0, 30), "2025-10-26T02:30:00+02:00"),
        ((2025, 10, 26, 1, 30), "2025-10-26T02:30:00+01:00"),
    ],
)
def test_timestamps_are_local_with_their_offset(moment, text):
    assert timestamp_texts(at(*moment)).tolist() == [text]


def test_a_local_day_begins_at_local_midnight():
    # 23:30 in UTC is already the next day in Amsterdam.
    assert local_day(at(2025, 1, 15, 23, 30))[0] == of_date(date(2025, 1, 16))
    assert to_datetime(begin_of(date(2025, 7, 1))) == datetime(2025, 6, 30, 22, tzinfo=UTC)
    # The day on which the clock goes forward has 23 hours.
    spring = date(2025, 3, 30)
    assert (end_of(spring) - begin_of(spring)) == pytest.approx(23 * HOUR)
    assert local_day(midnight(np.array([20000.0])))[0] == 20000


def test_dates_weeks_and_months_are_written_as_the_contract_asks():
    moment = at(2024, 12, 30, 12, 0)
    assert day_texts(moment, "dd-MM-yyyy").tolist() == ["30-12-2024"]
    assert day_texts(moment, "yyyy-MM-dd").tolist() == ["2024-12-30"]
    assert week_texts(moment).tolist() == ["2025-W01"]  # the ISO year, not the calendar year
    assert month_texts(moment).tolist() == ["2024-12"]


def test_office_work_is_done_on_working_days_and_never_before_its_cause():
    rng = np.random.default_rng(1)
    cause = begin_of(date(2025, 1, 1)) + rng.uniform(0, 700, 5000)
    done = in_office(rng, cause + lead(rng, 0.3, 0.8, 5000), cause)

    assert (done > cause).all()
    assert is_working_day(local_day(done)).all()


def test_a_queue_without_shortage_makes_nobody_wait():
    ready = np.array([1.0, 2.0, 3.0])
    left = queue(ready, lambda grid: np.full(len(grid), 70.0), 0, 100)
    assert left == pytest.approx(ready, abs=0.01)


def test_a_queue_with_shortage_serves_in_order_at_its_rate():
    # Seven a week is one a day: three at once leave a day after one another.
    ready = np.array([10.0, 10.0, 10.0, np.nan, 20.0])
    left = queue(ready, lambda grid: np.full(len(grid), 7.0), 0, 100)
    assert left == pytest.approx([10, 11, 12, np.nan, 20], nan_ok=True)


def test_a_queue_follows_a_capacity_that_changes():
    # One a day until day 50, then one a week.
    ready = np.full(3, 49.0)
    left = queue(ready, lambda grid: np.where(grid >= 50, 1.0, 7.0), 0, 100)
    assert left == pytest.approx([49, 50, 57])


def test_lead_times_are_skewed_around_their_median():
    values = lead(np.random.default_rng(1), 10.0, 0.6, 20_000)
    assert np.median(values) == pytest.approx(10, rel=0.03)
    # P90 of a log-normal: median times exp(1.2816 sigma) = 21.6.
    assert np.quantile(values, 0.9) == pytest.approx(21.6, rel=0.04)


def test_at_least_fills_up_only_what_is_eligible():
    eligible = np.array([True, False, True, True])
    chosen = at_least(np.random.default_rng(1), 0.0, eligible, minimum=2)
    assert chosen.sum() == 2
    assert not chosen[1]
