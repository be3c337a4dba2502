"""No command contacts anybody: each does its work in a network of nobody, its system calls watched.

From an empty home to a withdrawn release, as somebody who never ran the monitor before.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.operation.handing import home_of
from pipelines.publication.audiences import AUDIENCES
from pipelines.settings import Settings
from tests.operation.commands import ARGUMENTS, SERVING, all_commands, command_line, new_user, typed
from tests.operation.watching import contacts, only_loopback, traced

# Needs no state, so it can be tried in passing.
IN_PASSING = ("status",)
LOG = "case;activity;time\n" + "".join(
    f"c{case};{activity};2026-0{month}-{1 + case:02d} 10:00:00\n"
    for case in range(20)
    for month, activity in ((1, "ontvangen"), (2, "beoordeeld"), (3, "besloten"))
)


@dataclass(frozen=True)
class Watched:
    """What a command came to."""

    code: int
    output: str
    contacts: list[str]


class Person:
    """Somebody at a terminal, whose every command is watched."""

    def __init__(self, folder: Path, inside: list[str]) -> None:
        self.folder, self.inside = folder, inside
        self.home = folder / "var"
        self.log = folder / "logboek.csv"
        self.log.write_text(LOG, encoding="utf-8")
        # Homes of audiences, for what is handed over to them.
        for audience in AUDIENCES:
            home_of(Settings(home=self.home), audience).mkdir()

    def give(self, name: str) -> Watched:
        trace = self.folder / "trace"
        done = subprocess.run(
            [*self.inside, *traced(trace), *command_line(name, home=self.home, log=self.log)],
            check=False,
            cwd=self.folder,
            env=new_user(self.folder, self.home),
            input=typed(name, self.home),
            # Without a terminal a question is asked, and answered, where the output goes.
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found = contacts(trace, by=f"kwaliteitsmonitor {name}")
        return Watched(done.returncode, done.stdout, found)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with only_loopback() as inside:
        yield Person(tmp_path_factory.mktemp("person"), inside)


@pytest.fixture(scope="module")
def walked(person: Person) -> dict[str, Watched]:
    """Every command, in order, in one home."""
    return {name: person.give(name) for name in ARGUMENTS}


def test_every_command_is_watched():
    """A new one gets a line in `commands.py`, or is served and watched there."""
    assert {*ARGUMENTS, *SERVING} == all_commands()


@pytest.mark.parametrize("name", IN_PASSING)
def test_a_command_contacts_nobody(person, name):
    given = person.give(name)

    assert given.contacts == []
    assert given.code == 0, given.output


@pytest.mark.long
@pytest.mark.parametrize("name", ARGUMENTS)
def test_no_command_contacts_anybody(walked, name):
    assert walked[name].contacts == []
    # One that failed before it did its work proves nothing.
    assert walked[name].code == 0, walked[name].output[-2000:]
