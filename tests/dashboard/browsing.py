"""A reader in front of a dashboard: how it is served, and a browser tab that keeps account.

Here: what tests in a real browser share. Not here: the fixtures (`conftest`), and any test.
"""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboard import serve

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, TELEPHONE = (1280, 720), (390, 844)


def port_of_its_own() -> int:
    """A port the system gives out: no other dashboard, test or run of the tests prefers it."""
    with socket.socket() as probe:
        probe.bind((serve.ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(
    published: Path,
    register: Path | None = None,
    *,
    audience: str = "platform",
    releases: Path | None = None,
) -> Iterator[str]:
    """A dashboard as `serve` starts it: its address, for as long as it is needed."""
    with started(published, audience, register=register, releases=releases) as (address, _):
        yield address


@contextmanager
def started(
    published: Path, audience: str, *, register: Path | None = None, releases: Path | None = None
) -> Iterator[tuple[str, int]]:
    """The same, with the number of its process."""
    port = port_of_its_own()
    process = subprocess.Popen(
        serve.serve_command(audience, published, port),
        env=serve.serve_environment(audience, published, register=register, releases=releases),
        stdout=subprocess.DEVNULL,
    )
    try:
        serve.wait_until_answering(audience, port, process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(20)


def hear_contacts(browser: Any, asked: list[str]) -> None:
    """Remember every address that a page of a browser asks for, or was kept from asking for."""

    def hear(message: Any) -> None:
        if "Content Security Policy" in message.text:
            asked.append(message.text)

    def listen(context: Any) -> None:
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", hear)
        context.on("page", lambda page: page.on("websocket", lambda to: asked.append(to.url)))

    browser.on("context", listen)


def is_outside(asked: str) -> bool:
    """Whether an address leads off this machine; what is no address does."""
    if asked.startswith(("data:", "blob:", "about:")):
        return False
    return urlsplit(asked).hostname not in {serve.ADDRESS, "localhost"}


def complaints(tab: Any, only: str = "") -> list[str]:
    """What axe, once it is on a page, calls serious or critical, and headings out of order."""
    found = tab.evaluate(f"axe.run(document, {{resultTypes: ['violations']{only}}})")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"} or each["id"] == "heading-order"
        for node in each["nodes"]
    ]


class Visit:
    """A browser tab that remembers what went wrong; whom it contacts is held for all of them."""

    def __init__(
        self, browser: Any, address: str, size: tuple[int, int] = DESK, theme: str = "light"
    ) -> None:
        self.address = address
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme
        )
        self.tab = self.context.new_page()
        self.refused: list[str] = []
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.refused.append(str(error)))

    def open(self, path: str) -> Any:
        self.tab.goto(self.address + path)
        self.wait()
        return self.tab

    def wait(self) -> None:
        self.tab.wait_for_selector("h1#inhoud", timeout=60_000)
        self.tab.wait_for_selector(".km-foot", timeout=60_000)
        self.tab.wait_for_selector("[data-testid=stSkeleton]", state="detached", timeout=60_000)

    def close(self) -> None:
        self.context.close()

    def _hear(self, message: Any) -> None:
        # Streamlit looks for its server below the page's own path first, and then at the root.
        if message.type == "error" and "404" not in message.text:
            self.refused.append(message.text)
