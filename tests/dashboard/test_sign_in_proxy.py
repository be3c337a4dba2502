"""A dashboard behind a real nginx, configured by the example: nobody goes round it.

The example is used as it is shipped, but for names, places and encryption.
"""

import asyncio
import base64
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from pipelines.access.secrets import PROXY, read_secret
from tests.dashboard.browsing import port_of_its_own
from tests.dashboard.doors import Served, opened, write_home
from tests.dashboard.published_fixture import write_tiny

EXAMPLE = Path(__file__).parents[2] / "dashboard" / "access" / "nginx.conf"
PASSWORD = "wachtwoord"
AROUND = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 200; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def site(folder: Path, port: int, behind: int) -> str:
    """The example on this machine, without encryption."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if "ssl_certificate" not in line)
    for theirs, ours in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("server_name platform.monitor.example;", "server_name 127.0.0.1;"),
        ("proxy_pass http://127.0.0.1:8502;", f"proxy_pass http://127.0.0.1:{behind};"),
        ("/etc/nginx/kwaliteitsmonitor.", f"{folder}/kwaliteitsmonitor."),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    return text


@contextmanager
def nginx(folder: Path, port: int, behind: int, secret: str) -> Iterator[None]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.fail("no nginx; Debian: apt-get install nginx")
    folder.mkdir()
    (folder / "site.conf").write_text(site(folder, port, behind), "utf-8")
    people = "".join(f"{name}:{{PLAIN}}{PASSWORD}\n" for name in ("a.jansen", "d.visser"))
    (folder / "kwaliteitsmonitor.users").write_text(people, "utf-8")
    line = f'proxy_set_header X-Kwaliteitsmonitor-Proxy "{secret}";\n'
    (folder / "kwaliteitsmonitor.secret").write_text(line, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    conf.write_text(AROUND.format(folder=folder, user=user), "utf-8")
    process = subprocess.Popen([program, "-p", folder, "-c", conf, "-g", "daemon off;"])
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                assert process.poll() is None, "nginx stopped while starting"
                assert time.monotonic() < deadline, "nginx did not start"
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Served]]:
    """Address of the proxy, and the dashboard behind it."""
    root = tmp_path_factory.mktemp("proxied")
    write_tiny(root / "published" / "platform")
    port, inner = port_of_its_own(), port_of_its_own()
    write_home(
        root / "home",
        f"""
[sign_in]
method = "proxy"
groups.platform = ["km-platform"]
addresses.platform = "http://127.0.0.1:{port}"
""",
    )
    secret = read_secret(root / "home" / "sign_in", PROXY)
    with (
        opened(root / "home", root / "published", inner) as served,
        nginx(root / "nginx", port, inner, secret),
    ):
        yield f"http://127.0.0.1:{port}", served


def ask(address: str, name: str | None = None, **headers: str) -> httpx.Response:
    auth = (name, PASSWORD) if name else None
    return httpx.get(address, auth=auth, headers=headers)


def opens(address: str, name: str, origin: str, **headers: str) -> bool:
    """Whether a socket is opened."""
    token = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    given = {"Authorization": f"Basic {token}", **headers}

    async def attempt() -> bool:
        url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
        try:
            async with connect(url, origin=origin, additional_headers=given):  # type: ignore[arg-type]
                return True
        except InvalidStatus:
            return False

    return asyncio.run(attempt())


pytestmark = pytest.mark.long

FORGED = {"X-Remote-User": "a.jansen", "X-Remote-Groups": "km-platform"}


def test_whom_the_proxy_signs_in_reads_pages(behind):
    address, _ = behind

    assert ask(address).status_code == 401
    page = ask(f"{address}/keten", "a.jansen")
    assert page.status_code == 200
    assert 'id="root"' in page.text
    assert opens(address, "a.jansen", address)
    assert not opens(address, "a.jansen", "http://127.0.0.1:1")


def test_headers_of_ones_own_are_replaced_by_those_of_the_proxy(behind):
    address, served = behind

    page = ask(f"{address}/keten", "d.visser", **FORGED)

    assert page.status_code == 403
    assert "U bent aangemeld als d.visser" in page.text
    assert not opens(address, "d.visser", address, **FORGED)
    underscored = {"X_Remote_User": "a.jansen", "X_Remote_Groups": "km-platform"}
    assert ask(f"{address}/keten", "d.visser", **underscored).status_code == 403
    assert ("refused", "d.visser", "", "group") in served.logged


def test_who_goes_round_the_proxy_gets_nothing(behind):
    address, served = behind
    public = address.removeprefix("http://")

    for headers in ({}, FORGED, {**FORGED, "X-Forwarded-For": "127.0.0.1"}):
        for host in (public, served.address.removeprefix("http://")):
            answer = ask(f"{served.address}/keten", "a.jansen", **{**headers, "Host": host})
            assert answer.status_code == 403
            assert 'id="root"' not in answer.text
    assert not opens(served.address, "a.jansen", served.address, **FORGED)
    assert served.is_whole()


def test_another_name_that_leads_to_the_proxy_gets_no_page(behind):
    address, _ = behind

    assert ask(f"{address}/keten", "a.jansen", Host="elders.example").status_code == 403
