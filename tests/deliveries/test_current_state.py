"""The current state of delivered tables, as of a day and as known at a moment."""

from dataclasses import replace
from datetime import date, timedelta

from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.current_state import counts
from tests.deliveries.conftest import DAY, NOW, set_cell

AUGUST = date(2026, 8, 31)


def fetch(door, sql, **dates):
    connection, _ = door.state(**dates)
    return connection.execute(sql).fetchall()


def test_every_contract_has_a_table_even_when_nothing_landed(door):
    connection, state = door.state()
    names = {row[0] for row in connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()}  # fmt: skip
    assert names == set(door.contracts) | {
        "delivery", "finding", "input", "event_log", "linkage", "suspected_double", "set_aside",
        "registration", "_registration", "_state",
    }  # fmt: skip
    assert set(state.rows.values()) == {0}
    types = dict(connection.execute(
        "select column_name, column_type from (describe raw.om_casus)").fetchall())  # fmt: skip
    assert types["om_reported_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["local_decision_after_rejection_at"] == "DATE"
    assert not {"change", "mutatie", "gemeld_op"} & types.keys()


def test_the_latest_snapshot_replaces_the_one_before(door):
    door.put("om_dossier", door.cells("om_dossier", 5, seed=1), day=AUGUST)
    door.put("om_dossier", door.cells("om_dossier", 3, seed=2))
    door.take()
    assert fetch(door, "select count(*) from raw.om_dossier") == [(3,)]
    assert fetch(door, "select count(*) from raw.om_dossier", day=AUGUST) == [(5,)]


def test_of_change_files_the_last_record_of_a_key_counts(door):
    cells = door.cells("om_casus", 3)
    door.put("om_casus", set_cell(cells, "parket", 1, "limburg"), day=AUGUST)
    later = set_cell(set_cell(cells, "parket", 1, "rotterdam"), "mutatie", 2, "intrekking")
    door.put("om_casus", later.slice(0, 2))
    door.take()
    connection, state = door.state()
    assert state.rows["om_casus"] == 2
    assert connection.execute(
        "select parket from raw.om_casus where case_key = ?", [cells["zaak_sleutel"][0].as_py()]
    ).fetchall() == [("rotterdam",)]


def test_a_column_that_was_renamed_is_one_column_also_where_it_is_the_key(door, with_contract):
    cells = door.cells("om_casus", 3)
    door.take(door.put("om_casus", cells, day=AUGUST))
    columns = tuple(
        replace(column, name=f"{column.name}_nieuw", former_name=column.name)
        if column.name in {"zaak_sleutel", "parket"}
        else column
        for column in door.contracts["om_casus"].columns
    )
    renamed = with_contract(
        door, "om_casus", {"columns": columns, "key": ("zaak_sleutel_nieuw",), "rules": ()}
    )
    later = set_cell(cells, "parket", 1, "rotterdam").slice(0, 1)
    later = later.rename_columns([column.name for column in columns])
    renamed.take(renamed.put("om_casus", later))
    connection, state = renamed.state()
    assert state.rows["om_casus"] == 3
    assert connection.execute(
        "select parket from raw.om_casus where case_key = ?", [cells["zaak_sleutel"][0].as_py()]
    ).fetchall() == [("rotterdam",)]


def test_a_redelivery_replaces_the_lower_version_from_the_moment_it_is_known(door):
    door.take(door.put("om_dossier", door.cells("om_dossier", 5)), now=NOW)
    later = NOW + timedelta(days=4)
    door.take(door.put("om_dossier", door.cells("om_dossier", 7), version=2), now=later)
    count = "select count(*) from raw.om_dossier"
    assert fetch(door, count, known_at=NOW) == [(5,)]
    assert fetch(door, count, known_at=later) == [(7,)]


def test_a_refused_redelivery_keeps_the_last_good_state(door):
    door.take(door.put("om_dossier", door.cells("om_dossier", 5)))
    door.take(door.put_bytes("om_dossier_2026-09-30_v2.csv", b""))
    assert fetch(door, "select count(*) from raw.om_dossier") == [(5,)]
    assert fetch(door, "select version, status, is_used from raw.delivery where table_name = "
                       "'dossier' and organisation = 'om' order by 1") == [
        (1, "on_time", True), (2, "refused", False)]  # fmt: skip


def test_rows_set_aside_come_back_with_the_redelivery(door):
    cells = door.cells("om_dossier", 20)
    door.take(door.put("om_dossier", set_cell(cells, "verzonden_op", 3, None)))
    assert fetch(door, "select count(*) from raw.om_dossier") == [(19,)]
    door.take(door.put("om_dossier", cells, version=2))
    assert fetch(door, "select count(*) from raw.om_dossier") == [(20,)]


def test_only_tables_with_other_deliveries_are_loaded_again(door):
    door.take(door.put("om_dossier", day=AUGUST), door.put("om_casus", day=AUGUST))
    connection, first = door.state()
    assert len(first.changed) == 46
    door.take(door.put("om_dossier"))
    from pipelines.deliveries.current_state import load_current_state

    again = load_current_state(connection, door.settings, door.contracts, DAY, NOW)
    assert again.changed == ("om_dossier",)
    assert again.rows["om_casus"] == 20
    assert again.deliveries["om_casus"] == 1


def test_inputs_are_the_deliveries_in_use(door):
    door.take(door.put("om_dossier", day=AUGUST), door.put("om_dossier"), door.put("om_casus"))
    assert fetch(door, "select delivery_id from raw.input order by 1") == [
        ("om_casus_2026-09-30_v1",), ("om_dossier_2026-09-30_v1",)]  # fmt: skip


def test_a_late_delivery_that_is_accepted_as_known_is_told_without_alarm(
    door, tmp_path, monkeypatch
):
    (tmp_path / "accepted_findings.csv").write_text(
        "organisation,table,rule,column,valid_from,valid_to,reason\n"
        "om,dossier,levering_te_laat,,2026-09-01,2026-12-31,Overgang naar het nieuwe zaaksysteem\n"
    )
    register = read_accepted(tmp_path)
    monkeypatch.setattr("pipelines.deliveries.current_state.read_accepted", lambda _: register)
    late = NOW + timedelta(days=30)
    door.take(door.put("om_dossier", day=AUGUST), door.put("om_dossier"), now=late)
    assert fetch(
        door,
        "select reference_date, severity, is_accepted from raw.finding "
        "where rule = 'levering_te_laat' order by 1",
        known_at=late,
    ) == [(AUGUST, "warning", False), (DAY, "info", True)]


def test_whoever_watches_the_pipeline_gets_numbers_alone(door):
    cells = set_cell(door.cells("om_dossier"), "verzonden_op", 3, None)
    door.take(door.put("om_dossier", cells), door.put_bytes("om_casus_2026-09-30_v1.csv", b""))
    connection, _ = door.state()
    found = counts(connection)
    assert found["delivery"] == {"on_time": 1, "refused": 1}
    assert found["finding"] == {"critical": 1, "quarantine": 1}
    assert found["suspected_double"] == {}
