"""When a period begins and how long it lasts, in months.

Here: reading a period of the long contract.
Not here: which periods add up to which (`relations`).
"""

import pandas as pd

from pipelines.periods import MONTHS, first_month, month_number

_MONTHS = {**MONTHS, "rolling_12m": 12}
WHOLE_HISTORY = 12_000
"""Length given to the period `all`."""
_AT_AN_END = 0


def span_of(grain: str, period: str) -> tuple[int, int]:
    """First month of a period and how many months it has.

    Args:
        grain: As in the long contract.
        period: `2026-03`, `2026-Q1`, `2026-H1`, `2026`, `2025-2026` or `all`; a rolling year is
            named after its last quarter.

    Raises:
        ValueError: The grain is unknown.
    """
    if grain == "all":
        return 0, WHOLE_HISTORY
    if grain not in _MONTHS:
        raise ValueError(f"unknown period grain {grain}")
    first = first_month(period)
    return (first - 9 if grain == "rolling_12m" else first), _MONTHS[grain]


def spans(result: pd.DataFrame, is_stock: pd.Series, reference: pd.Timestamp) -> pd.DataFrame:
    """First month and number of months of every figure.

    Args:
        result: Figures with `period_grain` and `period`.
        is_stock: True where a figure is about a day: the last of its period, or the reference date
            in the period that runs.
        reference: The reference date.

    Returns:
        `start` and `months` (0 for a stock, which starts in the month it is about).
    """
    names = result[["period_grain", "period"]].drop_duplicates()
    found = [span_of(grain, period) for grain, period in names.itertuples(index=False, name=None)]
    names = names.assign(start=[first for first, _ in found], months=[n for _, n in found])
    both = result[["period_grain", "period"]].merge(names, how="left")
    both.index = result.index
    last = (both["start"] + both["months"] - 1).clip(upper=month_number(reference))
    return pd.DataFrame(
        {
            "start": both["start"].where(~is_stock, last),
            "months": both["months"].where(~is_stock, _AT_AN_END),
        }
    )


def period_named(start: int, months: int) -> str:
    """Name of a span of months, as it is read aloud: first month and number of months.

    Args:
        start: Number of its first month; 0 for the whole history or no period at all.
        months: How many; 0 for a day in that month.
    """
    if not start:
        return "all" if months else ""
    first = f"{start // 12}-{start % 12 + 1:02d}"
    return first if months <= 1 else f"{first}+{months}m"
