"""Periods: between one as written in the long table (`2026-03`, `2026-Q1`) and its place in time.

Here: all arithmetic with them; months and quarters as whole numbers, so that a missing one shows.
Not here: which periods a figure is given for (`indicators.lead_time_cells`), and what they are
called (`wording`).
"""

import calendar
from datetime import date
from functools import cache

_A_YEAR = {"month": 12, "quarter": 4}
GRAINS = tuple(_A_YEAR)
_MONTHS_OF_LETTER = {"Q": 3, "H": 6}


@cache
def period_number(period: str, grain: str) -> int:
    """Number of a period; the next period has the next number.

    Args:
        period: As in the long table.
        grain: `month` or `quarter`.

    Raises:
        ValueError: The period is not of that grain.
    """
    year, _, part = period.partition("-")
    if part.startswith("Q") == (grain == "quarter") and part.lstrip("Q").isdigit():
        return int(year) * _A_YEAR[grain] + int(part.lstrip("Q")) - 1
    raise ValueError(f"period {period} is no {grain}")


@cache
def period_named(number: int, grain: str) -> str:
    """The period of that number, as written in the long table."""
    year, part = divmod(number, _A_YEAR[grain])
    return f"{year}-Q{part + 1}" if grain == "quarter" else f"{year}-{part + 1:02d}"


def period_start(number: int, grain: str) -> date:
    """First day of a period."""
    year, part = divmod(number, _A_YEAR[grain])
    return date(year, part * 12 // _A_YEAR[grain] + 1, 1)


def first_period_from(day: date, grain: str) -> int:
    """Number of the first period that begins on that day or later."""
    months = 12 // _A_YEAR[grain]
    number = day.year * _A_YEAR[grain] + (day.month - 1) // months
    return number if period_start(number, grain) == day else number + 1


def last_full_period(day: date, grain: str) -> int:
    """Number of the last period that was over at the end of that day."""
    months = 12 // _A_YEAR[grain]
    number = day.year * _A_YEAR[grain] + (day.month - 1) // months
    is_month_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return number if is_month_end and day.month % months == 0 else number - 1


@cache
def last_day(period: str) -> date:
    """Last day of a period; the first of all days for the whole history.

    Args:
        period: As in the long table: a month, quarter, half-year, year or two years.
    """
    year, _, part = period.partition("-")
    if not year.isdigit():
        return date.min
    if len(part) == len(year):
        year, part = part, ""
    months = _MONTHS_OF_LETTER.get(part[:1])
    month = 12 if not part else int(part) if months is None else int(part[1:]) * months
    return date(int(year), month, calendar.monthrange(int(year), month)[1])


@cache
def first_day(period: str) -> date:
    """First day of a period; the last of all days for the whole history.

    Args:
        period: As in the long table: a month, quarter, half-year, year or two years.
    """
    year, _, part = period.partition("-")
    if not year.isdigit():
        return date.max
    if not part or len(part) == len(year):
        return date(int(year), 1, 1)
    months = _MONTHS_OF_LETTER.get(part[:1])
    month = int(part) if months is None else (int(part[1:]) - 1) * months + 1
    return date(int(year), month, 1)


def grain_of(period: str) -> str:
    """Return how long a period is: `month`, `quarter`, `half_year`, `year` or `two_years`."""
    year, _, part = period.partition("-")
    if not part:
        return "year"
    of_letter = {"Q": "quarter", "H": "half_year"}
    return of_letter.get(part[0]) or ("two_years" if len(part) == len(year) else "month")


def period_of(day: date, grain: str) -> str:
    """Return the period of a grain in which a day falls."""
    return coarser_period(f"{day:%Y-%m}", grain)


def place_in_period(day: date, period: str) -> float | None:
    """Return how much of a period was over at the end of a day, from 0 to 1; None outside it."""
    start, end = first_day(period), last_day(period)
    return ((day - start).days + 1) / ((end - start).days + 1) if start <= day <= end else None


def year_earlier(period: str) -> str:
    """Return the same period of the year before: `2026-Q3` gives `2025-Q3`."""
    year, separator, rest = period.partition("-")
    return f"{int(year) - 1}{separator}{rest}" if year.isdigit() else ""


def periods_between(first: str, last: str) -> list[str]:
    """Return all periods from the first to the last, of the same length."""
    every = [first]
    while first[:4].isdigit() and every[-1] < last:
        every.append(next_period(every[-1]))
    return every


@cache
def coarser_period(period: str, grain: str) -> str:
    """The period of a coarser grain that a shorter one is part of.

    Args:
        period: As in the long table.
        grain: `quarter`, `half_year`, `year` or `two_years`; or the grain it has already.

    Returns:
        As in the long table: 2026-Q3, 2026-H2, 2026 or 2025-2026.
    """
    day = last_day(period)
    if grain == "month":
        return period
    if grain == "two_years":
        first = day.year - 1 + day.year % 2
        return f"{first}-{first + 1}"
    if grain == "year":
        return str(day.year)
    letter, months = {"quarter": ("Q", 3), "half_year": ("H", 6)}[grain]
    return f"{day.year}-{letter}{(day.month - 1) // months + 1}"


@cache
def next_period(period: str) -> str:
    """The period after a month, quarter, half-year, year or two years, of the same length."""
    year, _, part = period.partition("-")
    if not part:
        return str(int(year) + 1)
    if len(part) == len(year):
        return f"{int(year) + 2}-{int(part) + 2}"
    if part.startswith("H"):
        return f"{year}-H2" if part == "H1" else f"{int(year) + 1}-H1"
    grain = "quarter" if part.startswith("Q") else "month"
    return period_named(period_number(period, grain) + 1, grain)
