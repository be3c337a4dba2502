"""XES: an event log as rows, one per event.

Here: the file as a source like any other.
Not here: its XML (`deliveries.xes`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.deliveries import xes
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.source import Part, Source


@contextmanager
def open_xes(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open an event log in XES."""
    with open_bytes(path, name.compression) as stream:
        columns = xes.read_columns(stream)
    # An attribute may be left out of an event when there is none, and of all events too.
    optional = [one.name for one in contract.columns if not one.required or not columns]
    columns += tuple(one for one in optional if one not in columns)
    opened = open_bytes(path, name.compression)
    parts = (Part(*one) for one in xes.read_parts(opened, columns, limits.ROWS_PER_PART))
    yield Source(columns, parts)
