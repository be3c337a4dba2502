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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from stdnum import iban as iban_number
from stdnum.nl import bsn as bsn_number

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.findings import ROWS_SHOWN, Finding, Refusal
from pipelines.deliveries.names import find_names
from pipelines.deliveries.patterns import parts_of

# A milestone is not that old, and most people are: a full date further back is a date of birth.
OLDEST_MILESTONE_YEARS = 15
# A note about the present has no dates that far back.
OLDEST_DATE_IN_TEXT_YEARS = 5
# In a column of nine-digit numbers one in eleven passes the test for BSN by chance. More than
# chance allows, at this level, and they are BSNs.
PASS_RATE_BY_CHANCE = 1 / 11
PASS_RATE_LEVEL = 1e-6

MALFORMED_COLUMN = "(regel)"

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
# Names of columns may be shown only when they look like names of columns.
_COLUMN_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_:. ]{0,40}$")

_MONTHS = (
    "jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|jun(?:i)?|jul(?:i)?|aug(?:ustus)?|"
    "sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


@dataclass(frozen=True)
class Hit:
    """An identifying value was found.

    Attributes:
        kind: Name of the rule, such as `bsn`.
        column: Column it stands in.
        row_numbers: Rows it stands in.
    """

    kind: str
    column: str
    row_numbers: tuple[int, ...]


@dataclass(frozen=True)
class Detector:
    """One kind of identifying value.

    Attributes:
        kind: Name of the rule.
        candidate: Pattern of RE2 that every such value matches somewhere: cheap, over all values.
        confirm: Whether a value that matches really holds one: exact, over the few that match.
        label: What it is, in Dutch.
    """

    kind: str
    candidate: str
    confirm: Callable[[str, date, int], bool]
    label: str


# --- columns -----------------------------------------------------------------------------------


def check_columns(columns: Sequence[str], contract: Contract) -> None:
    """Refuse a file with a column too many, too few or twice.

    Raises:
        Refusal: The columns are not those of the contract.
    """
    agreed = [one.name for one in contract.columns]
    known = set(agreed) & set(columns)
    if not known:
        raise Refusal(
            "kopregel",
            "geen enkele kolomnaam uit de specificatie staat in de kopregel",
            "lever de kopregel met de namen uit de specificatie",
            is_anonymity=True,
        )
    for place, one in enumerate(columns, start=1):
        if one in agreed and columns.index(one) != place - 1:
            raise Refusal(
                "kolom_dubbel", f"kolom {one} komt twee keer voor", f"lever kolom {one} één keer"
            )
    unknown = [(place, one) for place, one in enumerate(columns, start=1) if one not in agreed]
    if unknown:
        shown = ", ".join(_shown(place, one) for place, one in unknown[:5])
        raise Refusal(
            "kolom_niet_toegestaan",
            f"kolom {shown} staat niet in de specificatie",
            "lever alleen de afgesproken kolommen",
            findings=[
                Finding(
                    "kolom_niet_toegestaan",
                    "critical",
                    column=_shown(place, one),
                    reason_nl="Alleen afgesproken kolommen mogen binnenkomen.",
                    reason_en="Only agreed columns may come in.",
                    remedy_nl="Laat de kolom weg.",
                )
                for place, one in unknown
            ],
            is_anonymity=True,
        )
    missing = [one for one in agreed if one not in known]
    if missing:
        raise Refusal(
            "kolom_ontbreekt",
            f"kolom {', '.join(missing[:5])} ontbreekt",
            "lever alle kolommen uit de specificatie, ook als ze leeg zijn",
            findings=[
                Finding(
                    "kolom_ontbreekt",
                    "critical",
                    column=one,
                    reason_nl="Zonder deze kolom kan de tabel niet worden gebruikt.",
                    reason_en="Without this column the table cannot be used.",
                    remedy_nl="Lever de kolom, ook als die leeg is.",
                )
                for one in missing
            ],
        )


def _shown(place: int, name: str) -> str:
    """A column by name, or by place when the name might itself be a value."""
    if _COLUMN_NAME.match(name) and not find_kinds(pa.array([name]), date.today()):
        return name
    return f"nummer {place}"


# --- detectors ---------------------------------------------------------------------------------

_DIGIT_RUN = re.compile(r"(?<![0-9])[0-9](?:[ .-]?[0-9]){8}(?![0-9])")
_IBAN = re.compile(r"\b[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]{2,4}){3,8}\b")
_PLATE_LETTERS = "(?:[A-Z]{2}|[A-Z]{3}|[A-Z]|[0-9]{2}|[0-9]{3}|[0-9])"
# Sidecodes 1 to 14 of the Dutch plate: L a letter, 9 a digit.
_SIDECODES = [
    "LL-99-99",
    "99-99-LL",
    "99-LL-99",
    "LL-99-LL",
    "LL-LL-99",
    "99-LL-LL",
    "99-LLL-9",
    "9-LLL-99",
    "LL-999-L",
    "L-999-LL",
    "LLL-99-L",
    "L-99-LLL",
    "9-LL-999",
    "999-LL-9",
]


def _plate_pattern(separator: str) -> str:
    forms = []
    for code in _SIDECODES:
        text = ""
        for letter, count in ((run[0], len(run)) for run in re.findall(r"L+|9+|-", code)):
            kind = {"L": "[A-Z]", "9": "[0-9]", "-": separator}[letter]
            text += kind if letter == "-" else f"{kind}{{{count}}}"
        forms.append(text)
    return "|".join(forms)


_PLATE = re.compile(
    rf"(?<![A-Za-z0-9-])(?:{_plate_pattern('[- ]')})(?![A-Za-z0-9-])", re.IGNORECASE
)
_BARE_PLATE = re.compile(rf"^(?:{_plate_pattern('')})$", re.IGNORECASE)
# Among other words only with letters that plates have: no vowels, no C, no Q.
_JOINED_PLATE = re.compile(
    rf"(?<![A-Za-z0-9-])(?:{_plate_pattern('').replace('[A-Z]', '[BDF-HJ-NPR-TV-XZ]')})"
    r"(?![A-Za-z0-9-])"
)
_DATE_IN_TEXT = re.compile(
    r"(?<![0-9])(?:"
    r"(?P<d1>[0-9]{1,2})[-/. ](?P<m1>[0-9]{1,2})[-/. ](?P<y1>[0-9]{4}|[0-9]{2})"
    rf"|(?P<y2>[0-9]{{4}})[-/.](?P<m2>[0-9]{{1,2}})[-/.](?P<d2>[0-9]{{1,2}})"
    rf"|(?P<d3>[0-9]{{1,2}}) (?:{_MONTHS})\.? (?P<y3>[0-9]{{4}})"
    rf"|(?P<y4>19[0-9]{{2}}|20[0-9]{{2}})(?P<m4>[01][0-9])(?P<d4>[0-3][0-9]))(?![0-9])",
    re.IGNORECASE,
)
_BORN = re.compile(r"\b(?:geb\.?|geboren|geboortedatum)(?=\W|$)", re.IGNORECASE)
_LAST_MONTH, _LAST_DAY = 12, 31
_CENTURY = 100


def _holds_bsn(value: str, _: date, __: int) -> bool:
    runs = (re.sub("[^0-9]", "", run) for run in _DIGIT_RUN.findall(value))
    return any(bsn_number.is_valid(run) for run in runs)


def _holds_iban(value: str, _: date, __: int) -> bool:
    for found in _IBAN.findall(value):
        compact = found.replace(" ", "").upper()
        # A word after the number may have been taken along: try the shorter ones too.
        if any(iban_number.is_valid(compact[:end]) for end in range(len(compact), 14, -1)):
            return True
    return False


def _holds_plate(value: str, _: date, __: int) -> bool:
    return bool(
        _PLATE.search(value) or _BARE_PLATE.match(value.strip()) or _JOINED_PLATE.search(value)
    )


def _holds_birth_date(value: str, reference_date: date, oldest_years: int) -> bool:
    is_said = bool(_BORN.search(value))
    for found in _DATE_IN_TEXT.finditer(value):
        parts = {key[0]: text for key, text in found.groupdict().items() if text}
        if "m" in parts and not 1 <= int(parts["m"]) <= _LAST_MONTH:
            continue
        if not 1 <= int(parts["d"]) <= _LAST_DAY:
            continue
        year = int(parts["y"])
        if len(parts["y"]) == 2:  # noqa: PLR2004 - a year of two digits
            year += 2000 if 2000 + year <= reference_date.year else 1900
        age = reference_date.year - year
        if is_said or oldest_years < age < _CENTURY + 20:
            return True
    return False


def _always(_value: str, _day: date, _years: int) -> bool:
    return True


DETECTORS: tuple[Detector, ...] = (
    Detector("bsn", r"[0-9]([ .-]?[0-9]){8}", _holds_bsn, "een burgerservicenummer"),
    Detector("iban", r"(?i)[A-Z]{2}[0-9]{2} ?[A-Z0-9]{2}", _holds_iban, "een rekeningnummer"),
    Detector(
        "postcode",
        r"(?i)(?:^|[^0-9A-Z])[1-9][0-9]{3} ?[A-Z]{2}(?:$|[^A-Z])",
        lambda value, _, __: bool(
            re.search(r"(?<![0-9A-Za-z])[1-9][0-9]{3} ?(?!SA|SD|SS)[A-Za-z]{2}(?![A-Za-z])", value)
        ),
        "een postcode",
    ),
    Detector(
        "kenteken",
        r"(?i)[A-Z0-9]{1,3}[- ]?[A-Z0-9]{2,3}[- ]?[A-Z0-9]{1,3}",
        _holds_plate,
        "een kenteken",
    ),
    Detector(
        "telefoonnummer",
        r"(?:^|[^0-9])(?:0[1-9]([ -]?[0-9]){8}"
        r"|(?:\+|00)[ ]?31[ -]?(\(0\))?[ -]?[1-9]([ -]?[0-9]){8}"
        r"|\(0[1-9][0-9]{1,2}\)([ -]?[0-9]){6,7})(?:$|[^0-9])",
        _always,
        "een telefoonnummer",
    ),
    Detector(
        "e_mail",
        r"(?i)[a-z0-9._%+-]+ ?(?:@|\(at\)|\[at\]) ?[a-z0-9-]+(\.[a-z0-9-]+)+",
        _always,
        "een e-mailadres",
    ),
    Detector(
        "parketnummer",
        r"(?:^|[^0-9])[0-9]{2}[/-]?[0-9]{6}[-/][0-9]{2}(?:$|[^0-9])",
        _always,
        "een parketnummer",
    ),
    Detector(
        "geboortedatum",
        r"(?i)[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}"
        rf"|[0-9]{{1,2}} (?:{_MONTHS})\.? [0-9]{{4}}|(?:19|20)[0-9]{{6}}",
        _holds_birth_date,
        "een geboortedatum",
    ),
    Detector(
        "hexadecimale_hash",
        r"(?i)(?:^|[^0-9a-z])[0-9a-f]{32,128}(?:$|[^0-9a-z])",
        _always,
        "een hexadecimale hash",
    ),
)
_LABELS = {one.kind: one.label for one in DETECTORS} | {
    "naam": "een naam",
    "vrije_tekst": "vrije tekst",
    "pseudoniem_vorm": "een pseudoniem in een andere dan de afgesproken vorm",
}


def find_kinds(
    values: pa.Array, reference_date: date, oldest_years: int = OLDEST_DATE_IN_TEXT_YEARS
) -> dict[str, list[str]]:
    """Judge distinct values by every detector.

    Args:
        values: Distinct texts, no nulls.
        reference_date: Day of the delivery; ages count from it.
        oldest_years: A date further back is a date of birth.

    Returns:
        The values that hold one, by kind. Stays inside the guard.
    """
    found: dict[str, list[str]] = {}
    for detector in DETECTORS:
        candidates = values.filter(pc.match_substring_regex(values, detector.candidate)).to_pylist()
        hits = [one for one in candidates if detector.confirm(one, reference_date, oldest_years)]
        if hits:
            found[detector.kind] = hits
    return found


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
    kinds = list(find_kinds(pa.array([text], pa.string()), day))
    if find_names([text], is_free_text=True):
        kinds.append("naam")
    return tuple((one, _LABELS[one]) for one in kinds)


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
            if not pc.any(suspect, min_count=0).as_py():
                continue
            distinct = pc.unique(values.filter(suspect).drop_null())
        else:
            distinct = pc.unique(values.drop_null())
        for kind, found in _judge(column, distinct, reference_date).items():
            rows = row_numbers[
                pc.is_in(values, value_set=pa.array(found, pa.string())).to_numpy(False)
            ]
            hits.append(Hit(kind, name, tuple(int(one) for one in rows)))
    return hits


def inspect_text(lines: Iterable[tuple[int, str]], reference_date: date) -> list[Hit]:
    """Look for identifying values in lines that have no cells.

    Args:
        lines: Row number and text.
        reference_date: Day of the delivery.

    Returns:
        What was found.
    """
    numbered = list(lines)
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
    oldest_moment = datetime(oldest_day.year, 1, 1, tzinfo=UTC)
    for column in contract.columns:
        is_day = column.landing_type == "DATE"
        if not (is_day or column.logical_type == "timestamp"):
            continue
        values = typed[column.name]
        limit = pa.scalar(oldest_day if is_day else oldest_moment, values.type)
        old = pc.fill_null(pc.less(values, limit), False)
        if pc.any(old, min_count=0).as_py():
            rows = row_numbers[old.combine_chunks().to_numpy(False)]
            hits.append(Hit("geboortedatum", column.name, tuple(int(one) for one in rows)))
    return hits


def _judge(column: Column, distinct: pa.Array, reference_date: date) -> dict[str, list[str]]:
    is_moment = column.granularity is not None or column.logical_type in {"date", "timestamp"}
    oldest = OLDEST_MILESTONE_YEARS if is_moment else OLDEST_DATE_IN_TEXT_YEARS
    found = find_kinds(distinct, reference_date, oldest)
    kind = column.look_alike
    if kind in found:
        left = _without_look_alikes(kind, column, found.pop(kind), len(distinct))
        if left:
            found[kind] = left
    if column.pseudonym:
        # A digest or a bare number in place of a pseudonym: whatever it is, it may be enumerated.
        wrong = [one for one in distinct.to_pylist() if not _is_near_pseudonym(one)]
        if wrong:
            found.setdefault("pseudoniem_vorm", wrong)
        return found
    names = find_names(
        distinct.to_pylist(),
        is_free_text=column.free_text,
        allowed=column.enum or _words_of(column.pattern),
    )
    # A code of the declared form is no name, whatever the lists say.
    if column.pattern and not column.free_text:
        names = [one for one in names if not re.search(column.pattern, one)]
    if names:
        found["naam"] = names
    if not column.free_text:
        prose = pc.match_substring_regex(distinct, r"\pL{2,}[,;.]? +\pL{2,}[,;.]? +\pL{2,}")
        sentences = distinct.filter(prose).to_pylist()
        if sentences:
            found.setdefault("vrije_tekst", sentences)
    return found


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
    return [one for one in hits if not whole.match(one)]


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
        f"anonimiteit_{first.kind}",
        f"kolom {first.column} bevat {_LABELS[first.kind]}{more if others else ''}",
        "verwijder de gegevens in de bron en lever opnieuw; er is niets van het bestand ingelezen",
        findings=[
            Finding(
                f"anonimiteit_{one.kind}",
                "critical",
                column=one.column,
                rows=len(one.row_numbers),
                row_numbers=one.row_numbers[:ROWS_SHOWN],
                reason_nl=f"De cel lijkt {_LABELS[one.kind]} te bevatten.",
                reason_en="The cell seems to hold identifying data.",
                remedy_nl="Verwijder het gegeven in de bron en lever opnieuw.",
            )
            for one in hits
        ],
        is_anonymity=True,
    )
