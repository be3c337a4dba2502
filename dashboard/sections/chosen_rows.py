"""The rows of the chosen groups: a page of them at a time, and all of them to take away.

Here: the table with its filter and pages; only the rows of one page are read.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.download import download
from dashboard.components.markup import escape
from dashboard.components.page import Page, section
from dashboard.components.table import Column, table
from dashboard.publication import read_rows
from dashboard.sections.cohort_choice import dimensions_of, labels
from dashboard.sections.worked_example import FOLDER
from pipelines.access.entry import Act
from pipelines.wording import formats
from pipelines.wording.rows import records, text_of
from pipelines.workbench.choice import Choice

PAGE_SIZE = 12
_STATUSES = ("", "completed", "open", "competing", "negative")
# Columns of `fct_handoff` that a row on the page tells, beside its dimensions.
_SHOWN = (
    "case_key", "subject_id", "person_key", "started_at", "stopped_at", "status", "duration", "unit"
)  # fmt: skip
_PAGE = "rijen"
_MOST_DIGITS = 9
_SCRIPT = "two_groups.py"
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def file_of(page: Page, choices: Mapping[str, Choice], form: str) -> bytes:
    """Return all rows of the groups as a file, each with the group it belongs to."""
    rows = read_rows(page.publication, *queries.chosen_of(choices))
    stream = io.BytesIO()
    if form == "parquet":
        pq.write_table(rows, stream, compression="zstd")
    else:
        pa_csv.write_csv(rows, stream)
    return stream.getvalue()


def script_of(choices: Mapping[str, Choice], clock: str) -> str:
    """Return the Python file that finds the figures of the page again, for these groups."""
    wanted = {
        name: {
            "handoff_id": choice.handoff,
            **({choice.period_column: choice.period} if choice.period_column else {}),
            **choice.members,
        }
        for name, choice in choices.items()
    }
    groups = "".join(f"    {name!r}: {columns!r},\n" for name, columns in wanted.items())
    source = (FOLDER / _SCRIPT).read_text(encoding="utf-8")
    begin, end = source.index("GROUPS = {"), source.index("file = sys.argv")
    return f"{source[:begin]}GROUPS = {{\n{groups}}}\nCLOCK = {clock!r}\n\n{source[end:]}"


def show_row_downloads(page: Page, choices: Mapping[str, Choice], clock: str) -> None:
    """Put the buttons on the page that give the rows of both groups, and the figures again."""
    for form, media_type in _MEDIA_TYPES.items():
        download(
            page.words.text(f"compare.rows_as_{form}"),
            partial(file_of, page, choices, form),
            f"rijen_{page.publication.id}.{form}",
            media_type,
            key=f"take_rows_{form}",
            act=Act.rows,
        )
    download(
        page.words.text("compare.script"),
        lambda: script_of(choices, clock).encode(),
        _SCRIPT,
        "text/x-python",
        key="take_script",
    )


@st.fragment
def show_rows(page: Page, choices: Mapping[str, Choice]) -> None:
    """Put the rows on the page, a page of them at a time."""
    words = page.words
    section(words.text("compare.rows"), words.text("compare.rows.text"), anchor="rijen")
    status = choose(
        "status", words.text("compare.status"), _STATUSES,
        lambda code: words.text(f"statistic.{code}") if code else words.text("compare.any"),
        in_list=True,
    )  # fmt: skip
    asked = st.query_params.get(_PAGE, "1")
    # More digits than there are pages of rows: whoever typed that meant none of them.
    number = int(asked) if asked.isdecimal() and len(asked) <= _MOST_DIGITS else 1
    total = queries.chosen_number(page.publication, choices, status)
    last = max(1, -(-total // PAGE_SIZE))
    if not 1 <= number <= last:
        number = 1
    first = (number - 1) * PAGE_SIZE
    dimensions = list(
        dict.fromkeys(
            name for choice in choices.values() for name in dimensions_of(page, choice.handoff)
        )
    )
    rows = queries.chosen_page(
        page.publication, choices, status, [*_SHOWN, *dimensions], first=first, size=PAGE_SIZE
    )
    caption = words.text(
        "compare.page", number=formats.number(number, words), last=formats.number(last, words),
        n=formats.number(total, words),
    )  # fmt: skip
    st.html(_table(page, dimensions, rows, caption))
    with st.container(horizontal=True):
        for key, target in (("previous", number - 1), ("next", number + 1)):
            st.button(
                words.text(f"compare.{key}"),
                key=f"rows_{key}",
                disabled=not 1 <= target <= last,
                on_click=_turn_to,
                args=(target,),
            )


def _turn_to(number: int) -> None:
    st.query_params[_PAGE] = str(number)


def _table(page: Page, dimensions: Sequence[str], rows: pd.DataFrame, caption: str) -> str:
    words = page.words
    columns = [
        Column(words.text(f"compare.column.{name}"))
        for name in ("cohort", "case", "person", "started", "stopped", "status")
    ]
    columns.append(Column(words.text("compare.column.duration"), is_number=True))
    columns += [Column(words.name("dimension", dimension)) for dimension in dimensions]
    members = {dimension: labels(page, dimension) for dimension in dimensions}
    cells = [[escape(cell) for cell in _cells(page, row, members)] for row in records(rows)]
    return table(caption, columns, cells)


def _cells(
    page: Page, row: Mapping[str, Any], members: Mapping[str, Mapping[str, str]]
) -> list[str]:
    words = page.words
    length = row["duration"]
    return [
        text_of(row, "cohort"),
        text_of(row, "case_key") or text_of(row, "subject_id"),
        text_of(row, "person_key"),
        _moment(row["started_at"], row["unit"], page),
        _moment(row["stopped_at"], row["unit"], page),
        words.text(f"statistic.{row['status']}"),
        formats.with_unit(length, row["unit"], words) if formats.is_number(length) else "",
        *(names.get(text_of(row, name), text_of(row, name)) for name, names in members.items()),
    ]


def _moment(value: datetime | None, unit: str, page: Page) -> str:
    """The day; where the clock counts hours, the time too."""
    if value is None or pd.isna(value):
        return ""
    if unit != "hours":
        return formats.day(value.astimezone(page.publication.timezone), page.words)
    return formats.moment(value, page.publication.timezone, page.words)
