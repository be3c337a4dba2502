"""Changes: which figures differ from the previous publication, and through what.

Every hand-off and indicator of which a national figure is no longer what it was, in the fixed order
of the chain, each with its largest change. Never sorted by size. That a new period has figures is
no change: of those there is a number.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.table import Column, table
from dashboard.sections.changes import cells, named, national, since, unexplained
from dashboard.sections.definition import terms
from pipelines.wording import changes, formats
from pipelines.wording.measures import STATISTICS
from pipelines.wording.rows import records, text_of


def factors(page: Page) -> str:
    """Return what was exchanged between the two publications, in order."""
    words = page.words
    rows = []
    for factor in records(queries.change_factors(page.publication)):
        name = str(factor["factor"])
        if not bool(factor["is_changed"]):
            what = words.text("change.unchanged")
        elif name in {"late", "correction"}:
            what = words.text(f"change.n_{name}", n=formats.number(factor["n_items"], words))
        elif name == "merge" and formats.is_number(factor["n_items"]):
            what = words.text("change.n_merge", n=formats.number(factor["n_items"], words))
        else:
            what = words.text(f"change.differs.{name}")
        sentence = words.text(f"change.factor.{name}.text")
        rows.append(
            (
                words.text(f"change.factor.{name}"),
                f"<b>{escape(what)}</b><br>"
                f'<span class="km-soft">{escape(sentence)}</span>{_items(page, factor)}',
            )
        )
    return terms(rows)


def _items(page: Page, factor: Mapping[str, Any]) -> str:
    """Return the deliveries by name, or else whose they are, folded."""
    names = [name for name in text_of(factor, "items").split("|") if name]
    if not names:
        return ""
    suppliers = {
        str(row["organisation"]): page.words.label(row)
        for row in records(queries.organisations(page.publication))
    }
    is_whose = set(names) <= suppliers.keys()
    items = "".join(
        f"<li>{escape(suppliers[name])}</li>"
        if is_whose
        else f"<li><code>{escape(name)}</code></li>"
        for name in names
    )
    show = escape(page.words.text(f"change.show_{'suppliers' if is_whose else 'deliveries'}"))
    return f'<details class="km-fold"><summary>{show}</summary><ul>{items}</ul></details>'


def lines(page: Page, rows: Mapping[str, pd.DataFrame]) -> list[list[str]]:
    """Return a line for every indicator with a changed national figure, in the fixed order."""
    words, publication = page.words, page.publication
    handoffs = {str(row["handoff_id"]): row for row in records(queries.handoffs(publication))}
    register = records(queries.indicators(publication))
    lead_times = {
        text_of(indicator, "handoff_id"): indicator
        for indicator in register
        if indicator["kind"] == "lead_time"
    }
    others = [indicator for indicator in register if indicator["kind"] != "lead_time"]
    found = []
    for identifier, handoff in handoffs.items():
        entry = lead_times.get(identifier, {})
        code = f'<span class="km-code">{escape(identifier)}</span>'
        to = link(
            words.href("koppelvlak", koppelvlak=identifier) + "#veranderd", words.label(handoff)
        )
        found.append((entry, f"{code} {to}"))
    for entry in others:
        name = text_of(entry, "indicator")
        to = words.href("indicator", indicator=name) + "#veranderd"
        found.append((entry, link(to, words.label(entry))))
    return [
        [name, *_largest(page, rows[text_of(entry, "indicator")])]
        for entry, name in found
        if text_of(entry, "indicator") in rows
    ]


def _largest(page: Page, changed: pd.DataFrame) -> list[str]:
    """Return the largest change of the first measure that has one, and how many there are."""
    words = page.words
    each = records(changed)
    shown: Mapping[str, Any] | None = None
    for statistic in STATISTICS:
        shown = changes.largest(row for row in each if row["statistic"] == statistic)
        if shown is not None:
            break
    shown = shown if shown is not None else each[-1]
    count = words.text("change.n_figures", n=formats.number(len(each), words))
    return [f'{named(page, shown)}<span class="km-sub">{escape(count)}</span>', *cells(page, shown)]


def summary(page: Page) -> str:
    """Say how many figures changed, of which kind."""
    words = page.words
    counts = {
        str(row["kind"]): int(row["n"]) for row in records(queries.change_counts(page.publication))
    }
    items = "".join(
        f"<li><b>{escape(formats.number(counts.get(kind, 0), words))}</b> "
        f"{escape(words.text(f'change.kind.{kind}'))}</li>"
        for kind in ("number", "appears", "disappears", "status")
    )
    return f'<div class="km-summary"><p>{escape(since(page))}</p><ul>{items}</ul></div>'


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.changes"), words.text("changes.lead"))
    reason = unexplained(page)
    if reason:
        show_note(reason)
        return
    st.html(summary(page))
    section(words.text("changes.factors"), words.text("changes.factors.text"))
    st.html(factors(page))
    section(words.text("changes.largest"), words.text("changes.largest.text"))
    headline = national(queries.national_changes(page.publication))
    is_new = headline["kind"] == "appears"
    rows = {str(name): own for name, own in headline[~is_new].groupby("indicator")}
    others = len(set(headline["indicator"]) - set(rows))
    if others:
        only_new = words.text("changes.only_new", n=formats.number(others, words))
        st.html(f'<p class="km-caption">{escape(only_new)}</p>')
    listed = lines(page, rows)
    if not listed:
        show_note(words.text("changes.none_published"))
        return
    columns: list[Column] = [
        Column(words.text("changes.where")),
        Column(words.text("change.figure")),
        Column(words.text("change.was")),
        Column(words.text("change.through_what")),
        Column(words.text("change.is")),
    ]
    st.html(table(words.text("changes.largest"), columns, listed, class_="km-changes"))


show()
