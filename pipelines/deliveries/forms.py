"""Forms of dates and moments a contract may declare, and the one way each is read.

Here: what a pattern such as `yyyy-MM-dd'T'HH:mm:ssXXX` means, writing a value in it, and the SQL
that reads a column of text in it.
Not here: which column has which form (`contract`), and cells of other types (`conversion`).

A text is read only if the value, written in the form again, is that text: a day that does not exist
is never another day. After the seconds a fraction of up to nine digits may stand, declared or not;
it is cut to microseconds. A moment without an offset is local time in the zone of the contract:
what the clock skips in spring cannot be read, and what it shows twice in autumn is the earlier of
both; `second_reading` gives the later one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import duckdb

# Outside these years a date is a typing error, such as a year of two digits.
FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = "yyyy-MM-dd"

_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_WIDTHS = {"yyyy": 4}
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-SU-Za-z])\2*|(.)")
_TAIL = re.compile(r"(?:(?P<point>[.,])(?P<fraction>S{1,9}))?(?P<zone>\ ?X{1,3})?$")
_NEEDED = {
    "day": {"yyyy", "MM", "dd"},
    "moment": {"yyyy", "MM", "dd", "HH", "mm"},
}
# UTC+14 is the furthest there is.
_OFFSET = "Z|[+-](0[0-9]|1[0-3])(:?[0-5][0-9])?|[+-]14(:?00)?"
_USUAL = {"Z": 0, "+00:00": 0, "+01:00": 1, "+02:00": 2}
_SAMPLE = datetime(2024, 2, 29, 17, 45, 59, 123456, tzinfo=UTC)


class FormError(ValueError):
    """A pattern cannot be used; the message says which part, in Dutch."""


@dataclass(frozen=True)
class Form:
    """How a date or moment is written.

    Attributes:
        kind: `day`, `week`, `month` or `moment`.
        strptime: Format of what stands before a fraction and an offset, as DuckDB and Python take
            it.
        width: Number of characters of that part.
        has_seconds: A fraction may follow.
        point: Sign before a fraction.
        fraction: Digits of the fraction as declared; 0 when none was.
        zone: Offset as declared: nothing, or `X`, `XX`, `XXX`, a space before it included.
    """

    kind: str
    strptime: str
    width: int
    has_seconds: bool = False
    point: str = "."
    fraction: int = 0
    zone: str = ""

    @property
    def has_offset(self) -> bool:
        """Whether each moment says its own offset from UTC."""
        return bool(self.zone)

    def write(self, value: date) -> str:
        """A value as text in this form; a moment with a zone of its own as it stands there."""
        # Before the year 1000 `%Y` has fewer digits than were asked for.
        text = value.strftime(self.strptime.replace("%Y", f"{value.year:04d}"))
        if self.kind == "week":
            year, week, _ = value.isocalendar()
            text = f"{year:04d}-W{week:02d}"
        if isinstance(value, datetime):
            if self.fraction:
                text += self.point + f"{value.microsecond:06d}000"[: self.fraction]
            if self.zone:
                text += self.zone.rstrip("X") + _offset_text(value, self.zone.count("X"))
        return text

    def sql(self, cell: str, timezone: str, *, is_interval: bool = False) -> str:
        """SQL that reads text in this form; null where it is not a value.

        Args:
            cell: Expression of the text.
            timezone: Zone of moments without an offset.
            is_interval: A moment the clock shows twice is its earlier reading; otherwise null.

        Returns:
            An expression of type DATE, or TIMESTAMP (in UTC) for moments.
        """
        if self.kind == "moment":
            return self._moment_sql(cell, timezone, is_interval=is_interval)
        # A week and a month begin with their first day.
        first, more = {"week": ("-1", "-%u"), "month": ("-01", "-%d")}.get(self.kind, ("", ""))
        text = f"{cell} || '{first}'" if first else cell
        return _plausible(_as_written(text, self.strptime + more), "DATE")

    def _moment_sql(self, cell: str, timezone: str, *, is_interval: bool) -> str:
        local = f"try_strptime(left({cell}, {self.width}), {_quoted(self.strptime)})"
        # Round trip: DuckDB reads a day that does not exist as another one where an offset follows.
        is_written = f"starts_with({cell}, strftime({local}, {_quoted(self.strptime)}))"
        is_plausible = f"year({local}) between {FIRST_YEAR} and {LAST_YEAR}"
        rest = f"substr({cell}, {self.width + 1})"
        gap = self.zone.rstrip("X")
        fraction = f"[{self.point}][0-9]{{1,9}}" if self.has_seconds else ""
        cut = (
            f"left({cell}, {self.width}) || regexp_replace("
            f"replace({rest}, 'Z', '+00:00'), '^([{self.point}][0-9]{{6}})[0-9]+', '\\1')"
        )
        finer = f"{self.strptime}{self.point}%f"
        forms = [form + gap + "%z" for form in (self.strptime, finer)]
        whole = f"try_strptime({cut}, [{', '.join(_quoted(form) for form in forms)}])"
        # Nearly all cells end in one of these and need no closer look.
        usual = " ".join(
            f"when '{gap}{name}' then {local} - interval {hours} hour"
            for name, hours in _USUAL.items()
        )
        is_exact = f"regexp_full_match({rest}, '({fraction})?{gap}({_OFFSET})')"
        value = (
            f"case {rest} {usual} else if({is_exact}, make_timestamp(epoch_us({whole})), null) end"
        )
        if not self.zone:
            clock = f"if({rest} = '', {local}, try_strptime({cut}, {_quoted(finer)}))"
            value = (
                f"case when {rest} = '' or regexp_full_match({rest}, '{fraction}') "
                f"then {_local_sql(clock, timezone, is_interval)} else {value} end"
            )
        return f"if({is_written} and {is_plausible}, {value}, null)"


def second_reading(moment: str, timezone: str) -> str:
    """SQL of the later moment at which clocks show the same time as at a moment, or that moment."""
    local = f"timezone({_quoted(timezone)}, {moment})"
    later = _around(local, timezone)[1]
    return f"if(timezone({_quoted(timezone)}, {later}) = {local}, {later}, {moment})"


def moment_of(shown: datetime, timezone: str) -> datetime:
    """The moment somebody means who names a time, with or without an offset.

    Args:
        shown: What was written; without an offset, what clocks show.
        timezone: Zone of those clocks.

    Returns:
        The moment in UTC; of an hour that clocks show twice the second, since nothing may count
        as known before it was.

    Raises:
        ValueError: Clocks skip that time, or it lies at an end of the calendar.
    """
    local = shown if shown.tzinfo else shown.replace(tzinfo=ZoneInfo(timezone), fold=1)
    try:
        moment = local.astimezone(UTC)
        # A day of the chain must be there as well.
        moment.astimezone(ZoneInfo(timezone))
    except OverflowError as error:
        raise ValueError(f"{shown.isoformat()} ligt aan de rand van de kalender") from error
    if shown.tzinfo is not None:
        return moment
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != shown:
        raise ValueError(f"{shown.isoformat()} bestaat niet in {timezone}: de klok slaat het over")
    return moment


@lru_cache(maxsize=256)
def form_of(pattern: str, kind: str) -> Form:
    """Read a pattern in the notation of the standard.

    Args:
        pattern: Such as `dd-MM-yyyy` or `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`.
        kind: `day` or `moment`; the form of a week or month does not depend on the contract.

    Returns:
        The form, tried on a sample written in it.

    Raises:
        FormError: A part is unknown, doubled or missing, or the sample cannot be read back.
    """
    if not pattern.isprintable():
        raise FormError("de vorm heeft een teken dat niet te zien is")
    if kind == "week":
        return Form("week", "%G-W%V", 8)
    if kind == "month":
        return Form("month", "%Y-%m", 7)
    tail = _TAIL.search(pattern) if kind == "moment" else None
    head = pattern[: tail.start()] if tail else pattern
    text, width, found = "", 0, []
    for match in _TOKEN.finditer(head):
        quoted, letter, other = match.groups()
        if letter:
            part = match.group()
            if part not in _PARTS:
                raise FormError(f"onbekend deel '{part}' in {pattern}")
            found.append(part)
            text += _PARTS[part]
            width += _WIDTHS.get(part, 2)
        else:
            literal = "'" if match.group() == "''" else (quoted or other).replace("''", "'")
            text += literal.replace("%", "%%")
            width += len(literal)
    allowed = _NEEDED[kind] | ({"ss"} if kind == "moment" else set())
    if len(set(found)) < len(found):
        raise FormError(f"{pattern} noemt een deel twee keer")
    for part in sorted(_NEEDED[kind] - set(found)):
        raise FormError(f"{pattern} mist het deel {part}")
    for part in sorted(set(found) - allowed):
        raise FormError(
            f"{pattern} is fijner dan een dag; laat {part} weg of maak er timestamp van"
        )
    form = Form(
        kind,
        text,
        width,
        has_seconds=found[-1] == "ss" and head.endswith("ss"),
        point=(tail and tail["point"]) or ".",
        fraction=len((tail and tail["fraction"]) or ""),
        zone=(tail and tail["zone"]) or "",
    )
    if form.fraction and not form.has_seconds:
        raise FormError(f"{pattern} heeft een fractie die niet op de seconden volgt")
    _try_out(form, pattern)
    return form


def _try_out(form: Form, pattern: str) -> None:
    """Read a sample written in the form.

    Raises:
        FormError: What comes back is another value, or none.
    """
    digits = 10 ** (6 - min(form.fraction, 6))
    wanted: date = _SAMPLE.replace(
        second=_SAMPLE.second if form.has_seconds or "%S" in form.strptime else 0,
        microsecond=_SAMPLE.microsecond // digits * digits,
    )
    if form.kind == "day":
        wanted = _SAMPLE.date()
    [(read,)] = (
        _connection()
        .cursor()
        .execute(f"select {form.sql('cell', 'UTC')} from (select ? as cell)", [form.write(wanted)])
        .fetchall()
    )
    if read != (wanted.replace(tzinfo=None) if isinstance(wanted, datetime) else wanted):
        raise FormError(f"een voorbeeld in de vorm {pattern} is zelf niet te lezen")


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _offset_text(moment: datetime, n_signs: int) -> str:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment without zone cannot be written with an offset")
    minutes = int(offset.total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    hour, minute = divmod(minutes, 60)
    if n_signs == 1 and not minute:
        return f"{sign}{hour:02d}"
    return f"{sign}{hour:02d}{':' if n_signs == 3 else ''}{minute:02d}"  # noqa: PLR2004 – XXX


def _as_written(text: str, form: str) -> str:
    """SQL of the moment a text says, without zone; null if that is not written as the text is."""
    value = f"try_strptime({text}, {_quoted(form)})"
    return f"if(strftime({value}, {_quoted(form)}) = {text}, {value}, null)"


def _local_sql(local: str, timezone: str, is_interval: bool) -> str:
    """SQL of the moment in UTC at which clocks show a time; null where they never do."""
    before, after = _around(local, timezone)
    is_shown = f"lambda one: timezone({_quoted(timezone)}, one) = {local}"
    shown = f"list_filter([{before}, {after}], {is_shown})"
    chosen = (
        f"list_min({shown})" if is_interval else f"if(len({shown}) = 1, list_min({shown}), null)"
    )
    return f"make_timestamp(epoch_us(if({before} = {after}, {before}, {chosen})))"


def _around(local: str, timezone: str) -> tuple[str, str]:
    """A local time by the offset of the day before, and by that of the day after.

    A clock that is changed in between shows the first reading before the change and the second
    after it; no zone changes its clocks twice within two days.
    """
    zone = _quoted(timezone)
    return (
        f"(timezone({zone}, {local} - interval 1 day) + to_hours(24))",
        f"(timezone({zone}, {local} + interval 1 day) - to_hours(24))",
    )


def _plausible(moment: str, kind: str) -> str:
    value = f"cast({moment} as {kind})"
    return f"if(year({value}) between {FIRST_YEAR} and {LAST_YEAR}, {value}, null)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
