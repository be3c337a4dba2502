"""XLSX: the agreed worksheet of a workbook.

Here: the rows of the sheet, each cell as text.
Not here: what the text means (`conversion`).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import open_bytes, too_large
from pipelines.deliveries.readers.source import Source, numbered
from pipelines.deliveries.readers.workbook import plain_workbook

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_HEADER_ROWS = 1


@contextmanager
def open_xlsx(path: Path, name: DeliveryName, contract: Contract) -> Iterator[Source]:
    """Open a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

    with open_bytes(path, name.compression) as stream:
        content = stream.read(limits.WORKBOOK_BYTES + 1)
    if len(content) > limits.WORKBOOK_BYTES:
        raise too_large(limits.WORKBOOK_BYTES)
    plain = plain_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(plain.content))
        sheet = contract.sheet or workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        _check_other_sheets(workbook, sheet, contract)
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
    body = rows[_HEADER_ROWS:]
    while body and not any(str(cell) for cell in body[-1]):
        # Rows of empty texts below the table.
        body.pop()
    # The last row by the XML, of whichever worksheet it is, is that of the table or an empty one.
    reached = any(len(body) < last_row <= len(rows) for last_row in plain.last_rows)
    held = len(body) if reached else max(plain.last_rows, default=0) - _HEADER_ROWS
    agreed = {column.name: column for column in contract.columns}
    cells = {
        name: pa.array([_cell_text(row[at], agreed.get(name)) for row in body], pa.string())
        for at, name in enumerate(header)
    }
    # A duplicate name leaves one array too few; the guard on columns refuses it by `columns`.
    yield Source(tuple(header), numbered(iter([pa.table(cells)] if body else [])), lambda: held)


def _check_other_sheets(workbook: "CalamineWorkbook", sheet: str, contract: Contract) -> None:
    """Refuse a workbook that has rows of this delivery on another worksheet too.

    Raises:
        Refusal: It has.
    """
    wanted = {column.name for column in contract.columns if column.required}
    for at, other in enumerate(workbook.sheet_names, start=1):
        if other == sheet:
            continue
        first = next(iter(workbook.get_sheet_by_name(other).to_python(nrows=_HEADER_ROWS)), [])
        if wanted and wanted <= {str(cell) for cell in first}:
            raise Refusal(
                "werkblad",
                f"ook het {at}e werkblad heeft de kolommen van deze levering",
                f"zet alle rijen op het werkblad '{sheet}'",
            )


def _cell_text(cell: object, column: Column | None) -> str | None:
    """A cell of a worksheet as text; text stays as it was typed."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        # A true date is a date whatever its form. A true moment has no time zone and so stays
        # unreadable where one is wanted, and so does one at noon where a day is wanted.
        form = column.form if column is not None else None
        is_day = not isinstance(cell, datetime) or cell == datetime.combine(cell, time.min)
        is_wanted = form is not None and (form.kind == "moment" or (form.kind == "day" and is_day))
        if form is not None and is_wanted and not form.has_offset:
            return form.write(
                cell if isinstance(cell, datetime) else datetime.combine(cell, time.min)
            )
        return cell.isoformat()
    return str(cell)
