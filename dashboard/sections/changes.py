"""What changed since the previous publication, and why: the section and the tables of its page.

Here: which changes stand on a page and how a row of them looks.
Not here: the words of one change (`changes`), and the split itself (the pipeline).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.note import note
from dashboard.components.page import Page, section
from dashboard.components.reading import reading, said
from dashboard.components.table import Column, show_data, table
from dashboard.components.waterfall import waterfall
from dashboard.sections.definition import terms
from pipelines.dimensions import NATIONAL
from pipelines.wording import changes, formats
from pipelines.wording.measures import STATISTICS
from pipelines.wording.rows import Row, first, records, text_of

_ROWS = 8


def show_changes_section(page: Page, indicator: str, *, side: str | None = None) -> None:
    """Put what changed in the figures of one indicator on the page.

    Args:
        page: The page.
        indicator: The indicator.
        side: Whose clock, of a lead time that has two.
    """
    if not page.publication.has("change"):
        return
    words = page.words
    section(words.text("change.title"), since(page), anchor="veranderd")
    reason = unexplained(page)
    if reason:
        st.html(note(reason))
        return
    rows = queries.changes_of(page.publication, indicator)
    if side is not None and side in set(rows["side"]):
        rows = rows[rows["side"] == side]
    headline = national(rows)
    if rows.empty:
        st.html(note(words.text("change.none")))
        return
    shown = newest(headline)
    if shown:
        st.html(
            change_table(page, words.text("change.caption"), shown)
            + said(changes.sentence(shown, words))
            + legend(page, shown)
        )
    else:
        st.html(note(words.text("change.none_national", n=formats.number(len(rows), words))))
    show_data(
        words.text("change.all_caption"),
        _data_columns(page),
        [_data_row(page, row) for row in records(rows)],
        f"changes_{indicator}",
        words,
    )


def since(page: Page) -> str:
    """Say which publication this one is compared with."""
    basis = first(queries.change_basis(page.publication))
    day = text_of(basis, "previous_reference_date")
    if not day:
        return ""
    return page.words.text(
        "change.since",
        day=formats.day(date.fromisoformat(day[:10]), page.words),
        id=text_of(basis, "previous_publication_id"),
    )


def unexplained(page: Page) -> str:
    """Say why there is no explanation; empty when there is one."""
    basis = first(queries.change_basis(page.publication))
    state = text_of(basis, "state")
    if state == "explained":
        return ""
    return changes.why_unexplained(state, text_of(basis, "note"), page.words)


def national(rows: pd.DataFrame) -> pd.DataFrame:
    """Headline measures of the whole chain per quarter, by the gross clock."""
    kept = (
        (rows["dimension"] == NATIONAL)
        & (rows["period_grain"] == "quarter")
        & rows["statistic"].isin(STATISTICS)
        & ~rows["clock"].isin(["net"])
    )
    return rows[kept]


def newest(rows: pd.DataFrame) -> list[Row]:
    """The changes of the newest periods, newest first; measures in their fixed order."""
    order = {statistic: at for at, statistic in enumerate(STATISTICS)}
    each = records(rows)
    each.sort(key=lambda row: order[row["statistic"]])
    each.sort(key=lambda row: str(row["period"]), reverse=True)
    return each[:_ROWS]


def change_table(page: Page, caption: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return changes as a table: what it was, through what it changed, what it is."""
    words = page.words
    columns = [
        Column(words.text("change.figure")),
        Column(words.text("change.was")),
        Column(words.text("change.through_what")),
        Column(words.text("change.is")),
    ]
    return table(caption, columns, [[named(page, row), *cells(page, row)] for row in rows],
                 class_="km-changes")  # fmt: skip


def named(page: Page, row: Mapping[str, Any]) -> str:
    """Return measure, view and period of a changed figure."""
    words = page.words
    view = words.name("view", text_of(row, "view"))
    measure = words.name("statistic", text_of(row, "statistic"))
    return (
        f"{escape(formats.period(text_of(row, 'period'), words))}"
        f'<span class="km-sub">{escape(measure)} · {escape(view)}</span>'
    )


def cells(page: Page, row: Mapping[str, Any]) -> list[str]:
    """Return the three cells of a change: was, through what, is."""
    words = page.words
    before, after = (escape(end) for end in changes.ends(row, words))
    if not changes.is_number(row):
        happened = escape(changes.happened(row, words))
        return [before, f'<span class="km-status">{happened}</span>', after]
    each = changes.parts(row)
    items = "".join(
        f"<li>{escape(changes.part(row, factor, value, words))}</li>" for factor, value in each
    )
    # One part is the whole difference; there is nothing to draw.
    drawing = waterfall([value for _, value in each]) if len(each) > 1 else ""
    return [before, f'<div class="km-change">{drawing}<ul>{items}</ul></div>', after]


def legend(page: Page, rows: Sequence[Mapping[str, Any]]) -> str:
    """Explain the factors that occur in the rows, each in a sentence."""
    words = page.words
    found = {text_of(row, "cause") for row in rows}
    found |= {factor for row in rows for factor in text_of(row, "joint_factors").split("|")}
    found |= {factor for row in rows for factor, _ in changes.parts(row)}
    return reading("waterfall", words=words) + terms(
        [
            (
                words.text(f"change.factor.{factor}"),
                escape(words.text(f"change.factor.{factor}.text")),
            )
            for factor in changes.FACTORS
            if factor in found
        ]
    )


def _data_columns(page: Page) -> list[Column]:
    words = page.words
    return [
        Column(words.text("column.period")),
        Column(words.text("change.figure")),
        Column(words.text("column.member")),
        Column(words.text("change.was"), is_number=True),
        *(
            Column(words.text(f"change.factor.{factor}"), is_number=True)
            for factor in changes.FACTORS
        ),
        Column(words.text("change.together"), is_number=True),
        Column(words.text("change.is"), is_number=True),
        Column(words.text("change.happened")),
    ]


def _data_row(page: Page, row: Mapping[str, Any]) -> list[str]:
    words, unit = page.words, text_of(row, "unit")
    amounts = dict(changes.parts(row))
    before, after = changes.ends(row, words)
    return [
        formats.period(text_of(row, "period"), words),
        f"{words.name('statistic', text_of(row, 'statistic'))} "
        f"({words.name('view', text_of(row, 'view'))}, "
        f"{words.name('grain', text_of(row, 'period_grain')).lower()})",
        words.label(row, "member_label") or text_of(row, "member"),
        before,
        *(
            changes.amount(amounts[factor], unit, words) if factor in amounts else ""
            for factor in (*changes.FACTORS, "joint")
        ),
        after,
        "" if changes.is_number(row) else changes.happened(row, words),
    ]
