"""Until when a figure was followed and whose delivery it waits for: one sentence, everywhere.

Here: pure functions on rows of `indicator` and `organisation`, for pages and meeting pack.
Not here: the day itself, and what becomes of the periods after it (published).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from pipelines.wording import formats
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, text_of


def followed_end(entry: Mapping[str, Any]) -> date | None:
    """Return the last day an indicator is followed where a delivery ends it; None otherwise.

    Args:
        entry: Row of `indicator`.
    """
    day = entry.get("followed_until")
    if not text_of(entry, "waits_for") or day is None or pd.isna(day):
        return None
    return pd.Timestamp(day).date()


def followed_until(entry: Mapping[str, Any], organisations: Sequence[Row], words: Words) -> str:
    """Say until when an indicator is followed and for whom it waits; empty where nothing is late.

    Args:
        entry: Row of `indicator`.
        organisations: Rows of `organisation`, who deliver the tables.
        words: The reader's language.
    """
    end = followed_end(entry)
    if end is None:
        return ""
    tables = text_of(entry, "waits_for").split("|")
    deliveries = ", ".join(_named(table, organisations, words) for table in tables)
    day = formats.day(end, words)
    return words.text("followed.until", day=day, deliveries=deliveries)


def _named(table: str, organisations: Sequence[Row], words: Words) -> str:
    """Name a delivered table with who delivers it; a supplier alone by its name."""
    for supplier in organisations:
        code, label = str(supplier["organisation"]), words.label(supplier)
        if label and table == code:
            return label
        if label and table.startswith(f"{code}_"):
            return f"{table} ({label})"
    return table
