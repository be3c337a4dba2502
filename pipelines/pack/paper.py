"""A published file, opened to be put on paper.

Here: its rows in the units they are shown in, and the words they are written with: those of the
pages.
Not here: which rows a section of the pack tells (its neighbours), and any form (`wording`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.frames import to_frame
from pipelines.wording import formats
from pipelines.wording.language import DEFAULT_LANGUAGE, Words, words_in
from pipelines.wording.rows import Row, day_of, first, records, text_of, with_plain_texts
from pipelines.wording.units import TYPICAL_MEDIANS, finer_units, in_finer_units


@dataclass(frozen=True)
class Paper:
    """A published file and how its rows are written.

    Attributes:
        connection: The file, open.
        words: The reader's language; the pack is in Dutch.
        units: Unit in which an indicator is shown, where it is not its own.
        kept: Tables that were read whole; each is read once.
        by_key: Their rows by the text in a column, where they were looked up by it.
    """

    connection: duckdb.DuckDBPyConnection
    words: Words = field(default_factory=lambda: words_in(DEFAULT_LANGUAGE))
    units: Mapping[str, str] = field(default_factory=dict)
    kept: dict[str, pd.DataFrame] = field(default_factory=dict)
    by_key: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)

    def has(self, *tables: str) -> bool:
        """Whether the file holds all of some tables."""
        found = self.connection.execute("select table_name from duckdb_tables()").fetchall()
        return set(tables) <= {name for (name,) in found}

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return the answer to a question; lengths of an indicator in the unit it is shown in."""
        answer = with_plain_texts(to_frame(self.connection.sql(sql, params=dict(parameters or {}))))
        is_measured = {"indicator", "unit"} <= set(answer.columns)
        return in_finer_units(answer, self.units) if is_measured else answer

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the same as rows."""
        return records(self.frame(sql, parameters))

    def table(self, name: str, order: str = "rowid") -> pd.DataFrame:
        """Return a whole table, but for its moments, in an order.

        Args:
            name: The table; one the file does not have is empty and has no columns.
            order: What its rows are sorted by; as they were written.
        """
        if name not in self.kept:
            columns = self.connection.execute(
                "select column_name from duckdb_columns() where table_name = ? "
                # In a frame they would need one more library to read.
                "and data_type <> 'TIMESTAMP WITH TIME ZONE' order by column_index",
                [name],
            ).fetchall()
            quoted = ", ".join(f'"{column}"' for (column,) in columns)
            self.kept[name] = (
                self.frame(f'select {quoted} from "{name}" order by {order}')
                if columns
                else pd.DataFrame()
            )
        return self.kept[name]

    def row_of(self, table: str, column: str, key: str) -> Row:
        """Return the row of a table with a text in one of its columns; an empty one if none has."""
        if (table, column) not in self.by_key:
            rows = records(self.table(table))
            self.by_key[table, column] = {text_of(row, column): row for row in reversed(rows)}
        return self.by_key[table, column].get(key, {})

    @property
    def publication(self) -> Row:
        """What the file says of itself."""
        return first(self.table("publication"))

    @property
    def day(self) -> date:
        """The reference date."""
        day = day_of(self.publication["reference_date"])
        assert day is not None, "a publication has a reference date"
        return day


@contextmanager
def opened(published: Path) -> Iterator[Paper]:
    """Open a published file to write from it.

    Args:
        published: The file.
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        medians = connection.execute(TYPICAL_MEDIANS).df()
        yield Paper(connection, units=finer_units(medians))


def several(n: int, single: str, many: str, paper: Paper) -> str:
    """Say what a text says of one thing, or another of a number of them."""
    words = paper.words
    return words.text(single) if n == 1 else words.text(many, n=formats.number(n, words))
