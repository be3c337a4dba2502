"""Dates in text, the dates of birth among them, and the empty dates of systems.

Here: reading days in digits and in words, and judging which of them can be a date of birth.
Not here: dates that were delivered as such (`deliveries.guard` compares those as dates).

Most people are older than what a note is about, so a full date from before is a date of birth;
unless it is the first or last day of a quarter, or a law or letter of that day is meant. Behind the
word *geboren* every date is one, and so is a year alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

# What systems write where they have nothing: the zero of Unix, SQL, spreadsheets and Windows, and
# the end of time of registers. Somebody may be born on one; far oftener the cell should be empty.
EMPTY_DATES = frozenset(
    date.fromisoformat(day)
    for day in (
        "0001-01-01", "1000-01-01", "1582-10-15", "1600-01-01", "1601-01-01", "1753-01-01",
        "1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1904-01-01",
        "1970-01-01", "2099-12-31", "2199-12-31", "2999-12-31", "2999-01-01", "9999-12-31",
        "9999-01-01",
    )
)  # fmt: skip

# The years of those dates, for a look at many cells at once.
EMPTY_YEARS = (
    "(?:^|[^0-9])(?:"
    + "|".join(sorted({f"{day.year:04d}" for day in EMPTY_DATES}))
    + ")(?:[^0-9]|$)"
)

_MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "feb": 2, "febr": 2, "maart": 3, "mrt": 3, "april": 4,
    "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "augustus": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11,
    "december": 12, "dec": 12, "january": 1, "february": 2, "march": 3, "may": 5, "june": 6,
    "july": 7, "august": 8, "october": 10, "oct": 10,
}  # fmt: skip
_UNITS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_TEENS = (
    "tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien",
    "negentien",
)  # fmt: skip
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_ORDINALS = {"eerste": 1, "derde": 3, "achtste": 8}


def _numerals() -> dict[str, int]:
    """Dutch words for 1 to 99, without accents and spaces."""
    words = {word: place for place, word in enumerate((*_UNITS, *_TEENS), start=1)}
    for tens, word in enumerate(_TENS, start=2):
        words[word] = tens * 10
        words |= {f"{unit}en{word}": tens * 10 + n for n, unit in enumerate(_UNITS, start=1)}
    return words


_NUMERALS = _numerals()
_DAYS = (
    {word: n for word, n in _NUMERALS.items() if n <= 31}  # noqa: PLR2004 - days of a month
    | {f"{word}{'ste' if n >= 20 else 'de'}": n for word, n in _NUMERALS.items() if n <= 31}  # noqa: PLR2004
    | _ORDINALS
)


def _alternatives(words: "dict[str, int] | tuple[str, ...]") -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = rf"(?:{_alternatives(_MONTHS)})"
_SHORT_MONTH = (
    r"(?:jan|febr?|mrt|apr|mei(?=.{0,2}[0-9]{2}(?! [a-z]{4}))|jun|jul|aug|sept?|okt|nov"
    r"|dec)"
)
_DAY_WORD = rf"(?:{_alternatives(_DAYS)})"
_YEAR_WORD = (
    r"(?:negentien ?honderd|negentien|twee ?duizend)(?: ?-?en)? ?-?"
    rf"(?:(?:(?:{_alternatives(_UNITS)}) ?en ?)?(?:{_alternatives(_TENS)})"
    rf"|{_alternatives((*_UNITS, *_TEENS))})?"
)
_YEAR = rf"(?:[0-9]{{4}}|'[0-9]{{2}}|{_YEAR_WORD})"
_EDGE, _END = r"(?<![0-9A-Za-z])(?<![0-9][.,])", r"(?![0-9])"
_ACCENTS = str.maketrans("éëÉË", "eeEE")
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_EDGE}(?P<d>[0-9]{{1,2}})(?P<s> ?[-/._] ?"
        rf"| )(?P<m>[0-9]{{1,2}})(?P=s)(?P<y>[0-9]{{4}}){_END}",
        rf"{_EDGE}(?P<d>[0-9]{{1,2}})(?P<s> ?[-/._] ?)(?P<m>[0-9]{{1,2}})(?P=s)(?P<y>'?[0-9]{{2}})"
        rf"{_END}(?![.,/-][0-9])",
        rf"{_EDGE}(?P<y>[0-9]{{4}})(?P<s> ?[-/._] ?"
        rf"| )(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}}){_END}",
        rf"{_EDGE}(?P<y>(?:19|20)[0-9]{{2}})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2][0-9]|3[01]){_END}",
        rf"{_EDGE}(?P<d>[0-2][0-9]|3[01])(?P<m>0[1-9]|1[0-2])(?P<y>(?:19|20)[0-9]{{2}}){_END}",
        rf"{_EDGE}(?P<d>[0-9]{{1,2}}|{_DAY_WORD}) ?(?:e|de|ste|th|st|nd|rd)?[ ./-]{{0,2}}(?:of "
        rf"|van )?"
        rf"(?P<m>{_MONTH})[ .,/-]{{1,3}}(?P<y>{_YEAR}){_END}",
        # Two digits of a year behind a month cut short, or with dashes: `12-mrt-85`.
        rf"{_EDGE}(?P<d>[0-9]{{1,2}})[ ./-]{{1,2}}(?P<m>{_SHORT_MONTH})[ ./-]{{1,2}}"
        rf"(?P<y>[0-9]{{2}}){_END}",
        rf"{_EDGE}(?P<d>[0-9]{{1,2}})(?P<s>[./-])(?P<m>{_MONTH})(?P=s)(?P<y>[0-9]{{2}}){_END}",
        rf"\b(?P<m>{_MONTH})[ .]{{1,2}}(?P<d>[0-9]{{1,2}})(?:st|nd|rd"
        rf"|th)?,? (?P<y>[0-9]{{4}}){_END}",
    )
)  # fmt: skip
_BORN = re.compile(
    r"\b(?:geb|geboren|geboorte\w*|gebdat\w*|gebd|dob|verjaardag|verjaart|jarig)\b|\bg\.d\.", re.I
)
# Of somebody born this year only the word itself, close by, tells: a note on the quality of data
# may say since when dates of birth are missing.
_BORN_CLOSE = re.compile(r"\bgeb(?:oren)?\b.{0,25}$", re.IGNORECASE)
# Behind that word a month and a year, a year alone, or six digits tell enough.
_BORN_YEAR = re.compile(
    r"\b(?:geb|geboren|geboorte(?:jaar|datum|dag|maand)?|gebdat\w*|dob)\b\.?\W{0,3}"
    r"(?:(?:in|op|omstreeks|rond|circa|ca|anno|het|jaar|is|was|te [\w-]+"
    r"|in [A-Z][\w-]+)\W{1,3}){0,4}"
    rf"(?:{_MONTH}[ .,]{{1,2}})?"
    rf"(?:(?P<y>(?:19|20)[0-9]{{2}}\b|'[0-9]{{2}}\b|{_YEAR_WORD})|[0-9]{{6}}\b"
    r"|[0-9]{1,2} [0-9]{1,2} [0-9]{2}\b)",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"\b(?:wet|besluit|circulaire|regeling|staats(?:courant|blad)|stcrt|stb|kamer(?:brief"
    r"|stuk)|brief"
    r"|motie|convenant|rapport|arrest|uitspraak|vonnis|richtlijn|verordening|protocol|nota"
    r"|beleid\w*"
    r"|handreiking|in werking|versie|verslag|notulen|overeenkomst|stelsel)\b",
    re.IGNORECASE,
)
_REACH = 40
_TURNS = {(1, 1), (31, 3), (1, 4), (30, 6), (1, 7), (30, 9), (1, 10), (31, 12)}
# Up to this age a turn of a quarter or a law is likelier than a birth.
_OLDEST_PERIOD_YEARS = 20
_OLDEST_PERSON_YEARS = 120


@dataclass(frozen=True)
class DayInText:
    """A day that stands in a text.

    Attributes:
        day: The day.
        start: Where it starts in the text.
        end: Where it ends.
    """

    day: date
    start: int
    end: int


def days_in(text: str, reference_day: date) -> Iterator[DayInText]:
    """The days that a text names, in digits or in words.

    Args:
        text: A folded text.
        reference_day: A year of two digits lies in the hundred years up to this day.
    """
    # Without accents as long as the text itself, so that places in it stay what they are.
    bare = text.translate(_ACCENTS)
    for pattern in _PATTERNS:
        for found in pattern.finditer(bare):
            year = _year(found["y"], reference_day)
            month, day = _month(found["m"]), _day(found["d"])
            if month > 12 >= day:  # noqa: PLR2004 - month and day as in America
                month, day = day, month
            try:
                yield DayInText(date(year, month, day), found.start(), found.end())
            except ValueError:
                continue


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(part for part in parts if part.isalnum())


def _year(text: str, reference_day: date) -> int:
    digits = text.lstrip("'")
    if digits.isdigit():
        year = int(digits)
        if len(digits) > 2:  # noqa: PLR2004 - a year of two digits
            return year
        return 2000 + year if 2000 + year <= reference_day.year else 1900 + year
    word = _plain(text)
    for start, century in (("negentienhonderd", 1900), ("tweeduizend", 2000), ("negentien", 1900)):
        if word.startswith(start):
            rest = word.removeprefix(start)
            return century + _NUMERALS.get(rest, _NUMERALS.get(rest.removeprefix("en"), 0))
    return 0


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text.lower()]


def _day(text: str) -> int:
    return int(text) if text.isdigit() else _DAYS[_plain(text)]


def holds_birth_date(text: str, reference_day: date, oldest_years: int) -> bool:
    """Whether a text holds a date of birth.

    Args:
        text: A folded text.
        reference_day: Day from which ages count.
        oldest_years: A date further back is a date of birth.

    Returns:
        It does; a cell with the empty date of a system holds none.
    """
    for found in _BORN_YEAR.finditer(text):
        if found["y"] is None or _year(found["y"], reference_day) < reference_day.year:
            return True
    is_said = _BORN.search(text) is not None
    for day in days_in(text, reference_day):
        age = reference_day.year - day.day.year
        if not 0 <= age < _OLDEST_PERSON_YEARS or _is_empty(text, day):
            continue
        if is_said and (age > 0 or _BORN_CLOSE.search(text, max(0, day.start - _REACH), day.start)):
            return True
        if age > oldest_years and not _is_of_a_rule(text, day, age):
            return True
    return False


def _is_of_a_rule(text: str, found: DayInText, age: int) -> bool:
    """Whether a day is rather the start of a period, or that of a law or letter."""
    if _is_whole(text, found):
        return False
    before = text[max(0, found.start - _REACH) : found.start]
    if _LAW.search(before):
        return True
    return age <= _OLDEST_PERIOD_YEARS and (found.day.day, found.day.month) in _TURNS


def _is_whole(text: str, found: DayInText) -> bool:
    """Whether a text is that day and no more than a time of it."""
    return not text[: found.start].strip() and _TIME.fullmatch(text[found.end :]) is not None


def _is_empty(text: str, found: DayInText) -> bool:
    return found.day in EMPTY_DATES and _is_whole(text, found)


def holds_empty_date(text: str, reference_day: date) -> bool:
    """Whether a cell is a date that systems write for *nothing*, and no more than that."""
    return any(_is_empty(text, day) for day in days_in(text, reference_day))


_TIME = re.compile(r"[T ]?[0-9:.,]*(?:Z|[+-][0-9:]+)?\s*")
_MOMENTS = re.compile(
    r"(?<![0-9])(?<![0-9][-/.])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])(?P<s>[-/.])(?:0?[1-9]|1[0-2])(?P=s)(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])-(?:0?[1-9]|1[0-2])-[0-9]{2}(?![0-9]))"
    r"(?:,? ?(?:T|om |- )?[0-2]?[0-9][:.][0-5][0-9](?:[:.][0-5][0-9])?(?:[.,][0-9]+)?"
    r"(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)?(?![0-9])(?![-/.][0-9])",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![0-9:.])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9:])")
_YEAR_RANGE = re.compile(r"(?<![0-9./-])(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}(?![0-9./-])")


@lru_cache(maxsize=65_536)
def without_moments(text: str) -> str:
    """A text with its dates, times and ranges of years taken out: none of them is a number."""
    text = _MOMENTS.sub(" ; ", text)
    return _YEAR_RANGE.sub(" ; ", _CLOCK.sub(" ; ", text))
