"""An event log as somebody hands it over: XES, CSV or Parquet, without a contract yet.

Here: its cells as text, and what had to be found to read them: format, separator, character
encoding, and the notation of its moments.
Not here: what the columns mean (`roles`), and reading a delivery, whose contract says all of this
(`pipelines.deliveries.readers`).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.build import BuildError
from pipelines.deliveries import xes
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.forms import form_of
from pipelines.deliveries.readers import open_bytes

Cells = list[str | None]

_FORMATS = ("xes", "csv", "parquet")
_PACKED = ("gz", "zip")
_DELIMITERS = (";", ",", "\t", "|")
_DAYS = ("yyyy-MM-dd", "dd-MM-yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "yyyy/MM/dd", "dd.MM.yyyy")
_CLOCKS = ("HH:mm:ss", "HH:mm")
_OFFSET = "XXX"
# In the notation of contracts. A fraction of a second is allowed wherever there are seconds.
_NOTATIONS = (
    *(f"{day}'T'{clock}{zone}" for day in _DAYS[:1] for clock in _CLOCKS for zone in (_OFFSET, "")),
    *(f"{day} {clock}{zone}" for day in _DAYS for clock in _CLOCKS for zone in (_OFFSET, "")),
    *_DAYS,
)
_FRACTION = re.compile(r"(:\d{2})\.(\d{1,6})\d*")


class LogError(BuildError):
    """A log cannot become a chain; the message says why, and what to do, in one line of Dutch."""


@dataclass(frozen=True)
class Log:
    """An event log as text.

    Attributes:
        file_format: `xes`, `csv` or `parquet`.
        columns: Cells by column; an empty one is None. All columns are equally long.
        delimiter: Separator of a CSV file; a comma otherwise.
        encoding: Character encoding of a CSV file, as a contract names it.
    """

    file_format: str
    columns: dict[str, Cells]
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), ()))


def read_log(path: Path) -> Log:
    """Read a log; its form is found, never asked.

    Args:
        path: A file `.xes`, `.csv` or `.parquet`, bare or in gzip or zip.

    Raises:
        LogError: It is none of these, is damaged, or holds no rows.
    """
    if not path.is_file():
        raise LogError(f"{path} is geen bestand; noem een gebeurtenissenlogboek")
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes]
    packed = suffixes.pop() if suffixes and suffixes[-1] in _PACKED else ""
    kind = suffixes[-1] if suffixes else ""
    if kind not in _FORMATS:
        raise LogError(f"{path.name}: verwacht een bestand .{', .'.join(_FORMATS)}, of .gz of .zip")
    try:
        with open_bytes(path, packed) as stream:
            if kind == "xes":
                log = _of_events(xes.events(stream))
            elif kind == "csv":
                log = _of_text(stream.read())
            else:
                log = _of_table(pq.read_table(io.BytesIO(stream.read())))
    except Refusal as refusal:
        raise LogError(f"{path.name}: {refusal.reason}; {refusal.remedy}") from refusal
    except LogError as error:
        raise LogError(f"{path.name}: {error}") from error
    # Whatever a library makes of a file that is not what it is called.
    except Exception as error:
        raise LogError(f"{path.name}: is geen leesbaar {kind}-bestand; maak het opnieuw") from error
    if not log.n_rows:
        raise LogError(f"{path.name}: bevat geen gebeurtenissen; exporteer het logboek opnieuw")
    return log


def _of_events(events: Iterator[dict[str, str]]) -> Log:
    columns: dict[str, Cells] = {}
    n_rows = 0
    for event in events:
        for name, value in event.items():
            cells = columns.setdefault(name, [])
            cells.extend([None] * (n_rows - len(cells)))
            cells.append(value or None)
        n_rows += 1
    for cells in columns.values():
        cells.extend([None] * (n_rows - len(cells)))
    return Log("xes", columns)


def _of_text(content: bytes) -> Log:
    text, encoding = _decoded(content)
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = next(rows, [])
    if len(set(header)) < len(header):
        raise LogError("de kopregel noemt een kolom twee keer; geef elke kolom een eigen naam")
    columns: list[Cells] = [[] for _ in header]
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            raise LogError(
                f"regel {rows.line_num} heeft {len(row)} waarden voor {len(header)} kolommen; "
                "herstel de export"
            )
        for cells, value in zip(columns, row, strict=True):
            cells.append(value or None)
    return Log("csv", dict(zip(header, columns, strict=True)), delimiter, encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding a delivery of it is agreed in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), "utf-8"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace"), "windows-1252"


def _delimiter(text: str) -> str:
    """The separator that gives the first rows the most columns, equally many in each."""
    first = text[: 2**16]
    if len(first) < len(text):
        first = first[: first.rfind("\n")]
    widths = {}
    for delimiter in _DELIMITERS:
        found = {
            len(row) for row in csv.reader(io.StringIO(first, newline=""), delimiter=delimiter)
        }
        widths[delimiter] = max(found - {0}, default=0) if len(found - {0}) == 1 else 0
    best = max(widths, key=lambda delimiter: widths[delimiter])
    if widths[best] < 2:  # noqa: PLR2004 - a case and an activity at the least
        raise LogError(
            "geen scheidingsteken geeft elke regel evenveel waarden; bewaar de CSV met een "
            "puntkomma, komma, tab of streep"
        )
    return best


def _of_table(table: pa.Table) -> Log:
    columns: dict[str, Cells] = {}
    for name in table.column_names:
        values = table[name]
        kind = values.type
        if pa.types.is_timestamp(kind):
            values = values.cast(pa.timestamp("us", kind.tz), safe=False)
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            continue  # Never a case, an activity or a moment.
        columns[name] = [_as_text(value) for value in values.to_pylist()]
    return Log("parquet", columns)


def _as_text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@dataclass(frozen=True)
class Notation:
    """How a log writes moments.

    Attributes:
        form: In the notation of contracts.
        pattern: In that of `strptime`.
    """

    form: str
    pattern: str

    @property
    def has_offset(self) -> bool:
        """Whether every moment says how far it is from UTC."""
        return self.form.endswith(_OFFSET)

    @property
    def is_day(self) -> bool:
        """Whether there is no time of day."""
        return "HH" not in self.form

    def read(self, text: str, zone: tzinfo) -> datetime | None:
        """A moment in UTC; None when it cannot be read."""
        pattern = self.pattern
        cut, fractions = _FRACTION.subn(r"\1.\2", text)
        try:
            found = datetime.strptime(cut, pattern.replace("%S", "%S.%f") if fractions else pattern)
        except ValueError:
            return None
        # As strict as the door: a digit too few is another notation.
        if not text.startswith(found.strftime(pattern.removesuffix("%z"))):
            return None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def find_notation(cells: Collection[str | None], wanted: str | None = None) -> Notation:
    """Find how a column writes its moments.

    Args:
        cells: The cells.
        wanted: Notation somebody named; it has to read every cell.

    Returns:
        The one notation that reads every cell.

    Raises:
        LogError: None does, or two that disagree.
    """
    values = Counter(cell for cell in cells if cell)
    forms = (wanted,) if wanted else _NOTATIONS
    try:
        patterns = [_pattern_of(notation) for notation in forms]
    except ValueError as error:
        raise LogError(f"tijdvorm '{wanted}': {error}") from error
    notations = [Notation(*named) for named in zip(forms, patterns, strict=True)]
    fitting = [notation for notation in notations if _reads(notation, values)]
    if not fitting:
        raise LogError(
            "geen tijdvorm leest alle momenten; noem er een met --time-format, zoals "
            f"{_DAYS[0]} {_CLOCKS[1]}"
        )
    sample = list(values)[:1000]
    readings = {
        notation: [notation.read(value, ZoneInfo("UTC")) for value in sample]
        for notation in fitting
    }
    for other in fitting[1:]:
        if readings[other] != readings[fitting[0]]:
            raise LogError(
                f"de momenten zijn te lezen als {fitting[0].form} en als {other.form}; "
                "noem de juiste met --time-format"
            )
    return fitting[0]


def _pattern_of(notation: str) -> str:
    form = form_of(notation, "moment" if "HH" in notation else "day")
    return form.strptime + (form.zone.rstrip("X") + "%z" if form.has_offset else "")


def _reads(notation: Notation, values: Collection[str]) -> bool:
    return all(notation.read(value, ZoneInfo("UTC")) is not None for value in values)
