"""The course of the chosen cases as a directly-follows graph, with the same as a table.

Here: whose course, how much of it, and the words. Not here: the graph (`pipelines.workbench`) and
the drawing (`pipelines.charts.process_map`).
"""

from collections.abc import Mapping

import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.markup import escape, picture
from dashboard.components.note import show_note
from dashboard.components.page import Page, section
from dashboard.components.table import Column, show_data
from dashboard.sections.cohort_choice import name_of
from dashboard.sections.definition import milestone_name
from pipelines.charts.process_map import Arrow, Place, draw_process
from pipelines.wording import formats
from pipelines.workbench.choice import Choice
from pipelines.workbench.process import Arc, ProcessMap, directly_follows

SIZES = ("8", "12", "20", "40")
_DEFAULT = "12"
# Arcs that fewer go are in the table and not in the drawing, where they would be a haze.
_LEAST_SHARE = 0.05


@st.fragment
def show_process(page: Page, choices: Mapping[str, Choice]) -> None:
    """Put the process map of one of the groups on the page."""
    words = page.words
    section(words.text("process.title"), words.text("process.text"), anchor="verloop")
    left, middle, right = st.columns(3)
    with left:
        group = choose(
            "verloop", words.text("process.group"), list(choices),
            lambda name: words.text("compare.group", name=name),
        )  # fmt: skip
    with middle:
        part = choose(
            "deel", words.text("process.part"), ["within", "whole"],
            lambda code: words.text(f"process.part.{code}"),
        )  # fmt: skip
    with right:
        most = choose(
            "mijlpalen", words.text("process.most"), SIZES, lambda size: size, default=_DEFAULT
        )
    choice = choices[group]
    events = queries.chosen_events(page.publication, choice, is_whole=part == "whole")
    found = directly_follows(events, int(most))
    if not found.activities:
        show_note(words.text("process.none"))
        return
    drawn = [arc for arc in found.arcs if arc.n_cases >= _LEAST_SHARE * found.n_cases]
    said = words.text(
        "process.said", group=name_of(page, choice), n=formats.number(found.n_cases, words),
        milestones=len(found.activities), arcs=len(drawn), left_out=found.n_left_out,
    )  # fmt: skip
    st.html(f'<p class="km-said">{escape(said)}</p>{_drawing(page, found, drawn, said)}')
    _show_arcs(page, found)


def _drawing(page: Page, found: ProcessMap, drawn: list[Arc], said: str) -> str:
    words = page.words
    place_of = {activity.name: place for place, activity in enumerate(found.activities)}
    most = max((arc.n for arc in drawn), default=1)
    places = [
        Place(
            _name(page, activity.name),
            words.text("process.cases", n=formats.number(activity.n_cases, words)),
        )
        for activity in found.activities
    ]
    arrows = [
        Arrow(
            place_of[arc.source], place_of[arc.target], arc.n / most,
            f"{formats.number(arc.n, words)}×\n{_days(page, arc)}",
        )
        for arc in drawn
    ]  # fmt: skip
    drawing = draw_process(places, arrows)
    shown = picture(drawing.svg, said, "km-process", drawing.width, drawing.height)
    label = escape(words.text("process.title"))
    return f'<div class="km-scroll" role="region" tabindex="0" aria-label="{label}">{shown}</div>'


def _days(page: Page, arc: Arc) -> str:
    if not arc.median_days:
        return page.words.text("process.at_once")
    unit = formats.fitting_unit("days", arc.median_days)
    factor = formats.conversion("days", unit) or 1.0
    return formats.with_unit(arc.median_days * factor, unit, page.words)


def _name(page: Page, milestone: str) -> str:
    return formats.sentence(milestone_name(page, milestone))


def _show_arcs(page: Page, found: ProcessMap) -> None:
    """Every arc between the milestones kept, drawn or not."""
    words = page.words
    columns = [
        Column(words.text("process.source")),
        Column(words.text("process.target")),
        Column(words.text("process.n"), is_number=True),
        Column(words.text("process.n_cases"), is_number=True),
        Column(words.text("process.median"), is_number=True),
    ]
    rows = [
        [
            _name(page, arc.source),
            _name(page, arc.target),
            formats.number(arc.n, words),
            formats.number(arc.n_cases, words),
            _days(page, arc),
        ]
        for arc in found.arcs
    ]
    show_data(words.text("process.caption"), columns, rows, "verloop", words)
