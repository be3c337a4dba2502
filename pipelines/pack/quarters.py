"""Quarters as somebody asks for them, and the quarter a publication tells of.

Here: pure functions on days and codes.
Not here: which publications are kept (`shelf`), and how a quarter is written (`wording`).
"""

import re
from datetime import date

from pipelines.periods import last_full_period, period_named

_ASKED = re.compile(r"(20\d{2})[- ]?[kq]([1-4])", re.IGNORECASE)


class QuarterError(LookupError):
    """There is no pack of the quarter that was asked for; the message says why."""


def quarter_asked(text: str) -> str:
    """Return the code of a quarter: `2026Q3` and `2026-K3` give `2026-Q3`.

    Args:
        text: As typed.

    Raises:
        QuarterError: It is no quarter.
    """
    found = _ASKED.fullmatch(text.strip())
    if found is None:
        raise QuarterError(f"'{text}' is geen kwartaal; schrijf het als 2026Q3")
    return f"{found[1]}-Q{found[2]}"


def last_full_quarter(day: date) -> str:
    """Return the last quarter that had ended at the end of a day.

    Args:
        day: A reference date.
    """
    return period_named(last_full_period(day, "quarter"), "quarter")
