"""XES: an event log as rows, one per event.

Here: the file as a source like any other, and how many events its text holds.
Not here: its XML (`deliveries.xes`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from pipelines.deliveries import xes
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.source import Part, Source

_EVENT = re.compile(rb"<(?:[^\s<>/:]+:)?event(?=[\s/>])")
# Where the word `event` may stand without being an event, and text that is not of one byte.
_NO_PLAIN_TEXT = re.compile(rb"<!\[|<!--|<\?(?!xml\s)|\0")


@contextmanager
def open_xes(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open an event log in XES."""
    with open_bytes(path, name.compression) as stream:
        columns = xes.read_columns(stream)
    with open_bytes(path, name.compression) as stream:
        held = count_events(stream)
    # An attribute may be left out of an event when there is none, and of all events too.
    optional = [column.name for column in contract.columns if not column.required or not columns]
    columns += tuple(name for name in optional if name not in columns)
    opened = open_bytes(path, name.compression)
    parts = (Part(*part) for part in xes.read_parts(opened, columns, limits.ROWS_PER_PART))
    yield Source(columns, parts, lambda: held)


def count_events(stream: IO[bytes]) -> int:
    """How many events a log holds, by its text alone; by its tags where text could mislead.

    Args:
        stream: A file that was read to its end before.
    """
    found, rest = 0, b""
    while block := stream.read(limits.BUFFER_BYTES):
        text = rest + block
        if _NO_PLAIN_TEXT.search(text):
            stream.seek(0)
            return _count_tags(stream)
        # A tag may go on in the next block.
        end = max(text.rfind(b"<"), 0)
        found += len(_EVENT.findall(text, 0, end))
        rest = text[end:]
    return found + len(_EVENT.findall(rest))


def _count_tags(stream: IO[bytes]) -> int:
    parser = expat.ParserCreate(namespace_separator=" ")
    found = 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal found
        found += tag.rsplit(" ", 1)[-1] == "event"

    parser.StartElementHandler = start
    parser.ParseFile(stream)
    return found
