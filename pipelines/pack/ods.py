"""Tables as an OpenDocument spreadsheet: numbers as numbers, days as days.

Here: the file; the same tables give the same bytes.
Not here: which tables there are (`data_annex`).
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from odf import dc, meta
from odf.element import Element
from odf.number import DateStyle, Day, Month, Number, NumberStyle, PercentageStyle, Text, Year
from odf.opendocument import OpenDocument, OpenDocumentSpreadsheet
from odf.style import ParagraphProperties, Style, TableColumnProperties, TextProperties
from odf.table import Table, TableCell, TableColumn, TableHeaderRows, TableRow
from odf.text import P

Cell = str | float | date | None
# The beginning of what a zip can tell.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_DECIMALS = 4


@dataclass(frozen=True)
class Percentage:
    """A share that is shown as a percentage.

    Attributes:
        share: The share, from 0 to 1.
    """

    share: float


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        name: Name of its tab.
        heading: What it is, above it.
        columns: Name of each column with its unit.
        rows: Its cells; None for an empty one.
    """

    name: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | Percentage]]


def write_ods(sheets: Sequence[Sheet], title: str, language: str, target: Path) -> Path:
    """Write tables, each on a sheet of its own.

    Args:
        sheets: The tables.
        title: Title of the document.
        language: Its language.
        target: File to write; replaced in one step.

    Returns:
        The target.
    """
    document = OpenDocumentSpreadsheet()
    document.meta.addElement(dc.Title(text=title))
    document.meta.addElement(dc.Language(text=language))
    document.meta.addElement(meta.Generator(text="Kwaliteitsmonitor"))
    styles = _Styles(document)
    for sheet in sheets:
        document.spreadsheet.addElement(_table(sheet, styles))
    written = io.BytesIO()
    document.save(written)
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(_without_dates(written.getvalue()))
    temporary.replace(target)
    return target


class _Styles:
    """The styles of cells: heading, names of columns, numbers, percentages and days."""

    def __init__(self, document: OpenDocument) -> None:
        number = NumberStyle(name="number")
        number.addElement(Number(minintegerdigits=1, decimalplaces=_DECIMALS,
                                 grouping="true"))  # fmt: skip
        percentage = PercentageStyle(name="percentage")
        percentage.addElement(Number(minintegerdigits=1, decimalplaces=1))
        percentage.addElement(Text(text="%"))
        day = DateStyle(name="day")
        for part in (Year(style="long"), Text(text="-"), Month(style="long"), Text(text="-"),
                     Day(style="long")):  # fmt: skip
            day.addElement(part)
        for style in (number, percentage, day):
            document.automaticstyles.addElement(style)
        self.heading = self._cell(document, "heading", weight="bold", size="13pt")
        self.name = self._cell(document, "name", weight="bold")
        self.number = self._cell(document, "cell_number", data=number)
        self.percentage = self._cell(document, "cell_percentage", data=percentage)
        self.day = self._cell(document, "cell_day", data=day)
        self.column = Style(name="column", family="table-column")
        self.column.addElement(TableColumnProperties(columnwidth="4cm"))
        document.automaticstyles.addElement(self.column)

    @staticmethod
    def _cell(
        document: OpenDocument,
        name: str,
        weight: str = "",
        size: str = "",
        data: Element | None = None,
    ) -> Element:
        named = {"datastylename": data} if data is not None else {}
        style = Style(name=name, family="table-cell", **named)
        font = {"fontweight": weight} if weight else {}
        if size:
            font["fontsize"] = size
        if font:
            style.addElement(TextProperties(**font))
        style.addElement(ParagraphProperties(textalign="start" if font else "end"))
        document.automaticstyles.addElement(style)
        return style


def _table(sheet: Sheet, styles: _Styles) -> Element:
    table = Table(name=sheet.name)
    table.addElement(TableColumn(numbercolumnsrepeated=len(sheet.columns), stylename=styles.column))
    table.addElement(_row([(sheet.heading, styles.heading)], styles))
    table.addElement(_row([], styles))
    names = TableHeaderRows()
    names.addElement(_row([(name, styles.name) for name in sheet.columns], styles))
    table.addElement(names)
    for cells in sheet.rows:
        table.addElement(_row([(cell, None) for cell in cells], styles))
    return table


def _row(cells: Sequence[tuple[Cell | Percentage, Element | None]], styles: _Styles) -> Element:
    row = TableRow()
    for cell, style in cells:
        row.addElement(_cell(cell, style, styles))
    return row


def _cell(cell: Cell | Percentage, style: Element | None, styles: _Styles) -> Element:
    if cell is None or cell == "":
        return TableCell()
    if isinstance(cell, Percentage):
        return _filled("percentage", styles.percentage, cell.share, f"{100 * cell.share:g}%")
    if isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat(), stylename=styles.day)
        made.addElement(P(text=cell.isoformat()))
        return made
    if isinstance(cell, str):
        named = {"stylename": style} if style is not None else {}
        made = TableCell(valuetype="string", **named)
        for line in cell.split("\n"):
            made.addElement(P(text=line))
        return made
    return _filled("float", styles.number, float(cell), f"{cell:g}")


def _filled(kind: str, style: Element, value: float, text: str) -> Element:
    made = TableCell(valuetype=kind, value=repr(value), stylename=style)
    made.addElement(P(text=text))
    return made


def _without_dates(content: bytes) -> bytes:
    """The same file without the moment at which it was written."""
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(bare, "w") as kept:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _NO_DATE)
            # What the file is stands first and is not packed: so says OpenDocument.
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            kept.writestr(entry, made.read(name))
    return bare.getvalue()
