"""The first screen of a meeting: what changed, is it real, are the data fit, what was decided.

Here: its four parts.
Not here: one item (`item`), and the whole list (`discussion`).
"""

import json
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
from pipelines.wording.followed import followed_end
from pipelines.wording.rows import records, text_of

MOST_ITEMS = 7
MOST_DECISIONS = 3
# Deliveries are monthly, a meeting is quarterly.
_MONTHS = 3
# Reasons of `quality` that say something did not come, or not in full.
_INCOMPLETE = frozenset(
    {"absent", "beyond", "damaged", "held", "never", "partial", "refused", "skipped", "stale"}
)


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
    words = page.words
    told = [_late(page), _incomplete(page), _growing(page), _under(page, listed)]
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
    return _part(title, f'<p>{escape(counted)}</p><ul class="km-plain">{rows}</ul>', to)


def _part(title: str, body: str, to: str = "") -> str:
    """A part: its question, the link to all there is of it, and its answer."""
    head = f'<div class="km-now-head"><h2>{escape(title)}</h2>{to}</div>'
    return f"<section>{head}{body}</section>"


def _row(page: Page, item: Item) -> str:
    name = name_of(page, item)
    code = f'<span class="km-code">{escape(item.handoff_id)}</span> ' if item.handoff_id else ""
    return (
        f'<li data-item="{escape(item.entry.indicator)}"><div class="km-now-what">'
        f"<h3>{code}{link(evidence(page, item.signal), name)} {since(page, item)}</h3>"
        f'<p class="km-now-said">{said(page, item)}</p></div>'
        f"{drawing(page, item)}"
        f'<div class="km-now-do">{open_decision(page, item)}{decide_link(page, item)}</div></li>'
    )


def _nothing(page: Page) -> str:
    """Say that nothing is listed, and why."""
    words, found = page.words, queries.signals(page.publication)
    charted = found[found["chart"] != "none"]
    if charted.empty:
        return f"<p>{escape(words.text('this_quarter.changed.short'))}</p>"
    text = words.text(
        "this_quarter.changed.none",
        n=formats.number(len(charted), words),
        signals=formats.number(int((charted["rule"] != "none").sum()), words),
    )
    return f"<p>{escape(text)}</p>"


def _late(page: Page) -> str:
    """Say how many of the newest months of all suppliers did not come on time, and whose."""
    if not page.publication.has("delivery_month"):
        return ""
    words, delivered = page.words, queries.delivery_months(page.publication)
    days = sorted(delivered["reference_date"].unique())[-_MONTHS:]
    if not days:
        return ""
    own = delivered[delivered["reference_date"].isin(days)]
    late = own[own["status"] != "on_time"]
    first, last = (formats.month(pd.Timestamp(day), words) for day in (days[0], days[-1]))
    months = first if first == last else f"{first} – {last}"
    if late.empty:
        return words.text("this_quarter.fit.no_late", months=months, all=len(own))
    organisations = set(late["organisation"])
    names = [
        words.label(row)
        for row in records(queries.members(page.publication))
        if row["dimension"] == "organisation" and row["member"] in organisations
    ]
    return words.text(
        "this_quarter.fit.late",
        months=months,
        all=len(own),
        n=len(late),
        names=", ".join(names) or ", ".join(sorted(organisations)),
    )


def _incomplete(page: Page) -> str:
    words, reasons = page.words, _reasons(page)
    n = sum(bool(codes & _INCOMPLETE) for codes in reasons)
    if not n:
        return words.text("this_quarter.fit.no_incomplete")
    return words.text("this_quarter.fit.incomplete", n=n, all=len(reasons))


def _growing(page: Page) -> str:
    words, reasons = page.words, _reasons(page)
    n = sum("growing" in codes for codes in reasons)
    said = (
        words.text("this_quarter.fit.growing", n=n, all=len(reasons))
        if n
        else words.text("this_quarter.fit.no_growing")
    )
    waiting = sum(
        followed_end(row) is not None for row in records(queries.indicators(page.publication))
    )
    return f"{said} {words.text('this_quarter.fit.waiting', n=waiting)}" if waiting else said


def _reasons(page: Page) -> list[set[str]]:
    """The codes of what is amiss with the data under each indicator."""
    return [
        {str(reason["code"]) for reason in json.loads(text_of(row, "reasons") or "[]")}
        for row in records(queries.qualities(page.publication))
    ]


def _under(page: Page, listed: Sequence[Item]) -> str:
    """Say on what data the items rest."""
    if not listed:
        return ""
    badges = {
        row["indicator"]: text_of(row, "badge")
        for row in records(queries.qualities(page.publication))
    }
    own = [badges.get(item.entry.indicator, "") for item in listed]
    return page.words.text(
        "this_quarter.fit.listed",
        listed=len(listed),
        caution=own.count("caution"),
        not_fit=own.count("not_fit"),
    )


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
