"""The first screen of a meeting: what changed, is it real, are the data fit, what was decided.

Here: its four parts.
Not here: one item (`item`), and the whole list (`discussion`).
"""

from collections.abc import Sequence

import pandas as pd

from dashboard import decisions, queries
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.decisions import Decision
from dashboard.sections.decision_list import answer, answers, subject
from dashboard.sections.item import (
    Item,
    decide_link,
    drawing,
    evidence,
    name_of,
    open_decision,
    said,
    since,
)
from pipelines.wording import agenda, formats
from pipelines.wording import fit as fitness
from pipelines.wording.rows import records

MOST_ITEMS = 7
MOST_DECISIONS = 3
# So few leave room beneath them.
_FEW_ITEMS = 4


def first_screen(page: Page, listed: Sequence[Item]) -> str:
    """Return the four parts; what was decided stands where there is room for it."""
    left, right = [changed(page, listed)], [real(page, listed), fit(page, listed)]
    (left if len(listed) <= _FEW_ITEMS else right).append(decided(page))
    columns = "".join(f"<div>{''.join(parts)}</div>" for parts in (left, right))
    return f'<div class="km-now">{columns}</div>'


def changed(page: Page, listed: Sequence[Item]) -> str:
    """Return what changed: the items with the strongest evidence, and the way to the others."""
    words = page.words
    rows = "".join(_row(page, item) for item in listed[:MOST_ITEMS])
    body = f'<ol class="km-now-items">{rows}</ol>' if rows else _nothing(page)
    n_more = len(listed) - MOST_ITEMS
    rest = (
        words.text("this_quarter.rest", n=n_more) if n_more > 0 else words.text("page.discussion")
    )
    to = link(words.href("ter-bespreking"), rest)
    return _part(words.text("this_quarter.changed"), body, to)


def real(page: Page, listed: Sequence[Item]) -> str:
    """Return how many of the items are expected to be chance; empty where nothing is listed."""
    if not listed:
        return ""
    words = page.words
    text = agenda.by_chance(listed[0].entry.expected_false, len(listed), words)
    return _part(words.text("this_quarter.real"), f"<p>{escape(text)}</p>")


def fit(page: Page, listed: Sequence[Item]) -> str:
    """Return what is late, incomplete and still growing, and what the items rest on."""
    words, publication = page.words, page.publication
    delivered = (
        queries.delivery_months(publication)
        if publication.has("delivery_month")
        else pd.DataFrame()
    )
    qualities = records(queries.qualities(publication))
    told = [
        fitness.late(delivered, queries.members(publication), words),
        fitness.incomplete(qualities, words),
        fitness.growing(qualities, records(queries.indicators(publication)), words),
        fitness.under([item.entry.indicator for item in listed], qualities, words),
    ]
    lines = "".join(f"<li>{escape(text)}</li>" for text in told if text)
    to = link(words.href("gegevenskwaliteit"), words.text("page.data_quality"))
    return _part(words.text("this_quarter.fit"), f'<ul class="km-plain">{lines}</ul>', to)


def decided(page: Page) -> str:
    """Return the newest decisions, each with whether it moved, and how many are open."""
    words = page.words
    found = [
        decision
        for decision in decisions.decisions(page.publication)
        if decision.draft.kind == decisions.DECISION
    ]
    to = link(words.href("besluiten"), words.text("this_quarter.decided.all"))
    title = words.text("this_quarter.decided")
    if not found:
        return _part(title, f"<p>{escape(words.text('this_quarter.decided.none'))}</p>", to)
    found.sort(
        key=lambda decision: (decision.draft.noted_on, decision.revision.recorded_at), reverse=True
    )
    rows = "".join(_decision(page, decision) for decision in found[:MOST_DECISIONS])
    counted = words.text(
        "this_quarter.decided.count",
        open=sum(decision.is_open for decision in found),
        overdue=sum(decision.is_overdue(page.publication.reference_date) for decision in found),
    )
    body = f'<p>{escape(counted)}</p><ul class="km-plain km-now-decided">{rows}</ul>'
    return _part(title, body, to)


def _part(title: str, body: str, to: str = "") -> str:
    """A part: its question, the link to all there is of it, and its answer."""
    head = f'<div class="km-now-head"><h2>{escape(title)}</h2>{to}</div>'
    return f"<section>{head}{body}</section>"


def _row(page: Page, item: Item) -> str:
    name = name_of(page, item)
    code = f'<span class="km-code">{escape(item.handoff_id)}</span> ' if item.handoff_id else ""
    return (
        f'<li data-item="{escape(item.entry.indicator)}"><div>'
        f"<h3>{code}{link(evidence(page, item.signal), name)} {since(page, item)}</h3>"
        f'<p class="km-now-said">{said(page, item)}</p></div>'
        f"{drawing(page, item)}"
        f'<div class="km-now-do">{open_decision(page, item)}{decide_link(page, item)}</div></li>'
    )


def _nothing(page: Page) -> str:
    """Say that nothing is listed, and why."""
    found = queries.signals(page.publication)
    text = agenda.nothing(found[found["chart"] != "none"], page.words)
    return f"<p>{escape(text)}</p>"


def _decision(page: Page, decision: Decision) -> str:
    words, draft = page.words, decision.draft
    number = decision.revision.number
    moved = answers(page, "decision").get(number, ())
    verdicts = "".join(answer(page, row) for row in moved) or escape(
        words.text("decisions.moved.waiting")
    )
    day = escape(formats.day(draft.noted_on, words))
    about = subject(page, draft.handoff_id, draft.indicator)
    return (
        f'<li data-decision="{escape(number)}"><span class="km-sub">'
        f"{link(words.href('besluiten', besluit=number), number)} · {day} · {about}</span>"
        f'<span class="km-now-text">{escape(draft.text)}</span>'
        f'<span class="km-now-moved">{verdicts}</span></li>'
    )
