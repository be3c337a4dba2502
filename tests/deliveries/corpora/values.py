"""Invented identifying values, valid by their own rules, for the placeholders of the corpus.

Here: one maker for each placeholder: from a source of chance to the groups people write a value in.
Not here: how the groups are joined, or the sentences they stand in.

No value is kept: each is made when a test runs, so that no valid number stands in the repository.
"""

import base64
import hashlib
import ipaddress
import string
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from stdnum import iban
from stdnum.nl import bsn

Maker = Callable[[Random], tuple[str, ...]]


def _words(text: str, between: str | None = None) -> list[str]:
    """A list that reads as a line."""
    return text.split(between)


# The letters of plates: no vowels, no C and no Q.
PLATE_LETTERS = "BDFGHJKLNPRSTVXZ"
# The side codes in use, 1 to 14: X a letter, 9 a digit.
SIDE_CODES = _words(
    "XX-99-99 99-99-XX 99-XX-99 XX-99-XX XX-XX-99 99-XX-XX 99-XXX-9 9-XXX-99 XX-999-X X-999-XX "
    "XXX-99-X X-99-XXX 9-XX-999 999-XX-9"
)
# Postcodes end in these too, but "2024 en" or "1500 km" is an ordinary text to anybody.
TWO_LETTER_WORDS = frozenset(
    _words(
        "AF AL CM DE DM EN ER EU GE GB GR HA HE HM IE IK IN IS JA JE KB KG KM LE ME MB MG ML MM NA "
        "NU OF OM OP PK PM SA SD SS ST TB TE TV UW VS WE XX ZE ZO"
    )
)
DUTCH_BANKS = ("ABNA", "INGB", "RABO", "TRIO", "KNAB", "BUNQ", "SNSB", "ASNB", "RBRB", "FVLB")
# Country, and its account part: n a digit, a letter as it is.
FOREIGN_BANKS = (
    ("DE", "n" * 18),
    ("GB", "BARC" + "n" * 14),
    ("TR", "nnnnn0" + "n" * 16),
    ("PL", "n" * 24),
    ("LU", "n" * 16),
    ("LT", "n" * 16),
)
AREA_CODES = _words(
    "010 013 020 023 024 026 030 033 035 036 038 040 043 045 046 050 053 055 058 070 076 077 078 "
    "079"
)
LONG_AREA_CODES = _words("0114 0167 0182 0223 0251 0297 0315 0344 0413 0485 0512 0523 0591")
FOREIGN_NUMBERS = _words(
    "32|4nn|nn|nn|nn 49|15n|nnnnnnnn 44|7nnn|nnnnnn 90|53n|nnn|nn|nn 212|6nn|nnnnnn 597|8nn|nnnn "
    "5999|6nn|nnnn 252|61|nnnnnnn 291|7|nnn|nnn 48|5nn|nnn|nnn 33|6|nn|nn|nn|nn 98|912|nnn|nnnn "
    "963|94n|nnn|nnn 86|13n|nnnn|nnnn 1|212|5nn|nnnn 34|6nn|nnn|nnn"
)
COURTS = _words("01 02 03 05 08 09 10 13 15 16 18 20 23 71 81 82 83 84 96")
POLICE_UNITS = _words("0100 0600 0900 1100 1300 1500 1700 2000 2300 2600")
FOREIGN_PASSPORTS = _words("XXnnnnnnn Xnnnnnnnn nnnnnnnnn XXXnnnnnn")

MONTHS = _words(
    "januari februari maart april mei juni juli augustus september oktober november december"
)
SHORT_MONTHS = _words("jan feb mrt apr mei jun jul aug sep okt nov dec")
ENGLISH_MONTHS = _words(
    "January February March April May June July August September October November December"
)
UNITS = _words("nul een twee drie vier vijf zes zeven acht negen")
TEENS = _words("tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien")
TENS = _words("twintig dertig veertig vijftig zestig zeventig tachtig negentig")

STREETS = _words(
    "Kerkstraat Dorpsstraat Molenweg Stationsweg Wilhelminalaan Julianastraat Oranjesingel "
    "Marktplein Beukenlaan Havenkade Prinsengracht Lindehof Zeedijk Bosdreef Kloosterpad "
    "Wilgenplantsoen Stadspark Bakkerssteeg Vismarkt Ringbaan Nieuweburg Noorderwal Parkboulevard "
    "Akkerweg Hertogstraat Tulpenstraat Merelstraat Vondellaan Schoolstraat Weidedreef"
)
SHORT_STREETS = _words(
    "Kerkstr. Dorpsstr. Wilhelminaln. Oranjesngl. Marktpln. Julianastr. Prinsengr. Beukenln. "
    "Stationswg. Hertogstr."
)
STREETS_OF_WORDS = _words(
    "Laan van Meerdervoort;Burgemeester Jansenlaan;Oude Kerkstraat;Lange Nieuwstraat;"
    "Van Goghstraat;Prins Bernhardlaan;Weg naar Rhijnauwen;Dr. Schaepmanstraat;Korte Molenweg;"
    "1e Oosterstraat;Plein 1813;Pater van den Elsenplein;Nieuwe Gracht;Generaal de Gaullesingel",
    ";",
)
NICKNAMES = _words(
    "mo yass lil sjaak zina kevv elif rico dushi noor big.b sanoo jaydn mimi el_loco prinsesje"
)
MAIL_NAMES = _words(
    "j.jansen m.elamrani anneke.devries f.bouzidi85 mehmet_yilmaz r.ramdin q.martina77 selamhaile "
    "pieter.bakker warsame.a k.kowalski sanne-mulder"
)
MAIL_HOSTS = _words(
    "gmail|com hotmail|com outlook|com ziggo|nl kpnmail|nl live|nl yahoo|com icloud|com yandex|ru "
    "gmx|de casema|nl proton|me"
)


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def _from_pattern(chance: Random, pattern: str, letters: str = string.ascii_uppercase) -> str:
    """The pattern with chance for every n (a digit) and X (a letter)."""
    drawn = {"n": string.digits, "X": letters}
    return "".join(chance.choice(drawn[c]) if c in drawn else c for c in pattern)


def _in_groups(text: str, *sizes: int) -> tuple[str, ...]:
    """The text cut in groups of these sizes, the last one repeated until it is used up."""
    groups = []
    while text:
        size = sizes[min(len(groups), len(sizes) - 1)]
        groups.append(text[:size])
        text = text[size:]
    return tuple(groups)


def citizen_number(chance: Random, leading: str = "") -> str:
    """A burgerservicenummer that passes the test of eleven, beginning with these digits."""
    while True:
        number = leading + _digits(chance, 9 - len(leading))
        if bsn.is_valid(number) and (leading or number[0] != "0"):
            return number


def _registration_number(chance: Random) -> str:
    """An A-nummer: no digit twice in a row, and both its sums modulo eleven as the law has them."""
    while True:
        number = _digits(chance, 10)
        values = [int(digit) for digit in number]
        if (
            values[0] != 0
            and all(left != right for left, right in pairwise(values))
            and sum(values) % 11 in {0, 5}
            and sum(value << place for place, value in enumerate(values)) % 11 == 0
        ):
            return number


def _account(country: str, account: str) -> tuple[str, ...]:
    check = iban.calc_check_digits(f"{country}00{account}")
    return _in_groups(f"{country}{check}{account}", 4)


def _dutch_account(chance: Random) -> tuple[str, ...]:
    return _account("NL", chance.choice(DUTCH_BANKS) + "0" + _digits(chance, 9))


def _foreign_account(chance: Random) -> tuple[str, ...]:
    country, pattern = chance.choice(FOREIGN_BANKS)
    return _account(country, _from_pattern(chance, pattern))


def _mobile(chance: Random) -> str:
    return chance.choice("1234568") + _digits(chance, 7)


def _fixed(chance: Random) -> tuple[str, str]:
    area = chance.choice(AREA_CODES if chance.random() < 0.7 else LONG_AREA_CODES)
    return area, chance.choice("2345678") + _digits(chance, 9 - len(area))


def _fixed_parts(chance: Random) -> tuple[str, ...]:
    area = chance.choice(AREA_CODES)
    return (area, *_in_groups(chance.choice("2345678") + _digits(chance, 6), 3, 2))


def _fixed_abroad(chance: Random) -> tuple[str, ...]:
    area, number = _fixed(chance)
    return "+31", area[1:], number


def _foreign_number(chance: Random, prefix: str) -> tuple[str, ...]:
    country, *rest = _from_pattern(chance, chance.choice(FOREIGN_NUMBERS)).split("|")
    return prefix + country, *rest


def _mail_address(chance: Random) -> tuple[str, ...]:
    return chance.choice(MAIL_NAMES), *chance.choice(MAIL_HOSTS).split("|")


def _plate(chance: Random) -> tuple[str, ...]:
    pattern = chance.choice(SIDE_CODES).replace("9", "n")
    return tuple(_from_pattern(chance, pattern, PLATE_LETTERS).split("-"))


def _postcode(chance: Random) -> tuple[str, ...]:
    while True:
        letters = "".join(chance.choices("ABCDEGHJKLMNPRSTVWXZ", k=2))
        if letters not in TWO_LETTER_WORDS:
            return str(chance.randint(1011, 9999)), letters


def _house(chance: Random) -> str:
    return str(chance.randint(1, 389))


def _point(chance: Random) -> tuple[float, float]:
    """Somewhere on land or water between Zeeland and Groningen."""
    return chance.uniform(51.2, 53.4), chance.uniform(3.6, 7.1)


def _with_comma(number: str) -> str:
    return number.replace(".", ",")


def _decimal_point(chance: Random) -> tuple[str, ...]:
    return tuple(f"{degrees:.{chance.randint(4, 6)}f}" for degrees in _point(chance))


def _point_in_seconds(chance: Random) -> tuple[str, ...]:
    def written(degrees: float, side: str) -> str:
        minutes = degrees % 1 * 60
        return f"{int(degrees)}°{int(minutes):02d}'{minutes % 1 * 60:04.1f}\"{side}"

    north, east = _point(chance)
    return written(north, "N"), written(east, "E")


def _point_with_letters(chance: Random) -> tuple[str, ...]:
    north, east = _point(chance)
    return f"{north:.4f}°N", f"{east:.4f}°E"


def _national_grid(chance: Random) -> tuple[str, ...]:
    return str(chance.randint(20_000, 278_000)), str(chance.randint(310_000, 615_000))


def in_words(number: int) -> str:
    """A number under a hundred in Dutch words."""
    if number < len(UNITS):
        return UNITS[number]
    if number < len(UNITS) + len(TEENS):
        return TEENS[number - len(UNITS)]
    tens, unit = TENS[number // 10 - 2], number % 10
    if not unit:
        return tens
    return UNITS[unit] + ("ën" if unit in {2, 3} else "en") + tens


def _year_in_words(year: int, hundred: str) -> str:
    century, rest = divmod(year, 100)
    if century == 20:
        return "tweeduizend" + (f" {in_words(rest)}" if rest else "")
    return in_words(century) + hundred + in_words(rest)


def _birth(written: Callable[[date], tuple[str, ...]]) -> Maker:
    """A maker for the birth date of a grown person: what a child's would be is no other form."""
    first, last = date(1938, 1, 1), date(2006, 12, 31)

    def make(chance: Random) -> tuple[str, ...]:
        return written(first + timedelta(days=chance.randint(0, (last - first).days)))

    return make


def _passport(chance: Random) -> tuple[str, ...]:
    """A Dutch passport or identity card: no letter O, and a digit at the end."""
    letters = string.ascii_uppercase.replace("O", "")
    middle = "".join(chance.choices(letters + string.digits, k=6))
    number = "".join(chance.choices(letters, k=2)) + middle + chance.choice(string.digits)
    return _in_groups(number, 3)


def _foreign_passport(chance: Random) -> tuple[str, ...]:
    return _in_groups(_from_pattern(chance, chance.choice(FOREIGN_PASSPORTS)), 3)


def _criminal_chain_number(chance: Random) -> tuple[str, ...]:
    number = str(chance.randint(1_000_000, 39_999_999))
    return _in_groups(number, (len(number) - 1) % 3 + 1, 3)


def _report(chance: Random) -> tuple[str, ...]:
    return f"PL{chance.choice(POLICE_UNITS)}", f"20{chance.randint(19, 26)}{_digits(chance, 6)}"


def _address_of_four(chance: Random) -> tuple[str, ...]:
    first = chance.choice((31, 37, 62, 77, 80, 84, 86, 94, 145, 178, 192, 213))
    return str(first), *(str(chance.randint(10, 254)) for _ in range(3))


def _address_of_eight(chance: Random) -> tuple[str, ...]:
    return "2a02", *(f"{chance.randint(0x1000, 0xFFFF):x}" for _ in range(7))


def _short_address_of_eight(chance: Random) -> tuple[str, ...]:
    network = ipaddress.IPv6Network(f"2a02:{chance.randint(0x100, 0xFFFF):x}::/32")
    return (str(network[chance.randint(1, 0xFFFFFFFF)]),)


def _handle(chance: Random) -> tuple[str, ...]:
    tail = chance.choice(("_010", "020", ".nl", "_x", "x", "_official")) + _digits(chance, 2)
    return (chance.choice(NICKNAMES) + tail,)


def _digest(algorithm: str, written: Callable[[bytes], tuple[str, ...]]) -> Maker:
    """A maker for the digest, without a key, of a citizen number."""

    def make(chance: Random) -> tuple[str, ...]:
        return written(hashlib.new(algorithm, citizen_number(chance).encode()).digest())

    return make


MAKERS: dict[str, Maker] = {
    "bsn": lambda chance: _in_groups(citizen_number(chance), 3),
    "bsn_sofi": lambda chance: _in_groups(citizen_number(chance), 4, 2, 3),
    "bsn_short": lambda chance: (citizen_number(chance, "0")[1:],),
    "iban": _dutch_account,
    "iban_foreign": _foreign_account,
    "mobile": lambda chance: ("06", _mobile(chance)),
    "mobile_pairs": lambda chance: ("06", *_in_groups(_mobile(chance), 2)),
    "mobile_31": lambda chance: ("+31", "6", _mobile(chance)),
    "mobile_31_pairs": lambda chance: ("+31", "6", *_in_groups(_mobile(chance), 2)),
    "mobile_0031": lambda chance: ("0031", "6", _mobile(chance)),
    "fixed": _fixed,
    "fixed_parts": _fixed_parts,
    "fixed_31": _fixed_abroad,
    "foreign": lambda chance: _foreign_number(chance, "+"),
    "foreign_00": lambda chance: _foreign_number(chance, "00"),
    "e_mail": _mail_address,
    "plate": _plate,
    "postcode": _postcode,
    "street": lambda chance: (chance.choice(STREETS), _house(chance)),
    "street_letter": lambda chance: (chance.choice(STREETS), _house(chance), chance.choice("abcd")),
    "street_addition": lambda chance: (
        chance.choice(STREETS),
        _house(chance),
        str(chance.randint(1, 40)),
    ),
    "street_short": lambda chance: (chance.choice(SHORT_STREETS), _house(chance)),
    "street_words": lambda chance: (chance.choice(STREETS_OF_WORDS), _house(chance)),
    "gps": _decimal_point,
    "gps_comma": lambda chance: tuple(map(_with_comma, _decimal_point(chance))),
    "gps_dms": _point_in_seconds,
    "gps_letters": _point_with_letters,
    "rd": _national_grid,
    "birth": _birth(lambda day: (f"{day:%d}", f"{day:%m}", f"{day:%Y}")),
    "birth_iso": _birth(lambda day: (f"{day:%Y}", f"{day:%m}", f"{day:%d}")),
    "birth_short": _birth(lambda day: (f"{day:%d}", f"{day:%m}", f"{day:%y}")),
    "birth_bare": _birth(lambda day: (str(day.day), str(day.month), str(day.year))),
    "birth_month": _birth(lambda day: (str(day.day), MONTHS[day.month - 1], str(day.year))),
    "birth_month_short": _birth(
        lambda day: (str(day.day), SHORT_MONTHS[day.month - 1], f"{day:%y}")
    ),
    "birth_words": _birth(
        lambda day: (in_words(day.day), MONTHS[day.month - 1], _year_in_words(day.year, ""))
    ),
    "birth_words_long": _birth(
        lambda day: (in_words(day.day), MONTHS[day.month - 1], _year_in_words(day.year, "honderd"))
    ),
    "birth_english": _birth(
        lambda day: (str(day.day), ENGLISH_MONTHS[day.month - 1], str(day.year))
    ),
    "birth_english_first": _birth(
        lambda day: (ENGLISH_MONTHS[day.month - 1], str(day.day), str(day.year))
    ),
    "prosecution": lambda chance: (
        chance.choice(COURTS),
        _digits(chance, 6),
        str(chance.randint(18, 26)),
    ),
    "report": _report,
    "report_year": lambda chance: (_report(chance)[1],),
    "v": lambda chance: _in_groups(str(chance.randint(1_000_000_000, 3_999_999_999)), 3, 3, 4),
    "a": lambda chance: _in_groups(_registration_number(chance), 4, 3),
    "skn": _criminal_chain_number,
    "passport": _passport,
    "passport_foreign": _foreign_passport,
    "ip4": _address_of_four,
    "ip6": _address_of_eight,
    "ip6_short": _short_address_of_eight,
    "handle": _handle,
    "md5": _digest("md5", lambda digest: (digest.hex(),)),
    "md5_parts": _digest("md5", lambda digest: _in_groups(digest.hex(), 8)),
    "sha1": _digest("sha1", lambda digest: (digest.hex(),)),
    "sha256": _digest("sha256", lambda digest: (digest.hex(),)),
    "hex26": _digest("sha256", lambda digest: (digest.hex()[:26],)),
    "base64": _digest("sha256", lambda digest: (base64.b64encode(digest).decode(),)),
    "base64_md5": _digest("md5", lambda digest: (base64.b64encode(digest).decode(),)),
    "base64_url": _digest(
        "sha256", lambda digest: (base64.urlsafe_b64encode(digest).decode().rstrip("="),)
    ),
    "base32": _digest(
        "md5", lambda digest: (base64.b32encode(digest).decode().rstrip("=").lower(),)
    ),
    "uuid": _digest("md5", lambda digest: _in_groups(digest.hex(), 8, 4, 4, 4, 12)),
}
