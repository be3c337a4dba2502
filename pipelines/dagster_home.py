"""The home folder of Dagster, and the little that is configured there.

Here: writing `dagster.yaml`, for the web server and the daemon, and taking away what they cannot
read of what lies there.
Not here: definitions (`pipelines.definitions`).

Dagster keeps there what it ran, and nothing a figure rests on: what is damaged begins anew.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.failure import sentence_of
from pipelines.private import close_to_others, owner_only
from pipelines.settings import Settings, SettingsError, load_settings

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


_DATABASES = "**/*.db"
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# What SQLite keeps beside a file under its name.
_BESIDE = ("", "-wal", "-shm", "-journal")


def prepare_dagster_home(settings: Settings) -> Path:
    """Make Dagster's home folder with its configuration; a part of it that is damaged goes.

    Whoever calls it is about to start the web server or the daemon.

    Args:
        settings: Where the folder is.

    Returns:
        The folder.
    """
    folder = settings.dagster_home
    config = folder / "dagster.yaml"
    if not config.is_file() or config.read_bytes() != _CONFIG.encode():
        write_text(config, _CONFIG)
    damaged = [path for path in folder.glob(_DATABASES) if not _is_whole(path)]
    for database in damaged:
        _remove(database)
    if damaged:
        print(
            f"Beschadigd in {folder}: {len(damaged)} bestanden, die opnieuw beginnen; wat Dagster "
            "erin van eerdere runs bewaarde is weg, en geen cijfer rust erop",
            file=sys.stderr,
        )
    return folder


def _is_whole(database: Path) -> bool:
    """Whether SQLite can read every page of a file; one that somebody has open now is."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as known:
            return known.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _IN_USE


def _remove(database: Path) -> None:
    for suffix in _BESIDE:
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)


def main() -> int:
    """Prepare it and print where it is; in one line why not."""
    owner_only()
    try:
        found = load_settings()
        close_to_others(found.home)
        print(prepare_dagster_home(found))
    except (OSError, SettingsError) as error:
        print(f"Fout: {sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
