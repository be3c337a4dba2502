"""A home on a disk that may only be read: what reads answers, and what writes says so in a line.

Here: commands over a home made by hand, of which every change is refused (`tracing`).
Not here: a disk that refuses in the middle of a command (`test_refusals`).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.failure import FORBIDDEN
from pipelines.settings import Settings
from tests.operation.faulting import Ending, Order, Server, serving
from tests.operation.snapshots import Snapshots, digest_of
from tests.operation.tracing import READ_ONLY

READING = (
    "verify",
    "retention",
    "query 'from result limit 2' --audience platform",
    "release list",
    "release verify",
    "decisions list",
    "access verify",
    "access summary --month 2026-11",
)
WRITING = ("run", "build", "deliver {home}/inbox", "backup {elsewhere}", "forget")


class ReadOnly:
    """A home that may only be read."""

    def __init__(self, server: Server, home: Path) -> None:
        self.home, self._server = home, server
        self.elsewhere = home.with_name("elsewhere")

    def said(self, command: str, *, is_refused: bool) -> Ending:
        """How a command ends."""
        written = command.format(home=self.home, elsewhere=self.elsewhere)
        at = ("", 0) if not is_refused else (READ_ONLY, 1)
        return self._server.obey(Order(self.home, written, *at))

    def digest(self) -> str:
        return digest_of(Snapshots(self.home, self.elsewhere).look())


@pytest.fixture(scope="module")
def read_only(_kept: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadOnly]:
    home = tmp_path_factory.mktemp("read_only") / "home"
    shutil.copytree(_kept.home, home)
    with serving(None, builds=False) as server:
        yield ReadOnly(server, home)


def test_a_command_that_only_reads_answers_as_anywhere(read_only):
    assert read_only.said("status", is_refused=True).code == 0
    for command in READING:
        anywhere = read_only.said(command, is_refused=False)
        there = read_only.said(command, is_refused=True)
        assert (there.code, there.told) == (0, anywhere.told), command


@pytest.mark.parametrize("command", WRITING)
def test_a_command_that_writes_says_so_in_a_line_and_changes_nothing(read_only, command):
    before = read_only.digest()
    there = read_only.said(command, is_refused=True)
    assert there.code == 1
    assert FORBIDDEN in there.told
    assert there.told.count("\n") == 1, there.told
    assert read_only.digest() == before
