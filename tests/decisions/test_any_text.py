"""Whatever somebody types or pastes goes out as a delivery and comes back the same."""

import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipelines.decisions.draft import Choices, Draft, RefusedError, check, cleaned
from pipelines.decisions.exchange import read_delivery, write_delivery
from pipelines.decisions.register import Register
from pipelines.pack.document import write_pack
from tests.dashboard.published_fixture import tiny_tables, write_publication
from tests.decisions.conftest import LONG_AGO, REFERENCE_DATE, decision
from tests.examples import examples

VERTICAL_TAB, NUL, BELL, HALF_A_PAIR = "\v", "\0", "\a", "\ud800"
# Also what no file can hold, and what a workbook takes for a formula, an error or a code.
ANY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=120),
    st.builds(
        "".join,
        st.lists(
            st.sampled_from(
                [
                    *("=1+1", "+31", "-1", "@x", "#N/A", "TRUE", "12", "1.0", "_x0041_", "_x000D_"),
                    *("'", '"', ";", ",", "\t", "\r", "\n", VERTICAL_TAB, NUL, HALF_A_PAIR, " "),
                    *("\u0301", "e", "\u202e", "\ufffe", "\u2028", "a", "<b>", "&amp;", "[red]"),
                ]
            ),
            max_size=8,
        ),
    ),
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"Eerst dit.{VERTICAL_TAB}Dan dat.", "Eerst dit.\nDan dat."),
        ("Eerst dit.\r\nDan dat.\r", "Eerst dit.\nDan dat."),
        ("Eerst dit.\u2028Dan dat.", "Eerst dit.\nDan dat."),
        (f"{NUL}Ge{BELL}woon{HALF_A_PAIR}\ufffe.", "Gewoon."),
        ("Omge\u202ekeerd\u202c.", "Omgekeerd."),
        ("Ge\u0308valueerd.", "G\u00ebvalueerd."),
        ("  Met\teen tab.  ", "Met\teen tab."),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
    ],
)
def test_a_text_is_kept_in_one_form_and_without_what_no_document_can_hold(typed, kept):
    assert decision(text=typed, question=typed).text == kept
    assert decision(text=typed, question=typed).question == kept


@examples(200)
@given(text=ANY_TEXT)
def test_a_clean_text_stays_as_it_is(text):
    assert cleaned(cleaned(text)) == cleaned(text)


def test_a_text_of_nothing_but_control_characters_is_empty(choices):
    with pytest.raises(RefusedError, match="tekst: is nog leeg"):
        check(decision(text=NUL + VERTICAL_TAB), choices, (date(2026, 11, 24),))


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl", "parquet"])
@examples(6, long=500)
@given(texts=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=6))
def test_what_goes_out_comes_back_the_same_whatever_was_typed(contract, choices, form, texts):
    drafts = [decision(question=question, text=text) for question, text in texts]
    kept = [draft for draft in drafts if may_be_kept(draft, choices)]
    assume(kept)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register, other = Register(folder / "one.sqlite"), Register(folder / "other.sqlite")
        for draft in kept:
            register.record(draft, REFERENCE_DATE, known_from=LONG_AGO)
        agreed = replace(contract, file_format=form)
        path, count = write_delivery(register, agreed, folder / "out", REFERENCE_DATE, 1)

        assert count == len(kept)
        assert read_delivery(other, agreed, path, known_from=LONG_AGO) == (count, count)
        assert [revision.draft for revision in other.revisions()] == kept


def may_be_kept(draft: Draft, choices: Choices) -> bool:
    try:
        check(draft, choices, (date.today(), REFERENCE_DATE))
    except RefusedError:
        return False
    return True


def test_a_formula_goes_out_as_text_and_stays_text_when_somebody_edits_it(
    register, contract, tmp_path
):
    register.record(decision(text='=HYPERLINK("x")'), REFERENCE_DATE, known_from=LONG_AGO)

    path, _ = write_delivery(register, contract, tmp_path, REFERENCE_DATE, 1)

    page = load_workbook(path).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_what_an_older_register_kept_goes_out_too(register, contract, tmp_path):
    register.record(decision(), REFERENCE_DATE, known_from=LONG_AGO)
    with sqlite3.connect(register.path) as connection:
        connection.execute(
            'insert into revision (number, revision, kind, noted_on, "text", question, handoff_id, '
            "reference_date, recorded_at, known_at, origin) select 'BP0000002', 1, 'notitie', "
            "noted_on, ?, '', handoff_id, reference_date, recorded_at, known_at, origin "
            "from revision",
            [f"Eerst dit.{VERTICAL_TAB}Dan dat."],
        )

    path, count = write_delivery(register, contract, tmp_path, REFERENCE_DATE, 1)

    other = Register(tmp_path / "other.sqlite")
    assert count == 2
    assert read_delivery(other, contract, path, known_from=LONG_AGO) == (2, 2)
    assert other.revisions()[-1].draft.text == "Eerst dit.\nDan dat."


def test_the_pack_is_made_whatever_was_typed(tmp_path):
    signs = [
        chr(code) for code in (*range(0x3000), *range(0xD7FF, 0xE010), *range(0xF900, 0x10000))
    ]
    texts = in_pieces("".join([*signs, "\U0001f600", "\U0010ffff", chr(sys.maxunicode)]), 280)
    rows = [
        {
            "record_key": f"AT{at:07d}",
            "revision": 1,
            "note_kind": "besluit",
            "handoff_id": "K13",
            "noted_on": date(2026, 5, 12),
            "question": decision(text=text).text,
            "note": decision(text=text).text or "-",
            "owner": "om",
            "due_on": date(2026, 9, 1),
            "outcome": "open",
            "is_open": True,
        }
        for at, text in enumerate(texts, start=1)
    ]
    tables = {**tiny_tables("platform"), "decision": rows, "effect": [], "signal": []}
    published = write_publication(tmp_path / "platform", tables, "decided")

    pack = write_pack(published, tmp_path / "pack.pdf")

    assert pack.read_bytes().startswith(b"%PDF")


def in_pieces(text: str, size: int) -> Sequence[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
