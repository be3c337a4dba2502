"""The series chart: line, interval, limits, norm, gaps with their reason, number at risk beneath.

Here: putting its layers together, and the chart with its data on a page.
Not here: the figures, which series a page shows, the layers (`figure_layers`, `limit_layers`,
`mark_layers`), and its words (`chart_words`).

Meaning is never in colour alone: lines have points, gaps have words, the norm has dashes and a
label, and the same figures stand in a table under the chart.
"""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.chart_axes import Axes
from dashboard.components.chart_rows import chart_rows, top_of
from dashboard.components.chart_series import Series
from dashboard.components.chart_style import FONT, HEIGHT
from dashboard.components.chart_words import data_rows, description
from dashboard.components.figure_layers import (
    band_layers,
    figure_layers,
    followed_layers,
    gap_layers,
    norm_layers,
    number_layers,
    provisional_layers,
)
from dashboard.components.limit_layers import line_layers, rebase_layers
from dashboard.components.mark_layers import ROOM, mark_layers
from dashboard.components.table import show_data
from pipelines.wording import formats
from pipelines.wording.figures import OK
from pipelines.wording.language import Words


def show_series(series: Series, words: Words) -> None:
    """Put a chart on the page, with its data beneath."""
    st.altair_chart(
        series_chart(series, words),
        theme=None,
        width="stretch",
        key=f"chart_{series.key}",
        alt=description(series, words),
    )
    columns, rows = data_rows(series, words)
    show_data(series.title, columns, rows, series.key, words)


def series_chart(series: Series, words: Words) -> alt.LayerChart:
    """Return the chart of a series, as wide as its place on the page."""
    shown = [figure for figure in series.figures if figure.status == OK]
    top = top_of(shown, series)
    frame = pd.DataFrame(chart_rows(series, top, words))
    axes = Axes(series, top, words)
    base = alt.Chart(frame).encode(x=axes.x())
    gap, gap_word = gap_layers(base)
    layers = [
        gap,
        *band_layers(base, axes),
        *line_layers(base, axes.y),
        *norm_layers(base, axes),
        *rebase_layers(base, axes.x(0), HEIGHT),
        *provisional_layers(base, axes, words),
        *followed_layers(base, axes),
        *(mark_layers(base, HEIGHT, words.text("decisions.field.text")) if series.marks else []),
        *figure_layers(base, axes, words),
        gap_word,
        *([] if axes.is_dense else number_layers(base, series, words)),
    ]
    decimal, thousands = formats.signs(words)
    numbers = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["€", ""]}
    chart = alt.layer(*layers).properties(
        width="container",
        height=HEIGHT,
        # The height is that of the field: axis and numbers come on top of it.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 4, "right": 14, "top": 14 + (ROOM if series.marks else 0), "bottom": 8},
    )
    configured: alt.LayerChart = (
        chart.configure(font=FONT, background="#ffffff", locale={"number": numbers})
        .configure_view(stroke=None)
        .configure_axis(labelFont=FONT)
        .configure_text(font=FONT)
    )
    return configured
