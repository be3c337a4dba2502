"""Who asks a dashboard from the page of another site is refused, and nobody outside is asked why.

The server runs under a trace of its system calls, since only those tell whom a process contacts.
"""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard import serve
from tests.dashboard.browsing import port_of_its_own
from tests.dashboard.published_fixture import write_tiny
from tests.operation.watching import contacts, internet_calls, traced


@dataclass(frozen=True)
class Traced:
    """A dashboard that is served under a trace."""

    port: int
    trace: Path

    def ask(self, origin: str, path: str = "/_stcore/stream", *headers: str) -> int:
        """Status of the answer to one request from a page of some origin."""
        request = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: {origin.format(port=self.port)}",
            *headers,
        ]
        with socket.create_connection((serve.ADDRESS, self.port), timeout=60) as connection:
            connection.sendall("\r\n".join([*request, "", ""]).encode())
            return int(connection.recv(64).split()[1])

    def ask_for_stream(self, origin: str) -> int:
        """The same, for the WebSocket that carries a page."""
        return self.ask(
            origin,
            "/_stcore/stream",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: streamlit",
        )

    @property
    def contacted(self) -> list[str]:
        return contacts(self.trace, by="dashboard")


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    root = tmp_path_factory.mktemp("traced")
    write_tiny(root / "platform")
    port = port_of_its_own()
    trace = root / "trace"
    process = subprocess.Popen(
        [*traced(trace), *serve.serve_command("platform", root, port)],
        env=serve.serve_environment("platform", root),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        serve.wait_until_answering("platform", port, process)
        yield Traced(port, trace)
    finally:
        # The tracer does not end by itself; the server it traces, of the same session, does.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.parametrize(
    "origin",
    [
        "http://elders.example",
        "https://127.0.0.1.elders.example:{port}",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "http://[",
        "null",
    ],
)
def test_a_page_of_another_site_gets_nothing_and_no_outside_address_is_asked(dashboard, origin):
    assert dashboard.ask_for_stream(origin) == 403
    assert dashboard.ask(origin, "/") == 403

    assert dashboard.contacted == []


def test_our_own_page_is_answered(dashboard):
    assert dashboard.ask_for_stream("http://127.0.0.1:{port}") == 101
    assert dashboard.ask("http://127.0.0.1:{port}", "/") == 200

    assert dashboard.contacted == []
    # The trace sees whom the server deals with: at least where it listens itself.
    assert [call for call in internet_calls(dashboard.trace) if f"htons({dashboard.port})" in call]
