"""JSON lines: one object a line.

Here: the rows of such a file; the columns are all keys that occur.
Not here: its character encoding (`encoding`).

A line that is no object on its own may hold many: a list of them, or several after each other. It
is set aside as so many records, so that a whole file on one line is no single broken row.
"""

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np
import pyarrow as pa

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.encoding import find_encoding
from pipelines.deliveries.readers.lines import LineCount
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.source import Part, Source

# What may stand around an object, line breaks aside.
_WHITESPACE = b" \t\r\x0b\x0c"
# Where one object ends and the next begins, by sight alone.
_SEAM = re.compile(rb"\}\s*,?\s*\{")


@contextmanager
def open_json_lines(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a file of JSON lines."""
    count = LineCount(blank=_WHITESPACE)
    find_encoding(path, name, contract, count)
    malformed: list[tuple[int, str]] = []
    # The keys differ from line to line, so the columns are known only after a first reading.
    names: dict[str, None] = {}
    extra = 0
    with open_bytes(path, name.compression) as stream:
        for _, line in _lines(stream):
            record = _record(line)
            if record is None:
                extra += len(_SEAM.findall(line))
            else:
                names.update(dict.fromkeys(record))
    # A value may be left out of a line when there is none, and a file without lines has no names.
    optional = [column.name for column in contract.columns if not column.required or not names]
    names.update(dict.fromkeys(name for name in optional if name not in names))

    def parts() -> Iterator[Part]:
        with open_bytes(path, name.compression) as stream:
            records: list[dict[str, Any]] = []
            numbers: list[int] = []
            for number, line in _lines(stream):
                record = _record(line)
                if record is None:
                    text = line.decode("utf-8", "replace").strip()
                    malformed.extend([(number, text)] * (1 + len(_SEAM.findall(line))))
                    continue
                records.append(record)
                numbers.append(number)
                if len(records) >= limits.ROWS_PER_PART:
                    yield _part(tuple(names), records, numbers)
                    records, numbers = [], []
            if records:
                yield _part(tuple(names), records, numbers)

    yield Source(tuple(names), parts(), lambda: count.lines + extra, [], malformed)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their number.

    Raises:
        Refusal: One is longer than an object can be.
    """
    number = 0
    while line := stream.readline(limits.LINE_BYTES + 1):
        number += 1
        if len(line) > limits.LINE_BYTES:
            raise Refusal(
                "te_groot",
                f"regel {number} is langer dan {limits.LINE_BYTES // 2**20} MB; het bestand heeft "
                "niet één object per regel",
                "lever JSON lines: elk object op een eigen regel",
            )
        if line.strip():
            yield number, line


def _record(line: bytes) -> dict[str, Any] | None:
    """The object on a line; None when there is none, or when one value would hide another."""
    text = line.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    try:
        record = _PLAIN.decode(text)
        if not isinstance(record, dict):
            return None
        texts = 0
        for value in record.values():
            if isinstance(value, str):
                texts += 1
            elif isinstance(value, dict | list):
                return None
        # Two quotes a text and two a key: more are those of a key that came twice.
        if "\\" in text or text.count('"') != 2 * (len(record) + texts):
            _STRICT.decode(text)
    except ValueError:
        return None
    return record


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a key occurs twice")
    return record


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_PLAIN = json.JSONDecoder(parse_constant=_no_number)
_STRICT = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_pairs)


def _part(names: tuple[str, ...], records: list[dict[str, Any]], numbers: list[int]) -> Part:
    return Part(
        pa.table(
            {
                name: pa.array([_text(record.get(name)) for record in records], pa.string())
                for name in names
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
