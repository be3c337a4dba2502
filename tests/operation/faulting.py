"""A process that does one thing in a home and meets a fault at a chosen change of the file system.

Here: what it can do, the tracer that counts changes and strikes, and the server that imports once
and forks for every order. Not here: what must hold afterwards (`test_faults`).

SQLite, DuckDB and Arrow write from C, where no hook of Python sees them. So the kernel stops the
process: a filter of system calls (seccomp) lets it run on at full speed until one of those that
change a file, and its parent (ptrace) then counts, kills, or answers with an error. Only what lies
in the home counts, and not the lines of a log.
"""

import ctypes
import errno
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.settings import Settings

# Numbers of system calls on x86-64 that change a file, with the argument that names it.
BY_DESCRIPTOR = {1: 0, 18: 0, 20: 0, 74: 0, 75: 0, 77: 0, 91: 0, 285: 0}
BY_PATH = {82: 0, 83: 0, 84: 0, 87: 0, 90: 0, 257: 1, 258: 1, 263: 1, 264: 1, 268: 1, 316: 1}
WRITING = frozenset({1, 18, 20, 285})
OPENAT = 257
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EROFS": errno.EROFS}
LOGS = ("dbt/logs/", "log/", "dagster/")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long
_TRACEME, _CONT, _GETREGS, _SETREGS, _SETOPTIONS = 0, 7, 12, 13, 0x4200
# Stop at the filter, follow threads and children, and let nothing outlive the tracer.
_OPTIONS = 0x80 | 0x2 | 0x4 | 0x8 | 0x100000
_STOPPED_BY_FILTER = signal.SIGTRAP | (7 << 8)
_ALL = 0x40000000
# Places in the registers the kernel hands over.
_N_REGISTERS, _RAX, _NUMBER, _ARGUMENTS = 27, 10, 15, (14, 13, 12)


@dataclass(frozen=True)
class Order:
    """What to do, and which fault to meet.

    Attributes:
        home: Where.
        operation: Key of `OPERATIONS`.
        fault: `KILL`, or a key of `FAULTS`; empty for none.
        at: At which change, from 1 on; an error meets every later write as well.
        after: For a kill: after so many seconds instead; 0 for not.
    """

    home: Path
    operation: str
    fault: str = ""
    at: int = 0
    after: float = 0.0


@dataclass(frozen=True)
class Ending:
    """How it ended.

    Attributes:
        code: Exit code; negative for the signal that killed it.
        changes: Changes of the file system it came to.
        told: What it printed.
        struck: The change at which the fault came, for whoever reads a failure.
    """

    code: int
    changes: int
    told: str
    struck: str


def _install_filter() -> None:
    """Let the kernel stop this process at every call that changes a file."""
    numbers = [*BY_DESCRIPTOR, *BY_PATH]
    load = struct.pack("HBBI", 0x20, 0, 0, 0)
    tests = b"".join(
        struct.pack("HBBI", 0x15, len(numbers) - at, 0, number) for at, number in enumerate(numbers)
    )
    ends = struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000) + struct.pack("HBBI", 0x06, 0, 0, 0x7FF00000)
    program = ctypes.create_string_buffer(load + tests + ends)
    filter_ = struct.pack("HxxxxxxQ", len(numbers) + 3, ctypes.addressof(program))
    _libc.prctl(38, 1, 0, 0, 0)
    if _libc.prctl(22, 2, ctypes.c_char_p(filter_), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no filter of system calls")


class Tracer:
    """Watches one process and its threads, and strikes."""

    def __init__(self, order: Order) -> None:
        self._order, self._home = order, str(order.home.resolve())
        self.changes, self.struck = 0, ""

    def watch(self, child: int) -> int:
        """Follow a child that asked to be traced until it ends; its exit code."""
        os.waitpid(child, 0)
        _libc.ptrace(_SETOPTIONS, child, None, _OPTIONS)
        _libc.ptrace(_CONT, child, None, None)
        while True:
            thread, status = os.waitpid(-1, _ALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                if thread == child:
                    return os.waitstatus_to_exitcode(status)
                continue
            handed_on = 0
            if status >> 8 == _STOPPED_BY_FILTER:
                self._at_change(child, thread)
            elif os.WSTOPSIG(status) not in {signal.SIGSTOP, signal.SIGTRAP}:
                handed_on = os.WSTOPSIG(status)
            _libc.ptrace(_CONT, thread, None, handed_on)

    def _at_change(self, child: int, thread: int) -> None:
        registers = (ctypes.c_ulonglong * _N_REGISTERS)()
        _libc.ptrace(_GETREGS, thread, None, ctypes.cast(registers, ctypes.c_void_p))
        number = registers[_NUMBER]
        name = self._in_home(thread, number, [registers[place] for place in _ARGUMENTS])
        if name is None:
            return
        self.changes += 1
        fault, at = self._order.fault, self._order.at
        if not fault or not at or self.changes < at:
            return
        self.struck = self.struck or f"{number} {name}"
        if fault == "KILL":
            os.kill(child, signal.SIGKILL)
        elif self.changes == at or number in WRITING:
            # No such call: the process gets the error instead of it.
            registers[_NUMBER] = 2**64 - 1
            registers[_RAX] = 2**64 - FAULTS[fault]
            _libc.ptrace(_SETREGS, thread, None, ctypes.cast(registers, ctypes.c_void_p))

    def _in_home(self, thread: int, number: int, arguments: list[int]) -> str | None:
        """Name of the file that is about to change, in the home; None where it is not there."""
        try:
            if number in BY_DESCRIPTOR:
                path = str(Path(f"/proc/{thread}/fd/{arguments[0] & 0xFFFFFFFF}").readlink())
            else:
                if number == OPENAT and not arguments[2] & _FOR_WRITING:
                    return None
                path = _text_at(thread, arguments[BY_PATH[number]])
        except OSError:
            return None
        if not path.startswith(f"{self._home}/"):
            return None
        name = path.removeprefix(f"{self._home}/")
        return None if name.startswith(LOGS) else name


def _text_at(thread: int, address: int) -> str:
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        memory.seek(address)
        return memory.read(4096).split(b"\0")[0].decode(errors="replace")


# --- what can be done


# Always the same, so that what is made is the same.
_DATES = ("--reference-date", "2026-03-31", "--known-at", "2099-01-01T00:00:00+00:00")


def _command(*arguments: str) -> Callable[[Settings], None]:
    def run(settings: Settings) -> None:
        from pipelines import cli

        os.environ["KWALITEITSMONITOR_HOME"] = str(settings.home)
        os.environ["COLUMNS"] = "1000"
        sys.argv = ["kwaliteitsmonitor", *arguments, "--chain", str(settings.chain)]
        cli.main()

    return run


def _decide(settings: Settings) -> None:
    from datetime import UTC, date, datetime

    from pipelines.decisions.draft import Draft
    from pipelines.decisions.register import Register

    draft = Draft("besluit", date(2026, 4, 1), "Vaker leveren.", handoff_id="B1")
    Register(settings.register_path).record(
        draft, date(2026, 3, 31), known_from=datetime(2026, 4, 1, tzinfo=UTC)
    )


def _point(settings: Settings) -> None:
    from pipelines.build import read_last_build
    from pipelines.publication import publish

    last = read_last_build(settings)
    assert last is not None
    publish.promote(settings, "platform", last.candidates["platform"])


def _prune(settings: Settings) -> None:
    from pipelines.publication import publish

    publish.KEPT_PUBLICATIONS = 1
    _point(settings)


def _publish(settings: Settings) -> None:
    from pipelines.publication.audiences import AUDIENCES
    from pipelines.road import steps

    steps.prepare(settings, AUDIENCES["platform"])
    steps.publish(settings, "platform")
    steps.write_platform_pack(settings)


def _pack(settings: Settings) -> None:
    from pipelines.road import steps

    steps.write_platform_pack(settings)


def _release(settings: Settings) -> None:
    """Bring a release out, from wherever an earlier attempt stopped."""
    from pipelines.releases.desk import Desk
    from pipelines.releases.shelf import shelf
    from pipelines.releases.states import State
    from tests.releases.conftest import a_build

    drafts, signs = Desk(settings, "analist"), Desk(settings, "hoofd kenniscentrum")
    if not shelf(settings):
        # The small chain follows no figure long enough to bring it out.
        made = Path(tempfile.mkdtemp(dir=settings.home.parent))
        drafts.draft(a_build(made))
    for state, step in (
        (State.draft, drafts.submit),
        (State.submitted, signs.approve),
        (State.approved, signs.publish),
    ):
        [release] = shelf(settings)
        if release.state is state:
            step(release.id)


def _build_all(settings: Settings) -> None:
    from pipelines.road import walk

    walk.forget(settings)
    _command("build", *_DATES)(settings)


OPERATIONS: Mapping[str, Callable[[Settings], None]] = {
    "decide": _decide,
    "pointer": _point,
    "prune": _prune,
    "pack": _pack,
    "publish": _publish,
    "release": _release,
    "build": _build_all,
    "run": _command("run", *_DATES),
}


# --- the process that does it


def _do(order: Order, chain: Path, told: Path) -> None:
    """In a fork: print into a file, let the parent trace, and do it."""
    output = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    _libc.ptrace(_TRACEME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
    _install_filter()
    code = 1
    try:
        OPERATIONS[order.operation](Settings(home=order.home, chain=chain))
        code = 0
    except BaseException as error:
        from pipelines.failure import sentence_of

        code = 1
        os.write(2, f"{type(error).__name__}: {sentence_of(error)}\n".encode())
    finally:
        os._exit(code)


def _serve(chain: Path) -> None:
    for line in sys.stdin:
        said = json.loads(line)
        order = Order(**{**said, "home": Path(said["home"])})
        told = order.home.with_name(f"{order.home.name}.told")
        child = os.fork()
        if child == 0:
            _do(order, chain, told)
        tracer = Tracer(order)
        if order.after:
            signal.signal(signal.SIGALRM, lambda *_, child=child: os.kill(child, signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, order.after)
        code = tracer.watch(child)
        signal.setitimer(signal.ITIMER_REAL, 0)
        text = told.read_text(encoding="utf-8", errors="replace")
        print(json.dumps([code, tracer.changes, text, tracer.struck]), flush=True)


class Server:
    """The process that imports once and forks for every order.

    Args:
        chain: Folder of the chain.
        builds: Whether it will be asked to build, for which it imports much more.
    """

    def __init__(self, chain: Path, *, builds: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(chain), *["builds"] * builds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def obey(self, order: Order) -> Ending:
        """Have an order carried out."""
        assert self._process.stdin
        assert self._process.stdout
        said: dict[str, Any] = {**vars(order), "home": str(order.home)}
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process that carries out orders has ended"
        return Ending(*json.loads(line))


@contextmanager
def serving(chain: Path, *, builds: bool) -> Iterator[Server]:
    """A server for as long as it is needed; see `Server`."""
    with Server(chain, builds=builds) as server:
        yield server


def _import_what_builds() -> None:
    """Import what every fork would else import again, and dbt takes seconds for."""
    import great_expectations
    from dbt.cli import main as dbt

    from pipelines.deliveries.suite import _batch_definition

    del great_expectations, dbt
    _batch_definition()


if __name__ == "__main__":
    import pipelines.cli
    import pipelines.decisions.register
    import pipelines.publication.publish
    import pipelines.releases.desk
    import pipelines.road.walk  # noqa: F401

    if sys.argv[2:]:
        _import_what_builds()
    _serve(Path(sys.argv[1]))
