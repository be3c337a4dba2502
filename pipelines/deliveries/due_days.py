"""The calendar of expected deliveries: of which days, and by when.

Here: ends of months, and the last day on which a delivery about one is on time.
Not here: what came (`punctuality`).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.deliveries.contract import Contract


def month_end(day: date) -> date:
    """Last day of the month of a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def due_on(contract: Contract, reference_date: date) -> date:
    """Last day on which a delivery is on time."""
    following = month_end(reference_date) + timedelta(days=1)
    last = month_end(following)
    return min(following + timedelta(days=contract.due_day - 1), last)


def expected_dates(first: date, reference_date: date) -> Iterator[date]:
    """Ends of months after the first reference date, up to and including the last."""
    day = month_end(first)
    if day == first:
        day = month_end(day + timedelta(days=1))
    while day <= reference_date:
        yield day
        day = month_end(day + timedelta(days=1))
