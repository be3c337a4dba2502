"""Files as chain partners make them: CSV, JSON lines, XLSX and Parquet, by contract.

Here: how one value, row and file is written, in equal bytes for equal content. Not here: what is
in a delivery (`deliveries`).

XLSX is written by a few lines of our own: openpyxl takes longer than the whole simulation for the
same cells and puts the time of writing into the file, so that equal content has other bytes.
"""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.deliveries.contract import Column, Contract
from pipelines.simulation.moments import Mask, Moments, local_day, local_offset, midnight
from pipelines.simulation.recorded import MUTATION

Texts = NDArray[np.object_]
_EPOCH_MONDAY = 4  # 1970-01-05, the first Monday, as day number

_XLSX_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def timestamp_texts(moments: Moments) -> Texts:
    """ISO timestamps in local time with offset, for moments without NaN."""
    offset = local_offset(moments)
    seconds = np.round((moments + offset) * 86400).astype(np.int64).astype("datetime64[s]")
    suffix = np.where(offset > 1.5 / 24, "+02:00", "+01:00")
    return np.char.add(np.datetime_as_string(seconds), suffix).astype(object)


def day_texts(moments: Moments, date_format: str | None) -> Texts:
    """Local dates in the contract's format, for moments without NaN."""
    days = local_day(moments).astype(np.int64).astype("datetime64[D]")
    iso = np.datetime_as_string(days).astype(object)
    if date_format in (None, "yyyy-MM-dd"):
        return iso
    if date_format == "dd-MM-yyyy":
        return np.array([f"{d[8:]}-{d[5:7]}-{d[:4]}" for d in iso], dtype=object)
    raise ValueError(f"unknown date format {date_format}: teach it to `day_texts`")


def week_texts(moments: Moments) -> Texts:
    """ISO weeks such as `2025-W07`."""
    days = local_day(moments).astype(np.int64)
    made = []
    for day in days.tolist():
        year, week, _ = (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isocalendar()
        made.append(f"{year}-W{week:02d}")
    return np.array(made, dtype=object)


def month_texts(moments: Moments) -> Texts:
    """Months such as `2025-03`."""
    days = local_day(moments).astype(np.int64).astype("datetime64[D]")
    return np.datetime_as_string(days.astype("datetime64[M]")).astype(object)


def texts(column: Column, values: NDArray[Any], filled: Mask) -> Texts:
    """Values of a column as text by contract; empty text where not filled."""
    out = np.full(len(values), "", dtype=object)
    chosen = values[filled]
    if column.granularity == "timestamp":
        out[filled] = timestamp_texts(chosen)
    elif column.granularity == "day":
        out[filled] = day_texts(chosen, column.date_format)
    elif column.granularity == "week":
        out[filled] = week_texts(chosen)
    elif column.granularity == "month":
        out[filled] = month_texts(chosen)
    elif column.logical_type == "boolean":
        out[filled] = np.where(chosen.astype(bool), "ja", "nee").astype(object)
    elif column.logical_type in {"integer", "number"}:
        out[filled] = np.array([str(int(value)) for value in chosen], dtype=object)
    else:
        out[filled] = chosen
    return out


@dataclass(frozen=True)
class Layout:
    """How rows of a text format are put together from the fragments of their cells."""

    opening: str
    separator: str
    closing: str

    def rows(self, fragments: list[Texts]) -> list[str]:
        """One text a row."""
        return [
            f"{self.opening}{self.separator.join(cells)}{self.closing}"
            for cells in zip(*fragments, strict=True)
        ]


def layout(contract: Contract) -> Layout:
    """The layout of a contract's format; Parquet has none."""
    if contract.file_format == "csv":
        return Layout("", contract.delimiter or ",", "")
    if contract.file_format == "jsonl":
        return Layout("{", ", ", "}")
    return Layout("<row>", "", "</row>")


def fragments(contract: Contract, column: Column, values: NDArray[Any], filled: Mask) -> Texts:
    """A column's cells as they stand in the contract's text format."""
    made = texts(column, values, filled)
    if contract.file_format == "csv":
        return _in_quotes(made, contract.delimiter) if column.free_text else made
    if contract.file_format == "jsonl":
        return np.array(
            [
                f'"{column.name}": {_json_value(column, text) if is_filled else "null"}'
                for text, is_filled in zip(made, filled, strict=True)
            ],
            dtype=object,
        )
    is_number = column.logical_type in {"integer", "number"}
    return np.array(
        [
            _xlsx_cell(text, is_number=is_number) if is_filled else "<c/>"
            for text, is_filled in zip(made, filled, strict=True)
        ],
        dtype=object,
    )


def _in_quotes(made: Texts, delimiter: str) -> Texts:
    """Texts as CSV holds them: in quotes where the separator or a quote stands in them."""
    return np.array(
        [
            '"' + text.replace('"', '""') + '"' if delimiter in text or '"' in text else text
            for text in made
        ],
        dtype=object,
    )


def _json_value(column: Column, text: str) -> str:
    if column.logical_type in {"integer", "number"}:
        return text
    if column.logical_type == "boolean":
        return "true" if text == "ja" else "false"
    return json.dumps(text, ensure_ascii=False)


def _xlsx_cell(text: str, *, is_number: bool = False) -> str:
    if is_number:
        return f"<c><v>{text}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def text_file(contract: Contract, rows: list[str]) -> bytes:
    """A CSV, JSON lines or XLSX file with its header."""
    names = [column.name for column in contract.columns]
    if contract.file_format == "csv":
        lines = [(contract.delimiter or ",").join(names), *rows]
        return ("\n".join(lines) + "\n").encode(contract.encoding or "utf-8")
    if contract.file_format == "jsonl":
        return "".join(f"{row}\n" for row in rows).encode("utf-8")
    header = f"<row>{''.join(_xlsx_cell(name) for name in names)}</row>"
    return _workbook(contract.sheet or "levering", header + "".join(rows))


def _workbook(sheet: str, rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        **_XLSX_PARTS,
        "xl/workbook.xml": (
            f'{head}<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        ),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in parts.items():
            # A fixed time, or equal content would have other bytes.
            archive.writestr(
                zipfile.ZipInfo(name, (2022, 1, 1, 0, 0, 0)),
                content.encode("utf-8"),
                zipfile.ZIP_DEFLATED,
            )
    return buffer.getvalue()


def arrow_type(column: Column) -> pa.DataType:
    """Type in which a perfect reader holds a column."""
    if column.granularity == "timestamp":
        return pa.timestamp("us", tz="UTC")
    if column.granularity in ("day", "week", "month"):
        return pa.date32()
    types = {"boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64()}
    return types.get(column.logical_type, pa.string())


def arrow_array(column: Column, values: NDArray[Any], filled: Mask) -> pa.Array:
    """A typed column: timestamps in UTC, local dates, coarse dates as their first day."""
    kind = arrow_type(column)
    if column.granularity is None:
        cells = [
            value if is_filled else None
            for value, is_filled in zip(values.tolist(), filled.tolist(), strict=True)
        ]
        return pa.array(cells, kind)
    moments = np.where(filled, values.astype(np.float64), 0.0)
    if column.granularity == "timestamp":
        raw = np.round(moments * 86400).astype(np.int64) * 1_000_000
        return pa.array(raw.astype("datetime64[us]"), kind, mask=~filled)
    days = local_day(moments).astype(np.int64)
    if column.granularity == "week":
        days = days - (days - _EPOCH_MONDAY) % 7
    as_days = days.astype("datetime64[D]")
    if column.granularity == "month":
        as_days = as_days.astype("datetime64[M]").astype("datetime64[D]")
    return pa.array(as_days, kind, mask=~filled)


def parquet_file(contract: Contract, columns: Mapping[str, pa.Array]) -> bytes:
    """A Parquet file with the contract's columns in order."""
    table = pa.table({column.name: columns[column.name] for column in contract.columns})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def mutation_array(mutations: NDArray[np.object_]) -> pa.Array:
    """The column that says whether a record was changed or withdrawn."""
    return pa.array(mutations.tolist(), pa.string())


__all__ = [
    "MUTATION",
    "arrow_array",
    "arrow_type",
    "fragments",
    "layout",
    "midnight",
    "mutation_array",
    "parquet_file",
    "text_file",
    "texts",
]
