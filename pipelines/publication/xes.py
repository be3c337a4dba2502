"""Event logs written in XES, the XML form of process mining (IEEE 1849-2016).

Here: a table of events with the column names of process mining, as such a file.
Not here: reading one (`pipelines.deliveries.xes`), and which events there are (dbt).

Columns `case:<key>` become attributes of the trace, all others of the event. Whatever the columns
are, what is read back equals what was written: text as text, moments to the microsecond, and an
empty cell is an attribute that is not there.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol
from xml.sax.saxutils import quoteattr

import pyarrow as pa

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
_BLOCK_ROWS = 5_000


class Writable(Protocol):
    """What bytes can be written to: a file, a packed file, memory."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


def write_xes(table: pa.Table, stream: Writable, name: str) -> None:
    """Write events as one log.

    Args:
        table: Events with at least `case:concept:name` and `concept:name`, sorted by case; text,
            moments with a zone, whole and other numbers, booleans.
        stream: Where to; written in blocks.
        name: Name of the log.

    Raises:
        ValueError: A column of another type, an event without case, or the events of a case
            apart from each other.
    """
    columns = {field.name: _attribute(field) for field in table.schema}
    stream.write(_head(table, columns, name).encode())
    last: str | None = None
    seen: set[str] = set()
    for rows in _rows(table):
        parts: list[str] = []
        for row in rows:
            case = row[TRACE_NAME]
            if case is None:
                raise ValueError(f"an event without {TRACE_NAME} belongs to no trace")
            if case != last:
                if case in seen:
                    raise ValueError(f"events must be sorted by {TRACE_NAME}")
                seen.add(case)
                parts.append("" if last is None else "</trace>\n")
                parts.append("<trace>")
                parts += [
                    write(row[column])
                    for column, write in columns.items()
                    if column.startswith(CASE) and row[column] is not None
                ]
                parts.append("\n")
                last = case
            parts.append("<event>")
            parts += [
                write(row[column])
                for column, write in columns.items()
                if not column.startswith(CASE) and row[column] is not None
            ]
            parts.append("</event>\n")
        stream.write("".join(parts).encode())
    stream.write(b"</log>\n" if last is None else b"</trace>\n</log>\n")


def _rows(table: pa.Table) -> Iterator[list[dict[str, Any]]]:
    """The rows in blocks; moments as text, since Python's own would lose their zone's name."""
    for batch in table.to_batches(max_chunksize=_BLOCK_ROWS):
        yield batch.to_pylist()


def _attribute(field: pa.Field) -> Callable[[Any], str]:
    """How a cell of a column becomes an attribute."""
    tag, as_text = _kind(field)
    start = f"<{tag} key={quoteattr(field.name.removeprefix(CASE))} value="
    # Most text repeats: activities, organisations, statuses.
    known: dict[Any, str] = {}

    def write(value: Any) -> str:
        if tag == "string":
            found = known.get(value)
            if found is None:
                found = known[value] = f"{start}{quoteattr(value, _LINES)}/>"
            return found
        return f'{start}"{as_text(value)}"/>'

    return write


# XML reads a line break inside an attribute as a space, unless it is written as a number.
_LINES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _kind(field: pa.Field) -> tuple[str, Callable[[Any], str]]:
    kind = field.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return "date", lambda value: value.isoformat(timespec="microseconds")
    if pa.types.is_boolean(kind):
        return "boolean", lambda value: "true" if value else "false"
    if pa.types.is_integer(kind):
        return "int", str
    if pa.types.is_floating(kind):
        return "float", repr
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string", str
    raise ValueError(f"column {field.name} has type {kind}, which XES has no attribute for")


def _head(table: pa.Table, columns: dict[str, Any], name: str) -> str:
    """Everything before the first trace: extensions, what every trace and event has, the name."""
    prefixes = {column.removeprefix(CASE).split(":")[0] for column in columns if ":" in column}
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
