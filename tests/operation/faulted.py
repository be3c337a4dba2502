"""A home in which commands meet faults, and what readers must have in it, always.

Here: the home before, what readers have at a moment, and holding the two to what must be so.
Not here: which fault a command meets (`test_faults`, `test_refusals`, `test_moments`), and how it
comes (`tracing`).
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

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
from tests.operation.faulting import OPERATIONS, Ending, Order, Server, decide

EVERY = bool(os.environ.get("TEST_FAULTS"))
BY_HAND = ("decide", "pointer", "prune")
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

    def strike(self, order: Order) -> Ending:
        """Let one fault happen, and hold the home to what must be so then and after a repeat."""
        self.undisturbed(order.operation)
        self.fresh()
        ending = self.server.obey(order)
        about = f"{order} {ending.struck}\n{ending.told}"
        assert "Traceback" not in ending.told, about
        self.hold(state_of(self.home), order.operation, about)
        self.repeat(order.operation, about)
        return ending


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
    # A small file that was not ready lies under one hidden name, which the next one to be written
    # takes (`pipelines.atomic`); after the last step of a command there is none.
    lying = [
        path
        for name in READ
        for path in (home / name).rglob("*")
        if not (path.name.startswith(".") and path.suffix == ".tmp")
    ]
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


def points(changes: int, wanted: int) -> list[int]:
    """So many of all changes, the first and the last among them."""
    wanted = min(changes, wanted)
    return sorted({1 + round(at * (changes - 1) / max(wanted - 1, 1)) for at in range(wanted)})
