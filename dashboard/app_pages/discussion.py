"""For discussion: what changed this quarter, by strength of evidence, with the reason of each.

A list of hand-offs and indicators, never of organisations: the members of a dimension stand below
the indicator they belong to, in their fixed order. In a meeting one item at a time is on the table.
"""

import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, current_page, heading
from dashboard.sections.discussion import expectation, item_card, unmet_norms
from dashboard.sections.item import Item, items
from dashboard.sections.meeting import ITEM, item_asked, show_meeting


def show_list(page: Page, listed: list[Item]) -> None:
    """Put the whole list on the page."""
    words = page.words
    heading(words.text("page.discussion"), words.text("discussion.lead"))
    found = queries.signals(page.publication)
    st.html(expectation(page, found, listed))
    if listed:
        href = words.href("ter-bespreking", **{ITEM: listed[0].entry.indicator})
        st.html(f"<p>{link(href, words.text('meeting.begin'), 'km-action')}</p>")
    for item in listed:
        st.html(item_card(page, item))
    below = unmet_norms(page, found)
    if listed:
        below += f'<p class="km-caption">{escape(words.text("discussion.caption"))}</p>'
    if below:
        st.html(below)


def show() -> None:
    """Make the page."""
    page = current_page()
    listed = items(page)
    place = item_asked(listed)
    if place is None:
        show_list(page, listed)
    else:
        show_meeting(page, listed, place)


show()
