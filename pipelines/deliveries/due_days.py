"""The calendar of expected deliveries: of which days, and by when.

Here: of which days deliveries are expected, and the last day on which one is on time.
Not here: what came (`punctuality`).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.deliveries.contract import Contract
from pipelines.periods import month_end


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
