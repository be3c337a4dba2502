"""The road under Dagster: the assets in one process, and the real daemon.

Whoever sets out on it, a run holds the lock, decides the dates, and leaves the one note a command
reads: what a daemon built, the command line builds upon.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from pipelines import dagster_home
from pipelines.assets.deliveries import build_landing_asset
from pipelines.assets.monitor import Monitor
from pipelines.assets.schedules import build_inbox_sensor, build_job
from pipelines.build import LastBuild, read_last_build
from pipelines.cli import app
from pipelines.dagster_home import prepare_dagster_home
from pipelines.deliveries.known_from import known_from
from pipelines.failure import MISPLACED
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import current_path
from pipelines.road.lock import one_writer
from pipelines.settings import Settings
from tests.pipeline.test_change_road import CHAIN, deliver
from tests.publication.change_builds import events

FEBRUARY, MARCH = "2026-02-28", "2026-03-31"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # What SQL and Jinja read as their own may stand in the path of a home.
    settings = Settings(home=tmp_path / "o'd {{ x }}", chain=CHAIN)
    settings.inbox_dir.mkdir(parents=True)
    return settings


def log_of(seed: int, until: str) -> pd.DataFrame:
    log = events(np.random.default_rng(seed), 60)
    return log[log["moment"] < until]


# --- the assets, in one process


def taken_in(settings: Settings) -> dg.AssetMaterialization:
    monitor = Monitor(home=str(settings.home), chain=str(settings.chain))
    outcome = dg.materialize([build_landing_asset()], resources={"monitor": monitor})
    [made] = outcome.asset_materializations_for_node("landing__deliveries")
    return made


def test_an_intake_says_what_came_of_every_month_and_organisation(settings):
    """No partition can hide a file: whatever its name says, it is in the table."""
    deliver(settings.inbox_dir, MARCH, 1, log_of(2, "2026-04-01"))
    (settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").write_text("a;b\n1;2\n")
    (settings.inbox_dir / "notulen.txt").write_text("x")

    made = taken_in(settings)

    [table] = [
        value for value in made.metadata.values() if isinstance(value, dg.TableMetadataValue)
    ]
    assert [dict(record.data) for record in table.records] == [
        {"month": "", "organisation": "", "status": "refused", "files": 2},
        {"month": "2026-03", "organisation": "volvo_it", "status": "accepted", "files": 1},
    ]


def test_a_run_waits_for_a_command_and_holds_the_lock_itself(settings, capfd):
    with holding_the_lock(settings, seconds=2.0):
        before = time.monotonic()
        taken_in(settings)
    assert time.monotonic() - before > 1.0
    assert "een andere opdracht werkt" in capfd.readouterr().err


@contextmanager
def holding_the_lock(settings: Settings, seconds: float) -> Iterator[None]:
    """Another process at work in the same home for some seconds."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from pipelines.road.lock import one_writer\nfrom pipelines.settings import Settings\n"
        "with one_writer(Settings(home=Path(sys.argv[1]))):\n"
        "    print('held', flush=True)\n    time.sleep(float(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", code, str(settings.home), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield


def looked(settings: Settings, cursor: str | None) -> tuple[int, str | None]:
    """How many runs the sensor asks for, and what it remembers."""
    sensor = build_inbox_sensor(settings, build_job())
    with dg.build_sensor_context(cursor=cursor) as context:
        found = sensor.evaluate_tick(context)
    return len(found.run_requests or []), found.cursor


def test_the_sensor_asks_for_a_run_once_for_whatever_lies_in_the_inbox(settings):
    """Also for what no contract knows, and for what is no file at all."""
    assert looked(settings, None)[0] == 0
    cursor = None
    os.mkfifo(settings.inbox_dir / "pijp")
    for make in (
        lambda: (settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").write_text("a"),
        (settings.inbox_dir / "map").mkdir,
        lambda: (settings.inbox_dir / "weg").symlink_to("nergens"),
        lambda: (settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").write_text("ab"),
    ):
        make()
        n_asked, cursor = looked(settings, cursor)
        assert n_asked == 1
        assert looked(settings, cursor) == (0, cursor)
    (settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").unlink()
    assert looked(settings, cursor)[0] == 0, "what was taken away asks for nothing"


def test_the_sensor_asks_again_for_what_a_failed_run_left_lying(settings, monkeypatch):
    """Not at once, not for ever, and not for what was taken away in spite of it."""

    @dg.job
    def fails() -> None:
        @dg.op
        def step() -> None:
            raise OSError("no space left")

        step()

    path = settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv"
    path.write_text("a")
    now = 1_800_000_000.0
    monkeypatch.setattr("pipelines.assets.schedules.time.time", lambda: now)
    sensor, cursor, asked_after = build_inbox_sensor(settings, build_job()), None, []
    with dg.DagsterInstance.ephemeral() as instance:
        for minute in range(10):
            now = 1_800_000_000.0 + 60 * minute
            with dg.build_sensor_context(instance, cursor=cursor) as context:
                found = sensor.evaluate_tick(context)
            cursor = found.cursor
            for request in found.run_requests or []:
                asked_after.append(minute)
                tags = {"dagster/run_key": request.run_key or ""}
                fails.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        path.unlink()
        now += 1_000_000
        with dg.build_sensor_context(instance, cursor=cursor) as context:
            assert not sensor.evaluate_tick(context).run_requests
    assert asked_after == [0, 1, 3, 7]


def test_the_sensor_keeps_no_name(settings):
    (settings.inbox_dir / "dossier_jansen.csv").write_text("a")
    _, cursor = looked(settings, None)
    assert cursor is not None
    assert "jansen" not in cursor


def test_dagster_reads_its_configuration_in_any_home(tmp_path):
    """Found or not is not said: it would keep the output of steps, and send telemetry."""
    home = prepare_dagster_home(Settings(home=tmp_path / "o'd {{ x }} \" -- é"))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert not instance.telemetry_enabled
        assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"


@dg.job
def of_nothing() -> None:
    """A run of no steps, of which Dagster remembers that it was."""


def runs_after_one(settings: Settings) -> int:
    """How many runs Dagster knows of after another one in its home."""
    home = prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert of_nothing.execute_in_process(instance=instance).success
        return len(instance.get_runs())


@pytest.mark.parametrize("left", [b"", b"garbage" * 999, 4096, 0.5, None])
def test_what_of_dagster_is_damaged_or_gone_begins_anew(settings, left, capsys):
    assert [runs_after_one(settings), runs_after_one(settings)] == [1, 2]
    assert capsys.readouterr().err.count("Beschadigd") == 0
    databases = list(settings.dagster_home.glob("**/*.db"))
    for database in databases:
        whole = database.read_bytes()
        if left is None:
            database.unlink()
        elif isinstance(left, bytes):
            database.write_bytes(left)
        else:
            database.write_bytes(whole[: int(left if left > 1 else left * len(whole))])
    (settings.dagster_home / "dagster.yaml").write_bytes(b"\xff\xfe")
    assert runs_after_one(settings) == 1
    # SQLite takes an empty file for a database that holds nothing yet.
    told = capsys.readouterr().err
    assert told.count("Beschadigd in") == bool(left)
    assert not left or f"{len(databases)} bestanden, die opnieuw beginnen" in told


def test_a_home_of_dagster_that_cannot_be_made_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path))
    (tmp_path / "dagster").write_text("in its place")
    assert dagster_home.main() == 1
    assert capsys.readouterr().err == f"Fout: {tmp_path / 'dagster'}: {MISPLACED}\n"


# --- the daemon


@dataclass(frozen=True)
class Daemon:
    """A daemon at work in a home of its own."""

    settings: Settings
    output: Path

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + 900.0
        while not holds():
            assert time.monotonic() < end, f"{what}\n{self.output.read_text()[-5000:]}"
            time.sleep(0.2)

    def until_published(self, reference_date: str) -> LastBuild:
        def is_published() -> bool:
            last = read_last_build(self.settings)
            return (
                last is not None
                and last.reference_date == reference_date
                and set(last.published) == set(AUDIENCES)
            )

        self.until(f"{reference_date} is not published", is_published)
        last = read_last_build(self.settings)
        assert last is not None
        return last

    @property
    def is_at_work(self) -> bool:
        try:
            with one_writer(self.settings):
                return False
        except RuntimeError:
            return True


@pytest.fixture
def daemon(settings: Settings, tmp_path: Path) -> Iterator[Daemon]:
    """It finds what another one left there to be garbage."""
    runs_after_one(settings)
    garbage = list(settings.dagster_home.glob("**/*.db"))
    assert len(garbage) > 2
    for path in (*garbage, settings.dagster_home / "dagster.yaml"):
        path.write_bytes(b"garbage" * 999)
    output = tmp_path / "daemon.log"
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare_dagster_home(settings)),
        "KWALITEITSMONITOR_HOME": str(settings.home),
        "KWALITEITSMONITOR_CHAIN": str(settings.chain),
    }
    command = [str(Path(sys.executable).with_name("dagster-daemon")), "run"]
    with output.open("w") as sink:
        process = subprocess.Popen(
            [*command, "--module-name", "pipelines.definitions"],
            env=environment, cwd=settings.project_root, stdout=sink, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield Daemon(settings, output)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            # Also what it started: the server of the code, and a run that is still at work.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def command(settings: Settings, *arguments: str) -> Result:
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home), "COLUMNS": "1000"}
    return CliRunner().invoke(app, [*arguments, "--chain", str(CHAIN)], env=environment)


@pytest.mark.long
def test_what_is_put_in_the_inbox_is_published_by_the_daemon(daemon):
    """Twice; a command in between is told to wait, and one after it builds on what is there."""
    settings = daemon.settings
    deliver(settings.inbox_dir, FEBRUARY, 1, log_of(2, "2026-03-01"))
    daemon.until("no run began", lambda: daemon.is_at_work)

    refused = command(settings, "build")
    assert refused.exit_code == 1
    [line] = refused.output.splitlines()
    assert line.startswith(f"Fout: een andere opdracht werkt in {settings.home}; wacht")

    first = daemon.until_published(FEBRUARY)
    daemon.until("the run goes on", lambda: not daemon.is_at_work)
    for audience in AUDIENCES:
        assert current_path(settings, audience) is not None
    platform = current_path(settings, "platform")
    assert platform is not None
    assert platform.with_suffix(".pdf").exists()
    # What comes now, however long ago it is said to have arrived, is known after that build.
    assert known_from(settings, datetime(2026, 3, 2, tzinfo=UTC)) > first.known_at

    # The command line builds on what the daemon left: nothing changed, nothing is made.
    again = command(settings, "run")
    assert again.exit_code == 0, again.output
    assert current_path(settings, "platform") == platform

    deliver(settings.inbox_dir, MARCH, 1, log_of(2, "2026-04-01"))
    (settings.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").write_text("a;b\n1;2\n")
    second = daemon.until_published(MARCH)
    assert second.known_at > first.known_at + timedelta(seconds=1)
    daemon.until("the run goes on", lambda: not daemon.is_at_work)
    assert list(settings.quarantine_dir.glob("_refused/*/*")), "the other file was refused"
