"""This quarter: one screen to see what changed, if it is real, if the data are fit, and decide."""

import streamlit as st

from dashboard.components.page import current_page, heading
from dashboard.sections.item import items
from dashboard.sections.pack import show_pack
from dashboard.sections.this_quarter import changed, decided, fit, real


def show() -> None:
    """Make the page."""
    page = current_page()
    heading(page.words.text("page.this_quarter"), page.words.text("this_quarter.lead"))
    listed = items(page)
    st.html(
        f'<div class="km-now">{changed(page, listed)}<div class="km-now-beside">'
        f"{real(page, listed)}{fit(page, listed)}{decided(page)}</div></div>"
    )
    show_pack(page)


show()
