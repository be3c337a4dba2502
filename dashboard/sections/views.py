"""The three ways of looking at a lead time, beside each other and never mixed.

Here: the table of cohort, completed and open per period. Not here: the series chart.
"""

import pandas as pd
import streamlit as st

from dashboard.components.cells import cell
from dashboard.components.markup import escape
from dashboard.components.page import Page, section
from dashboard.components.table import Column, show_downloads, table
from dashboard.sections.series import rounding_of
from pipelines.wording import formats
from pipelines.wording.figures import Figure, cell_of, figures, select
from pipelines.wording.measures import VIEWS

# Per view its measure and the number it is about; None is the number the measure rests on.
_CELLS = (
    ("cohort", "median", "started"),
    ("completed", "median", None),
    ("open", "median_age_days", "open"),
)
_PERIODS = 8


def show_views_section(
    page: Page, indicator: str, results: pd.DataFrame, *, side: str | None = None
) -> None:
    """Put the three views of a lead time on the page; nothing when only one was published."""
    words = page.words
    found: list[tuple[str, str, dict[str, Figure]]] = []
    for view, measure, count in _CELLS:
        measured = figures(select(results, measure, view=view, grain="quarter", side=side))
        counted = (
            [_base_of(figure) for figure in measured]
            if count is None
            else figures(select(results, count, view=view, grain="quarter", side=side))
        )
        found += [
            (view, heading, {figure.period: figure for figure in column})
            for heading, column in (("measure", measured), ("number", counted))
        ]
    periods = sorted({period for *_, by_period in found for period in by_period})[-_PERIODS:]
    # A way of looking, or its number, that an audience is told of in none of them is no column.
    told = [
        (view, heading, by_period)
        for view, heading, by_period in found
        if not by_period.keys().isdisjoint(periods)
    ]
    series = [by_period for *_, by_period in told]
    shown = {view for view, *_ in told}
    if len(shown) < len(VIEWS) - 1:
        return
    section(words.text("views.title"), words.text("views.text"), anchor="manieren")
    columns = [
        Column(words.text("column.period")),
        *(Column(words.text(f"views.{view}.{heading}"), is_number=True)
          for view, heading, _ in told),
    ]  # fmt: skip
    rows_as_text = [
        [
            formats.period(period, words),
            *(_text(page, by_period.get(period)) for by_period in series),
        ]
        for period in periods
    ]
    cells = [
        [
            escape(formats.period(period, words)),
            *(cell(by_period.get(period), words) for by_period in series),
        ]
        for period in periods
    ]
    explained = "".join(
        f"<div><dt>{escape(words.text(f'view.{view}'))}</dt>"
        f"<dd>{escape(words.text(f'view.{view}.text'))}</dd></div>"
        for view in VIEWS
        if view in shown
    )
    unit = formats.unit_long(_unit(results), words)
    rounded = rounding_of(page, indicator, _unit(results))
    caption = words.text("views.caption", unit=", ".join(filter(None, [unit, rounded])))
    st.html(
        f'<dl class="km-explained">{explained}</dl>'
        + table(caption, columns, cells, class_="km-views")
    )
    show_downloads(
        [column.heading for column in columns], rows_as_text, f"{indicator}_views", words
    )


def _base_of(figure: Figure) -> Figure:
    """Return the number of cases a figure rests on, as a figure of its own."""
    return Figure(figure.period, figure.status, "count", value=figure.denominator)


def _unit(results: pd.DataFrame) -> str:
    units = results.loc[results["statistic"] == "median", "unit"]
    return str(units.iloc[0]) if len(units) else ""


def _text(page: Page, figure: Figure | None) -> str:
    return "" if figure is None else cell_of(figure, page.words)
