"""What was learned of a subject: its themes, experience, recommendations and decisions.

Here: the parts of a subject's page that look at one phase of the chain.
Not here: the pages about all of them, to which each part leads.
"""

from collections import Counter
from collections.abc import Collection, Mapping

import streamlit as st

from dashboard import decisions, queries
from dashboard.components.cells import cell
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, section
from dashboard.components.table import Column, table
from dashboard.sections.answers import questions
from dashboard.sections.decision_list import decision_table, note_table
from dashboard.sections.fitness import ANSWERS, THEMES, quality_of, show_fitness
from dashboard.sections.recommendation_list import STATES, recommendation_table
from dashboard.sections.recommendation_list import ordered as by_urgency
from dashboard.sections.themes import in_order, theme_link
from pipelines.wording import formats
from pipelines.wording.figures import figures, latest, select

# Questions about a part of the chain. Which part a question is about is our reading of it.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "overdracht": ("overdracht_soepel",),
    "uitvoering": ("duidelijke_rolverdeling",),
    "persoon": ("tijdig_geinformeerd", "vaste_contactpersoon", "gehoord_en_betrokken"),
    "afbouw": ("afbouw_goed_begeleid",),
}
_SHOWN = 5


def show_themes(page: Page, handoffs: Collection[str]) -> None:
    """Put the themes found at these hand-offs on the page, newest year first of each."""
    series = {str(theme["indicator"]): theme for theme in in_order(page)}
    if not series:
        return
    words = page.words
    section(words.text("theme.section"), words.text("subject.themes.text"), anchor="themas")
    if not show_fitness(page, quality_of(page, THEMES), many=True):
        return
    rows = []
    for handoff in handoffs:
        found = queries.themes_at(page.publication, handoff)
        for name in [indicator for indicator in series if indicator in set(found["indicator"])]:
            course = figures(
                select(found[found["indicator"] == name], "share", dimension="handoff_id")
            )
            newest = latest(course)
            if newest is None:
                continue
            period = f'<span class="km-sub">{escape(formats.period(newest.period, words))}</span>'
            to = link(words.href("koppelvlak", koppelvlak=handoff), handoff)
            rows.append([theme_link(page, series[name]), to, cell(newest, words) + period])
    if not rows:
        st.html(f'<p class="km-soft">{escape(words.text("subject.themes.none"))}</p>')
        return
    columns = [
        Column(words.text("theme.theme")),
        Column(words.text("column.handoff")),
        Column(words.text("theme.here")),
    ]
    st.html(table(words.text("theme.section"), columns, rows))


def show_experience(page: Page, phase: str) -> None:
    """Put the answers of the newest wave to the questions about a phase on the page."""
    asked = QUESTIONS.get(phase, ())
    if not asked or "experience_result" not in page.publication.filled:
        return
    words, found = page.words, queries.experiences(page.publication)
    waves = sorted(set(found["wave"]))
    own = found[(found["wave"] == waves[-1]) & found["question"].isin(asked)]
    if own.empty:
        return
    section(
        words.text("page.experiences"),
        words.text("subject.experience.text", wave=waves[-1]),
        anchor="ervaringen",
    )
    if not show_fitness(page, quality_of(page, ANSWERS), many=True):
        return
    to = link(words.href("ervaringen"), words.text("page.experiences"))
    st.html(f"{questions(page, own, asked)}<p>{to}</p>")


def show_recommendations(page: Page, handoffs: Collection[str]) -> None:
    """Put the recommendations that aim at these hand-offs on the page: how many, and those open."""
    if "recommendation" not in page.publication.filled:
        return
    words, found = page.words, queries.recommendations(page.publication)
    own = found[found["handoff_id"].isin(list(handoffs))]
    section(words.text("page.recommendations"), anchor="aanbevelingen")
    if own.empty:
        st.html(f'<p class="km-soft">{escape(words.text("subject.recommendations.none"))}</p>')
        return
    count = Counter(own["recommendation_state"])
    told = ", ".join(
        f"{count[state]} {words.name('recommendations.state', state)}"
        for state in STATES
        if count[state]
    )
    to = link(words.href("aanbevelingen"), words.text("page.recommendations"))
    st.html(f"<p>{escape(words.text('subject.recommendations', n=len(own), told=told))} {to}</p>")
    running = [row for row in by_urgency(own) if not bool(row["is_closed"])]
    if running:
        st.html(recommendation_table(page, running[:_SHOWN], words.text("page.recommendations")))
        _say_more(page, len(running) - _SHOWN, "aanbevelingen")


def show_decisions(page: Page, handoffs: Collection[str], indicators: Collection[str]) -> None:
    """Put what the platform decided and noted about a phase on the page, the newest first."""
    if not page.publication.has("decision"):
        return
    words = page.words
    own = [
        decision
        for decision in decisions.decisions(page.publication)
        if decision.draft.handoff_id in handoffs or decision.draft.indicator in indicators
    ]
    own.sort(key=lambda decision: (decision.draft.noted_on, decision.revision.number), reverse=True)
    section(words.text("page.decisions"), anchor="besluiten")
    if not own:
        st.html(f'<p class="km-soft">{escape(words.text("subject.decisions.none"))}</p>')
        return
    decided = [entry for entry in own if entry.draft.kind == decisions.DECISION]
    noted = [entry for entry in own if entry.draft.kind != decisions.DECISION]
    for entries, make in ((decided, decision_table), (noted, note_table)):
        if entries:
            st.html(make(page, entries[:_SHOWN], words.text("page.decisions")))
            _say_more(page, len(entries) - _SHOWN, "besluiten")


def _say_more(page: Page, n: int, address: str) -> None:
    """Say how many more there are, and where."""
    if n > 0:
        words = page.words
        to = link(words.href(address), words.text("subject.more", n=formats.number(n, words)))
        st.html(f"<p>{to}</p>")
