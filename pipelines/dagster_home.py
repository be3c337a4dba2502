"""The home folder of Dagster, the little that is configured there, and how its history is written.

Here: writing `dagster.yaml`, for a run in one process and for the web server alike; and a history
that does not wait for the disk after every event.
Not here: definitions (`pipelines.definitions`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from pipelines.atomic import write_text
from pipelines.private import close_to_others, owner_only
from pipelines.settings import Settings, load_settings

_CONFIG = """\
# Written by kwaliteitsmonitor. Nothing is sent anywhere, nobody is asked to sign up, and the output
# of steps goes to the terminal.
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def prepare_dagster_home(settings: Settings) -> Path:
    """Make Dagster's home folder with its configuration.

    Args:
        settings: Where the folder is.

    Returns:
        The folder.
    """
    config = settings.dagster_home / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != _CONFIG:
        write_text(config, _CONFIG)
    return settings.dagster_home


@contextmanager
def unhurried_history() -> Iterator[None]:
    """Let Dagster write its history of runs without waiting for the disk at every event.

    Dagster opens and closes its SQLite files for each of some hundreds of events, and each time
    waits until the disk has it: on a busy disk half of what one new delivery takes. Here the system
    decides when to write, and one connection per file stays open, so that closing the others does
    not tidy up. A process that is killed loses nothing. A machine that loses power loses the last
    events of the history, never a delivery or a figure: those are written elsewhere, and fsynced.
    """
    held: dict[str, sqlite3.Connection] = {}

    def connected(connection: Any, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        _, _, path = connection.execute("pragma database_list").fetchone()
        if path and path not in held:
            held[path] = sqlite3.connect(path, check_same_thread=False)
            held[path].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(Engine, "connect", connected)
        for connection in held.values():
            connection.close()


if __name__ == "__main__":
    owner_only()
    found = load_settings()
    close_to_others(found.home)
    print(prepare_dagster_home(found))
