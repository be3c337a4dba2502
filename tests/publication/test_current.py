"""Whatever became of a published file or of its pointer, who reads gets what was published.

Here: the pointer, the seal and the file, each damaged in turn, for the command line and for a
dashboard; and what the next publication mends.
Not here: a build that is stopped at any moment (`tests/operation`).
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import duckdb
import pytest

from dashboard.publication import LostPublicationError, NoPublicationError, current_publication
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import (
    DamagedPublicationError,
    current_path,
    is_intact,
    last_good,
    published_in,
)
from pipelines.publication.publish import write_candidate
from pipelines.publication.reading import run_query
from pipelines.publication.recorded import hashes_in, record
from pipelines.sealed import file_sha256
from pipelines.settings import Settings
from pipelines.shut_off import connect_shut_off
from tests.publication.conftest import DATES, filled_warehouse, publish

LATER = replace(DATES, known_at=datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[str]]:
    """A home with two publications of the platform, made once; and their names, newest first."""
    settings = replace(Settings(), home=tmp_path_factory.mktemp("made"))
    with filled_warehouse(settings) as connection:
        before, new = (publish(connection, settings, dates=dates) for dates in (DATES, LATER))
    return settings, [new.path.name, before.path.name]


@pytest.fixture
def two(made: tuple[Settings, list[str]], settings: Settings) -> list[Path]:
    """The platform's publication and the one before it, newest first, in a home of its own."""
    without_warehouse = shutil.ignore_patterns(made[0].warehouse_path.name)
    shutil.copytree(made[0].home, settings.home, ignore=without_warehouse, dirs_exist_ok=True)
    return [settings.published_dir / "platform" / name for name in made[1]]


def altered(path: Path) -> None:
    """Change the last byte of a file that nobody may write."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def shown(folder: Path) -> str:
    """Which publication a dashboard shows, and whether it says that it is not the latest."""
    publication = current_publication(folder)
    return publication.id + (" instead" if publication.is_stand_in else "")


def test_a_seal_is_what_sha256sum_checks(two):
    [new, _] = two
    pack = new.with_suffix(".pdf")
    pack.write_bytes(b"%PDF")
    record(new, pack)
    assert new.with_suffix(".sha256").read_text() == (
        f"{file_sha256(new)}  {new.name}\n{file_sha256(pack)}  {pack.name}\n"
    )
    assert hashes_in(new.with_suffix(".sha256")) == {
        new.name: file_sha256(new),
        pack.name: file_sha256(pack),
    }
    assert is_intact(pack)
    altered(pack)
    assert not is_intact(pack)
    assert is_intact(new)


GARBAGE = (b"", b"\xff\xfe", b"\0", b"../x.duckdb", b"/etc/passwd", b"a b.duckdb", b"{}\n{}", b"x")


def test_garbage_in_the_pointer_leaves_readers_what_was_published(two, settings):
    [new, _] = two
    for garbage in GARBAGE:
        (new.parent / "CURRENT").write_bytes(garbage)
        with pytest.raises(DamagedPublicationError, match="van platform noemt geen publicatie"):
            current_path(settings, "platform")
        assert shown(new.parent) == f"{new.stem} instead"


def test_of_every_part_of_a_pointer_none_leads_astray(two, settings):
    [new, _] = two
    pointer = new.parent / "CURRENT"
    for length in range(len(new.name)):
        pointer.write_text(new.name[:length])
        with pytest.raises(DamagedPublicationError):
            current_path(settings, "platform")
    pointer.write_text(new.name)
    assert current_path(settings, "platform") == new


def change_a_figure(path: Path) -> None:
    """The file is a good one still, but for what it says."""
    copy = path.with_name(".copy")
    shutil.copyfile(path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update result set value = value + 1")
    copy.replace(path)


def link_elsewhere(path: Path) -> None:
    elsewhere = path.parents[2] / "elsewhere"
    shutil.move(path, elsewhere)
    path.symlink_to(elsewhere)


def change_a_figure_and_take_its_hash_away(path: Path) -> None:
    change_a_figure(path)
    path.with_suffix(".sha256").unlink()


DAMAGES: tuple[Callable[[Path], object], ...] = (
    change_a_figure,
    change_a_figure_and_take_its_hash_away,
    lambda path: path.with_suffix(".sha256").unlink(),
    altered,
    link_elsewhere,
    Path.unlink,
    lambda path: os.truncate(path, 0),
    lambda path: os.truncate(path, path.stat().st_size // 2),
    lambda path: path.with_suffix(".sha256").write_text(""),
    lambda path: path.with_suffix(".sha256").write_bytes(b"\xff\xfe"),
)


def test_of_a_damaged_publication_nothing_is_shown_and_the_one_before_is(two, settings):
    [new, before] = two
    whole = settings.home.parent / "whole"
    shutil.copytree(settings.home, whole)
    for damage in DAMAGES:
        shutil.rmtree(settings.home)
        shutil.copytree(whole, settings.home)
        assert shown(new.parent) == new.stem
        new.chmod(0o600)
        damage(new)
        with pytest.raises(DamagedPublicationError, match=r"van platform .*smonitor build'"):
            run_query(settings, "platform", "from result")
        assert shown(new.parent) == f"{before.stem} instead"
    altered(before)
    with pytest.raises(LostPublicationError):
        current_publication(new.parent)


def test_a_pointer_to_the_file_of_another_audience_leads_nowhere(warehouse, settings):
    rows = publish(warehouse, settings, "researcher").path
    own = publish(warehouse, settings, "platform").path
    for pointer in (f"../researcher/{rows.name}", str(rows), rows.name):
        (own.parent / "CURRENT").write_text(pointer)
        with pytest.raises(DamagedPublicationError):
            run_query(settings, "platform", "from fct_handoff")
    # Neither does the file itself, with its seal or without, whatever it is called.
    for name in (rows.name, own.name):
        for suffix in (".duckdb", ".sha256"):
            (own.parent / name).with_suffix(suffix).unlink(missing_ok=True)
        shutil.copyfile(rows, own.parent / name)
        (own.parent / "CURRENT").write_text(name)
        for _ in range(2):
            with pytest.raises(DamagedPublicationError):
                run_query(settings, "platform", "from fct_handoff")
            assert last_good(own.parent) in {None, own} - {own.parent / name}
            record(own.parent / name)


def test_a_damaged_file_is_never_taken_for_a_new_one_of_the_same_content(warehouse, settings, two):
    """A dashboard may have it open, and would go on reading it under its name."""
    [new, _] = two
    altered(new)
    again = publish(warehouse, settings, dates=LATER).path
    assert again.stem == new.stem + again.stem[-1]
    assert current_path(settings, "platform") == again
    assert shown(again.parent) == again.stem
    assert publish(warehouse, settings, dates=LATER).path == again


def test_what_a_build_left_that_was_killed_is_no_publication(warehouse, settings, two):
    [new, before] = two
    stray = write_candidate(
        warehouse, settings, AUDIENCES["platform"], replace(LATER, known_at=datetime.now(UTC))
    ).path
    assert stray.exists()
    assert list(published_in(new.parent)) == two
    altered(new)
    assert shown(new.parent) == f"{before.stem} instead"
    publish(warehouse, settings, dates=replace(LATER, known_at=datetime(2026, 11, 22, tzinfo=UTC)))
    assert not stray.exists()


def test_of_many_readers_who_come_at_once_all_find_it(two):
    [new, _] = two
    readers = 8
    for _ in range(20):
        together = Barrier(readers)

        def opened(together=together):
            together.wait()
            with connect_shut_off(new) as connection:
                return connection.execute("select audience from publication").fetchone()

        with ThreadPoolExecutor(readers) as pool:
            coming = [pool.submit(opened) for _ in range(readers)]
        assert {reader.result() for reader in coming} == {("platform",)}


def test_before_the_first_publication_there_is_nothing_to_be_damaged(settings):
    assert current_path(settings, "platform") is None
    with pytest.raises(NoPublicationError) as told:
        current_publication(settings.published_dir / "platform")
    assert not isinstance(told.value, LostPublicationError)
