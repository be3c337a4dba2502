"""A series chart as a file to put in a report: SVG or PNG, with its source beneath the title.

Here: the drawing of one file, and the buttons that give it.
Not here: the chart itself (`chart`), and its data (`table`).
"""

from functools import partial

import altair as alt
import streamlit as st
import vl_convert

from dashboard.components.chart import series_chart
from dashboard.components.chart_series import Series
from dashboard.components.chart_style import FONT, INK, SOFT
from dashboard.components.page import Page
from pipelines.wording import formats
from pipelines.wording.language import Words

_WIDTH = 860
# Twice as many dots as the chart has points: sharp on paper.
_SCALE = 2.0


def show_chart_files(page: Page, series: Series) -> None:
    """Put the buttons on the page that give a chart as a file."""
    words, source = page.words, source_of(page)
    with st.container(horizontal=True):
        for extension, media_type, make in (
            ("svg", "image/svg+xml", svg_of),
            ("png", "image/png", png_of),
        ):
            st.download_button(
                words.text(f"chart.download.{extension}"),
                # Drawn when it is asked for: most charts are only looked at.
                partial(make, series, source, words),
                file_name=f"{page.publication.id}_{series.key}.{extension}",
                mime=media_type,
                on_click="ignore",
                key=f"chart_{series.key}_{extension}",
            )


def source_of(page: Page) -> str:
    """Say where a chart comes from, as it stands under its title."""
    words, publication = page.words, page.publication
    named = "strip.release" if page.shown else "strip.publication"
    said = words.text(
        "chart.source",
        chain=words.label(vars(publication), "chain_label"),
        publication=f"{words.text(named).lower()} {publication.id}",
        day=formats.day(publication.reference_date, words),
    )
    return f"{said} {words.text('chart.source.synthetic')}" if publication.is_synthetic else said


def svg_of(series: Series, source: str, words: Words) -> bytes:
    """Return a chart as SVG."""
    return vl_convert.vegalite_to_svg(_titled(series, source, words)).encode("utf-8")


def png_of(series: Series, source: str, words: Words) -> bytes:
    """Return a chart as PNG."""
    return vl_convert.vegalite_to_png(_titled(series, source, words), scale=_SCALE)


def _titled(series: Series, source: str, words: Words) -> str:
    """The chart with its title and source, at a width of its own."""
    unit = formats.unit_long(series.unit, words) if series.unit not in formats.SHARES else "%"
    title = alt.TitleParams(
        f"{series.title} ({unit})", subtitle=source, anchor="start", font=FONT, color=INK,
        subtitleFont=FONT, subtitleColor=SOFT, offset=14,
    )  # fmt: skip
    return series_chart(series, words).properties(width=_WIDTH, title=title).to_json()
