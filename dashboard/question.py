"""A question of a reader in a process of its own: started, waited for, and ended.

Here: that process. Not here: what it does (`pipelines.workbench.question`), and the page.

A process answers one question. It has a core and memory of its own and a low priority, so a heavy
question stands in nobody's way; ended, it leaves nothing behind.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import pyarrow as pa

from pipelines.workbench.question import MEMORY_MB, REFUSED, SECONDS, Refusal

# So many at once; whoever comes later waits, within the time of the question.
_AT_ONCE = threading.BoundedSemaphore(2)
_NICENESS = 10


@dataclass(frozen=True)
class Answer:
    """What came of a question.

    Attributes:
        rows: The answer; None where there is none.
        has_more: There are more rows than these.
        refusal: Why there is no answer.
        seconds: How long it took.
    """

    rows: pa.Table | None = None
    has_more: bool = False
    refusal: Refusal | None = None
    seconds: float = 0.0


@dataclass
class Question:
    """A question that is being answered; ended with its block, whatever happens in it."""

    path: Path
    text: str
    seconds: float = SECONDS
    _started: float = field(default_factory=time.monotonic)
    _process: subprocess.Popen[bytes] | None = None
    _out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process, if it still runs, and let the next one begin."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._out is not None:
            self._out.close()
        self._process = None
        _AT_ONCE.release()

    def wait(self, for_seconds: float) -> Answer | None:
        """Wait a while for the answer; None where it has not come yet."""
        until = time.monotonic() + for_seconds
        if self._process is None:
            if _AT_ONCE.acquire(timeout=for_seconds):
                self._start()
            else:
                return self._too_late()
        process = self._process
        if process is None:
            return None
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return self._too_late()
        return self._read(process.returncode)

    @property
    def elapsed(self) -> float:
        """Seconds since it was asked."""
        return time.monotonic() - self._started

    def _too_late(self) -> Answer | None:
        if self.elapsed < self.seconds:
            return None
        return Answer(refusal=Refusal("time", f"{self.seconds:g}"), seconds=self.elapsed)

    def _start(self) -> None:
        # To a file without a name: a pipe nobody reads from would stop the process.
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 – closed when the question ends
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.workbench.question", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[1],
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICENESS)
        stdin = self._process.stdin
        if stdin is not None:
            with stdin:
                stdin.write(self.text.encode("utf-8", "replace"))

    def _read(self, code: int) -> Answer:
        out = self._out
        content = b""
        if out is not None:
            out.seek(0)
            content = out.read()
        if content.startswith(REFUSED):
            refusal = Refusal(**json.loads(content.removeprefix(REFUSED)))
            return Answer(refusal=refusal, seconds=self.elapsed)
        if code or not content:
            # What the system stops has asked for more memory than there is for it.
            return Answer(refusal=Refusal("memory", str(MEMORY_MB)), seconds=self.elapsed)
        rows = pa.ipc.open_stream(content).read_all()
        has_more = (rows.schema.metadata or {}).get(b"has_more") == b"1"
        return Answer(rows.replace_schema_metadata(None), has_more, seconds=self.elapsed)
