"""The chain as a picture, and the same in a table: who hands what to whom, and how it goes."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from dashboard import queries
from dashboard.chain import nature_of
from dashboard.components import badge, signal_icon
from dashboard.components.markup import escape, folded, link
from dashboard.components.page import Page, current_page, heading, section
from dashboard.sections.chain_drawing import chain_drawing, lines_of
from dashboard.sections.changes import unexplained
from dashboard.sections.figure_table import (
    caption_of,
    compact_table,
    figure_table,
    handoff_rows,
    indicator_rows,
    others,
)
from dashboard.subjects import phase_by_handoff, phase_of
from pipelines.charts.style import SLATE
from pipelines.wording import formats, signals
from pipelines.wording.handoff_lines import HandoffLine
from pipelines.wording.names import phase_name
from pipelines.wording.rows import text_of


def summary(page: Page, lines: Sequence[HandoffLine]) -> str:
    """Count what is on the list for discussion, as that page has it; empty where there is none."""
    if not page.publication.has("signal"):
        return ""
    words, publication = page.words, page.publication
    listed = signals.entries(queries.signals(publication), queries.members(publication))
    kinds = Counter(text_of(entry.spoken, "variation") for entry in listed)
    unfit = sum(not line.is_fit for line in lines)
    items = [
        f"<li>{signal_icon.variation(kind, '', words, count=kinds[kind])}</li>"
        for kind in ("improvement", "concern", "neutral")
        if kinds[kind]
    ]
    if unfit:
        text = escape(words.text("quality.not_fit").lower())
        items.append(f"<li>{badge.shape('crossed', SLATE)}<b>{unfit}</b> {text}</li>")
    to = link(words.href("ter-bespreking"), words.text("page.discussion"))
    key = {0: "chain.signals.none", 1: "chain.signals.single"}.get(len(listed), "chain.signals")
    return (
        f'<div class="km-summary"><p>{escape(words.text(key, n=len(listed)))}</p>'
        f"<ul>{''.join(items)}</ul><p>{to}</p></div>"
    )


def changed(page: Page) -> str:
    """Say how many figures differ from the previous publication; nothing when it is the first."""
    if not page.publication.has("change") or unexplained(page):
        return ""
    words = page.words
    n = int(queries.change_counts(page.publication)["n"].sum())
    text = escape(words.text("chain.changed", n=formats.number(n, words)))
    to = link(words.href("veranderingen"), words.text("page.changes"))
    return f'<p class="km-soft">{text} {to}</p>'


def by_phase(page: Page, lines: Sequence[HandoffLine]) -> str:
    """Return every hand-off with its newest figure: a fold a phase, open where something is up."""
    words, members = page.words, queries.members(page.publication)
    folds = []
    for phase, group in groupby(lines, key=lambda line: line.phase):
        own = list(group)
        name = formats.sentence(phase_name(phase, members, words))
        to = link(words.href("onderwerp", fase=phase), words.text("chain.to_subject", name=name))
        is_up = any(signals.is_listed(line.signal) for line in own if line.signal is not None)
        count = words.text("chain.handoffs" if len(own) > 1 else "chain.handoff", n=len(own))
        summary = (
            f'<h3 id="fase-{escape(phase)}">{escape(name)}</h3>'
            f'<span class="km-soft">{escape(count)}</span>'
        )
        listed = compact_table(page, name, handoff_rows(page, own))
        folds.append(folded(summary, f"{listed}<p>{to}</p>", is_open=is_up))
    return f'<div class="km-entries">{"".join(folds)}</div>'


def show_whole(page: Page) -> None:
    """Put the indicators of the chain as a whole on the page, which belong to none of its parts."""
    phases = phase_by_handoff(queries.handoffs(page.publication))
    rows = indicator_rows(page, [row for row in others(page) if not phase_of(row, phases)])
    if not rows:
        return
    title = page.words.text("chain.whole")
    section(title, page.words.text("chain.whole.text"), anchor="indicatoren")
    st.html(figure_table(page, title, rows, of_handoffs=False) + caption_of(page, rows))


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    lines = lines_of(page)
    lead = "lead" if nature_of(page.publication).passes_on else "lead_within"
    heading(words.text("page.chain"), words.text(f"chain.{lead}"))
    st.html(summary(page, lines) + chain_drawing(page, lines, lines, has_subjects=True))
    section(words.text("chain.all"), words.text("chain.table"), anchor="tabel")
    st.html(changed(page) + by_phase(page, lines))
    show_whole(page)


show()
