"""Identifying values in the cells of a delivery, and in lines that have no cells.

Here: which cells need a look, and the rows of those in which a detector strikes.
Not here: judging a value (`values`), and dates that were read (`dates`).

Values that keep to a closed form need no further look; all others are judged by every detector,
also in a closed column: a cell that breaks the form is where a name or number turns up.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.guard.closed_forms import expected_form, is_closed, is_moment
from pipelines.deliveries.guard.dates import FIRST_EMPTY_YEAR_AHEAD
from pipelines.deliveries.guard.hit import Hit
from pipelines.deliveries.guard.values import judge_values
from pipelines.deliveries.identifying.dates import EMPTY_YEARS
from pipelines.deliveries.identifying.digests import DRESSED
from pipelines.deliveries.identifying.kinds import (
    find_kinds,
)
from pipelines.deliveries.pseudonyms import WITHIN_TEXT

# A contract may well name this many activities or codes; more are no list.
LONGEST_LIST = 200


MALFORMED_COLUMN = "(regel)"


# The last of the years that systems count from, as the start of a date.
_LAST_EMPTY_YEAR = "1971"


def inspect_cells(
    cells: pa.Table,
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]",
    contract: Contract,
    reference_date: date,
) -> list[Hit]:
    """Look for identifying values in cells.

    Returns:
        What was found, by column; empty when the cells are clean.
    """
    hits: list[Hit] = []
    for name in cells.column_names:
        column = contract.column(name)
        values = cells[name].combine_chunks()
        if values.null_count == len(values):
            continue
        # Of a key nearly all values differ: finding the few that do not is work for nothing.
        distinct = (values if column.is_key else pc.unique(values)).drop_null()
        if is_closed(column):
            suspect = pc.invert(expected_form(column, distinct))
            # Of the agreed form, and yet no random key, or no date of anything.
            odd = DRESSED if column.pseudonym else empty_years(column, distinct)
            if odd is not None:
                suspect = pc.or_(suspect, pc.match_substring_regex(distinct, odd))
            if not pc.any(suspect, min_count=0).as_py():
                continue
            distinct = distinct.filter(suspect)
        distinct = pc.unique(distinct)
        for kind, found in judge_values(column, distinct, reference_date).items():
            rows = row_numbers[
                pc.is_in(values, value_set=pa.array(found, pa.string())).to_numpy(False)
            ]
            numbers = tuple(int(number) for number in rows)
            hits.append(Hit(kind, name, numbers, _is_listable(column, len(distinct), values)))
    return hits


def _is_listable(column: Column, distinct: int, values: pa.Array) -> bool:
    """Whether a column of text that nothing closes holds few words for its rows."""
    is_open = column.logical_type == "string" and not (
        column.enum or column.free_text or column.pseudonym or column.granularity
    )
    return is_open and distinct <= LONGEST_LIST and distinct * 2 <= len(values)


def inspect_text(lines: Iterable[tuple[int, str]], reference_date: date) -> list[Hit]:
    """Look for identifying values in lines that have no cells."""
    # A line is set aside with its keys in it; 26 random letters and digits may look like anything.
    numbered = [(number, WITHIN_TEXT.sub("-", text)) for number, text in lines]
    found = find_kinds(
        pa.array(sorted({text for _, text in numbered}), pa.string()), reference_date
    )
    return [
        Hit(
            kind,
            MALFORMED_COLUMN,
            tuple(number for number, text in numbered if text in set(values)),
        )
        for kind, values in found.items()
    ]


def empty_years(column: Column, values: pa.Array) -> str | None:
    """The pattern of years of empty dates; None where the first and last value rule them out."""
    if not is_moment(column):
        return None
    if (column.date_format or "").startswith("yyyy"):
        ends = pc.min_max(values).as_py()
        if ends["min"] > _LAST_EMPTY_YEAR and ends["max"] < str(FIRST_EMPTY_YEAR_AHEAD.year):
            return None
    return EMPTY_YEARS
