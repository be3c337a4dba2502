"""The dashboard of one audience: which pages there are, and what every page begins with.

Here: navigation, from what the audience's file holds.
Not here: the web server (`asgi.py`), and the contents of pages (`app_pages`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.access.turns import PAGES as TURNS
from dashboard.access.turns import BusyError
from dashboard.access.visitor import visitor
from dashboard.components import page as frame
from dashboard.components.note import show_note
from dashboard.publication import (
    LostPublicationError,
    NoPublicationError,
    current_publication,
    publication_in,
)
from dashboard.releases import AlteredReleaseError, shown_release
from pipelines.access.log import AccessLogError
from pipelines.charts.style import with_both_themes
from pipelines.releases.citation import RELEASE
from pipelines.releases.shelf import UnknownReleaseError
from pipelines.wording.language import Words

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Entry:
    """A page: its menu, file, address and the table without which it has nothing to show.

    Some need a row in it or in another: a chain without a codebook evaluates nothing, and one with
    it says why there is nothing to show yet.
    """

    menu: str
    name: str
    address: str
    table: str
    needs: str = ""


_CODEBOOK = "theme"
# In the order of the navigation; without a menu a page stands in the bar itself. A page whose table
# is not in the file is not there at all. The first that is there is the home of its audience.
PAGES = (
    Entry("", "this_quarter", "dit-kwartaal", "signal"),
    Entry("", "chain", "keten", "handoff"),
    Entry("", "subject", "onderwerp", "handoff"),
    Entry("", "discussion", "ter-bespreking", "signal"),
    Entry("figures", "handoff", "koppelvlak", "handoff"),
    Entry("figures", "indicator", "indicator", "indicator"),
    Entry("figures", "changes", "veranderingen", "change"),
    Entry("learning", "evaluation", "evaluatie", "theme_series", needs=_CODEBOOK),
    Entry("learning", "experiences", "ervaringen", "experience_result", needs=_CODEBOOK),
    Entry("learning", "recommendations", "aanbevelingen", "recommendation", needs=_CODEBOOK),
    Entry("learning", "decisions", "besluiten", "decision"),
    Entry("", "compare", "vergelijken", "fct_handoff"),
    Entry("", "releases", "releases", "release"),
    Entry("data", "data_quality", "gegevenskwaliteit", "delivery_month"),
    Entry("data", "query", "vraag", "fct_handoff"),
    Entry("data", "researchers", "onderzoekers", "fct_handoff"),
    Entry("reading", "definitions", "definities", "indicator"),
    Entry("reading", "codebook", "codeboek", _CODEBOOK, needs=_CODEBOOK),
    Entry("reading", "methods", "leeswijzer", "publication"),
)


# Nothing else is said: whoever asks for what is not there learns no more than that.
_NOTHING_TO_SHOW: Mapping[type[Exception], str] = {
    NoPublicationError: "frame.no_publication",
    LostPublicationError: "frame.lost_publication",
    UnknownReleaseError: "release.unknown",
    AlteredReleaseError: "release.altered",
}


def main() -> None:
    """Make the page that was asked for."""
    words = frame.reader_words()
    st.set_page_config(
        page_icon=str(_FOLDER / "static" / "favicon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    wordmark = (_FOLDER / "static" / "wordmark.svg").read_text(encoding="utf-8")
    st.logo(with_both_themes(wordmark), size="large", link=None)
    if visitor() is None:
        # The door let nobody else in; after it, nothing is read for who is not there any more.
        frame.heading(words.text("frame.name"))
        show_note(words.text("door.expired.text"), kind="attention")
        return
    try:
        shown = shown_release()
        publication = publication_in(shown.release.path) if shown else current_publication()
    except tuple(_NOTHING_TO_SHOW) as error:
        frame.heading(words.text("frame.name"))
        show_note(words.text(_NOTHING_TO_SHOW[type(error)]), kind="attention")
        return
    if shown and shown.is_withdrawn:
        frame.heading(words.text("frame.name"))
        frame.show_withdrawn(shown, words)
        return
    if shown:
        words = words.carrying(**{RELEASE: shown.release.id})
    there = [
        entry
        for entry in PAGES
        if entry.table in publication.tables
        and (not entry.needs or {entry.needs, entry.table} & publication.filled)
    ]
    home = there[0]
    menus: dict[str, list[StreamlitPage]] = defaultdict(list)
    menus[""].append(_page(home, words, url_path="", default=True))
    for entry in there:
        # The home has an address of its own too: who is not at home here finds a page there.
        menus[words.text(f"menu.{entry.menu}") if entry.menu else ""].append(
            _page(entry, words, visibility="hidden" if entry is home else "visible")
        )
    chosen = st.navigation(dict(menus), position="top")
    try:
        with TURNS.turn():
            page = frame.begin(publication, words, chosen.url_path, shown, home.address)
            chosen.run()
    except (AccessLogError, BusyError) as error:
        frame.heading(words.text("frame.name"))
        said = "door.busy.text" if isinstance(error, BusyError) else "door.no_log"
        show_note(words.text(said), kind="attention")
        return
    frame.end(page)


def _page(entry: Entry, words: Words, **how: Any) -> StreamlitPage:
    file = _FOLDER / "app_pages" / f"{entry.name}.py"
    title = words.text(f"page.{entry.name}")
    return st.Page(file, title=title, **{"url_path": entry.address} | how)


main()
