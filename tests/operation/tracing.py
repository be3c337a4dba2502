"""The kernel stops a process at every change of a file in a home, and its parent counts or strikes.

Here: which system calls change a file, the filter that stops at them, and the tracer.
Not here: what the process does (`faulting`), and what must hold afterwards (`faulted`).

SQLite, DuckDB and Arrow write from C, where no hook of Python sees them. So a filter of system
calls (seccomp) lets the process run on at full speed until one of those that change a file, and its
parent (ptrace) then counts, lets somebody look at the home, kills, or answers with an error. As
long as it looks, nothing in the home changes: every thread that wants to is stopped as well. Only
what lies in the home counts, and not the lines of a log.
"""

import ctypes
import errno
import os
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

# Numbers of system calls on x86-64 that change a file: with the argument that is its descriptor,
BY_DESCRIPTOR = {
    **dict.fromkeys((1, 18, 20, 40, 74, 75, 77, 91, 93, 285, 296, 328), 0),
    326: 2,
}
# or with those that name it: a folder by descriptor (None where there is none), and the path.
BY_PATH: dict[int, tuple[tuple[int | None, int], ...]] = {
    **dict.fromkeys((2, 76, 83, 84, 85, 87, 90), ((None, 0),)),
    **dict.fromkeys((86, 88), ((None, 1),)),
    **dict.fromkeys((257, 258, 263, 268, 280), ((0, 1),)),
    82: ((None, 0), (None, 1)),
    **dict.fromkeys((264, 316), ((0, 1), (2, 3))),
    265: ((2, 3),),
    266: ((1, 2),),
}
WRITING = frozenset({1, 18, 20, 40, 285, 296, 326, 328})
# Opening changes a file only with some of these flags, in this argument.
_FLAGS_OF_OPENING = {2: 1, 257: 2}
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_HERE = 2**32 - 100
KILL, READ_ONLY = "KILL", "EROFS"
FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, READ_ONLY: errno.EROFS}
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
_N_REGISTERS, _RAX, _NUMBER, _ARGUMENTS = 27, 10, 15, (14, 13, 12, 7)

Look = Callable[[int, list[str]], None]


def ask_to_be_traced() -> None:
    """In a child: wait for the tracer, and let the kernel stop at what changes a file."""
    _libc.ptrace(_TRACEME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
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
    """Watches one process with its threads and children, and strikes.

    Args:
        home: What counts lies in it.
        fault: `KILL`, or a key of `FAULTS`; empty for none.
        at: At which change, from 1 on; an error meets every later write as well, and that of a disk
            that may only be read every later change.
        look: Called before every change, or before the one struck at, with its number and the names
            that are about to change.

    Attributes:
        changes: Changes so far.
        struck: The change at which the fault came, for whoever reads a failure.
    """

    def __init__(self, home: Path, fault: str, at: int, look: Look | None) -> None:
        self._home, self._fault, self._at, self._look = str(home.resolve()), fault, at, look
        self._alive: set[int] = set()
        self.changes, self.struck = 0, ""

    def watch(self, child: int) -> int:
        """Follow a child that asked to be traced until it ends; its exit code.

        Children of its own that it leaves behind end with it, as those of a service do.
        """
        os.waitpid(child, 0)
        _libc.ptrace(_SETOPTIONS, child, None, _OPTIONS)
        _libc.ptrace(_CONT, child, None, None)
        code = 0
        while True:
            try:
                thread, status = os.waitpid(-1, _ALL)
            except ChildProcessError:
                return code
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._alive.discard(thread)
                if thread == child:
                    code = os.waitstatus_to_exitcode(status)
                    self._end_all()
                continue
            self._alive.add(thread)
            handed_on = 0
            if status >> 8 == _STOPPED_BY_FILTER:
                self._at_change(child, thread)
            elif os.WSTOPSIG(status) not in {signal.SIGSTOP, signal.SIGTRAP}:
                handed_on = os.WSTOPSIG(status)
            _libc.ptrace(_CONT, thread, None, handed_on)

    def _end_all(self) -> None:
        for process in self._alive:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _at_change(self, child: int, thread: int) -> None:
        registers = (ctypes.c_ulonglong * _N_REGISTERS)()
        _libc.ptrace(_GETREGS, thread, None, ctypes.cast(registers, ctypes.c_void_p))
        number = registers[_NUMBER]
        arguments = [registers[place] for place in _ARGUMENTS]
        names = [name for name in self._in_home(thread, number, arguments) if name]
        if all(name.startswith(LOGS) for name in names):
            return
        self.changes += 1
        is_struck = bool(self._fault) and 0 < self._at <= self.changes
        if self._look is not None and (is_struck or not self._fault):
            self._look(self.changes, names)
        if not is_struck:
            return
        self.struck = self.struck or f"{number} {names}"
        if self._fault == KILL:
            os.kill(child, signal.SIGKILL)
        elif self.changes == self._at or number in WRITING or self._fault == READ_ONLY:
            # No such call: the process gets the error instead of it.
            registers[_NUMBER] = 2**64 - 1
            registers[_RAX] = 2**64 - FAULTS[self._fault]
            _libc.ptrace(_SETREGS, thread, None, ctypes.cast(registers, ctypes.c_void_p))

    def _in_home(self, thread: int, number: int, arguments: list[int]) -> Iterator[str]:
        """Names of what is about to change, in the home; empty for what is not there."""
        if number in BY_DESCRIPTOR:
            yield self._name(_of_descriptor(thread, arguments[BY_DESCRIPTOR[number]]))
            return
        flags = _FLAGS_OF_OPENING.get(number)
        if flags is not None and not arguments[flags] & _FOR_WRITING:
            return
        for folder, place in BY_PATH[number]:
            if not arguments[place]:
                # What is done to a descriptor, through a call that could name a path.
                yield self._name(_of_descriptor(thread, arguments[0]))
                continue
            path = _text_at(thread, arguments[place])
            if not path.startswith("/"):
                descriptor = _HERE if folder is None else arguments[folder]
                path = f"{_of_descriptor(thread, descriptor)}/{path}"
            yield self._name(os.path.normpath(path))

    def _name(self, path: str) -> str:
        return path.removeprefix(f"{self._home}/") if path.startswith(f"{self._home}/") else ""


def _of_descriptor(thread: int, descriptor: int) -> str:
    number = descriptor & 0xFFFFFFFF
    link = "cwd" if number == _HERE else f"fd/{number}"
    try:
        return str(Path(f"/proc/{thread}/{link}").readlink())
    except OSError:
        return ""


def _text_at(thread: int, address: int) -> str:
    try:
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
            memory.seek(address)
            return memory.read(4096).split(b"\0")[0].decode(errors="replace")
    except OSError:
        return ""
