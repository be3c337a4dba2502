"""Asking a published file a question.

Here: a read-only, shut-off connection and one query on it.
Not here: the dashboard's own reading (`dashboard.publication`), which does not depend on this.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.failure import is_interrupted
from pipelines.publication.current import current_path
from pipelines.settings import Settings
from pipelines.shut_off import connect_shut_off


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
def ended_by_ctrl_c(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let Ctrl-C end a query at once, whatever it is doing.

    DuckDB looks at signals between parts of its work, and a part of a heavy join can take hours.
    So a thread hears of the signal, and interrupts the query from outside.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = socket.socketpair()
    told.setblocking(False)

    def listen() -> None:
        while number := heard.recv(1):
            if number[0] == signal.SIGINT:
                connection.interrupt()

    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()
        listener.join()
        heard.close()


@contextmanager
def _opened(settings: Settings, audience: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the current file for one question, and close it when the answer has been read."""
    path = current_path(settings, audience)
    if path is None:
        raise LookupError(
            f"voor {audience} is nog niets gepubliceerd; draai eerst 'kwaliteitsmonitor run'"
        )
    connection = connect_shut_off(path)
    try:
        with ended_by_ctrl_c(connection):
            yield connection
    except (duckdb.Error, RuntimeError) as error:
        # Ctrl-C ends a query with an error of DuckDB's own, which is no RuntimeError it declares.
        if is_interrupted(error):
            raise KeyboardInterrupt from error
        if not isinstance(error, duckdb.Error):
            raise
        raise QueryError(str(error).splitlines()[0]) from error
    finally:
        connection.close()
