"""The data dictionary of a file: what every column means, a table at a time."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.page import Page, alone
from dashboard.components.table import Column, show_downloads, table
from pipelines.wording.language import column_text
from pipelines.wording.rows import records, text_of

_FIRST = "fct_handoff"


@alone
def show_dictionary(page: Page) -> None:
    """Put the data dictionary on the page, a table at a time, and all of it as a file."""
    words = page.words
    whole = records(queries.data_dictionary(page.publication))
    headings = [
        words.text(f"dictionary.{name}")
        for name in ("layer", "table", "column", "type", "meaning", "source")
    ]
    rows = [
        [
            words.text(f"dictionary.layer.{row['layer']}"),
            str(row["table_name"]),
            str(row["column_name"]),
            str(row["data_type"]),
            _meaning(row, words.language),
            str(row["source"] or ""),
        ]
        for row in whole
    ]
    tables = {f"{row[1]} ({row[0]})": (row[0], row[1]) for row in rows}
    start = next(
        (at for at, layer_and_table in enumerate(tables.values()) if layer_and_table[1] == _FIRST),
        0,
    )
    named = st.selectbox(
        words.text("dictionary.choose"), list(tables), key="dictionary", index=start, width=420
    )
    chosen = tables[named]
    own = [row for row in rows if (row[0], row[1]) == chosen]
    sources = {source for *_, source in own}
    # Said once where it is the same for every column, as it is but where a table has several.
    is_said_once = len(sources) == 1
    if is_said_once and (source := next(iter(sources))):
        st.html(f'<p class="km-soft">{escape(f"{headings[-1]} {source}")}</p>')
    st.html(
        table(
            words.text("dictionary.caption", table=chosen[1]),
            [Column(title) for title in headings[2 : -1 if is_said_once else None]],
            [
                [
                    f"<code>{escape(column)}</code>",
                    *map(escape, (kind, meaning) if is_said_once else (kind, meaning, source)),
                ]
                for _, _, column, kind, meaning, source in own
            ],
        )
    )
    show_downloads(headings, rows, "data_dictionary", words)


def _meaning(row: Mapping[str, Any], language: str) -> str:
    """What a column means in the reader's language, else in the one it was written in."""
    is_told = language == "nl" and row["layer"] == "published"
    dutch = column_text(text_of(row, "table_name"), text_of(row, "column_name")) if is_told else ""
    return dutch or text_of(row, "description")
