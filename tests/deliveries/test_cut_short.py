"""A load of the warehouse that is cut short at any step leaves the state of the one before, whole.

What lies on disk at every statement is what a process killed there would leave behind: it is opened
again, and must hold all of the old state or all of the new one. The next load then ends where an
undisturbed one ends.
"""

import shutil
from dataclasses import replace

import duckdb
import pytest

from pipelines.build import BuildDates
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.current_state import load_current_state
from pipelines.warehouse import one_transaction, store_build_dates, stored_build_dates
from tests.deliveries.conftest import DAY, NOW, Door
from tests.deliveries.test_event_log import CHAIN

FILES = ("warehouse.duckdb", "warehouse.duckdb.wal")


class Watched:
    """A connection that calls somebody before every statement."""

    def __init__(self, connection, before):
        self._connection = connection
        self._before = before

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, *arguments):
        self._before()
        return self._connection.execute(*arguments)

    def commit(self):
        self._before()
        self._connection.commit()


@pytest.fixture
def log_door(door) -> Door:
    """Two tables: the event log of another chain, and one that holds keys of cases."""
    chain = door.settings.home / "chain"
    shutil.copytree(CHAIN, chain)
    shutil.copy(door.settings.contracts_dir / "om_casus.odcs.yaml", chain / "contracts")
    settings = replace(door.settings, chain=chain)
    return Door(settings, load_contracts(settings.contracts_dir))


def content(connection) -> dict[str, list[tuple]]:
    """Every row of every table of `raw`."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    ).fetchall()
    return {
        name: sorted(map(str, connection.execute(f'from raw."{name}"').fetchall()))
        for (name,) in tables
    }


def load(connection, door):
    with one_transaction(connection):
        load_current_state(connection, door.settings, door.contracts, DAY, NOW)
        store_build_dates(connection, BuildDates(DAY.isoformat(), NOW), "Europe/Amsterdam")


def test_what_lies_on_disk_is_the_old_state_or_the_new_one_at_every_statement(log_door, tmp_path):
    log = "volvo_it_incidents"
    log_door.take(log_door.put(log, log_door.cells(log, 30)), log_door.put("om_casus"))
    home = tmp_path / "warehouse"
    home.mkdir()
    connection = duckdb.connect(str(home / FILES[0]))
    load(connection, log_door)
    before = content(connection)
    cells = log_door.cells("om_casus", 25, seed=2)
    more = log_door.cells(log, 40, seed=3)
    log_door.take(log_door.put("om_casus", cells, version=2), log_door.put(log, more, version=2))
    left: list[dict[str, list[tuple]]] = []

    def kill_here():
        copy = tmp_path / f"killed_{len(left)}"
        copy.mkdir()
        for name in FILES:
            if (home / name).exists():
                shutil.copy(home / name, copy)
        with duckdb.connect(str(copy / FILES[0])) as reopened:
            left.append(content(reopened))
            if len(left) % 18 == 0:
                load(reopened, log_door)
                ends.append(content(reopened))

    ends: list[dict[str, list[tuple]]] = []
    load(Watched(connection, kill_here), log_door)
    after = content(connection)
    changed = {name for name in after if after[name] != before[name]}
    assert {"om_casus", log, "event_log", "delivery", "input", "_state"} <= changed
    assert len(left) > 30
    assert all(state == before for state in left)
    assert ends, "a killed load is done again"
    assert all(state == after for state in ends)


def test_what_fails_half_way_changes_nothing(log_door):
    connection = duckdb.connect()
    load(connection, log_door)
    before = content(connection)
    log_door.take(log_door.put("om_casus"))
    with pytest.raises(OSError, match="schijf vol"), one_transaction(connection):
        load(connection, log_door)
        raise OSError("schijf vol")
    assert content(connection) == before
    load(connection, log_door)
    assert content(connection) != before
    assert stored_build_dates(connection).known_at == NOW
