"""A published file, opened to be put on paper.

Here: its rows in the units they are shown in, and the words they are written with: those of the
pages.
Not here: which rows a section of the pack tells (its neighbours), and any form (`wording`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.wording.language import DEFAULT_LANGUAGE, Words, words_in
from pipelines.wording.rows import Row, records
from pipelines.wording.units import TYPICAL_MEDIANS, finer_units, in_finer_units


@dataclass(frozen=True)
class Paper:
    """A published file and how its rows are written.

    Attributes:
        connection: The file, open.
        words: The reader's language; the pack is in Dutch.
        units: Unit in which an indicator is shown, where it is not its own.
    """

    connection: duckdb.DuckDBPyConnection
    words: Words = field(default_factory=lambda: words_in(DEFAULT_LANGUAGE))
    units: Mapping[str, str] = field(default_factory=dict)

    def has(self, *tables: str) -> bool:
        """Whether the file holds all of some tables."""
        found = self.connection.execute("select table_name from duckdb_tables()").fetchall()
        return set(tables) <= {name for (name,) in found}

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return the answer to a question; lengths of an indicator in the unit it is shown in."""
        answer = self.connection.execute(sql, dict(parameters or {})).df()
        is_measured = {"indicator", "unit"} <= set(answer.columns)
        return in_finer_units(answer, self.units) if is_measured else answer

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the same as rows."""
        return records(self.frame(sql, parameters))


@contextmanager
def opened(published: Path) -> Iterator[Paper]:
    """Open a published file to write from it.

    Args:
        published: The file.
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        medians = connection.execute(TYPICAL_MEDIANS).df()
        yield Paper(connection, units=finer_units(medians))
