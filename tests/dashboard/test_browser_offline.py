"""No page asks for anything from outside: every test in a browser fails that sees one do so.

What holds that stands in `conftest`, for every test of a page. Here it is shown to see what a page
may try.
"""

from typing import Any

import pytest

from tests.dashboard.browsing import is_outside

pytestmark = pytest.mark.browser

OUTSIDE = "192.0.2.7"
OWN_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; script-src 'unsafe-inline'\">"
)
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
def test_what_a_page_tries_is_seen(browser: Any, asked: list[str], markup: str) -> None:
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
def test_this_machine_is_not_outside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1.elders.example/", "http://127.0.0.1@elders.example/", "//elders.example"],
)
def test_who_looks_like_this_machine_is(address: str) -> None:
    assert is_outside(address)
