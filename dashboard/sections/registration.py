"""Registration: how soon what happened is delivered, per table.

Here: the section of the data-quality page. Not here: which delivery first carried an event, which
the pipeline works out, and what a figure may still become (`sections.series`).
"""

from typing import Any

import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.page import Page, section
from dashboard.components.table import Column, show_data, table
from pipelines.wording import formats
from pipelines.wording.figures import status_symbol
from pipelines.wording.rows import records

# Every event of a table with this share in the first due delivery comes as good as at once.
AT_ONCE = 0.99


def show_registration_section(page: Page) -> None:
    """Put on the page which tables tell of events later than their month, and how much later."""
    months = records(queries.registration(page.publication))
    if not months:
        return
    words = page.words
    section(words.text("registration.title"), words.text("registration.text"), anchor="vastlegging")
    late = late_tables(records(queries.registration_by_table(page.publication)))
    if late:
        st.html(registration_table(page, late))
    else:
        st.html(f'<p class="km-soft">{escape(words.text("registration.none"))}</p>')
    columns = [
        Column(words.text("quality_page.table")),
        Column(words.text("grain.month")),
        Column(words.text("registration.n_events"), is_number=True),
        Column(words.text("registration.n_first_due"), is_number=True),
        Column(words.text("registration.lag"), is_number=True),
    ]
    rows = [
        [
            f"{row['organisation']}_{row['table_name']}",
            formats.period(row["period"], words),
            *(
                _written(row[measure], page)
                for measure in ("n_events", "n_first_due", "median_lag_days")
            ),
        ]
        for row in months
    ]
    show_data(words.text("registration.title"), columns, rows, "registration", words)


def late_tables(by_table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tables of which more than a few events came later, in their fixed order."""
    return [
        row
        for row in by_table
        if (row["n_events"] or 0) > 0 and row["n_first_due"] < AT_ONCE * row["n_events"]
    ]


def registration_table(page: Page, rows: list[dict[str, Any]]) -> str:
    """Return, per table, how much the first due delivery held and how long it took."""
    words = page.words
    columns = [
        Column(words.text("quality_page.table")),
        Column(words.text("registration.n_events"), is_number=True),
        Column(words.text("registration.share"), is_number=True),
        Column(words.text("registration.lag"), is_number=True),
    ]
    cells = [
        [
            escape(f"{row['organisation']}_{row['table_name']}"),
            escape(_written(row["n_events"], page)),
            f"{formats.number(100 * row['n_first_due'] / row['n_events'], words, 0)}%",
            escape(_written(row["median_lag_days"], page)),
        ]
        for row in rows
    ]
    return table(words.text("registration.title"), columns, cells)


def _written(value: Any, page: Page) -> str:
    """Write a number, or the sign of one that is withheld."""
    if formats.is_number(value):
        return formats.number(value, page.words)
    return status_symbol("suppressed", page.words)
