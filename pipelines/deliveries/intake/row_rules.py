"""Rules of the door on rows, beside those of a contract: cells that cannot be read, later events.

Here: which rows break them, and which rules still count once rows are set aside.
Not here: rules of a contract (`scan`), and how many broken rows are too many (`thresholds`).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.checks import Check, Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import unreadable
from pipelines.deliveries.findings import Finding
from pipelines.deliveries.rule_texts import finding_of

# Control characters and non-characters: no workbook, XML or PDF that a text goes out in can hold
# them.
_NO_TEXT = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\x{FFFE}\x{FFFF}]"


# What is asked of a cell that has a value.
_RULES_ON_VALUES = ("verplicht", "toegestane_waarde", "vorm", "lengte")


def door_finding(rule: str) -> Finding:
    """A finding of the door itself on a delivery as a whole, still without rows."""
    return finding_of(rule, {"lege_levering": "warning"}.get(rule, "quarantine"), "")


def unreadable_rows(
    contract: Contract, cells: pa.Table, typed: pa.Table
) -> list[tuple[Check, Positions]]:
    """Rows with a cell that cannot be read, in the form rules report them."""
    broken = []
    for column in contract.columns:
        wrong = unreadable(cells, typed, column.name)
        if column.landing_type == "VARCHAR" and not (column.enum or column.pseudonym):
            no_text = pc.match_substring_regex(cells[column.name], _NO_TEXT)
            wrong = pc.or_(wrong, pc.fill_null(no_text, False))
        positions = np.flatnonzero(wrong.to_numpy())
        if len(positions):
            check = Check.of_door("leesbaar", column.name)
            broken.append((check, positions.astype(np.int64)))
    return broken


def later_events(
    contract: Contract, typed: pa.Table, last_days: npt.NDArray[np.datetime64]
) -> list[tuple[Check, Positions]]:
    """Events after the day as of which a log was delivered, which no build up to then can use.

    Args:
        contract: Contract of the rows.
        typed: Converted rows.
        last_days: (N,) reference date of the delivery each row belongs to.
    """
    if contract.event_log is None:
        return []
    column = contract.event_log.moment
    moments = typed[column].cast(pa.timestamp("us")).to_numpy()
    # Only when the day is over everywhere: the name of a file does not say whose day it means.
    is_later = moments >= last_days + np.timedelta64(1, "D") + np.timedelta64(12, "h")
    positions = np.flatnonzero(is_later).astype(np.int64)
    check = Check.of_door("na_peildatum", column, "warning")
    return [(check, positions)] if len(positions) else []


def without_set_aside(
    contract: Contract,
    typed: pa.Table,
    owners: Positions,
    broken: list[tuple[Check, Positions]],
) -> list[tuple[Check, Positions]]:
    """Leave rows that are set aside out of the rules on whole deliveries.

    Also a cell that could not be read is one mistake, whatever was asked of it.
    """
    unread = {check.column: positions for check, positions in broken if check.rule == "leesbaar"}
    result = []
    aside = np.unique(
        np.concatenate(
            [np.array([], dtype=np.int64)]
            + [positions for check, positions in broken if check.effect == "quarantine"]
        )
    )
    for check, positions in broken:
        left = positions
        if check.rule in _RULES_ON_VALUES and check.column in unread:
            left = np.setdiff1d(positions, unread[check.column])
        elif check.effect == "critical" and len(aside):
            left = np.setdiff1d(positions, aside)
            if len(left):
                names = [key for key in contract.key if key in typed.column_names]
                frame = typed.select(names).take(left).to_pandas()
                frame["_delivery"] = owners[left]
                left = left[frame.duplicated(keep=False).to_numpy()]
        if len(left):
            result.append((check, left))
    return result
