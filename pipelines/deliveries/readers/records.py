"""Records of a CSV file: which rows are one record, and which have swallowed others.

A quote too many opens a cell that goes on to the next quote, or to the end of the file, over all
line breaks between. What a parser makes of it is one row, or one line with a wrong number of cells.

Here: telling such a row from one with a cell that really holds line breaks, taking it apart into
the lines it swallowed, doing the same with a row that has text after a cell in quotes, and
numbering all records.
Not here: parsing (`csv`), and counting the lines of the file (`lines`).

A row of `n` columns over several lines is taken apart when the lines look like rows themselves:
when a line within a cell has `n - 1` separators, or when all its cells have as many separators as
that many rows would. Both are what a stray quote leaves, and neither is what people type in a cell,
but for a table of two columns. In a file of which every cell is in quotes there is no doubt.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.readers.lines import LINE_BREAKS, lines_of
from pipelines.deliveries.readers.source import Part

Numbers = np.ndarray[Any, np.dtype[np.int64]]
_BREAK_BYTES = (b"\n"[0], b"\r"[0])


def is_several(cells: Sequence[str], delimiter: str) -> bool:
    """Whether a row has swallowed others."""
    breaks = sum(len(LINE_BREAKS.findall(cell)) for cell in cells)
    if not breaks:
        return False
    separators = sum(cell.count(delimiter) for cell in cells)
    inner = re.compile(_inner_row(len(cells), delimiter))
    return separators >= breaks * (len(cells) - 1) or any(map(inner.search, cells))


def _inner_row(columns: int, delimiter: str) -> str:
    """A line between two line breaks that has as many cells as a row."""
    separator = re.escape(delimiter)
    other = rf"[^{separator}\r\n]*"
    return rf"[\r\n]{other}(?:{separator}{other}){{{columns - 1}}}[\r\n]"


class Records:
    """Numbers the records of one file, and takes rows apart that are several.

    Attributes:
        malformed: Number and text of each record without cells.
        lines: Lines of the file that the records so far take.
        made: Records so far that have cells.
    """

    def __init__(
        self,
        columns: int,
        delimiter: str,
        strays: frozenset[int],
        is_beyond_doubt: Callable[[], bool],
    ) -> None:
        """Start before the first record.

        Args:
            columns: Number of columns of the file.
            delimiter: Separator of the file.
            strays: Rows by the parser's number with text after a cell in quotes.
            is_beyond_doubt: Tells whether line breaks in a cell are the cell's own, whatever they
                look like.
        """
        self.malformed: list[tuple[int, str]] = []
        self.lines = 0
        self.made = 0
        self._strays = np.array(sorted(strays), dtype=np.int64)
        self._is_beyond_doubt = is_beyond_doubt
        self._columns = columns
        self._delimiter = delimiter
        # Rows the parser made no cells of, by its own number, that are still to be placed.
        self._waiting: list[tuple[int, str]] = []
        # The last row by the parser's number, and how many records it is behind.
        self._last = 0
        self._behind = 0

    def add_malformed(self, number: int, text: str) -> None:
        """Note a row that the parser made no cells of, by the parser's number."""
        self._waiting.append((number, text))

    def part(self, table: pa.Table, *, is_unclosed: bool = False) -> Part:
        """The rows of a table that are one record each, with their numbers.

        Args:
            table: The next rows.
            is_unclosed: The last row ends in a cell whose quote is never closed.
        """
        numbers = self._numbers(table.num_rows)
        events = self._malformed_before(int(numbers[-1]) if len(numbers) else self._last)
        breaks = self._breaks(table)
        broken = np.isin(numbers, self._strays)
        if breaks is not None or broken.any():
            several = broken
            if breaks is None:
                breaks = np.zeros(table.num_rows, dtype=np.int64)
            else:
                looks_so = self._are_several(table, breaks)
                if looks_so.any() and not self._is_beyond_doubt():
                    several |= looks_so
                several[-1] |= is_unclosed
            for place in np.flatnonzero(several):
                cells = [cell or "" for cell in table.slice(place, 1).to_pylist()[0].values()]
                text = self._delimiter.join(cells)
                if is_unclosed and place == table.num_rows - 1:
                    text = text.rstrip("\r\n")
                # The first line and the last are not empty: they hold the quotes.
                events.append((int(numbers[place]), LINE_BREAKS.split(text)))
            keep = ~several
            self.lines += int(breaks[keep].sum())
            table, kept = table.filter(pa.array(keep)), numbers[keep]
        else:
            kept = numbers
        self.lines += table.num_rows
        self.made += table.num_rows
        self._last = int(numbers[-1]) if len(numbers) else self._last
        return Part(table, self._placed(kept, sorted(events)))

    def finish(self) -> None:
        """Place what the parser made no cells of after the last row."""
        self._placed(np.array([], dtype=np.int64), self._malformed_before(None))

    def _numbers(self, rows: int) -> Numbers:
        """The parser's numbers of the next rows: those without cells have one too."""
        skipped = np.array([number for number, _ in self._waiting], dtype=np.int64)
        numbers = np.arange(self._last + 1, self._last + 1 + rows + len(skipped), dtype=np.int64)
        return numbers[~np.isin(numbers, skipped)][:rows] if len(skipped) else numbers

    def _malformed_before(self, number: int | None) -> list[tuple[int, list[str]]]:
        taken = [line for line in self._waiting if number is None or line[0] < number]
        self._waiting = self._waiting[len(taken) :]
        return [(at, lines_of(text)) for at, text in taken]

    def _placed(self, numbers: Numbers, events: list[tuple[int, list[str]]]) -> Numbers:
        """Number the lines of what is taken apart, and the rows among them."""
        ends, behind = [], [self._behind]
        for number, lines in events:
            first = number + self._behind
            self.malformed += [(first + at, line) for at, line in enumerate(lines)]
            self.lines += len(lines)
            self._behind += len(lines) - 1
            ends.append(number)
            behind.append(self._behind)
        if not events:
            return numbers + self._behind
        places = np.searchsorted(np.array(ends, dtype=np.int64), numbers)
        return numbers + np.array(behind, dtype=np.int64)[places]

    def _breaks(self, table: pa.Table) -> Numbers | None:
        """Line breaks in the cells of each row; None when there are none at all."""
        total = None
        for column in table.columns:
            if any(_may_have_break(chunk) for chunk in column.chunks):
                found = pc.fill_null(pc.count_substring_regex(column, LINE_BREAKS.pattern), 0)
                counts = found.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
                total = counts if total is None else total + counts
        return total if total is not None and total.any() else None

    def _are_several(
        self, table: pa.Table, breaks: Numbers
    ) -> "np.ndarray[Any, np.dtype[np.bool]]":
        places = np.flatnonzero(breaks)
        rows = table.take(places)
        inner = _inner_row(self._columns, self._delimiter)
        separators = np.zeros(len(places), dtype=np.int64)
        is_row = np.zeros(len(places), dtype=bool)
        for column in rows.columns:
            counts = pc.fill_null(pc.count_substring(column, self._delimiter), 0)
            matches = pc.fill_null(pc.match_substring_regex(column, inner), False)
            separators += counts.combine_chunks().to_numpy(zero_copy_only=False)
            is_row |= matches.combine_chunks().to_numpy(zero_copy_only=False)
        several = np.zeros(table.num_rows, dtype=bool)
        several[places] = is_row | (separators >= breaks[places] * (self._columns - 1))
        return several


def _may_have_break(chunk: pa.Array) -> bool:
    """Whether a line break stands in the bytes of an array, or of the array it is a slice of."""
    data = chunk.buffers()[2]
    if data is None:
        return False
    found = np.frombuffer(data, dtype=np.uint8)
    return any(bool((found == code).any()) for code in _BREAK_BYTES)
