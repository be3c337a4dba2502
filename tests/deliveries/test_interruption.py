"""An intake killed at any moment leaves each delivery whole or not at all, and loses no file.

Kills are spread over the whole of `deliver`: by `make test-long` twenty at random times, one at
every sixth change of the file system, and one at every change while the last delivery lands; in
passing one in twenty of them. Each time the intake is then run again, undisturbed, and must end
exactly where one that was never disturbed ends: landing zone, quarantine and feedback.
"""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.atomic import write_text
from pipelines.deliveries.landing.zone import read_registry
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, NOW, Door, set_cell
from tests.examples import as_many

# How many of the kills are made: one in so many.
ONE_IN = as_many(20, long=1)
TIMES = 20 // ONE_IN
# Importing libraries and reading contracts takes longer than all else, so one process does it once
# and forks.
# An order is a home and when to die: `after <seconds>`, `at <change of the file system>`, or not.
SERVER = """
import os, signal, sys, time
from datetime import datetime
from pathlib import Path
import great_expectations
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.intake.deliver import deliver
from pipelines.gx import batches
from pipelines.settings import Settings

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir"}
seen = []

def note(event, arguments):
    mode = arguments[1] if event == "open" else ""
    writes = isinstance(mode, str) and any(letter in mode for letter in "wa")
    if event in CHANGES or writes:
        seen.append((event, Path(str(arguments[0])).parent.name))
        if len(seen) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

batches()
load_contracts(Settings().contracts_dir)
for line in sys.stdin:
    home, when, value = line.split()
    settings = Settings(home=Path(home))
    die_at = int(value) if when == "at" else 0
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        sys.addaudithook(note)
        deliver([settings.inbox_dir], settings, now=datetime.fromisoformat(sys.argv[1]))
        # Where the last delivery begins to be written, and how many changes there are in all.
        begun = [at for at, what in enumerate(seen, 1) if what == ("os.mkdir", ".incoming")]
        print(begun[-1] if begun else 0, len(seen), flush=True)
        os._exit(0)
    if when == "after":
        time.sleep(float(value))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("done", time.perf_counter() - started, flush=True)
"""


@dataclass
class Intake:
    """A process that takes in the inbox of a home, and can be told to die."""

    process: subprocess.Popen[str]
    original: Path

    def run(self, home: Path, when: str = "never", value: float = 0) -> list[str]:
        """Run an intake; the words it ended with."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{home} {when} {value}\n")
        self.process.stdin.flush()
        words: list[str] = []
        while "done" not in words:
            line = self.process.stdout.readline()
            assert line, "the process that takes in has ended"
            words += line.split()
        return words


@pytest.fixture
def intake(door: Door) -> Iterator[Intake]:
    """Deliveries of every kind: whole, with a row set aside, delivered again, packed, refused."""
    door.put("om_casus", set_cell(door.cells("om_casus", 300), "parket", 5, None))
    door.put("om_casus", door.cells("om_casus", 300), version=2)
    door.put("nctv_triage", door.cells("nctv_triage", 100), day=date(2026, 8, 31))
    door.put("om_dossier", set_cell(door.cells("om_dossier"), "dossier_versie", 5, "111222333"))
    last = door.cells("politie_melding", 300)
    door.put("politie_melding", set_cell(last, "weging", 7, "beetje"), day=DAY)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, NOW.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Intake(process, door.settings.inbox_dir)
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def content(home: Path, *folders: str) -> dict[str, str]:
    """Every file in some folders, with its hash; not what is half-written and swept away."""
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in (home / folder).rglob("*")
        if path.is_file() and ".incoming" not in path.parts
    }


def check_nothing_is_half(home: Path, original: Path) -> None:
    settings = Settings(home=home)
    folders = list(settings.landing_dir.glob("[!._]*/*/*"))
    assert all((folder / "delivery.json").exists() for folder in folders)
    for landed in (registry := read_registry(settings)):
        folder = landed.folder(settings)
        assert pq.read_table(folder / "data.parquet").num_rows == landed.rows
        if landed.rows_quarantined:
            aside = settings.quarantine_dir / folder.relative_to(settings.landing_dir)
            assert pq.read_table(aside / "rows.parquet").num_rows == landed.rows_quarantined
    kept = [*content(home, "inbox").values(), *content(home, "quarantine").values()]
    # Of a workbook or Parquet file that landed, what landed is all that is kept.
    kept += [landed.sha256 for landed in registry]
    assert {sha256(path.read_bytes()).hexdigest() for path in original.iterdir()} <= set(kept)


@pytest.mark.slow
@pytest.mark.property
def test_a_killed_intake_is_finished_by_the_next_one(intake, tmp_path):
    def fresh(name: object) -> Path:
        home = tmp_path / f"home_{name}"
        shutil.copytree(intake.original, home / "inbox")
        # The same marks everywhere.
        write_text(home / "landing" / ".key", "0" * 64)
        return home

    undisturbed = fresh("undisturbed")
    intake.run(fresh("warm"))
    last, changes, _, duration = intake.run(undisturbed)
    places = ("landing", "quarantine", "feedback")
    expected = content(undisturbed, *places)
    assert len(expected) == 2 * 4 + 1 + 2 + 2 + 1 + 2 * 5 + 1, sorted(expected)
    draw = random.Random(7)
    # One in every equal part of the whole, so that no stretch goes without.
    times = [float(duration) * (at + draw.random()) / TIMES for at in range(TIMES)]
    deaths = [("after", seconds) for seconds in times]
    deaths += [("at", change) for change in range(1, int(last), 6 * ONE_IN)]
    deaths += [("at", change) for change in range(int(last), int(changes) + 1, ONE_IN)]
    print(f"{duration} s; kills: {len(deaths)}; from change {last} of {changes}")
    assert int(changes) - int(last) > 10, "the last delivery lands in many changes"
    states = set()
    for number, (when, value) in enumerate(deaths):
        home = fresh(number)
        intake.run(home, when, value)
        check_nothing_is_half(home, intake.original)
        states.add(len(read_registry(Settings(home=home))))
        intake.run(home)
        assert content(home, *places) == expected, (when, value)
        shutil.rmtree(home)
    assert {0, 3, 4} <= states, "the kills strike before, between and after the landings"
