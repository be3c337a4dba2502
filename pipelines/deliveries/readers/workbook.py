"""A workbook stripped to what is read of it, before the library that reads it sees it.

Here: the parts of a workbook that hold cells, within limits, with every cell that has no value to
be read marked as such, and how far the cells of each worksheet go.
Not here: reading the cells (`xlsx`).

The library gives an error value (`#N/A`) and a formula that was never calculated as an empty cell,
and takes memory for every place up to the last cell, wherever that is. So both are dealt with in
the XML itself. What the library then reads is what was looked at here, and nothing else of the
file: neither comments nor properties, nor a second part of the same name.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

from pipelines.deliveries.conversion import NO_VALUE
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.packed import too_large

_WORKSHEETS = "xl/worksheets/"
# What holds no cells, nor says how they are to be read.
_LEFT_OUT = re.compile(
    r"docProps/|customXml/|xl/(?:theme|drawings|media|printerSettings|threadedComments|persons)/"
    r"|xl/comments|xl/calcChain|.*/_rels/sheet",
    re.IGNORECASE,
)

_C, _F, _V = (rb"(?:[\w.-]+:)?" + tag for tag in (b"c", b"f", b"v"))
# A cell as nearly all programs write it; looking for a fixed beginning is several times faster.
_PLACE = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_ERROR = re.compile(
    rb"<(" + _C + rb""")(\s[^<>]*?)\st\s*=\s*(["'])e\3([^<>]*?)(?:/>|>.*?</\1>)""", re.DOTALL
)
_NO_RESULT = re.compile(
    rb"<(" + _C + rb")(\s[^<>]*)>\s*<" + _F + rb"(?:\s[^<>]*)?(?:/>|>[^<]*</" + _F + rb">)\s*"
    rb"(<" + _V + rb"\s*/>|<" + _V + rb">\s*</" + _V + rb">)?\s*</\1>"
)
_IS_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'][^"']*["']""")
_EMPTY = re.compile(rb"<c(?: [^<>]*)?(?:/>|>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>)")
_SIGNS_OF_EMPTY = (b'"></c>', b"<v></v>", b"<v/>", b"<v />")
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"


@dataclass(frozen=True)
class Workbook:
    """A workbook that can be read.

    Attributes:
        content: The workbook, with the parts that hold cells alone.
        last_rows: Last row that holds a cell with content, by worksheet, in no order.
    """

    content: bytes
    last_rows: tuple[int, ...]


def plain_workbook(content: bytes) -> Workbook:
    """Strip a workbook to its cells.

    Raises:
        Refusal: It is larger than a delivery can be, or not whole.
        Exception: It is no XLSX file; `readers.as_refusals` has words for it.
    """
    most = min(
        limits.WORKBOOK_BYTES,
        limits.RATIO_COUNTS_FROM_BYTES + limits.UNPACKED_TIMES * len(content),
    )
    plain, last_rows, total = io.BytesIO(), [], 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(plain, "w") as kept:
        names = [member.filename.lower() for member in archive.infolist()]
        if len(set(names)) < len(names):
            raise _no_workbook()
        for member in archive.infolist():
            name = member.filename
            if not name.lower().endswith((".xml", ".rels")) or _LEFT_OUT.match(name):
                continue
            with archive.open(member) as stream:
                # What the archive says of its size is not believed.
                part = stream.read(most - total + 1)
            total += len(part)
            if total > most:
                raise too_large(most)
            if b"\0" in part[:100] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise _no_workbook()
            if name.lower().startswith(_WORKSHEETS):
                part = _with_values(part)
                part, last_row = _measured(part)
                last_rows.append(last_row)
            kept.writestr(name, part)
    return Workbook(plain.getvalue(), tuple(last_rows))


def _with_values(sheet: bytes) -> bytes:
    """A worksheet in which each cell without a value to be read says so."""
    if any(sign in sheet for sign in (b'"e"', b"'e'")):
        sheet = _ERROR.sub(rb'<\1\2\4 t="str"><v>' + NO_VALUE.encode() + rb"</v></\1>", sheet)
    if b"<f" in sheet or b":f" in sheet:
        sheet = _NO_RESULT.sub(_without_result, sheet)
    return sheet


def _without_result(cell: re.Match[bytes]) -> bytes:
    tag, attributes, value = cell.groups()
    if value and _IS_TEXT.search(attributes):
        # Its result is an empty text.
        return b"<%b%b/>" % (tag, _TYPE.sub(b"", attributes))
    attributes = _TYPE.sub(b"", attributes)
    return b'<%b%b t="str"><v>%b</v></%b>' % (tag, attributes, NO_VALUE.encode(), tag)


def _measured(sheet: bytes) -> tuple[bytes, int]:
    """A worksheet without its empty cells, and the last row that holds one with content.

    Raises:
        Refusal: Its last cell is so far away that a table up to it would fill the memory, or two
            cells stand in one place.
    """
    if b' r="' not in sheet and b" r='" not in sheet and b":row" not in sheet:
        rows, columns = _counted(sheet)
        _check_reach(rows, columns)
        return sheet, rows
    places = _PLACE.findall(sheet)
    cells = _cells_in(sheet)
    if b":c" in sheet or len(places) != cells:
        places = _read_places(sheet)
    elif sheet.count(b"</c>") < cells or any(sign in sheet for sign in _SIGNS_OF_EMPTY):
        sheet = _EMPTY.sub(b"", sheet)
        places = _PLACE.findall(sheet)
    if len(set(places)) < len(places):
        raise _no_workbook()
    rows = max((int(number) for number in {place.lstrip(_LETTERS) for place in places}), default=0)
    columns = max(map(_position, {place.rstrip(_DIGITS) for place in places}), default=0)
    _check_reach(rows, columns)
    return sheet, rows


def _check_reach(rows: int, columns: int) -> None:
    if rows * columns > limits.SHEET_CELLS or columns > limits.COLUMNS:
        raise Refusal(
            "te_groot",
            f"het werkblad loopt door tot rij {rows} en kolom {columns}, meer dan een levering "
            "kan zijn",
            "verwijder de cellen rechts van en onder de tabel en lever opnieuw",
        )


def _cells_in(text: bytes) -> int:
    return sum(map(text.count, (b"<c ", b"<c>", b"<c/>", b"<c\n", b"<c\r", b"<c\t")))


def _counted(sheet: bytes) -> tuple[int, int]:
    """Last row with content and number of columns of a worksheet where no cell names its place."""
    rows = sheet.split(b"<row")[1:]
    last = len(rows)
    while last and not (b"<v" in rows[last - 1] or b"<is" in rows[last - 1]):
        last -= 1
    return last, max(map(_cells_in, rows), default=0)


def _read_places(sheet: bytes) -> list[bytes]:
    """Places of the cells with content, of a worksheet that is not written as nearly all are."""
    found: list[bytes] = []
    row, column, is_new = 0, 0, False
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, is_new
        tag = name.rsplit(" ", 1)[-1]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif tag == "c":
            place = re.fullmatch(r"([A-Za-z]{1,3})([0-9]{1,7})", attributes.get("r", ""))
            column = _position(place[1].upper().encode()) if place else column + 1
            row = int(place[2]) if place else row
            is_new = True
        elif tag in {"v", "is"} and is_new:
            found.append(_letters(column) + str(row).encode())
            is_new = False

    parser.StartElementHandler = start
    parser.Parse(sheet, True)
    return found


def _position(letters: bytes) -> int:
    """Number of a column: A is 1, AB is 28."""
    position = 0
    for letter in letters:
        position = position * 26 + letter - b"A"[0] + 1
    return position


def _letters(position: int) -> bytes:
    text = b""
    while position:
        position, letter = divmod(position - 1, 26)
        text = bytes([b"A"[0] + letter]) + text
    return text


def _no_workbook() -> Refusal:
    return Refusal(
        "beschadigd_bestand",
        "het bestand is geen leesbaar xlsx-bestand",
        "bewaar het bestand opnieuw als .xlsx en lever opnieuw",
    )
