"""A file taken in half does not block the whole one, and a manifest keeps a half from coming in.

A transfer that is cut short leaves the beginning of a file under its own name.
"""

import gzip
from datetime import timedelta
from hashlib import sha256

import pytest

from pipelines.deliveries.holding.confirmation import confirm
from pipelines.deliveries.holding.waiting import waiting
from pipelines.deliveries.landing.zone import read_landing, read_registry
from tests.deliveries.conftest import DAY, NOW

COUNT = "select count(*) from raw.om_casus"


@pytest.fixture
def halves(door):
    """A file of changes, and its first half up to the end of a line."""
    path = door.put("om_casus", door.cells("om_casus", 40))
    whole = path.read_bytes()
    return path, whole[: whole.rindex(b"\n", 0, len(whole) // 2) + 1], whole


def test_the_whole_waits_for_confirmation_and_then_takes_the_place_of_the_half(door, halves):
    path, half, whole = halves
    path.write_bytes(half)
    assert door.take_one(path).status == "accepted"
    path.write_bytes(whole)
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("held", "vervolg_van_levering")
    rows = half.count(b"\n") - 1
    connection, _ = door.state()
    assert connection.execute(COUNT).fetchall() == [(rows,)]
    assert door.take_one(path).status == "held"

    later = NOW + timedelta(days=1)
    confirm(door.settings, door.contracts, path.name, "Was half overgebracht", "analist", now=later)
    for known_at, n_rows in ((NOW, rows), (later, 40)):
        connection, _ = door.state(known_at=known_at)
        assert connection.execute(COUNT).fetchall() == [(n_rows,)]
    assert door.take_one(path).status == "already_known"
    assert [delivery.attempt for delivery in read_registry(door.settings)] == [0, 1]


def test_a_higher_version_ends_this_wait_too(door, halves):
    path, half, whole = halves
    path.write_bytes(half)
    door.take_one(path)
    path.write_bytes(whole)
    door.take_one(path)
    second = door.put("om_casus", door.cells("om_casus", 40), version=2)
    assert door.take_one(second).status == "accepted"
    assert waiting(door.contracts, read_landing(door.settings)) == []


def test_packed_or_not_it_goes_on_where_the_half_ended(door, halves):
    path, half, whole = halves
    path.write_bytes(half)
    door.take_one(path)
    path.unlink()
    packed = door.put_bytes(f"{path.name}.gz", gzip.compress(whole))
    assert door.take_one(packed).status == "held"


def test_a_half_that_waits_itself_makes_way_for_the_whole(door):
    """Half a snapshot is held for what it lost; nothing counts yet that the whole would replace."""
    cells = door.cells("om_dossier", 80)
    for day in ("2026-06-30", "2026-07-31", "2026-08-31"):
        door.put("om_dossier", cells, day=DAY.fromisoformat(day))
    door.take()
    path = door.put("om_dossier", cells)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\n", 0, len(whole) // 2) + 1])
    assert door.take_one(path).status == "held"
    path.write_bytes(whole)
    assert door.take_one(path).status == "accepted"
    assert waiting(door.contracts, read_landing(door.settings)) == []
    connection, _ = door.state()
    assert connection.execute("select count(*) from raw.om_dossier").fetchall() == [(80,)]


def test_another_file_of_the_version_is_refused_however_large(door, halves):
    path, half, whole = halves
    path.write_bytes(half)
    door.take_one(path)
    path.write_bytes(whole.replace(b"wijziging", b"intrekking"))
    outcome = door.take_one(path)
    assert (outcome.status, outcome.rule) == ("refused", "versie_bestaat")


# --- the manifest ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        ("{hash}  {name}\n", "accepted"),
        ("{hash} *{name}\n", "accepted"),
        ("{hash}", "accepted"),
        ("{other}  ander.csv\n{hash}  {name}\n", "accepted"),
        ("{other}  {name}\n", "incomplete"),
        ("{hash}  ander.csv\n", "incomplete"),
        ("geen controlegetal", "incomplete"),
        ("", "incomplete"),
    ],
)
def test_a_file_waits_until_it_is_what_its_manifest_says(door, halves, form, outcome):
    path, _, whole = halves
    manifest = path.with_name(f"{path.name}.sha256")
    digest = sha256(whole).hexdigest()
    manifest.write_text(form.format(hash=digest, other=digest[::-1], name=path.name))
    [found] = door.take().outcomes
    assert found.status == outcome
    assert path.exists()


def test_half_a_file_with_a_manifest_never_comes_in(door, halves):
    path, half, whole = halves
    manifest = path.with_name(f"{path.name}.sha256")
    manifest.write_text(f"{sha256(whole).hexdigest()}  {path.name}\n")
    path.write_bytes(half)
    [waits] = door.take().outcomes
    assert waits.line == (
        f"{path.name}: controlegetal: het bestand is niet, of nog niet, wat het controlegetal "
        "ernaast zegt; wacht tot het helemaal is overgebracht, of lever beide opnieuw"
    )
    assert read_registry(door.settings) == []
    path.unlink()
    [absent] = door.take().outcomes
    assert (absent.status, absent.file_name) == ("incomplete", path.name)
    path.write_bytes(whole)
    [landed] = door.take().outcomes
    assert (landed.status, landed.rows_landed) == ("accepted", 40)


def test_a_refused_file_takes_its_manifest_along(door):
    path = door.put_bytes("om_casus_2026-09-30_v1.csv", b"")
    path.with_name(f"{path.name}.sha256").write_text(f"{sha256(b'').hexdigest()}  {path.name}\n")
    assert [outcome.status for outcome in door.take().outcomes] == ["refused"]
    assert list(door.settings.inbox_dir.iterdir()) == []
