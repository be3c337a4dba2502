"""The dashboard of one audience: which pages there are, and what every page begins with.

Here: navigation, from what the audience's file holds.
Not here: the web server (`asgi.py`), and the contents of pages (`app_pages`).
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import queries
from dashboard.components import page as frame
from dashboard.components.note import show_note

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Entry:
    """A page: its file, its address and the table without which it has nothing to show."""

    name: str
    address: str
    table: str


# In the order of the navigation. A page whose table is not in the file is not there at all.
PAGES = (
    Entry("overview", "", "handoff"),
    Entry("discussion", "ter-bespreking", "signal"),
    Entry("handoff", "koppelvlak", "handoff"),
    Entry("indicator", "indicator", "indicator"),
    Entry("evaluation", "evaluatie", "theme_series"),
    Entry("experiences", "ervaringen", "experience_result"),
    Entry("decisions", "besluiten", "decision"),
    Entry("recommendations", "aanbevelingen", "recommendation"),
    Entry("changes", "veranderingen", "change"),
    Entry("data_quality", "gegevenskwaliteit", "delivery"),
    Entry("definitions", "definities", "indicator"),
    Entry("codebook", "codeboek", "theme"),
    Entry("researchers", "onderzoekers", "fct_handoff"),
    Entry("methods", "leeswijzer", "publication"),
)


def main() -> None:
    """Make the page that was asked for."""
    words = frame.reader_words()
    st.set_page_config(
        page_title=words.text("frame.name"),
        page_icon=str(_FOLDER / "static" / "favicon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.logo(str(_FOLDER / "static" / "wordmark.svg"), size="large", link=None)
    try:
        publication = queries.current_publication()
    except queries.NoPublicationError:
        frame.heading(words.text("frame.name"))
        show_note(words.text("frame.no_publication"), kind="attention")
        return
    entries = [entry for entry in PAGES if publication.has(entry.table)]
    pages = [
        st.Page(
            _FOLDER / "app_pages" / f"{entry.name}.py",
            title=words.text(f"page.{entry.name}"),
            url_path=entry.address or None,
            default=not entry.address,
        )
        for entry in entries
    ]
    chosen = st.navigation(pages, position="top")
    page = frame.begin(publication, words, chosen.url_path)
    chosen.run()
    frame.end(page)


main()
