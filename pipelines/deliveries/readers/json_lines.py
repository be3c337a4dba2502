"""JSON lines: one object a line.

Here: the rows of such a file; the columns are all keys that occur.
Not here: its character encoding (`encoding`).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.encoding import find_encoding
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.source import Part, Source


@contextmanager
def open_json_lines(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a file of JSON lines."""
    find_encoding(path, name, contract)
    malformed: list[tuple[int, str]] = []
    # The keys differ from line to line, so the columns are known only after a first reading.
    names: dict[str, None] = {}
    with open_bytes(path, name.compression) as stream:
        for line in stream:
            record = _record(line)
            if record is not None:
                names.update(dict.fromkeys(record))
    # A value may be left out of a line when there is none, and a file without lines has no names.
    optional = [one.name for one in contract.columns if not one.required or not names]
    names.update(dict.fromkeys(one for one in optional if one not in names))

    def parts() -> Iterator[Part]:
        with open_bytes(path, name.compression) as stream:
            records: list[dict[str, Any]] = []
            numbers: list[int] = []
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                record = _record(line)
                if record is None:
                    malformed.append((number, line.decode("utf-8", "replace").strip()))
                    continue
                records.append(record)
                numbers.append(number)
                if len(records) >= limits.ROWS_PER_PART:
                    yield _part(tuple(names), records, numbers)
                    records, numbers = [], []
            if records:
                yield _part(tuple(names), records, numbers)

    yield Source(tuple(names), parts(), [], malformed)


def _record(line: bytes) -> dict[str, Any] | None:
    """The object on a line; None when there is none, or when a value is itself nested."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or any(isinstance(one, dict | list) for one in record.values()):
        return None
    return record


def _part(names: tuple[str, ...], records: list[dict[str, Any]], numbers: list[int]) -> Part:
    return Part(
        pa.table(
            {
                one: pa.array([_text(record.get(one)) for record in records], pa.string())
                for one in names
            }
        ),
        np.array(numbers, dtype=np.int64),
    )


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
