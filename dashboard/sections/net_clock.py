"""The net clock beside the gross one: what a lead time is without its coded pauses.

Here: the table of both medians and the number paused, per quarter.
Not here: the headline, which is gross, and what a pause is (the definition).
"""

import pandas as pd
import streamlit as st

from dashboard.components.cells import cell
from dashboard.components.markup import escape
from dashboard.components.page import Page, section
from dashboard.components.table import Column, table
from pipelines.wording import formats
from pipelines.wording.figures import Figure, figures, select

_PERIODS = 8
# Heading, measure and clock of each column.
_COLUMNS = (
    ("net.gross_median", "median", "gross"),
    ("net.net_median", "median", "net"),
    ("net.gross_share", "share_within_norm", "gross"),
    ("net.net_share", "share_within_norm", "net"),
    ("statistic.started", "started", "gross"),
    ("statistic.paused", "paused", "net"),
)


def show_net_clock_section(page: Page, results: pd.DataFrame, *, side: str | None = None) -> None:
    """Put both clocks on the page; nothing for a hand-off without coded pauses."""
    if "net" not in set(results["clock"]):
        return
    words = page.words
    columns, series = [Column(words.text("column.period"))], []
    for heading, measure, clock in _COLUMNS:
        found = select(results, measure, view="cohort", grain="quarter", side=side, clock=clock)
        if len(found):
            columns.append(Column(words.text(heading), is_number=True))
            series.append({figure.period: figure for figure in figures(found)})
    section(words.text("net.title"), words.text("net.text"), anchor="netto")
    periods = sorted({period for by_period in series for period in by_period})[-_PERIODS:]
    rows = [
        [
            escape(formats.period(period, words)),
            *(_cell(page, by_period.get(period)) for by_period in series),
        ]
        for period in periods
    ]
    st.html(table(words.text("net.caption"), columns, rows, class_="km-views"))


def _cell(page: Page, figure: Figure | None) -> str:
    return cell(figure, page.words)
