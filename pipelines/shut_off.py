"""The one way in which a published file is opened to be read.

Here: a connection that reads this file and can do nothing else: no other file, no extension, no
setting that lets it.
Not here: which file, and what is asked of it.
"""

from pathlib import Path
from threading import Lock

import duckdb

_SHUT_OFF: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# Of two threads that both find a file not settled the second would find it locked.
_SETTLING = Lock()


def connect_shut_off(
    path: Path, *, memory: str = "", **limits: str | int
) -> duckdb.DuckDBPyConnection:
    """Open a published file so that this process can read it and do nothing else.

    Args:
        path: The file.
        memory: What all connections of this process to the file may take together, such as `2GB`;
            that of whoever opens it first. Another connection may ask for another, or none.
        limits: Further settings of DuckDB. A connection to the same file with others is refused.
    """
    connection = duckdb.connect(str(path), read_only=True, config={**_SHUT_OFF, **limits})
    with _SETTLING:
        [(is_settled,)] = connection.execute(
            "select current_setting('lock_configuration')"
        ).fetchall()
        if not is_settled:
            if memory:
                connection.execute(f"set global memory_limit = '{memory}'")
            # Moments in UTC: text of a moment never depends on the machine. For every connection of
            # this process to the file: a later one finds it done, and locked.
            connection.execute("set global TimeZone = 'UTC'; set lock_configuration = true")
    return connection
