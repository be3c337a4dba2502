"""A question in SQL to this file: typed, asked, stopped, and its answer.

Here: the form, which keeps the question in the address, and what is shown of an answer.
Not here: asking (`dashboard.question`), and what may be asked (`pipelines.workbench.question`).
"""

import io
from functools import partial

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import streamlit as st

from dashboard.access.turns import PAGES
from dashboard.access.visitor import present
from dashboard.components.download import download
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.components.table import Column, table
from dashboard.question import Answer, Question
from pipelines.access.entry import Act
from pipelines.wording import formats
from pipelines.workbench.question import MEMORY_MB, MOST_ROWS, SECONDS, Refusal

_ADDRESS = "sql"
_STATE, _STOPPED = "question_answer", "question_stopped"
# Rows on the page; all of them are in the files.
_SHOWN = 100
_EXAMPLE = (
    "select start_year, route, count(*) as n, median(duration) as median_of_completed\n"
    "from fct_handoff\nwhere handoff_id = 'K13' and status = 'completed'\n"
    "group by all\norder by all"
)
_WAIT = 0.15
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def show_question(page: Page) -> None:
    """Put the form on the page, and the answer to what stands in the address.

    No fragment: a click in one does not end the run of the page it is in, nor a question in it.
    """
    words = page.words
    asked = st.query_params.get(_ADDRESS, "")
    with st.form("question", border=False):
        typed = st.text_area(
            words.text("query.label"), value=asked or _EXAMPLE, height=180, key="question_text"
        )
        is_sent = st.form_submit_button(words.text("query.ask"), type="primary")
    limits = words.text(
        "query.limits", rows=formats.number(MOST_ROWS, words), seconds=SECONDS, memory=MEMORY_MB
    )
    st.html(f'<p class="km-faint">{escape(limits)}</p>')
    if is_sent:
        st.query_params[_ADDRESS] = asked = typed
        st.session_state.pop(_STATE, None)
        st.session_state.pop(_STOPPED, None)
    if not asked:
        return
    if st.session_state.get(_STOPPED) == asked:
        show_note(words.text("query.stopped"))
        return
    _show_answer(page, _answer(page, asked))


def _answer(page: Page, asked: str) -> Answer:
    """The answer, asked once: any other click on the page shows it again."""
    key = (page.publication.id, asked)
    kept: tuple[tuple[str, str], Answer] | None = st.session_state.get(_STATE)
    if kept is not None and kept[0] == key:
        return kept[1]
    room = st.empty()
    with room.container(horizontal=True):
        st.button(page.words.text("query.stop"), key="question_stop", on_click=_stop, args=(asked,))
        told = st.empty()
    # Whoever clicks, turns to another page or leaves ends this run at the next thing it shows, and
    # with it the question.
    # That one was asked, and nothing of what it asks.
    present().tell(Act.question, page.address)
    with PAGES.aside(), Question(page.publication.path, asked) as question:
        answer = question.wait(_WAIT)
        while answer is None:
            seconds = formats.number(int(question.elapsed), page.words)
            told.html(f'<p class="km-soft">{page.words.text("query.busy", seconds=seconds)}</p>')
            answer = question.wait(_WAIT)
    room.empty()
    st.session_state[_STATE] = (key, answer)
    return answer


def _stop(asked: str) -> None:
    st.session_state[_STOPPED] = asked


def refusal_text(refusal: Refusal, page: Page) -> str:
    """Say what of a question cannot be answered, and what to do."""
    words = page.words
    said = words.text(f"query.refused.{refusal.kind}", culprit=refusal.culprit)
    if refusal.kind == "value":
        said = words.text("query.refused.value", culprit=refusal.culprit, type=refusal.hint)
    elif refusal.hint:
        said += f" {words.text('query.meant', hint=refusal.hint)}"
    return said


def _show_answer(page: Page, answer: Answer) -> None:
    words = page.words
    if answer.rows is None:
        if answer.refusal is not None:
            show_note(refusal_text(answer.refusal, page), kind="attention")
        return
    rows = answer.rows
    n = formats.number(rows.num_rows, words)
    caption = words.text("query.more" if answer.has_more else "query.all", n=n)
    if rows.num_rows > _SHOWN:
        caption += " " + words.text("query.shown", n=formats.number(_SHOWN, words))
    st.html(_table(rows.slice(0, _SHOWN), caption))
    with st.container(horizontal=True):
        for form, media_type in _MEDIA_TYPES.items():
            download(
                words.text(f"query.as_{form}"),
                partial(file_of, rows, form),
                f"vraag_{page.publication.id}.{form}",
                media_type,
                key=f"take_answer_{form}",
                act=Act.rows,
            )


def file_of(rows: pa.Table, form: str) -> bytes:
    """Return an answer as a file; in CSV a list or structure is text."""
    stream = io.BytesIO()
    if form == "parquet":
        pq.write_table(rows, stream, compression="zstd")
    else:
        pa_csv.write_csv(_flat(rows), stream)
    return stream.getvalue()


def _flat(rows: pa.Table) -> pa.Table:
    plain = {}
    for place, field in enumerate(rows.schema):
        cells = rows.column(place)
        if pa.types.is_nested(field.type) or pa.types.is_interval(field.type):
            texts = [None if cell is None else str(cell) for cell in cells.to_pylist()]
            cells = pa.array(texts, pa.string())
        plain[place] = cells
    return pa.Table.from_arrays(list(plain.values()), names=rows.column_names)


def _table(rows: pa.Table, caption: str) -> str:
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    is_number = [any(is_kind(kind) for is_kind in numbers) for kind in rows.schema.types]
    columns = [
        Column(name, is_number=is_right)
        for name, is_right in zip(rows.column_names, is_number, strict=True)
    ]
    # By place: two columns of an answer may have one name.
    cells = [rows.column(place).to_pylist() for place in range(rows.num_columns)]
    lines = [
        [escape("" if cell is None else str(cell)) for cell in line]
        for line in zip(*cells, strict=True)
    ]
    return table(caption, columns, lines)
