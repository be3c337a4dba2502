"""Bad input: a one-line refusal with file, rule and remedy, and the others go on."""

import gzip
import io
import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.deliveries.conftest import NOW, set_cell

PLACE = "van de inbox, op naam geordend"


def refused(door, path, rule):
    outcome = door.take_one(path)
    assert outcome.status == "refused", outcome.line
    assert outcome.rule == rule, outcome.line
    assert outcome.line.startswith(path.name)
    assert "\n" not in outcome.line
    assert outcome.remedy
    assert not path.exists(), "the file itself goes to quarantine"
    assert door.content_left() <= {"inbox/aankomst.csv"}
    return outcome


@pytest.mark.parametrize(
    "name",
    [
        "overzicht.csv",
        "om_casus_30-09-2026_v1.csv",
        "om_casus_2026-09-31_v1.csv",
        "om_onzin_2026-09-30_v1.csv",
        "om_casus_2026-09-30_v0.csv",
        "om_casus_2026-09-30_v1 (1).csv",
    ],
)
def test_an_unknown_file_name(door, name):
    outcome = door.take_one(door.put_bytes(name, b"a;b\n1;2\n"))
    assert (outcome.status, outcome.rule) == ("refused", "bestandsnaam")
    assert outcome.remedy
    # What was not agreed may hold anything: it is called by its place.
    assert outcome.file_name == f"nummer 1 {PLACE}"


def test_another_format_than_agreed(door):
    outcome = refused(door, door.put_bytes("om_casus_2026-09-30_v1.xlsx", b"x"), "bestandsformaat")
    assert "csv" in outcome.remedy


def test_an_empty_file(door):
    refused(door, door.put_bytes("om_casus_2026-09-30_v1.csv", b""), "leeg_bestand")


def test_a_truncated_parquet(door):
    path = door.put("politie_melding")
    path.write_bytes(path.read_bytes()[:-100])
    refused(door, path, "beschadigd_bestand")


def test_a_truncated_xlsx(door):
    path = door.put("nctv_triage")
    path.write_bytes(path.read_bytes()[:-500])
    refused(door, path, "beschadigd_bestand")


def test_a_truncated_gzip(door):
    path = door.put("om_casus", packed=".gz")
    path.write_bytes(path.read_bytes()[:-20])
    refused(door, path, "beschadigd_bestand")


def test_a_zip_with_two_files(door):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
    refused(door, door.put_bytes("om_casus_2026-09-30_v1.csv.zip", buffer.getvalue()), "zip_inhoud")


def test_a_missing_column_is_named(door):
    path = door.put("om_casus", door.cells("om_casus").drop_columns(["parket"]))
    assert "parket" in refused(door, path, "kolom_ontbreekt").reason


def test_a_column_too_many_is_named(door):
    cells = door.cells("om_casus")
    path = door.put("om_casus", cells.append_column("toelichting", pa.array(["x"] * 20)))
    assert "kolom nummer 13" in refused(door, path, "kolom_niet_toegestaan").reason


def test_without_a_header_the_first_row_is_not_shown_as_column_names(door):
    path = door.put("om_casus")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))
    outcome = refused(door, path, "kopregel")
    assert "z1_" not in outcome.line


def test_a_column_twice(door):
    path = door.put("om_casus")
    path.write_bytes(
        path.read_bytes()
        .replace(b'"fenomeen"', b'"parket"', 1)
        .replace(b";fenomeen", b";parket", 1)
    )
    refused(door, path, "kolom_dubbel")


@pytest.mark.parametrize(
    ("table", "encoding"),
    [("om_oordeel", "utf-16"), ("om_oordeel", "cp1252"), ("kmar_inzet", "utf-8")],
)
def test_a_wrong_encoding(door, table, encoding):
    cells = door.cells(table)
    cells = set_cell(cells, "zaak_sleutel", 3, "z1_één")
    path = door.put(table, cells)
    path.write_bytes(path.read_bytes().decode(door.contracts[table].encoding).encode(encoding))
    refused(door, path, "tekenset")


def test_another_separator(door):
    path = door.put("om_casus")
    path.write_bytes(path.read_bytes().replace(b";", b","))
    assert "';'" in refused(door, path, "scheidingsteken").remedy


def test_a_wrong_worksheet(door):
    contract = door.contracts["nctv_triage"]
    buffer = io.BytesIO()
    door.cells("nctv_triage").to_pandas().to_excel(buffer, sheet_name="Blad1", index=False)
    assert contract.sheet
    path = door.put_bytes("nctv_triage_2026-09-30_v1.xlsx", buffer.getvalue())
    assert contract.sheet in refused(door, path, "werkblad").reason


def test_moments_without_a_time_zone_in_parquet(door):
    path = door.put("politie_melding")
    table = pq.read_table(path)
    place = table.column_names.index("ontvangen_op")
    naive = table["ontvangen_op"].cast(pa.timestamp("us"))
    pq.write_table(table.set_column(place, "ontvangen_op", naive), path)
    refused(door, path, "kolomtype")


def test_a_key_that_occurs_twice(door):
    cells = door.cells("om_casus")
    cells = set_cell(cells, "zaak_sleutel", 2, cells["zaak_sleutel"][6].as_py())
    outcome = refused(door, door.put("om_casus", cells), "sleutel_uniek")
    assert "2" in outcome.reason
    assert "7" in outcome.reason


def test_too_many_bad_rows(door):
    cells = door.cells("om_casus")
    for row in (4, 8, 12):
        cells = set_cell(cells, "parket", row, "atlantis")
    outcome = refused(door, door.put("om_casus", cells), "te_veel_fouten")
    assert outcome.rows_refused == 20
    assert "rij 4, 8, 12" in outcome.reason
    assert "atlantis" not in outcome.line


def test_one_refused_file_does_not_stop_the_others(door):
    door.put("om_dossier")
    door.put_bytes("om_casus_2026-09-30_v1.csv", b"")
    door.put_bytes("onbekend.txt", b"x")
    report = door.take()
    assert [(outcome.file_name, outcome.status) for outcome in report.outcomes] == [
        (f"nummer 3 {PLACE}", "refused"),
        ("om_casus_2026-09-30_v1.csv", "refused"),
        ("om_dossier_2026-09-30_v1.csv", "accepted"),
    ]
    assert len(list(door.settings.landing_dir.glob("om/*/*/data.parquet"))) == 1


def test_the_same_delivery_again_is_recognised(door):
    path = door.put("om_casus")
    assert door.take_one(path).status == "accepted"
    assert door.take_one(path).status == "already_known"


def test_the_same_version_with_another_content_is_refused_with_a_remedy(door):
    door.take_one(door.put("om_casus"))
    path = door.put("om_casus", door.cells("om_casus", seed=2))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "versie_bestaat")
    assert "versie 2" in outcome.remedy


def test_two_files_that_claim_the_same_place_in_one_run(door):
    door.put("om_casus", door.cells("om_casus", seed=2))
    door.put("om_casus", packed=".gz")
    assert [outcome.status for outcome in door.take().outcomes] == ["accepted", "refused"]


def test_a_bad_row_is_set_aside_and_the_rest_lands(door):
    cells = set_cell(door.cells("om_casus"), "parket", 5, None)
    outcome = door.take_one(door.put("om_casus", cells))
    assert (outcome.status, outcome.rows_landed, outcome.rows_quarantined) == (
        "partly_quarantined", 19, 1,
    )  # fmt: skip
    [finding] = outcome.findings
    assert (finding.rule, finding.column, finding.row_numbers) == ("verplicht", "parket", (5,))
    rows = door.settings.quarantine_dir / "om" / "casus" / "2026-09-30_v1" / "rows.parquet"
    assert pq.read_table(rows)["_row"].to_pylist() == [5]


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("om_casus", "gemeld_op", "2026-03-01", "leesbaar"),
        ("om_casus", "gemeld_op", "2026-03-01T10:00:00", "leesbaar"),
        ("om_casus", "lokaal_besluit_op", "2026-03-01", "leesbaar"),
        ("om_casus", "lokaal_besluit_op", "31-02-2026", "leesbaar"),
        ("om_casus", "lokaal_besluit_op", "01-03-26", "leesbaar"),
        ("om_casus", "zaak_sleutel", "z1_synthkort7q3mx5bhw2kd4", "vorm"),
        ("om_dossier", "dossier_versie", "1,5", "leesbaar"),
        ("om_dossier", "dossier_versie", "-1", "minimum"),
        ("om_dossier", "dossier_versie", "100", "maximum"),
        ("kc_evaluatie", "thema", "geen_thema", "toegestane_waarde"),
        ("om_dossier", "volledig_eigen_toets", "misschien", "leesbaar"),
        ("aivd_product", "gevraagd_op", "2026-W60", "leesbaar"),
        ("mivd_product", "gevraagd_op", "2026-13", "leesbaar"),
        ("politie_melding", "weging", "beetje", "toegestane_waarde"),
        ("lcc_maatregel", "categorie", "anders", "toegestane_waarde"),
        ("nctv_triage", "oordeel", "wellicht", "toegestane_waarde"),
    ],
)
def test_each_kind_of_bad_cell_is_set_aside_with_row_and_rule(door, table, column, value, rule):
    cells = set_cell(door.cells(table), column, 7, value)
    outcome = door.take_one(door.put(table, cells))
    assert outcome.status == "partly_quarantined", outcome.line
    assert [
        (finding.rule, finding.column, finding.row_numbers) for finding in outcome.findings
    ] == [(rule, column, (7,))]
    # In the mark of the file, a hash, any three digits may stand.
    assert value not in str(outcome).replace(outcome.mark, "")


def test_a_line_with_a_field_too_many_is_set_aside(door):
    path = door.put("om_dossier")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].rstrip() + b";extra\n"
    path.write_bytes(b"".join(lines))
    outcome = door.take_one(path)
    assert (outcome.rows_in, outcome.rows_landed, outcome.rows_quarantined) == (20, 19, 1)
    [finding] = outcome.findings
    assert (finding.rule, finding.row_numbers) == ("regelopbouw", (3,))


def test_a_stop_before_its_start_is_kept_and_told(door):
    cells = door.cells("nctv_triage")
    cells = set_cell(cells, "oordeel_verzonden_op", 2, "2020-01-01T00:00:00+01:00")
    outcome = door.take_one(door.put("nctv_triage", cells))
    assert outcome.status == "accepted"
    assert [(finding.severity, finding.row_numbers) for finding in outcome.findings] == [
        ("warning", (2,))
    ]


@pytest.mark.parametrize("table", ["om_casus", "lcc_maatregel", "nctv_triage", "politie_melding"])
@pytest.mark.parametrize("rows", [0, 1])
def test_a_delivery_of_hardly_any_rows_lands(door, table, rows):
    if (table, rows) == ("lcc_maatregel", 0):
        pytest.skip("JSON lines without a line is an empty file, which is refused")
    outcome = door.take_one(door.put(table, door.cells(table, rows)))
    assert (outcome.status, outcome.rows_landed) == ("accepted", rows), outcome.line


@pytest.mark.parametrize("packed", [".gz", ".zip"])
@pytest.mark.parametrize("table", ["om_casus", "lcc_maatregel", "nctv_triage", "politie_melding"])
def test_every_format_may_be_packed(door, table, packed):
    path = door.put(table)
    target = path.with_name(path.name + packed)
    if packed == ".gz":
        target.write_bytes(gzip.compress(path.read_bytes()))
    else:
        with zipfile.ZipFile(target, "w") as archive:
            archive.write(path, path.name)
    assert door.take_one(target).rows_landed == 20


def test_quarantine_is_emptied_after_its_term_and_that_is_logged(door):
    door.take_one(door.put_bytes("onbekend.txt", b"geheim"))
    log = door.settings.quarantine_dir / "emptied.log"
    assert not log.exists()
    door.take(door.put("om_casus"), now=NOW.replace(month=12))
    assert f"nummer 1 {PLACE}" in log.read_text()
    assert not list(door.settings.quarantine_dir.rglob("onbekend.txt"))


def test_rows_of_a_large_file_are_judged_part_by_part(door, monkeypatch):
    monkeypatch.setattr("pipelines.deliveries.readers.limits.ROWS_PER_PART", 10)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.BLOCK_BYTES", 1000)
    monkeypatch.setattr("pipelines.deliveries.readers.limits.STREAM_FROM_BYTES", 0)
    cells = set_cell(door.cells("om_casus", 200), "parket", 150, None)
    assert door.take_one(door.put("om_casus", cells)).rows_landed == 199
    cells = door.cells("om_casus", 200)
    cells = set_cell(cells, "zaak_sleutel", 2, cells["zaak_sleutel"][180].as_py())
    outcome = door.take_one(door.put("om_casus", cells, day=date(2026, 8, 31)))
    assert (outcome.status, outcome.rule, outcome.rows_refused) == ("refused", "sleutel_uniek", 200)
