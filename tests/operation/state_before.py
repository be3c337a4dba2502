"""The state of an installation of the version before, and how it was made.

Here: `before/state.tar.xz`, unpacked, and making another one with the version that is checked out.
Not here: what is held against it (`test_upgrade`).

It is the home of the small chain as commit e3ab748 left it: two months delivered one after the
other, two publications of every audience, a release as roles published it and a decision that was
revised, with warehouse and memo. Before a version that gives the state another form
(`pipelines.state`), make one with the version that precedes it:

    python -m tests.operation.state_before HOME
    tar --sort=name --owner=0 --group=0 --exclude=home/dbt -C HOME/.. -cJf state.tar.xz home
"""

import shutil
import sys
import tarfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.decisions.draft import Draft
from pipelines.decisions.register import Register
from pipelines.settings import Settings
from tests.dashboard.released import AUTUMN, Shelf
from tests.pipeline.test_change_road import command, deliver, first_three_months

COMMIT = "e3ab748"
REFERENCE_DATE = "2026-03-31"
DECISION = Draft(
    kind="besluit", noted_on=date(2026, 4, 20), text="De bezetting wordt aangevuld.", question="",
    handoff_id="B1", indicator=None, signal_id=None, owner="volvo_it", due_on=date(2026, 9, 1),
    outcome="open",
)  # fmt: skip
_STORED = Path(__file__).parent / "before" / "state.tar.xz"


def unpacked(folder: Path) -> Path:
    """The home, as the version before left it."""
    with tarfile.open(_STORED) as stored:
        stored.extractall(folder, filter="data")
    return folder / "home"


def make(home: Path) -> None:
    """Make such a home with the version that is checked out."""
    (home / "inbox").mkdir(parents=True)
    before, march = first_three_months()
    for day, rows in ((REFERENCE_DATE, march), ("2026-02-28", before)):
        deliver(home / "inbox", day, 1, rows)
        told = command("run", "--reference-date", REFERENCE_DATE, home=home)
        assert told.exit_code == 0, told.output
    shelf = Shelf(home.with_name("released"))
    shelf.publish(AUTUMN)
    shutil.move(shelf.folder, home / "releases")
    register = Register(Settings(home=home).register_path)
    day, known = date.fromisoformat(REFERENCE_DATE), datetime(2026, 4, 20, 12, tzinfo=UTC)
    made = register.record(DECISION, day, known_from=known)
    done = replace(DECISION, outcome="uitgevoerd")
    register.revise(made.number, done, day, expected=1, known_from=known)


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
