"""Whatever the order in which deliveries arrive before a build, the build is the same.

Here: a change file with a withdrawal, its redelivery, a delivery with a row set aside, a snapshot,
two of one name that are refused, and one that comes twice, bare and packed; in any order, each at
another minute of one day.
Compared are the landing zone, every row of every table a build starts from, and in the end the
content hashes of what is published.
"""

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.atomic import write_text
from pipelines.build import BuildDates
from pipelines.decisions.recorded import load_recorded
from pipelines.deliveries.current_state import load_current_state
from pipelines.deliveries.landing.zone import read_registry
from pipelines.road import walk
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse, store_build_dates
from tests.deliveries.conftest import DAY, NOW, Door, set_cell
from tests.examples import as_many
from tests.publication.rebuild import build_again, published_content

JULY, AUGUST = date(2026, 7, 31), date(2026, 8, 31)
CHANGES, SNAPSHOT = "om_casus", "om_dossier"
TABLES = (CHANGES, SNAPSHOT)
# Moments of arrival differ with the order, and are no content; nor is how it was packed.
MOMENTS = ("received_at", "known_at")
OF_ARRIVAL = (*MOMENTS, "file_name", "sha256", "mark")
LATER = NOW + timedelta(days=1)
DELIVERIES = 8


@pytest.fixture
def files(door: Door) -> list[Path]:
    """The deliveries, written once; a test copies them into an inbox of its own."""
    cells = door.cells(CHANGES, 12, day=JULY)
    withdrawn = set_cell(set_cell(cells, "mutatie", 3, "intrekking"), "parket", 4, "limburg")
    snapshot = door.cells(SNAPSHOT, 8, day=AUGUST)
    return [
        door.put(CHANGES, cells, day=JULY),
        door.put(CHANGES, withdrawn.slice(2, 4), day=AUGUST),
        door.put(CHANGES, set_cell(withdrawn, "parket", 4, "rotterdam").slice(3, 4), day=AUGUST,
                 version=2),
        door.put(CHANGES, set_cell(cells, "parket", 7, "atlantis").slice(5, 6)),
        door.put(SNAPSHOT, snapshot, day=AUGUST),
        door.put(SNAPSHOT, snapshot, day=AUGUST, packed=".gz"),
        door.put(SNAPSHOT, set_cell(snapshot, "dossier_versie", 2, "111222333")),
        door.put(SNAPSHOT, set_cell(snapshot, "dossier_versie", 3, "111222333"), packed=".gz"),
    ]  # fmt: skip


def arrive(door: Door, files: Sequence[Path], order: Sequence[int]) -> None:
    """Take the files in one by one, a minute after each other; with the same marks everywhere."""
    write_text(door.settings.landing_dir / ".key", "0" * 64)
    for minute, place in enumerate(order):
        path = door.put_bytes(files[place].name, files[place].read_bytes())
        door.take(path, now=NOW + timedelta(minutes=minute))
        path.unlink(missing_ok=True)


def landing(door: Door) -> dict[str, str]:
    """What landed: rows by hash, and the note without what differs with the order."""
    found = {}
    for landed in read_registry(door.settings):
        note = {key: value for key, value in landed.as_dict().items() if key not in OF_ARRIVAL}
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
    left_out = {"delivery": f"exclude ({', '.join(MOMENTS)})"}
    # Tables of registrations are renewed one by one, and stand in the order of that.
    order = {"registration": "order by all"}
    return {
        name: connection.execute(
            f"select * {left_out.get(name, '')} from raw.{name} {order.get(name, '')}"
        ).fetchall()
        for name in tables
    }


@pytest.mark.property
@settings(max_examples=as_many(2, long=40), deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(DELIVERIES)))
@example(order=list(range(DELIVERIES)))
@example(order=list(reversed(range(DELIVERIES))))
def test_any_order_of_arrival_ends_in_the_same_state(tmp_path_factory, door, files, order):
    home = tmp_path_factory.mktemp("order")
    second = Door(Settings(home=home), {name: door.contracts[name] for name in TABLES})
    arrive(second, files, order)
    landed, rows = landing(second), warehouse(second)
    if not hasattr(door, "expected"):
        object.__setattr__(door, "expected", (landed, rows))
    assert (landed, rows) == door.expected
    assert len(landed) == 5
    assert len(rows[CHANGES]) == 12, "the redelivery took the withdrawal back"


def forget(settings: Settings) -> None:
    """Leave of a home only what dbt read of its own project: reading that takes the longest."""
    for path in settings.home.iterdir():
        if path != settings.dbt_target_dir.parent:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def build(door: Door, dates: BuildDates) -> dict[str, str]:
    """Content of what is published to each audience, by table."""
    with open_warehouse(door.settings) as connection:
        load_current_state(connection, door.settings, door.contracts, dates.day, dates.known_at)
        load_recorded(connection, door.settings, dates.day, dates.known_at)
        store_build_dates(connection, dates, "Europe/Amsterdam")
    return build_again(door.settings, dates, door.settings.warehouse_path)


@pytest.mark.long
def test_any_order_of_arrival_publishes_the_same(tmp_path, door, files):
    """One order goes the whole road, and six others after it.

    The last of them also knows a redelivery that came after the moment of the build.
    """
    second = replace(door, settings=Settings(home=tmp_path / "arrivals"))
    dates = BuildDates(DAY.isoformat(), LATER)
    arrive(second, files, range(DELIVERIES))
    outcome = walk.build(
        second.settings, reference_date=dates.reference_date, known_at=dates.known_at.isoformat()
    )
    assert not outcome.failed, outcome.failed
    expected = published_content(second.settings)
    assert expected

    draw = random.Random(2026)
    orders = [draw.sample(range(DELIVERIES), DELIVERIES) for _ in range(6)]
    for order in orders:
        forget(second.settings)
        arrive(second, files, order)
        if order is orders[-1]:
            later = second.put(CHANGES, door.cells(CHANGES, 12, seed=5), version=2)
            second.take(later, now=LATER + timedelta(days=1))
        found = build(second, dates)
        assert {name for name in expected if found.get(name) != expected[name]} == set(), order
        assert set(found) == set(expected)
