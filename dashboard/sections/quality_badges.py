"""Badges: every indicator whose data ask for caution, with the reason, folded per subject.

Here: the section of the data-quality page.
Not here: the badge and its reasons, which are published.
"""

from collections import Counter, defaultdict

import streamlit as st

from dashboard import queries
from dashboard.components import badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, section
from dashboard.components.table import Column, table
from dashboard.sections.whose import address_of
from dashboard.subjects import phase_by_handoff, phase_of, phases_of
from pipelines.wording import formats
from pipelines.wording.quality import sentence
from pipelines.wording.rows import Row, records

# From worst to best, of what is listed here.
_BADGES = ("not_fit", "caution")


def show_badges_section(page: Page) -> None:
    """Put on the page which figures ask for caution: a fold a subject, which says how many."""
    words = page.words
    title = words.text("quality_page.badges")
    section(title, words.text("quality_page.badges.text"))
    of_subject = _by_subject(page)
    if not of_subject:
        st.html(f'<p class="km-soft">{escape(words.text("quality_page.all_good"))}</p>')
    for phase, listed in of_subject.items():
        name = words.name("phase", phase) if phase else words.text("chain.whole")
        counted = Counter(str(quality["badge"]) for _, quality in listed)
        told = ", ".join(
            f"{formats.number(n, words)} {words.name('quality', code)}"
            for code, n in sorted(counted.items(), key=lambda count: _place(count[0]))
        )
        with st.expander(f"{formats.sentence(name)}: {told}", key=f"badges_{phase}"):
            st.html(_table(page, f"{title}: {name}", listed))


def _by_subject(page: Page) -> dict[str, list[tuple[Row, Row]]]:
    """Indicators with their quality by subject in the order of the chain, the worst first."""
    handoffs = queries.handoffs(page.publication)
    phases = phase_by_handoff(handoffs)
    indicators = {row["indicator"]: row for row in records(queries.indicators(page.publication))}
    found: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
    for quality in records(queries.qualities(page.publication)):
        indicator = indicators.get(quality["indicator"])
        if quality["badge"] != "good" and indicator is not None:
            found[phase_of(indicator, phases)].append((indicator, quality))
    ordered = [*phases_of(handoffs), *sorted(found)]
    return {
        phase: sorted(found[phase], key=lambda pair: _place(str(pair[1]["badge"])))
        for phase in dict.fromkeys(ordered)
        if phase in found
    }


def _table(page: Page, caption: str, listed: list[tuple[Row, Row]]) -> str:
    words = page.words
    columns = [
        Column(words.text("decisions.field.indicator")),
        Column(words.text("handoff.quality")),
        Column(words.text("quality_page.reason")),
    ]
    rows = [
        [
            f'<span class="km-name">'
            f"{link(address_of(page, str(indicator['indicator'])), words.label(indicator))}</span>",
            badge.quality(quality["badge"], "", words),
            escape(sentence(quality, words)),
        ]
        for indicator, quality in listed
    ]
    return table(caption, columns, rows)


def _place(code: str) -> int:
    return _BADGES.index(code) if code in _BADGES else len(_BADGES)
