"""Whom a process contacts, by its system calls; and a network in which there is nobody.

Here: what is put before a command to trace it or to give it only loopback, and how a trace is read.
Not here: what is watched, and how a dashboard is served (`tests.dashboard.browsing`).
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import pytest

_CALLS = "bind,connect,sendto,sendmsg,sendmmsg"
_FAMILY = re.compile(r"sa_family=(\w+)")
_INTERNET = ("AF_INET", "AF_INET6")
# Within the machine: a file, the kernel, and taking an address back.
_WITHIN = {"AF_UNIX", "AF_NETLINK", "AF_UNSPEC"}
_ADDRESS = re.compile(r'htons\((\d+)\).*?"([^"]*)"')
# Who asks these for a name asks a server elsewhere, through one that is here.
_NAME_PORTS = {53, 853, 5353}
_NAME_SERVICE = "io.systemd.Resolve"
# An address of documentation on the loopback itself: what first looks whether this machine is on a
# network finds that it is, and does what it would do there.
_NETWORK = """\
set -e
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip route add unreachable default
echo ready
exec cat
"""


def needed(*tools: str) -> None:
    """Skip where a tool is missing; in CI that is a failure, not a reason to test less."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        _cannot(f"no {', '.join(missing)}; Debian: apt-get install strace iproute2 util-linux")


def _cannot(why: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


def traced(trace: Path) -> list[str]:
    """What to put before a command, so that its calls and those of its children are in `trace`."""
    needed("strace")
    # Names of processes, and nothing of what is said (`-s 0`).
    options = ["-f", "--seccomp-bpf", "-qq", "-Y", "-s", "0", "-e", "signal=none"]
    return ["strace", *options, "-e", f"trace={_CALLS}", "-o", str(trace)]


@contextmanager
def only_loopback() -> Iterator[list[str]]:
    """A network of its own with only loopback up: what to put before a command to run in it."""
    needed("unshare", "nsenter", "ip")
    keeper = subprocess.Popen(
        ["unshare", "--map-root-user", "--net", "sh", "-c", _NETWORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdin
    assert keeper.stdout
    try:
        if keeper.stdout.readline() != "ready\n":
            _cannot(f"no network of its own: {keeper.communicate()[1].strip()}")
        entrance = ["--user", "--preserve-credentials", "--net", "--target", str(keeper.pid)]
        yield ["nsenter", *entrance, "--"]
    finally:
        # It lasts until nothing more can come, so also when the tests are killed.
        keeper.stdin.close()
        keeper.wait(20)


def internet_calls(trace: Path) -> list[str]:
    """Calls with an address of the internet, this machine's own or another."""
    return [call for call in _read(trace) if set(_FAMILY.findall(call)) & set(_INTERNET)]


def contacts(trace: Path, *, by: str) -> list[str]:
    """Calls by which anybody but this machine itself is dealt with, each behind who did it."""
    return [f"{by}: {call}" for call in _read(trace) if not _stays_here(call)]


def _read(trace: Path) -> Sequence[str]:
    return trace.read_text(encoding="utf-8", errors="replace").splitlines()


def _stays_here(call: str) -> bool:
    families = _FAMILY.findall(call)
    addresses = _ADDRESS.findall(call)
    # An address that is not written as we know it is somebody else's.
    is_read = len(addresses) == sum(family in _INTERNET for family in families)
    return (
        is_read
        and _WITHIN.union(_INTERNET).issuperset(families)
        and _NAME_SERVICE not in call
        and all(_is_loopback(host) and int(port) not in _NAME_PORTS for port, host in addresses)
    )


def _is_loopback(host: str) -> bool:
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        return (address.ipv4_mapped or address).is_loopback
    return address.is_loopback
