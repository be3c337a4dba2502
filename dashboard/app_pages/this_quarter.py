"""This quarter: one screen to see what changed, if it is real, if the data are fit, and decide."""

import streamlit as st

from dashboard.components.page import current_page, heading
from dashboard.sections.item import items
from dashboard.sections.pack import show_pack
from dashboard.sections.this_quarter import first_screen


def show() -> None:
    """Make the page."""
    page = current_page()
    heading(page.words.text("page.this_quarter"), page.words.text("this_quarter.lead"))
    st.html(first_screen(page, items(page)))
    show_pack(page)


show()
