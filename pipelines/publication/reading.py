"""Asking a published file a question.

Here: a read-only, shut-off connection and one query on it.
Not here: the dashboard's own reading (`dashboard.publication`), which does not depend on this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.publication.publish import current_path
from pipelines.settings import Settings

# Read-only and shut off: a question can neither write, nor read another file, nor fetch anything.
_SHUT_OFF: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class QueryError(RuntimeError):
    """The question could not be answered; the message says why."""


def run_query(
    settings: Settings, audience: str, sql: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Answer one question from the current file of an audience.

    Args:
        settings: Where published files live.
        audience: Whose file.
        sql: The question.

    Returns:
        Column names and rows.

    Raises:
        LookupError: Nothing is published yet.
        QueryError: DuckDB cannot answer; its own words without the rows.
    """
    with _opened(settings, audience) as connection:
        answer = connection.execute(sql)
        columns = [column[0] for column in answer.description or []]
        return columns, answer.fetchall()


def read_table(settings: Settings, audience: str, sql: str) -> pa.Table:
    """Answer one question as a table with types.

    Args:
        settings: Where published files live.
        audience: Whose file.
        sql: The question.

    Returns:
        The answer; moments in UTC.

    Raises:
        LookupError: Nothing is published yet.
        QueryError: DuckDB cannot answer; its own words without the rows.
    """
    with _opened(settings, audience) as connection:
        return connection.sql(sql).to_arrow_table()


@contextmanager
def _opened(settings: Settings, audience: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the current file for one question, and close it when the answer has been read."""
    path = current_path(settings, audience)
    if path is None or not path.exists():
        raise LookupError(
            f"voor {audience} is nog niets gepubliceerd; draai eerst 'kwaliteitsmonitor run'"
        )
    connection = duckdb.connect(str(path), read_only=True, config=_SHUT_OFF)
    [(is_settled,)] = connection.execute("select current_setting('lock_configuration')").fetchall()
    if not is_settled:
        # Moments in UTC: text of a moment never depends on the machine. For every connection of
        # this process to the file: a later one finds it done, and locked.
        connection.execute("set global TimeZone = 'UTC'; set lock_configuration = true")
    try:
        yield connection
    except duckdb.Error as error:
        raise QueryError(str(error).splitlines()[0]) from error
    finally:
        connection.close()
