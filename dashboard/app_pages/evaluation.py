"""Evaluation: the themes that recur in evaluations, beside the figures they explain."""

from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.markup import escape, link
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.tile import tile, tiles
from dashboard.sections.fitness import THEMES, quality_of, show_fitness
from dashboard.sections.series import show_series_section
from dashboard.sections.themes import (
    in_order,
    show_handoffs_of_theme,
    show_pairs_section,
    theme_facts,
    theme_tables,
)
from pipelines.wording import themes
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import newest

# What one must know of the evaluations themselves: indicator and measure.
_COVERAGE = (
    ("evaluation_share", "share"),
    ("evaluation_lead_time", "median"),
    (THEMES, "share"),
)


def coverage(page: Page) -> str:
    """Return a tile on how many evaluations there are to learn from, and how soon."""
    words = page.words
    each = []
    for name, statistic in _COVERAGE:
        entry = queries.indicator(page.publication, name)
        if not entry:
            continue
        results = queries.results_of(page.publication, name)
        shown = newest(newest_figures(results, statistic))
        to = link(words.href("indicator", indicator=name), words.text("definition.to_figures"))
        each.append(tile(words.label(entry), shown, words, extra=to))
    return tiles(each)


def choose_theme(page: Page, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Let the reader choose a theme; it stands in the address."""
    named = {str(row["series"]): row for row in rows}
    chosen = choose(
        "thema",
        page.words.text("theme.choose"),
        list(named),
        lambda series: page.words.label(named[series]),
        in_list=True,
        is_identity=True,
    )
    return named[chosen]


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("evaluation.title"), words.text("evaluation.lead"))
    is_shown = show_fitness(page, quality_of(page, THEMES), many=True)
    st.html(coverage(page))
    st.html(theme_tables(page))
    expected = themes.expectation(queries.theme_courses(page.publication), words)
    caption = " ".join(filter(None, [words.text("evaluation.caption"), expected]))
    st.html(f'<p class="km-caption">{escape(caption)}</p>')
    if not is_shown:
        return
    section(words.text("evaluation.one"), anchor="thema")
    series = choose_theme(page, in_order(page))
    st.html(theme_facts(page, series))
    results = queries.results_of(page.publication, str(series["indicator"]))
    show_series_section(page, str(series["indicator"]), results)
    show_handoffs_of_theme(page, series, results)
    show_pairs_section(page)


show()
