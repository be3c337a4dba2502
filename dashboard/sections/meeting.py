"""The meeting: one item at a time in large type, with the form for its decision beside it.

Here: the item on the table, and the way to the one before and after it.
Not here: the list (`discussion`), an item in a line (`item`), the form (`decision_form`).

The address names the item, so that a link and the browser's own Back and Forward lead to it.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import decisions
from dashboard.components import signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, heading
from dashboard.sections.decision_form import saved_note, show_damaged, show_form
from dashboard.sections.discussion import data_line, reasons
from dashboard.sections.item import Item, evidence, name_of, opened, said, since
from dashboard.sections.noted import mark_list, marks_of, noted_on
from dashboard.sections.signal_chart import show_chart_of
from pipelines.periods import first_day

ITEM = "punt"


def item_asked(listed: Sequence[Item]) -> int | None:
    """Return the place of the item the address names; None where it names none that is listed."""
    asked = st.query_params.get(ITEM)
    names = [item.entry.indicator for item in listed]
    return names.index(asked) if asked in names else None


def show_meeting(page: Page, listed: Sequence[Item], place: int) -> None:
    """Put one item on the page."""
    words, item = page.words, listed[place]
    back = link(words.href("ter-bespreking"), words.text("meeting.all"))
    counted = escape(words.text("meeting.place", place=place + 1, n=len(listed)))
    code = f'<span class="km-code">{escape(item.handoff_id)}</span>' if item.handoff_id else ""
    tags = f"{since(page, item)} {signal_icon.strength(item.entry.strength, words)}"
    with st.container(key="km_meeting"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            heading(name_of(page, item), kicker=f"{back} {counted} {code} {tags}")
            _step(page, listed, place - 1, "meeting.previous", "Left")
            _step(page, listed, place + 1, "meeting.next", "Right")
        told, desk = st.columns([3, 2], gap="large")
        with told:
            _show_item(page, item)
        with desk:
            _show_desk(page, item)


def _step(page: Page, listed: Sequence[Item], place: int, text: str, key: str) -> None:
    """Put the way to another item on the page, for the pointer and for the keyboard."""
    there = 0 <= place < len(listed)
    st.button(
        page.words.text(text),
        key=f"km_{key}",
        shortcut=key,
        disabled=not there,
        on_click=_go,
        args=(listed[place].entry.indicator if there else "",),
    )


def _go(name: str) -> None:
    st.query_params[ITEM] = name


def _show_item(page: Page, item: Item) -> None:
    st.html(f'<p class="km-meeting-said">{said(page, item)}</p>')
    has_periods = bool(item.points) and str(item.signal["period_grain"]) != "event"
    since = first_day(str(item.points[0]["period"])) if has_periods else None
    noted = (
        noted_on(page, item.entry.indicator, item.handoff_id or None, since=since) if since else []
    )
    marks = marks_of(noted, page.words)
    show_chart_of(page, item.signal, marks, key=f"meeting_{item.signal['series_id']}")
    to = link(evidence(page, item.signal), page.words.text("meeting.evidence"))
    st.html(
        f"<p>{to}</p>{mark_list(page, noted)}{reasons(page, item)}<p>{data_line(page, item)}</p>"
    )


def _show_desk(page: Page, item: Item) -> None:
    words, desk = page.words, decisions.desk()
    if desk is None:
        show_damaged(page)
        st.html(opened(page, item))
        return
    saved = saved_note()
    if saved:
        st.html(saved)
    st.html(f"<h2>{escape(words.text('decisions.new'))}</h2>")
    about = {"indicator": item.entry.indicator, "signaal": str(item.signal["signal_id"])}
    show_form(page, desk, None, about, stays=True)
