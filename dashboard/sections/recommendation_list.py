"""Recommendations: how many stand where, the list, and one with its history and what it aims at.

Here: tables and the chart of the aimed series. Not here: which recommendations there are, and
whether something moved (both published).
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.components.table import Column, table
from dashboard.sections.decision_list import NOT_FIT, answer, answers, doubt, subject
from dashboard.sections.definition import as_day, terms
from dashboard.sections.fitness import quality_line, quality_of
from dashboard.sections.signal_chart import show_chart_of
from pipelines.charts.mark_layers import Mark
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording import formats
from pipelines.wording.rows import Row, records, text_of

# Fixed orders: of the life of a recommendation, and of where it can come from.
STATES = (
    "uitgebracht", "aanvaard", "deels", "afgewezen", "in_uitvoering", "gereedgemeld",
    "geverifieerd",
)  # fmt: skip
SOURCES = ("casusevaluatie", "adviesorgaan", "inspectie_jenv", "ovv")
OWNERS = ("politie", "om", "nctv", "kmar", "lcc", "aivd", "mivd", "kc")


def counts(page: Page, found: pd.DataFrame, column: str, order: Sequence[str]) -> str:
    """Return how many recommendations stand in each state, by source or by owner."""
    words = page.words
    heads = [Column(words.name("recommendations.by", column))]
    heads += [
        Column(words.name("recommendations.state", state_code), is_number=True)
        for state_code in STATES
    ]
    heads.append(Column(words.text("decisions.overdue"), is_number=True))
    rows = []
    present = set(found[column])
    for code in (*order, *sorted(present - set(order))):
        own = found[found[column] == code]
        if own.empty:
            continue
        of_state = own["recommendation_state"].value_counts()
        group = "recommendations.source" if column == "recommendation_source" else "decisions.owner"
        rows.append(
            [
                escape(words.name(group, code)),
                *(formats.number(int(of_state.get(state_code, 0)), words) for state_code in STATES),
                formats.number(int(own["is_overdue"].sum()), words),
            ]
        )
    return table(words.name("recommendations.by", column), heads, rows, class_="km-dense")


def recommendation_table(page: Page, found: Sequence[Row], caption: str) -> str:
    """Return the list: what it aims at, who has to act, where it stands and whether it moved."""
    words = page.words
    moved = answers(page, "recommendation")
    columns = [
        Column(words.text("recommendations.number")),
        Column(words.text("recommendations.aim")),
        Column(words.text("decisions.field.owner")),
        Column(words.text("decisions.field.outcome")),
        Column(words.text("recommendations.age"), is_number=True),
        Column(words.text("decisions.field.due_on")),
        Column(words.text("decisions.moved")),
    ]
    rows = []
    for row in found:
        number = str(row["record_key"])
        to = link(words.href("aanbevelingen", aanbeveling=number), number)
        source = words.name("recommendations.source", text_of(row, "recommendation_source"))
        effects = moved.get(number, ())
        rows.append(
            [
                f'{to}<span class="km-sub">{escape(source)}</span>',
                aims(page, row, effects),
                escape(words.name("decisions.owner", text_of(row, "owner"))),
                state(page, text_of(row, "recommendation_state")),
                formats.number(int(row["age_days"]), words),
                due(page, row),
                "<br>".join(dict.fromkeys(answer(page, effect) for effect in effects)),
            ]
        )
    shown = chain.from_iterable(moved.get(str(row["record_key"]), ()) for row in found)
    return doubt(page, shown) + table(caption, columns, rows)


def aims(page: Page, row: Mapping[str, Any], effects: Sequence[Mapping[str, Any]]) -> str:
    """Return what a recommendation aims at: its hand-off and its theme, each as a link."""
    parts = [subject(page, text_of(row, "handoff_id") or None, None)]
    parts += [
        subject(page, None, text_of(effect, "indicator"))
        for effect in effects
        if effect["aim"] == "theme"
    ]
    return "<br>".join(part for part in parts if part)


def state(page: Page, code: str) -> str:
    """Return a state: reported done and verified never look the same."""
    shape, colour = {
        "geverifieerd": ("disc", BLUE),
        "gereedgemeld": ("half", BLUE),
        "afgewezen": ("crossed", SLATE),
    }.get(code, ("ring", SLATE))
    return badge.marked(shape, colour, page.words.name("recommendations.state", code))


def due(page: Page, row: Mapping[str, Any]) -> str:
    """Return the target date, with a mark when it has passed."""
    day = escape(as_day(row["due_on"], page))
    if not bool(row["is_overdue"]):
        return day
    return f"{day} {badge.marked('diamond', ORANGE, page.words.text('decisions.overdue'))}"


def facts(page: Page, row: Row) -> str:
    """Return what one recommendation is and where it stands."""
    words = page.words
    return terms(
        [
            (
                words.text("column.source"),
                escape(words.name("recommendations.source", text_of(row, "recommendation_source"))),
            ),
            (
                words.text("decisions.field.owner"),
                escape(words.name("decisions.owner", text_of(row, "owner"))),
            ),
            (
                words.text("decisions.field.outcome"),
                state(page, text_of(row, "recommendation_state")),
            ),
            (
                words.text("recommendations.age"),
                escape(formats.number(int(row["age_days"]), words)),
            ),
            (words.text("decisions.field.due_on"), due(page, row)),
        ]
    )


def timeline(page: Page, states: Sequence[Row]) -> str:
    """Return the history: every state with its day, its reason and what is wrong with the step."""
    words = page.words
    columns = [
        Column(words.text("decisions.field.noted_on")),
        Column(words.text("decisions.field.outcome")),
        Column(words.text("recommendations.reason")),
        Column(words.text("recommendations.finding")),
    ]
    rows = []
    for number, row in enumerate(states, start=1):
        reason, finding = text_of(row, "reason"), text_of(row, "finding")
        rows.append(
            [
                # The number of its mark on the charts beneath.
                f'<span class="km-code">◆ {number}</span> {escape(as_day(row["state_on"], page))}',
                state(page, text_of(row, "recommendation_state")),
                escape(words.name("recommendations.reason", reason)) if reason else "",
                badge.marked("diamond", ORANGE, words.name("recommendations.finding", finding))
                if finding
                else "",
            ]
        )
    return table(words.text("decisions.history"), columns, rows)


def show_aim(page: Page, effect: Row, states: Sequence[Row]) -> None:
    """Put the series a recommendation aims at on the page, its dates marked, and the answer."""
    words = page.words
    indicator = text_of(effect, "indicator")
    items = [(words.text("decisions.moved"), answer(page, effect) + doubt(page, [effect]))]
    if indicator:
        line = quality_line(page, quality_of(page, indicator))
        items.append((words.text("handoff.quality"), line))
    st.html(f'<h3 class="km-h3">{subject(page, None, indicator or None)}</h3>{terms(items)}')
    if effect["answer"] == NOT_FIT or not text_of(effect, "statistic"):
        return
    marks = [
        Mark(
            number,
            pd.Timestamp(row["state_on"]).date(),
            words.name("recommendations.state", text_of(row, "recommendation_state")),
        )
        for number, row in enumerate(states, start=1)
    ]
    show_chart_of(page, effect, marks, key=f"aim_{text_of(effect, 'aim')}")


def ordered(found: pd.DataFrame) -> list[Row]:
    """Return what still has to happen first, overdue before the rest, then the oldest."""
    return sorted(
        records(found),
        key=lambda row: (
            bool(row["is_closed"]),
            not bool(row["is_overdue"]),
            -int(row["age_days"]),
            str(row["record_key"]),
        ),
    )
