"""Since when an item stands on the list for discussion: `listing`, one row per item.

Here: the table, from the list of this file and the publication before it.
Not here: which items are listed (`pipelines.signals.agenda`).

* **Before** is the newest publication of the audience in this home with an earlier reference date,
  and known no later: building a date again does not make its items old.
* **The same item** is one that shares an indicator with an item of that list: which indicator leads
  may differ from one quarter to the next.
* Each publication tells since when, so that the run is as long as it was, also where older files
  were pruned. In a first publication it is not known whether an item was listed before:
  `is_since_known` is false.

What it says depends on what was published before: it is no part of the content hash, as the tables
about changes are not. It tells of lists this audience was shown, and so of nothing new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.build import BuildDates
from pipelines.publication.current import is_intact, published_in

TABLE = "listing"
COLUMNS = {"item": "string", "listed_since": "datetime64[s]", "is_since_known": "boolean"}


@dataclass(frozen=True)
class Listed:
    """The list of a publication.

    Attributes:
        day: Its reference date.
        told: Item and indicator of all that is told on it.
        since: Per item since when it is listed, and whether it is known that it was not before.
    """

    day: date
    told: tuple[tuple[str, str], ...]
    since: dict[str, tuple[date, bool]]

    def of_any(self, indicators: Iterable[str]) -> tuple[date, bool] | None:
        """Since when one of its items is listed that shares an indicator; None where none does."""
        wanted = set(indicators)
        return min((self.since[item] for item, name in self.told if name in wanted), default=None)


def listing(signal: pd.DataFrame, day: date, before: Listed | None) -> pd.DataFrame:
    """Say of every item of a list since when it stands there.

    Args:
        signal: Rows of `signal` of the new publication.
        day: Its reference date.
        before: The list before it; None where there is none.

    Returns:
        One row per item with the columns of `COLUMNS`, by item.
    """
    up = signal[signal["discussion_rank"].notna()]
    rows: list[dict[str, Any]] = []
    for item, told in up.groupby("item"):
        earlier = None if before is None else before.of_any(told["indicator"])
        since, is_known = earlier or (day, before is not None)
        rows.append({"item": item, "listed_since": since, "is_since_known": is_known})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def list_before(folder: Path, dates: BuildDates) -> Listed | None:
    """Return the list before a build: of the newest publication with an earlier reference date.

    Args:
        folder: Published files of an audience, named by reference date and what was known.
        dates: Dates of the build.
    """
    on, known = dates.name.split("_")
    earlier = [
        path
        for path in published_in(folder)
        for day, known_then, _ in [path.stem.split("_", 2)]
        if day < on and known_then <= known
    ]
    newest_first = sorted(earlier, key=lambda path: path.name, reverse=True)
    newest = next((path for path in newest_first if is_intact(path)), None)
    return _read(newest) if newest else None


def _read(path: Path) -> Listed | None:
    """Read the list of a published file; None where it has none."""
    with duckdb.connect(str(path), read_only=True) as connection:
        held = connection.execute("select table_name from duckdb_tables()").fetchall()
        if ("signal",) not in held:
            return None
        told = connection.execute(
            "select distinct item, indicator from signal where discussion_rank is not null"
        ).fetchall()
        since = connection.execute(f"from {TABLE}").fetchall()
        [(day,)] = connection.execute("select reference_date from publication").fetchall()
    return Listed(
        day,
        tuple((str(item), str(indicator)) for item, indicator in told),
        {str(item): (listed_since, bool(is_known)) for item, listed_since, is_known in since},
    )
