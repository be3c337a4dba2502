"""Linkage of pseudonyms: rates, suspected doubles, and merges that somebody decided on."""

from datetime import date

import duckdb
import pytest

from pipelines.deliveries.contract import ContractError
from pipelines.deliveries.current_state import load_current_state
from pipelines.deliveries.linkage.merges import read_merges
from tests.deliveries.conftest import DAY, NOW, set_cell


def key(cells, row):
    return cells["zaak_sleutel"][row - 1].as_py()


@pytest.fixture
def merges(tmp_path, monkeypatch):
    """A list of merges that a test fills."""

    def write(*lines):
        text = "\n".join(["from_key,to_key,valid_from,reason", *lines])
        (tmp_path / "merges.csv").write_text(text + "\n")

    monkeypatch.setattr(
        "pipelines.deliveries.current_state.read_merges", lambda _, day: read_merges(tmp_path, day)
    )
    return write


def test_the_rate_of_a_pair_is_the_share_of_keys_that_meet(door):
    cases, triage = door.cells("om_casus", 20), door.cells("nctv_triage", 10, seed=2)
    for row in (1, 2, 3, 4):
        triage = set_cell(triage, "zaak_sleutel", row, key(cases, row))
    door.take(door.put("om_casus", cases), door.put("nctv_triage", triage))
    connection, _ = door.state()
    rates = connection.execute(
        "select organisation_a, table_a, organisation_b, table_b, n_keys, n_linked "
        "from raw.linkage where key_kind = 'case' order by all"
    ).fetchall()
    assert rates == [
        ("nctv", "triage", "om", "casus", 10, 4), ("nctv", None, "om", None, 10, 4),
        ("om", "casus", "nctv", "triage", 20, 4), ("om", None, "nctv", None, 20, 4),
    ]  # fmt: skip


def test_the_same_moments_under_two_pseudonyms_are_a_suspected_double(door):
    cells = door.cells("nctv_triage")
    for column in ("ontvangen_op", "oordeel_verzonden_op"):
        cells = set_cell(cells, column, 7, cells[column][2].as_py())
    door.take(door.put("nctv_triage", cells))
    connection, _ = door.state()
    assert connection.execute(
        "select place, key_a, key_b, n_shared, is_merged from raw.suspected_double"
    ).fetchall() == [("nctv_triage", *sorted((key(cells, 3), key(cells, 7))), 2, False)]


def test_one_person_under_a_key_that_only_one_supplier_knows_is_a_suspected_double(door):
    cases = door.cells("om_casus", 2)
    person, known = cases["persoon_sleutel"][0].as_py(), key(cases, 1)
    triage = set_cell(door.cells("nctv_triage", 2, seed=2), "zaak_sleutel", 1, known)
    report = set_cell(door.cells("politie_melding", 2, seed=3), "persoon_sleutel", 1, person)
    door.take(
        door.put("om_casus", cases), door.put("nctv_triage", triage),
        door.put("politie_melding", report),
    )  # fmt: skip
    connection, _ = door.state()
    assert connection.execute(
        "select key_a, key_b, ground, is_merged from raw.suspected_double"
    ).fetchall() == [(*sorted((known, key(report, 1))), "person", False)]


def test_a_double_is_merged_only_by_the_list_and_from_its_date(door, merges):
    cells = door.cells("om_casus", 3)
    first, second = key(cells, 1), key(cells, 2)
    door.take(door.put("om_casus", cells))
    count = "select count(distinct case_key) from raw.om_casus"
    merges(f"{second},{first},2026-10-01,Zelfde zaak volgens OM")
    connection, _ = door.state()
    assert connection.execute(count).fetchall() == [(3,)]
    merges(f"{second},{first},2026-09-01,Zelfde zaak volgens OM")
    connection, _ = door.state()
    assert connection.execute(count).fetchall() == [(2,)]
    assert connection.execute(
        "select key_a, key_b from raw.suspected_double where is_merged"
    ).fetchall() == [tuple(sorted((first, second)))]


def test_another_list_of_merges_loads_the_tables_again(door, merges):
    cells = door.cells("om_casus", 3)
    door.take(door.put("om_casus", cells))
    merges()
    connection = duckdb.connect()
    arguments = (connection, door.settings, door.contracts, DAY, NOW)
    load_current_state(*arguments)
    merges(f"{key(cells, 2)},{key(cells, 1)},2026-09-01,Zelfde zaak")
    assert "om_casus" in load_current_state(*arguments).changed


def test_a_row_of_merges_ends_at_the_last_key_and_a_circle_is_refused(tmp_path):
    path = tmp_path / "merges.csv"
    path.write_text("from_key,to_key,valid_from,reason\na,b,2026-01-01,x\nb,c,2026-01-01,x\n")
    assert {merge.from_key: merge.to_key for merge in read_merges(tmp_path, DAY)} == {
        "a": "c",
        "b": "c",
    }
    assert read_merges(tmp_path, date(2025, 1, 1)) == ()
    path.write_text("from_key,to_key,valid_from,reason\na,b,2026-01-01,x\nb,a,2026-01-01,x\n")
    with pytest.raises(ContractError, match="lopen rond"):
        read_merges(tmp_path, DAY)


def test_persons_are_merged_too_and_only_what_is_in_the_data_is_listed(door, merges):
    cells = door.cells("om_casus", 3)
    first, second = (cells["persoon_sleutel"][row].as_py() for row in (0, 1))
    door.take(door.put("om_casus", cells))
    merges(
        f"{second},{first},2026-09-01,Zelfde persoon volgens OM",
        "z1_elders,z1_nergens,2026-09-01,Van een andere levering",
    )
    connection, _ = door.state()
    assert connection.execute("select count(distinct person_key) from raw.om_casus").fetchall() == [
        (2,)
    ]
    assert connection.execute(
        "select key_kind, key_a, key_b from raw.suspected_double where ground = 'list'"
    ).fetchall() == [("person", *sorted((first, second)))]
