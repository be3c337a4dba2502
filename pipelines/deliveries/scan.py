"""The rules of a contract compiled to one scan over the columns of its rows.

Here: a look at columns for each expectation that contracts have, and the rows that break it.
Not here: the checks (`checks`), and expectations the scan does not know: those go to Great
Expectations (`suite`), which is also the oracle: it must find the same rows
(`tests/deliveries/test_scan.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.checks import (
    DAY_SUFFIX,
    DELIVERY_COLUMN,
    Check,
    Positions,
    checks_of,
)
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.matching import matches
from pipelines.deliveries.patterns import parts_of

# From rows and the delivery each belongs to, to the positions of the rows that break a rule.
Look = Callable[[pa.Table, Positions], Positions]

_NUMBERS = ("BIGINT", "DOUBLE")
_COMPARABLE = ("DATE", "TIMESTAMP WITH TIME ZONE", *_NUMBERS)


def broken_rows(
    contract: Contract, typed: pa.Table, deliveries: Positions
) -> list[tuple[Check, Positions]]:
    """Judge rows by the rules of their contract.

    Returns:
        The rules that are broken, each with the positions of the rows that break it.

    Raises:
        Refusal: A rule cannot be judged: the contract asks something impossible.
    """
    if typed.num_rows == 0:
        return []
    found: dict[int, Positions] = {}
    unknown: dict[int, Check] = {}
    for place, check in enumerate(checks_of(contract)):
        look = look_of(contract, check)
        if look is None:
            unknown[place] = check
        else:
            found[place] = look(typed, deliveries)
    if unknown:
        # Importing Great Expectations takes seconds, which a contract that needs none must not pay.
        from pipelines.deliveries.suite import judge

        judged = judge(contract, list(unknown.values()), typed, deliveries)
        found |= dict(zip(unknown, judged, strict=True))
    checks = checks_of(contract)
    return [(checks[place], found[place]) for place in sorted(found) if len(found[place])]


def look_of(contract: Contract, check: Check) -> Look | None:
    """How the scan judges a check; None where it does not know the expectation so put."""
    compiled = _COMPILERS.get(check.expectation)
    return compiled(contract, check.arguments) if compiled else None


def _not_null(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    if set(asked) != {"column"}:
        return None
    column = asked["column"]
    return lambda typed, _: _where(pc.is_null(typed[column]))


def _in_set(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    if set(asked) != {"column", "value_set"} or not _is_text(contract, asked):
        return None
    column, allowed = asked["column"], asked["value_set"]
    if not all(isinstance(value, str) for value in allowed):
        return None
    values = pa.array(allowed, pa.string())
    return lambda typed, _: _where(
        pc.and_not(pc.is_valid(typed[column]), pc.is_in(typed[column], value_set=values))
    )


def _matching(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    """Patterns of characters, classes and repeats, which mean the same in every dialect."""
    if set(asked) != {"column", "regex"} or not _is_text(contract, asked):
        return None
    column, regex = asked["column"], str(asked["regex"])
    whole = regex.removesuffix(r"\Z")
    if whole == regex or parts_of(whole) is None:
        return None
    # Where a text ends, RE2 writes with a small letter.
    form = whole + r"\z"
    return lambda typed, _: _where(pc.invert(matches(typed[column], form)))


def _long_enough(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    if set(asked) != {"column", "min_value", "max_value"} or not _is_text(contract, asked):
        return None
    return lambda typed, _: _where(_outside(pc.utf8_length(typed[asked["column"]]), asked))


def _between(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    limits = set(asked) - {"column"}
    are_known = limits and limits <= {"min_value", "max_value"} and "column" in asked
    are_numbers = all(
        isinstance(asked[limit], int | float) and not isinstance(asked[limit], bool)
        for limit in limits
    )
    if not (are_known and are_numbers) or _type_of(contract, asked["column"]) not in _NUMBERS:
        return None
    return lambda typed, _: _where(_outside(typed[asked["column"]], asked))


def _pair_in_order(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    known = {"column_A", "column_B", "or_equal", "ignore_row_if"}
    if not {"column_A", "column_B", "ignore_row_if"} <= set(asked) <= known:
        return None
    pair = [str(asked["column_A"]), str(asked["column_B"])]
    types = {_type_of(contract, name) for name in pair}
    if asked["ignore_row_if"] != "either_value_is_missing" or len(types) != 1:
        return None
    if not types <= set(_COMPARABLE):
        return None
    is_wrong = pc.less if asked.get("or_equal") else pc.less_equal
    return lambda typed, _: _where(
        is_wrong(*(_values(typed, name, contract.timezone) for name in pair))
    )


def _unique_together(contract: Contract, asked: Mapping[str, Any]) -> Look | None:
    if set(asked) != {"column_list"}:
        return None
    names = [str(name) for name in asked["column_list"]]

    def look(typed: pa.Table, deliveries: Positions) -> Positions:
        keys = {name: typed[name] for name in names if name != DELIVERY_COLUMN}
        if DELIVERY_COLUMN in names and (deliveries[:1] != deliveries).any():
            keys[DELIVERY_COLUMN] = pa.array(deliveries)
        return doubles(pa.table(keys))

    return look


_COMPILERS: Mapping[str, Callable[[Contract, Mapping[str, Any]], Look | None]] = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_match_regex": _matching,
    "expect_column_value_lengths_to_be_between": _long_enough,
    "expect_column_values_to_be_between": _between,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair_in_order,
    "expect_compound_columns_to_be_unique": _unique_together,
}


def doubles(keys: pa.Table) -> Positions:
    """Positions of rows that have the same values as another one; no value is a value too."""
    n_groups = (
        len(pc.unique(keys.column(0)))
        if keys.num_columns == 1
        else keys.group_by(keys.column_names, use_threads=False).aggregate([]).num_rows
    )
    if n_groups == keys.num_rows:
        return np.array([], dtype=np.int64)
    return np.flatnonzero(keys.to_pandas().duplicated(keep=False).to_numpy()).astype(np.int64)


def _where(is_broken: pa.ChunkedArray) -> Positions:
    """Positions of what is true; what is not known breaks nothing."""
    if not pc.any(is_broken, min_count=0).as_py():
        return np.array([], dtype=np.int64)
    return np.flatnonzero(pc.fill_null(is_broken, False).to_numpy()).astype(np.int64)


def _outside(values: pa.ChunkedArray, asked: Mapping[str, Any]) -> pa.ChunkedArray:
    """Which values lie below `min_value` or above `max_value`, where those are asked."""
    low, high = asked.get("min_value"), asked.get("max_value")
    if low is None:
        return pc.greater(values, high)
    return (
        pc.less(values, low)
        if high is None
        else pc.or_(pc.less(values, low), pc.greater(values, high))
    )


def _values(typed: pa.Table, name: str, timezone: str) -> pa.ChunkedArray:
    """A column by name, or the local days of a column of moments."""
    if not name.endswith(DAY_SUFFIX):
        return typed[name]
    moments = typed[name.removesuffix(DAY_SUFFIX)].cast(pa.timestamp("us", timezone))
    return pc.local_timestamp(moments).cast(pa.date32(), safe=False)


def _is_text(contract: Contract, asked: Mapping[str, Any]) -> bool:
    return _type_of(contract, asked["column"]) == "VARCHAR"


def _type_of(contract: Contract, name: str) -> str:
    """Type of a column once landed; of the local days of one, days."""
    return "DATE" if name.endswith(DAY_SUFFIX) else contract.column(name).landing_type
