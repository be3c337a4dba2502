"""What landed is what was written, or it is named and does not count."""

import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.landing.zone import read_landing, read_registry
from pipelines.sealed import DamagedError, seal, unseal
from tests.deliveries.conftest import DAY, NOW
from tests.deliveries.test_current_state import AUGUST


def flip_a_byte(folder):
    path = folder / "data.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def other_rows(folder):
    path = folder / "data.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)


def no_rows_at_all(folder):
    (folder / "data.parquet").unlink()


def half_a_note(folder):
    path = folder / "delivery.json"
    path.write_text(path.read_text()[:100])


def another_moment(folder):
    path = folder / "delivery.json"
    note = json.loads(path.read_text())
    path.write_text(json.dumps({**note, "known_at": "2020-01-01T00:00:00+00:00"}))


def nonsense_for_a_note(folder):
    (folder / "delivery.json").write_text("[1, 2]")


def no_note_at_all(folder):
    (folder / "delivery.json").unlink()


def another_place(folder):
    """The folder of August stands in for that of September."""
    for name in ("data.parquet", "delivery.json"):
        (folder / name).write_bytes((folder.parent / f"{AUGUST}_v1" / name).read_bytes())


DAMAGE = [
    flip_a_byte,
    other_rows,
    no_rows_at_all,
    half_a_note,
    another_moment,
    nonsense_for_a_note,
    no_note_at_all,
    another_place,
]


@pytest.fixture
def dossiers(door):
    """Five in August and seven in September, landed and damaged as the test says."""
    door.take(
        door.put("om_dossier", door.cells("om_dossier", 5), day=AUGUST),
        door.put("om_dossier", door.cells("om_dossier", 7, seed=2)),
    )
    return door.settings.landing_dir / "om" / "dossier" / f"{DAY}_v1"


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_named_and_the_table_keeps_its_last_good_state(door, dossiers, damage):
    damage(dossiers)
    [damaged] = read_landing(door.settings).damaged
    assert damaged.sentence.startswith("om_dossier_2026-09-30_v1: wat er in de landingszone ligt")
    connection, _ = door.state()
    assert connection.execute("select count(*) from raw.om_dossier").fetchall() == [(5,)]
    assert connection.execute(
        "select reference_date, status, is_used, is_open from raw.delivery "
        "where table_name = 'dossier' and organisation = 'om' order by 1"
    ).fetchall() == [(AUGUST, "late", True, False), (DAY, "damaged", False, True)]
    assert connection.execute(
        "select severity from raw.finding where rule = 'levering_beschadigd'"
    ).fetchall() == [("critical",)]


@pytest.mark.parametrize("damage", DAMAGE)
def test_the_same_file_again_mends_it(door, dossiers, damage):
    sound = read_registry(door.settings)
    damage(dossiers)
    [kept] = read_landing(door.settings).damaged
    later = NOW + timedelta(days=20)
    [_, outcome] = door.take(now=later).outcomes
    assert outcome.status == "accepted"
    assert read_landing(door.settings).damaged == ()
    again = read_registry(door.settings)
    assert [(delivery.identity, delivery.rows) for delivery in again] == [
        (delivery.identity, delivery.rows) for delivery in sound
    ]
    # It counts from when it first did, as long as the note says when that was.
    assert again[-1].known_at == (NOW if kept.landed else later)
    assert not list((door.settings.landing_dir / ".incoming").iterdir())


def test_another_file_does_not_take_the_place_of_what_is_damaged(door, dossiers):
    flip_a_byte(dossiers)
    path = door.put("om_dossier", door.cells("om_dossier", 9, seed=3))
    assert door.take_one(path).rule == "versie_bestaat"
    path = door.put("om_dossier", door.cells("om_dossier", 9, seed=3), version=2)
    assert door.take_one(path).status == "accepted"
    connection, _ = door.state()
    assert connection.execute(
        "select version, status, is_open from raw.delivery where reference_date = ? "
        "and table_name = 'dossier' and organisation = 'om' order by 1, 2",
        [DAY],
    ).fetchall() == [(1, "damaged", False), (2, "on_time", False)]


def test_a_note_of_a_refusal_that_cannot_be_read_stops_nothing(door, monkeypatch):
    door.take(door.put_bytes("om_casus_2026-09-30_v1.csv", b""), door.put("om_dossier"))
    [note] = (door.settings.landing_dir / "_refused").glob("*.json")
    note.write_text("{")
    flip_a_byte(door.settings.landing_dir / "om" / "dossier" / f"{DAY}_v1")
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(door.settings.home))
    told = CliRunner().invoke(app, ["status"]).output
    assert "Beschadigd: om_dossier_2026-09-30_v1: wat er in de landingszone ligt (de rijen)" in told
    assert f"Beschadigd: de aantekening van een weigering ({note.name})" in told
    assert read_refusals(door.settings) == []
    door.state()
    assert door.take_one(door.put("om_intake")).status == "accepted"


def test_a_note_is_what_was_sealed_or_it_is_damaged():
    note = {"naam": "é", "getal": 3, "lijst": [1, 2]}
    assert unseal(seal(note)) == note
    for changed in (
        seal(note).replace("3", "4"),
        seal(note)[:-1],
        "[]",
        "",
        '{"seal": "x"}',
        '{"without": "seal"}',
        "[" * 99_999,
    ):
        with pytest.raises(DamagedError):
            unseal(changed)
