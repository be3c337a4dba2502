"""Decisions: what the platform decided on what it saw, who does what by when, and did it move.

The secretary of the platform writes here; the researcher reads. One page, three views by address:
the list, one decision with its history, and the form for a new one.
"""

import streamlit as st

from dashboard import decisions
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note, show_unknown
from dashboard.components.page import Page, current_page, heading, section
from dashboard.decisions import Decision
from dashboard.sections.decision_form import saved_note, show_damaged, show_form
from dashboard.sections.decision_list import (
    answers,
    decision_table,
    facts,
    history_table,
    note_table,
)
from dashboard.sections.noted import marks_of
from dashboard.sections.signal_chart import (
    show_chart_of,
    signal_about,
    what_signals,
)
from pipelines.wording.rows import text_of

# Settled ones, and notes, that stand on the page unfolded: about a year.
_RECENT = 6
_ABOUT = ("koppelvlak", "indicator", "signaal")


def show_list(page: Page, found: list[Decision], *, is_unknown: bool) -> None:
    """Put the list on the page: open first, then settled, then notes.

    Args:
        page: The page.
        found: All decisions and notes.
        is_unknown: A link asked for one that is not among them.
    """
    words = page.words
    heading(words.text("page.decisions"), words.text("decisions.lead"))
    if is_unknown:
        show_unknown(words)
    show_damaged(page)
    if decisions.desk():
        href = words.href("besluiten", nieuw="1")
        st.html(f"<p>{link(href, words.text('decisions.new'), 'km-action')}</p>")
    open_ones = [decision for decision in found if decision.is_open]
    settled = [
        decision
        for decision in found
        if decision.draft.kind == decisions.DECISION and not decision.is_open
    ]
    notes = [decision for decision in found if decision.draft.kind != decisions.DECISION]
    section(words.text("decisions.open"), words.text("decisions.open.text"))
    if open_ones:
        st.html(decision_table(page, open_ones, words.text("decisions.open")))
    else:
        show_note(words.text("decisions.open.none"))
    if settled:
        section(words.text("decisions.settled"), words.text("decisions.settled.text"))
        title = words.text("decisions.settled")
        st.html(decision_table(page, settled[:_RECENT], title))
        if settled[_RECENT:]:
            with st.expander(words.text("decisions.earlier", n=len(settled) - _RECENT)):
                st.html(decision_table(page, settled[_RECENT:], title))
    if notes:
        section(words.text("decisions.notes"), words.text("decisions.notes.text"))
        title = words.text("decisions.notes")
        st.html(note_table(page, notes[:_RECENT], title))
        if notes[_RECENT:]:
            with st.expander(words.text("decisions.notes.earlier", n=len(notes) - _RECENT)):
                st.html(note_table(page, notes[_RECENT:], title))
    st.html(f'<p class="km-caption">{escape(words.text("decisions.after"))}</p>')


def show_one(page: Page, decision: Decision) -> None:
    """Put one decision on the page, with its history and, for who may write, the form."""
    words = page.words
    back = link(words.href("besluiten"), words.text("page.decisions"))
    kind = words.name("decisions.kind", decision.draft.kind)
    heading(f"{kind.capitalize()} {decision.revision.number}", kicker=back)
    saved = saved_note()
    if saved:
        st.html(saved)
    st.html(facts(page, decision))
    show_before_after(page, decision)
    section(words.text("decisions.history"), words.text("decisions.history.text"))
    st.html(history_table(page, decisions.history(page.publication, decision.revision.number)))
    show_damaged(page)
    writing = decisions.desk()
    if writing:
        section(words.text("decisions.revise"), words.text("decisions.revise.text"))
        show_form(page, writing, decision, {})


def show_before_after(page: Page, decision: Decision) -> None:
    """Put what a decision aims at on the page, before and after, with its day marked."""
    if decision.draft.kind != decisions.DECISION:
        return
    words, number = page.words, decision.revision.number
    aims = [row for row in answers(page, "decision").get(number, ()) if text_of(row, "statistic")]
    if not aims:
        about = {
            "signaal": decision.draft.signal_id or "",
            "indicator": decision.draft.indicator or "",
            "koppelvlak": decision.draft.handoff_id or "",
        }
        signal = signal_about(page, about)
        aims = [signal] if signal else []
    if not aims:
        return
    section(words.text("decisions.before_after"), words.text("decisions.before_after.text"))
    for aim in aims:
        marks = marks_of([(1, decision)], words)
        show_chart_of(page, aim, marks, key=f"{number}_{aim['indicator']}")


def show_new(page: Page) -> None:
    """Put the form for a new decision on the page."""
    words = page.words
    back = link(words.href("besluiten"), words.text("page.decisions"))
    heading(words.text("decisions.new"), words.text("decisions.new.text"), kicker=back)
    writing = decisions.desk()
    if not writing:
        return
    about = {name: st.query_params.get(name, "") for name in _ABOUT}
    signal = signal_about(page, about)
    if signal is None:
        show_form(page, writing, None, about)
        return
    told, form = st.columns([1, 1], gap="large")
    with told:
        st.html(what_signals(page, signal))
        show_chart_of(page, signal, [], key=f"about_{signal['series_id']}")
    with form:
        show_form(page, writing, None, about)


def show() -> None:
    """Make the page."""
    page = current_page()
    found = decisions.decisions(page.publication)
    asked = st.query_params.get("besluit")
    chosen = next((decision for decision in found if decision.revision.number == asked), None)
    if chosen is not None:
        show_one(page, chosen)
    elif "nieuw" in st.query_params and decisions.desk():
        show_new(page)
    else:
        show_list(page, found, is_unknown=asked is not None)


show()
