"""What one organisation has on record in one table, as of any moment.

Here: visibility of rows and cells at a peildatum, changes between two of them, keys and
pseudonyms. Not here: what was recorded wrongly (`faults`) and how it is written (`rendering`).
"""

import base64
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.deliveries.contract import Column as ContractColumn
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.pseudonyms import LENGTH, SYNTHETIC_MARK
from pipelines.simulation.chronicle import NEVER, Cases, Column, Table
from pipelines.simulation.moments import Mask, Moments, Whole

MUTATION = "mutatie"
# Not a secret: these cases do not exist. Partners use a key of their own, outside this system.
SIMULATED_KEY = b"simulated chain, no real persons"


def pseudonyms(prefix: str, subjects: Whole, seed: int) -> NDArray[np.object_]:
    """Pseudonyms of simulated subjects: the agreed form, and the mark that says they are simulated.

    105 bits are left beside the mark: no two of a chain's subjects will ever share one.
    """
    made = []
    for subject in subjects.tolist():
        name = f"{seed}:{prefix}{subject}".encode()
        digest = blake2b(name, digest_size=16, key=SIMULATED_KEY).digest()
        letters = base64.b32encode(digest).decode().lower()
        made.append(prefix + (SYNTHETIC_MARK + letters)[:LENGTH])
    return np.array(made, dtype=object)


@dataclass(frozen=True)
class Pseudonyms:
    """Keys of every case and person of the chain."""

    case: NDArray[np.object_]
    second_case: NDArray[np.object_]
    person: NDArray[np.object_]

    @classmethod
    def of(cls, cases: Cases, seed: int) -> "Pseudonyms":
        """Make the keys; a person with two cases has one key."""
        index = np.arange(len(cases))
        return cls(
            case=pseudonyms("z1_", index, seed),
            second_case=pseudonyms("z1_", index + 10_000_000, seed),
            person=pseudonyms("p1_", index, seed)[cases.person],
        )


class Recorded:
    """One table on record, with its contract; cells appear when they were recorded."""

    def __init__(self, contract: Contract, table: Table, keys: Pseudonyms) -> None:
        self.contract = contract
        self.table = table
        self.columns: dict[str, ContractColumn] = {
            column.name: column for column in contract.columns if column.name != MUTATION
        }
        self._complete_keys(keys)
        self._changes = self._moments_of_change()

    def _complete_keys(self, keys: Pseudonyms) -> None:
        table, has_case = self.table, self.table.case >= 0
        known = np.where(has_case, table.created, NEVER)
        case = np.where(
            table.is_second_pseudonym, keys.second_case[table.case], keys.case[table.case]
        )
        for name, column in self.columns.items():
            if column.pseudonym == "case":
                table.columns[name] = Column(case, known)
            elif column.pseudonym == "person":
                table.columns[name] = Column(keys.person[table.case], known)

    def _moments_of_change(self) -> list[Moments]:
        changes = [column.known for column in self.table.columns.values()]
        for revision in self.table.revisions:
            until = np.full(len(self.table), NEVER)
            until[revision.rows] = revision.known
            changes.append(until)
        return changes

    def present(self, at: float) -> Mask:
        """Rows on record at a moment."""
        return (self.table.created < at) & (self.table.withdrawn >= at)

    def changed(self, since: float, at: float) -> Mask:
        """Rows on record at a moment of which anything was recorded since an earlier one."""
        table = self.table
        new = table.created >= since
        for known in self._changes:
            new |= (known >= since) & (known < at)
        return new & self.present(at)

    def withdrawn(self, since: float, at: float) -> Mask:
        """Rows on record at the earlier moment and withdrawn by the later one."""
        return self.present(since) & (self.table.withdrawn < at)

    def cells(self, name: str, at: float) -> tuple[NDArray[Any], Mask]:
        """Values of a column as they read at a moment, and which of them are filled."""
        column = self.table.columns[name]
        values, filled = column.values, column.known < at
        for revision in self.table.revisions:
            if revision.column == name:
                shown = (revision.known < at) & (revision.until >= at)
                values, filled = values.copy(), filled.copy()
                values[revision.rows[shown]] = revision.values[shown]
                filled[revision.rows[shown]] = True
        return values, filled
