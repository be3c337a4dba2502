"""Periods as the long table writes them, and their place in time.

Here: between a period (`2026-03`, `2026-Q1`, `2026-H1`, `2026`, `2025-2026`) and its months, its
days, its number and the periods around it.
Not here: which periods a figure is given for (`pipelines.indicators.lead_time_cells`), and how they
are written for readers (`pipelines.wording`).

All of it is counted in months: a month is a whole number, the next one has the next number, and so
has the next quarter, so that a missing one shows.
"""

from datetime import date, timedelta
from functools import cache

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "two_years": 24}
CHARTED_GRAINS = ("month", "quarter")
_LETTERS = {"quarter": "Q", "half_year": "H"}
_GRAINS_OF_LETTERS = {letter: grain for grain, letter in _LETTERS.items()}
_DAY = timedelta(days=1)


def month_number(day: date) -> int:
    """Number of the month a day lies in."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """First day of a month."""
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    """Last day of the month of a day."""
    return month_start(month_number(day) + 1) - _DAY


@cache
def grain_of(period: str) -> str:
    """How long a period is, by how it is written.

    Raises:
        ValueError: It is none, as is the whole history.
    """
    year, _, part = period.partition("-")
    if not year.isdigit():
        raise ValueError(f"{period} is no period")
    if not part:
        return "year"
    return _GRAINS_OF_LETTERS.get(part[0], "two_years" if len(part) == len(year) else "month")


@cache
def first_month(period: str) -> int:
    """Number of the first month of a period."""
    grain = grain_of(period)
    year, _, part = period.partition("-")
    place = 0 if grain in {"year", "two_years"} else int(part.lstrip("QH")) - 1
    return int(year) * 12 + place * MONTHS[grain]


@cache
def period_of_month(number: int, grain: str) -> str:
    """The period of a grain that a month lies in, as written in the long table."""
    year, month = divmod(number, 12)
    if grain == "two_years":
        first = year - 1 + year % 2
        return f"{first}-{first + 1}"
    if grain == "year":
        return str(year)
    place = month // MONTHS[grain] + 1
    return f"{year}-{_LETTERS[grain]}{place}" if grain in _LETTERS else f"{year}-{place:02d}"


@cache
def period_number(period: str, grain: str) -> int:
    """Number of a period; the next period has the next number.

    Raises:
        ValueError: The period is not of that grain.
    """
    if grain_of(period) != grain:
        raise ValueError(f"period {period} is no {grain}")
    return first_month(period) // MONTHS[grain]


def period_named(number: int, grain: str) -> str:
    """The period of that number, as written in the long table."""
    return period_of_month(number * MONTHS[grain], grain)


def first_period_from(day: date, grain: str) -> int:
    """Number of the first period that begins on that day or later."""
    return month_number(day - _DAY) // MONTHS[grain] + 1


def last_full_period(day: date, grain: str) -> int:
    """Number of the last period that was over at the end of that day."""
    return month_number(day + _DAY) // MONTHS[grain] - 1


@cache
def first_day(period: str) -> date:
    """First day of a period; the last of all days for the whole history."""
    return month_start(first_month(period)) if period[:1].isdigit() else date.max


@cache
def last_day(period: str) -> date:
    """Last day of a period; the first of all days for the whole history."""
    if not period[:1].isdigit():
        return date.min
    return month_start(first_month(period) + MONTHS[grain_of(period)]) - _DAY


def coarser_period(period: str, grain: str) -> str:
    """The period of a coarser grain that a shorter one is part of, or of the grain it has."""
    return period_of_month(first_month(period), grain)


def period_of(day: date, grain: str) -> str:
    """The period of a grain in which a day falls."""
    return period_of_month(month_number(day), grain)


def place_in_period(day: date, period: str) -> float | None:
    """How much of a period was over at the end of a day, from 0 to 1; None outside it."""
    start, end = first_day(period), last_day(period)
    return ((day - start).days + 1) / ((end - start).days + 1) if start <= day <= end else None


def year_earlier(period: str) -> str:
    """The same period of the year before: `2026-Q3` gives `2025-Q3`."""
    year, separator, rest = period.partition("-")
    return f"{int(year) - 1}{separator}{rest}" if year.isdigit() else ""


def periods_between(first: str, last: str) -> list[str]:
    """All periods from the first to the last, of the same length."""
    every = [first]
    while first[:4].isdigit() and every[-1] < last:
        every.append(next_period(every[-1]))
    return every


def next_period(period: str) -> str:
    """The period of the same length that follows on one."""
    grain = grain_of(period)
    return period_of_month(first_month(period) + MONTHS[grain], grain)
