"""How long what is still open has been waiting: the number per band of age.

Here: the table of bands, at the end of each of the newest quarters and of the newest month.
Not here: the number open and its median age beside the other views (`views`).
"""

import pandas as pd
import streamlit as st

from dashboard.components.cells import cell
from dashboard.components.markup import escape
from dashboard.components.page import Page, section
from dashboard.components.table import Column, table
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, figures, select

# In order of age; together they are all that is open.
_BANDS = (
    "open_age_to_7d",
    "open_age_8_to_30d",
    "open_age_31_to_90d",
    "open_age_91_to_180d",
    "open_age_over_180d",
)
_QUARTERS = 5


def show_open_ages_section(page: Page, results: pd.DataFrame, *, side: str | None = None) -> None:
    """Put the ages of what is open on the page; nothing when they were not published."""
    if not set(_BANDS) & set(results["statistic"]):
        return
    words = page.words
    measures = ("open", *_BANDS)
    opened = results[(results["dimension"] == NATIONAL) & (results["view"] == "open")]

    def by_period(grain: str) -> list[dict[str, Figure]]:
        of_grain = opened[opened["period_grain"] == grain]
        return [
            {figure.period: figure for figure in figures(select(of_grain, each, side=side))}
            for each in measures
        ]

    quarters, months = by_period("quarter"), by_period("month")
    shown = [(period, quarters) for period in _over(quarters)[-_QUARTERS:]]
    shown += [(period, months) for period in _over(months)[-1:]]
    section(words.text("ages.title"), words.text("ages.text"), anchor="leeftijd")
    if not any(
        each[period].status == OK
        for period, (_, *bands) in shown
        for each in bands
        if period in each
    ):
        st.html(f'<p class="km-soft">{escape(words.text("ages.none"))}</p>')
        return
    columns = [
        Column(words.text("ages.at_end_of")),
        *(Column(words.name("statistic", measure), is_number=True) for measure in measures),
    ]
    rows = [
        [
            escape(formats.period(period, words)),
            *(cell(each.get(period), words) for each in series),
        ]
        for period, series in shown
    ]
    st.html(table(words.text("ages.caption"), columns, rows, class_="km-views"))


def _over(series: list[dict[str, Figure]]) -> list[str]:
    """Periods that are over, in order."""
    return sorted(
        {
            figure.period
            for each in series
            for figure in each.values()
            if figure.status != "too_recent"
        }
    )
