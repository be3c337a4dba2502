"""Files as tables of text: CSV, Parquet, XLSX, JSON lines and XES, bare or in gzip or zip.

Here: from the bytes of a delivered file to its column names and its cells as text, in parts, with
the row numbers a partner can find them by.
Not here: what a cell means (`conversion`), whether it may come in (`guard`), and the XML of event
logs (`xes`).

Every cell becomes text first, whatever the format, so that one guard and one conversion serve all.
An empty cell is null. Row 1 is the first row after the header.
"""

import codecs
import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.deliveries import xes
from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.conversion import strptime_format
from pipelines.deliveries.findings import TEXTS, Finding, Refusal
from pipelines.deliveries.naming import DeliveryName

# Rows in one part: large enough for vectorised work, small enough for a few hundred megabytes.
ROWS_PER_PART = 250_000
# Files over this size are read as a stream.
STREAM_FROM_BYTES = 32 * 2**20
_BLOCK_BYTES = 8 * 2**20
_EXTENSIONS = {
    "csv": ("csv",),
    "parquet": ("parquet",),
    "xlsx": ("xlsx",),
    "jsonl": ("jsonl", "ndjson"),
    "xes": ("xes", "csv"),
}
# Bytes that are letters and signs in windows-1252, and control characters in iso-8859-1.
_CONTROLS = frozenset(range(0x80, 0xA0))
_DELIMITERS = (";", ",", "\t", "|")
# What a packed file that is not whole makes its library raise.
DAMAGED = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError)


@dataclass
class Part:
    """Some rows of a file.

    Attributes:
        cells: One text column per column of the contract that the file has, by name.
        row_numbers: Number of each row in the file.
    """

    cells: pa.Table
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]"


@dataclass
class Source:
    """A file that is open for reading.

    Attributes:
        columns: Column names as delivered.
        parts: The rows, once.
        notes: Findings about the file as a whole.
        malformed: Rows that have no cells: row number and text. Complete when `parts` is used up.
    """

    columns: tuple[str, ...]
    parts: Iterator[Part]
    notes: list[Finding] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)


def check_extension(name: DeliveryName, contract: Contract) -> None:
    """Refuse a file whose format is not the agreed one.

    Raises:
        Refusal: The extension does not belong to the format of the contract.
    """
    allowed = _EXTENSIONS[contract.file_format]
    if name.extension not in allowed:
        raise Refusal(
            "bestandsformaat",
            f"het bestand is .{name.extension}, afgesproken is .{' of .'.join(allowed)}",
            f"lever {contract.id} als {contract.file_format}",
        )


@contextmanager
def open_source(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a delivered file.

    Args:
        path: The file.
        name: What its name says.
        contract: Contract it is read under.

    Yields:
        The source; its parts can be read as long as the context lasts.

    Raises:
        Refusal: The file is damaged, empty, or not in the agreed format, character encoding or
            form; also while its parts are read.
    """
    readers = {"csv": _csv, "parquet": _parquet, "xlsx": _xlsx, "jsonl": _json_lines, "xes": _xes}
    is_table_of_events = contract.file_format == "xes" and name.extension == "csv"
    reader = _csv if is_table_of_events else readers[contract.file_format]
    if path.stat().st_size == 0:
        raise Refusal(
            "leeg_bestand", "het bestand is leeg", "lever het bestand opnieuw, met kopregel"
        )
    with ExitStack() as stack:
        # Only what reading itself raises is the file's fault; an error of the caller stays one.
        with as_refusals(name, contract):
            source = stack.enter_context(reader(path, name, contract))
        source.parts = _read(source.parts, name, contract)
        yield source


def _read(parts: Iterator[Part], name: DeliveryName, contract: Contract) -> Iterator[Part]:
    while True:
        with as_refusals(name, contract):
            part = next(parts, None)
        if part is None:
            return
        yield part


@contextmanager
def as_refusals(name: DeliveryName, contract: Contract) -> Iterator[None]:
    """Say in a partner's words what a library says of a file it cannot read."""
    try:
        yield
    except DAMAGED as error:
        raise Refusal(
            "beschadigd_bestand",
            f"het ingepakte bestand (.{name.compression or name.extension}) is beschadigd "
            "of afgebroken",
            "pak het opnieuw in en lever opnieuw",
        ) from error
    except UnicodeDecodeError as error:
        raise Refusal(
            "tekenset",
            f"het bestand bevat tekens die in {contract.encoding} niet bestaan",
            f"bewaar het bestand als {contract.encoding} en lever opnieuw",
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise Refusal(
            "beschadigd_bestand",
            f"het bestand is geen leesbaar {contract.file_format}-bestand; "
            "het is beschadigd of afgebroken",
            "maak het bestand opnieuw en lever opnieuw",
        ) from error


@contextmanager
def open_bytes(path: Path, compression: str) -> Iterator[IO[bytes]]:
    """Open the content of a file, unpacked.

    Raises:
        Refusal: A zip file holds more or less than one file.
    """
    if compression == "gz":
        with gzip.open(path) as packed:
            yield cast(IO[bytes], packed)
    elif compression == "zip":
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1:
                raise Refusal(
                    "zip_inhoud",
                    f"het zipbestand bevat {len(members)} bestanden",
                    "pak precies één bestand in",
                )
            with archive.open(members[0]) as stream:
                yield stream
    else:
        with path.open("rb") as stream:
            yield stream


# --- CSV ---------------------------------------------------------------------------------------


@contextmanager
def _csv(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    encoding, notes = _encoding(path, name, contract)
    header, header_rows = _csv_header(path, name, contract, encoding)
    malformed: list[tuple[int, str]] = []

    def set_aside(row: Any) -> str:
        # The reader counts the header as row 1.
        malformed.append((int(row.number) - header_rows, str(row.text)))
        return "skip"

    with open_bytes(path, name.compression) as stream:
        if codecs.lookup(encoding).name == "utf-8" and stream.read(3) != codecs.BOM_UTF8:
            stream.seek(0)
        is_small = name.compression == "" and path.stat().st_size < STREAM_FROM_BYTES
        block = max(path.stat().st_size, 2**16) if is_small else _BLOCK_BYTES
        try:
            reader = pa_csv.open_csv(
                stream if not is_small else pa.BufferReader(stream.read()),
                read_options=pa_csv.ReadOptions(
                    use_threads=False,
                    block_size=block,
                    skip_rows=header_rows,
                    column_names=list(header),
                    encoding=encoding,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=contract.delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=set_aside,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types={one: pa.string() for one in header},
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise
            yield Source(header, iter(()), notes, malformed)
            return
        yield Source(header, _numbered(_batches(reader), malformed), notes, malformed)


def _batches(reader: pa_csv.CSVStreamingReader) -> Iterator[pa.Table]:
    """Blocks of the stream, put together to parts of a useful size."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= ROWS_PER_PART:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.Table.from_batches(waiting)


def _numbered(tables: Iterator[pa.Table], malformed: list[tuple[int, str]]) -> Iterator[Part]:
    """Give each row its number in the file: rows without cells have a number too."""
    last = 0
    for table in tables:
        wanted = table.num_rows
        skipped = np.array([number for number, _ in malformed if number > last], dtype=np.int64)
        numbers = np.arange(last + 1, last + 1 + wanted + len(skipped), dtype=np.int64)
        if len(skipped):
            numbers = numbers[~np.isin(numbers, skipped)]
        numbers = numbers[:wanted]
        last = int(numbers[-1]) if wanted else last
        yield Part(table, numbers)


def _csv_header(
    path: Path, name: DeliveryName, contract: Contract, encoding: str
) -> tuple[tuple[str, ...], int]:
    """Column names, and the number of lines the header takes."""
    with open_bytes(path, name.compression) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        line = text.readline(2**16)
    line = line.removeprefix("\ufeff")
    if not line.strip():
        raise Refusal(
            "kopregel", "de eerste regel is leeg", "lever een kopregel met de namen van de kolommen"
        )
    header = next(csv.reader([line.rstrip("\r\n")], delimiter=contract.delimiter))
    if len(header) == 1 and len(contract.columns) > 1:
        for other in _DELIMITERS:
            if other != contract.delimiter and other in line:
                raise Refusal(
                    "scheidingsteken",
                    f"de kolommen zijn gescheiden met {_spelled(other)}, "
                    f"afgesproken is {_spelled(contract.delimiter)}",
                    f"lever met scheidingsteken {_spelled(contract.delimiter)}",
                )
    return tuple(header), 1


def _spelled(delimiter: str) -> str:
    return {"\t": "een tab"}.get(delimiter, f"'{delimiter}'")


def encoding_of(path: Path, name: DeliveryName, contract: Contract) -> str:
    """The character encoding a text file really has, as Python names it.

    Raises:
        Refusal: It is not the agreed one.
    """
    return _encoding(path, name, contract)[0]


def _encoding(path: Path, name: DeliveryName, contract: Contract) -> tuple[str, list[Finding]]:
    """Find the character encoding the file really has.

    Returns:
        Its Python name, and a finding when it is not the agreed one but certain all the same.

    Raises:
        Refusal: It is not the agreed one.
    """
    agreed = {"utf-8-sig": "utf-8"}.get(contract.encoding.lower(), contract.encoding.lower())
    shown = contract.encoding
    is_ascii, is_utf8, has_c1 = _bytes_of(path, name, shown)
    if is_ascii:
        return "utf-8", []
    if agreed == "utf-8":
        if not is_utf8:
            raise _wrong_encoding("windows-1252" if has_c1 else "iso-8859-1 of windows-1252", shown)
        return "utf-8", []
    # Text of several bytes a character that happens to be valid UTF-8 is UTF-8: Dutch text in
    # a one-byte encoding does not have those pairs.
    if is_utf8:
        raise _wrong_encoding("utf-8", shown)
    if codecs.lookup(agreed).name == "iso8859-1" and has_c1:
        text = TEXTS["tekenset"]
        return "windows-1252", [
            Finding(
                "tekenset",
                "info",
                reason_nl=f"Afgesproken is {shown}; het bestand is gelezen als windows-1252.",
                reason_en=f"Agreed is {shown}; the file was read as windows-1252.",
                remedy_nl=text.remedy_nl,
            )
        ]
    return agreed, []


def _bytes_of(path: Path, name: DeliveryName, agreed: str) -> tuple[bool, bool, bool]:
    """Whether all bytes are ASCII, whether they are UTF-8, and whether any is a control of latin-1.

    Raises:
        Refusal: It is not text in any encoding of one byte or UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii, is_utf8, has_c1 = True, True, False
    with open_bytes(path, name.compression) as stream:
        block = stream.read(_BLOCK_BYTES)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _wrong_encoding("utf-16", agreed)
        while block:
            if b"\0" in block:
                raise Refusal(
                    "bestandsformaat",
                    "het bestand bevat nultekens en is geen tekstbestand",
                    f"lever een tekstbestand in {agreed}",
                )
            if not block.isascii():
                is_ascii = False
                has_c1 = has_c1 or not _CONTROLS.isdisjoint(block)
            if is_utf8 and not is_ascii:
                is_utf8 = _continues(decoder, block)
            block = stream.read(_BLOCK_BYTES)
    return is_ascii, is_utf8 and _continues(decoder, b"", is_last=True), has_c1


def _continues(decoder: codecs.IncrementalDecoder, block: bytes, *, is_last: bool = False) -> bool:
    """Whether a block is UTF-8, given the blocks before it."""
    try:
        decoder.decode(block, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _wrong_encoding(found: str, agreed: str) -> Refusal:
    return Refusal(
        "tekenset",
        f"de tekenset is niet {agreed}; het lijkt {found}",
        f"bewaar het bestand als {agreed} en lever opnieuw",
    )


# --- Parquet -----------------------------------------------------------------------------------


@contextmanager
def _parquet(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    with open_bytes(path, name.compression) as stream:
        content: Any = path if not name.compression else pa.BufferReader(stream.read())
        with pq.ParquetFile(content) as file:
            schema = file.schema_arrow
            agreed = {one.name: one for one in contract.columns}
            for one in schema:
                if one.name in agreed:
                    _check_parquet_type(one, agreed[one.name])

            def tables() -> Iterator[pa.Table]:
                known = [one for one in schema.names if one in agreed]
                for batch in file.iter_batches(batch_size=ROWS_PER_PART, columns=known):
                    table = pa.Table.from_batches([batch])
                    yield pa.table(
                        {one: _as_text(table[one], agreed[one]) for one in table.column_names}
                    )

            yield Source(tuple(schema.names), _numbered(tables(), []))


def _check_parquet_type(one: pa.Field, column: Column) -> None:
    kind = one.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise Refusal(
            "kolomtype",
            f"kolom {column.name} heeft type {kind}, afgesproken is {column.logical_type}",
            "lever de kolom in het afgesproken type",
        )
    if column.logical_type == "timestamp" and pa.types.is_timestamp(kind) and kind.tz is None:
        raise Refusal(
            "kolomtype",
            f"kolom {column.name} heeft tijdstippen zonder tijdzone",
            "lever tijdstippen met tijdzone (UTC)",
        )


def _as_text(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """A typed column as the text a CSV file would hold."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = values.cast(pa.string())
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if pa.types.is_timestamp(kind) and column.logical_type == "timestamp":
        moments = values.cast(pa.timestamp("us", "UTC"))
        with suppress(pa.ArrowInvalid):
            # Whole seconds are read much faster.
            moments = moments.cast(pa.timestamp("s", "UTC"))
        moments = pc.strftime(moments, format="%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(moments, "+00:00", "")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pc.strftime(values, format=strptime_format(column.date_format or "yyyy-MM-dd"))
    if pa.types.is_floating(kind) and column.logical_type in {"integer", "string"}:
        # A column of whole numbers with a gap is often written as floating point.
        whole = pc.equal(pc.floor(values), values)
        if pc.all(whole, min_count=0).as_py():
            return values.cast(pa.int64()).cast(pa.string())
    return values.cast(pa.string())


# --- XLSX --------------------------------------------------------------------------------------


@contextmanager
def _xlsx(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

    with open_bytes(path, name.compression) as stream:
        content = io.BytesIO(stream.read())
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        sheet = workbook.get_sheet_by_name(contract.sheet or workbook.sheet_names[0])
        rows = sheet.to_python(skip_empty_area=False)
    except WorksheetNotFound as error:
        raise Refusal(
            "werkblad",
            f"werkblad '{contract.sheet}' ontbreekt",
            f"noem het werkblad '{contract.sheet}'",
        ) from error
    except CalamineError as error:
        raise Refusal(
            "beschadigd_bestand",
            "het bestand is geen leesbaar xlsx-bestand; het is beschadigd of afgebroken",
            "bewaar het bestand opnieuw als .xlsx en lever opnieuw",
        ) from error
    if not rows or not any(str(cell).strip() for cell in rows[0]):
        raise Refusal(
            "kopregel",
            "de eerste rij van het werkblad is leeg",
            "zet in de eerste rij de namen van de kolommen",
        )
    header = [str(cell) for cell in rows[0]]
    while header and not header[-1] and all(not str(row[len(header) - 1]) for row in rows):
        header.pop()
    body = rows[1:]
    while body and not any(str(cell) for cell in body[-1]):
        body.pop()
    agreed = {one.name: one for one in contract.columns}
    cells = {
        one: pa.array([_cell_text(row[at], agreed.get(one)) for row in body], pa.string())
        for at, one in enumerate(header)
    }
    # A duplicate name leaves one array too few; the guard on columns refuses it by `columns`.
    yield Source(tuple(header), _numbered(iter([pa.table(cells)] if body else []), []))


def _cell_text(cell: object, column: Column | None) -> str | None:
    """A cell of a worksheet as text; text stays as it was typed."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        # A true date is a date whatever its form; a true moment has no time zone and so stays
        # unreadable where a moment is wanted.
        if column is not None and column.logical_type == "date":
            return cell.strftime(strptime_format(column.date_format or "yyyy-MM-dd"))
        return cell.isoformat()
    return str(cell)


# --- JSON lines --------------------------------------------------------------------------------


@contextmanager
def _json_lines(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    _encoding(path, name, contract)
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
                if len(records) >= ROWS_PER_PART:
                    yield _json_part(tuple(names), records, numbers)
                    records, numbers = [], []
            if records:
                yield _json_part(tuple(names), records, numbers)

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


def _json_part(names: tuple[str, ...], records: list[dict[str, Any]], numbers: list[int]) -> Part:
    return Part(
        pa.table(
            {
                one: pa.array([_json_text(record.get(one)) for record in records], pa.string())
                for one in names
            }
        ),
        np.array(numbers, dtype=np.int64),
    )


def _json_text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- XES ---------------------------------------------------------------------------------------


@contextmanager
def _xes(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    with open_bytes(path, name.compression) as stream:
        columns = xes.read_columns(stream)
    # An attribute may be left out of an event when there is none, and of all events too.
    optional = [one.name for one in contract.columns if not one.required or not columns]
    columns += tuple(one for one in optional if one not in columns)
    opened = open_bytes(path, name.compression)
    parts = (Part(*one) for one in xes.read_parts(opened, columns, ROWS_PER_PART))
    yield Source(columns, parts)
