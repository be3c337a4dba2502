"""The units for systemd: what they are held to, what they may do, and that their lines run.

Written by `kwaliteitsmonitor units` for this installation, judged by systemd's own tools.
"""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.cli import app
from pipelines.operation.handing import hand_over
from pipelines.operation.units import write_units
from pipelines.publication.audiences import home_of
from pipelines.publication.current import current_path
from pipelines.publication.recorded import POINTER, record
from pipelines.settings import Settings, SettingsError, offline_environment
from tests.pipeline.test_change_road import CHAIN

ANALYSE = shutil.which("systemd-analyze")
# Of ten; 10 is a service with everything a user has. Ours have been 1.0 to 1.4.
HIGHEST_EXPOSURE = 20
NEEDS_SYSTEMD = "no systemd; Debian: apt-get install systemd"
needs_systemd = pytest.mark.skipif(
    ANALYSE is None and not os.environ.get("CI"), reason=NEEDS_SYSTEMD
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("installed") / "monitor", chain=CHAIN)


@pytest.fixture(scope="module")
def etc(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root") / "etc"
    write_units(settings, folder)
    return folder


def analysed(etc: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYSE is not None, NEEDS_SYSTEMD
    return subprocess.run(
        [ANALYSE, *arguments], cwd=etc / "systemd" / "system", capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def names(etc: Path, pattern: str = "*.*") -> list[str]:
    return sorted(
        path.name for path in (etc / "systemd" / "system").glob(pattern) if path.is_file()
    )


def lines(path: Path, key: str) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, is_assignment, value = line.partition("=")
        if is_assignment and name == key:
            yield value


def test_everybody_may_read_what_is_laid_over_etc(settings, tmp_path):
    """The command closes what it makes; an administrator could not read these any more."""
    before = os.umask(0o077)
    try:
        write_units(settings, tmp_path / "etc")
    finally:
        os.umask(before)
    laid = [tmp_path / "etc", *(tmp_path / "etc").rglob("*")]
    assert {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in laid} == {
        (True, 0o755),
        (False, 0o644),
    }


@needs_systemd
def test_systemd_finds_nothing_to_say_of_any_unit(etc):
    judged = analysed(etc, "verify", "--man=no", *names(etc))
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")


@needs_systemd
def test_no_service_may_do_much(etc):
    for service in names(etc, "*.service"):
        judged = analysed(
            etc, "security", "--offline=true", f"--threshold={HIGHEST_EXPOSURE}", service
        )
        assert judged.returncode == 0, judged.stdout[-3000:]


def test_a_dashboard_writes_in_its_own_home_and_not_what_it_was_handed(etc, settings):
    unit = etc / "systemd" / "system" / "kwaliteitsmonitor-dashboard@.service"
    assert list(lines(unit, "User")) == ["kwaliteitsmonitor-%i"]
    assert list(lines(unit, "ReadWritePaths")) == [f"{settings.home}-%i"]
    read_only = f"{settings.home}-%i"
    assert list(lines(unit, "ReadOnlyPaths")) == [f"{read_only}/published -{read_only}/releases"]


def test_before_the_first_delivery_no_run_begins_and_none_fails(etc, settings):
    unit = etc / "systemd" / "system" / "kwaliteitsmonitor-run.service"
    places = [f"|{folder}" for folder in (settings.inbox_dir, settings.landing_dir)]
    assert list(lines(unit, "ConditionDirectoryNotEmpty")) == places


def test_no_service_has_a_network_but_what_a_reader_on_this_machine_needs(etc):
    for name in names(etc, "*.service"):
        unit = etc / "systemd" / "system" / name
        assert list(lines(unit, "IPAddressDeny")) == ["any"]
        assert list(lines(unit, "IPAddressAllow")) == ["localhost"]
        serves = name in {
            "kwaliteitsmonitor-dashboard@.service",
            "kwaliteitsmonitor-dagster.service",
        }
        assert list(lines(unit, "PrivateNetwork")) == ([] if serves else ["yes"])


def test_the_environment_names_this_installation_and_switches_telemetry_off(etc, settings):
    text = (etc / "kwaliteitsmonitor" / "environment").read_text(encoding="utf-8")
    told = dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))
    assert told["KWALITEITSMONITOR_HOME"] == str(settings.home)
    assert told["KWALITEITSMONITOR_CHAIN"] == str(CHAIN)
    assert told["DAGSTER_HOME"] == str(settings.dagster_home)
    assert offline_environment().items() <= told.items()


@pytest.mark.parametrize("sign", [" ", ":", "'"])
def test_a_path_that_systemd_would_read_otherwise_is_refused(tmp_path, sign):
    with pytest.raises(SettingsError, match="systemd leest dit pad anders"):
        write_units(Settings(home=tmp_path / f"a{sign}b"), tmp_path / "etc")
    assert not (tmp_path / "etc").exists()


def owners_in(root: Path) -> tuple[dict[int, str], Callable[[Path], tuple[str, str, str]]]:
    """The users in a root of its own, and whose something is there, by name, with its mode."""
    users, groups = (
        {0: "root"}
        | {int(line.split(":")[2]): line.split(":")[0] for line in path.read_text().splitlines()}
        for path in (root / "etc" / "passwd", root / "etc" / "group")
    )

    def owned(path: Path) -> tuple[str, str, str]:
        found = Path(f"{root}{path}").stat()
        return users[found.st_uid], groups[found.st_gid], oct(stat.S_IMODE(found.st_mode))

    return users, owned


@needs_systemd
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users and gives folders away")
def test_users_and_folders_are_made_as_the_units_expect_them(settings, tmp_path):
    """In a root of its own: whose each folder is, also after all of it was put back from a copy."""
    write_units(settings, tmp_path / "etc")
    folders = str(tmp_path / "etc" / "tmpfiles.d" / "kwaliteitsmonitor.conf")
    for _ in range(2):
        for tool in (["systemd-sysusers"], ["systemd-tmpfiles", "--create", folders]):
            subprocess.run(
                [*tool, f"--root={tmp_path}"], check=True, capture_output=True, text=True
            )
        users, owned = owners_in(tmp_path)
        pipeline = "kwaliteitsmonitor"
        assert owned(settings.home) == ("root", pipeline, "0o770")
        assert owned(settings.register_path) == (f"{pipeline}-platform",) * 2 + ("0o660",)
        for audience in ("researcher", "platform"):
            group = f"{pipeline}-{audience}"
            home = home_of(settings, audience)
            assert owned(home) == ("root", group, "0o1770")
            for folder in (home / "published", home / "published" / audience):
                assert owned(folder) == (pipeline, group, "0o2750")
        releases = home_of(settings, "advisory") / "releases"
        assert owned(releases) == (pipeline, f"{pipeline}-advisory", "0o2750")
        # A backup is put back by the pipeline's user, whose it is then.
        home = Path(f"{tmp_path}{settings.home}")
        for path in (home, *home.rglob("*")):
            shutil.chown(path, next(uid for uid, name in users.items() if name == pipeline))
            path.chmod(0o700 if path.is_dir() else 0o600)


# --- what an audience is handed


def test_an_audience_is_handed_its_own_publication_and_its_group_may_read_it(small):
    for audience in ("researcher", "platform"):
        home_of(small, audience).mkdir()
    assert hand_over(small) == ["researcher", "platform"]
    for audience in ("researcher", "platform"):
        current = current_path(small, audience)
        assert current is not None
        folder = home_of(small, audience) / "published" / audience
        assert (folder / POINTER).read_text() == current.name
        assert (folder / current.name).read_bytes() == current.read_bytes()
        assert [path.name for path in folder.parent.iterdir()] == [audience]
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert modes == {0o640}
        assert stat.S_IMODE(folder.stat().st_mode) & 0o777 == 0o750
    platform = home_of(small, "platform") / "published" / "platform"
    assert {".pdf", ".ods"} <= {path.suffix for path in platform.iterdir()}


def test_handing_over_again_mends_and_keeps_the_one_before(small):
    home_of(small, "platform").mkdir()
    hand_over(small)
    folder = home_of(small, "platform") / "published" / "platform"
    first = current_path(small, "platform")
    assert first is not None
    (folder / first.name).write_bytes(b"garbage")
    (folder / f".{first.name}.tmp").write_bytes(b"half a copy")
    hand_over(small)
    assert (folder / first.name).read_bytes() == first.read_bytes()
    for number in (2, 3):
        newer = first.with_name(f"2026-0{number}-01_20260801T000000Z_x{first.suffix}")
        newer.write_bytes(first.read_bytes())
        record(newer)
        (first.parent / POINTER).write_text(newer.name)
        hand_over(small)
    assert sorted(path.name for path in folder.glob("*.duckdb")) == [
        "2026-02-01_20260801T000000Z_x.duckdb",
        "2026-03-01_20260801T000000Z_x.duckdb",
    ]
    assert not list(folder.glob(".*"))


def test_what_was_destroyed_here_is_destroyed_there(small):
    """Rows past their term go with the publication that held them, also where it was handed."""
    home_of(small, "researcher").mkdir()
    hand_over(small)
    first = current_path(small, "researcher")
    assert first is not None
    newer = first.with_name(f"2026-02-01_20260801T000000Z_x{first.suffix}")
    newer.write_bytes(first.read_bytes())
    record(newer)
    (first.parent / POINTER).write_text(newer.name)
    for path in first.parent.glob(f"{first.stem}.*"):
        path.unlink()
    hand_over(small)
    folder = home_of(small, "researcher") / "published" / "researcher"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [newer.name, f"{newer.stem}.sha256", POINTER]
    )


def test_nobody_without_a_home_is_handed_anything(small):
    assert hand_over(small) == []
    assert [path.name for path in small.home.parent.iterdir()] == ["home"]


def test_whoever_has_nothing_yet_is_not_said_to_be_handed_something(small):
    home_of(small, "advisory").mkdir()
    assert hand_over(small) == []


def test_every_command_in_a_unit_is_there(etc):
    from typer.main import get_command

    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name in names(etc, "*.service"):
        for key in ("ExecStart", "ExecStartPre"):
            for line in lines(etc / "systemd" / "system" / name, key):
                words = [word for word in line.split() if "=" not in word]
                program = next(word for word in words if word != "/usr/bin/env")
                assert os.access(program, os.X_OK), line
                if program.endswith("/kwaliteitsmonitor"):
                    assert set(words) & set(commands), line
