"""How long, or how many cases, from one rare event to the next.

Here: the section with the chart of gaps, where the publication holds one. A point is one event, so
only the researcher's does.
Not here: how a chart is drawn (`components.chart`), and any limit.
"""

import streamlit as st

from dashboard import queries
from dashboard.components.chart import show_series
from dashboard.components.page import Page, section
from dashboard.components.reading import reading
from dashboard.sections.limits import key_block, verdict_block, verdict_of, verdict_words
from pipelines.charts.series import Series
from pipelines.wording.figures import OK, Figure
from pipelines.wording.rows import records

GAPS = ("days_between", "cases_between")
# The newest events; older ones are in the data.
_MOST = 48


def show_rare_events_section(page: Page, indicator: str) -> None:
    """Put the gaps between rare events on the page; nothing where none was published."""
    words = page.words
    found = queries.signals(page.publication)
    if found.empty:
        return
    own = found[(found["indicator"] == indicator) & found["statistic"].isin(GAPS)]
    for row in records(own):
        statistic, unit = str(row["statistic"]), str(row["unit"])
        section(
            words.name("statistic", statistic), words.text(f"rare.{statistic}"), anchor="zeldzaam"
        )
        verdict = verdict_of(page, indicator, statistic, str(row["view"]), "event", None)
        points = queries.signal_points(page.publication, str(row["series_id"])).tail(_MOST)
        series = Series(
            f"{indicator}_{statistic}",
            words.name("statistic", statistic),
            [
                Figure(str(point["period"]), OK, unit, value=float(point["value"]))
                for point in records(points)
            ],
            limits=verdict.limits,
            verdict=verdict_words(page, verdict),
        )
        st.html(verdict_block(page, verdict))
        show_series(series, words)
        st.html(key_block(page, verdict) + reading("limits", words=words))
