"""Recommendations: what was asked of whom, where it stands, and whether it helped.

One page, two views by address: all of them, and one with its history and the series it aims at.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape, link
from dashboard.components.note import show_unknown
from dashboard.components.page import Page, current_page, heading, section
from dashboard.sections.decision_list import answers
from dashboard.sections.definition import terms
from dashboard.sections.fitness import RECOMMENDATIONS, quality_line, quality_of
from dashboard.sections.recommendation_list import (
    OWNERS,
    SOURCES,
    STATES,
    counts,
    facts,
    ordered,
    recommendation_table,
    show_aim,
    timeline,
)
from pipelines.wording import formats
from pipelines.wording.rows import Row, records

# Open ones that stand on the page unfolded.
AT_ONCE = 10


def show_all(page: Page, *, is_unknown: bool) -> None:
    """Put all recommendations on the page, and where a link asked for another one, say so."""
    words = page.words
    found = queries.recommendations(page.publication)
    heading(words.text("page.recommendations"), words.text("recommendations.lead"))
    if is_unknown:
        show_unknown(words)
    quality = quality_of(page, RECOMMENDATIONS)
    st.html(terms([(words.text("handoff.quality"), quality_line(page, quality))]))
    section(words.text("recommendations.counts"), words.text("recommendations.counts.text"))
    st.html(counts(page, found, "recommendation_source", SOURCES))
    st.html(counts(page, found, "owner", OWNERS))
    rows = ordered(found)
    running = [row for row in rows if not bool(row["is_closed"])]
    title = words.text("recommendations.running")
    section(title, words.text("recommendations.running.text", n=AT_ONCE))
    st.html(recommendation_table(page, running[:AT_ONCE], title))
    _show_folded(page, running[AT_ONCE:], title, "recommendations.further")
    title = words.text("recommendations.closed")
    section(title)
    _show_folded(
        page, [row for row in rows if bool(row["is_closed"])], title, "recommendations.all"
    )
    st.html(f'<p class="km-caption">{escape(words.text("decisions.after"))}</p>')


def _show_folded(page: Page, rows: Sequence[Row], title: str, key: str) -> None:
    """Put recommendations on the page folded: a fold a state, in the order of their life."""
    words = page.words
    others = {str(row["recommendation_state"]) for row in rows} - set(STATES)
    for code in (*STATES, *sorted(others)):
        of_state = [row for row in rows if row["recommendation_state"] == code]
        if of_state:
            name = words.name("recommendations.state", code)
            label = words.text(key, state=name, n=formats.number(len(of_state), words))
            with st.expander(label, key=f"{key}_{code}"):
                st.html(recommendation_table(page, of_state, f"{title}: {name}"))


def show_one(page: Page, row: Row) -> None:
    """Put one recommendation on the page: facts, history, and the series it aims at."""
    words = page.words
    number = str(row["record_key"])
    back = link(words.href("aanbevelingen"), words.text("page.recommendations"))
    heading(words.text("recommendations.one", number=number), kicker=back)
    st.html(facts(page, row))
    states = records(queries.recommendation_states(page.publication, number))
    section(words.text("decisions.history"), words.text("recommendations.history.text"))
    st.html(timeline(page, states))
    section(words.text("decisions.moved"), words.text("decisions.after"))
    for effect in answers(page, "recommendation").get(number, ()):
        show_aim(page, dict(effect), states)


def show() -> None:
    """Make the page."""
    page = current_page()
    found = queries.recommendations(page.publication)
    asked = st.query_params.get("aanbeveling")
    chosen = [row for row in records(found) if row["record_key"] == asked]
    if chosen:
        show_one(page, chosen[0])
    else:
        show_all(page, is_unknown=asked is not None)


show()
