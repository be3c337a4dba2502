"""What is kept comes back byte for byte, whatever stopped the copying."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, product
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.access.entry import Act, Event
from pipelines.access.log import AccessLog
from pipelines.build import BuildError, LastBuild, write_last_build
from pipelines.cli import app
from pipelines.safekeeping import backup as making
from pipelines.safekeeping.backup import FILES, MANIFEST, back_up
from pipelines.safekeeping.kept import kept_files
from pipelines.safekeeping.restore import restore
from pipelines.safekeeping.verify import verify
from pipelines.settings import Settings
from tests.operation.kept_home import make_home


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_home(tmp_path_factory.mktemp("kept"))


def stopped_at(kills: int, act: Callable[..., object]) -> Callable[..., object]:
    """An act that is stopped after so many times."""
    left = count()

    def stopped(*arguments: object) -> object:
        if next(left) == kills:
            raise KeyboardInterrupt
        return act(*arguments)

    return stopped


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the home, to change."""
    shutil.copytree(settings.home, tmp_path / "home")
    return replace(settings, home=tmp_path / "home")


def command(settings: Settings, *arguments: str) -> Result:
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"}
    return CliRunner().invoke(app, list(arguments), env=environment)


def content(settings: Settings) -> dict[str, bytes]:
    return {
        path.relative_to(settings.home).as_posix(): path.read_bytes()
        for path in kept_files(settings)
    }


def test_what_is_put_back_is_what_was_kept_and_the_command_says_what_to_run(settings, tmp_path):
    made = command(settings, "backup", str(tmp_path / "copy"))
    assert made.exit_code == 0, made.output
    new = tmp_path / "new"
    back = command(settings, "restore", str(tmp_path / "copy"), "--home", str(new))
    assert back.exit_code == 0, back.output
    assert "kwaliteitsmonitor build" in back.output

    restored = replace(settings, home=new)
    assert content(restored) == content(settings)
    assert verify(restored) == []


def test_what_lies_there_already_is_not_copied_again(own, tmp_path):
    _, first = back_up(own, tmp_path / "copy")
    _, second = back_up(own, tmp_path / "copy")
    assert (first > 30, second) == (True, 0)


def test_what_is_gone_from_the_home_is_gone_from_the_next_backup(own, tmp_path):
    back_up(own, tmp_path / "copy")
    shutil.rmtree(own.landing_dir / "om" / "casus")
    made, _ = back_up(own, tmp_path / "copy")
    assert not [name for name in made.files if name.startswith("landing/om/casus")]
    stored = {path.name for path in (made.folder / FILES).iterdir()}
    assert stored == {sha256 for sha256, _ in made.files.values()}


def test_a_copy_that_was_damaged_is_made_good_by_the_next_backup(own, tmp_path):
    made, _ = back_up(own, tmp_path / "copy")
    sha256, _ = made.files["last_build.json"]
    made.stored(sha256).write_bytes(b"{}")
    with pytest.raises(BuildError, match=r"last_build\.json: is in de back-up veranderd"):
        restore(made.folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert back_up(own, made.folder)[1] == 1
    restore(made.folder, tmp_path / "new")


def test_whoever_is_stopped_at_any_copy_leaves_the_backup_that_was_there(
    own, tmp_path, monkeypatch
):
    back_up(own, tmp_path / "copy")
    before = content(own)
    (own.home / "nieuw.txt").write_text("nieuw", encoding="utf-8")
    write_last_build(own, LastBuild(known_at=datetime.now(UTC)))
    for kills, name in product(range(3), ("_copy", "write_text", "_sweep")):
        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(making, name, stopped_at(kills, getattr(making, name)))
            back_up(own, tmp_path / "copy")
        new = tmp_path / f"new_{name}_{kills}"
        restore(tmp_path / "copy", new)
        assert content(replace(own, home=new)) in (before, content(own))


def test_what_a_dashboard_writes_meanwhile_comes_along_whole(own, tmp_path, monkeypatch):
    """A line of the access log after its file was copied, and before its head was."""
    log, kept, told = AccessLog(own.access_dir), making._copy, count()

    def slow(path: Path, folder: Path) -> str:
        copied = kept(path, folder)
        if path.parent == own.access_dir and next(told) < 2:
            log.add(Event(Act.page, "analist", "platform", "kwaliteit"))
        return copied

    monkeypatch.setattr(making, "_copy", slow)
    back_up(own, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    assert verify(replace(own, home=tmp_path / "new")) == []

    monkeypatch.setattr(making, "_TRIES", 0)
    with pytest.raises(BuildError, match="wordt voortdurend geschreven"):
        back_up(own, tmp_path / "copy")


def test_a_damaged_home_does_not_replace_a_good_backup(own, tmp_path):
    back_up(own, tmp_path / "copy")
    (own.releases_dir / "ledger.head").write_text("niets\n", encoding="utf-8")
    answer = command(own, "backup", str(tmp_path / "copy"))
    assert answer.exit_code == 1
    assert "er is geen back-up gemaakt" in answer.output
    restore(tmp_path / "copy", tmp_path / "new")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("home/copy", "kies een map op een andere schijf"),
        (".", "kies een map op een andere schijf"),
        ("full", "is niet leeg en houdt geen back-up"),
        ("other", "houdt de back-up van een andere map"),
    ],
)
def test_a_folder_that_is_no_place_for_a_backup_is_refused(own, tmp_path, place, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "iets.txt").write_text("van iemand anders", encoding="utf-8")
    other = replace(own, home=tmp_path / "else")
    write_last_build(other, LastBuild(known_at=datetime.now(UTC)))
    back_up(other, tmp_path / "other")
    with pytest.raises(BuildError, match=message):
        back_up(own, tmp_path / place)


def test_whoever_is_stopped_while_putting_back_begins_again_with_the_same_command(
    own, tmp_path, monkeypatch
):
    """Also in a folder that stands where nobody may write beside it."""
    made, _ = back_up(own, tmp_path / "copy")
    new = tmp_path / "new"
    new.mkdir()
    for holder, name in ((shutil, "copyfile"), (Path, "replace")):
        for kills in range(4):
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
                patch.setattr(holder, name, stopped_at(kills, getattr(holder, name)))
                restore(made.folder, new)
    restore(made.folder, new)
    assert content(replace(own, home=new)) == content(own)
    assert not list(new.glob(".restoring*"))


def test_nothing_is_put_back_over_a_home_or_from_a_changed_manifest(own, tmp_path):
    made, _ = back_up(own, tmp_path / "copy")
    with pytest.raises(BuildError, match="is niet leeg"):
        restore(made.folder, own.home)
    manifest = made.folder / MANIFEST
    manifest.write_text(manifest.read_text().replace("om/casus", "om/kasus"), encoding="utf-8")
    with pytest.raises(BuildError, match="is niet meer wat erin is geschreven"):
        restore(made.folder, tmp_path / "new")
    with pytest.raises(BuildError, match="houdt geen back-up"):
        restore(tmp_path / "full", tmp_path / "new")
