"""Everything that lies in an inbox comes to one thing, and is named: nothing is passed over."""

import os
import re
import socket
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.deliveries.intake.arrivals import FIRST_DAY, REGISTER_NAME
from pipelines.deliveries.intake.deliver import deliver
from pipelines.deliveries.intake.inbox import look_into
from pipelines.deliveries.landing.zone import read_registry
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, NOW
from tests.examples import examples

# --- what is no file to read


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "om_casus_2026-09-30_v1.csv").write_text("a")


def a_socket(path: Path) -> None:
    # Its address has room for a hundred characters; a link to the folder makes it short.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{os.open(path.parent, os.O_RDONLY)}/{path.name}")


def a_loop(path: Path) -> None:
    path.symlink_to(path.name)


THINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (a_folder, "is een map en geen bestand"),
    "link to a folder": (lambda path: path.symlink_to("/"), "is een map en geen bestand"),
    "dangling link": (
        lambda path: path.symlink_to("nergens"),
        "is een verwijzing naar iets dat er niet is en geen bestand",
    ),
    "link to itself": (a_loop, "is een verwijzing naar iets dat er niet is en geen bestand"),
    "pipe": (os.mkfifo, "is een pijp en geen bestand"),
    "link to a device": (lambda path: path.symlink_to("/dev/zero"), "is een apparaat en geen"),
    "socket": (a_socket, "is een socket en geen bestand"),
}  # fmt: skip


@pytest.mark.parametrize("kind", THINGS)
def test_what_is_no_file_is_named_and_stops_nothing(door, kind):
    make, words = THINGS[kind]
    door.put("om_intake")
    make(door.settings.inbox_dir / f"om_casus_{DAY}_v1.csv")

    report = door.take()

    [left] = report.left
    assert left.line.startswith(f"om_casus_{DAY}_v1.csv: {words}")
    assert "; " in left.line  # the remedy
    assert [outcome.table for outcome in report.accepted] == ["intake"]
    assert os.path.lexists(door.settings.inbox_dir / f"om_casus_{DAY}_v1.csv"), "it stays there"


def test_a_file_that_may_not_be_read_is_named(door, monkeypatch):
    """Nobody is kept from reading who runs as root, as in many a container."""
    closed = door.put("om_casus")
    door.put("om_intake")
    opened = Path.open

    def refusing(path: Path, *rest: object, **more: object) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    report = door.take()
    assert [outcome.line for outcome in report.left] == [
        f"{closed.name}: kan niet worden gelezen; geef leesrechten, "
        "of zet het bestand opnieuw in de inbox"
    ]
    assert [outcome.table for outcome in report.accepted] == ["intake"]


def test_a_name_that_may_hold_anything_is_not_printed(door):
    """Its place in the folder stands for it."""
    door.settings.inbox_dir.mkdir(parents=True)
    # The second is of the form, and no contract knows such a supplier.
    for name in ("aaa", "jan_vries_1962-03-01_v1.csv", "zzz"):
        (door.settings.inbox_dir / name).mkdir()
    lines = [outcome.line for outcome in door.take().left]
    assert [line.split(":")[0] for line in lines] == [
        f"nummer {at} van de inbox, op naam geordend" for at in (1, 2, 3)
    ]
    assert "vries" not in "".join(lines)


def test_what_a_transfer_server_is_still_writing_waits(door):
    door.put_bytes(f".om_casus_{DAY}_v1.csv.part", b"half")
    door.put_bytes(REGISTER_NAME, b"bestand,ontvangen_op\n")
    report = door.take()
    assert [outcome.status for outcome in report.outcomes] == ["in_transit"]
    assert "begint met een punt" in report.outcomes[0].line


# --- whatever its name


def test_names_that_no_contract_knows_are_refused(door):
    """A typing error in the supplier, a supplier that delivers nothing, a month ahead."""
    names = [
        f"nctb_triage_{DAY}_v1.xlsx",
        f"gemeente_casus_{DAY}_v1.csv",
        "om_casus_2026-12-31_v1.csv",
        "om_casus_2027-03-31_v1.csv",
    ]
    for name in names:
        door.put_bytes(name, b"zaaksleutel;parket\n1;2\n")
    report = door.take()
    assert {outcome.status for outcome in report.outcomes} == {"refused"}
    assert {outcome.rule for outcome in report.refused} == {"bestandsnaam", "peildatum"}
    assert all(outcome.remedy for outcome in report.refused)
    assert read_registry(door.settings) == []


PARTS = (
    ["om_casus", "om_intake", "nctb_triage", "gemeente_casus", "", "a"],
    ["2026-09-30", "2026-10-31", "9999-12-31", "1700-01-01", "2026-02-30", "20260930", ""],
    ["1", "2", "0", "99999", "x", ""],
    ["csv", "csv.gz", "xlsx", "parquet", "exe", "csv.zip", ""],
)
LIKE_A_DELIVERY = st.tuples(*map(st.sampled_from, PARTS)).map(
    lambda parts: f"{parts[0]}_{parts[1]}_v{parts[2]}.{parts[3]}"
)
# Any bytes but the two a name cannot hold: also those that are no text in any encoding.
ANYTHING = st.binary(min_size=1, max_size=40).map(
    lambda name: os.fsdecode(re.sub(rb"[\x00/]", b"_", name))
)
KINDS = st.sampled_from(["file", "empty", "folder", "link", "pipe"])


@examples(12, long=500)
@given(
    things=st.dictionaries(
        st.one_of(LIKE_A_DELIVERY, ANYTHING).filter(lambda name: name not in {".", ".."}),
        KINDS,
        min_size=1,
        max_size=8,
    )
)
@example(
    things={"om_casus_2026-09-30_v1.csv": "file", "\udcff\x1b[31m.csv": "file", "{{ }}": "file"}
)
@example(things={"a\nb": "folder", "'; drop": "pipe", "\u202egnp.csv": "link", ".x": "empty"})
def test_everything_in_an_inbox_comes_to_one_thing(tmp_path_factory, things):
    home = tmp_path_factory.mktemp("inbox")
    settings = Settings(home=home)
    settings.inbox_dir.mkdir()
    for name, kind in things.items():
        path = settings.inbox_dir / name
        if kind == "folder":
            path.mkdir()
        elif kind == "link":
            path.symlink_to("nergens")
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.write_bytes(b"" if kind == "empty" else b"zaaksleutel;parket\n1;2\n")
    # The register of arrivals is no delivery.
    expected = {name for name in things if name != REGISTER_NAME}

    report = deliver([settings.inbox_dir], settings, now=NOW)

    assert len(report.outcomes) == len(expected)
    by_status = Counter(outcome.status for outcome in report.outcomes)
    n_hidden = sum(name.startswith(".") for name in expected)
    n_files = sum(
        things[name] in {"file", "empty"} and not name.startswith(".") for name in expected
    )
    assert by_status["in_transit"] == n_hidden
    assert by_status["left"] == len(expected) - n_hidden - n_files
    for outcome in report.outcomes:
        # One line a person can read, on any terminal.
        assert outcome.line.encode() and outcome.line.isprintable(), outcome.line
        assert outcome.reason
    # What is no file, or still on its way, lies where it lay; of files a trace is kept.
    there = {name for name in things if os.path.lexists(settings.inbox_dir / name)}
    assert there >= {name for name in expected if things[name] not in {"file", "empty"}}
    assert there >= {name for name in expected if name.startswith(".")}


# --- the day a delivery is about


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [
        ("1700-01-01", False),
        ("0001-01-01", False),
        ("1999-12-31", False),
        ("2012-05-22", True),
        ("2026-09-30", True),
        ("2026-10-10", True),
        ("2026-10-11", True),  # it arrived on the 10th: clocks and time zones differ
        ("2026-10-12", False),
        ("2026-12-31", False),
        ("9999-12-31", False),
    ],
)
def test_a_delivery_is_about_a_day_that_has_been(door, day, is_taken):
    path = door.put("om_casus", door.cells("om_casus"), day=date.fromisoformat(day))
    outcome = door.take_one(path)
    if is_taken:
        assert outcome.rule != "peildatum"
        return
    assert (outcome.status, outcome.rule) == ("refused", "peildatum")
    assert day in outcome.line
    assert "de dag waarvan de gegevens de stand zijn" in outcome.line
    assert not read_registry(door.settings)


def test_it_is_the_day_of_arrival_that_counts(door):
    """An intake a year later, or on a machine whose clock is behind, says the same."""
    path = door.put("om_casus")
    register = door.settings.inbox_dir / REGISTER_NAME
    register.write_text(f"bestand,ontvangen_op\n{path.name},2026-10-03T09:00:00+02:00\n")
    outcome = door.take_one(path, now=NOW - timedelta(days=365))
    assert outcome.status == "accepted"


def test_the_first_day_is_that_of_the_calendar():
    project = yaml.safe_load((Settings().dbt_project_dir / "dbt_project.yml").read_text("utf-8"))
    assert project["vars"]["calendar_start"] == FIRST_DAY.isoformat()


def test_an_inbox_that_is_not_there_holds_nothing(tmp_path):
    assert look_into([tmp_path / "nergens"], ()).files == {}
