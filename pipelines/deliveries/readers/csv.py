"""CSV: text with a separator, quotes where needed, and a header.

Here: the rows of such a file.
Not here: its character encoding (`encoding`).

By hand, and not by DuckDB's reject tables: those count records where a partner looks for a line, so
one cell with a line break shifts every number below it, and a quote that is never closed makes the
whole file unreadable (tried on DuckDB 2.0, 2026-11-26).
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.encoding import find_encoding
from pipelines.deliveries.readers.lines import LINE_BREAKS, LineCount
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.quotes import QuoteLaw, Quoting, read_quoting
from pipelines.deliveries.readers.records import Records
from pipelines.deliveries.readers.source import Part, Source

_DELIMITERS = (";", ",", "\t", "|")


@contextmanager
def open_csv(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a CSV file."""
    count, law = LineCount(), QuoteLaw(contract.delimiter)
    encoding, notes = find_encoding(path, name, contract, count, law)
    header, header_rows = _header(path, name, contract, encoding)
    strays, is_beyond_doubt = doubts_of(path, name, contract, law)
    if 0 in strays:
        raise Refusal(
            "kopregel",
            "in de kopregel staat tekst achter het aanhalingsteken dat een naam afsluit",
            "verdubbel of verwijder losse aanhalingstekens en lever opnieuw",
        )
    records = Records(len(header), contract.delimiter, strays, is_beyond_doubt)

    def set_aside(row: Any) -> str:
        # The reader counts the header as row 1.
        records.add_malformed(int(row.number) - header_rows, str(row.text))
        return "skip"

    def held() -> int:
        # A cell with line breaks of its own makes one record of several lines.
        return count.lines - header_rows - (records.lines - records.made - len(records.malformed))

    with open_bytes(path, name.compression) as stream:
        if codecs.lookup(encoding).name == "utf-8" and stream.read(3) != codecs.BOM_UTF8:
            stream.seek(0)
        is_small = name.compression == "" and path.stat().st_size < limits.STREAM_FROM_BYTES
        block = max(path.stat().st_size, 2**16) if is_small else limits.BLOCK_BYTES
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
                    newlines_in_values=law.has_breaks_inside,
                    invalid_row_handler=set_aside,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in header},
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    # All bytes were seen before: see `find_encoding`.
                    check_utf8=False,
                ),
            )
            parts = _parts(reader, records, count)
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise _unclosed(error) from error
            parts = iter(())
        yield Source(header, parts, held, notes, records.malformed)


def doubts_of(
    path: Path, name: DeliveryName, contract: Contract, law: QuoteLaw
) -> tuple[frozenset[int], Callable[[], bool]]:
    """What cannot be taken for what it looks like, in a CSV file that was seen in passing.

    Returns:
        Numbers of the records with text after a cell in quotes; and whether line breaks in cells
        are beyond doubt, for whoever comes upon some. Either takes reading the file once more.
    """

    @cache
    def quoting() -> Quoting:
        with open_bytes(path, name.compression) as stream:
            return read_quoting(stream, contract.delimiter)

    return (
        frozenset() if law.is_kept else quoting().strays,
        lambda: quoting().is_throughout,
    )


def _parts(reader: pa_csv.CSVStreamingReader, records: Records, count: LineCount) -> Iterator[Part]:
    try:
        table = None
        for following in _batches(reader):
            if table is not None:
                yield records.part(table)
            table = following
        if table is not None:
            last = table.columns[-1][-1].as_py() or ""
            # A cell with a line break can only end the file by the quote that closes it.
            is_unclosed = bool(LINE_BREAKS.search(last)) and not count.ends_in_quote
            yield records.part(table, is_unclosed=is_unclosed)
    except pa.ArrowInvalid as error:
        raise _unclosed(error) from error
    records.finish()


def _unclosed(error: Exception) -> Exception:
    """The refusal of a file with a cell so long that only a stray quote explains it."""
    if "straddling" not in str(error):
        return error
    return Refusal(
        "regelopbouw",
        "een cel begint met een aanhalingsteken en is over duizenden regels niet gesloten",
        "verdubbel of verwijder losse aanhalingstekens en lever opnieuw",
    )


def _batches(reader: pa_csv.CSVStreamingReader) -> Iterator[pa.Table]:
    """Blocks of the stream, put together to parts of a useful size."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= limits.ROWS_PER_PART:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.Table.from_batches(waiting)


def _header(
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
