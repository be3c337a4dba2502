"""The codebook: every theme with its definition and examples, and what changed between versions."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import theme_badge
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.table import Column, table
from dashboard.sections.definition import terms
from dashboard.sections.themes import FACETS, agreements
from pipelines.wording import formats, themes
from pipelines.wording.rows import records


def theme_entry(page: Page, theme: Mapping[str, Any]) -> str:
    """Return one definition: what it is, what gets the code and what does not."""
    words = page.words
    code = str(theme["theme"])
    coded = agreements(page)
    is_own_series = code in coded
    lines = [
        (words.text("theme.definition"), escape(words.label(theme, "definition"))),
        (words.text("codebook.includes"), escape(words.label(theme, "includes"))),
        (words.text("codebook.excludes"), escape(words.label(theme, "excludes"))),
        (words.text("codebook.valid"), escape(_validity(page, theme))),
    ]
    if is_own_series:
        to = link(words.href("evaluatie", thema=code), words.text("definition.to_figures"))
        lines.append(
            (
                words.text("theme.coding"),
                f"{theme_badge.reliability(coded[code], words)} "
                f"{escape(themes.coding_norm(coded[code], words))} {to}",
            )
        )
    title = escape(words.label(theme))
    # Only a researcher meets the code itself, in the rows.
    is_of_rows = page.publication.audience == "researcher"
    tag = f'<span class="km-tag">{escape(code)}</span>' if is_of_rows else ""
    return (
        f'<article class="km-card" id="{escape(code)}"><div class="km-card-top">'
        f"<h2>{title}</h2>{tag}</div>{terms(lines)}</article>"
    )


def _validity(page: Page, theme: Mapping[str, Any]) -> str:
    words = page.words
    end = theme["valid_to"]
    return words.text(
        "codebook.validity",
        version=int(theme["version"]),
        start=formats.day(pd.Timestamp(theme["valid_from"]).date(), words),
        end=words.text("norm.no_end")
        if end is None or pd.isna(end)
        else formats.day(pd.Timestamp(end).date(), words),
    )


def changes(page: Page) -> str:
    """Return which theme went over into which, and why."""
    words = page.words
    named = {
        str(theme["theme"]): words.label(theme)
        for theme in records(queries.themes(page.publication))
    }
    rows = [
        [
            escape(named.get(str(mapping["from_theme"]), str(mapping["from_theme"]))),
            escape(named.get(str(mapping["to_theme"]), "–")),
            escape(words.text("codebook.version", version=int(mapping["version"]))),
            escape(words.name("relation", str(mapping["relation"]))),
            escape(words.label(mapping, "reason")),
        ]
        for mapping in records(queries.theme_mappings(page.publication))
    ]
    columns = [
        Column(words.text("codebook.from")),
        Column(words.text("codebook.to")),
        Column(words.text("definition.version")),
        Column(words.text("codebook.relation")),
        Column(words.text("definition.why")),
    ]
    return table(words.text("codebook.changes"), columns, rows)


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.codebook"), words.text("codebook.lead"))
    rows = records(queries.themes(page.publication))
    known = [*FACETS, *sorted({str(row["facet"]) for row in rows} - set(FACETS))]
    for facet in known:
        own = [row for row in rows if row["facet"] == facet]
        if not own:
            continue
        section(words.name("facet", facet), words.name("facet_text", facet), anchor=facet)
        st.html("".join(theme_entry(page, row) for row in own))
    section(words.text("codebook.changes"), words.text("codebook.changes.text"), anchor="versies")
    st.html(changes(page))
    section(words.text("codebook.agreement"), anchor="betrouwbaarheid")
    st.html(f"<p>{escape(words.text('codebook.agreement.text'))}</p>")


show()
