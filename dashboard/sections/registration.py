"""Registration: how soon what happened is delivered, per supplier.

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


def show_registration_section(page: Page, suppliers: list[tuple[str, str]]) -> None:
    """Put on the page who tells of events later than their month, and how much later.

    Args:
        page: The page.
        suppliers: Code and name of every supplier, in their fixed order.
    """
    shares = {
        row["organisation"]: row for row in records(queries.registration_shares(page.publication))
    }
    if not shares:
        return
    words = page.words
    section(words.text("registration.title"), words.text("registration.text"), anchor="vastlegging")
    late = [
        (name, shares[code])
        for code, name in suppliers
        if code in shares and not shares[code]["is_at_once"]
    ]
    if late:
        st.html(registration_table(page, late))
    else:
        st.html(f'<p class="km-soft">{escape(words.text("registration.none"))}</p>')
    _show_tables(page)


def registration_table(page: Page, rows: list[tuple[str, dict[str, Any]]]) -> str:
    """Return, per supplier, how much the delivery of the month held and how long it took."""
    words = page.words
    columns = [
        Column(words.text("quality_page.supplier")),
        Column(words.text("registration.share"), is_number=True),
        Column(words.text("registration.lag"), is_number=True),
    ]
    cells = [
        [
            escape(name),
            escape(_written(row["at_once_pct"], page, "%")),
            escape(_written(row["median_lag_days"], page)),
        ]
        for name, row in rows
    ]
    return table(words.text("registration.title"), columns, cells)


def _show_tables(page: Page) -> None:
    """Put the same of every table and month under it, for whoever has them."""
    months = records(queries.registration(page.publication))
    if not months:
        return
    words = page.words
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


def _written(value: Any, page: Page, unit: str = "") -> str:
    """Write a number, or the word for one that is withheld."""
    if formats.is_number(value):
        return formats.number(value, page.words) + unit
    return status_symbol("suppressed", page.words)
