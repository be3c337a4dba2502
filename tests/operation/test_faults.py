"""A command that is killed, or whose disk refuses, at any change of a file.

Here: deciding, pointing, pruning, packing, publishing, releasing, building and a whole run, each on
a copy of the small chain with a delivery that is new to it. After every fault readers have the
publication from before or the new one, whole; the same command given again ends where one ends that
was never disturbed; and nothing that was printed is a traceback.

All of it is `make test-faults`; `make test-long` takes a sample. Counts are printed.
Not here: files damaged between two commands (`tests/publication/test_current`, `test_damage`).
"""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipelines.dbt import ensure_manifest
from pipelines.decisions.register import Register
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import current_in, is_intact, last_good
from pipelines.publication.recorded import record
from pipelines.releases.ledger import Ledger
from pipelines.releases.shelf import published, shelf
from pipelines.releases.verify import changed
from pipelines.settings import Settings
from tests.examples import as_many
from tests.operation.faulting import OPERATIONS, Ending, Order, Server, serving
from tests.pipeline.test_change_road import CHAIN, deliver
from tests.publication.change_builds import events

pytestmark = [pytest.mark.long, pytest.mark.property]

EVERY = bool(os.environ.get("TEST_FAULTS"))
REFUSALS = ("ENOSPC", "EIO", "EROFS")


@dataclass(frozen=True)
class State:
    """What readers have: per audience the hash of what is shown, releases, and decisions.

    Attributes:
        shown: Content hash of the current publication, by audience.
        released: Releases that readers have seen.
        decided: Decisions in the register.
    """

    shown: Mapping[str, str]
    released: int
    decided: int


class Faults:
    """A home before, a server, and what came of every fault so far."""

    def __init__(self, server: Server, before: Path, scratch: Path) -> None:
        self.server, self.before, self.scratch = server, before, scratch
        self.struck = 0

    def fresh(self) -> Path:
        # Always in the same place: what dbt has read of its project names the home.
        home = self.scratch / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.before, home)
        return home

    def undisturbed(self, operation: str) -> tuple[int, State]:
        home = self.fresh()
        ending = self.server.obey(Order(home, operation))
        assert ending.code == 0, ending.told
        return ending.changes, state_of(home)

    def strike(self, order: Order, allowed: tuple[State, State]) -> Ending:
        """Let one fault happen, and hold the home to what must be so then and after a repeat."""
        before, after = allowed
        ending = self.server.obey(order)
        about = f"{order} {ending.struck}\n{ending.told}"
        assert "Traceback" not in ending.told, about
        found = state_of(order.home)
        for audience, shown in found.shown.items():
            assert shown in {before.shown[audience], after.shown[audience]}, f"{audience} {about}"
        assert found.released in {before.released, after.released}, about
        assert found.decided in {before.decided, after.decided}, about
        self.struck += bool(ending.struck or order.after)
        if order.operation == "decide" and found.decided == after.decided:
            return ending
        again = self.server.obey(Order(order.home, order.operation))
        assert again.code == 0, f"{about}\nagain: {again.told}"
        assert state_of(order.home) == after, about
        return ending


def state_of(home: Path) -> State:
    """What readers have; fails where what is published is not what was sealed or signed."""
    settings = Settings(home=home, chain=CHAIN)
    shown = {}
    for audience in AUDIENCES:
        path = current_in(home / "published" / audience)
        assert path is not None
        assert is_intact(path)
        assert last_good(path.parent) == path
        with duckdb.connect(str(path), read_only=True) as connection:
            [(shown[audience],)] = connection.execute(
                "select content_hash from publication"
            ).fetchall()
    assert changed(settings.releases_dir, Ledger(settings.releases_dir).entries()) == []
    decided = Register(settings.register_path)
    return State(
        shown,
        len(published(shelf(settings))),
        len(decided.revisions()) if has_table(settings.register_path) else 0,
    )


def has_table(path: Path) -> bool:
    """Whether a register holds anything: killed at its making, it is there and has no table yet."""
    if not path.is_file():
        return False
    with sqlite3.connect(path) as connection:
        return bool(connection.execute("select 1 from sqlite_master").fetchall())


def add_older(home: Path) -> None:
    """Publications of before, with their pack, for pruning to remove."""
    current = current_in(home / "published" / "platform")
    assert current is not None
    for month in (1, 2):
        older = current.with_name(f"2026-0{month}-28_20260301T00000{month}Z_0123456789ab.duckdb")
        for suffix in (".duckdb", ".pdf", ".ods"):
            shutil.copyfile(current.with_suffix(suffix), older.with_suffix(suffix))
            os.utime(older.with_suffix(suffix), (month, month))
        record(older, older.with_suffix(".pdf"), older.with_suffix(".ods"))


@pytest.fixture(scope="module")
def faults(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    scratch = tmp_path_factory.mktemp("faults")
    home, before = scratch / "home", scratch / "before"
    shutil.copytree(_built, home)
    builds = bool(as_many(0, 1))
    if builds:
        ensure_manifest(Settings(home=home, chain=CHAIN))
    shutil.move(home, before)
    add_older(before)
    log = events(np.random.default_rng(3), 60)
    deliver(before / "inbox", "2026-02-28", 1, log[log["moment"].dt.month == 2])
    with serving(CHAIN, builds=builds) as server:
        yield Faults(server, before, scratch)


def points(changes: int, few: int, some: int) -> list[int]:
    """Every change, or some of them spread over all."""
    wanted = changes if EVERY else min(changes, as_many(few, some))
    return sorted({1 + round(at * (changes - 1) / max(wanted - 1, 1)) for at in range(wanted)})


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_at_any_change_readers_have_a_whole_publication(
    faults: Faults, operation: str
) -> None:
    before = state_of(faults.before)
    changes, after = faults.undisturbed(operation)
    struck = faults.struck
    for at in points(changes, few=4, some=12):
        ending = faults.strike(Order(faults.fresh(), operation, "KILL", at), (before, after))
        assert ending.code == -9 or not ending.struck
    print(f"{operation}: killed at {faults.struck - struck} of {changes} changes")


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_refused_by_the_disk_from_any_change_on_a_command_says_so_and_can_be_given_again(
    faults: Faults, operation: str, refusal: str
) -> None:
    before = state_of(faults.before)
    changes, after = faults.undisturbed(operation)
    struck = faults.struck
    for at in points(changes, few=2, some=4):
        faults.strike(Order(faults.fresh(), operation, refusal, at), (before, after))
    print(f"{operation}: {refusal} from {faults.struck - struck} of {changes} changes on")


@pytest.mark.slow
def test_a_run_killed_at_any_moment_is_finished_by_the_next(faults: Faults) -> None:
    before = state_of(faults.before)
    started = time.monotonic()
    _, after = faults.undisturbed("run")
    took = time.monotonic() - started
    moments = 200 if EVERY else as_many(1, 4)
    draw = random.Random(7)
    for at in range(moments):
        seconds = took * (at + draw.random()) / moments
        faults.strike(Order(faults.fresh(), "run", after=seconds), (before, after))
    print(f"run: killed at {moments} moments of {took:.1f} s")
