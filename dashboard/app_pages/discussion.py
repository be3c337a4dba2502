"""For discussion: what changed this quarter, by strength of evidence, with the reason of each.

A list of hand-offs and indicators, never of organisations: the members of a dimension stand below
the indicator they belong to, in their fixed order.
"""

import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import current_page, heading
from dashboard.sections.discussion import entry_card, expectation, unmet_norms
from pipelines.wording import signals


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.discussion"), words.text("discussion.lead"))
    found = queries.signals(page.publication)
    listed = signals.entries(found, queries.members(page.publication))
    st.html(expectation(page, found, listed))
    if not listed and (found["chart"] != "none").any():
        show_note(words.text("discussion.nothing"))
    for entry in listed:
        st.html(entry_card(page, entry))
    caption = f'<p class="km-caption">{escape(words.text("discussion.caption"))}</p>'
    st.html(unmet_norms(page, found) + caption)


show()
