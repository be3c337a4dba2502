"""Identifying values for cells that should hold a code, a key, a number or a moment.

Here: making values of every kind, the look-alikes that are none, and where each may turn up.
Not here: what people write in sentences (`filling`), and the figures (`guard_measures`).

The values are made up by `faker` and by rules of their own, never taken from people; lists of the
guard itself are not used, so that recall is not measured against its own memory: first names come
from Faker, and the guard knows those of another source.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.deliveries.contract import Contract

REFERENCE_DATE = date(2026, 9, 30)
_SEED = 20260930
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_BSN_DIVISOR, _IBAN_DIVISOR = 11, 97
# Codes of files made elsewhere: no plate has vowels, and none starts with these.
_PLATE_LETTERS = "BDFGHJKLNPRSTVXZ"
_PLATE_FORMS = (
    "LL-99-99", "99-99-LL", "99-LL-99", "LL-99-LL", "LL-LL-99", "99-LL-LL", "99-LLL-9", "9-LLL-99",
    "LL-999-L", "L-999-LL", "LLL-99-L", "L-99-LLL", "9-LL-999", "999-LL-9",
)  # fmt: skip
_STREETS = ("Dorpsstraat", "Kerkweg", "Stationsplein", "Molenlaan", "Lange Voorhout")
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
_PREFIXES = ("van", "de", "van der", "van den", "el", "ten")

PLACES = ("code", "key", "number", "moment")
KINDS = (
    "bsn",
    "iban",
    "e_mail",
    "kenteken",
    "adres",
    "telefoonnummer",
    "parketnummer",
    "geboortedatum",
    "naam",
    "hash",
)
# Least recall asked per kind; kinds without one are reported all the same.
TARGETS = {
    "bsn": 1.0,
    "iban": 1.0,
    "e_mail": 1.0,
    "kenteken": 1.0,
    "adres": 1.0,
    "telefoonnummer": 1.0,
    "geboortedatum": 0.98,
    "naam": 0.98,
}


@dataclass(frozen=True)
class Planted:
    """One identifying value and where it is put.

    Attributes:
        kind: One of `KINDS`.
        form: Which of the ways of writing it.
        value: The value itself, made up.
        place: `code` (a column of codes), `key` (a pseudonym), `number` or `moment`.
    """

    kind: str
    form: str
    value: str
    place: str


def planted(per_kind: int, *, seed: int = _SEED) -> Iterator[Planted]:
    """Make identifying values, bare, for columns of every sort.

    Args:
        per_kind: Values per kind.
        seed: The same seed gives the same values.

    Yields:
        Values with their kind.
    """
    makers = _makers(random.Random(seed), seed)
    for kind in KINDS:
        for at in range(per_kind):
            form, value = makers[kind](at)
            yield Planted(kind, form, value, PLACES[at % len(PLACES)])


def _makers(draw: random.Random, seed: int) -> dict[str, Callable[[int], tuple[str, str]]]:
    from faker import Faker

    dutch, flemish = Faker("nl_NL"), Faker("nl_BE")
    dutch.seed_instance(seed)
    flemish.seed_instance(seed + 1)

    def digits(count: int) -> str:
        return "".join(draw.choice("0123456789") for _ in range(count))

    def bsn(at: int) -> tuple[str, str]:
        number = made_bsn(draw)
        return (
            ("nine digits", number),
            ("with dots", f"{number[:4]}.{number[4:6]}.{number[6:]}"),
            ("with spaces", f"{number[:3]} {number[3:6]} {number[6:]}"),
            ("with a word", f"BSN {number}"),
        )[at // 4 % 4]

    def iban(at: int) -> tuple[str, str]:
        number = _iban(draw.choice(("INGB", "RABO", "ABNA", "TRIO")) + digits(10))
        grouped = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
        return (("joined", number), ("in fours", grouped), ("small", number.lower()))[at // 4 % 3]

    def e_mail(at: int) -> tuple[str, str]:
        address = dutch.email()
        return (
            ("plain", address),
            ("capitals", address.upper()),
            ("(at)", address.replace("@", "(at)")),
        )[at // 4 % 3]

    def plate(at: int) -> tuple[str, str]:
        signs = {"L": _PLATE_LETTERS, "9": "0123456789", "-": "-"}
        code = _PLATE_FORMS[at % len(_PLATE_FORMS)]
        text = "".join(draw.choice(signs[sign]) for sign in code)
        return (
            ("dashes", text),
            ("spaces", text.replace("-", " ")),
            ("small", text.lower()),
            ("joined", text.replace("-", "")),
        )[at // 4 % 4]

    def address(at: int) -> tuple[str, str]:
        letters = "".join(draw.choice("ABCDEGHJKLMNPRTVWXZ") for _ in range(2))
        postcode, house = f"{draw.randint(1000, 9999)}", draw.randint(1, 300)
        return (
            ("postcode and number", f"{postcode}{letters} {house}"),
            ("with a space", f"{postcode} {letters} {house}"),
            ("street first", f"{draw.choice(_STREETS)} {house}, {postcode} {letters}"),
            ("small", f"{postcode} {letters.lower()} {house}"),
        )[at // 4 % 4]

    def telephone(at: int) -> tuple[str, str]:
        rest = digits(8)
        return (
            ("mobile", f"06{rest}"),
            ("mobile, dash", f"06-{rest}"),
            ("international", f"+31 6 {rest[:4]} {rest[4:]}"),
            ("international, joined", f"+316{rest}"),
            ("00", f"00316{rest}"),
            ("area", f"0{draw.choice(('20', '10', '30', '70'))}-{rest[:7]}"),
            ("area, brackets", f"(0{draw.choice(('20', '10', '30', '70'))}) {rest[:7]}"),
            ("spaced", f"06 {rest[:2]} {rest[2:4]} {rest[4:6]} {rest[6:]}"),
        )[at // 4 % 8]

    def parket(at: int) -> tuple[str, str]:
        number = f"{draw.choice(('05', '10', '13', '16'))}/{digits(6)}-{digits(2)}"
        return (("slash", number), ("dash", number.replace("/", "-")))[at // 4 % 2]

    def birth(at: int) -> tuple[str, str]:
        day = date(1940, 1, 1) + timedelta(days=draw.randrange(365 * 68))
        named = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        return (
            ("dd-mm-yyyy", day.strftime("%d-%m-%Y")),
            ("yyyy-mm-dd", day.isoformat()),
            ("yyyymmdd", day.strftime("%Y%m%d")),
            ("in words", named),
            ("dd/mm/yyyy", day.strftime("%d/%m/%Y")),
            ("dd-mm-yy", day.strftime("%d-%m-%y")),
            ("geb.", f"geb. {day.strftime('%d-%m-%Y')}"),
        )[at // 4 % 7]

    def name(at: int) -> tuple[str, str]:
        source = dutch if at % 2 else flemish
        first, last = source.first_name(), source.last_name()
        prefix = draw.choice(_PREFIXES)
        return (
            ("first and last", f"{first} {last}"),
            ("with prefix", f"{first} {prefix} {last.split()[-1]}"),
            ("initials", f"{first[0]}.{draw.choice('ABJM')}. {last}"),
            ("last, initials", f"{last}, {first[0]}."),
            ("title", f"{draw.choice(('dhr.', 'mevrouw', 'mr.'))} {last}"),
            ("first name", first),
        )[at // 4 % 6]

    def digest(at: int) -> tuple[str, str]:
        length = (32, 40, 64)[at // 4 % 3]
        return f"{length} digits", "".join(draw.choice("0123456789abcdef") for _ in range(length))

    return {
        "bsn": bsn,
        "iban": iban,
        "e_mail": e_mail,
        "kenteken": plate,
        "adres": address,
        "telefoonnummer": telephone,
        "parketnummer": parket,
        "geboortedatum": birth,
        "naam": name,
        "hash": digest,
    }


def made_bsn(draw: random.Random) -> str:
    """A number that passes the test for BSN; nine digits, no leading zero."""
    while True:
        digits = [draw.randint(1, 9), *(draw.randint(0, 9) for _ in range(7))]
        last = sum(w * d for w, d in zip(_BSN_WEIGHTS, digits, strict=False)) % _BSN_DIVISOR
        if last < 10:
            return "".join(str(digit) for digit in (*digits, last))


def _iban(account: str) -> str:
    number = "".join(str(int(sign, 36)) for sign in f"{account}NL00")
    return f"NL{98 - int(number) % _IBAN_DIVISOR:02d}{account}"


# Values that look identifying and are not, each with the contract property that makes them so.
LOOK_ALIKES: dict[str, tuple[str, str, Callable[[random.Random], str]]] = {
    "nine-digit case numbers": (
        "^[1-9][0-9]{8}$",
        "bsn",
        lambda draw: str(draw.randint(10**8, 10**9 - 1)),
    ),
    "product codes like plates": (
        "^[A-Z]{2}-[0-9]{3}-[A-Z]$",
        "kenteken",
        lambda draw: f"{''.join(draw.choices(_PLATE_LETTERS, k=2))}-{draw.randint(100, 999)}-"
        f"{draw.choice(_PLATE_LETTERS)}",
    ),
    "dossier numbers like parketnummers": (
        "^[0-9]{2}/[0-9]{6}-[0-9]{2}$",
        "parketnummer",
        lambda draw: (
            f"{draw.randint(10, 99)}/{draw.randint(10**5, 10**6 - 1)}-{draw.randint(10, 99)}"
        ),
    ),
}  # fmt: skip


def column_for(contract: Contract, place: str) -> str | None:
    """A column of a contract where a value of that sort may turn up; None when it has none."""
    for column in contract.columns:
        is_moment = column.granularity is not None or column.logical_type in {"date", "timestamp"}
        sorts = {
            "key": column.pseudonym is not None,
            "moment": is_moment and not column.is_key,
            "number": column.logical_type in {"integer", "number"},
            "code": bool(column.enum) and column.name != "mutatie",
        }
        if sorts[place]:
            return column.name
    return None
