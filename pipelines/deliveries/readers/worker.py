"""The process that reads files for another one, within limits.

Here: its life: a file is asked for, opened and handed over part by part, and then the next.
Not here: reading (`readers.open_here`), and what becomes of a file it does not survive (`apart`).
"""

import ctypes
import json
import logging
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.readers import limits, open_here
from pipelines.deliveries.readers.apart import END, LENGTH, NEXT, OPENED, PART, READY, REFUSED
from pipelines.deliveries.readers.source import Source

# `prctl`: what is sent to this process when its parent ends, however it ends.
_PR_SET_PDEATHSIG = 1

Send = Callable[..., None]


def main() -> None:
    """Read files until there is nobody left to read them for."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints is no answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    log = _Log()
    logging.getLogger("kwaliteitsmonitor").addHandler(log)

    def send(kind: str, *, attached: Sequence[bytes | memoryview] = (), **told: Any) -> None:
        answer = json.dumps({"kind": kind, "attached": len(attached), **told}).encode()
        for content in (answer, *attached):
            answers.write(LENGTH.pack(len(content)))
            answers.write(content)
        answers.flush()

    send(READY)
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        log.lines.clear()
        try:
            _limit(request["limits"], request["seconds"])
            path = Path(request["path"])
            with open_here(path, request["name"], request["contract"]) as source:
                send(
                    OPENED,
                    columns=source.columns,
                    notes=[note.as_dict() for note in source.notes],
                )
                _hand_over(source, requests, send)
        except Refusal as refusal:
            send(
                REFUSED,
                rule=refusal.rule,
                cause=refusal.cause,
                remedy=refusal.remedy,
                findings=[finding.as_dict() for finding in refusal.findings],
                log=log.lines,
            )


def _hand_over(source: Source, requests: IO[bytes], send: Send) -> None:
    """Send the parts of a file, one each time it is asked for, up to the last or to no more."""
    n_told = 0
    while pickle.load(requests) == NEXT:
        part = next(source.parts, None)
        malformed = source.malformed[n_told:]
        n_told += len(malformed)
        if part is None:
            send(END, held=source.held(), malformed=malformed)
            return
        cells = pa.BufferOutputStream()
        with pa.ipc.new_stream(cells, part.cells.schema) as stream:
            stream.write_table(part.cells)
        send(
            PART,
            attached=(memoryview(cells.getvalue()), part.row_numbers.tobytes()),
            malformed=malformed,
        )


def _limit(chosen: dict[str, int], seconds: float) -> None:
    """Take over the limits of whoever asks, and let the system hold this process to them."""
    for name, value in chosen.items():
        setattr(limits, name, value)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = resource.getrusage(resource.RUSAGE_SELF)
    for kind, most in (
        (resource.RLIMIT_AS, pages * resource.getpagesize() + limits.MEMORY_BYTES),
        # Where nobody waits any more that would stop it.
        (resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + max(seconds, 0)) + 1),
    ):
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Log(logging.Handler):
    """Keeps what is logged over a file, for the process that has a log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


if __name__ == "__main__":
    main()
