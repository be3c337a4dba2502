"""An open file as the rest of the package sees it: column names, and rows in parts.

Here: the part, the source, and the numbers of rows.
Not here: where they come from, which differs by format.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.deliveries.findings import Finding


@dataclass
class Part:
    """Some rows of a file.

    Attributes:
        cells: One text column per column of the contract that the file has, by name.
        row_numbers: Number of each row in the file.
    """

    cells: pa.Table
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]"


@dataclass
class Source:
    """A file that is open for reading.

    Attributes:
        columns: Column names as delivered.
        parts: The rows, once.
        held: How many records the file holds, counted apart from the rows that were made of them.
            Final when `parts` is used up.
        notes: Findings about the file as a whole.
        malformed: Rows that have no cells: row number and text. Complete when `parts` is used up.
    """

    columns: tuple[str, ...]
    parts: Iterator[Part]
    held: Callable[[], int]
    notes: list[Finding] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)


def numbered(tables: Iterator[pa.Table]) -> Iterator[Part]:
    """Give the rows of a file that has nothing but rows their numbers."""
    last = 0
    for table in tables:
        yield Part(table, np.arange(last + 1, last + 1 + table.num_rows, dtype=np.int64))
        last += table.num_rows
