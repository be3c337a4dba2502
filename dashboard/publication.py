"""The only module that opens DuckDB: the current publication of one audience, read-only.

Here: which file is current, what it says of itself, the connection to it, and an answer to one
question.
Not here: the questions (`queries`).

Every answer is cached under the publication it came from. A new publication is a new file, so it
appears at the next run of a page without a restart, and a page never mixes two of them.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard.access.turns import Turns
from dashboard.serve import PUBLISHED_VARIABLE
from pipelines.frames import to_frame
from pipelines.publication.current import (
    DamagedPublicationError,
    current_in,
    last_good,
)
from pipelines.shut_off import connect_shut_off
from pipelines.wording.rows import Row, first, records, with_plain_texts

# What all questions to one file may take together, and how many are answered at once.
_MEMORY = "2GB"
_QUESTIONS = Turns(4, 30.0)


class NoPublicationError(LookupError):
    """There is nothing to show yet; the message says why and what to do."""


class LostPublicationError(NoPublicationError):
    """What was published is damaged, and nothing published before it is left to show."""


@dataclass(frozen=True)
class Publication:
    """What every page says about where its figures come from.

    Attributes:
        id: Name of the publication.
        path: Its file.
        audience: Whose file it is.
        chain: Code of the chain.
        chain_label_nl: Name of the chain in Dutch.
        chain_label_en: Name of the chain in English.
        reference_date: Day the cases are shown as of (peildatum).
        known_at: Deliveries known by then were used.
        timezone: Zone of the days of the chain.
        is_synthetic: The figures come from a simulation.
        tables: Tables in the file.
        filled: Those with a row in them.
        is_stand_in: A later one is damaged, and this is what was published before it.
    """

    id: str
    path: Path
    audience: str
    chain: str
    chain_label_nl: str
    chain_label_en: str
    reference_date: date
    known_at: datetime
    timezone: ZoneInfo
    is_synthetic: bool
    tables: frozenset[str]
    filled: frozenset[str]
    is_stand_in: bool = False

    def has(self, table: str) -> bool:
        """Whether the audience's file holds a table."""
        return table in self.tables


def _hashed(published: Publication) -> tuple[str, str]:
    """What a publication is known by, for what is made of one once for all its readers."""
    return published.id, str(published.path)


OF_PUBLICATION: dict[str | type[Any], Callable[[Any], Any]] = {Publication: _hashed}


def current_publication(folder: Path | None = None) -> Publication:
    """Return the publication that is current now.

    Args:
        folder: Folder of one audience; the one this process serves when None.

    Returns:
        The current one; where that is damaged the one before it, which says so.

    Raises:
        NoPublicationError: There is none.
        LostPublicationError: There was one, and nothing is left of it nor of those before it.
    """
    if folder is None:
        named = os.environ.get(PUBLISHED_VARIABLE, "")
        if not named:
            raise NoPublicationError(f"{PUBLISHED_VARIABLE} names no folder; start with `serve`")
        folder = Path(named)
    is_stand_in = False
    try:
        path = current_in(folder)
    except DamagedPublicationError as error:
        path, is_stand_in = last_good(folder), True
        if path is None:
            raise LostPublicationError(str(error)) from error
    if path is None:
        raise NoPublicationError(f"{folder} has no current file; run `kwaliteitsmonitor run` first")
    return replace(publication_in(path), is_stand_in=is_stand_in)


def publication_in(path: Path) -> Publication:
    """Return what a published file says of itself, such as that of a release."""
    return _publication(str(path))


def read(
    publication: Publication, sql: str, parameters: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return the answer to a question; kept until there is a newer publication.

    What is kept is shared by all readers: each gets a frame of its own over the same values, which
    pandas copies where somebody writes.
    """
    values = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in (parameters or {}).items()
    )
    return _cached_frame(publication.id, str(publication.path), sql, values).copy(deep=False)


def rows_by(publication: Publication, sql: str, key: str) -> Mapping[str, Sequence[Row]]:
    """Return the rows of a small table by the text in one of its columns.

    Kept as they are and shared by all readers, so nobody changes them: a page of a hundred entries
    looks hundreds of them up.
    """
    return _cached_rows(publication.id, str(publication.path), sql, key)


def read_rows(
    publication: Publication, query: str, parameters: Mapping[str, Any] | None = None
) -> pa.Table:
    """Return the rows of a question as they are, with their types; never kept in memory."""
    with _QUESTIONS.turn():
        cursor = _connection(str(publication.path)).cursor()
        return cursor.sql(query, params=parameters).to_arrow_table()


@st.cache_resource(max_entries=2, on_release=lambda opened: opened.close(), show_spinner=False)
def _connection(path: str) -> duckdb.DuckDBPyConnection:
    """Keep the current file open, and the one before it for pages that are still being made.

    Of releases two are compared.
    """
    return connect_shut_off(Path(path), memory=_MEMORY)


@lru_cache(maxsize=8)
def _publication(path: str) -> Publication:
    cursor = _connection(path).cursor()
    # The size of a file nobody writes to any more is no estimate.
    sizes = dict(
        cursor.execute("select table_name, estimated_size from duckdb_tables()").fetchall()
    )
    # As milliseconds: moments with a zone would need one more library to read.
    told = cursor.execute(
        "select * exclude (known_at, built_at), epoch_ms(known_at) as known_at_ms from publication"
    ).fetchdf()
    row = first(told)
    return Publication(
        id=row["publication_id"],
        path=Path(path),
        audience=row["audience"],
        chain=row["chain_name"],
        chain_label_nl=row["chain_label_nl"],
        chain_label_en=row["chain_label_en"],
        reference_date=row["reference_date"].date(),
        known_at=datetime.fromtimestamp(int(row["known_at_ms"]) / 1000, UTC),
        timezone=ZoneInfo(row["timezone"]),
        is_synthetic=bool(row["is_synthetic"]),
        tables=frozenset(sizes),
        filled=frozenset(table for table, n_rows in sizes.items() if n_rows),
    )


# Not Streamlit's own cache: it writes every answer out and in again for each reader.
@lru_cache(maxsize=400)
def _cached_frame(
    publication_id: str, path: str, sql: str, parameters: tuple[tuple[str, Any], ...]
) -> pd.DataFrame:
    # publication_id is not used: it makes the key, with the path.
    del publication_id
    values = {
        name: list(value) if isinstance(value, tuple) else value for name, value in parameters
    }
    with _QUESTIONS.turn():
        return with_plain_texts(to_frame(_connection(path).cursor().sql(sql, params=values)))


@lru_cache(maxsize=24)
def _cached_rows(publication_id: str, path: str, sql: str, key: str) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = {}
    for row in records(_cached_frame(publication_id, path, sql, ())):
        found.setdefault(str(row[key]), []).append(row)
    return found
