"""Until when an indicator is followed, and whose delivery it waits for, on a page.

Here: where the sentence stands. Not here: its words (`pipelines.wording.followed`).
"""

from collections.abc import Mapping
from typing import Any

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.followed import followed_end, followed_until
from pipelines.wording.rows import records


def followed_text(page: Page, indicator: str) -> str:
    """Say that the figures of an indicator end before the reference date; empty where not."""
    entry = queries.indicator(page.publication, indicator)
    return followed_until(entry, records(queries.organisations(page.publication)), page.words)


def show_followed(page: Page, indicator: str) -> None:
    """Say above the figures that they end before the reference date, and for whom they wait."""
    text = followed_text(page, indicator)
    if text:
        show_note(text, kind="attention")


def followed_terms(page: Page, entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say among what must be known of the clock that nothing is late; a note says what is."""
    if followed_end(entry) is not None:
        return []
    day = formats.day(page.publication.reference_date, page.words)
    said = escape(page.words.text("followed.reference", day=day))
    return [(page.words.text("followed.label"), said)]
