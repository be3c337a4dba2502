"""Decisions and notes as a list, and one of them with its history.

Here: the tables. Not here: writing (`decision_form`), and which decisions there are (`decisions`).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from dashboard import decisions, queries
from dashboard.components import badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.components.table import Column, table
from dashboard.decisions import Decision, Revision
from dashboard.sections.definition import terms
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording import effects, formats
from pipelines.wording.rows import records, text_of

NOT_FIT = "not_fit"
_ANSWERS = {
    "better": ("disc", BLUE),
    "worse": ("diamond", ORANGE),
    "higher": ("up", SLATE),
    "lower": ("down", SLATE),
    "no_movement": ("level", SLATE),
    "returned": ("level", SLATE),
    NOT_FIT: ("crossed", SLATE),
}


def subject(page: Page, handoff_id: str | None, indicator: str | None) -> str:
    """Return what something is about, as a link to its page."""
    words = page.words
    if indicator:
        row = queries.indicator(page.publication, indicator)
        name = words.label(row) or indicator.replace("_", " ")
        if row.get("kind") == "lead_time":
            handoff_id = text_of(row, "handoff_id") or handoff_id
            return link(words.href("koppelvlak", koppelvlak=handoff_id or ""), name)
        return link(words.href("indicator", indicator=indicator), name) if row else escape(name)
    if handoff_id:
        row = queries.handoff(page.publication, handoff_id)
        name = f"{handoff_id} · {words.label(row)}" if row else handoff_id
        return link(words.href("koppelvlak", koppelvlak=handoff_id), name)
    return ""


def answers(page: Page, subject_kind: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return, by number, whether what it aims at moved after it."""
    rows = queries.effects(page.publication)
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in records(rows[rows["subject"] == subject_kind]):
        found.setdefault(str(row["record_key"]), []).append(row)
    return found


def answer(page: Page, row: Mapping[str, Any]) -> str:
    """Return an answer: a shape, the sentence, and a star where `doubt` is about it."""
    shape, colour = _ANSWERS.get(str(row["answer"]), ("ring", SLATE))
    # Not broken off its sentence.
    star = "\u00a0*" if _moves_easily(row) else ""
    return badge.marked(shape, colour, effects.answer(row, page.words) + star)


def doubt(page: Page, rows: Iterable[Mapping[str, Any]]) -> str:
    """Say once what a star says of the answers it stands at; empty where none has one."""
    if not any(_moves_easily(row) for row in rows):
        return ""
    return f'<p class="km-caption">{escape(page.words.text("decisions.moves_easily"))}</p>'


def _moves_easily(row: Mapping[str, Any]) -> bool:
    said = row["moves_easily"]
    return not pd.isna(said) and bool(said)


def decision_table(page: Page, rows: Sequence[Decision], caption: str) -> str:
    """Return decisions as a table: what, who, when, where it stands, and whether it moved."""
    words = page.words
    moved = answers(page, "decision")
    columns = [
        Column(words.text("decisions.field.text")),
        Column(words.text("decisions.field.subject")),
        Column(words.text("decisions.field.owner")),
        Column(words.text("decisions.field.due_on")),
        Column(words.text("decisions.field.outcome")),
        Column(words.text("decisions.moved")),
    ]
    shown = chain.from_iterable(moved.get(decision.revision.number, ()) for decision in rows)
    return doubt(page, shown) + table(
        caption,
        columns,
        [
            [
                _what(page, decision),
                subject(page, decision.draft.handoff_id, decision.draft.indicator),
                escape(words.name("decisions.owner", decision.draft.owner or "")),
                _due(page, decision),
                _outcome(page, decision),
                "".join(answer(page, row) for row in moved.get(decision.revision.number, ())),
            ]
            for decision in rows
        ],
        class_="km-decisions",
    )


def note_table(page: Page, rows: Sequence[Decision], caption: str) -> str:
    """Return notes and explained steps as a table."""
    words = page.words
    columns = [
        Column(words.text("decisions.field.text")),
        Column(words.text("decisions.field.subject")),
        Column(words.text("decisions.field.kind")),
    ]
    return table(
        caption,
        columns,
        [
            [
                _what(page, decision),
                subject(page, decision.draft.handoff_id, decision.draft.indicator),
                escape(words.name("decisions.kind", decision.draft.kind)),
            ]
            for decision in rows
        ],
    )


def facts(page: Page, decision: Decision) -> str:
    """Return everything about one decision as it stands."""
    words, draft = page.words, decision.draft
    items = [
        (words.text("decisions.field.kind"), escape(words.name("decisions.kind", draft.kind))),
        (
            words.text("decisions.field.subject"),
            subject(page, draft.handoff_id, draft.indicator),
        ),
        (
            words.text("decisions.field.noted_on"),
            escape(formats.day(draft.noted_on, words)),
        ),
    ]
    if draft.question:
        items.append((words.text("decisions.field.question"), escape(draft.question)))
    items.append((words.text("decisions.field.text"), escape(draft.text)))
    if draft.kind == decisions.DECISION:
        moved = answers(page, "decision").get(decision.revision.number, ())
        items += [
            (
                words.text("decisions.field.owner"),
                escape(words.name("decisions.owner", draft.owner or "")),
            ),
            (words.text("decisions.field.due_on"), _due(page, decision)),
            (words.text("decisions.field.outcome"), _outcome(page, decision)),
            (
                words.text("decisions.moved"),
                "".join(answer(page, row) for row in moved) + doubt(page, moved)
                or escape(words.text("decisions.moved.waiting")),
            ),
        ]
    return terms(items)


def history_table(page: Page, revisions: Sequence[Revision]) -> str:
    """Return the history of one decision: every revision, with what it changed."""
    words = page.words
    columns = [
        Column(words.text("decisions.revision")),
        Column(words.text("decisions.recorded_at")),
        Column(words.text("decisions.changed")),
        Column(words.text("decisions.origin")),
    ]
    rows = []
    for place, revision in enumerate(revisions):
        before = revisions[place - 1] if place else None
        rows.append(
            [
                escape(revision.revision),
                escape(formats.moment(revision.recorded_at, page.publication.timezone, words)),
                changes(page, before, revision),
                escape(words.name("decisions.origin", revision.origin)),
            ]
        )
    return table(words.text("decisions.history"), columns, rows)


def changes(page: Page, before: Revision | None, after: Revision) -> str:
    """Return what a revision changed, field by field, in full."""
    words = page.words
    if before is None:
        return escape(words.text("decisions.first"))
    parts = []
    for name in vars(after.draft):
        old, new = getattr(before.draft, name), getattr(after.draft, name)
        if old != new:
            label = escape(words.text(f"decisions.field.{name}"))
            parts.append(
                f"<li>{label}: {escape(_value(page, name, old))} → "
                f"<b>{escape(_value(page, name, new))}</b></li>"
            )
    return f'<ul class="km-plain">{"".join(parts)}</ul>'


def _value(page: Page, name: str, value: Any) -> str:
    words = page.words
    if not value:
        return words.text("decisions.empty")
    if name in {"noted_on", "due_on"}:
        return formats.day(value, words)
    if name in {"kind", "owner", "outcome"}:
        return words.name(f"decisions.{name}", str(value))
    return str(value)


def _what(page: Page, decision: Decision) -> str:
    words, draft = page.words, decision.draft
    number = link(
        words.href("besluiten", besluit=decision.revision.number), decision.revision.number
    )
    question = f'<span class="km-sub">{escape(draft.question)}</span>' if draft.question else ""
    waiting = (
        ""
        if decision.is_published
        else f'<span class="km-tag">{escape(words.text("decisions.waiting"))}</span>'
    )
    day = escape(formats.day(draft.noted_on, words))
    return (
        f'<span class="km-sub">{number} · {day} {waiting}</span>{question}'
        f"<span>{escape(draft.text)}</span>"
    )


def _due(page: Page, decision: Decision) -> str:
    if decision.draft.due_on is None:
        return ""
    day = escape(formats.day(decision.draft.due_on, page.words))
    if not decision.is_overdue(page.publication.reference_date):
        return day
    return f"{day} {badge.marked('diamond', ORANGE, page.words.text('decisions.overdue'))}"


def _outcome(page: Page, decision: Decision) -> str:
    code = decision.draft.outcome or ""
    shape, colour = {
        "open": ("ring", SLATE),
        "gehaald": ("disc", BLUE),
        "niet_gehaald": ("diamond", ORANGE),
    }.get(code, ("dashed", SLATE))
    return badge.marked(shape, colour, page.words.name("decisions.outcome", code)) if code else ""
