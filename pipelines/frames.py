"""Rows of a question as a pandas frame, by way of Arrow.

Here: one function that gives the frame that DuckDB's own `df()` gives. Where a table is mostly
texts it takes a tenth of the time, since pandas keeps texts as Arrow does.
Not here: reading tables, and what is done with a frame. For a handful of rows `df()` does as well.
"""

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

# What pandas calls a type of which values may be missing.
_WITH_MISSING = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
}


def to_frame(relation: "duckdb.DuckDBPyRelation") -> pd.DataFrame:
    """Return the rows of a relation.

    Args:
        relation: A table or a question, not yet read.

    Returns:
        The frame of `df()`: days as `datetime64[us]`, exact numbers as floats, and whole numbers
        and truth as such also where some are missing.
    """
    rows = relation.to_arrow_table()
    for place, field in enumerate(rows.schema):
        if pa.types.is_date(field.type):
            rows = rows.set_column(place, field.name, rows[place].cast(pa.timestamp("us")))
        elif pa.types.is_decimal(field.type):
            # As text: from a decimal itself Arrow makes 0.7322834650000001 of 0.732283465.
            exact = rows[place].cast(pa.string()).cast(pa.float64())
            rows = rows.set_column(place, field.name, exact)
    frame: pd.DataFrame = rows.to_pandas()
    for place, field in enumerate(rows.schema):
        cells = rows[place]
        if cells.null_count and field.type in _WITH_MISSING:
            frame[field.name] = cells.to_pandas(types_mapper=_WITH_MISSING.get)
        elif cells.null_count == len(cells) and pa.types.is_string(field.type):
            # Of a column without a single text nobody knows that it is one.
            frame[field.name] = pd.Series([None] * len(cells), dtype=object)
    return frame
