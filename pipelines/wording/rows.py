"""Rows of published tables as plain Python.

Here: from a frame to rows, and from a cell that may be missing to a text or a day.
Not here: reading tables, and what a row means.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

Row = dict[str, Any]


def records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame in their order; what is missing is what it was, or None."""
    names = [str(name) for name in frame.columns]
    # All cells at once: pandas' own way looks every row up in every column, and a page asks often.
    rows = frame.to_numpy(object).tolist()
    if any(getattr(kind, "na_value", None) is pd.NA for kind in frame.dtypes):
        rows = [[None if cell is pd.NA else cell for cell in row] for row in rows]
    return [dict(zip(names, row, strict=True)) for row in rows]


def with_plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its texts as they are in Python.

    Sentences take a few rows at a time out of frames of thirty columns, and each column of Arrow
    takes its own time for that.
    """
    texts = [column for column, kind in frame.dtypes.items() if kind == "str"]
    return frame.astype(dict.fromkeys(texts, object))


def first(frame: pd.DataFrame) -> Row:
    """Return the first row of a frame; an empty one when there is none."""
    return next(iter(records(frame.head(1))), {})


def text_of(row: Mapping[str, Any], column: str) -> str:
    """Return a text from a row; empty when the column or the value is missing."""
    value = row.get(column)
    # A missing value in a frame is a float or None.
    return value if isinstance(value, str) else ""


def day_of(value: Any) -> date | None:
    """Return the day in a cell; None when it is missing."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
