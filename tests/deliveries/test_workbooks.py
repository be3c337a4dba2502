"""Worksheets: what is no value is unreadable, never empty; no cell is too far away to say so."""

import io
import re
import zipfile

import hypothesis.strategies as st
import openpyxl
import pytest
from hypothesis import given

from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.readers.workbook import plain_workbook
from tests.deliveries.conftest import set_cell
from tests.examples import examples

SHEET = "xl/worksheets/sheet1.xml"


def rewritten(path, change):
    """The same workbook with other XML for its worksheet."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = change(parts[SHEET])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def with_cell(door, table, column, row, cell):
    """A delivery in which one cell is this XML, `{place}` being where it stands."""
    path = door.put(table, door.cells(table, 20))
    at = [column.name for column in door.contracts[table].columns].index(column)
    place = f"{'ABCDEFGHIJKLMNOP'[at]}{row + 1}"
    pattern = rf'<c r="{place}"[^>]*?(?:/>|>.*?</c>)|(?=<c r="{chr(ord(place[0]) + 1)}{place[1:]}")'
    xml = cell.format(place=place).encode()
    rewritten(path, lambda sheet: re.sub(pattern.encode(), xml, sheet, count=1))
    return path


@pytest.mark.parametrize(
    "error",
    ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"],
)
def test_an_error_value_is_unreadable_and_never_empty(door, error):
    cell = f'<c r="{{place}}" t="e"><v>{error}</v></c>'
    path = with_cell(door, "nctv_aanwijzing", "uitgestroomd_op", 7, cell)
    outcome = door.take_one(path)
    assert (outcome.rows_landed, outcome.rows_quarantined) == (19, 1), outcome.line
    assert [
        (finding.rule, finding.column, finding.row_numbers) for finding in outcome.findings
    ] == [("leesbaar", "uitgestroomd_op", (7,))]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{place}" s="1" t="e"><f>NA()</f><v>#N/A</v></c>',
        "<c r='{place}' t='e'><v>#N/A</v></c>",
        '<c r="{place}" t="e"/>',
        '<c r="{place}"><f>A2+1</f></c>',
        '<c r="{place}"><f>A2+1</f><v></v></c>',
        '<c r="{place}"><f>A2+1</f><v/></c>',
        '<c r="{place}" t="str"><f t="shared" si="0"/></c>',
        '<c r="{place}" t="inlineStr"><is><t>#WAARDE!</t></is></c>',
    ],
)
@pytest.mark.parametrize("column", ["uitgestroomd_op", "uitstroom_soort"])
def test_whatever_form_it_has(door, column, cell):
    outcome = door.take_one(with_cell(door, "nctv_aanwijzing", column, 7, cell))
    assert [
        (finding.rule, finding.column, finding.row_numbers) for finding in outcome.findings
    ] == [("leesbaar", column, (7,))]


def test_an_error_value_in_free_text_is_no_text(door):
    cells = set_cell(door.cells("kc_aantekening"), "tekst", 3, "#N/B")
    [finding] = door.take_one(door.put("kc_aantekening", cells)).findings
    assert (finding.rule, finding.column, finding.row_numbers) == ("leesbaar", "tekst", (3,))


def test_a_formula_whose_result_is_an_empty_text_is_empty(door):
    cell = '<c r="{place}" t="str"><f>IF(1,"","x")</f><v></v></c>'
    path = with_cell(door, "nctv_aanwijzing", "uitgestroomd_op", 7, cell)
    assert door.take_one(path).rows_landed == 20


def test_a_cell_at_the_end_of_the_sheet_is_named_and_takes_no_memory(door):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = door.put("nctv_triage")
    rewritten(path, lambda sheet: sheet.replace(b"</sheetData>", far))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "te_groot")
    assert "rij 1048576 en kolom 16384" in outcome.reason


def test_a_cell_with_nothing_but_a_form_at_the_end_of_the_sheet_is_nothing(door):
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    path = door.put("nctv_triage")
    rewritten(path, lambda sheet: sheet.replace(b"</sheetData>", far))
    assert door.take_one(path).rows_landed == 20


def test_two_rows_in_the_same_place_are_not_one(door):
    path = door.put("nctv_triage")
    rewritten(
        path,
        lambda sheet: re.sub(rb'(<row r="5".*?</row>)', rb"\1\1", sheet, count=1, flags=re.DOTALL),
    )
    assert door.take_one(path).rule == "beschadigd_bestand"


def test_rows_on_a_second_worksheet_are_not_passed_over(door):
    path = door.put("nctv_triage")
    workbook = openpyxl.load_workbook(path)
    agreed = workbook[door.contracts["nctv_triage"].sheet]
    workbook.copy_worksheet(agreed)
    workbook.save(path)
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "werkblad")
    assert "2e werkblad" in outcome.reason


def test_a_second_worksheet_with_something_else_is_let_be(door):
    path = door.put("nctv_triage")
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("uitleg").append(["Toelichting", "x"])
    workbook.save(path)
    assert door.take_one(path).rows_landed == 20


def test_a_hidden_row_is_a_row(door):
    path = door.put("nctv_triage")
    workbook = openpyxl.load_workbook(path)
    workbook[door.contracts["nctv_triage"].sheet].row_dimensions[5].hidden = True
    workbook.save(path)
    assert door.take_one(path).rows_landed == 20


def test_a_workbook_with_a_document_type_is_refused(door):
    path = door.put("nctv_triage")
    rewritten(path, lambda sheet: b'<!DOCTYPE a [<!ENTITY b "b">]>' + sheet)
    assert door.take_one(path).rule == "beschadigd_bestand"


def test_cells_that_do_not_say_where_they_stand_follow_each_other(door):
    path = door.put("nctv_triage")
    rewritten(path, lambda sheet: re.sub(rb'<(c|row) r="[A-Z]*[0-9]+"', rb"<\1", sheet))
    assert door.take_one(path).rows_landed == 20


def test_nothing_but_cells_comes_past_the_strip(door):
    path = door.put("nctv_triage")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    sheet["A2"].comment = openpyxl.comments.Comment("Jan de Vries", "Piet")
    workbook.properties.creator = "Jan de Vries"
    workbook.save(path)
    assert b"Vries" in b"".join(map(zipfile.ZipFile(path).read, zipfile.ZipFile(path).namelist()))
    assert b"Vries" not in plain_workbook(path.read_bytes()).content


CELL = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    # A cell of blanks alone is read as empty.
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=8).filter(
        str.strip
    ),
)


@examples(40)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_was_written_is_read_back(tmp_path_factory, door, rows):
    contract = door.contracts["nctv_triage"]
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = contract.sheet
    for row in [("a", "b", "c"), *rows]:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            # Text that looks like a formula or an error stays text.
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    path = tmp_path_factory.getbasetemp() / "nctv_triage_2026-09-30_v1.xlsx"
    workbook.save(path)
    with open_source(path, parse_name(path.name), contract) as source:
        read = [tuple(row.values()) for part in source.parts for row in part.cells.to_pylist()]
    written = [tuple(None if cell is None else str(cell) for cell in row) for row in rows]
    while written and not any(written[-1]):
        written.pop()
    assert read == written
