"""Months and quarters as whole numbers, so that a missing one shows.

Here: between a period as written in the long table (`2026-03`, `2026-Q1`) and its place in time.
Not here: which periods a figure is given for (`cells`), and what they are called (`wording`).
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
    """The period after a month, quarter, half-year or year, as written in the long table."""
    year, _, part = period.partition("-")
    if not part:
        return str(int(year) + 1)
    if part.startswith("H"):
        return f"{year}-H2" if part == "H1" else f"{int(year) + 1}-H1"
    grain = "quarter" if part.startswith("Q") else "month"
    return period_named(period_number(period, grain) + 1, grain)
