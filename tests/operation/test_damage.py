"""A file of the home that is garbage, gone or cut short is mended, or named with its remedy.

Here: notes, keys, lists, the warehouse, the register of decisions and the machine itself.
Not here: published files (`tests/publication/test_current`), what landed
(`tests/deliveries/test_integrity`), the memory (`tests/pipeline/test_memo`).
"""

import errno
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipelines.atomic import secret_in, write_text
from pipelines.build import BuildDates, BuildError, LastBuild, read_last_build, write_last_build
from pipelines.decisions.draft import Draft
from pipelines.decisions.recorded import known_revisions
from pipelines.decisions.register import Register, RegisterError
from pipelines.failure import BROKEN, FORBIDDEN, FULL, MISPLACED, is_interrupted, sentence_of
from pipelines.publication.changes.basis import UnexplainableError, _remember, _remembered
from pipelines.publication.current import current_in
from pipelines.road import plan as road_plan
from pipelines.settings import Settings
from pipelines.warehouse import (
    WarehouseError,
    is_usable,
    open_warehouse,
    store_build_dates,
    throw_away,
)
from tests.pipeline.test_change_road import REFERENCE_DATE, command, deliver
from tests.publication.change_builds import events

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
GARBAGE = (b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 50_000, b'{"known_at": 3}', b"0" * 99)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "home").mkdir()
    return Settings(home=tmp_path / "home")


# --- the note of the last build


def test_of_a_note_that_is_lost_the_moment_stands_in_the_names_of_publications(settings):
    note = settings.home / "last_build.json"
    folder = settings.published_dir / "platform"
    folder.mkdir(parents=True)
    for moment in (NOVEMBER, NOVEMBER - timedelta(days=30)):
        name = BuildDates("2026-10-31", moment).name
        (folder / f"{name}_0123456789ab.duckdb").touch()
    (folder / "of_another.duckdb").touch()
    for garbage in GARBAGE:
        note.write_bytes(garbage)
        assert read_last_build(settings) == LastBuild(NOVEMBER, is_lost=True)
    note.unlink()
    assert read_last_build(settings) == LastBuild(NOVEMBER, is_lost=True)


def test_a_note_that_changed_is_a_note_that_is_lost(settings):
    write_last_build(settings, LastBuild(NOVEMBER, "2026-10-31", published=("platform",)))
    note = settings.home / "last_build.json"
    assert read_last_build(settings) == LastBuild(NOVEMBER, "2026-10-31", published=("platform",))
    note.write_text(note.read_text().replace("2026-11", "2027-11"))
    assert read_last_build(settings) is None


def test_a_clock_that_was_set_back_leaves_out_nothing_that_is_known(caplog):
    later = datetime.now(UTC) + timedelta(days=30)
    assert road_plan._now([], LastBuild(later)) == later
    assert "De klok staat op" in caplog.text
    assert abs(road_plan._now([], LastBuild(NOVEMBER)) - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.long
def test_a_run_by_a_clock_that_was_set_back_publishes_what_came(small, caplog):
    last, later = read_last_build(small), datetime.now(UTC) + timedelta(days=30)
    assert last is not None
    write_last_build(small, replace(last, known_at=later))
    log = events(np.random.default_rng(5), 60)
    deliver(small.inbox_dir, REFERENCE_DATE, 2, log[log["moment"].dt.month == 3])
    before = current_in(small.published_dir / "platform")

    told = command("run", "--reference-date", REFERENCE_DATE, home=small.home)

    assert told.exit_code == 0, told.output
    assert "De klok staat op" in caplog.text
    after = current_in(small.published_dir / "platform")
    assert before is not None
    assert after is not None
    assert after.stem.startswith(BuildDates(REFERENCE_DATE, later).name)
    assert after.stem.split("_")[2] != before.stem.split("_")[2]


# --- the warehouse


def test_a_warehouse_is_built_upon_only_when_it_can_be_read(settings):
    path = settings.warehouse_path
    assert not is_usable(settings)
    with open_warehouse(settings) as connection:
        connection.execute("create table of_nothing as select 1 as a")
    assert not is_usable(settings)
    with open_warehouse(settings) as connection:
        store_build_dates(connection, BuildDates("2026-10-31", NOVEMBER), "UTC")
    assert is_usable(settings)
    whole = path.read_bytes()
    for damaged in (whole[:4096], whole[: len(whole) // 2], b"garbage" * 999, b"\0" * len(whole)):
        path.write_bytes(damaged)
        assert not is_usable(settings)
        with (
            pytest.raises(WarehouseError, match="'kwaliteitsmonitor build' maakt het opnieuw"),
            open_warehouse(settings),
        ):
            pass
    path.with_name(f"{path.name}.wal").write_bytes(b"garbage")
    throw_away(settings)
    throw_away(settings)
    with open_warehouse(settings) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


# --- keys and lists


def test_a_text_that_many_write_at_once_is_that_of_one_of_them(tmp_path):
    """As two services do that start together and make the same home."""
    path = tmp_path / "home" / "text"
    texts = [str(writer) * 1_000 * (writer + 1) for writer in range(8)]

    def write(text: str) -> None:
        for _ in range(50):
            write_text(path, text, is_durable=False)
            assert path.read_text(encoding="utf-8") in texts

    with ThreadPoolExecutor(len(texts)) as writers:
        list(writers.map(write, texts))
    assert [found.name for found in path.parent.iterdir()] == ["text"]


def test_a_secret_that_is_none_is_made_anew(tmp_path):
    path = tmp_path / "home" / ".key"
    first = secret_in(path)
    assert secret_in(path) == first
    assert len(first) == 32
    for garbage in GARBAGE:
        path.write_bytes(garbage)
        made = secret_in(path)
        assert len(made) == 32
        assert secret_in(path) == made != first


def test_a_list_that_is_no_longer_what_its_name_says_explains_nothing(tmp_path):
    name = _remember(tmp_path, ["a"])
    assert _remembered(tmp_path, name, "lijst") == ["a"]
    for garbage in GARBAGE:
        (tmp_path / f"{name}.json").write_bytes(garbage)
        with pytest.raises(UnexplainableError, match="de lijst van de vorige publicatie"):
            _remembered(tmp_path, name, "lijst")
        _remember(tmp_path, ["a"])
        assert _remembered(tmp_path, name, "lijst") == ["a"]


# --- the register


def test_a_register_that_is_damaged_says_how_to_restore_it(settings):
    register = Register(settings.register_path)
    draft = Draft("besluit", date(2026, 11, 1), "Vaker leveren.", handoff_id="K01")
    register.record(draft, date(2026, 10, 31), known_from=NOVEMBER)
    whole = register.path.read_bytes()
    for damaged in (b"garbage" * 999, whole[:3000], whole[:4096] + b"\xff" * len(whole[4096:])):
        register.path.write_bytes(damaged)
        with pytest.raises(RegisterError, match="is beschadigd: zet de reservekopie terug"):
            register.revisions()
    register.path.write_bytes(whole)
    assert len(register.revisions()) == 1


def test_nothing_is_built_on_a_register_that_something_else_changed(settings):
    draft = Draft("besluit", date(2026, 11, 1), "Vaker leveren.", handoff_id="K01")
    register = Register(settings.register_path)
    assert known_revisions(settings, NOVEMBER.date(), NOVEMBER) == []
    register.record(draft, date(2026, 10, 31), known_from=NOVEMBER)
    whole = register.path.read_bytes()
    known_at = datetime.now(UTC)
    assert len(known_revisions(settings, NOVEMBER.date(), known_at)) == 1
    # It can be read, and SQLite sees nothing of it.
    register.path.write_bytes(whole.replace(b"Vaker", b"Nooit"))
    with pytest.raises(RegisterError, match="is niet meer wat erin is geschreven; zet het terug"):
        known_revisions(settings, NOVEMBER.date(), known_at)


# --- the machine


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EROFS, "Read-only file system"), FORBIDDEN),
        (OSError(errno.EIO, "Input/output error"), BROKEN),
        (OSError(errno.ENOTDIR, "Not a directory"), MISPLACED),
        (duckdb.IOException("Could not write file: No space left on device"), FULL),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (sqlite3.OperationalError("attempt to write a readonly database"), FORBIDDEN),
        (sqlite3.OperationalError("disk I/O error"), BROKEN),
        (ValueError("one line\nand more"), "one line"),
        (ValueError(), "ValueError"),
    ],
)
def test_a_fault_of_the_machine_is_one_line_with_the_remedy(error, said):
    assert sentence_of(error) == said
    wrapped = BuildError("elsewhere")
    wrapped.__cause__ = error
    assert sentence_of(wrapped) == said
    assert not is_interrupted(error)


def test_the_file_that_could_not_be_written_is_named():
    assert sentence_of(OSError(errno.ENOSPC, "full", "/srv/x")) == f"/srv/x: {FULL}"


HEAVY_QUERY = """
import signal, duckdb
from pipelines.failure import is_interrupted
from pipelines.publication.reading import ended_by_ctrl_c

signal.signal(signal.SIGINT, signal.default_int_handler)
connection = duckdb.connect()
print("begun", flush=True)
try:
    with ended_by_ctrl_c(connection):
        connection.execute("select count(*) from range(1000000) a, range(10000000) b "
                           "where a.range * b.range % 7 = 3")
except BaseException as ended:
    interrupted = isinstance(ended, KeyboardInterrupt) or is_interrupted(ended)
    print("interrupted" if interrupted else type(ended), flush=True)
"""


def test_ctrl_c_ends_a_heavy_query_as_an_interruption():
    """In a process of its own, and in the middle of a part of the work that takes hours."""
    with subprocess.Popen(
        [sys.executable, "-c", HEAVY_QUERY], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        try:
            # Until the query is at work there is nothing to interrupt but the line before it.
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            told, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert told == "interrupted\n"
