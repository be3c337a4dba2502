"""Rules of the door out that are seen to hold at a glance.

Here: for each expectation the suites have, a look at the rows that is never content with what Great
Expectations would find broken.
Not here: the rules and what a broken one leads to (`door_out`); how many rows break one is what
Great Expectations says, as it does of every rule that is put in another way. It is the oracle too
(`tests/publication/test_plain_rules.py`), and starting it takes seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

_EITHER = "either_value_is_missing"


def holds(expectation: str, arguments: Mapping[str, Any], rows: pd.DataFrame) -> bool:
    """Whether a rule holds for certain.

    Args:
        expectation: Name, as `expect_column_values_to_be_in_set`.
        arguments: Its arguments.
        rows: What it is about.

    Returns:
        False where it is broken, or asks for more than a glance.
    """
    look = _LOOKS.get(expectation)
    named = [arguments.get(name) for name in ("column", "column_A", "column_B")]
    columns = {*arguments.get("column_list", ()), *filter(None, named)}
    if look is None or not columns <= set(rows.columns):
        return False
    known, is_content = look
    return set(arguments) <= known and bool(is_content(rows, **arguments))


def _filled(rows: pd.DataFrame, column: str) -> bool:
    return bool(rows[column].notna().all())


def _empty(rows: pd.DataFrame, column: str) -> bool:
    return bool(rows[column].isna().all())


def _in_set(rows: pd.DataFrame, column: str, value_set: Sequence[object]) -> bool:
    values = rows[column].dropna()
    is_text = all(isinstance(value, str) for value in value_set)
    is_number = _is_number(values) and all(type(value) in {int, float} for value in value_set)
    return (is_text or is_number) and bool(values.isin(list(value_set)).all())


def _between(
    rows: pd.DataFrame, column: str, min_value: float | None = None, max_value: float | None = None
) -> bool:
    values = rows[column].dropna()
    if not _is_number(values):
        return False
    is_inside = pd.Series(True, values.index)
    if min_value is not None:
        is_inside &= values >= min_value
    if max_value is not None:
        is_inside &= values <= max_value
    return bool(is_inside.all())


def _in_order(
    rows: pd.DataFrame,
    column_A: str,
    column_B: str,
    or_equal: bool = False,
    ignore_row_if: str = "both_values_are_missing",
) -> bool:
    pairs = rows[[column_A, column_B]].dropna(how="any" if ignore_row_if == _EITHER else "all")
    larger, smaller = pairs[column_A], pairs[column_B]
    if not (_is_number(larger) and _is_number(smaller)):
        return False
    return bool((larger >= smaller if or_equal else larger > smaller).all())


def _unique(rows: pd.DataFrame, column: str) -> bool:
    return bool(rows[column].dropna().is_unique)


def _unique_together(rows: pd.DataFrame, column_list: Sequence[str]) -> bool:
    return not rows.duplicated(list(column_list)).any()


def _is_number(values: "pd.Series[Any]") -> bool:
    return is_numeric_dtype(values) and not is_bool_dtype(values)


# With every argument a look understands.
_LOOKS: Mapping[str, tuple[frozenset[str], Callable[..., bool]]] = {
    f"expect_{name}": (frozenset(arguments), look)
    for name, arguments, look in (
        ("column_values_to_not_be_null", ["column"], _filled),
        ("column_values_to_be_null", ["column"], _empty),
        ("column_values_to_be_in_set", ["column", "value_set"], _in_set),
        ("column_values_to_be_between", ["column", "min_value", "max_value"], _between),
        (
            "column_pair_values_a_to_be_greater_than_b",
            ["column_A", "column_B", "or_equal", "ignore_row_if"],
            _in_order,
        ),
        ("column_values_to_be_unique", ["column"], _unique),
        ("compound_columns_to_be_unique", ["column_list"], _unique_together),
    )
}
