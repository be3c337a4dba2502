"""Parquet: columns with a type, as the text a CSV file would hold.

Here: the rows of such a file, and which types a column may have.
Not here: what the text means (`conversion`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.forms import Form
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import open_bytes, too_large
from pipelines.deliveries.readers.source import Source, numbered


@contextmanager
def open_parquet(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a Parquet file."""
    with open_bytes(path, name.compression) as stream:
        content: Any = path if not name.compression else pa.BufferReader(stream.read())
        with pq.ParquetFile(content) as file:
            schema = file.schema_arrow
            agreed = {column.name: column for column in contract.columns}
            for field in schema:
                if field.name in agreed:
                    _check_type(field, agreed[field.name])

            known = [name for name in schema.names if name in agreed]
            _check_size(file, content, known)

            def tables() -> Iterator[pa.Table]:
                for batch in file.iter_batches(batch_size=limits.ROWS_PER_PART, columns=known):
                    table = pa.Table.from_batches([batch])
                    yield pa.table(
                        {
                            name: _as_text(table[name], agreed[name], contract.timezone)
                            for name in table.column_names
                        }
                    )

            yield Source(
                tuple(schema.names), numbered(tables()), lambda: int(file.metadata.num_rows)
            )


def _check_size(file: pq.ParquetFile, content: Any, columns: list[str]) -> None:
    """Refuse a file that is small on disk and fills the memory when it is read.

    A text stands in a dictionary once and in the cells that name it as often as there are rows, so
    where that may be too much, texts are weighed before they are written out.

    Raises:
        Refusal: It is.
    """
    metadata = file.metadata
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    unpacked = sum(
        group.column(at).total_uncompressed_size
        for group in groups
        for at in range(group.num_columns)
    )
    if unpacked > limits.UNPACKED_BYTES:
        raise too_large(limits.UNPACKED_BYTES)
    if metadata.num_rows * metadata.num_columns > limits.PARQUET_CELLS:
        raise Refusal(
            "te_groot",
            f"het bestand heeft {metadata.num_rows} rijen en {metadata.num_columns} kolommen, meer "
            "dan een levering kan zijn",
            "lever het bestand zonder herhaalde of lege rijen",
        )
    texts = [name for name in columns if _is_text(file.schema_arrow.field(name).type)]
    with pq.ParquetFile(content, read_dictionary=texts) as weighed:
        for at, group in enumerate(groups):
            if not group.num_rows or not texts:
                continue
            rows = min(group.num_rows, limits.ROWS_PER_PART)
            # The first row comes with the whole dictionary.
            first = next(weighed.iter_batches(1, row_groups=[at], columns=texts))
            longest = sum(_longest(first.column(name)) for name in texts)
            if longest * rows <= limits.PART_BYTES:
                continue
            for batch in weighed.iter_batches(rows, row_groups=[at], columns=texts):
                if sum(_bytes(column) for column in batch.columns) > limits.PART_BYTES:
                    raise too_large(limits.PART_BYTES)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _longest(texts: pa.DictionaryArray) -> int:
    return int(pc.max(pc.binary_length(texts.dictionary)).as_py() or 0)


def _bytes(texts: pa.DictionaryArray) -> int:
    """Bytes that texts come to once each stands in its cell."""
    lengths = pc.cast(pc.binary_length(texts.dictionary), pa.int64())
    return int(pc.sum(lengths.take(texts.indices)).as_py() or 0)


def _check_type(field: pa.Field, column: Column) -> None:
    kind = field.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise Refusal(
            "kolomtype",
            # A type can hold names of its own: those of its parts.
            f"kolom {column.name} heeft een samengesteld of binair type, afgesproken is "
            f"{column.logical_type}",
            "lever de kolom in het afgesproken type",
        )
    form = column.form
    says_no_zone = pa.types.is_timestamp(kind) and kind.tz is None
    if form is not None and form.has_offset and says_no_zone:
        raise Refusal(
            "kolomtype",
            f"kolom {column.name} heeft tijdstippen zonder tijdzone",
            "lever tijdstippen met tijdzone (UTC)",
        )


def _as_text(values: pa.ChunkedArray, column: Column, timezone: str) -> pa.ChunkedArray:
    """A typed column as the text a CSV file would hold."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = values.cast(pa.string())
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    form = column.form
    if form is not None and pa.types.is_timestamp(kind):
        # Nanoseconds are cut; a coarser moment that does not fit fails.
        moments = values.cast(pa.timestamp("us", kind.tz), safe=kind.unit != "ns")
        if form.kind == "moment":
            return _moments_as_text(moments, form)
        return _days_as_text(moments, form, timezone)
    if form is not None and form.kind in {"day", "moment"} and pa.types.is_date(kind):
        return pc.strftime(values, format=form.strptime)
    if pa.types.is_floating(kind) and column.logical_type in {"integer", "string"}:
        # A column of whole numbers with a gap is often written as floating point.
        whole = pc.equal(pc.floor(values), values)
        if pc.all(whole, min_count=0).as_py():
            return values.cast(pa.int64()).cast(pa.string())
    return values.cast(pa.string())


def _moments_as_text(moments: pa.ChunkedArray, form: Form) -> pa.ChunkedArray:
    """Moments in the agreed form, in UTC where they say so, with a fraction where there is one."""
    has_zone = moments.type.tz is not None
    if has_zone:
        moments = moments.cast(pa.timestamp("us", "UTC"))
    seconds = pc.floor_temporal(moments, unit="second")
    text = pc.strftime(seconds.cast(pa.timestamp("s", moments.type.tz)), format=form.strptime)
    micros = pc.subtract(moments.cast(pa.int64()), seconds.cast(pa.int64()))
    if pc.any(pc.not_equal(micros, 0), min_count=0).as_py():
        digits = pc.binary_join_element_wise(
            "", pc.utf8_lpad(micros.cast(pa.string()), 6, "0"), form.point
        )
        has_fraction = pc.not_equal(micros, 0)
        text = pc.binary_join_element_wise(text, pc.if_else(has_fraction, digits, ""), "")
    if has_zone:
        text = pc.binary_join_element_wise(text, form.zone.rstrip("X") + "+00:00", "")
    if "%S" in form.strptime:
        return text
    # The form has no place for seconds: what has some is written in full, and cannot be read.
    is_minute = pc.equal(pc.floor_temporal(moments, unit="minute"), moments)
    return pc.if_else(is_minute, text, moments.cast(pa.string()))


def _days_as_text(moments: pa.ChunkedArray, form: Form, timezone: str) -> pa.ChunkedArray:
    """Days that were stored as a moment: midnight there, in UTC, or in the zone of the contract.

    Any other moment is more than a day, and a week or month is less: written in full, it cannot be
    read as one.
    """
    text = moments.cast(pa.string())
    if form.kind != "day":
        return text
    readings = [moments]
    if moments.type.tz is not None:
        readings = [
            pc.local_timestamp(moments.cast(pa.timestamp("us", zone))) for zone in ("UTC", timezone)
        ]
    for local in readings:
        is_day = pc.equal(pc.floor_temporal(local, unit="day"), local)
        text = pc.if_else(is_day, pc.strftime(local, format=form.strptime), text)
    return text
