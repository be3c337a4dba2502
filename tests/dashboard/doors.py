"""Dashboards with a door: a home whose settings sign people in, and a server that is started so.

Here: what tests of the door share. Not here: a browser (`browsing`), and any test.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard import serve
from dashboard.access.opening import refuse_to_open
from pipelines.access.entry import Entry
from pipelines.access.secrets import CLIENT, COOKIE, PROXY, make_secret
from pipelines.access.verification import entries_of, verify
from pipelines.settings import CONFIG_FILE_NAME, load_settings
from tests.dashboard.browsing import port_of_its_own

SECRETS = (COOKIE, CLIENT, PROXY)


@dataclass(frozen=True)
class Served:
    """A dashboard behind its door.

    Attributes:
        address: Where a browser finds it.
        home: Its home folder.
        pid: Number of its process.
    """

    address: str
    home: Path
    pid: int

    @property
    def logged(self) -> list[tuple[str, ...]]:
        """What the access log says: act, person, page and what about."""
        return [_short(entry) for entry in entries_of(self.home / "access")]

    def is_whole(self) -> bool:
        """Whether the log is."""
        return not verify(self.home / "access").problems


def _short(entry: Entry) -> tuple[str, ...]:
    event = entry.event
    return event.act.value, event.person, event.page, event.about


def open_id(provider: str, port: int) -> str:
    """Settings that sign in with OpenID Connect."""
    return f"""
[sign_in]
method = "openid"
groups.platform = ["km-platform", "km-beheer"]
addresses.platform = "http://127.0.0.1:{port}"

[sign_in.openid]
provider = "{provider}/.well-known/openid-configuration"
client = "kwaliteitsmonitor"
"""


def write_home(home: Path, settings: str) -> None:
    """Write settings and secrets into a home folder."""
    home.mkdir(parents=True, exist_ok=True)
    (home / CONFIG_FILE_NAME).write_text(settings, encoding="utf-8")
    for name in SECRETS:
        make_secret(home / "sign_in", name)


@contextmanager
def opened(
    home: Path, published: Path, port: int, *, audience: str = "platform"
) -> Iterator[Served]:
    """A dashboard that is served with the settings of a home folder."""
    settings = load_settings({serve.HOME_VARIABLE: str(home)})
    refuse_to_open(settings, [audience], serve.ADDRESS)
    process = subprocess.Popen(
        serve.serve_command(audience, published, port),
        env=serve.serve_environment(audience, published, home=home),
        stdout=subprocess.DEVNULL,
    )
    try:
        serve.wait_until_answering(audience, port, process)
        yield Served(f"http://127.0.0.1:{port}", home, process.pid)
    finally:
        process.terminate()
        process.wait(20)


__all__ = ["Served", "open_id", "opened", "port_of_its_own", "write_home"]
