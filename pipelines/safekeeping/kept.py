"""Which files of a home are kept, and which are made again.

Here: that one list.
Not here: whether they are whole (`verify`), and copying them (`backup`).

It names what is *not* kept: a kind of file that is new is kept until somebody says that it can be
made again.
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.settings import Settings

# Made again by a build, an intake, a partner or a tool; or given again: secrets are in no backup.
MADE_AGAIN = frozenset(
    {"warehouse.duckdb", "warehouse.duckdb.wal", "memo.sqlite", "memo.sqlite-journal", "scratch"}
    | {"dbt", "dagster", "ledger", "inbox", "feedback", "sign_in", "log"}
)
_LOCK = ".lock"
# Hidden files are what a step that was cut short left behind; this one is a key.
_HIDDEN_BUT_KEPT = ".key"


def kept_files(settings: Settings) -> Iterator[Path]:
    """Every file of a home that cannot be made again, in order."""
    home = settings.home
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        if parts[0] in MADE_AGAIN or path.suffix == _LOCK or not path.is_file():
            continue
        if not any(part.startswith(".") and part != _HIDDEN_BUT_KEPT for part in parts):
            yield path
