"""No page asks for anything from outside: every test in a browser fails that sees one do so.

What holds that stands in `conftest`, for every test of a page. Here it is shown to see what a page
may try.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.serve import ADDRESS
from pipelines.dagster_home import prepare_dagster_home
from pipelines.settings import Settings
from tests.dashboard.browsing import is_outside, port_of_its_own

pytestmark = pytest.mark.browser

OUTSIDE = "192.0.2.7"
OWN_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; script-src 'unsafe-inline'\">"
)
DAGSTER_PAGES = ("", "assets", "runs", "automation", "deployment/daemons", "locations")
TRYING = [
    f'<img src="http://{OUTSIDE}/pixel.png">',
    f'<link rel="stylesheet" href="https://{OUTSIDE}/font.css">',
    f'<script>fetch("http://{OUTSIDE}/")</script>',
    f'<script>navigator.sendBeacon("http://{OUTSIDE}/", "x")</script>',
    f'<iframe src="http://{OUTSIDE}/"></iframe>',
    # What our policy stops is not sent, and no page of ours is to try it.
    f'{OWN_POLICY}<img src="http://{OUTSIDE}/pixel.png">',
    # As it must: of a stream to a host that does not answer the browser says nothing else.
    f'{OWN_POLICY}<script>new WebSocket("ws://{OUTSIDE}/stream")</script>',
]


@pytest.mark.parametrize("markup", TRYING)
def test_what_a_page_tries_is_seen(browser, asked, markup):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(markup)
    page.wait_for_timeout(200)
    context.close()

    outside = [address for address in asked if is_outside(address)]
    asked.clear()
    assert outside
    assert all(OUTSIDE in address for address in outside)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8501/", "ws://127.0.0.1:8501/_stcore/stream", "data:image/png;base64,AA==",
     "blob:http://127.0.0.1:8501/1-2", "https://localhost:8443/", "about:blank"],
)  # fmt: skip
def test_this_machine_is_not_outside(address):
    assert not is_outside(address)


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1.elders.example/", "http://127.0.0.1@elders.example/", "//elders.example"],
)
def test_who_looks_like_this_machine_is(address):
    assert is_outside(address)


@pytest.fixture
def dagster(tmp_path: Path) -> Iterator[str]:
    """Dagster's web server over an empty home, as `make dagster` and the unit start it."""
    settings = Settings(home=tmp_path / "var")
    port = port_of_its_own()
    program = str(Path(sys.executable).with_name("dagster-webserver"))
    process = subprocess.Popen(
        [program, "--module-name", "pipelines.definitions", "--host", ADDRESS, "--port", str(port)],
        env={
            **os.environ,
            "DAGSTER_HOME": str(prepare_dagster_home(settings)),
            "KWALITEITSMONITOR_HOME": str(settings.home),
        },
        cwd=settings.project_root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://{ADDRESS}:{port}/"
    deadline = time.monotonic() + 600
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}server_info").close()
                break
            except OSError:
                assert process.poll() is None, "the web server stopped while starting"
                assert time.monotonic() < deadline, "the web server did not start"
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def test_the_pages_of_dagster_ask_for_nothing_from_outside(browser, dagster, asked):
    """They come with a library, and may change with it."""
    context = browser.new_context()
    page = context.new_page()
    for path in DAGSTER_PAGES:
        page.goto(dagster + path)
        page.wait_for_load_state("networkidle")
    context.close()

    assert [address for address in asked if address.startswith(f"{dagster}graphql")]
    assert [address for address in asked if is_outside(address)] == []
