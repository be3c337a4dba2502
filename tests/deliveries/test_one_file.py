"""One file stops no other: whatever is raised over it refuses it, and its words are told nobody."""

import gzip
import io
import json
import logging
import sys
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.deliveries.intake import judging, writing
from pipelines.deliveries.readers import apart, limits
from tests.deliveries import broken_reader
from tests.deliveries.broken_reader import PanicError

SECRET = "Jan de Vries 111222333"


EVERY_KIND = [
    RecursionError, MemoryError, NotImplementedError, RuntimeError, KeyError, ValueError,
    AssertionError, ArithmeticError, OverflowError, OSError, PanicError,
]  # fmt: skip
TABLES = ["om_casus", "lcc_maatregel", "nctv_triage", "politie_melding"]
READERS = {
    "om_casus": "pipelines.deliveries.readers.csv.pa_csv.open_csv",
    "lcc_maatregel": "pipelines.deliveries.readers.json_lines._record",
}
# In a process of its own.
WORKBOOK = "pipelines.deliveries.readers.xlsx.plain_workbook"


def raises(error):
    def anything(*_, **__):
        raise error(SECRET)

    return anything


def by_table(door):
    report = door.take()
    assert SECRET not in str(report)
    for path in [*door.settings.home.rglob("*.json"), *door.settings.feedback_dir.rglob("*")]:
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    return {f"{outcome.organisation}_{outcome.table}": outcome for outcome in report.outcomes}


@pytest.mark.parametrize("error", EVERY_KIND)
def test_whatever_a_library_raises_refuses_that_file_alone(door, monkeypatch, caplog, error):
    for table in TABLES:
        door.put(table)
    broken = list(READERS)[EVERY_KIND.index(error) % len(READERS)]
    monkeypatch.setattr(READERS[broken], raises(error))
    with caplog.at_level(logging.INFO):
        outcomes = by_table(door)
    assert outcomes.pop(broken).status == "refused"
    assert {outcome.status for outcome in outcomes.values()} == {"accepted"}
    assert SECRET not in caplog.text


def test_an_error_nobody_foresaw_is_logged_by_its_kind(door, monkeypatch, caplog):
    door.put("om_casus")
    monkeypatch.setattr(READERS["om_casus"], raises(PanicError))
    by_table(door)
    assert [record.getMessage() for record in caplog.records] == [
        "om_casus_2026-09-30_v1: niet te lezen (PanicError)"
    ]


@pytest.fixture
def reading_process(monkeypatch):
    """Have files read by a process of which one library does something else."""
    monkeypatch.setattr(apart, "_idle", [])

    def broken(deed):
        command = [sys.executable, "-m", broken_reader.__name__, WORKBOOK, deed.__name__, SECRET]
        monkeypatch.setattr(apart, "_COMMAND", command)

    yield broken
    apart._end_all()


@pytest.mark.parametrize(
    ("deed", "rule", "logged"),
    [
        (broken_reader.never_comes_back, "te_groot", []),
        (broken_reader.takes_all_memory, "te_groot", []),
        (broken_reader.crashes, "beschadigd_bestand", ["een bestand brak het lezen af (-11)"]),
        (broken_reader.ends_the_process, "beschadigd_bestand",
         ["een bestand brak het lezen af (0)"]),
        (broken_reader.panics, "beschadigd_bestand",
         ["nctv_triage_2026-09-30_v1: niet te lezen (PanicError)"]),
    ],
)  # fmt: skip
def test_whatever_a_library_does_to_its_process_refuses_that_file_alone(
    door, monkeypatch, caplog, reading_process, deed, rule, logged
):
    reading_process(deed)
    monkeypatch.setattr(limits, "SECONDS_AT_LEAST", 2)
    monkeypatch.setattr(limits, "SECONDS_PER_MB", 0)
    monkeypatch.setattr(limits, "MEMORY_BYTES", 2**31)
    door.put("nctv_triage")
    door.put("om_casus")
    outcomes = by_table(door)
    refused = outcomes.pop("nctv_triage")
    assert (refused.status, refused.rule) == ("refused", rule)
    assert outcomes["om_casus"].status == "accepted"
    assert [record.getMessage() for record in caplog.records] == logged


def test_what_a_library_prints_is_told_nobody(door, capfd, reading_process):
    reading_process(broken_reader.talks)
    door.put("nctv_triage")
    assert by_table(door)["nctv_triage"].status == "accepted"
    assert SECRET not in "".join(capfd.readouterr())


def test_a_process_reads_one_file_after_another_and_lives_no_longer_than_its_parent(
    door, reading_process
):
    door.put("nctv_triage", version=1)
    door.put("nctv_triage", version=2)
    # A heading that was not agreed: it is left before its rows were read.
    refused = door.put("politie_melding")
    found = pq.read_table(refused)
    pq.write_table(found.rename_columns([f"x{name}" for name in found.column_names]), refused)
    door.take()
    [process] = apart._idle
    door.put("politie_melding", version=2)
    assert door.take().accepted
    assert apart._idle == [process]
    process._process.stdin.close()
    assert process._process.wait(5) == 0


def test_that_no_process_can_be_had_is_no_fault_of_the_file(door, monkeypatch, reading_process):
    monkeypatch.setattr(apart, "_COMMAND", ["false"])
    path = door.put("nctv_triage")
    with pytest.raises(ChildProcessError, match="start niet"):
        door.take()
    assert path.exists()


@pytest.mark.parametrize("step", ["inspect_cells", "inspect_dates", "convert", "broken_rows"])
def test_an_error_while_judging_refuses_the_file_it_is_about(door, monkeypatch, caplog, step):
    """The file with four rows; those of the same table are judged together with it."""
    door.put("om_casus", version=1)
    door.put("om_casus", door.cells("om_casus", 4), version=2)
    door.put("om_casus", version=3)
    owner = writing if step == "inspect_dates" else judging
    judge = getattr(owner, step)

    def fails_on_four_rows(*given):
        [table] = [table for table in given if isinstance(table, pa.Table)][:1]
        if table.num_rows % 20:
            raise RuntimeError(SECRET)
        return judge(*given)

    monkeypatch.setattr(owner, step, fails_on_four_rows)
    report = door.take()
    assert [outcome.status for outcome in report.outcomes] == ["accepted", "refused", "accepted"]
    [refused] = report.refused
    assert (refused.rule, refused.rows_in, refused.rows_refused) == ("niet_te_beoordelen", 4, 4)
    assert SECRET not in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_file_that_breaks_off_after_a_finding(door, monkeypatch):
    monkeypatch.setattr(limits, "ROWS_PER_PART", 10)
    monkeypatch.setattr(limits, "BLOCK_BYTES", 1_000)
    path = door.put("om_casus", door.cells("om_casus", 200))
    spoilt = path.read_bytes().replace(b"\n", b"\n;;;\n", 3)
    packed = gzip.compress(spoilt)
    path.unlink()
    outcome = door.take_one(door.put_bytes(path.name + ".gz", packed[:-1_000]))
    assert (outcome.status, outcome.rule) == ("refused", "beschadigd_bestand")


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


def marked(packed, local, central, value):
    """The archive with another number at an offset of its local header and of its directory."""
    changed = bytearray(packed)
    changed[local] = value
    changed[packed.index(b"PK\1\2") + central] = value
    return bytes(changed)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda packed: marked(packed, 6, 8, 1), "wachtwoord"),
        (lambda packed: marked(packed, 8, 10, 9), "manier"),
        (lambda packed: packed + packed, "tweede zipbestand"),
        (lambda packed: b"x" * 100 + packed, "buiten het ene bestand"),
        (lambda packed: packed + b"x" * 100, "buiten het ene bestand"),
    ],
)
def test_a_zip_file_that_is_more_than_one_file_to_unpack(door, change, told):
    door.put("om_dossier")
    content = door.put("om_casus").read_bytes()
    (door.settings.inbox_dir / "om_casus_2026-09-30_v1.csv").unlink()
    door.put_bytes("om_casus_2026-09-30_v1.csv.zip", change(zipped(content)))
    outcomes = by_table(door)
    assert outcomes["om_dossier"].status == "accepted"
    assert (outcomes["om_casus"].status, outcomes["om_casus"].rule) == ("refused", "zip_inhoud")
    assert told in outcomes["om_casus"].reason


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b'{"categorie": "\\ud800"}', "tekenset"),
        (b'{"\\udfff": "x"}', "tekenset"),
        (b"[" * 100_000 + b"]" * 100_000, "bestandsformaat"),
        (b'{"a":' * 100_000, "bestandsformaat"),
    ],
)
def test_json_that_no_table_can_hold(door, line, rule):
    door.put("om_casus")
    path = door.put("lcc_maatregel")
    path.write_bytes(path.read_bytes() + line + b"\n")
    outcomes = by_table(door)
    assert outcomes["om_casus"].status == "accepted"
    assert (outcomes["lcc_maatregel"].status, outcomes["lcc_maatregel"].rule) == ("refused", rule)


@pytest.mark.parametrize("packed", [".gz", ".zip"])
def test_a_small_file_that_unpacks_to_a_large_one(door, monkeypatch, packed):
    monkeypatch.setattr(limits, "RATIO_COUNTS_FROM_BYTES", 2**20)
    monkeypatch.setattr(limits, "UNPACKED_TIMES", 10)
    line = b'{"categorie": "x"}\n'
    content = line * (3 * 2**20 // len(line))
    whole = gzip.compress(content) if packed == ".gz" else zipped(content)
    assert len(whole) * 100 < len(content)
    outcome = door.take_one(door.put_bytes(f"lcc_maatregel_2026-09-30_v1.jsonl{packed}", whole))
    assert (outcome.status, outcome.rule) == ("refused", "te_groot")


def test_a_workbook_that_unpacks_to_a_large_one(door, monkeypatch):
    path = door.put("nctv_triage", door.cells("nctv_triage", 400))
    monkeypatch.setattr(limits, "WORKBOOK_BYTES", path.stat().st_size + 1_000)
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "te_groot")


def test_a_parquet_file_in_which_one_text_stands_in_every_row(door):
    """Half a megabyte on disk, two terabytes of text once written out."""
    rows = 250_000
    cells = door.cells("politie_melding")
    text = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array(["a" * 10_000_000]))
    columns = {name: pa.nulls(rows, pa.string()) for name in cells.column_names}
    path = door.put("politie_melding")
    pq.write_table(pa.table({**columns, "weging": text}), path)
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "te_groot")


def test_a_parquet_file_that_does_not_fit_in_what_a_file_may_take(door, monkeypatch):
    """Few bytes on disk, and over a gigabyte of text: less than any single limit on numbers."""
    rows = 250_000
    cells = door.cells("politie_melding")
    text = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array(["a" * 6_000]))
    columns = {name: pa.nulls(rows, pa.string()) for name in cells.column_names}
    path = door.put("politie_melding")
    pq.write_table(pa.table({**columns, "weging": text}), path)
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(limits, "MEMORY_BYTES", 2**30)
    door.put("om_casus")
    outcomes = by_table(door)
    assert outcomes["om_casus"].status == "accepted"
    assert (outcomes["politie_melding"].status, outcomes["politie_melding"].rule) == (
        "refused", "te_groot"
    )  # fmt: skip


def test_a_parquet_file_with_rows_without_end(door, monkeypatch):
    monkeypatch.setattr(limits, "PARQUET_CELLS", 100)
    assert door.take_one(door.put("politie_melding")).rule == "te_groot"


@pytest.mark.parametrize("table", TABLES)
def test_columns_without_end(door, table):
    path = door.put(table)
    names = [f"k{at}" for at in range(limits.COLUMNS + 1)]
    match path.suffix:
        case ".csv":
            path.write_text(";".join(names) + "\n")
        case ".jsonl":
            path.write_text(json.dumps(dict.fromkeys(names, 1)) + "\n")
        case ".parquet":
            pq.write_table(pa.table({name: [1] for name in names}), path)
        case ".xlsx":
            import pandas as pd

            sheet = door.contracts[table].sheet
            pd.DataFrame([names]).to_excel(path, sheet_name=sheet, index=False, header=False)
    assert door.take_one(path).rule == "te_groot"


def test_a_line_of_json_without_end(door, monkeypatch):
    monkeypatch.setattr(limits, "LINE_BYTES", 1_000)
    path = door.put("lcc_maatregel")
    path.write_bytes(path.read_bytes().replace(b"\n", b" "))
    assert door.take_one(path).rule == "te_groot"


def test_a_file_that_takes_too_long(door, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS_PER_FILE", -1)
    for table in TABLES:
        door.put(table)
    assert {outcome.rule for outcome in door.take().refused} == {"te_groot"}
