"""Definitions: the register, the norms, the terms, and what is not measured on purpose."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.chain import nature_of
from dashboard.components.markup import escape, folded, link
from dashboard.components.page import Page, current_page, folded_section, heading, section
from dashboard.components.table import Column, table
from dashboard.sections.definition import as_day, definition
from dashboard.subjects import phase_by_handoff, phase_of, phases_of
from pipelines.wording import formats
from pipelines.wording.language import glossary
from pipelines.wording.names import phase_name
from pipelines.wording.rows import records

NOT_MEASURED = ("capacity", "cases", "driehoek", "events", "objects", "ranking")


def matches(row: Mapping[str, Any], wanted: str) -> bool:
    """Whether every word that was typed occurs somewhere in a row."""
    text = " ".join(str(value) for value in row.values() if isinstance(value, str)).lower()
    return all(word in text for word in wanted.lower().split())


def entry(page: Page, indicator: Mapping[str, Any], *, is_open: bool) -> str:
    """Return one definition, folded."""
    words = page.words
    name = str(indicator["indicator"])
    handoff = indicator["handoff_id"] if isinstance(indicator["handoff_id"], str) else ""
    code = f'<span class="km-code">{escape(handoff)}</span>'
    to = (
        words.href("koppelvlak", koppelvlak=handoff)
        if handoff and indicator["kind"] == "lead_time"
        else words.href("indicator", indicator=name)
    )
    question = escape(words.label(indicator, "question"))
    return folded(
        f"{code}<span>{escape(words.label(indicator))}</span>",
        f'<p class="km-question">{question}</p>{definition(page, indicator)}'
        f"<p>{link(to, words.text('definition.to_figures'))}</p>",
        is_open=is_open,
    )


def by_phase(
    page: Page, rows: Sequence[Mapping[str, Any]], *, is_wanted: bool, is_open: bool
) -> str:
    """Return definitions as folds, those of a phase in one; in the order of the chain."""
    words = page.words
    handoffs, members = queries.handoffs(page.publication), queries.members(page.publication)
    phases = phase_by_handoff(handoffs)
    folds = []
    for phase in (*phases_of(handoffs), ""):
        own = [row for row in rows if phase_of(row, phases) == phase]
        if not own:
            continue
        name = phase_name(phase, members, words) if phase else words.text("chain.whole")
        summary = (
            f"<h3>{escape(formats.sentence(name))}</h3>"
            f'<span class="km-soft">{formats.number(len(own), words)}</span>'
        )
        entries = "".join(entry(page, row, is_open=is_open) for row in own)
        folds.append(folded(summary, entries, is_open=is_wanted))
    return f'<div class="km-entries">{"".join(folds)}</div>'


def norm_register(page: Page, wanted: str) -> str:
    """Return the norm register, and which hand-offs have none."""
    words = page.words
    register = queries.norms(page.publication)
    names = {
        row["handoff_id"]: words.label(row) for row in records(queries.handoffs(page.publication))
    }
    rows = []
    for norm in records(register):
        if not matches({**norm, "name": names.get(norm["handoff_id"], "")}, wanted):
            continue
        handoff = str(norm["handoff_id"])
        to = link(words.href("koppelvlak", koppelvlak=handoff), names.get(handoff, handoff))
        end = as_day(norm["valid_to"], page) or words.text("norm.no_end")
        illustrative = f'<span class="km-tag">{escape(words.text("norm.illustrative"))}</span>'
        rows.append(
            [
                '<div class="km-line">'
                f'<span class="km-code">{escape(handoff)}</span><span>{to}</span></div>',
                escape(formats.with_unit(float(norm["value"]), str(norm["unit"]), words)),
                escape(as_day(norm["valid_from"], page)),
                escape(end),
                escape(words.label(norm, "source"))
                + (f" {illustrative}" if bool(norm["is_illustrative"]) else ""),
            ]
        )
    columns = [
        Column(words.text("column.handoff")),
        Column(words.text("column.norm")),
        Column(words.text("column.from")),
        Column(words.text("column.to")),
        Column(words.text("column.source")),
    ]
    without = [identifier for identifier in names if identifier not in set(register["handoff_id"])]
    none = words.text("norms.without", n=len(without))
    listed = table(words.text("norms.title"), columns, rows) if rows else ""
    return f'{listed}<p class="km-caption">{escape(none)}</p>'


def terms_table(page: Page, wanted: str) -> str:
    """Return the glossary."""
    words = page.words
    own, other = ("nl", "en") if words.language == "nl" else ("en", "nl")
    rows = [
        [
            escape(term[own]),
            f'<span lang="{other}">{escape(term[other])}</span>',
            escape(term[f"means_{own}"]),
        ]
        for term in sorted(glossary(page.publication.chain), key=lambda term: term[own].lower())
        if matches(term, wanted)
    ]
    columns = [
        Column(words.text("glossary.term")),
        Column(words.text("glossary.other_language")),
        Column(words.text("glossary.meaning")),
    ]
    return table(words.text("glossary.title"), columns, rows)


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.definitions"), words.text("definitions.lead"))
    wanted = st.text_input(
        words.text("definitions.search"),
        key="search",
        type="search",
        placeholder=words.text("definitions.placeholder"),
        width=420,
    )
    wanted = wanted or ""
    rows = [row for row in records(queries.indicators(page.publication)) if matches(row, wanted)]
    own = [row for row in rows if not bool(row["is_generic"])]
    generic = [row for row in rows if bool(row["is_generic"])]
    for title, text, each in (
        ("definitions.register", "definitions.register.text", own),
        ("definitions.generic", "definitions.generic.text", generic),
    ):
        if not each:
            continue
        section(f"{words.text(title)} ({len(each)})", words.text(text))
        is_open = bool(wanted) and len(rows) <= 2  # noqa: PLR2004 - few enough to read at once
        st.html(by_phase(page, each, is_wanted=bool(wanted), is_open=is_open))
    if not rows:
        st.html(f'<p class="km-soft">{escape(words.text("definitions.nothing"))}</p>')
    nature = nature_of(page.publication)
    folded_section(
        words.text("norms.title"), norm_register(page, wanted),
        words.text(nature.key("norms.text")), anchor="normen", is_open=bool(wanted),
    )  # fmt: skip
    folded_section(
        words.text("glossary.title"), terms_table(page, wanted),
        anchor="begrippen", is_open=bool(wanted),
    )  # fmt: skip
    if not nature.cites:
        # What is left out on purpose is told of the chain whose circular asks for it.
        return
    items = "".join(
        f"<li><b>{escape(words.text(f'not_measured.{topic}'))}</b> "
        f"{escape(words.text(f'not_measured.{topic}.text'))}</li>"
        for topic in NOT_MEASURED
    )
    folded_section(
        words.text("not_measured.title"), f'<ul class="km-list">{items}</ul>',
        words.text("not_measured.text"), anchor="niet-gemeten",
    )  # fmt: skip


show()
