"""The meeting pack to take away: the document, and its tables as a spreadsheet.

Here: the buttons.
Not here: the pack itself. It was made with the publication and lies beside it, so that everybody
has the same bytes and no page waits for it.
"""

import streamlit as st

from dashboard.components.download import download
from dashboard.components.note import show_note
from dashboard.components.page import Page
from pipelines.pack.place import AUDIENCE, DATA, DOCUMENT, file_name, is_made
from pipelines.pack.quarters import last_full_quarter

_FORMS = (
    (DOCUMENT, "document", "application/pdf"),
    (DATA, "data", "application/vnd.oasis.opendocument.spreadsheet"),
)


def show_pack(page: Page) -> None:
    """Put the buttons on the page; nothing for who has no meeting."""
    words, published = page.words, page.publication
    if published.audience != AUDIENCE:
        return
    if not is_made(published.path):
        show_note(words.text("pack.download.waiting"))
        return
    quarter = last_full_quarter(published.reference_date)
    with st.container(horizontal=True, key="km_pack"):
        for form, name, media_type in _FORMS:
            download(
                words.text(f"pack.download.{name}"),
                published.path.with_suffix(form).read_bytes,
                file_name(quarter, form),
                media_type,
                key=f"pack_{name}",
            )
