"""The access log: a line is on disk, hangs on the one before, and what stops a writer is told.

Whoever changes, removes or adds a line is found; whoever only pulled the plug is not accused.
"""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pipelines.access import log as module
from pipelines.access.entry import Act, Event
from pipelines.access.log import HEAD, AccessLog, AccessLogError, log_files
from pipelines.access.summary import summarise
from pipelines.access.verification import entries_of, verify
from pipelines.cli import app

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
LOOK = Event(Act.page, "a.jansen", "platform", "keten")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "access"


def fill(folder: Path, n: int = 5, *, largest: int = 2**20, at: datetime = NOON) -> None:
    log = AccessLog(folder, largest=largest, clock=lambda: at)
    for _ in range(n):
        log.add(LOOK)


def test_a_log_that_nobody_touched_is_whole(folder):
    fill(folder)

    found = verify(folder)

    assert (found.lines, found.problems, found.notices) == (5, [], [])
    assert [entry.sequence for entry in entries_of(folder)] == [1, 2, 3, 4, 5]


def test_nobody_else_can_read_it(folder):
    before = os.umask(0)
    try:
        fill(folder)
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_new_month_and_a_full_file_begin_another_that_hangs_on_the_one_before(folder):
    fill(folder, 6, largest=700)
    fill(folder, 2, at=NOON + timedelta(days=1))
    # A clock that is set back begins no older file.
    fill(folder, 1)

    names = [path.name for path in log_files(folder)]
    assert names[:2] == ["2026-10.0001.jsonl", "2026-10.0002.jsonl"]
    assert names[-1] == "2026-11.0001.jsonl"
    found = verify(folder)
    assert found.lines == 9
    assert found.problems == []
    assert [notice for notice in found.notices if "klok is teruggezet" in notice]


def test_the_oldest_files_may_be_destroyed_when_their_term_is_over(folder):
    fill(folder, 6, largest=700)
    log_files(folder)[0].unlink()

    found = verify(folder)

    assert found.problems == []
    assert "het logboek begint bij regel" in found.notices[0]


def lines(folder: Path) -> list[bytes]:
    return log_files(folder)[-1].read_bytes().splitlines(keepends=True)


def write(folder: Path, kept: list[bytes]) -> None:
    log_files(folder)[-1].write_bytes(b"".join(kept))


TAMPERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "another name": lambda kept: [kept[0], kept[1].replace(b"jansen", b"hansen"), *kept[2:]],
    "a line less": lambda kept: [*kept[:2], *kept[3:]],
    "two lines changed about": lambda kept: [kept[1], kept[0], *kept[2:]],
    "the last line gone": lambda kept: kept[:-1],
    "the last line changed": lambda kept: [*kept[:-1], kept[-1].replace(b"keten", b"keton")],
    "all but the first gone": lambda kept: kept[:1],
    "a line twice": lambda kept: [*kept[:2], *kept[1:]],
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("goes_on", [False, True], ids=["at_rest", "and_written_to_since"])
def test_whoever_changes_or_removes_a_line_is_found(folder, how, goes_on):
    fill(folder)
    write(folder, TAMPERED[how](lines(folder)))
    if how == "the last line gone":
        # One line less may be a writer that was stopped before it told the head, never two.
        write(folder, lines(folder)[:-1])
    if goes_on:
        fill(folder, 3)

    assert verify(folder).problems


@pytest.mark.parametrize("goes_on", [False, True], ids=["at_rest", "and_written_to_since"])
def test_a_head_that_is_gone_is_found(folder, goes_on):
    fill(folder)
    (folder / HEAD).unlink()
    if goes_on:
        fill(folder, 1)

    assert verify(folder).problems


def test_every_changed_byte_is_found(folder):
    fill(folder, 3)
    [path] = log_files(folder)
    whole = path.read_bytes()
    unseen = []
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if not verify(folder).problems:
            unseen.append(place)
    # Of the very last byte, the end of the line, nobody can say who took it.
    assert set(unseen) <= {len(whole) - 1}


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_line_that_was_cut_off_by_a_kill_is_named_and_the_chain_goes_on(folder, cut):
    fill(folder, 3)
    torn = lines(folder)[-1][:cut]
    with log_files(folder)[-1].open("ab") as handle:
        handle.write(torn)
    assert verify(folder).problems == []

    fill(folder, 2)

    found = verify(folder)
    assert found.problems == []
    assert [notice for notice in found.notices if "is afgebroken" in notice]
    assert [entry.event.act for entry in entries_of(folder)][3:] == [Act.torn, Act.page, Act.page]


def test_a_second_kill_while_the_first_is_being_told_of_leaves_one_line_that_is_of_both(folder):
    fill(folder, 3)
    with log_files(folder)[-1].open("ab") as handle:
        handle.write(b'{"about":"\n{"abo')

    fill(folder, 1)

    found = verify(folder)
    assert found.problems == []
    assert len(found.notices) == 1


def test_a_torn_line_does_not_hide_that_the_line_before_it_was_changed(folder):
    fill(folder, 3)
    kept = lines(folder)
    write(folder, [*kept[:-1], kept[-1].replace(b"jansen", b"hansen")])

    fill(folder, 1)

    assert [problem for problem in verify(folder).problems if "ontbreken regels" in problem]


WRITER = """
import sys
from pathlib import Path
from pipelines.access.entry import Act, Event
from pipelines.access.log import AccessLog
log = AccessLog(Path(sys.argv[1]), largest=20_000)
print("begint", flush=True)
for number in range(int(sys.argv[2])):
    log.add(Event(Act.page, sys.argv[3], "platform", "keten"))
"""


def writer(folder: Path, n: int, person: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), str(n), person]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_several_processes_write_to_one_log(folder):
    writers = [writer(folder, 60, name) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in writers] == [0, 0, 0]

    found = verify(folder)

    assert (found.lines, found.problems, found.notices) == (180, [], [])
    assert len(log_files(folder)) > 1


def test_a_writer_that_is_killed_leaves_a_log_that_is_whole(folder):
    for number in range(8):
        process = writer(folder, 100_000, "a")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.03 + number * 0.007)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    fill(folder, 1)

    found = verify(folder)

    assert found.lines > 8
    assert found.problems == []


@pytest.mark.parametrize("kept", [0, 40])
def test_a_full_disk_is_told_and_leaves_nothing_half(folder, kept, monkeypatch):
    fill(folder, 2)
    real = os.write
    taken: list[int] = []

    def full(handle: int, content: bytes) -> int:
        if taken or not kept:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken.append(handle)
        return real(handle, bytes(content)[:kept])

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "write", full)
        with pytest.raises(AccessLogError, match="maak ruimte op de schijf"):
            AccessLog(folder).add(LOOK)
    fill(folder, 1)

    found = verify(folder)
    assert (found.lines, found.problems, found.notices) == (3, [], [])


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(AccessLogError, match="herstel de rechten"):
        AccessLog(tmp_path / "file" / "access").add(LOOK)


def test_whatever_somebody_is_called_a_line_stays_one_line(folder):
    AccessLog(folder).add(Event(Act.refused, "é\n\u2028\x00" + "x" * 999, "platform"))

    assert verify(folder).lines == 1
    [entry] = entries_of(folder)
    assert entry.event.person.startswith("é\n\u2028\x00xxx")
    assert len(entry.event.person) == 200


MONTH = (
    # act, person, audience, page, about, day of October (in Amsterdam)
    (Act.signed_in, "b.bakker", "platform", "", "", 1),
    (Act.page, "b.bakker", "platform", "keten", "", 1),
    (Act.figure, "b.bakker", "platform", "koppelvlak", "K13", 1),
    (Act.page, "a.jansen", "platform", "keten", "", 2),
    (Act.rows, "c.smit", "researcher", "onderzoekers", "handoff.csv", 3),
    (Act.download, "a.jansen", "platform", "ter-bespreking", "pdf", 4),
    (Act.refused, "d.visser", "platform", "", "group", 5),
    (Act.refused, "d.visser", "platform", "", "group", 6),
)


@pytest.fixture
def october(folder: Path) -> Path:
    # 31 October, half past eleven at night in UTC: November in Amsterdam.
    moments = [datetime(2026, 10, row[-1], 9, tzinfo=UTC) for row in MONTH]
    for row, moment in zip(MONTH, moments, strict=True):
        log = AccessLog(folder, clock=lambda moment=moment: moment)  # type: ignore[misc]
        log.add(Event(*row[:-1]))
    AccessLog(folder, clock=lambda: datetime(2026, 10, 31, 23, 30, tzinfo=UTC)).add(LOOK)
    return folder


def test_a_month_is_counted_by_audience_and_by_person_and_nobody_is_ranked(october):
    made = summarise(entries_of(october), "2026-10", ZoneInfo("Europe/Amsterdam"))

    assert made.people == {"platform": 3, "researcher": 1}
    assert made.by_audience["platform"][Act.page] == 2
    assert [person for person, _ in made.by_person] == [
        "a.jansen",
        "b.bakker",
        "c.smit",
        "d.visser",
    ]
    assert [entry.event.about for entry in made.taken] == ["handoff.csv", "pdf"]
    assert made.refused == {("d.visser", "platform", "group"): 2}


def test_the_privacy_officer_reads_it_in_dutch(october, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(october.parent))
    verified = CliRunner().invoke(app, ["access", "verify"])
    told = CliRunner().invoke(app, ["access", "summary", "--month", "2026-10"])

    assert verified.exit_code == 0
    assert "9 regels; hash van de laatste: " in verified.output
    assert told.exit_code == 0
    # Whole lines at any width, and in a file: nothing is cut to fit a column.
    lines_told = told.output.splitlines()
    for said in (
        "Per persoon, op naam",
        "d.visser (platform): hoort niet bij deze doelgroep, 2 keer",
    ):
        assert said in map(str.strip, lines_told)
    assert any("bestanden: pdf, vanaf" in line for line in lines_told)
    wrong = CliRunner().invoke(app, ["access", "summary", "--month", "oktober"])
    assert wrong.exit_code == 2
    assert "schrijf bijvoorbeeld" in wrong.output


def test_a_log_that_was_changed_ends_with_a_fault(october, monkeypatch):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(october.parent))
    write(october, [lines(october)[0].replace(b"page", b"rows"), *lines(october)[1:]])

    changed = CliRunner().invoke(app, ["access", "verify"])

    assert changed.exit_code == 1
    assert "is veranderd sinds zij werd geschreven" in changed.output
