"""Tables: real ones, that a screen reader can walk through, and the same rows as a file.

Here: an HTML table, and its downloads: CSV in Dutch (semicolons, decimal comma) or English form,
and ODS.
Not here: which rows.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.components.download import download
from dashboard.components.markup import escape
from pipelines.wording.language import Words

# What spreadsheets need to read the file as UTF-8.
_BYTE_ORDER_MARK = "\ufeff"
# As text in a CSV file, what begins with one of these is a formula.
_HARMLESS = re.compile(r"(?![=@\t\r+-])|[+-][\w.,% \u00a0\u202f]*\Z")


@dataclass(frozen=True)
class Column:
    """A column: its heading, and whether it holds numbers (set right, in even digits)."""

    heading: str
    is_number: bool = False


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, class_: str = ""
) -> str:
    """Return an HTML table.

    Args:
        caption: What it shows; read aloud first.
        columns: Its columns; the first is the heading of its row.
        rows: Cells as HTML, so text in them is already escaped.
        class_: Further class names.
    """
    heads = "".join(
        f'<th scope="col"{_kind(column)}>{escape(column.heading)}</th>' for column in columns
    )
    return (
        f'<div class="km-scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="km-table {class_}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>"
        + "".join(_row(columns, row) for row in rows)
        + "</tbody></table></div>"
    )


def show_data(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    file_name: str,
    words: Words,
) -> None:
    """Put "show data" on the page: the table, folded, and the same as a file.

    Args:
        caption: What it shows.
        columns: Its columns.
        rows: Cells as plain text in the reader's form.
        file_name: Name of the download, without extension.
        words: The reader's language.
    """
    with st.expander(words.text("data.show"), key=f"data_{file_name}"):
        st.html(table(caption, columns, [[escape(cell) for cell in row] for row in rows]))
        show_downloads([column.heading for column in columns], rows, file_name, words)


def show_downloads(
    headings: Sequence[str], rows: Sequence[Sequence[str]], file_name: str, words: Words
) -> None:
    """Put the buttons on the page that give rows as a file.

    Args:
        headings: Names of the columns.
        rows: Cells as plain text in the reader's form.
        file_name: Name of the file, without extension.
        words: The reader's language.
    """
    csv_file = partial(as_csv, headings, rows, words.language)
    with st.container(horizontal=True):
        for extension, media_type, make in (
            ("csv", "text/csv", csv_file),
            (
                "ods",
                "application/vnd.oasis.opendocument.spreadsheet",
                partial(as_ods, headings, rows),
            ),
        ):
            download(
                words.text(f"data.download.{extension}"),
                make,
                f"{file_name}.{extension}",
                media_type,
                key=f"download_{file_name}_{extension}",
            )


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> bytes:
    """Return rows as a file: semicolons in Dutch, where the comma is the decimal sign."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";" if language == "nl" else ",", lineterminator="\r\n")
    writer.writerows([[_inert(cell) for cell in row] for row in (headings, *rows)])
    return (_BYTE_ORDER_MARK + lines.getvalue()).encode("utf-8")


def _inert(cell: str) -> str:
    """A cell that a spreadsheet does not run: only a signed number may begin as a formula does."""
    return cell if _HARMLESS.match(cell) else f"'{cell}"


def as_ods(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as an OpenDocument spreadsheet of one sheet; cells are text, as on the page."""
    sheet = io.BytesIO()
    with pd.ExcelWriter(sheet, engine="odf") as writer:
        pd.DataFrame([*rows], columns=[*headings]).to_excel(writer, index=False)
    return sheet.getvalue()


def _row(columns: Sequence[Column], cells: Sequence[str]) -> str:
    first, *others = cells
    rest = "".join(
        f'<td{_kind(column)} data-label="{escape(column.heading)}">{cell}</td>'
        for column, cell in zip(columns[1:], others, strict=True)
    )
    return f'<tr><th scope="row">{first}</th>{rest}</tr>'


def _kind(column: Column) -> str:
    return ' class="km-num"' if column.is_number else ""
