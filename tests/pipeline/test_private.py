"""What lies under a home folder is its owner's alone."""

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.atomic import write_text
from pipelines.decisions.register import Register
from pipelines.private import close_to_others, owner_only
from pipelines.road.lock import one_writer
from pipelines.settings import Settings


@pytest.fixture(autouse=True)
def _open_handed() -> Iterator[None]:
    """A user whose files anybody may read, as on most systems."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_what_lies_there_is_closed_and_keeps_what_its_owner_may_do(tmp_path):
    home = tmp_path / "home"
    (home / "inbox").mkdir(parents=True)
    for name, rights in (("delivered.csv", 0o644), ("published.duckdb", 0o444), ("tool", 0o755)):
        (home / "inbox" / name).touch()
        (home / "inbox" / name).chmod(rights)

    close_to_others(home)

    assert [mode(home), mode(home / "inbox")] == ["0o700", "0o700"]
    assert mode(home / "inbox" / "delivered.csv") == "0o600"
    assert mode(home / "inbox" / "published.duckdb") == "0o400"
    assert mode(home / "inbox" / "tool") == "0o700"


@pytest.mark.parametrize("refusal", [errno.EROFS, errno.EPERM])
def test_what_may_not_be_changed_is_left_and_the_rest_is_closed(refusal, tmp_path, monkeypatch):
    """To the service of Dagster the home is a disk that is only read, but for its own folder."""
    chmod = Path.chmod

    def refused(path: Path, rights: int) -> None:
        if path == tmp_path:
            raise OSError(refusal, os.strerror(refusal), str(path))
        chmod(path, rights)

    own = tmp_path / "dagster"
    own.mkdir(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refused)

    close_to_others(tmp_path)

    assert mode(own) == "0o700"


def test_where_a_link_leads_is_left_as_it_is(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "elsewhere" / "file").touch(0o644)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "home" / "file").symlink_to(tmp_path / "elsewhere" / "file")
    (tmp_path / "home" / "nowhere").symlink_to(tmp_path / "absent")

    close_to_others(tmp_path / "home")

    assert mode(tmp_path / "elsewhere") == "0o755"
    assert mode(tmp_path / "elsewhere" / "file") == "0o644"


def test_who_takes_the_lock_of_a_new_home_makes_it_closed(tmp_path):
    settings = Settings(home=tmp_path / "home")

    with one_writer(settings):
        (settings.home / "made").touch()

    assert mode(settings.home) == "0o700"
    lies_there = list(settings.home.rglob("*"))
    assert {mode(path) for path in lies_there if path.is_file()} == {"0o600"}
    assert {mode(path) for path in lies_there if path.is_dir()} == {"0o700"}


def test_a_register_that_a_closed_process_makes_is_closed(tmp_path):
    owner_only()

    Register(tmp_path / "register" / "decisions.sqlite").take_over([], known_from=datetime.now(UTC))

    assert mode(tmp_path / "register") == "0o700"
    assert mode(tmp_path / "register" / "decisions.sqlite") == "0o600"


def test_a_folder_that_is_shared_with_its_group_stays_so(tmp_path):
    """The register, where the dashboard of the platform has a user of its own."""
    owner_only()
    shared = tmp_path / "home" / "register"
    shared.mkdir(parents=True)
    shared.chmod(0o2770)
    (shared / "decisions.sqlite").touch()
    (shared / "decisions.sqlite").chmod(0o664)
    write_text(shared / "decisions.sha256", "x")
    write_text(tmp_path / "home" / "note", "x")

    close_to_others(tmp_path / "home")

    assert mode(shared) == "0o2770"
    assert {mode(path) for path in shared.iterdir()} == {"0o660"}
    assert mode(tmp_path / "home" / "note") == "0o600"
    assert Register(shared / "decisions.sqlite").revisions() == [], "an empty one holds nothing"
