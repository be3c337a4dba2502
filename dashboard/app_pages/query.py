"""For researchers: a question in SQL to their own file, beside what its columns mean."""

import streamlit as st

from dashboard.components.page import current_page, heading, section
from dashboard.sections.columns import show_dictionary
from dashboard.sections.question import show_question


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.query"), words.text("query.lead"))
    show_question(page)
    section(words.text("dictionary.title"), words.text("dictionary.text"), anchor="kolommen")
    show_dictionary(page)
    section(words.text("researchers.query"), words.text("researchers.query.text"))
    st.code(
        'kwaliteitsmonitor query "from fct_handoff limit 5" --audience researcher\n'
        "kwaliteitsmonitor export --table event_log --format xes",
        language="bash",
    )


show()
