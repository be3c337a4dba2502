"""Rows of published tables as plain Python: by column, the values pandas itself would give."""

import pandas as pd
import pytest

from pipelines.wording.rows import first, records


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        (pd.Series(["a", "b"], dtype="str"), ["a", "b"]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series([True, None], dtype="boolean"), [True, None]),
        (pd.Series([1.5, 2.0]), [1.5, 2.0]),
        (pd.to_datetime(pd.Series(["2026-10-31"])), [pd.Timestamp("2026-10-31")]),
    ],
    ids=["text", "whole", "whole or missing", "yes, no or missing", "number", "day"],
)
def test_a_cell_is_what_it_is_in_python(column, rows):
    found = [row["named"] for row in records(pd.DataFrame({"named": column, "beside": "x"}))]

    assert found == rows
    assert [type(value) for value in found] == [type(value) for value in rows]


def test_a_missing_text_or_number_is_no_text_and_no_number():
    [row] = records(
        pd.DataFrame({"text": pd.Series([None], dtype="str"), "number": [float("nan")]})
    )

    assert pd.isna(row["text"]) and not isinstance(row["text"], str)
    assert pd.isna(row["number"])


def test_the_first_row_of_nothing_is_empty():
    assert first(pd.DataFrame({"named": []})) == {}
    assert records(pd.DataFrame(index=range(2))) == [{}, {}]
