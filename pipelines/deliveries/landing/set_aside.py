"""What is still known of rows that were set aside: that something happened, not when.

Here: of each such row its keys, as far as they can be trusted, and the columns of moments it had.
Not here: the rows themselves, which go to quarantine (`writer`), and the table of what is known
that a build reads (`set_aside_table`).

A stop that could not be read is not a stop that did not happen: without this a case would count as
open for ever. Nothing is kept of a cell that breaks a rule, nor of any cell but keys.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.checks import Check
from pipelines.deliveries.contract import Column, Contract

UNKNOWN_COLUMN = "_unknown"


ROW_COLUMN = "_row"


Positions = npt.NDArray[np.int64]


def key_columns(contract: Contract) -> tuple[Column, ...]:
    """The columns that say whose a row is, and of an event also which."""
    log = contract.event_log
    named = {log.case_key, log.activity, log.lifecycle} if log else set()
    return tuple(
        column
        for column in contract.data_columns
        if column.pseudonym or column.is_key or column.name in named
    )


def known_of(
    contract: Contract,
    cells: pa.Table,
    typed: pa.Table,
    places: Positions,
    broken: Sequence[tuple[Check, Positions]],
) -> pa.Table:
    """What is known of rows that are set aside.

    Args:
        contract: Contract of the rows.
        cells: All rows as text.
        typed: The same rows, converted.
        places: Positions of the rows that are set aside.
        broken: The rules that are broken, each with the positions of the rows that break it.

    Returns:
        A row for each of `places`: the key columns, empty where the cell breaks a rule, and in
        `_unknown` the names of the columns of moments that were filled.
    """
    spoiled: dict[str, set[int]] = {}
    for check, positions in broken:
        if check.effect == "quarantine":
            for column in check.column.split(", "):
                spoiled.setdefault(column, set()).update(int(position) for position in positions)
    taken = pa.array(places)
    arrays: dict[str, pa.Array] = {}
    for key in key_columns(contract):
        bad = spoiled.get(key.name, set())
        is_bad = pa.array([int(at) in bad for at in places], pa.bool_())
        values = typed[key.name].take(taken).combine_chunks()
        arrays[key.name] = pc.if_else(is_bad, pa.scalar(None, values.type), values)
    moments = [column.name for column in contract.data_columns if column.form is not None]
    filled = {name: cells[name].take(taken).is_valid().to_pylist() for name in moments}
    arrays[UNKNOWN_COLUMN] = pa.array(
        [[name for name in moments if filled[name][at]] for at in range(len(places))],
        pa.list_(pa.string()),
    )
    return pa.table(arrays)
