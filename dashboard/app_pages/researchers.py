"""For researchers: rows to take away, what each column means, and a figure made again from them."""

import io
from collections.abc import Callable

import streamlit as st

from dashboard import queries
from dashboard.components.download import download
from dashboard.components.markup import escape
from dashboard.components.page import Page, current_page, heading, section
from dashboard.publication import read_rows
from dashboard.sections.columns import show_dictionary
from dashboard.sections.worked_example import FOLDER, show_example
from pipelines.access.entry import Act
from pipelines.publication.downloads import (
    FORMATS,
    MEDIA_TYPES,
    TABLES,
    file_name,
    query_of,
    write_download,
)
from pipelines.wording import formats

EXAMPLE = "triage_median"
EXAMPLE_INDICATOR = "triage_lead_time"
EXAMPLE_HANDOFF = "K13"


def maker(page: Page, name: str, form: str) -> Callable[[], bytes]:
    """Return what makes a download when somebody asks for it."""

    def make() -> bytes:
        stream = io.BytesIO()
        write_download(read_rows(page.publication, query_of(name)), name, form, stream)
        return stream.getvalue()

    return make


def downloads(page: Page) -> None:
    """Put the downloads on the page: each table in each form."""
    words = page.words
    for name, published in TABLES.items():
        if not page.publication.has(published):
            continue
        size = formats.number(queries.n_rows(page.publication, published), words)
        st.html(
            f"<h3>{escape(words.text(f'researchers.{name}'))}</h3>"
            f"<p>{escape(words.text(f'researchers.{name}.text'))} "
            f"{escape(words.text('researchers.rows', n=size))}</p>"
        )
        with st.container(horizontal=True):
            for form in FORMATS:
                download(
                    words.text(f"researchers.as_{form}"),
                    maker(page, name, form),
                    file_name(name, form, page.publication.id),
                    MEDIA_TYPES[form],
                    key=f"take_{name}_{form}",
                    act=Act.rows,
                )


def example(page: Page) -> None:
    """Put the worked example on the page, run on the rows of this very publication.

    It is about one hand-off of the built-in chain; a publication without its figures has none.
    """
    words = page.words
    result = queries.results_of(page.publication, EXAMPLE_INDICATOR)
    if result.empty:
        return
    section(words.text("researchers.example"), words.text("researchers.example.text"))
    rows = read_rows(
        page.publication, f"from fct_handoff where handoff_id = '{EXAMPLE_HANDOFF}'"
    ).to_pandas()
    with st.expander(words.text("researchers.example.show"), key="example"):
        show_example(
            EXAMPLE,
            {"handoffs": rows, "result": result},
            words.language,
            words.text("researchers.example.outcome"),
        )
    download(
        words.text("researchers.example.download"),
        (FOLDER / f"{EXAMPLE}.py").read_bytes,
        f"{EXAMPLE}.py",
        "text/x-python",
        key="take_example",
    )


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    heading(words.text("page.researchers"), words.text("researchers.lead"))
    section(words.text("researchers.downloads"), words.text("researchers.downloads.text"))
    downloads(page)
    section(words.text("dictionary.title"), words.text("dictionary.text"), anchor="kolommen")
    show_dictionary(page)
    example(page)


show()
