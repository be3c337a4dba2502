"""Nothing that is served contacts anybody, for as long as it is looked at.

Dashboards with a reader in front of them, signed in too, the demonstration from its first file to
its pages, and Dagster's web server and daemon while they build what lies in the inbox: each in a
network of nobody, its system calls watched, for a minute at least. In passing `test_foreign_origin`
watches a dashboard that answers.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.serve import ADDRESS
from pipelines.build import read_last_build
from pipelines.publication.audiences import AUDIENCES
from pipelines.settings import DEFAULT_PORTS, Settings
from tests.dashboard.doors import open_id, write_home
from tests.dashboard.sample_publication import write_sample
from tests.operation.commands import PROGRAM, SERVING, new_user
from tests.operation.small_chain import CHAIN, deliver_month
from tests.operation.watching import contacts, internet_calls, only_loopback, traced

ROOT = Settings().project_root
# How long each is looked at.
SECONDS = 60
DAGSTER_PORT = 3000
PROVIDER_PORT = 9400
# The recipe of the Makefile, with the environment that runs this test for the one it would make.
MAKE_DAGSTER = ["make", f"VENV={sys.prefix}", f"--old-file={sys.prefix}/.runtime-installed"]
LOADED = "{repositoriesOrError{... on RepositoryConnection{nodes{sensors{name}}}}}"


class Watched:
    """What is served under a trace, in a network of its own."""

    def __init__(self, name: str, inside: Sequence[str], folder: Path) -> None:
        self.name, self.inside = name, inside
        self.trace, self.output = folder / f"{name}.trace", folder / f"{name}.log"
        self.has_ended: Callable[[], bool] = lambda: False

    def within(self, *command: str) -> str:
        """What a command says that runs where this is served."""
        done = subprocess.run(
            [*self.inside, *command], check=False, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{done.stderr[-3000:]}\n{self.said[-3000:]}"
        return done.stdout

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    @property
    def contacted(self) -> list[str]:
        return contacts(self.trace, by=self.name)

    def listens_on(self, port: int) -> bool:
        calls = internet_calls(self.trace) if self.trace.exists() else []
        return any(f"htons({port})" in call and " bind(" in call for call in calls)

    def until(self, what: Callable[[], bool], seconds: float = 900) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert not self.has_ended(), self.said[-3000:]
            assert time.monotonic() < end, self.said[-3000:]
            time.sleep(0.2)


@contextmanager
def watched(name: str, command: Sequence[str], home: Path, folder: Path) -> Iterator[Watched]:
    """Run something that goes on until it is stopped."""
    with only_loopback() as inside:
        found = Watched(name, inside, folder)
        with found.output.open("w") as sink:
            process = subprocess.Popen(
                [*inside, *traced(found.trace), *command],
                env=new_user(folder, home),
                cwd=ROOT,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        found.has_ended = lambda: process.poll() is not None
        try:
            yield found
        finally:
            # The tracer does not end by itself; what it traces, of the same session, does.
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def read(served: Watched, audiences: Sequence[str], *options: str) -> list[int]:
    """How many pages of each dashboard a reader was shown."""
    addresses = [f"http://{ADDRESS}:{DEFAULT_PORTS[audience]}" for audience in audiences]
    reader = (sys.executable, "-m", "tests.operation.reader", *options, str(SECONDS), *addresses)
    return [int(shown) for shown in served.within(*reader).split()]


def is_served(served: Watched) -> bool:
    return "Ctrl-C stopt alle dashboards." in served.said


@pytest.mark.long
@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_dashboard_contacts_anybody_while_its_pages_are_read(audience, tmp_path):
    home = tmp_path / "var"
    write_sample(home / "published")
    command = [str(PROGRAM), "serve", "--audience", audience]
    with watched(f"serve {audience}", command, home, tmp_path) as served:
        served.until(lambda: is_served(served))
        [n_shown] = read(served, [audience])

    assert n_shown > 3
    assert served.listens_on(DEFAULT_PORTS[audience])
    assert served.contacted == []


@pytest.mark.long
def test_a_dashboard_that_signs_people_in_contacts_its_provider_and_nobody_else(tmp_path):
    home, port = tmp_path / "var", DEFAULT_PORTS["platform"]
    write_sample(home / "published")
    write_home(home, open_id(f"http://localhost:{PROVIDER_PORT}", port))
    # On loopback the provider speaks without encryption.
    command = ["env", "AUTHLIB_INSECURE_TRANSPORT=1", str(PROGRAM), "serve"]
    with watched("signed in", [*command, "--audience", "platform"], home, tmp_path) as served:
        provider = subprocess.Popen(
            [*served.inside, sys.executable, "-m", "tests.dashboard.provider", str(PROVIDER_PORT)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        try:
            served.until(lambda: is_served(served))
            [n_shown] = read(served, ["platform"], "--sign-in")
        finally:
            provider.terminate()
            provider.wait(20)

    assert n_shown > 3
    assert any(f"htons({PROVIDER_PORT})" in call for call in internet_calls(served.trace))
    assert served.contacted == []


@pytest.mark.long
def test_the_demonstration_contacts_nobody(tmp_path):
    command = [str(PROGRAM), "demo", "--chain", str(CHAIN), "--scale", "0.1"]
    with watched("demo", command, tmp_path / "var", tmp_path) as served:
        served.until(lambda: is_served(served))
        assert min(read(served, list(AUDIENCES))) > 3

    assert served.contacted == []


@pytest.mark.long
def test_dagster_contacts_nobody_while_it_builds_what_arrives(tmp_path):
    """Web server, daemon, the server of the code and the run that the sensor asks for."""
    settings = replace(Settings(), home=tmp_path / "var", chain=CHAIN)
    deliver_month(settings.inbox_dir)
    command = [*MAKE_DAGSTER, "dagster", f"KWALITEITSMONITOR_CHAIN={CHAIN}"]
    since = time.monotonic()
    with watched("dagster", command, settings.home, tmp_path) as served:
        served.until(lambda: served.listens_on(DAGSTER_PORT))
        ask = (
            "import json, sys, urllib.request as u; u.urlopen(sys.argv[1]).read(); print(u.urlopen("
            "u.Request(sys.argv[1] + 'graphql', json.dumps({'query': sys.argv[2]}).encode(), "
            "{'Content-Type': 'application/json'})).read().decode())"
        )
        address = f"http://{ADDRESS}:{DAGSTER_PORT}/"

        def is_published() -> bool:
            last = read_last_build(settings)
            return last is not None and set(last.published) == set(AUDIENCES)

        def is_done() -> bool:
            told = served.within(sys.executable, "-c", ask, address, LOADED)
            assert "sensors" in told
            return is_published() and time.monotonic() - since > SECONDS

        served.until(is_done)

    assert served.contacted == []


def test_what_is_served_is_watched_here():
    """Every command that shows pages stands in one of the tests above."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert set(SERVING) == set(re.findall(r'str\(PROGRAM\), "(\w+)"', text))
