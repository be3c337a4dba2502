"""A series chart as a file to put in a report: SVG or PNG, with its source beneath the title.

Here: the buttons that give it, and its source in words.
Not here: the drawing (`pipelines.charts.drawing`), and its data (`table`).
"""

from functools import partial

import streamlit as st

from dashboard.components.download import download
from dashboard.components.page import Page
from pipelines.charts.drawing import png_of, svg_of
from pipelines.charts.series import Series
from pipelines.wording import formats


def show_chart_files(page: Page, series: Series) -> None:
    """Put the buttons on the page that give a chart as a file."""
    words, source = page.words, source_of(page)
    with st.container(horizontal=True):
        for extension, media_type, make in (
            ("svg", "image/svg+xml", svg_of),
            ("png", "image/png", png_of),
        ):
            download(
                words.text(f"chart.download.{extension}"),
                partial(make, series, source, words),
                f"{page.publication.id}_{series.key}.{extension}",
                media_type,
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
