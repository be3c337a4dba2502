"""Event logs written in XES, the XML form of process mining (IEEE 1849-2016).

Here: a table of events with the column names of process mining, as such a file.
Not here: reading one (`pipelines.deliveries.xes`), and which events there are (dbt).

Columns `case:<key>` become attributes of the trace, all others of the event. Whatever the columns
are, what is read back equals what was written: text as text, moments to the microsecond, and an
empty cell is an attribute that is not there.
"""

from collections.abc import Callable, Sequence
from typing import Protocol
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ahead import in_order

CASE = "case:"
TRACE_NAME = "case:concept:name"
# Extensions of the standard whose keys occur here; their addresses are names, nothing is fetched.
_EXTENSIONS = {
    "concept": "Concept",
    "time": "Time",
    "org": "Organizational",
    "lifecycle": "Lifecycle",
}
_GLOBAL = {"string": "__INVALID__", "date": "1970-01-01T00:00:00.000+00:00"}
# Text of a block is held whole before it is written: some tens of megabytes.
_BLOCK_ROWS = 20_000
_AT_A_TIME = 2


class Writable(Protocol):
    """What bytes can be written to: a file, a packed file, memory."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


def write_xes(
    table: pa.Table,
    stream: Writable,
    name: str,
    packed: Callable[[bytes], bytes] = bytes,
) -> None:
    """Write events as one log.

    Args:
        table: Events with at least `case:concept:name` and `concept:name`, sorted by case; text,
            moments with a zone, whole and other numbers, booleans; each as such or as a dictionary.
        stream: Where to; written in blocks.
        name: Name of the log.
        packed: Packs a part of the file, so that the parts behind each other are the file packed.

    Raises:
        ValueError: A column of another type, an event without case, or the events of a case
            apart from each other.
    """
    begins = _begins(table[TRACE_NAME])
    texts = {field.name: _attributes(field, table[field.name]) for field in table.schema}
    of_trace = [column for name, column in texts.items() if name.startswith(CASE)]
    of_event = [column for name, column in texts.items() if not name.startswith(CASE)]

    def block(start: int) -> bytes:
        starts = _joined(of_trace, start, "</trace>\n<trace>", "\n")
        events = _joined(of_event, start, "<event>", "</event>\n")
        is_first = begins.slice(start, _BLOCK_ROWS)
        rows = pc.binary_join_element_wise(pc.if_else(is_first, starts, ""), events, "")
        text = pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_py()
        # Before the first trace none has ended.
        return packed((text if start else text.removeprefix("</trace>\n")).encode())

    stream.write(packed(_head(table, name).encode()))
    starts_of_blocks = range(0, table.num_rows, _BLOCK_ROWS)
    for written in in_order(block, starts_of_blocks, at_a_time=_AT_A_TIME):
        stream.write(written)
    stream.write(packed(b"</trace>\n</log>\n" if table.num_rows else b"</log>\n"))


def _begins(cases: pa.ChunkedArray) -> pa.Array:
    """(N,) whether an event is the first of its case.

    Raises:
        ValueError: An event without case, or the events of a case apart from each other.
    """
    if cases.null_count:
        raise ValueError(f"an event without {TRACE_NAME} belongs to no trace")
    known = _encoded(cases)
    number = known.indices.to_numpy(zero_copy_only=False)
    begins = np.ones(number.size, bool)
    begins[1:] = number[1:] != number[:-1]
    if begins.sum() > len(known.dictionary):
        raise ValueError(f"events must be sorted by {TRACE_NAME}")
    return pa.array(begins)


def _encoded(cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """The cells of a column as numbers of its distinct values."""
    whole = cells.unify_dictionaries().combine_chunks()
    return whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()


def _attributes(field: pa.Field, cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """The cells of a column as attributes; each distinct value is written once."""
    tag, as_text = _kind(field)
    start = f'<{tag} key={quoteattr(field.name.removeprefix(CASE))} value="'
    known = _encoded(cells)
    written = pc.binary_join_element_wise(start, as_text(known.dictionary), '"/>', "")
    return pa.DictionaryArray.from_arrays(known.indices, written)


def _joined(columns: Sequence[pa.DictionaryArray], start: int, before: str, after: str) -> pa.Array:
    """Attributes of a block of rows behind each other; an empty cell is none."""
    texts = [column.slice(start, _BLOCK_ROWS).dictionary_decode() for column in columns]
    return pc.binary_join_element_wise(
        before, *texts, after, "", null_handling="replace", null_replacement=""
    )


def _kind(field: pa.Field) -> tuple[str, Callable[[pa.Array], pa.Array]]:
    """Tag of the attributes of a column, and how its values are written."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return "date", _moments
    if pa.types.is_boolean(kind):
        return "boolean", _plain
    if pa.types.is_integer(kind):
        return "int", _plain
    if pa.types.is_floating(kind):
        return "float", _plain
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string", _escaped
    raise ValueError(f"column {field.name} has type {kind}, which XES has no attribute for")


def _plain(values: pa.Array) -> pa.Array:
    return values.cast(pa.string())


def _moments(values: pa.Array) -> pa.Array:
    """Such as 2026-03-01T12:00:00.123456+00:00: in UTC, whatever the zone of the column."""
    texts = values.cast(pa.timestamp("us", tz="UTC")).cast(pa.string())
    texts = pc.binary_replace_slice(texts, 10, 11, "T")
    return pc.replace_substring(texts, "Z", "+00:00")


# XML reads a line break inside an attribute as a space, unless it is written as a number.
_LINES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", **_LINES}


def _escaped(values: pa.Array) -> pa.Array:
    texts = values.cast(pa.string())
    for sign, entity in _ENTITIES.items():
        texts = pc.replace_substring(texts, sign, entity)
    return texts


def _head(table: pa.Table, name: str) -> str:
    """Everything before the first trace: extensions, what every trace and event has, the name."""
    prefixes = {
        column.removeprefix(CASE).split(":")[0] for column in table.column_names if ":" in column
    }
    extensions = "".join(
        f'<extension name="{title}" prefix="{prefix}" '
        f'uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
        for prefix, title in _EXTENSIONS.items()
        if prefix in prefixes
    )
    always = [field for field in table.schema if table.column(field.name).null_count == 0]
    scopes = "".join(
        f'<global scope="{scope}">'
        + "".join(
            f"<{_kind(field)[0]} key={quoteattr(field.name.removeprefix(CASE))} "
            f'value="{_GLOBAL[_kind(field)[0]]}"/>'
            for field in always
            if field.name.startswith(CASE) is is_trace and _kind(field)[0] in _GLOBAL
        )
        + "</global>\n"
        for scope, is_trace in (("trace", True), ("event", False))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
        f"{extensions}{scopes}"
        '<classifier name="Activity" keys="concept:name"/>\n'
        f'<string key="concept:name" value={quoteattr(name, _LINES)}/>\n'
    )
