"""How numbers, dates, periods and times are written, in Dutch and English form.

Here: pure functions from a value to a text. A decimal that says nothing is not written: 7 days,
not 7.0.
Not here: what a figure without a value is called (`figures`), and any sentence (the texts).
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from pipelines.wording.language import Words

_MONTHS = {
    "nl": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_QUARTER = {"nl": "K", "en": "Q"}
# Decimal sign and sign between thousands.
_SIGNS = {"nl": (",", "."), "en": (".", ",")}
# From here on a decimal is noise, and below here one decimal says nothing but that it is not zero.
_WHOLE_FROM = 100
_FINE_BELOW = 0.05
_MOST_DECIMALS = 4
# Below this a percentage with one decimal would be nothing.
_LEAST_SHARE = 0.001
# Units of elapsed time in seconds, from coarse to fine; days that count dates are none of them.
_SECONDS: Mapping[str, float] = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_FINER = frozenset(_SECONDS) - {"days"}
# Shares and rates that are no time.
SHARES = frozenset({"share", "probability", "fraction"})
COUNTS = frozenset(
    {"cases", "persons", "count", "records", "measures", "recommendations", "findings"}
)


def signs(words: Words) -> tuple[str, str]:
    """Return the decimal sign and the sign between thousands."""
    return _SIGNS[words.language]


def number(value: float, words: Words, decimals: int = 0) -> str:
    """Write a number: 1.234,5 in Dutch, 1,234.5 in English; a real minus sign."""
    decimal_sign, thousands_sign = signs(words)
    text = f"{abs(value):,.{decimals}f}"
    text = text.translate(str.maketrans(",.", thousands_sign + decimal_sign))
    return f"−{text}" if value < 0 and text.strip("0,.") else text


def quantity(value: float, unit: str, words: Words, beside: float | None = None) -> str:
    """Write a value in its unit, without the name of the unit; a share as a percentage.

    What rounds to a whole number is written as one.

    Args:
        value: The value.
        unit: Its unit.
        words: The reader's language.
        beside: A larger value it stands beside, which says how fine decimals are worth reading.
    """
    if unit in SHARES:
        return f"{number(value * 100, words)}%"
    if unit in COUNTS:
        return number(value, words)
    decimals = _decimals(abs(value))
    if beside is not None:
        decimals = min(decimals, max(1, _decimals(abs(beside))))
    is_whole = float(round(value, decimals)).is_integer()
    return number(value, words, 0 if is_whole else decimals)


def percentage(share: float, words: Words) -> str:
    """Write a share to a tenth of a percent; what is more than nothing is not called nothing."""
    if 0.0 < share < _LEAST_SHARE:
        return f"<{number(100 * _LEAST_SHARE, words, 1)}%"
    percent = round(100 * share, 1)
    return f"{number(percent, words, 0 if percent.is_integer() else 1)}%"


def fitting_unit(unit: str, typical: float) -> str:
    """Return the unit of elapsed time in which a typical value is 1 or more, never a coarser one.

    Args:
        unit: Unit of the value; one that is no elapsed time, such as working days, stays.
        typical: A typical value in that unit; zero or less says nothing.
    """
    if unit not in _SECONDS or not 0 < typical < 1:
        return unit
    seconds = typical * _SECONDS[unit]
    return next((finer_unit for finer_unit, size in _SECONDS.items() if size <= seconds), "seconds")


def conversion(unit: str, other: str) -> float | None:
    """Return by what a value in one unit of elapsed time is multiplied to be in another.

    Returns:
        The factor; None where one of them is no elapsed time and they are not the same.
    """
    if unit == other:
        return 1.0
    if unit not in _SECONDS or other not in _SECONDS:
        return None
    return _SECONDS[unit] / _SECONDS[other]


def unit_name(unit: str, words: Words, value: float | None = None) -> str:
    """Name a unit after a value: dagen, or dag after exactly one; nothing for a share."""
    if unit in SHARES:
        return ""
    if value is not None and quantity(value, unit, words) == "1":
        return words.name("unit_one", unit)
    return words.name("unit", unit)


def unit_long(unit: str, words: Words) -> str:
    """Name a unit where it stands alone: kalenderdagen, uren, procent."""
    key = f"unit_long.{unit}"
    return words.text(key) if key in words.texts else words.name("unit", unit)


def rounding(unit: str, words: Words) -> str:
    """Say that lengths of time were rounded before they were published: `afgerond op hele uren`.

    Empty where one unit is a day: dates tell no finer.
    """
    if unit not in _FINER:
        return ""
    return words.text("figure.rounded", unit=unit_long(unit, words))


def with_unit(value: float, unit: str, words: Words) -> str:
    """Write a value with its unit, such as `8,4 dagen` or `65%`."""
    return f"{quantity(value, unit, words)} {unit_name(unit, words, value)}".strip()


def interval(lower: Any, upper: Any, unit: str, words: Words) -> str:
    """Write an interval, such as `7,9–9,2`; an end that was not reached is said in words."""
    low, high = ends(lower, upper, unit, words)
    if low and high:
        return f"{low.rstrip('%')}–{high}"
    if low:
        return words.text("interval.from", lower=low)
    return words.text("interval.to", upper=high) if high else ""


def ends(lower: Any, upper: Any, unit: str, words: Words) -> tuple[str, str]:
    """Write both ends of an interval, as fine as their size is worth; one not known is empty."""
    known = [abs(end) for end in (lower, upper) if is_number(end)]
    beside = max(known) if len(known) > 1 else None
    low, high = (
        quantity(end, unit, words, beside) if is_number(end) else "" for end in (lower, upper)
    )
    return low, high


def sentence(text: str) -> str:
    """Begin with a capital what stands alone."""
    return text[:1].upper() + text[1:]


def day(value: date, words: Words) -> str:
    """Write a date: 31 okt 2026."""
    return f"{value.day} {_MONTHS[words.language][value.month - 1]} {value.year}"


def moment(value: datetime, timezone: ZoneInfo, words: Words) -> str:
    """Write a moment as clocks in a zone show it: 12 nov 2026, 14:20."""
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(timezone)
    return f"{day(local, words)}, {local:%H:%M}"


def month(value: date, words: Words) -> str:
    """Write the month of a date: okt 2026."""
    return f"{_MONTHS[words.language][value.month - 1]} {value.year}"


def period(code: str, words: Words) -> str:
    """Write a period: `2026-Q1` as K1 2026, `2026-03` as mrt 2026, `2026` as it is."""
    if code == "all":
        return words.text("period.all")
    short, year = period_parts(code, words)
    return f"{short} {year}".strip()


def period_parts(code: str, words: Words) -> tuple[str, str]:
    """Split a period or a day into what stands on an axis and its year; a year has one part."""
    year, separator, rest = code.partition("-")
    if not separator:
        return year, ""
    if len(rest) >= len("12-31"):
        # The day of an event; a second one of that day is marked `#2`.
        month, _, on = rest.partition("-")
        return f"{int(on.partition('#')[0])} {_MONTHS[words.language][int(month) - 1]}", year
    if rest.startswith("Q"):
        return f"{_QUARTER[words.language]}{rest[1:]}", year
    if rest.startswith("H"):
        return words.text("period.half_year", half=words.text(f"period.half.{rest[1:]}")), year
    if len(rest) == len(year):
        return f"{year}–{rest}", ""
    return _MONTHS[words.language][int(rest) - 1], year


def _decimals(size: float) -> int:
    """One decimal, unless the size makes it noise, nothing but zeroes, or superfluous."""
    if size == 0 or size >= _WHOLE_FROM:
        return 0
    if size >= _FINE_BELOW:
        return 1
    return min(1 - math.floor(math.log10(size)), _MOST_DECIMALS)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a cell of a published table holds a finite number."""
    return isinstance(value, (int, float)) and math.isfinite(value)
