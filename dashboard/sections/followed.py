"""Until when an indicator is followed, and whose delivery it waits for: the same words everywhere.

Here: the sentence beside a figure, and the day at which its chart ends.
Not here: the day itself, and what becomes of the periods after it (published).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard import formats, queries
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.rows import records, text_of


def followed_end(entry: Mapping[str, Any]) -> date | None:
    """Return the last day an indicator is followed where a delivery ends it; None otherwise.

    Args:
        entry: Row of `indicator`.
    """
    day = entry.get("followed_until")
    if not text_of(entry, "waits_for") or day is None or pd.isna(day):
        return None
    return pd.Timestamp(day).date()


def followed_line(page: Page, entry: Mapping[str, Any]) -> str:
    """Say until when an indicator is followed, and what it waits for."""
    words = page.words
    end = followed_end(entry)
    if end is None:
        day = formats.day(page.publication.reference_date, words)
        return words.text("followed.reference", day=day)
    waits_for = _named(page, text_of(entry, "waits_for").split("|"))
    return words.text("followed.until", day=formats.day(end, words), deliveries=waits_for)


def show_followed(page: Page, entry: Mapping[str, Any]) -> None:
    """Put it above the figures where they end before the reference date: it is read first."""
    if followed_end(entry) is not None:
        show_note(followed_line(page, entry), kind="attention")


def _named(page: Page, tables: list[str]) -> str:
    """Name delivered tables with who delivers each."""
    suppliers = records(queries.organisations(page.publication))
    named = []
    for table in tables:
        own = [one for one in suppliers if table.startswith(f"{one['organisation']}_")]
        label = page.words.label(own[0]) if own else ""
        named.append(f"{table} ({label})" if label else table)
    return ", ".join(named)
