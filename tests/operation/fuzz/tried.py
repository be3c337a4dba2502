"""A parser tried on changed input, and what came of it.

Here: one parser with its seeds and its refusals, trying it, and the report.
Not here: the parsers.
"""

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from tests.operation.fuzz.mutate import Change, changed_bytes

ROOT = Path(__file__).parents[3]
# Nothing that arrives may hold a process longer than this.
SLOW_SECONDS = 10.0
SEPARATOR = b"\n\x1e\n"


@dataclass(frozen=True)
class Parser:
    """Something that takes what others wrote.

    Attributes:
        name: What it is called in the report.
        seeds: Input that is good.
        read: Takes an input; returns, or raises one of the refusals.
        refusals: Errors of the product that say what is wrong, for a reader.
        share: Its part of all executions, beside the others'.
        structured: Changes of the tree that an input is, beside those of its bytes.
        at_once: How many inputs one call takes, such as rows of a table; each is an execution.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()
    share: int = 1
    structured: Change | None = None
    at_once: int = 1

    def input(self, seed: int, number: int) -> bytes:
        """The input of a call that begins with this execution, always the same."""
        numbers = range(number, number + self.at_once)
        return SEPARATOR.join(self._input(seed, each) for each in numbers)

    def _input(self, seed: int, number: int) -> bytes:
        random = Random(f"{self.name}/{seed}/{number}")
        good = random.choice(self.seeds)
        if self.structured is not None and random.random() < 0.6:
            return self.structured(random, good)
        return changed_bytes(random, good)


@dataclass
class Tried:
    """What came of a parser.

    Attributes:
        parser: The parser.
        executions: How often it was tried.
        outcomes: How often it read, and how often it refused with each error.
        findings: By place in the product: the first input that met a fault there, and the fault.
        seconds: How long it took.
    """

    parser: Parser
    executions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def line(self) -> str:
        """The row of the report."""
        refused = self.executions - self.outcomes["read"] - self.outcomes["fault"]
        return (
            f"{self.parser.name:34}{self.executions:>10,}{self.outcomes['read']:>10,}"
            f"{refused:>10,}{len(self.findings):>6}{self.seconds:>9.1f} s"
        )


HEADING = f"{'parser':34}{'tried':>10}{'read':>10}{'refused':>10}{'found':>6}{'time':>11}"


def try_out(parser: Parser, executions: int, seed: int = 0) -> Tried:
    """Try a parser, and remember each fault once."""
    tried = Tried(parser)
    # Lists and contracts are read once and kept: no input is slow for that.
    _outcome(parser, parser.seeds[0])
    start = perf_counter()
    for number in range(0, executions, parser.at_once):
        content = parser.input(seed, number)
        # Of the processor: on a busy machine anything takes long.
        before = process_time()
        outcome, place = _outcome(parser, content)
        if process_time() - before > SLOW_SECONDS:
            outcome, place = "fault", f"slower than {SLOW_SECONDS:.0f} s"
        tried.outcomes[outcome] += parser.at_once
        if outcome == "fault":
            tried.findings.setdefault(place.splitlines()[0], (number, content, place))
    tried.executions, tried.seconds = tried.outcomes.total(), perf_counter() - start
    return tried


def _outcome(parser: Parser, content: bytes) -> tuple[str, str]:
    try:
        parser.read(content)
    except parser.refusals as refusal:
        # A refusal that says nothing helps nobody.
        if str(refusal).strip():
            return type(refusal).__name__, ""
        return "fault", f"{type(refusal).__name__} without words"
    except Exception as fault:  # whatever it is, it is what is looked for
        frames = traceback.extract_tb(fault.__traceback__)
        own = [frame for frame in frames if str(ROOT / "pipelines") in frame.filename]
        own += [frame for frame in frames if str(ROOT / "dashboard") in frame.filename]
        at = own[-1] if own else frames[-1]
        place = f"{type(fault).__name__} at {Path(at.filename).name}:{at.lineno} ({at.name})"
        return "fault", f"{place}\n{str(fault)[:300]}"
    return "read", ""
