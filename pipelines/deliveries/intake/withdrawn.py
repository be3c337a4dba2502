"""Cases and persons that were withdrawn: their rows do not come in again.

Here: which rows of a file are of one, known by the mark of its pseudonym alone.
Not here: withdrawing and letting in again, and the record of both (`pipelines.retention`).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.landing.marks import mark_of
from pipelines.deliveries.pseudonyms import WITHIN_TEXT
from pipelines.deliveries.readers import Part

_MAY_HOLD_ONE = "[zp]1_[a-z2-7]{26}"


def leave_out_withdrawn(file: DeliveredFile, part: Part) -> None:
    """Take the rows of withdrawn cases and persons out of a part, and count them.

    Args:
        file: The file, which knows the marks of what was withdrawn.
        part: Some of its rows, which nobody has judged or counted yet.
    """
    if not file.withdrawn:
        return
    held = np.zeros(part.cells.num_rows, dtype=bool)
    for column in part.cells.columns:
        values = pc.unique(column.combine_chunks()).drop_null()
        values = values.filter(pc.match_substring_regex(values, _MAY_HOLD_ONE))
        gone = [value for value in values.to_pylist() if _is_withdrawn(file, value)]
        held |= pc.is_in(column, value_set=pa.array(gone, pa.string())).to_numpy()
    file.rows_withdrawn += int(held.sum())
    part.cells = part.cells.filter(pa.array(~held))
    part.row_numbers = part.row_numbers[~held]


def _is_withdrawn(file: DeliveredFile, text: str) -> bool:
    return any(mark_of(file.settings, word) in file.withdrawn for word in WITHIN_TEXT.findall(text))
