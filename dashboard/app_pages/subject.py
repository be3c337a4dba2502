"""One subject: a phase of the chain, with all that monitor and evaluation say of it.

Its part of the drawing, its figures, themes and experience, recommendations and decisions, and how
fit its data are.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import streamlit as st

from dashboard import queries
from dashboard.components import badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, current_page, heading, section
from dashboard.sections.chain_drawing import chain_drawing, lines_of
from dashboard.sections.figure_table import (
    caption_of,
    figure_table,
    handoff_rows,
    indicator_rows,
    others,
)
from dashboard.sections.subject_learning import (
    show_decisions,
    show_experience,
    show_recommendations,
    show_themes,
)
from dashboard.subjects import phase_by_handoff, phase_of, phases_of
from pipelines.wording import formats
from pipelines.wording.handoff_lines import HandoffLine
from pipelines.wording.names import phase_name
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, records, text_of

_PHASE = "fase"


def chosen_phase(phases: Sequence[str]) -> str:
    """Return the phase in the address, or else the first; it stays in the address."""
    asked = st.query_params.get(_PHASE, "")
    phase = asked if asked in phases else phases[0]
    st.query_params[_PHASE] = phase
    return phase


def chooser(page: Page, phases: Sequence[str], chosen: str) -> str:
    """Return all subjects as links, the one that is shown marked."""
    words, members = page.words, queries.members(page.publication)
    items = "".join(
        f"<li>{_to(page, phase, formats.sentence(phase_name(phase, members, words)), chosen)}</li>"
        for phase in phases
    )
    label = escape(words.text("subject.choose"))
    return f'<nav class="km-subjects" aria-label="{label}"><ul>{items}</ul></nav>'


def _to(page: Page, phase: str, name: str, chosen: str) -> str:
    if phase == chosen:
        return f'<b aria-current="page">{escape(name)}</b>'
    return link(page.words.href("onderwerp", fase=phase), name)


def show_figures(page: Page, phase: str, lines: Sequence[HandoffLine]) -> list[Row]:
    """Put the figures of a subject on the page; return the indicators that are no lead time."""
    words = page.words
    phases = phase_by_handoff(queries.handoffs(page.publication))
    own = [row for row in others(page) if phase_of(row, phases) == phase]
    rows = handoff_rows(page, lines)
    section(words.text("subject.figures"), anchor="cijfers")
    st.html(figure_table(page, words.text("subject.figures"), rows))
    if own:
        more = indicator_rows(page, own)
        st.html(figure_table(page, words.text("subject.others"), more, of_handoffs=False))
    st.html(caption_of(page, rows))
    return own


def show_fitness_of(page: Page, indicators: Collection[str]) -> None:
    """Put on the page how fit the data under its figures are, and what there is to say of them."""
    words = page.words
    register = records(queries.indicators(page.publication))
    names = {row["indicator"]: words.label(row) for row in register}
    found = [
        row
        for row in records(queries.qualities(page.publication))
        if row["indicator"] in indicators
    ]
    section(words.text("handoff.quality"), words.text("subject.fitness.text"), anchor="gegevens")
    count = Counter(text_of(row, "badge") for row in found)
    marks = "".join(
        f"<li><b>{count[name]}</b> {badge.quality(name, '', words)}</li>"
        for name in ("good", "caution", "not_fit")
        if count[name]
    )
    # What is said of several figures alike is said once, and of which.
    said: dict[str, list[str]] = {}
    for row in found:
        if row["badge"] != "good" and (text := quality_sentence(row, words)):
            said.setdefault(text, []).append(names[row["indicator"]])
    reasons = "".join(
        f'<li>{escape(text)} <span class="km-soft">({escape("; ".join(of))})</span></li>'
        for text, of in said.items()
    )
    to = (
        f"<p>{link(words.href('gegevenskwaliteit'), words.text('page.data_quality'))}</p>"
        if page.publication.has("delivery_month")
        else ""
    )
    st.html(f'<div class="km-summary"><ul>{marks}</ul></div><ul class="km-list">{reasons}</ul>{to}')


def show() -> None:
    """Make the page."""
    page = current_page()
    words, publication = page.words, page.publication
    handoffs = queries.handoffs(publication)
    phases = phases_of(handoffs)
    phase = chosen_phase(phases)
    name = formats.sentence(phase_name(phase, queries.members(publication), words))
    back = link(words.href("keten"), words.text("page.chain"))
    heading(name, words.text("subject.lead"), kicker=back)
    chain = lines_of(page)
    own = [line for line in chain if line.phase == phase]
    st.html(chooser(page, phases, phase) + chain_drawing(page, own, chain, has_subjects=False))
    codes = [line.code for line in own]
    shown = show_figures(page, phase, own)
    indicators = {text_of(line.indicator, "indicator") for line in own} | {
        str(row["indicator"]) for row in shown
    }
    show_themes(page, codes)
    show_experience(page, phase)
    show_recommendations(page, codes)
    show_decisions(page, codes, indicators)
    show_fitness_of(page, indicators)


show()
