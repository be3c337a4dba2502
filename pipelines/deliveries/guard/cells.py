"""The anonymity guard: nothing that could identify somebody comes in.

Here: the allow-list of columns, the detectors of identifying values, and where in a delivery they
strike.
Not here: ordinary mistakes in values (`suite`), and what happens to a refused file (`landing`).

In order: first the schema (allowed columns only, closed forms), then the
validators on whatever is not of a closed form, then names. A refusal is total and names column,
row numbers and rule; a value never leaves this module.

A column is *closed* when its contract leaves no room for anything else: an enumeration, a
pseudonym, a date, a number, a fixed form such as a record number. Values that keep to a closed
form need no further look; all others are judged by every detector, also in a closed column: a
cell that breaks the form is where a name or number turns up.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.findings import ROWS_SHOWN, Finding, Refusal
from pipelines.deliveries.identifying.dates import EMPTY_DATES, EMPTY_YEARS
from pipelines.deliveries.identifying.digests import DRESSED, holds_pseudonym, is_plain_digest
from pipelines.deliveries.identifying.kinds import (
    LABELS,
    OLDEST_DATE_IN_TEXT_YEARS,
    find_kinds,
)
from pipelines.deliveries.identifying.names import find_names
from pipelines.deliveries.patterns import has_room, parts_of
from pipelines.deliveries.pseudonyms import WITHIN_TEXT

# A milestone is not that old, and most people are: a full date further back is a date of birth.
OLDEST_MILESTONE_YEARS = 15
# In a column of nine-digit numbers one in eleven passes the test for BSN by chance. More than
# chance allows, at this level, and they are BSNs.
PASS_RATE_BY_CHANCE = 1 / 11
PASS_RATE_LEVEL = 1e-6
# A contract may well name this many activities or codes; more are no list.
LONGEST_LIST = 200

MALFORMED_COLUMN = "(regel)"
EMPTY_DATE = "lege_datum"
# Systems that have no end date yet write one of these years or later.
_FIRST_EMPTY_YEAR_AHEAD = date(2099, 1, 1)
# The last of the years that systems count from, as the start of a date.
_LAST_EMPTY_YEAR = "1971"

# With a lost leading zero a BSN has eight digits.
_BSN_WITHOUT_ZERO = 8

# Whole numbers up to this length cannot be a BSN, an account or a telephone number.
_SHORT_NUMBER = r"^-?[0-9]{1,7}([.,][0-9]{1,6})?$"
_MOMENT_SHAPE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([.,][0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_WEEK_OR_MONTH_SHAPE = r"^[0-9]{4}-W?[0-9]{2}$"
_SHAPES = {
    "timestamp": _MOMENT_SHAPE,
    "integer": _SHORT_NUMBER,
    "number": _SHORT_NUMBER,
}

_LABELS = LABELS | {
    "vrije_tekst": "vrije tekst",
    "pseudoniem_vorm": "een pseudoniem in een andere dan de afgesproken vorm",
}
_TYPED_BY_HAND = Column("", "", "string", free_text=True)


@dataclass(frozen=True)
class Hit:
    """An identifying value was found.

    Attributes:
        kind: Name of the rule, such as `bsn`.
        column: Column it stands in.
        row_numbers: Rows it stands in.
        is_listable: The column holds the same few words over and over, so that a list in the
            contract can say that they are codes.
    """

    kind: str
    column: str
    row_numbers: tuple[int, ...]
    is_listable: bool = False


# --- columns -----------------------------------------------------------------------------------


def check_columns(columns: Sequence[str], contract: Contract) -> None:
    """Refuse a file with a column too many, too few or twice.

    Raises:
        Refusal: The columns are not those of the contract.
    """
    agreed = [column.name for column in contract.columns]
    known = set(agreed) & set(columns)
    if not known:
        raise Refusal(
            "kopregel",
            "geen enkele kolomnaam uit de specificatie staat in de kopregel",
            "lever de kopregel met de namen uit de specificatie",
            is_anonymity=True,
        )
    for place, name in enumerate(columns, start=1):
        if name in agreed and columns.index(name) != place - 1:
            raise Refusal(
                "kolom_dubbel", f"kolom {name} komt twee keer voor", f"lever kolom {name} één keer"
            )
    missing = [name for name in agreed if name not in known]
    # By place alone: whoever typed the heading may have typed a name.
    unknown = [place for place, name in enumerate(columns, start=1) if name not in agreed]
    if unknown:
        shown = ", ".join(str(place) for place in unknown[:5])
        lacking = f", en kolom {', '.join(missing[:5])} ontbreekt" if missing else ""
        raise Refusal(
            "kolom_niet_toegestaan",
            f"kolom nummer {shown} staat niet in de specificatie{lacking}",
            "lever alleen de afgesproken kolommen",
            findings=[
                Finding(
                    "kolom_niet_toegestaan",
                    "critical",
                    column=f"nummer {place}",
                    reason_nl="Alleen afgesproken kolommen mogen binnenkomen.",
                    reason_en="Only agreed columns may come in.",
                    remedy_nl="Laat de kolom weg.",
                )
                for place in unknown
            ],
            is_anonymity=True,
        )
    if missing:
        raise Refusal(
            "kolom_ontbreekt",
            f"kolom {', '.join(missing[:5])} ontbreekt",
            "lever alle kolommen uit de specificatie, ook als ze leeg zijn",
            findings=[
                Finding(
                    "kolom_ontbreekt",
                    "critical",
                    column=name,
                    reason_nl="Zonder deze kolom kan de tabel niet worden gebruikt.",
                    reason_en="Without this column the table cannot be used.",
                    remedy_nl="Lever de kolom, ook als die leeg is.",
                )
                for name in missing
            ],
        )


# --- texts ---------------------------------------------------------------------------------------


def find_in_text(text: str, day: date) -> tuple[tuple[str, str], ...]:
    """Judge one text typed by hand, before it is kept anywhere.

    The same detectors as a delivered column of free text meets, so that what passes here passes at
    the door.

    Args:
        text: The text.
        day: Day from which ages count.

    Returns:
        Rule and what it found, in Dutch, of each kind that struck; never the value.
    """
    if not text:
        return ()
    return tuple((kind, _LABELS[kind]) for kind in find_in_texts([text], day))


def find_in_texts(texts: Iterable[str], day: date) -> dict[str, list[str]]:
    """Judge many texts typed by hand at once.

    Args:
        texts: The texts, each once.
        day: Day from which ages count.

    Returns:
        By rule, the texts in which it struck. Stays where the texts are.
    """
    return _judge(_TYPED_BY_HAND, pa.array(list(texts), pa.string()), day)


# --- cells -------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def is_closed(column: Column) -> bool:
    """Whether the contract leaves no room for anything but what it names."""
    if column.look_alike or column.free_text:
        return False
    if column.enum or column.pseudonym or column.granularity or column.logical_type != "string":
        return True
    return column.pattern is not None and _is_fixed_form(column.pattern)


def _is_fixed_form(pattern: str) -> bool:
    """Whether a pattern fixes every position, and has no run of digits for a BSN to fit in."""
    parts = parts_of(pattern)
    if parts is None:
        return False
    digits = longest = 0
    for part in parts:
        if not part.is_fixed:
            return False
        holds_digits = not part.characters.isalpha()
        digits = digits + part.fewest if holds_digits else 0
        longest = max(longest, digits)
    # A pseudonym's letters and digits are more than a number; it is closed for its own reason.
    return longest < _BSN_WITHOUT_ZERO


def _expected_form(column: Column, values: pa.Array) -> pa.Array:
    """Which values keep to the closed form of their column."""
    if column.enum:
        return pc.is_in(values, value_set=pa.array(column.enum, pa.string()))
    if column.logical_type == "boolean":
        return pc.is_in(values, value_set=pa.array(["ja", "nee", "true", "false"]))
    shape = _SHAPES.get(column.logical_type)
    if column.granularity in {"week", "month"}:
        shape = _WEEK_OR_MONTH_SHAPE
    elif column.logical_type == "date":
        # The agreed order and no other: a number or a date of another kind is not closed.
        shape = f"^{re.sub('[yMd]', '[0-9]', re.escape(column.date_format or 'yyyy-MM-dd'))}$"
    elif column.logical_type == "timestamp" and column.date_format:
        # Formats with a moment of their own become the international notation, whatever is agreed.
        shape = f"{_MOMENT_SHAPE}|{_moment_shape(column.date_format)}"
    return pc.match_substring_regex(values, shape or column.pattern or "^$")


def _moment_shape(form: str) -> str:
    """The agreed notation of moments as a pattern, with a fraction after its seconds."""
    shape = re.sub("[yMdHms]", "[0-9]", re.escape(form.replace("'", "")))
    if form.replace("'", "").rstrip("X").endswith("ss"):
        shape = re.sub("X*$", lambda zone: "([.,][0-9]{1,9})?" + zone[0], shape, count=1)
    return f"^{re.sub('X+', '(Z|[+-][0-9]{2}:?[0-9]{2})', shape)}$"


def inspect_cells(
    cells: pa.Table,
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]",
    contract: Contract,
    reference_date: date,
) -> list[Hit]:
    """Look for identifying values in cells.

    Args:
        cells: Text columns by name.
        row_numbers: Number of each row in its file.
        contract: Contract of the cells.
        reference_date: Day of the delivery.

    Returns:
        What was found, by column; empty when the cells are clean.
    """
    hits: list[Hit] = []
    for name in cells.column_names:
        column = contract.column(name)
        values = cells[name].combine_chunks()
        if values.null_count == len(values):
            continue
        if is_closed(column):
            # Null is neither of the form nor suspect.
            suspect = pc.fill_null(pc.invert(_expected_form(column, values)), False)
            # Of the agreed form, and yet no random key, or no date of anything.
            odd = DRESSED if column.pseudonym else _empty_years(column, values)
            if odd is not None:
                is_odd = pc.fill_null(pc.match_substring_regex(values, odd), False)
                suspect = pc.or_(suspect, is_odd)
            if not pc.any(suspect, min_count=0).as_py():
                continue
            distinct = pc.unique(values.filter(suspect).drop_null())
        else:
            distinct = pc.unique(values.drop_null())
        for kind, found in _judge(column, distinct, reference_date).items():
            rows = row_numbers[
                pc.is_in(values, value_set=pa.array(found, pa.string())).to_numpy(False)
            ]
            numbers = tuple(int(number) for number in rows)
            hits.append(Hit(kind, name, numbers, _is_listable(column, len(distinct), values)))
    return hits


def _is_listable(column: Column, distinct: int, values: pa.Array) -> bool:
    """Whether a column of text that nothing closes holds few words for its rows."""
    is_open = column.logical_type == "string" and not (
        column.enum or column.free_text or column.pseudonym or column.granularity
    )
    return is_open and distinct <= LONGEST_LIST and distinct * 2 <= len(values)


def inspect_text(lines: Iterable[tuple[int, str]], reference_date: date) -> list[Hit]:
    """Look for identifying values in lines that have no cells.

    Args:
        lines: Row number and text.
        reference_date: Day of the delivery.

    Returns:
        What was found.
    """
    # A line is set aside with its keys in it; 26 random letters and digits may look like anything.
    numbered = [(number, WITHIN_TEXT.sub("-", text)) for number, text in lines]
    found = find_kinds(
        pa.array(sorted({text for _, text in numbered}), pa.string()), reference_date
    )
    return [
        Hit(
            kind,
            MALFORMED_COLUMN,
            tuple(number for number, text in numbered if text in set(values)),
        )
        for kind, values in found.items()
    ]


def inspect_dates(
    typed: pa.Table,
    row_numbers: "np.ndarray[Any, np.dtype[np.int64]]",
    contract: Contract,
    reference_date: date,
) -> list[Hit]:
    """Look for dates of birth among dates that were read.

    Args:
        typed: Converted columns by name.
        row_numbers: Number of each row in its file.
        contract: Contract of the columns.
        reference_date: Day of the delivery.

    Returns:
        What was found.
    """
    hits = []
    oldest_day = date(reference_date.year - OLDEST_MILESTONE_YEARS, 1, 1)
    for column in contract.columns:
        is_day = column.landing_type == "DATE"
        if not (is_day or column.logical_type == "timestamp"):
            continue
        values = typed[column.name].combine_chunks()
        odd = pc.fill_null(
            pc.or_(
                pc.less(values, _moment(oldest_day, values.type)),
                pc.greater_equal(values, _moment(_FIRST_EMPTY_YEAR_AHEAD, values.type)),
            ),
            False,
        ).to_numpy(False)
        if not odd.any():
            continue
        rows, few = row_numbers[odd], values.filter(pa.array(odd))
        empty = _is_empty_date(few, contract.timezone)
        old = pc.less(few, _moment(oldest_day, values.type)).to_numpy(False) & ~empty
        for kind, struck in ((EMPTY_DATE, rows[empty]), ("geboortedatum", rows[old])):
            if len(struck):
                hits.append(Hit(kind, column.name, tuple(int(number) for number in struck)))
    return hits


def _moment(day: date, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_date(kind):
        return pa.scalar(day, kind)
    return pa.scalar(datetime(day.year, day.month, day.day, tzinfo=UTC), kind)


def _is_empty_date(values: pa.Array, timezone: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which dates are what systems write for *nothing*, on the clock of the contract or in UTC."""
    nothing = pa.array(sorted(EMPTY_DATES), pa.date32())
    clocks = [values]
    if not pa.types.is_date(values.type):
        clocks = [
            pc.local_timestamp(values.cast(pa.timestamp("us", zone))) for zone in (timezone, "UTC")
        ]
    is_empty = [pc.is_in(clock.cast(pa.date32(), safe=False), nothing) for clock in clocks]
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.logical_or.reduce(
        [matches.to_numpy(False) for matches in is_empty]
    )
    return found


def _empty_years(column: Column, values: pa.Array) -> str | None:
    """The pattern of years of empty dates; None where the first and last value rule them out."""
    if not _is_moment(column):
        return None
    if (column.date_format or "").startswith("yyyy"):
        ends = pc.min_max(values).as_py()
        if ends["min"] > _LAST_EMPTY_YEAR and ends["max"] < str(_FIRST_EMPTY_YEAR_AHEAD.year):
            return None
    return EMPTY_YEARS


def _is_moment(column: Column) -> bool:
    return column.granularity is not None or column.logical_type in {"date", "timestamp"}


def _judge(column: Column, distinct: pa.Array, reference_date: date) -> dict[str, list[str]]:
    oldest = OLDEST_MILESTONE_YEARS if _is_moment(column) else OLDEST_DATE_IN_TEXT_YEARS
    found = find_kinds(distinct, reference_date, oldest, is_prose=column.free_text)
    kind = column.look_alike
    if kind in found:
        left = _without_look_alikes(kind, column, found.pop(kind), len(distinct))
        if left:
            found[kind] = left
    if column.pseudonym:
        # A digest or a bare number in place of a pseudonym: whatever it is, it may be enumerated.
        wrong = [
            value
            for value in distinct.to_pylist()
            if not _is_near_pseudonym(value) or is_plain_digest(value)
        ]
        if wrong:
            found.setdefault("pseudoniem_vorm", wrong)
        return found
    names = find_names(
        distinct.to_pylist(),
        is_free_text=column.free_text,
        allowed=column.enum or _words_of(column.pattern),
    )
    # A code of a closed form is no name, whatever the lists say. A form that leaves room for words
    # is judged word by word.
    if column.pattern and not column.free_text:
        names = [value for value in names if not re.search(column.pattern, value)]
        if has_room(column.pattern):
            names += _names_in_codes(distinct.to_pylist())
    if names:
        found["naam"] = names
    if column.free_text:
        keys = [value for value in distinct.to_pylist() if holds_pseudonym(value)]
        if keys:
            found["pseudoniem"] = keys
    else:
        prose = pc.match_substring_regex(distinct, r"\pL{2,}[,;.]? +\pL{2,}[,;.]? +\pL{2,}")
        sentences = distinct.filter(prose).to_pylist()
        if sentences:
            found.setdefault("vrije_tekst", sentences)
    return found


def _names_in_codes(codes: Iterable[str]) -> list[str]:
    """Codes that hold a first name and a surname, joined by what joins the words of a code."""
    texts = {code: re.sub(r"[^\w]|_", " ", code) for code in codes}
    named = set(find_names(set(texts.values()), is_free_text=True))
    return [code for code, text in texts.items() if text in named]


def _words_of(pattern: str | None) -> list[str]:
    """Words that a pattern spells out, such as `OTHERS`."""
    return re.findall(r"(?<![\\\[])[A-Za-z]{3,}", pattern or "")


def _without_look_alikes(kind: str, column: Column, hits: list[str], values: int) -> list[str]:
    """What is left of hits when the codes that only look identifying are taken out."""
    if kind == "bsn":
        # The test can tell a column of BSNs from a column of numbers, whatever its form.
        return hits if _more_than_chance(len(hits), values) else []
    if column.pattern is None:
        return hits
    whole = re.compile(column.pattern.removesuffix("$") + r"\Z")
    return [value for value in hits if not whole.match(value)]


def _is_near_pseudonym(value: str) -> bool:
    """A pseudonym with a typing error: a letter lost or in upper case, not another kind of key."""
    return re.match(r"^[zpZP]1_[A-Za-z0-9]{20,30}$", value) is not None


def _more_than_chance(passes: int, values: int) -> bool:
    """Whether more values pass the test for BSN than chance explains."""
    from scipy.stats import binom

    return bool(binom.sf(passes - 1, values, PASS_RATE_BY_CHANCE) < PASS_RATE_LEVEL)


def refusal_of(hits: Sequence[Hit]) -> Refusal:
    """The refusal that hits lead to: column, rule and rows, never a value."""
    first = hits[0]
    others = len(hits) - 1
    more = f" (daarnaast {others} andere {'treffer' if others == 1 else 'treffers'})"
    return Refusal(
        _rule_of(first),
        f"kolom {first.column} bevat {_LABELS[first.kind]}{more if others else ''}",
        f"{_remedy_of(first)}; er is niets van het bestand ingelezen",
        findings=[
            Finding(
                _rule_of(hit),
                "critical",
                column=hit.column,
                rows=len(hit.row_numbers),
                row_numbers=hit.row_numbers[:ROWS_SHOWN],
                reason_nl=f"De cel lijkt {_LABELS[hit.kind]} te bevatten.",
                reason_en=(
                    "The cell holds what systems write for an empty date."
                    if hit.kind == EMPTY_DATE
                    else "The cell seems to hold identifying data."
                ),
                remedy_nl=f"{_remedy_of(hit).capitalize()}.",
            )
            for hit in hits
        ],
        is_anonymity=True,
    )


def _rule_of(hit: Hit) -> str:
    return hit.kind if hit.kind == EMPTY_DATE else f"anonimiteit_{hit.kind}"


def _remedy_of(hit: Hit) -> str:
    """How to mend it, in Dutch, as part of a sentence."""
    if hit.kind == EMPTY_DATE:
        return (
            "laat de cel leeg: dit is de lege datum van een systeem, zoals 1970-01-01, 1900-01-01 "
            "of 9999-12-31"
        )
    if hit.is_listable:
        return (
            "noem de toegestane waarden van deze kolom als enum in het contract, als het codes of "
            "activiteiten zijn; verwijder anders de gegevens in de bron en lever opnieuw"
        )
    return "verwijder de gegevens in de bron en lever opnieuw"
