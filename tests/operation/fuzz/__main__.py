"""Trying every parser as often as is asked, and telling what came of it.

`python -m tests.operation.fuzz 1_000_000 20_000 400 [seed] [part of a name]`: so many executions
over the parsers in process, over whole readers and the SQL box, and over pages.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.operation.fuzz.pages import pages
from tests.operation.fuzz.parsers import parsers
from tests.operation.fuzz.tried import HEADING, Parser, Tried, try_out
from tests.operation.fuzz.whole import whole

KINDS: Mapping[str, Callable[[Path], Iterable[Parser]]] = {
    "in process": parsers,
    "as a whole": whole,
    "pages": lambda folder: [pages(folder)],
}
_USUAL = ("1_000_000", "20_000", "400", "0", "")


def shared(every: list[Parser], executions: int, seed: int) -> list[Tried]:
    """Try each parser on its share, and print a line of each."""
    total = sum(parser.share for parser in every)
    done = []
    for parser in every:
        tried = try_out(parser, -(-executions * parser.share // total), seed)
        done.append(tried)
        print(tried.line(), flush=True)
        for number, content, fault in tried.findings.values():
            print(f"    no. {number}: {fault}\n    {content[:300]!r}", flush=True)
    return done


def main() -> None:
    """Try and tell; with a finding the exit code is 1."""
    given = [*sys.argv[1:], *_USUAL[len(sys.argv) - 1 :]]
    counts, seed, part = [int(count) for count in given[:3]], int(given[3]), given[4]
    print(HEADING)
    found = 0
    with tempfile.TemporaryDirectory() as name:
        for (label, make), executions in zip(KINDS.items(), counts, strict=True):
            folder = Path(name) / label.replace(" ", "_")
            folder.mkdir()
            every = [parser for parser in make(folder) if part in parser.name] if executions else []
            done = shared(every, executions, seed) if every else []
            found += sum(len(tried.findings) for tried in done)
            print(f"{label}: {sum(tried.executions for tried in done):,} executions", flush=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
