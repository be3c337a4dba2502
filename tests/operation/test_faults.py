"""A command that is killed, or whose disk refuses, at any change of a file.

Here: deciding, pointing, pruning, packing, publishing, releasing, building and a whole run, each on
a copy of a home: one made by hand for the first three, else the small chain with a delivery that is
new to it. After every fault readers have the publication from before or the new one, whole; the
same command given again ends where one ends that was never disturbed; and nothing that was printed
is a traceback.

What a kill leaves is what lies there at that moment. So one walk of a command, standing still
before every change, shows what a kill at each of them would leave. Of all of those readers are
asked, and of the states that differ in anything the command is given again: of every one of them,
or of many, spread over the walk, where that takes long. That a real kill leaves what was seen is
held against real ones, and a run is killed at any moment besides.

All of it is `make test-faults`; `make test-long` takes a sample, and `make test` a small one of
what takes no build. Counts are printed.
Not here: files damaged between two commands (`tests/publication/test_current`, `test_damage`).
"""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pytest

from pipelines.dbt import ensure_manifest
from pipelines.decisions.register import Register
from pipelines.pack.place import AUDIENCE as PACK_AUDIENCE
from pipelines.pack.place import is_made
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.content import table_hashes
from pipelines.publication.current import current_in, is_intact, last_good
from pipelines.publication.recorded import record
from pipelines.releases.ledger import Ledger
from pipelines.releases.shelf import published, shelf
from pipelines.releases.verify import changed
from pipelines.sealed import file_sha256
from pipelines.settings import Settings
from tests.examples import as_many
from tests.operation.faulting import OPERATIONS, Ending, Order, Server, decide, serving
from tests.operation.snapshots import Snapshot, Snapshots, digest_of, part_of
from tests.operation.tracing import FAULTS, KILL, Look
from tests.pipeline.test_change_road import CHAIN, deliver
from tests.publication.change_builds import events

pytestmark = pytest.mark.property

EVERY = bool(os.environ.get("TEST_FAULTS"))
BY_HAND = ("decide", "pointer", "prune")
# How many states of a command are repeated that takes seconds, and how often its disk refuses.
REPEATED = {"build": 60, "run": 60}
REFUSED = {"pack": 12, "publish": 16, "release": 16, "build": 6, "run": 6}
MOMENTS = 200
# All that readers read lies in these.
READ = ("published", "releases", "register")
operations = pytest.mark.parametrize(
    "operation",
    [pytest.param(name, marks=[] if name in BY_HAND else pytest.mark.long) for name in OPERATIONS],
)


@dataclass(frozen=True)
class State:
    """What readers have.

    Attributes:
        shown: Name of the current publication, by audience.
        is_packed: Whether the platform's has its pack.
        released: Releases that readers have seen.
        decided: Decisions in the register.
        lying: Names of all files that are published or released.
    """

    shown: Mapping[str, str]
    is_packed: bool
    released: int
    decided: int
    lying: frozenset[str]


class Faults:
    """A home before, a server, and how a command ends that is left alone.

    Args:
        server: Who carries out orders.
        before: The home before each of them.
        scratch: Folder to work in.
    """

    def __init__(self, server: Server, before: Path, scratch: Path) -> None:
        self.server, self.scratch = server, scratch
        # Always in the same place: what dbt has read of its project names the home.
        self.home = scratch / "home"
        self._home_before, self.before = before, state_of(before)
        self._ends: dict[str, tuple[int, State]] = {}

    def fresh(self) -> Path:
        """The home as it was before."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self._home_before, self.home)
        return self.home

    def undisturbed(self, operation: str) -> tuple[int, State]:
        """How many changes a command makes, and what readers have after it."""
        if operation not in self._ends:
            ending = self.server.obey(Order(self.fresh(), operation, is_watched=True))
            assert ending.code == 0, ending.told
            self._ends[operation] = ending.changes, state_of(self.home)
        return self._ends[operation]

    def hold(self, found: State, operation: str, about: str) -> None:
        """Hold what readers have in the middle to what they had before, or have after it."""
        before, (_, after) = self.before, self.undisturbed(operation)
        for audience, shown in found.shown.items():
            assert shown in {before.shown[audience], after.shown[audience]}, f"{audience} {about}"
        if found.shown[PACK_AUDIENCE] == before.shown[PACK_AUDIENCE]:
            assert found.is_packed, about
        assert found.released in {before.released, after.released}, about
        assert found.decided in {before.decided, after.decided}, about

    def repeat(self, operation: str, about: str) -> None:
        """Give the command again, and hold the home to where it ends when it is left alone."""
        _, after = self.undisturbed(operation)
        if OPERATIONS[operation] is decide and state_of(self.home).decided == after.decided:
            # Another one would be another decision.
            return
        again = self.server.obey(Order(self.home, operation))
        assert again.code == 0, f"{about}\nagain: {again.told}"
        assert "Traceback" not in again.told, f"{about}\nagain: {again.told}"
        assert state_of(self.home) == after, about

    def strike(self, order: Order, look: Look | None = None) -> Ending:
        """Let one fault happen, and hold the home to what must be so then and after a repeat."""
        self.undisturbed(order.operation)
        self.fresh()
        ending = self.server.obey(order, look)
        about = f"{order} {ending.struck}\n{ending.told}"
        assert "Traceback" not in ending.told, about
        self.hold(state_of(self.home), order.operation, about)
        self.repeat(order.operation, about)
        return ending


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


def state_of(home: Path) -> State:
    """What readers have; fails where what is published is not what was sealed or signed."""
    settings = Settings(home=home)
    shown = {audience: current_in(home / "published" / audience) for audience in AUDIENCES}
    for path in shown.values():
        assert path is not None
        assert is_intact(path)
        assert last_good(path.parent) == path
        assert holds_its_content(path, file_sha256(path))
    assert changed(settings.releases_dir, Ledger(settings.releases_dir).entries()) == []
    decided = Register(settings.register_path)
    lying = [path for name in READ for path in (home / name).rglob("*")]
    return State(
        {audience: path.stem for audience, path in shown.items() if path},
        is_made(shown[PACK_AUDIENCE] or home),
        len(published(shelf(settings))),
        len(decided.revisions()) if has_table(settings.register_path) else 0,
        frozenset(str(path.relative_to(home)) for path in lying),
    )


_HELD: dict[str, bool] = {}


def holds_its_content(path: Path, sha256: str) -> bool:
    """Whether a publication holds every table it was published with; asked once of each."""
    if sha256 not in _HELD:
        with duckdb.connect(str(path), read_only=True) as connection:
            told = {
                name: (n_rows, sha256)
                for name, n_rows, sha256 in connection.execute("from table_hash").fetchall()
            }
            _HELD[sha256] = table_hashes(connection, f'"{path.stem}".main', list(told)) == told
    return _HELD[sha256]


def has_table(path: Path) -> bool:
    """Whether a register holds anything: killed at its making, it is there and has no table yet."""
    if not path.is_file():
        return False
    with sqlite3.connect(path) as connection:
        return bool(connection.execute("select 1 from sqlite_master").fetchall())


def add_older(home: Path) -> None:
    """Publications of before, with their pack, for pruning to remove."""
    current = current_in(home / "published" / PACK_AUDIENCE)
    assert current is not None
    for month in (1, 2):
        older = current.with_name(f"2026-0{month}-28_20260301T00000{month}Z_0123456789ab.duckdb")
        for suffix in (".duckdb", ".pdf", ".ods"):
            shutil.copyfile(current.with_suffix(suffix), older.with_suffix(suffix))
            os.utime(older.with_suffix(suffix), (month, month))
        record(older, older.with_suffix(".pdf"), older.with_suffix(".ods"))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """In memory where the machine has that: what a kill leaves is the same there, and sooner."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="faults", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def by_hand(_kept: Settings) -> Iterator[Faults]:
    with scratch_folder() as scratch, serving(None, builds=False) as server:
        shutil.copytree(_kept.home, scratch / "before")
        add_older(scratch / "before")
        yield Faults(server, scratch / "before", scratch)


@pytest.fixture(scope="module")
def built(_built: Path) -> Iterator[Faults]:
    with scratch_folder() as scratch, serving(CHAIN, builds=True) as server:
        home, before = scratch / "home", scratch / "before"
        shutil.copytree(_built, home)
        ensure_manifest(Settings(home=home, chain=CHAIN))
        shutil.move(home, before)
        add_older(before)
        log = events(np.random.default_rng(3), 60)
        deliver(before / "inbox", "2026-02-28", 1, log[log["moment"].dt.month == 2])
        yield Faults(server, before, scratch)


@pytest.fixture
def faults(operation: str, request: pytest.FixtureRequest) -> Faults:
    found: Faults = request.getfixturevalue("by_hand" if operation in BY_HAND else "built")
    return found


def points(changes: int, wanted: int) -> list[int]:
    """So many of all changes, the first and the last among them."""
    wanted = min(changes, wanted)
    return sorted({1 + round(at * (changes - 1) / max(wanted - 1, 1)) for at in range(wanted)})


@operations
def test_killed_at_any_change_readers_have_a_whole_publication_and_the_next_ends_well(
    faults: Faults, operation: str
) -> None:
    changes, _ = faults.undisturbed(operation)
    walk = Walk(faults, operation, REPEATED.get(operation, changes) if EVERY else as_many(3, 6))
    ending = faults.server.obey(Order(faults.fresh(), operation, is_watched=True), walk.at)
    assert ending.code == 0, ending.told
    print(f"{operation}: {ending.changes} kill points, {walk.go_on()}")


@operations
def test_a_kill_leaves_what_was_seen_before_it(faults: Faults, operation: str) -> None:
    changes, _ = faults.undisturbed(operation)
    seen: list[str] = []

    def look(_: int, names: list[str]) -> None:
        seen.append(digest_of(Snapshots(faults.home, faults.scratch).look(names)))

    killed = points(changes, 8 if EVERY else as_many(2, 3))
    for at in killed:
        order = Order(faults.fresh(), operation, KILL, at, is_watched=True)
        ending = faults.server.obey(order, look)
        assert ending.code == -9, ending.told
        assert digest_of(Snapshots(faults.home, faults.scratch).look()) == seen.pop()
        faults.hold(state_of(faults.home), operation, str(order))
        faults.repeat(operation, str(order))
    print(f"{operation}: killed at {len(killed)} of {changes} changes")


@operations
@pytest.mark.parametrize("refusal", FAULTS)
def test_refused_by_the_disk_from_any_change_on_a_command_says_so_and_can_be_given_again(
    faults: Faults, operation: str, refusal: str
) -> None:
    changes, _ = faults.undisturbed(operation)
    refused = points(changes, REFUSED.get(operation, changes) if EVERY else as_many(1, 2))
    for at in refused:
        faults.strike(Order(faults.home, operation, refusal, at))
    print(f"{operation}: {refusal} from {len(refused)} of {changes} changes on")


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_a_run_killed_at_any_moment_is_finished_by_the_next(built: Faults, part: int) -> None:
    draw = random.Random(part)
    started = time.monotonic()
    assert built.server.obey(Order(built.fresh(), "run")).code == 0
    took = time.monotonic() - started
    killed, wanted = 0, MOMENTS // 4 if EVERY else 1
    while killed < wanted:
        # One that would come after the end is drawn again.
        seconds = took * (killed + draw.random()) / wanted
        killed += built.strike(Order(built.home, "run", after=seconds)).code == -9
    print(f"run: killed at {killed} moments of {took:.1f} s")
