"""One indicator of the register: its question, its course, its balance and its definition.

The lead time of a hand-off has one address, the page of the hand-off: whoever asks for it here is
sent there, with all that was asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import badge
from dashboard.components.choice import choose
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.tile import tile, tiles
from dashboard.sections.balancing import balancing_tile
from dashboard.sections.changes import show_changes_section
from dashboard.sections.citation import show_citation_section
from dashboard.sections.definition import definition, norms_of, terms
from dashboard.sections.dimension import show_dimension_section
from dashboard.sections.fitness import quality_line, quality_of, show_fitness
from dashboard.sections.followed import followed_terms
from dashboard.sections.limits import icons_of
from dashboard.sections.rare_events import show_rare_events_section
from dashboard.sections.series import show_series_section
from dashboard.sections.themes import theme_link
from dashboard.sections.whose import show_way
from pipelines.wording import formats
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import movement, newest
from pipelines.wording.measures import TIMES, headline_view, measures_of
from pipelines.wording.names import family_name
from pipelines.wording.rows import records, text_of

_MOST_TILES = 3
# Why a figure is there is the first thing to read, not the last.
_SAID_ABOVE = frozenset({"definition.why"})


def choose_indicator(page: Page) -> dict[str, Any]:
    """Let the reader choose an indicator; its id stands in the address."""
    register = records(queries.indicators(page.publication))
    asked = st.query_params.get("indicator")
    for row in register:
        if row["indicator"] == asked and is_of_handoff(row):
            asked_there = {"koppelvlak": str(row["handoff_id"])} | {
                name: value for name, value in st.query_params.items() if name != "indicator"
            }
            st.switch_page("app_pages/handoff.py", query_params=asked_there)
    rows = {row["indicator"]: row for row in register if not is_of_handoff(row)}
    if not rows:
        st.switch_page("app_pages/handoff.py")
    chosen = choose(
        "indicator",
        page.words.text("indicator.choose"),
        list(rows),
        lambda identifier: page.words.label(rows[identifier]),
        default=first_told(page, list(rows)),
        in_list=True,
        is_identity=True,
    )
    return rows[chosen]


def first_told(page: Page, indicators: Sequence[str]) -> str | None:
    """Return the first indicator that has a figure: nobody is to come in on an empty page."""
    told = queries.told_indicators(page.publication)
    return next((name for name in indicators if name in told), None)


def is_of_handoff(indicator: Mapping[str, Any]) -> bool:
    """Whether an indicator is shown on the page of a hand-off: its lead time is."""
    return indicator["kind"] == "lead_time" and bool(text_of(indicator, "handoff_id"))


def key_figures(page: Page, indicator: Mapping[str, Any], results: pd.DataFrame) -> list[str]:
    """Return a tile for each of the first measures of an indicator."""
    words = page.words
    each: list[str] = []
    for statistic in measures_of(results)[:_MOST_TILES]:
        view = headline_view(results, statistic)
        series = newest_figures(results, statistic, view)
        extra = ""
        if not each:
            moved = movement(series, text_of(indicator, "direction"))
            icons = icons_of(page, text_of(indicator, "indicator"), "quarter")
            compared = moved.kind != "no_interval"
            since = badge.movement_since(moved, statistic in TIMES, words)
            extra = icons or (since if compared else "")
        each.append(tile(words.name("statistic", statistic), newest(series), words, extra=extra))
    return each


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    top, picker = st.columns([3, 2], vertical_alignment="bottom", gap="large")
    with picker:
        indicator = choose_indicator(page)
    name, handoff = str(indicator["indicator"]), text_of(indicator, "handoff_id")
    family = family_name(
        text_of(indicator, "family"), queries.members(page.publication), page.words
    )
    kicker = escape(formats.sentence(family))
    if handoff:
        at = link(words.href("koppelvlak", koppelvlak=handoff), handoff, "km-code")
        kicker = f"{at}{kicker}"
    with top:
        heading(words.label(indicator), words.label(indicator, "question"), kicker=kicker)
    if indicator["kind"] == "distribution":
        # Answers are no figure per period: they have a page of their own.
        to = link(words.href("ervaringen"), words.text("definition.to_figures"))
        st.html(f"<p>{to}</p>{definition(page, indicator)}")
        return
    results = queries.results_of(page.publication, name)
    quality = quality_of(page, name)
    is_shown = show_fitness(page, quality)
    show_way(page)
    if is_shown and queries.is_without_threshold(page.publication, name):
        show_note(words.text("indicator.without_threshold"))
    if is_shown:
        st.html(tiles([*key_figures(page, indicator, results), balancing_tile(page, indicator)]))
    lines = [
        (words.text("handoff.quality"), quality_line(page, quality)),
        *followed_terms(page, indicator),
        (words.text("definition.why"), escape(words.label(indicator, "why"))),
    ]
    if text_of(indicator, "norm_ids"):
        lines.append((words.text("column.norm"), norms_of(page, indicator)))
    if theme := queries.theme_of(page.publication, name):
        lines.append((words.text("theme.theme"), theme_link(page, theme)))
    st.html(terms(lines))
    if is_shown:
        show_series_section(page, name, results)
        show_rare_events_section(page, name)
        show_dimension_section(page, name, results)
        show_changes_section(page, name)
        show_citation_section(page, indicator, results)
    section(words.text("definition.title"), anchor="definitie")
    st.html(definition(page, indicator, without=_SAID_ABOVE))


show()
