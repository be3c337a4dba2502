"""A command that is killed at any change of a file.

Here: deciding, pointing, pruning, packing, publishing, releasing, building and a whole run, each on
a copy of a home: one made by hand for the first three, else the small chain with a delivery that is
new to it. After every kill readers have the publication from before or the new one, whole; the same
command given again ends where one ends that was never disturbed; and nothing that was printed is a
traceback.

What a kill leaves is what lies there at that moment. So one walk of a command, standing still
before every change, shows what a kill at each of them would leave. Of all of those readers are
asked, and of the states that differ in anything the command is given again: of every one of them,
or of many, spread over the walk, where that takes long. That a real kill leaves what was seen is
held against real ones.

All of it is `make test-faults`; `make test-long` takes a sample, and `make test` a small one of
what takes no build. Counts are printed.
Not here: a disk that refuses (`test_refusals`), a kill between changes (`test_moments`), files
damaged between two commands (`tests/publication/test_current`, `test_damage`).
"""

import shutil

import pytest

from tests.examples import as_many
from tests.operation.faulted import EVERY, READ, Faults, operations, points, state_of
from tests.operation.faulting import Order
from tests.operation.snapshots import Snapshot, Snapshots, digest_of, part_of
from tests.operation.tracing import KILL

pytestmark = pytest.mark.property

# How many states of a command are repeated that takes seconds.
REPEATED = {"publish": 30, "release": 40, "build": 25, "run": 25}


class Walk:
    """What lies there before every change of one walk: judged for readers, and kept to go on from.

    Args:
        faults: The home in which a command walks.
        operation: The command.
        wanted: How many states are kept, spread over the changes.
    """

    def __init__(self, faults: Faults, operation: str, wanted: int) -> None:
        self._faults, self._operation = faults, operation
        changes, _ = faults.undisturbed(operation)
        self._step = max(changes / wanted, 1.0)
        self._snapshots = Snapshots(faults.home, faults.scratch / "contents")
        self._states: set[str] = set()
        self._shown: set[str] = set()
        self._kept: list[tuple[int, list[str], Snapshot]] = []

    def at(self, change: int, names: list[str]) -> None:
        """Look at the home while the command stands still before a change."""
        snapshot = self._snapshots.look(names)
        shown = digest_of(part_of(snapshot, READ))
        if shown not in self._shown:
            self._shown.add(shown)
            self._ask_readers(f"{self._operation} before change {change} of {names}")
        state = digest_of(snapshot)
        if state not in self._states:
            self._states.add(state)
            if change > len(self._kept) * self._step:
                self._snapshots.keep(snapshot)
                self._kept.append((change, names, snapshot))

    def _ask_readers(self, about: str) -> None:
        """Whoever reads has these folders, and the locks of who was killed are gone."""
        place = self._faults.scratch / "shown"
        for name in READ:
            if (self._faults.home / name).exists():
                shutil.copytree(self._faults.home / name, place / name)
        self._faults.hold(state_of(place), self._operation, about)
        shutil.rmtree(place)

    def go_on(self) -> str:
        """Give the command again from every state that was kept; returns the counts in words."""
        for change, names, snapshot in self._kept:
            shutil.rmtree(self._faults.home)
            self._snapshots.lay(snapshot, self._faults.home)
            about = f"{self._operation} killed before change {change} of {names}"
            self._faults.repeat(self._operation, about)
        self._snapshots.forget()
        return (
            f"{len(self._states)} states that differ, readers asked in {len(self._shown)} of them "
            f"that differ for readers, command given again in {len(self._kept)}"
        )


@operations
def test_killed_at_any_change_readers_have_a_whole_publication_and_the_next_ends_well(
    faults, operation
):
    changes, _ = faults.undisturbed(operation)
    walk = Walk(faults, operation, REPEATED.get(operation, changes) if EVERY else as_many(3, 6))
    ending = faults.server.obey(Order(faults.fresh(), operation, is_watched=True), walk.at)
    assert ending.code == 0, ending.told
    print(f"{operation}: {ending.changes} kill points, {walk.go_on()}")


@operations
def test_a_kill_leaves_what_was_seen_before_it(faults, operation):
    changes, _ = faults.undisturbed(operation)
    seen: list[str] = []

    def look(_: int, names: list[str]) -> None:
        seen.append(digest_of(Snapshots(faults.home, faults.scratch).look(names)))

    killed = points(changes, as_many(2, 4))
    for at in killed:
        order = Order(faults.fresh(), operation, KILL, at, is_watched=True)
        ending = faults.server.obey(order, look)
        assert ending.is_killed, ending.told
        assert digest_of(Snapshots(faults.home, faults.scratch).look()) == seen.pop()
        faults.hold(state_of(faults.home), operation, str(order))
        faults.repeat(operation, str(order))
    print(f"{operation}: killed at {len(killed)} of {changes} changes")
