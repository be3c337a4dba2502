"""Dates of birth, and the empty dates of systems, among dates that were read.

Here: which dates lie further from the delivery than any milestone.
Not here: dates in texts (`pipelines.deliveries.identifying.dates`).
"""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.guard.hit import EMPTY_DATE, Hit
from pipelines.deliveries.guard.values import OLDEST_MILESTONE_YEARS
from pipelines.deliveries.identifying.dates import EMPTY_DATES

# Systems that have no end date yet write one of these years or later.
FIRST_EMPTY_YEAR_AHEAD = date(2099, 1, 1)


def inspect_dates(
    typed: pa.Table,
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]",
    contract: Contract,
    reference_date: date,
) -> list[Hit]:
    """Look for dates of birth among dates that were read."""
    hits = []
    oldest_day = date(reference_date.year - OLDEST_MILESTONE_YEARS, 1, 1)
    for column in contract.columns:
        is_day = column.landing_type == "DATE"
        if not (is_day or column.logical_type == "timestamp"):
            continue
        values = typed[column.name].combine_chunks()
        odd = pc.fill_null(
            pc.or_(
                pc.less(values, _moment(oldest_day, values.type)),
                pc.greater_equal(values, _moment(FIRST_EMPTY_YEAR_AHEAD, values.type)),
            ),
            False,
        ).to_numpy(False)
        if not odd.any():
            continue
        rows, few = row_numbers[odd], values.filter(pa.array(odd))
        empty = _is_empty_date(few, contract.timezone)
        old = pc.less(few, _moment(oldest_day, values.type)).to_numpy(False) & ~empty
        for kind, struck in ((EMPTY_DATE, rows[empty]), ("geboortedatum", rows[old])):
            if len(struck):
                hits.append(Hit(kind, column.name, tuple(int(number) for number in struck)))
    return hits


def _moment(day: date, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_date(kind):
        return pa.scalar(day, kind)
    return pa.scalar(datetime(day.year, day.month, day.day, tzinfo=UTC), kind)


def _is_empty_date(values: pa.Array, timezone: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which dates are what systems write for *nothing*, on the clock of the contract or in UTC."""
    nothing = pa.array(sorted(EMPTY_DATES), pa.date32())
    clocks = [values]
    if not pa.types.is_date(values.type):
        clocks = [
            pc.local_timestamp(values.cast(pa.timestamp("us", zone))) for zone in (timezone, "UTC")
        ]
    is_empty = [pc.is_in(clock.cast(pa.date32(), safe=False), nothing) for clock in clocks]
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.logical_or.reduce(
        [matches.to_numpy(False) for matches in is_empty]
    )
    return found
