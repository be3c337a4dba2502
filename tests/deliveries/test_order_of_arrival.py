"""Whatever the order in which deliveries arrive before a build, the build is the same.

Here: a change file with a withdrawal, its redelivery, a delivery with a row set aside, a snapshot,
one that is refused, and one that comes twice; in any order, each at another minute of one day.
Compared are the landing zone, every row of every table a build starts from, and in the end the
content hashes of what is published.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.deliveries.landing import read_registry
from pipelines.run import build_and_publish
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, NOW, Door, set_cell

JULY, AUGUST = date(2026, 7, 31), date(2026, 8, 31)
CHANGES, SNAPSHOT = "om_casus", "om_dossier"
TABLES = (CHANGES, SNAPSHOT)
# Moments of arrival differ with the order, and are no content.
OF_ARRIVAL = ("received_at", "known_at")
LATER = NOW + timedelta(days=1)


@pytest.fixture
def files(door: Door) -> list[Path]:
    """The deliveries, written once; a test copies them into an inbox of its own."""
    cells = door.cells(CHANGES, 12, day=JULY)
    withdrawn = set_cell(set_cell(cells, "mutatie", 3, "intrekking"), "parket", 4, "limburg")
    snapshot = door.cells(SNAPSHOT, 8, day=AUGUST)
    twice = door.put(SNAPSHOT, snapshot, day=AUGUST)
    return [
        door.put(CHANGES, cells, day=JULY),
        door.put(CHANGES, withdrawn.slice(2, 4), day=AUGUST),
        door.put(CHANGES, set_cell(withdrawn, "parket", 4, "rotterdam").slice(3, 4), day=AUGUST,
                 version=2),
        door.put(CHANGES, set_cell(cells, "parket", 7, "atlantis").slice(5, 6)),
        twice,
        twice,
        door.put(SNAPSHOT, set_cell(snapshot, "dossier_versie", 2, "111222333")),
    ]  # fmt: skip


def arrive(door: Door, files: Sequence[Path], order: Sequence[int]) -> None:
    """Take the files in one by one, a minute after each other."""
    for minute, place in enumerate(order):
        path = door.put_bytes(files[place].name, files[place].read_bytes())
        door.take(path, now=NOW + timedelta(minutes=minute))
        path.unlink(missing_ok=True)


def landing(door: Door) -> dict[str, str]:
    """What landed: rows by hash, and the note without what differs with the order."""
    found = {}
    for landed in read_registry(door.settings):
        note = {key: one for key, one in landed.as_dict().items() if key not in OF_ARRIVAL}
        data = landed.folder(door.settings) / "data.parquet"
        found[landed.delivery_id] = sha256(data.read_bytes()).hexdigest() + json.dumps(note)
    return found


def warehouse(door: Door) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table a build starts from, in order."""
    connection, _ = door.state(known_at=LATER)
    tables = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
        ).fetchall()
        if name != "_state"
    ]
    left_out = {"delivery": f"exclude ({', '.join(OF_ARRIVAL)})"}
    return {
        name: connection.execute(f"select * {left_out.get(name, '')} from raw.{name}").fetchall()
        for name in tables
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(7)))
@example(order=list(range(7)))
@example(order=[6, 5, 4, 3, 2, 1, 0])
def test_any_order_of_arrival_ends_in_the_same_state(tmp_path_factory, door, files, order):
    home = tmp_path_factory.mktemp("order")
    one = Door(Settings(home=home), {name: door.contracts[name] for name in TABLES})
    arrive(one, files, order)
    landed, rows = landing(one), warehouse(one)
    if not hasattr(door, "expected"):
        object.__setattr__(door, "expected", (landed, rows))
    assert (landed, rows) == door.expected
    assert len(landed) == 5
    assert len(rows[CHANGES]) == 12, "the redelivery took the withdrawal back"


def published(door: Door) -> dict[str, str]:
    """Content hash of what is published to each audience, as known on the day after."""
    outcome = build_and_publish(
        door.settings, reference_date=DAY.isoformat(), known_at=LATER.isoformat()
    )
    assert not outcome.failed, outcome.failed
    hashes = {}
    for folder in door.settings.published_dir.iterdir():
        # The name ends in the first figures of the content hash.
        hashes[folder.name] = (folder / "CURRENT").read_text().strip().rsplit("_", 1)[-1]
    return hashes


@pytest.mark.slow
def test_two_orders_and_what_came_later_publish_the_same(tmp_path, door, files):
    """The second home also knows a redelivery that came after the moment of the build."""
    first = replace(door, settings=Settings(home=tmp_path / "first"))
    arrive(first, files, range(7))
    second = replace(door, settings=Settings(home=tmp_path / "second"))
    arrive(second, files, [6, 5, 3, 4, 2, 0, 1])
    later = second.put(CHANGES, door.cells(CHANGES, 12, seed=5), version=2)
    second.take(later, now=LATER + timedelta(days=1))
    hashes = published(first)
    assert sorted(hashes) == ["advisory", "platform", "researcher"]
    assert published(second) == hashes
