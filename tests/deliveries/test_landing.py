"""The landing zone: whole or not at all, and never changed."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.build import LastBuild, write_last_build
from pipelines.deliveries.landing.copied import bring_in
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.landing.zone import read_registry
from tests.deliveries.conftest import DAY, NOW, set_cell


def test_a_delivery_lands_with_its_provenance(door):
    path = door.put("om_casus")
    door.take_one(path)
    [landed] = read_registry(door.settings)
    assert (landed.organisation, landed.table, landed.reference_date, landed.version) == (
        "om", "casus", DAY, 1,
    )  # fmt: skip
    assert (landed.rows, landed.rows_quarantined, landed.contract_version) == (20, 0, "1.0.0")
    assert landed.received_at == landed.known_at == NOW
    assert landed.fill["parket"] == 20
    assert len(landed.sha256) == 64


@pytest.mark.parametrize(
    "table", ["om_casus", "politie_melding", "nctv_aanwijzing", "aivd_product", "mivd_product"]
)
def test_every_format_lands_in_the_same_types(door, table):
    door.take_one(door.put(table))
    data = door.settings.landing_dir / door.contracts[table].supplier
    [path] = data.glob("*/*/data.parquet")
    types = dict(
        duckdb.sql(f"select column_name, column_type from (describe from '{path}')").fetchall()
    )
    assert types == {
        **{column.name: column.landing_type for column in door.contracts[table].columns},
        "_row": "BIGINT",
    }


def test_coarse_dates_land_as_the_first_day(door):
    cells = set_cell(door.cells("aivd_product"), "gevraagd_op", 1, "2025-W07")
    door.take_one(door.put("aivd_product", cells))
    cells = set_cell(door.cells("mivd_product"), "gevraagd_op", 1, "2025-03")
    door.take_one(door.put("mivd_product", cells))
    read = {
        path.parts[-4]: pq.read_table(path)["gevraagd_op"][0].as_py()
        for path in door.settings.landing_dir.glob("*/*/*/data.parquet")
    }
    assert read == {"aivd": date(2025, 2, 10), "mivd": date(2025, 3, 1)}


def test_moments_land_in_utc(door):
    cells = set_cell(door.cells("om_casus"), "gemeld_op", 1, "2026-03-01T00:30:00+01:00")
    door.take_one(door.put("om_casus", cells))
    [path] = door.settings.landing_dir.glob("*/*/*/data.parquet")
    assert pq.read_table(path)["gemeld_op"][0].as_py() == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


def test_the_register_of_arrivals_says_when_a_file_came(door):
    path = door.put("om_casus")
    (path.parent / "aankomst.csv").write_text(
        f"bestand,ontvangen_op\n{path.name},2026-10-03T09:15:00+02:00\n"
    )
    report = door.take()
    assert len(report.outcomes) == 1
    [landed] = read_registry(door.settings)
    assert landed.received_at == datetime(2026, 10, 3, 7, 15, tzinfo=UTC)


def test_what_arrives_after_a_build_never_counts_as_known_before_it(door):
    build = NOW + timedelta(days=3)
    door.settings.home.mkdir(parents=True, exist_ok=True)
    write_last_build(door.settings, LastBuild(build))
    door.take_one(door.put("om_casus"), now=NOW)
    [landed] = read_registry(door.settings)
    assert landed.received_at == NOW
    assert landed.known_at > build


def test_only_a_file_of_the_own_inbox_is_moved_and_the_line_says_where_to(door, tmp_path):
    cells = set_cell(door.cells("om_casus"), "parket", 3, "111222333")
    path = door.put("om_casus", cells)
    elsewhere = tmp_path / "van_de_afzender"
    elsewhere.mkdir()
    theirs = elsewhere / path.name
    theirs.write_bytes(path.read_bytes())
    outcome = door.take_one(theirs)
    [note] = read_refusals(door.settings)
    aside = door.settings.quarantine_dir / "_refused" / note.mark
    assert theirs.exists()
    assert [path.name for path in aside.iterdir()] == [path.name]
    assert outcome.line.endswith(
        "het bestand blijft staan waar het stond; een kopie ligt in "
        f"quarantine/_refused/{note.mark}"
    )
    # Refused again at every intake, and refused from the first moment on.
    door.take_one(theirs, now=NOW + timedelta(days=3))
    assert read_refusals(door.settings) == [note]
    outcome = door.take_one(path)
    assert not path.exists()
    assert outcome.line.endswith(f"het bestand ligt nu in quarantine/_refused/{note.mark}")


def test_what_lands_is_what_was_hashed_also_when_the_file_goes_on_changing(door, monkeypatch):
    path = door.put("om_casus", door.cells("om_casus", 20))
    whole = path.read_bytes()
    half = whole[: whole.rindex(b"\n", 0, len(whole) // 2) + 1]
    path.write_bytes(half)

    def and_then_the_rest_comes(*arguments):
        copied = bring_in(*arguments)
        path.write_bytes(whole)
        return copied

    monkeypatch.setattr("pipelines.deliveries.intake.file.bring_in", and_then_the_rest_comes)
    door.take_one(path)
    [landed] = read_registry(door.settings)
    assert landed.sha256 == landed.content_sha256 == sha256(half).hexdigest()
    assert landed.rows == half.count(b"\n") - 1


def test_a_refused_file_that_changed_in_the_meantime_stays_in_the_inbox(door, monkeypatch):
    path = door.put_bytes("om_casus_2026-09-30_v1.csv", b"niets")

    def and_then_the_rest_comes(*arguments):
        copied = bring_in(*arguments)
        door.put("om_casus")
        return copied

    monkeypatch.setattr("pipelines.deliveries.intake.file.bring_in", and_then_the_rest_comes)
    assert door.take_one(path).status == "refused"
    assert path.exists()
    monkeypatch.undo()
    assert door.take_one(path).status == "accepted"


def test_a_refusal_leaves_a_note_without_content(door):
    cells = set_cell(door.cells("om_casus"), "parket", 3, "111222333")
    door.take_one(door.put("om_casus", cells))
    [note] = read_refusals(door.settings)
    assert note.rule == "anonimiteit_bsn"
    assert "111222333" not in json.dumps(note.as_dict())
    quarantined = door.settings.quarantine_dir / "_refused" / note.mark / note.file_name
    assert quarantined.exists()
