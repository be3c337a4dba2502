"""Time in the simulation: float days since 1970-01-01 UTC, NaN where something never happened.

Here: local time of Europe/Amsterdam, office hours, lead times and capacity queues, all
vectorised. Not here: what takes how long.

Own code instead of a calendar library because the simulation needs only plausible working days
and must not share a calendar with the pipeline whose figures it checks.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

HOUR = 1 / 24
MINUTE = HOUR / 60
SECOND = MINUTE / 60
OFFICE_OPENS, OFFICE_HOURS = 8.5 * HOUR, 8.5 * HOUR
_SATURDAY_OF_EPOCH = 2  # 1970-01-01 was a Thursday
_YEARS = range(2015, 2041)


def of_date(day: date) -> float:
    """Midnight UTC of a calendar day as a day number, which is also its local day number."""
    return float((day - date(1970, 1, 1)).days)


def _last_sunday(year: int, month: int) -> float:
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - timedelta(days=1)
    return of_date(last - timedelta(days=(last.weekday() + 1) % 7))


_CLOCK_CHANGES = np.array(
    [_last_sunday(year, month) + HOUR for year in _YEARS for month in (3, 10)]
)
# Days that stop the offices; the movable feasts hardly matter for plausibility.
_CLOSED_DAYS = np.array(
    [
        of_date(date(year, month, day))
        for year in _YEARS
        for month, day in ((1, 1), (4, 27), (12, 25), (12, 26))
    ]
)


def local_offset(moments: Moments) -> Moments:
    """Offset of Amsterdam from UTC at each moment, in days."""
    is_summer = np.searchsorted(_CLOCK_CHANGES, moments, side="right") % 2
    return np.where(is_summer == 1, 2 * HOUR, HOUR)


def local_day(moments: Moments) -> Moments:
    """Day number of the local calendar day each moment falls in; NaN stays NaN."""
    return np.floor(moments + local_offset(moments) + SECOND / 10)


def midnight(day_numbers: Moments) -> Moments:
    """The moment (UTC) at which each local day begins."""
    # The clock changes at 01:00 UTC, so an hour and a half before local midnight tells the offset.
    return day_numbers - local_offset(day_numbers - 1.5 * HOUR)


def start_of_day(moments: Moments) -> Moments:
    """The beginning (UTC) of the local day each moment falls in."""
    return midnight(local_day(moments))


def end_of(day: date) -> float:
    """The moment (UTC) at which a local calendar day is over."""
    return float(midnight(np.array([of_date(day) + 1]))[0])


def begin_of(day: date) -> float:
    """The moment (UTC) at which a local calendar day begins."""
    return float(midnight(np.array([of_date(day)]))[0])


def to_datetime(moment: float) -> datetime:
    """A moment as an aware datetime in UTC, to the second."""
    return datetime.fromtimestamp(round(moment * 86400), tz=UTC)


def whole_seconds(moments: Moments) -> Moments:
    """Moments rounded to whole seconds, as recorded."""
    return np.round(moments * 86400) / 86400


def is_working_day(day_numbers: Moments) -> Mask:
    """Whether each local day is a working day."""
    weekday = (np.nan_to_num(day_numbers).astype(np.int64) - _SATURDAY_OF_EPOCH) % 7
    # numpy's `isin` sorts the days each time: a quarter of a simulation.
    place = np.searchsorted(_CLOSED_DAYS, day_numbers).clip(max=len(_CLOSED_DAYS) - 1)
    is_open: Mask = (weekday > 1) & (_CLOSED_DAYS[place] != day_numbers)
    return is_open


def next_working_day(day_numbers: Moments) -> Moments:
    """The day itself when the offices are open, else the first day they are."""
    days = day_numbers.copy()
    for _ in range(6):  # the longest run of closed days is shorter
        days = np.where(is_working_day(days) | np.isnan(days), days, days + 1)
    return days


def in_office(rng: np.random.Generator, moments: Moments, after: Moments) -> Moments:
    """Move moments into office hours, never before `after`.

    Args:
        rng: Source of the time of day when work moves to another day.
        moments: When the work would be done by a round-the-clock organisation.
        after: The moment that came before it.
    """
    shifted = moments + local_offset(moments)
    day = np.floor(shifted)
    open_day = next_working_day(day)
    fraction = np.where(open_day == day, shifted - day, rng.random(len(moments)))
    local = open_day + OFFICE_OPENS + fraction * OFFICE_HOURS
    result = local - local_offset(local)
    too_early = result <= after
    later_day = next_working_day(local_day(np.where(too_early, after, result)) + 1)
    later = midnight(later_day) + OFFICE_OPENS + rng.random(len(moments)) * OFFICE_HOURS / 3
    return np.where(too_early, later, result)


def queue(
    ready: Moments, per_week: Callable[[Moments], Moments], start: float, end: float
) -> Moments:
    """When each piece of work leaves a queue served at a limited weekly rate, first come first.

    Solved in "capacity time" (work that could have been done since the start), in which the server
    handles one piece a unit: the departure is then a running maximum instead of a loop.

    Args:
        ready: When each piece is ready; NaN never enters.
        per_week: Capacity a week at given moments; at least one piece a week is done.
        start: Where capacity begins to count.
        end: Where the tabulated capacity ends; later departures use the last rate.
    """
    grid = np.arange(start - 1, end + 1500)
    # The tiny chain would have less than one slot a week and wait for months.
    done = np.concatenate(([0.0], np.cumsum(np.maximum(per_week(grid[:-1]), 1.0) / 7)))
    order = np.argsort(ready, kind="stable")
    order = order[~np.isnan(ready[order])]
    arrived = np.interp(ready[order], grid, done)
    rank = np.arange(len(order))
    left = np.maximum.accumulate(arrived - rank) + rank
    departures = np.full(len(ready), np.nan)
    departures[order] = np.maximum(np.interp(left, done, grid), ready[order])
    return departures
