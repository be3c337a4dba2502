"""A file read in a process of its own, which may be stopped, or end over the file.

Here: which files, the processes, how a file is asked for and what comes back, and the refusal of a
file that its process does not survive.
Not here: what the process does (`worker`), and reading itself.

Over a few bytes a library may never come back, take all memory or end its process, and nothing
inside that process can stop it. So a file that is packed, or that a library sees as a whole, is
read in a process with limits, which reads one file after another. What comes back is data and never
an object to be made: whatever a file does to the process that reads it ends there.
"""

import atexit
import json
import logging
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import too_slow
from pipelines.deliveries.readers.source import Part, Source

# What is asked of the process, beside opening a file.
NEXT, CLOSE = "next", "close"
# What it answers.
READY, OPENED, PART, END, REFUSED = "ready", "opened", "part", "end", "refused"
# Before an answer, and before everything that comes with it: how many bytes it is.
LENGTH = struct.Struct("<Q")

_log = logging.getLogger("kwaliteitsmonitor")
_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = [sys.executable, "-m", "pipelines.deliveries.readers.worker"]
_APART = frozenset({"xlsx", "parquet", "xes"})
_SECONDS_TO_START, _SECONDS_TO_END = 120.0, 5.0


def is_read_apart(name: DeliveryName) -> bool:
    """Whether a file of this format is read in a process of its own.

    Lines of text are not: they are read by blocks, between which size and time are looked at.
    """
    return bool(name.compression) or name.extension in _APART


def open_apart(
    path: Path, name: DeliveryName, contract: Contract
) -> AbstractContextManager[Source]:
    """Open a file in a process of its own; like `readers.open_source`.

    Raises:
        ChildProcessError: No such process can be had, which is no fault of the file.
        Refusal: As told by the process, or because it took too long or ended; once it is entered.
    """
    return _opened(_take(path.stat().st_size), path, name, contract)


@contextmanager
def _opened(
    process: "_Process", path: Path, name: DeliveryName, contract: Contract
) -> Iterator[Source]:
    try:
        opened, _ = process.ask(
            {
                "path": str(path.resolve()),
                "name": name,
                "contract": contract,
                # Those of whoever asks.
                "limits": {name: getattr(limits, name) for name in dir(limits) if name.isupper()},
                "seconds": process.seconds,
            }
        )
        held = 0
        malformed: list[tuple[int, str]] = []

        def parts() -> Iterator[Part]:
            nonlocal held
            while True:
                answer, attached = process.ask(NEXT)
                malformed.extend((number, text) for number, text in answer["malformed"])
                if answer["kind"] == END:
                    held = answer["held"]
                    return
                cells, numbers = attached
                with pa.ipc.open_stream(cells) as stream:
                    yield Part(stream.read_all(), np.frombuffer(numbers, dtype=np.int64))

        yield Source(
            tuple(opened["columns"]),
            parts(),
            lambda: held,
            [Finding.from_dict(note) for note in opened["notes"]],
            malformed,
        )
    finally:
        process.leave()


class _Process:
    """A process that reads files, one at a time."""

    def __init__(self) -> None:
        # What a library prints may hold what was in a cell, so it is not shown.
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            start_new_session=True,
        )
        self._owner = os.getpid()
        self._is_reading = False
        self._read_so_far = 0
        self.seconds = self._left = _SECONDS_TO_START
        try:
            self._answer()
        except (EOFError, Refusal) as error:
            self.end()
            raise ChildProcessError(
                "het proces dat bestanden leest, start niet; bekijk of er geheugen over is"
            ) from error

    @property
    def is_usable(self) -> bool:
        """Whether it lives, and is of this process and not of one it was forked from."""
        return self._owner == os.getpid() and self._process.poll() is None

    def begin(self, size: int) -> None:
        """Make ready for a file of so many bytes."""
        self.seconds = self._left = limits.seconds_for(size)
        self._read_so_far += size

    def ask(self, request: object) -> tuple[dict[str, Any], list[memoryview]]:
        """Ask something about the file, and wait for the answer.

        Returns:
            The answer, and what came with it.

        Raises:
            Refusal: The file is refused, or it takes too long, or the process ended over it.
        """
        try:
            self._say(request)
            self._is_reading = True
            answer, attached = self._answer()
        except (EOFError, BrokenPipeError) as error:
            raise self._lost() from error
        except BaseException:
            self.end()
            raise
        self._is_reading = answer["kind"] in {OPENED, PART}
        if answer["kind"] == REFUSED:
            for line in answer["log"]:
                _log.warning("%s", line)
            raise Refusal(
                answer["rule"],
                answer["cause"],
                answer["remedy"],
                findings=[Finding.from_dict(finding) for finding in answer["findings"]],
            )
        return answer, attached

    def leave(self) -> None:
        """Be done with the file, read to its end or not."""
        if self._is_reading and self.is_usable:
            try:
                self._say(CLOSE)
                self._is_reading = False
            except BrokenPipeError:
                self.end()
        # Memory that a large file took does not all come back.
        if self.is_usable and self._read_so_far < limits.BYTES_PER_PROCESS:
            _idle.append(self)
        else:
            self.end()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                # What was not said yet need not be any more.
                with suppress(BrokenPipeError):
                    pipe.close()

    def _say(self, request: object) -> None:
        pipe = self._process.stdin
        if pipe is None:
            raise EOFError
        pickle.dump(request, pipe)
        pipe.flush()

    def _answer(self) -> tuple[dict[str, Any], list[memoryview]]:
        answer: dict[str, Any] = json.loads(bytes(self._receive()))
        return answer, [self._receive() for _ in range(answer["attached"])]

    def _receive(self) -> memoryview:
        [length] = LENGTH.unpack(self._bytes(LENGTH.size))
        if length > limits.ANSWER_BYTES:
            # Not even of the largest part.
            raise EOFError
        return self._bytes(length)

    def _bytes(self, length: int) -> memoryview:
        """The next bytes; only waiting counts as time, and not what is done between two parts."""
        pipe = self._process.stdout
        if pipe is None:
            raise EOFError
        received = memoryview(bytearray(length))
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        at = 0
        while at < length:
            started = time.monotonic()
            is_there = self._left > 0 and waiting.poll(1000 * self._left)
            self._left -= time.monotonic() - started
            if not is_there:
                raise too_slow(self.seconds)
            n_read = os.readv(pipe.fileno(), [received[at:]])
            if not n_read:
                raise EOFError
            at += n_read
        return received

    def _lost(self) -> Refusal:
        """The refusal of the file over which the process ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        code = self._process.returncode
        self.end()
        if code == -signal.SIGXCPU:
            return too_slow(self.seconds)
        _log.warning("een bestand brak het lezen af (%s)", code)
        return Refusal(
            "beschadigd_bestand",
            "het bestand laat het programma dat het leest afbreken; het is beschadigd, of te groot",
            "maak het bestand opnieuw en lever opnieuw",
        )


_idle: list[_Process] = []


def _take(size: int) -> _Process:
    """A process that waits for work, or else a new one."""
    while _idle:
        process = _idle.pop()
        if process.is_usable:
            break
        process.end()
    else:
        process = _Process()
    process.begin(size)
    return process


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()
