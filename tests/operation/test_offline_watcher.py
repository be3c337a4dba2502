"""What watches whom a process contacts sees it: each way to reach somebody, named with who did.

A proof that nobody is contacted is worth what the watcher sees.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.operation.watching import contacts, internet_calls, only_loopback, traced

SOMEBODY = "192.0.2.7"
BEGIN = "import contextlib, socket; stream, packet = socket.SOCK_STREAM, socket.SOCK_DGRAM\n"
# What a process does, and what the watcher must name.
REACHING = {
    f"socket.socket(socket.AF_INET, stream).connect(('{SOMEBODY}', 443))": f'"{SOMEBODY}"',
    "socket.socket(socket.AF_INET6, stream).connect(('2001:db8::7', 443))": '"2001:db8::7"',
    f"socket.socket(socket.AF_INET, packet).sendto(b'x', ('{SOMEBODY}', 514))": f'"{SOMEBODY}"',
    f"socket.socket(socket.AF_INET, packet).sendmsg([b'x'], [], 0, ('{SOMEBODY}', 514))": SOMEBODY,
    # A name is asked of a server, which here is nobody, or of one on this machine.
    "socket.getaddrinfo('elders.example', 443)": "htons(53)",
    "socket.socket(socket.AF_INET, packet).sendto(b'x', ('127.0.0.53', 53))": "htons(53)",
    # Who listens to everybody is open to everybody.
    "socket.socket(socket.AF_INET, stream).bind(('', 0))": '"0.0.0.0"',
    # By a child, by a thread.
    "import subprocess, sys; subprocess.run([sys.executable, '-c', "
    f"'import socket; socket.socket().connect((\"{SOMEBODY}\", 80))'])": SOMEBODY,
    "import threading; t = threading.Thread(target=lambda: socket.socket().connect(("
    f"'{SOMEBODY}', 80))); t.start(); t.join()": SOMEBODY,
}
STAYING = [
    "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())",
    "s = socket.create_server(('::1', 0), family=socket.AF_INET6); "
    "socket.create_connection(s.getsockname()[:2])",
    "socket.socket(socket.AF_UNIX).connect('/nowhere')",
    "socket.getaddrinfo('localhost', 80)",
    # What a process says is in no trace, whatever it looks like.
    "s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname()); "
    "c.sendall(b'sa_family=AF_INET, sin_addr=inet_addr(\"192.0.2.7\")')",
]


@pytest.fixture(scope="module")
def inside() -> object:
    with only_loopback() as enter:
        yield enter


def watch(inside: list[str], doing: str, trace: Path) -> list[str]:
    program = f"{BEGIN}with contextlib.suppress(OSError):\n    {doing}"
    subprocess.run(
        [*inside, *traced(trace), sys.executable, "-c", program],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return contacts(trace, by="wie dit deed")


@pytest.mark.parametrize("doing", REACHING)
def test_whoever_is_contacted_is_named_with_the_process(inside, doing, tmp_path):
    found = watch(inside, doing, tmp_path / "trace")

    assert found
    assert all(line.startswith("wie dit deed: ") and "<python" in line for line in found)
    assert REACHING[doing] in found[0]


@pytest.mark.parametrize("doing", STAYING)
def test_what_stays_on_the_machine_is_nobody(inside, doing, tmp_path):
    assert watch(inside, doing, tmp_path / "trace") == []


def test_an_address_that_cannot_be_read_is_somebody(tmp_path):
    trace = tmp_path / "trace"
    trace.write_text('7<python> connect(3, {sa_family=AF_INET, sa_data=""...}, 16) = 0\n')
    assert len(contacts(trace, by="")) == 1


def test_there_is_nobody_to_reach(inside):
    """The network itself lets nothing out: neither by an address nor by a name."""
    program = (
        "import socket\n"
        f"for host in ('{SOMEBODY}', 'elders.example', '2001:db8::7'):\n"
        "    try: socket.create_connection((host, 80), timeout=5)\n"
        "    except OSError: print('nobody')"
    )
    done = subprocess.run(
        [*inside, sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["nobody"] * 3


def test_a_trace_tells_where_a_process_listens(inside, tmp_path):
    watch(inside, "socket.create_server(('127.0.0.1', 4321))", tmp_path / "trace")
    assert [call for call in internet_calls(tmp_path / "trace") if "htons(4321)" in call]
