"""Columns whose contract leaves no room for anything but what it names.

Here: which columns are closed, and which of their values keep to the form.
Not here: judging the values that do not (`values`).

A column is *closed* when it is an enumeration, a pseudonym, a date, a number, or of a fixed form
such as a record number.
"""

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Column
from pipelines.deliveries.matching import matches
from pipelines.deliveries.patterns import parts_of

# With a lost leading zero a BSN has eight digits.
_BSN_WITHOUT_ZERO = 8


# Whole numbers up to this length cannot be a BSN, an account or a telephone number.
_SHORT_NUMBER = r"^-?[0-9]{1,7}([.,][0-9]{1,6})?$"


_MOMENT_SHAPE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([.,][0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)


_WEEK_OR_MONTH_SHAPE = r"^[0-9]{4}-W?[0-9]{2}$"


_SHAPES = {
    "timestamp": _MOMENT_SHAPE,
    "integer": _SHORT_NUMBER,
    "number": _SHORT_NUMBER,
}


@lru_cache(maxsize=4096)
def is_closed(column: Column) -> bool:
    """Whether the contract leaves no room for anything but what it names."""
    if column.look_alike or column.free_text:
        return False
    if column.enum or column.pseudonym or column.granularity or column.logical_type != "string":
        return True
    return column.pattern is not None and _is_fixed_form(column.pattern)


def _is_fixed_form(pattern: str) -> bool:
    """Whether a pattern fixes every position, and has no run of digits for a BSN to fit in."""
    parts = parts_of(pattern)
    if parts is None:
        return False
    digits = longest = 0
    for part in parts:
        if not part.is_fixed:
            return False
        holds_digits = not part.characters.isalpha()
        digits = digits + part.fewest if holds_digits else 0
        longest = max(longest, digits)
    # A pseudonym's letters and digits are more than a number; it is closed for its own reason.
    return longest < _BSN_WITHOUT_ZERO


def expected_form(column: Column, values: pa.Array) -> pa.Array:
    """Which values keep to the closed form of their column."""
    if column.enum:
        return pc.is_in(values, value_set=pa.array(column.enum, pa.string()))
    if column.logical_type == "boolean":
        return pc.is_in(values, value_set=pa.array(["ja", "nee", "true", "false"]))
    shape = _SHAPES.get(column.logical_type)
    if column.granularity in {"week", "month"}:
        shape = _WEEK_OR_MONTH_SHAPE
    elif column.logical_type == "date":
        # The agreed order and no other: a number or a date of another kind is not closed.
        shape = f"^{re.sub('[yMd]', '[0-9]', re.escape(column.date_format or 'yyyy-MM-dd'))}$"
    elif column.logical_type == "timestamp" and column.date_format:
        # Formats with a moment of their own become the international notation, whatever is agreed.
        shape = f"{_MOMENT_SHAPE}|{_moment_shape(column.date_format)}"
    return matches(values, shape or column.pattern or "^$")


def _moment_shape(form: str) -> str:
    """The agreed notation of moments as a pattern, with a fraction after its seconds."""
    shape = re.sub("[yMdHms]", "[0-9]", re.escape(form.replace("'", "")))
    if form.replace("'", "").rstrip("X").endswith("ss"):
        shape = re.sub("X*$", lambda zone: "([.,][0-9]{1,9})?" + zone[0], shape, count=1)
    return f"^{re.sub('X+', '(Z|[+-][0-9]{2}:?[0-9]{2})', shape)}$"


def is_moment(column: Column) -> bool:
    """Whether a column holds days, moments, weeks or months."""
    return column.granularity is not None or column.logical_type in {"date", "timestamp"}
