"""Event logs in XES, the XML form of process mining (IEEE 1849), bare or packed.

Here: the events of such a file as a table of text, one row per event, without ever holding the file
in memory.
Not here: event logs in CSV (`readers`), and what activities mean (the mapping of the contract).

Attributes of a trace become columns `case:<key>` and those of an event columns `<key>`, as process
mining tools name them in CSV. An attribute inside another becomes `<key>/<key>`, which no contract
allows: nothing hides. Attributes of the log itself, classifiers and defaults are not events and are
left behind. A document type declaration is refused: it can name other files.

By hand, since PM4Py, which reads XES, is under the AGPL and holds the whole log in memory.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import IO, Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from pipelines.deliveries.findings import Refusal

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_BRANCHES = frozenset({"list", "container", "values"})
_TRACE, _EVENT = "trace", "event"
_CASE = "case:"
_BLOCK_BYTES = 2**20
# Deeper than any attribute of the standard.
_DEEPEST = 50


class _Events:
    """Listens to a parser and puts events together."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.keys: list[str] = []
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] = {}
        self.done: list[dict[str, str]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.buffer_text = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rsplit(" ", 1)[-1]
        if not self.path and tag != "log":
            raise _not_xes()
        if len(self.path) > _DEEPEST:
            raise _not_xes()
        if tag in {_TRACE, _EVENT} and tag in self.path:
            # One would take the other's attributes.
            raise _not_xes()
        self.path.append(tag)
        if tag == _TRACE:
            self.trace = {}
        elif tag == _EVENT:
            self.event = {}
        elif tag in _VALUES or tag in _BRANCHES:
            key = attributes.get("key", "")
            self.keys.append(key)
            # `values` of a list is an element of the standard without a key of its own.
            full = "/".join(key for key in self.keys if key)
            if tag in _VALUES and _EVENT in self.path:
                self._keep(self.event, full, attributes)
            elif tag in _VALUES and _TRACE in self.path:
                self._keep(self.trace, _CASE + full, attributes)

    def _keep(self, owner: dict[str, str], key: str, attributes: dict[str, str]) -> None:
        # Attributes of a list may share a key; no contract allows them, so nothing is lost.
        if key in owner and len(self.keys) == 1:
            raise Refusal(
                "dubbel_attribuut",
                f"een trace of gebeurtenis heeft twee attributen met dezelfde sleutel (regel "
                f"{self.parser.CurrentLineNumber})",
                "geef elk attribuut van een gebeurtenis een eigen sleutel",
            )
        owner[key] = attributes.get("value", "")

    def _end(self, name: str) -> None:
        tag = name.rsplit(" ", 1)[-1]
        self.path.pop()
        if tag in _VALUES or tag in _BRANCHES:
            self.keys.pop()
        elif tag == _EVENT:
            self.done.append({**self.trace, **self.event})
        elif tag == _TRACE:
            # An event beside the traces is of no case, not of the last one.
            self.trace = {}


def _refuse_doctype(*_: object) -> None:
    raise Refusal(
        "documenttype",
        "het bestand bevat een documenttypedeclaratie",
        "lever XES zonder DOCTYPE",
    )


def _not_xes() -> Refusal:
    return Refusal(
        "beschadigd_bestand",
        "het bestand is geen XES-gebeurtenissenlogboek",
        "exporteer het logboek als XES (IEEE 1849) of lever CSV",
    )


def events(stream: IO[bytes]) -> Iterator[dict[str, str]]:
    """The events of a file, in order; each with the attributes of its trace.

    Raises:
        Refusal: It is not XES, is broken off, or declares a document type.
    """
    listener = _Events()
    try:
        while block := stream.read(_BLOCK_BYTES):
            listener.parser.Parse(block, False)
            yield from listener.done
            listener.done.clear()
        listener.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal(
            "beschadigd_bestand",
            f"het bestand is geen geldige XML (regel {error.lineno}); "
            "het is beschadigd of afgebroken",
            "exporteer het logboek opnieuw en lever opnieuw",
        ) from error
    yield from listener.done


def read_columns(stream: IO[bytes]) -> tuple[str, ...]:
    """Names of all columns that occur; the whole file is read for it.

    Raises:
        Refusal: As `events`.
    """
    names: dict[str, None] = {}
    for event in events(stream):
        names.update(dict.fromkeys(event))
    return tuple(names)


def line_numbers(stream: IO[bytes], wanted: Iterable[int]) -> dict[int, int]:
    """Line at which each of some events starts.

    Args:
        stream: A file that was read to its end before.
        wanted: Numbers of events; the first is 1.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    looked_for, found, number = set(wanted), {}, 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal number
        if name.rsplit(" ", 1)[-1] == _EVENT:
            number += 1
            if number in looked_for:
                found[number] = parser.CurrentLineNumber

    parser.StartElementHandler = start
    parser.ParseFile(stream)
    return found


def read_parts(
    opened: AbstractContextManager[IO[bytes]], columns: tuple[str, ...], rows: int
) -> Iterator[tuple[pa.Table, "np.ndarray[Any, np.dtype[np.int64]]"]]:
    """The events as tables of text with the number of each event.

    Args:
        opened: The file, to be opened when the first part is wanted.
        columns: Columns of the tables.
        rows: Most events in one table.

    Yields:
        Tables and the numbers of their rows; the first event is 1.
    """
    with opened as stream:
        waiting: list[dict[str, str]] = []
        last = 0
        for event in events(stream):
            waiting.append(event)
            if len(waiting) == rows:
                yield _table(waiting, columns, last)
                last += len(waiting)
                waiting = []
        if waiting:
            yield _table(waiting, columns, last)


def _table(
    found: list[dict[str, str]], columns: tuple[str, ...], last: int
) -> tuple[pa.Table, "np.ndarray[Any, np.dtype[np.int64]]"]:
    table = pa.table(
        {
            name: pa.array([event.get(name) or None for event in found], pa.string())
            for name in columns
        }
    )
    return table, np.arange(last + 1, last + 1 + len(found), dtype=np.int64)
