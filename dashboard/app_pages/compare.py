"""For researchers: two groups of hand-offs of their own choice, compared, and their rows."""

import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.page import current_page, heading, section
from dashboard.sections.chosen_rows import show_row_downloads, show_rows
from dashboard.sections.cohort_choice import choose_groups
from dashboard.sections.cohorts import estimate_groups, show_cohorts
from dashboard.sections.process_map import show_process


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.compare"), words.text("compare.lead"))
    choices = choose_groups(page)
    clock = "gross"
    handoffs = [queries.handoff(page.publication, choice.handoff) for choice in choices.values()]
    if all(handoff.get("has_net_clock") for handoff in handoffs):
        clock = choose(
            "klok", words.text("compare.clock"), ["gross", "net"],
            lambda name: words.text(f"compare.clock.{name}"),
        )  # fmt: skip
    section(words.text("compare.title"), words.text("compare.text"), anchor="vergelijking")
    cohorts = estimate_groups(page, choices, clock)
    with st.container(horizontal=True):
        show_row_downloads(page, choices, clock)
    show_cohorts(
        page, {words.text("compare.group", name=name): own for name, own in cohorts.items()}
    )
    show_process(page, choices)
    show_rows(page, choices)


show()
