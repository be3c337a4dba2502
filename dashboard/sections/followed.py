"""Until when an indicator is followed, and whose delivery it waits for: the same words everywhere.

Here: the sentence beside a figure, and the day at which its chart ends.
Not here: the day itself, and what becomes of the periods after it (published).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.rows import first, records, text_of


def followed_end(entry: Mapping[str, Any]) -> date | None:
    """Return the last day an indicator is followed where a delivery ends it; None otherwise.

    Args:
        entry: Row of `indicator`.
    """
    day = entry.get("followed_until")
    if not text_of(entry, "waits_for") or day is None or pd.isna(day):
        return None
    return pd.Timestamp(day).date()


def show_followed(page: Page, indicator: str) -> None:
    """Say above the figures that they end before the reference date, and for whom they wait."""
    register = queries.indicators(page.publication)
    entry = first(register[register["indicator"] == indicator])
    end = followed_end(entry)
    if end is not None:
        deliveries = _named(page, text_of(entry, "waits_for").split("|"))
        day = formats.day(end, page.words)
        text = page.words.text("followed.until", day=day, deliveries=deliveries)
        show_note(text, kind="attention")


def followed_terms(page: Page, entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say among what must be known of the clock that nothing is late; a note says what is."""
    if followed_end(entry) is not None:
        return []
    day = formats.day(page.publication.reference_date, page.words)
    said = escape(page.words.text("followed.reference", day=day))
    return [(page.words.text("followed.label"), said)]


def _named(page: Page, tables: list[str]) -> str:
    """Name delivered tables with who delivers each."""
    suppliers = records(queries.organisations(page.publication))
    named = []
    for table in tables:
        own = [one for one in suppliers if table.startswith(f"{one['organisation']}_")]
        label = page.words.label(own[0]) if own else ""
        named.append(f"{table} ({label})" if label else table)
    return ", ".join(named)
