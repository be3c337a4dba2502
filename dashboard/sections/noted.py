"""What the platform decided and noted about a series: its marks on the chart, and the list beneath.

Here: which decisions belong to an indicator or hand-off, and the words of each.
Not here: the page about decisions (`decision_list`, `decision_form`).
"""

from collections.abc import Sequence
from datetime import date

from dashboard import decisions
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.decisions import Decision
from pipelines.charts.mark_layers import Mark, mark_of
from pipelines.wording import formats
from pipelines.wording.language import Words


def noted_on(
    page: Page, indicator: str, handoff_id: str | None, *, since: date
) -> list[tuple[int, Decision]]:
    """Return what was decided or noted about a series from a day on, numbered in order of time.

    A decision on a hand-off belongs to every figure of that hand-off; one that names an indicator
    to that indicator only.
    """
    found = [
        decision
        for decision in decisions.decisions(page.publication)
        if decision.draft.noted_on >= since and decision.is_about(indicator, handoff_id)
    ]
    found.sort(key=lambda decision: (decision.draft.noted_on, decision.revision.number))
    return list(enumerate(found, start=1))


def marks_of(noted: Sequence[tuple[int, Decision]], words: Words) -> list[Mark]:
    """Return the marks of a chart."""
    return [
        mark_of(number, decision.draft.noted_on, decision.draft.kind, decision.draft.text, words)
        for number, decision in noted
    ]


def mark_list(page: Page, noted: Sequence[tuple[int, Decision]]) -> str:
    """Return the decisions and notes of a chart, by the numbers at its marks."""
    words = page.words
    if not noted:
        return ""
    items = "".join(
        f'<li value="{number}"><b>{escape(formats.day(entry.draft.noted_on, words))}</b> '
        f"{escape(words.name('decisions.kind', entry.draft.kind))} "
        f"{link(words.href('besluiten', besluit=entry.revision.number), entry.revision.number)}: "
        f"{escape(entry.draft.text)}{_state(page, entry)}</li>"
        for number, entry in noted
    )
    return (
        f'<div class="km-marks"><h3>{escape(words.text("decisions.at_series"))}</h3>'
        f"<ol>{items}</ol></div>"
    )


def _state(page: Page, decision: Decision) -> str:
    words, draft = page.words, decision.draft
    if draft.kind != decisions.DECISION:
        return ""
    parts = [
        words.name("decisions.owner", draft.owner or ""),
        words.name("decisions.outcome", draft.outcome or ""),
    ]
    if not decision.is_published:
        parts.append(words.text("decisions.waiting"))
    return f' <span class="km-soft">({escape(", ".join(parts))})</span>'
