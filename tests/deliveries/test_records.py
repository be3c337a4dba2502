"""Records the file holds = landed + set aside + refused, counted apart from what made the rows."""

import csv
import gzip
import io
import json
import re
from dataclasses import replace
from itertools import count

import hypothesis.strategies as st
import pytest
from hypothesis import given

from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.readers.event_log import count_events
from pipelines.deliveries.readers.lines import LineCount
from pipelines.deliveries.readers.quotes import QuoteLaw, read_quoting
from pipelines.deliveries.readers.records import is_several
from pipelines.deliveries.samples import write_sample
from tests.deliveries.conftest import set_cell
from tests.examples import examples


def counts(outcome):
    return outcome.rows_in, outcome.rows_landed, outcome.rows_quarantined, outcome.rows_refused


def with_quote(door, table, rows, *places):
    """A file without quotes in which some fields (row, field) get one before their first letter."""
    path = door.put(table, door.cells(table, rows))
    lines = path.read_text().replace('"', "").splitlines()
    for row, field in places:
        cells = lines[row].split(";")
        cells[field - 1] = '"' + cells[field - 1]
        lines[row] = ";".join(cells)
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_stray_quote_takes_no_row_with_it_unseen(door):
    outcome = door.take_one(with_quote(door, "om_intake", 200, (21, 7)))
    assert (outcome.status, outcome.rule) == ("refused", "te_veel_fouten")
    assert counts(outcome) == (200, 0, 0, 200)
    assert "180 van 200 rijen" in outcome.reason
    assert "rij 21, 22, 23" in outcome.reason
    assert "regel 22, 23, 24" in outcome.reason


@pytest.mark.parametrize("field", range(1, 9))
@pytest.mark.parametrize("is_last_line_ended", [True, False])
def test_whatever_field_the_quote_stands_before(door, field, is_last_line_ended):
    path = with_quote(door, "om_intake", 40, (21, field))
    if not is_last_line_ended:
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert counts(door.take_one(path)) == (40, 0, 0, 40)


def test_what_lies_between_two_stray_quotes_is_set_aside_line_by_line(door):
    outcome = door.take_one(with_quote(door, "om_intake", 100, (21, 7), (23, 7)))
    assert counts(outcome) == (100, 97, 3, 0)
    [finding] = outcome.findings
    assert (finding.rule, finding.row_numbers) == ("regelopbouw", (21, 22, 23))
    assert finding.location.lines == (22, 23, 24)


def test_rows_below_keep_the_number_and_the_line_they_have_in_the_file(door):
    cells = set_cell(door.cells("om_intake", 100), "route", 60, "omweg")
    path = door.put("om_intake", cells)
    lines = path.read_text().replace('"', "").splitlines()
    for at in (21, 22):
        head, _, tail = lines[at].rpartition(";")
        lines[at] = f'{head};"{tail}'
    path.write_text("\n".join(lines) + "\n")
    findings = {finding.rule: finding for finding in door.take_one(path).findings}
    assert findings["regelopbouw"].row_numbers == (21, 22)
    assert findings["toegestane_waarde"].row_numbers == (60,)
    assert findings["toegestane_waarde"].location.lines == (61,)


def test_a_quote_before_the_very_last_cell_sets_one_row_aside(door):
    assert counts(door.take_one(with_quote(door, "om_intake", 40, (40, 8)))) == (40, 39, 1, 0)


def test_a_stray_quote_in_a_large_file(door, monkeypatch):
    monkeypatch.setattr("pipelines.deliveries.readers.limits.ROWS_PER_PART", 10)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.BLOCK_BYTES", 2_000)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.STREAM_FROM_BYTES", 0)
    outcome = door.take_one(with_quote(door, "om_intake", 100, (21, 7), (23, 7)))
    assert counts(outcome) == (100, 97, 3, 0)
    outcome = door.take_one(with_quote(door, "om_pauze", 200, (21, 3)))
    assert (outcome.status, outcome.rule) == ("refused", "regelopbouw")
    assert "aanhalingsteken" in outcome.reason
    assert counts(outcome) == (200, 0, 0, 200)


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_text_after_a_cell_in_quotes_makes_no_other_value(door, packed):
    """Of `"utrecht"s` a parser makes `utrechts`, which may be a value as well."""
    path = door.put("om_casus", door.cells("om_casus", 60))
    lines = path.read_text().splitlines()
    broken = {3: '"x', 40: '""', 41: " "}
    for row, text in broken.items():
        lines[row] = lines[row].replace('";', f'"{text};', 1)
    content = "\n\n".join(lines).encode() + b"\n"
    path.unlink()
    outcome = door.take_one(
        door.put_bytes(path.name + packed, gzip.compress(content) if packed else content)
    )
    # A quote that is doubled swallows what follows, up to the next.
    [finding] = [finding for finding in outcome.findings if finding.rule == "regelopbouw"]
    assert {3, 41} <= set(finding.row_numbers) <= {3, 40, 41}
    assert finding.location.lines == tuple(2 * row + 1 for row in finding.row_numbers)
    assert outcome.rows_landed + outcome.rows_quarantined == 60


def test_text_after_a_name_in_quotes_in_the_header(door):
    path = door.put("om_casus")
    path.write_text(path.read_text().replace('";', '"x;', 1))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "kopregel")


@pytest.mark.parametrize(("quoting", "rows"), [(csv.QUOTE_ALL, 3), (csv.QUOTE_MINIMAL, 2)])
def test_a_table_of_two_columns_whose_cells_hold_what_looks_like_rows(
    door, tmp_path, quoting, rows
):
    """Everything in quotes leaves no doubt; else two strays may have made one cell of two rows."""
    path = tmp_path / "om_dossier_2026-09-30_v1.csv"
    written = [("a", "b"), ("1", "x"), ("2", "bel; dan\nschrijf; en\nwacht"), ("3", "y")]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";", quoting=quoting).writerows(written)
    with open_source(path, parse_name(path.name), door.contracts["om_dossier"]) as source:
        read = [tuple(row.values()) for part in source.parts for row in part.cells.to_pylist()]
    assert read == [row for row in written[1:] if rows == 3 or row[0] != "2"]
    assert len(source.malformed) == (0 if rows == 3 else 3)


def test_a_cell_that_really_holds_line_breaks_stays_one_row(door):
    contract = replace(door.contracts["kc_aantekening"], file_format="csv", delimiter=";")
    written = "Eerst bellen; dan schrijven.\r\n\r\nZie ook het verslag"
    cells = set_cell(door.cells("kc_aantekening", 30), "tekst", 4, written)
    path = door.put_bytes("kc_aantekening_2026-09-30_v1.csv", b"")
    write_sample(cells, contract, path)
    with open_source(path, parse_name(path.name), contract) as source:
        [part] = list(source.parts)
    assert part.cells["tekst"].to_pylist()[3] == written
    assert (part.cells.num_rows, source.held(), source.malformed) == (30, 30, [])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", "b", "c"], False),
        (["a", "b\nb", "c"], False),
        (["a", "b; en c\nmeer", "c"], False),
        (["a", "b;x\ny;b", "c"], True),
        (["a", "b;x\n1;2;3\ny;b", "c"], True),
        (["a", "b\n1;2;3\nb", "c"], True),
        (["a", "b\n\n\nb", "c"], False),
    ],
)
def test_lines_that_look_like_rows_are_rows(cells, expected):
    assert is_several(cells, ";") is expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [(b"", 0), (b"a", 1), (b"a\nb\n", 2), (b"a\r\n\r\nb", 2), (b"\ra\rb", 2), (b"\n\n", 0)],
)
def test_lines_are_counted_by_bytes(text, lines):
    for size in (1, 2, 100):
        counted = LineCount()
        for at in range(0, len(text), size):
            counted.feed(text[at : at + size])
        assert counted.lines == lines


def test_a_list_on_one_line_counts_every_record_of_it(door):
    path = door.put("lcc_maatregel")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text(json.dumps(records))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "te_veel_fouten")
    assert counts(outcome) == (20, 0, 0, 20)


@pytest.mark.parametrize("between", ["", " ", ",", "\r"])
def test_objects_after_each_other_on_one_line_count_each(door, between):
    path = door.put("lcc_maatregel")
    path.write_bytes(between.join(path.read_text().splitlines()).encode())
    assert counts(door.take_one(path)) == (20, 0, 0, 20)


@pytest.mark.parametrize(
    "line", [b'{"categorie": 1, "categorie": 2}', b'{"categorie": NaN}', b"[]"]
)
def test_a_line_that_hides_a_value_is_set_aside(door, line):
    path = door.put("lcc_maatregel")
    path.write_bytes(path.read_bytes() + line + b"\n")
    outcome = door.take_one(path)
    assert counts(outcome) == (21, 20, 1, 0)
    assert [finding.rule for finding in outcome.findings] == ["regelopbouw"]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("om_casus", "parket"),
        ("lcc_maatregel", "categorie"),
        ("nctv_triage", "oordeel"),
        ("politie_melding", "weging"),
    ],
)
def test_one_broken_row_in_a_file_of_one_is_not_few(door, table, column):
    path = door.put(table, set_cell(door.cells(table, 1), column, 1, "wellicht"))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "te_veel_fouten"), outcome.line
    assert counts(outcome) == (1, 0, 0, 1)


@pytest.mark.parametrize(("rows", "status"), [(2, "refused"), (3, "partly_quarantined")])
def test_one_broken_row_is_few_where_more_rows_land(door, rows, status):
    path = door.put("om_casus", set_cell(door.cells("om_casus", rows), "parket", 1, "atlantis"))
    assert door.take_one(path).status == status


def test_members_of_a_gzip_file_are_one_text(door):
    path = door.put("om_casus")
    content = path.read_bytes()
    middle = content.index(b"\n", len(content) // 2) + 1
    packed = gzip.compress(content[:middle]) + gzip.compress(content[middle:])
    assert door.take_one(door.put_bytes(path.name + ".gz", packed)).rows_landed == 20


@pytest.mark.parametrize(
    "text",
    [
        b"<log><trace><event/><event ></event><x:event\n/></trace></log>",
        b"<log><!-- <event/> --><trace><event/><event/><event/></trace></log>",
        b"<log><trace><event/><events/><eventlog/><event/><event></event></trace></log>",
    ],
)
def test_events_are_counted_by_text(text, monkeypatch):
    for size in (1, 7, 1000):
        monkeypatch.setattr("pipelines.deliveries.readers.limits.BUFFER_BYTES", size)
        assert count_events(io.BytesIO(text.replace(b"x:", b""))) == 3


NUMBERS = count()
CELL = st.text(st.sampled_from('ab;"\n\r é,'), max_size=8)


@examples(60)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=12),
    form=st.sampled_from(
        [("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]
    ),
)
def test_what_a_writer_of_csv_wrote_is_read_back_or_counted(tmp_path_factory, door, rows, form):
    """A row lands as it was written, or every line of it is set aside."""
    contract = door.contracts["om_dossier"]
    buffer = io.StringIO(newline="")
    ending, quoting = form
    writer = csv.writer(
        buffer, delimiter=contract.delimiter, lineterminator=ending, quoting=quoting
    )
    writer.writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.getbasetemp() / f"om_dossier_2026-09-30_v{next(NUMBERS) % 9999 + 1}.csv"
    path.write_bytes(buffer.getvalue().encode())
    with open_source(path, parse_name(path.name), contract) as source:
        read = [row for part in source.parts for row in part.cells.to_pylist()]
    # Where every cell is in quotes there is no doubt.
    taken_apart = [] if quoting == csv.QUOTE_ALL else [
        row for row in rows if is_several(row, contract.delimiter)
    ]  # fmt: skip
    whole = [row for row in rows if row not in taken_apart]
    assert [tuple(cell or "" for cell in row.values()) for row in read] == whole
    lines = [len(re.findall(r"[\r\n]+", ";".join(row))) + 1 for row in taken_apart]
    assert len(source.malformed) == sum(lines)


IN_ORDER = re.compile(r'(?:"(?:[^"]|"")*"|[^";\n]*)(?:[;\n](?:"(?:[^"]|"")*"|[^";\n]*))*')


@examples(200)
@given(text=st.text(st.sampled_from('ab;"\n'), max_size=30), size=st.integers(1, 40))
def test_every_quote_is_looked_at_in_passing(text, size):
    law, content = QuoteLaw(";"), text.encode()
    for at in range(0, len(content), size):
        law.feed(content[at : at + size])
    assert law.is_kept == bool(IN_ORDER.fullmatch(text))
    in_cells = "".join(re.findall(r'"(?:[^"]|"")*"', text))
    assert law.has_breaks_inside == (not law.is_kept or "\n" in in_cells)


def in_quotes(text):
    return '"' + text.replace('"', '""') + '"'


FORMS = {
    "bare": lambda text: text.replace('"', "").replace(";", "").replace("\n", ""),
    "odd": lambda text: "a" + FORMS["bare"](text) + '"',
    "quoted": in_quotes,
    "stray": lambda text: in_quotes(text) + "b",
}
CELL_IN_A_FORM = st.tuples(
    st.sampled_from(sorted(FORMS)), CELL.map(lambda cell: cell.replace("\r", ""))
)


@examples(200)
@given(rows=st.lists(st.tuples(CELL_IN_A_FORM, CELL_IN_A_FORM), max_size=6))
def test_text_after_a_cell_in_quotes_is_found_where_it_stands(rows):
    written = "".join(";".join(FORMS[form](text) for form, text in row) + "\n" for row in rows)
    quoting = read_quoting(io.BytesIO(b'"a";"b"\n' + written.encode()), ";")
    assert quoting.strays == {
        number for number, row in enumerate(rows, start=1) if "stray" in dict(row)
    }
    assert quoting.is_throughout == all(
        form == "quoted" or (form == "bare" and not FORMS[form](text))
        for row in rows
        for form, text in row
    )
