"""Two at work in one home: beside a run somebody decides, releases, backs up, reads or runs.

Here: each of them while a run stands still before some of its changes, so that every meeting of the
two is the same each time.
Not here: a run of Dagster, which waits for a command and a command for it (`test_daemon`).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.publication.current import current_in
from pipelines.settings import Settings
from tests.operation.faulted import state_of
from tests.operation.faulting import Ending, Order, Server, serving
from tests.pipeline.test_change_road import CHAIN, deliver
from tests.publication.change_builds import events

pytestmark = pytest.mark.long

# Somewhere in the intake, the tables, dbt, the publications and the pack.
BESIDE = 6


class Beside:
    """What others do while a run stands still, and what came of it.

    Args:
        server: Who carries out what the others ask.
        home: The home.
        every: So many changes lie between two times that they come.
    """

    def __init__(self, server: Server, home: Path, every: int) -> None:
        self._server, self._home, self._every = server, home, every
        self.shown: set[Path | None] = set()
        self.decided = 0

    def at(self, change: int, _: list[str]) -> None:
        """Let the others do what they do, now and then."""
        self.shown.add(current_in(self._home / "published" / "platform"))
        if change % self._every != self._every // 2:
            return
        for command in ("run", f"backup {self._home.with_name('copy')}", "forget", "verify"):
            refused = self._said(command)
            assert refused.code == 1, f"{change} {command}: {refused.told}"
            assert refused.told.startswith(f"Fout: een andere opdracht werkt in {self._home}; ")
            assert refused.told.count("\n") == 1
        for reading in ("status", "query 'from result limit 1' --audience platform"):
            assert self._said(reading).code == 0
        for free in ("decide", "release"):
            ending = self._said(free)
            assert ending.code == 0, ending.told
        self.decided += 1

    def _said(self, what: str) -> Ending:
        return self._server.obey(Order(self._home, what))


@pytest.fixture
def home(small: Settings) -> Path:
    log = events(np.random.default_rng(3), 60)
    deliver(small.inbox_dir, "2026-02-28", 1, log[log["moment"].dt.month == 2])
    return small.home


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    with serving(CHAIN, builds=True) as runs, serving(CHAIN, builds=False) as beside:
        yield runs, beside


def test_beside_a_run_writers_are_sent_away_and_the_rest_goes_on(home, servers, tmp_path):
    shutil.copytree(home, tmp_path / "alone" / "home")
    runs, others = servers
    alone = runs.obey(Order(tmp_path / "alone" / "home", "run", is_watched=True))
    assert alone.code == 0, alone.told
    expected = state_of(tmp_path / "alone" / "home")

    before = current_in(home / "published" / "platform")
    beside = Beside(others, home, alone.changes // BESIDE)
    ending = runs.obey(Order(home, "run", is_watched=True), beside.at)

    assert ending.code == 0, ending.told
    found = state_of(home)
    assert found.shown == expected.shown
    assert (found.is_packed, found.released, found.decided) == (True, 1, beside.decided)
    assert beside.shown == {before, current_in(home / "published" / "platform")}
    assert others.obey(Order(home, "verify")).code == 0
