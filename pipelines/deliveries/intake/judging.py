"""Judging rows on their way in: the anonymity guard, their types, and the rules on them.

Here: files of one contract together, a large file part by part, and lines that have no cells.
Not here: what identifies (`guard`), the rules (`scan`, `row_rules`), where rows go (`writing`).

Whatever is raised over a file refuses that file, and the others go on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.deliveries.checks import Check, Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.guard.cells import inspect_cells, inspect_text
from pipelines.deliveries.guard.hit import refusal_of
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.keys_over_parts import KeysOverParts
from pipelines.deliveries.intake.row_rules import (
    door_finding,
    later_events,
    unreadable_rows,
    without_set_aside,
)
from pipelines.deliveries.intake.withdrawn import leave_out_withdrawn
from pipelines.deliveries.intake.writing import write_part
from pipelines.deliveries.readers import Part, judging
from pipelines.deliveries.scan import broken_rows


@contextmanager
def refusing(file: DeliveredFile) -> Iterator[None]:
    """Let whatever is raised over a file refuse that file, and go on with the others."""
    try:
        with judging(file.agreed[0]):
            yield
    except Refusal as refusal:
        file.refusal = refusal


class JudgedPart(NamedTuple):
    """Rows of a file that were judged and are still to be written."""

    file: DeliveredFile
    part: Part
    typed: pa.Table
    broken: list[tuple[Check, Positions]]


class Judge:
    """Judges rows, over a connection of its own."""

    def __init__(self) -> None:
        self._connection = new_connection()

    def judge_together(self, batch: Sequence[tuple[DeliveredFile, Part]]) -> None:
        """Judge files at once and write them; when one breaks what judges, each by itself."""
        clean = [(file, part) for file, part in batch if self._passes_guard(file, part)]
        try:
            judged = self._judged(clean)
        except Exception:
            judged = []
            for file, part in clean:
                # An error can leave a connection unusable for whoever comes next.
                self._connection = new_connection()
                with refusing(file):
                    judged += self._judged([(file, part)])
        for found in judged:
            with refusing(found.file):
                write_part(*found)

    def judge_in_parts(self, file: DeliveredFile, parts: Iterator[Part]) -> None:
        """Judge a large file part by part, and the uniqueness of its key over all parts.

        Raises:
            Refusal: A key occurs twice.
        """
        keys = KeysOverParts(self._connection, file.agreed[1])
        for part in parts:
            if not self._passes_guard(file, part):
                return
            [judged] = self._judged([(file, part)])
            landing = write_part(*judged)
            if landing is None:
                return
            keys.add(landing)
        keys.refuse_doubles(file.rows)

    def judge_malformed(self, file: DeliveredFile) -> None:
        """Guard and set aside the lines that have no cells.

        Raises:
            Refusal: One of them could identify somebody.
        """
        source = file.source
        if source is None or file.writer is None:
            return
        lines = source.malformed[file.malformed_seen :]
        file.malformed_seen = len(source.malformed)
        if not lines:
            return
        file.rows += len(lines)
        if hits := inspect_text(lines, file.agreed[0].reference_date):
            raise refusal_of(hits)
        # One line of JSON may hold several records.
        numbers = list(dict.fromkeys(number for number, _ in lines))
        file.count(door_finding("regelopbouw"), numbers, len(lines))
        file.aside += len(lines)

    def _passes_guard(self, file: DeliveredFile, part: Part) -> bool:
        """Count the rows of a part and look for what identifies; a file with that is refused."""
        name, contract = file.agreed
        leave_out_withdrawn(file, part)
        file.rows += part.cells.num_rows
        with refusing(file):
            part.cells = _in_order(part.cells, contract)
            if hits := inspect_cells(part.cells, part.row_numbers, contract, name.reference_date):
                raise refusal_of(hits)
        return file.refusal is None

    def _judged(self, parts: Sequence[tuple[DeliveredFile, Part]]) -> list[JudgedPart]:
        """Convert and judge parts of files under one contract, and write nothing yet.

        Returns:
            Each part with its typed rows and the rules it breaks.
        """
        if not parts:
            return []
        _, contract = parts[0][0].agreed
        cells = pa.concat_tables([part.cells for _, part in parts]).combine_chunks()
        typed = convert(self._connection, cells, contract)
        sizes = [part.cells.num_rows for _, part in parts]
        owners = np.repeat(np.arange(len(parts), dtype=np.int64), sizes)
        last_days = np.array([file.agreed[0].reference_date for file, _ in parts], "datetime64[D]")
        broken = (
            unreadable_rows(contract, cells, typed)
            + broken_rows(contract, typed, owners)
            + later_events(contract, typed, last_days[owners])
        )
        broken = without_set_aside(contract, typed, owners, broken)
        ends = np.cumsum([0, *sizes])
        return [
            JudgedPart(
                file,
                part,
                typed.slice(int(start), int(end - start)),
                _between(broken, int(start), int(end)),
            )
            for (file, part), start, end in zip(parts, ends, ends[1:], strict=False)
        ]


def _between(
    broken: Sequence[tuple[Check, Positions]], start: int, end: int
) -> list[tuple[Check, Positions]]:
    """The rules that are broken by the rows of one file, with positions in that file."""
    of_file = [
        (check, positions[(positions >= start) & (positions < end)] - start)
        for check, positions in broken
    ]
    return [(check, positions) for check, positions in of_file if len(positions)]


def new_connection() -> duckdb.DuckDBPyConnection:
    """A connection that never looks for an extension outside."""
    return duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


def _in_order(cells: pa.Table, contract: Contract) -> pa.Table:
    """The columns of the contract, in its order: parts of several files fit together."""
    present = set(cells.column_names)
    empty = pa.nulls(cells.num_rows, pa.string())
    return pa.table(
        {
            column.name: cells[column.name] if column.name in present else empty
            for column in contract.columns
        }
    )
