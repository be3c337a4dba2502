"""The lines of the units do their work: run as systemd would, in the environment it would give.

What systemd adds to that (users, walls) is not there; `test_units` has it judged.
"""

import json
import shlex
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.operation.handing import home_of
from pipelines.operation.units import write_units
from pipelines.settings import Settings
from tests.dashboard.browsing import port_of_its_own

SECONDS_TO_ANSWER = 180


@pytest.fixture
def etc(small: Settings) -> Path:
    write_units(small, small.home.parent / "etc")
    for audience in ("researcher", "platform"):
        home_of(small, audience).mkdir()
    return small.home.parent / "etc"


def words_of(etc: Path, service: str, key: str, instance: str = "") -> list[str]:
    """A command of a unit, for an instance."""
    text = (etc / "systemd" / "system" / f"kwaliteitsmonitor-{service}.service").read_text()
    [line] = [line for line in text.splitlines() if line.startswith(f"{key}=")]
    return shlex.split(line.removeprefix(f"{key}=").replace("%i", instance))


def environment(etc: Path) -> dict[str, str]:
    lines = (etc / "kwaliteitsmonitor" / "environment").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def once(etc: Path, service: str, key: str = "ExecStart") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words_of(etc, service, key), env=environment(etc), cwd=Settings().project_root,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextmanager
def standing(etc: Path, words: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        words, env=environment(etc), cwd=Settings().project_root,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def fetched(address: str) -> bytes:
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    end = time.monotonic() + SECONDS_TO_ANSWER
    while True:
        try:
            with ask(address, timeout=20) as found:
                return bytes(found.read())
        except OSError:
            assert time.monotonic() < end, address
            time.sleep(0.5)


def test_what_was_published_is_handed_over(etc, small):
    told = once(etc, "hand-over")
    assert told.returncode == 0, told.stderr
    assert told.stdout == "Overgedragen: researcher, platform\n"
    events = [json.loads(line) for line in told.stderr.splitlines()]
    assert [event["audience"] for event in events if event["outcome"] == "done"] == [
        "researcher",
        "platform",
    ]
    assert (home_of(small, "platform") / "published" / "platform" / "CURRENT").exists()


@pytest.mark.long
def test_a_run_takes_in_what_lies_there_and_tells_it_in_json(etc, small):
    (small.inbox_dir / "gemeente_casus_2026-10-31_v1.csv").write_text("a;b\n1;2\n")
    told = once(etc, "run")
    assert told.returncode == 1, "a refused file"
    events = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert {event["outcome"] for event in events if event["step"] == "delivery"} == {"refused"}
    assert (events[-1]["step"], events[-1]["outcome"]) == ("work", "done")


@pytest.mark.long
def test_a_dashboard_serves_what_it_was_handed_from_a_home_of_its_own(etc):
    assert once(etc, "hand-over").returncode == 0
    with standing(etc, words_of(etc, "dashboard@", "ExecStart", "platform")) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("platform "))
        record = json.loads(fetched(f"{line.split()[1]}/gezondheid"))
    assert (record["state"], record["audience"]) == ("ok", "platform")


@pytest.mark.long
def test_dagster_shows_and_starts_nothing(etc):
    assert once(etc, "dagster", "ExecStartPre").returncode == 0
    port = port_of_its_own()
    words = [
        str(port) if word == "3000" else word for word in words_of(etc, "dagster", "ExecStart")
    ]
    with standing(etc, words):
        assert b"dagster_webserver_version" in fetched(f"http://127.0.0.1:{port}/server_info")
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/graphql",
            json.dumps({"query": "{ permissions { permission value } }"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=60) as found:
            permissions = json.load(found)["data"]["permissions"]
    allowed = {each["permission"] for each in permissions if each["value"]}
    assert not any(name.startswith(("launch", "start", "edit")) for name in allowed), allowed


@pytest.mark.long
def test_the_daemon_begins_with_its_sensor_and_its_schedule_on(etc):
    assert once(etc, "daemon", "ExecStartPre").returncode == 0
    with standing(etc, words_of(etc, "daemon", "ExecStart")) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Checking for new runs for sensor: inbox" in line:
                break
    assert "for sensor: inbox" in said, said
