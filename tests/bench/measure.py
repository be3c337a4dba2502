"""Measuring: wall time, processor time and peak memory of a block or of a process, and printing.

Not here: what is measured.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

GIB_IN_KIB = 2**20


class StoppedError(Exception):
    """What is measured did not do its work, so that its time says nothing; why stands above."""


@dataclass(frozen=True)
class Measurement:
    """One figure of the benchmark.

    Attributes:
        name: What was measured.
        value: How much.
        unit: In what.
        limit: The most (or, for a speed-up, the least) that is allowed; None when nothing is asked.
        is_least: The limit is a lower one.
    """

    name: str
    value: float
    unit: str = "s"
    limit: float | None = None
    is_least: bool = False

    def __str__(self) -> str:
        asked = "at least" if self.is_least else "at most"
        beside = f"  ({asked} {self.limit:g} {self.unit} asked)" if self.limit else ""
        return f"{self.name:<62}{self.value:9.2f} {self.unit}{beside}"


@dataclass
class Cost:
    """What a piece of work took.

    Attributes:
        wall: Seconds on the clock; depends on what else the machine does.
        processor: Seconds of user and system time; depends on it much less.
        peak_gib: Peak memory of the process, where it had one of its own.
    """

    wall: float = 0.0
    processor: float = 0.0
    peak_gib: float = 0.0

    def __str__(self) -> str:
        memory = f", at most {self.peak_gib:.1f} GiB" if self.peak_gib else ""
        return f"{self.processor:8.1f} s of processor, {self.wall:.1f} s on the clock{memory}"

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.wall + other.wall,
            self.processor + other.processor,
            max(self.peak_gib, other.peak_gib),
        )


@dataclass
class Steps:
    """Costs by step, printed as they come, so that a long run shows where it is.

    Attributes:
        is_told: Whether they are printed.
        costs: What each step took.
    """

    is_told: bool = True
    costs: dict[str, Cost] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a block of this process."""
        start, before = time.monotonic(), _used(resource.RUSAGE_SELF)
        yield
        self.add(name, Cost(time.monotonic() - start, _used(resource.RUSAGE_SELF) - before))

    def add(self, name: str, cost: Cost) -> None:
        """Note a cost and print it."""
        self.costs[name] = cost
        if self.is_told:
            print(f"  {name:<44}{cost}", flush=True)

    @property
    def total(self) -> Cost:
        """All steps together."""
        return sum(self.costs.values(), Cost())


def run_process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command as a process of its own and measure it, its own children included.

    What it prints is printed: progress of a long run must be seen.

    Raises:
        StoppedError: It failed, or held back what it was to make.
    """
    with tempfile.NamedTemporaryFile("r") as note:
        start, before = time.monotonic(), _used(resource.RUSAGE_CHILDREN)
        # A go-between: the peak of children is kept per process, and never goes down.
        code = subprocess.run(
            [sys.executable, "-c", _GO_BETWEEN, note.name, *command], env=environment, check=False
        ).returncode
        if code:
            done = " ".join((Path(command[0]).name, *command[1:]))
            raise StoppedError(
                f"'{done}' ended with code {code}, and what it was to make is not there; what it "
                "said of it stands above"
            )
        return Cost(
            time.monotonic() - start,
            _used(resource.RUSAGE_CHILDREN) - before,
            int(note.read()) / GIB_IN_KIB,
        )


_GO_BETWEEN = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as note:
    note.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def _used(whose: int) -> float:
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime
