"""Where a partner finds a row: the line of the file itself, or the cell of the worksheet."""

import csv
import io
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.deliveries import xes
from pipelines.deliveries.findings import Finding, Location
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers.records import is_several
from pipelines.deliveries.readers.row_places import locate
from tests.deliveries.conftest import set_cell
from tests.examples import examples


def only_finding(door, path):
    [finding] = door.take_one(path).findings
    return finding


def test_the_line_of_a_csv_file_counts_the_header(door):
    finding = only_finding(
        door, door.put("om_casus", set_cell(door.cells("om_casus"), "parket", 5, "x"))
    )
    assert finding.where == "rij 5 (regel 6; 4e kolom)"


def test_empty_lines_and_lines_of_another_make_up_push_a_row_down(door):
    path = door.put("om_dossier", set_cell(door.cells("om_dossier"), "dossier_versie", 9, "-1"))
    lines = path.read_bytes().splitlines(keepends=True)
    lines.insert(3, b"\n\n")
    lines[6] = lines[6].rstrip() + b";extra\n"
    path.write_bytes(b"".join(lines))
    findings = {finding.rule: finding for finding in door.take_one(path).findings}
    assert findings["minimum"].where == "rij 9 (regel 12; 2e kolom)"
    assert findings["regelopbouw"].location.lines == (8,)
    assert path.name not in str(findings)


def test_a_cell_with_line_breaks_pushes_the_rows_below_it_down(door):
    cells = set_cell(door.cells("om_casus", 40), "parket", 2, "den\n\nhaag")
    cells = set_cell(cells, "parket", 4, "x")
    finding = only_finding(door, door.put("om_casus", cells))
    assert (finding.row_numbers, finding.location.lines) == ((2, 4), (3, 7))


def test_a_worksheet_names_the_cell(door):
    cells = set_cell(door.cells("nctv_triage"), "oordeel", 7, "wellicht")
    finding = only_finding(door, door.put("nctv_triage", cells))
    place = list(cells.column_names).index("oordeel")
    assert finding.where == f"rij 7 (cel {'ABCDEFGHIJ'[place]}8)"


def test_json_lines_are_numbered_by_line_empty_ones_included(door):
    path = door.put(
        "lcc_maatregel", set_cell(door.cells("lcc_maatregel"), "categorie", 3, "anders")
    )
    path.write_bytes(b"\n" + path.read_bytes())
    assert only_finding(door, path).where == "rij 4 (regel 4)"


def test_by_either_ending_json_lines_have_no_column_by_number(door):
    cells = set_cell(door.cells("lcc_maatregel"), "categorie", 5, "x")
    path = door.put("lcc_maatregel", cells)
    assert path.suffix == ".jsonl"
    finding = only_finding(door, path.rename(path.with_suffix(".ndjson")))
    assert finding.where == "rij 5 (regel 5)"


def test_a_packed_file_is_located_as_it_is_unpacked(door):
    cells = set_cell(door.cells("om_casus"), "parket", 5, "x")
    assert only_finding(door, door.put("om_casus", cells, packed=".gz")).location.lines == (6,)


def test_an_event_of_an_event_log_is_found_by_line():
    text = b"<log>\n<trace>\n<event/>\n\n<event>\n</event></trace><trace><event/></trace></log>"
    assert xes.line_numbers(io.BytesIO(text), [1, 2, 3]) == {1: 3, 2: 5, 3: 6}


def test_parquet_has_rows_and_no_lines(door):
    cells = set_cell(door.cells("politie_melding"), "weging", 5, "x")
    assert only_finding(door, door.put("politie_melding", cells)).where == "rij 5"


def test_a_refusal_names_the_line_too(door):
    cells = set_cell(door.cells("om_casus"), "parket", 5, "111222333")
    assert "rij 5 (regel 6; 4e kolom)" in door.take_one(door.put("om_casus", cells)).line


def test_a_rule_over_several_columns_has_a_line_and_no_column(door):
    cells = door.cells("om_casus")
    cells = set_cell(cells, "zaak_sleutel", 2, cells["zaak_sleutel"][6].as_py())
    assert door.take_one(door.put("om_casus", cells)).reason.endswith(
        "rij 2, 7 (regel 3, 8; 2e kolom)"
    )


def test_the_list_for_a_spreadsheet_has_a_line_for_each_cell(door):
    cells = set_cell(set_cell(door.cells("om_casus", 40), "parket", 5, "x"), "parket", 9, "y")
    door.take_one(door.put("om_casus", cells))
    [path] = door.settings.feedback_dir.glob("om/*.csv")
    lines = list(csv.DictReader(io.StringIO(path.read_text()), delimiter=";"))
    places = [(line["kolom"], line["kolomnummer"], line["rij"]) for line in lines]
    assert places == [("parket", "4", "5"), ("parket", "4", "9")]
    assert [line["regel_in_bestand"] for line in lines] == ["6", "10"]


@pytest.mark.parametrize(
    ("position", "cell"), [(1, "A2"), (26, "Z2"), (27, "AA2"), (52, "AZ2"), (703, "AAA2")]
)
def test_columns_of_a_worksheet_are_lettered(position, cell):
    assert Location("xlsx", (2,), position).cell(2) == cell


TEXT = st.text(st.sampled_from('ab;"\n é,'), max_size=6)


@examples(60)
@given(rows=st.lists(st.tuples(TEXT, TEXT, st.integers(0, 2)), min_size=1, max_size=12))
def test_any_row_of_any_csv_is_found_where_it_was_written(tmp_path, door, rows):
    """Rows with quotes and line breaks, and empty lines between them.

    A cell of which the lines look like rows is rows (`test_records`), so it is not among these.
    """
    assume(not any(is_several((first, second, "x"), ";") for first, second, _ in rows))
    contract = door.contracts["om_dossier"]
    path = tmp_path / f"om_dossier_{date(2026, 9, 30)}_v1.csv"
    name = parse_name(path.name)
    buffer = io.StringIO("a;b;c\n")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, delimiter=contract.delimiter, lineterminator="\n")
    starts = []
    for first, second, empty_lines in rows:
        buffer.write("\n" * empty_lines)
        starts.append(buffer.getvalue().count("\n") + 1)
        writer.writerow((first, second, "x"))
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    numbers = tuple(range(1, len(rows) + 1))
    [found] = locate(
        [Finding("vorm", "warning", "b", row_numbers=numbers)], path, name, contract, "abc"
    )
    assert found.location == Location("csv", tuple(starts), 2)
