"""Numbers that stand for one person: of citizens, accounts, telephones, cases and documents.

Here: BSN, IBAN, telephone, numbers of criminal cases and police reports, those that registers of
persons and of travel documents give, and Dutch and foreign forms of each.
Not here: number plates (`plates`), places (`places`) and dates (`dates`).

A number with a test of its own is judged by that test, in any grouping; one without is judged by
its closed form, or by the word that stands before it. Texts are folded, and dates and times are
taken out first: `01-10-2026 00:00` is no telephone number.
"""

import re

from stdnum import iban as iban_number
from stdnum.nl import bsn as bsn_number

_SEPARATOR = r"[ ./_\\-]{0,3}"
_DIGIT_RUN = re.compile(rf"(?<![0-9])[0-9](?:{_SEPARATOR}[0-9]){{8}}(?![0-9])")
# Thousands apart, or groups: with commas only three at a time.
_COMMAS = re.compile(r"(?<![0-9,.])[0-9]{1,4}(?:,[0-9]{2,4}){2,3}(?![0-9]|,[0-9])")
# Between the word and the number others may stand: `het SKN van betrokkene is …`.
_NEAR = r"\b[^0-9\n]{0,40}?"
_AFTER_WORD = r"\b\W{0,3}(?:is |was |luidt |nummer |nr\.? |no\.? )?\W{0,3}"
# The word says what it is: a number that fails its test was mistyped, and still tells who.
_SAID_BSN = re.compile(
    r"\b(?:bsn|burgerservice ?nummer|sofi(?:-? ?nummer)?|persoonsnummer)(?:[- ]?(?:nummer|nr))?"
    rf"{_AFTER_WORD}[0-9](?:{_SEPARATOR}[0-9]){{7,8}}(?![0-9])",
    re.IGNORECASE,
)
# The Belgian register number: date of birth, count and test, in a form of its own.
_BELGIAN = re.compile(r"(?<![0-9])[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}[.-][0-9]{2}(?![0-9])")

_BSN_DIGITS = 9

_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}[ ./_-]{0,2}[0-9]{2}(?:[ ./_-]{0,2}[A-Z0-9]){10,30}", re.IGNORECASE
)
_DUTCH_IBAN = re.compile(
    r"(?<![A-Z0-9])NL[ ./_-]{0,2}[0-9]{2}(?:[ ./_-]{0,2}[A-Z]){4}(?:[ ./_-]{0,2}[0-9]){10}"
    r"(?![0-9])",
    re.IGNORECASE,
)
_SAID_ACCOUNT = re.compile(
    r"\b(?:iban|(?:bank|giro|spaar)?rekening(?:nummer|nr)?)"
    rf"{_AFTER_WORD}(?:[A-Z]{{2}}[0-9]{{2}}[ ./_-]?[A-Z0-9]{{4}}|[0-9](?:[ ./_-]?[0-9]){{6,9}}\b)",
    re.IGNORECASE,
)
_SHORTEST_IBAN = 15

_PHONE_SEPARATOR = r"[ ./()_-]{0,3}"
# After a digit and a dash or dot it is the tail of a longer code.
_PHONE_START = r"(?<![0-9])(?<![0-9][./_-])"
_PHONES = (
    # Ten digits from a zero: at home, and in Belgium.
    re.compile(rf"{_PHONE_START}\(?0[1-9](?:{_PHONE_SEPARATOR}[0-9]){{8}}(?![0-9])"),
    re.compile(r"(?<![0-9])(?<![0-9][./_-])0(?:[ ./-][0-9]){9}(?![0-9])"),
    # Nine or eleven, written in groups: abroad.
    re.compile(rf"{_PHONE_START}\(?0[1-9][0-9]{{0,3}}\)?[ ./-](?:[0-9][ ./-]?){{6,8}}(?![0-9])"),
    # With a plus or two zeros and the number of a country.
    re.compile(
        rf"(?<![0-9])\(?\+{_PHONE_SEPARATOR}[1-9](?:{_PHONE_SEPARATOR}[0-9]){{8,14}}(?![0-9])"
    ),
    re.compile(rf"{_PHONE_START}\(?00[ -]?[1-9](?:{_PHONE_SEPARATOR}[0-9]){{8,14}}(?![0-9])"),
    # In North America.
    re.compile(
        r"(?<![0-9])(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[0-9]{3}[-. ][0-9]{4}(?![0-9])"
    ),
    # The word says so; a lost zero does not hide it.
    re.compile(
        r"\b(?:tel(?:efoon)?(?:nummer|nr)?|mobiel(?:nummer)?|gsm|06-?nummer|whatsapp|bereikbaar op"
        rf"|bel(?:t|len)?(?: op)?){_AFTER_WORD}\+?\(?[0-9](?:{_PHONE_SEPARATOR}[0-9]){{7,13}}"
        r"(?![0-9])",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?:nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)(?:[ ,-]+|\b)){8,}",
        re.IGNORECASE,
    ),
)
_FEWEST_IN_GROUPS, _MOST_IN_GROUPS = 9, 11

_PARKET = re.compile(
    r"(?<![0-9])(?<![0-9][./-])(?:[0-9]{2} ?[/._ -] ?[0-9]{6} ?[/._ -] ?|[0-9]{8} ?[/-] ?)[0-9]{2}"
    r"(?![0-9])(?![./-][0-9])"
)
_SAID_PARKET = re.compile(
    rf"\b(?:parket|rolnummer)(?:-? ?(?:nummer|nr))?\.?{_NEAR}[0-9](?:{_SEPARATOR}[0-9]){{7,11}}",
    re.IGNORECASE,
)
# A report of the police: unit, year and number, in either order.
_REPORT = re.compile(
    r"(?<![A-Z])PL[ .:/_-]{0,2}[0-9]{4}(?:[ ./_-]{0,2}[0-9]{4})?[ ./_-]{0,2}[0-9]{5,}"
    r"|(?:19|20)[0-9]{2}[ ./_-]{0,2}PL[ ./_-]{0,2}[0-9]{4}|(?<![A-Z])PL[0-9]{4}(?:[ ./_-][0-9])"
    r"|\b(?:pv|proces-?verbaal|mutatie|bvh|aangifte)(?:-? ?(?:nummer|nr))?\.?[^0-9\n]{0,25}?"
    r"(?:19|20)[0-9]{2}[ ./_-]{0,2}[0-9]{5,7}\b",
    re.IGNORECASE,
)

_SAID_REGISTER = re.compile(
    r"\b(?:v[-. ]?(?:nummer|nr|num)|a[-. ]?(?:nummer|nr|num)|administratie-?nummer"
    r"|vreemdelingen-?(?:nummer|nr)|skn(?:-?(?:nummer|nr))?|strafrechtsketen-?(?:nummer|nr)"
    r"|keten-?(?:nummer|nr)|strafrechts?keten\w*|skdb\w*|sk-nummer|crv-?(?:nummer|nr)"
    r"|cjib-?(?:nummer|nr)|penitentiair(?: nummer)?"
    rf"|cli[eë]ntnummer|pati[eë]ntnummer)\.?{_NEAR}[0-9](?:{_SEPARATOR}[0-9]){{4,11}}(?![0-9])",
    re.IGNORECASE,
)
# Words of the aliens' chain, with a whole number near.
_SAID_ALIEN = re.compile(
    rf"\b(?:bvv|ind|vreemdeling\w*|asiel\w*|statushouder|verblijfs\w*|v){_NEAR}"
    rf"[0-9](?:{_SEPARATOR}[0-9]){{9}}(?![0-9])",
    re.IGNORECASE,
)
# Ten digits behind one letter, as the aliens' police writes it.
_BARE_REGISTER = re.compile(
    rf"(?<![A-Za-z0-9])(?:[VvAa]|SKN|skn)[ .:-]{{0,2}}[0-9](?:{_SEPARATOR}[0-9]){{6,9}}(?![0-9])"
)
_DIGITS_OF_REGISTER = 10
# Nine or ten digits without a word: of a register, a document or a case. Thousands are no such.
_LONG = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?:[0-9]{9,10}|[0-9]{3} [0-9]{3} [0-9]{3}"
    r"|[0-9]{2,4}(?P<s>[._/-])[0-9]{2,4}(?:(?P=s)[0-9]{2,4}){1,3})(?![0-9])(?![.,][0-9])"
)
_LONG_SPACED = re.compile(r"(?<![0-9.,])[0-9]{1,4}(?: [0-9]{1,4}){2,4}(?![0-9])(?![.,][0-9])")
_LONG_DIGITS = (9, 10)

_SAID_DOCUMENT = re.compile(
    r"\b(?:paspoort|reisdocument|identiteits(?:kaart|bewijs)|id(?:[- ]?(?:kaart|bewijs))?|nik"
    r"|rijbewijs"
    r"|document|verblijfs?document|verblijfskaart|passport|visum|legitim\w+|pas|kaart)"
    r"(?:[- ]?(?:nummer|nr|no))?\b",
    re.IGNORECASE,
)
# Two letters, six letters or digits, a digit; the letter O is never used.
_DOCUMENT = re.compile(
    r"(?<![A-Za-z0-9_-])(?=[A-Z]{2}[A-Z0-9]{0,6}[0-9])[A-NP-Z]{2}[A-NP-Z0-9]{6}[0-9]"
    r"(?![A-Za-z0-9_-])"
)
# In groups or small letters, where a letter comes after a digit; in prose other countries' too.
_GROUPED = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-NP-Z](?:[ ./_-]?[A-NP-Z0-9]){7,9}"
    r"|[a-np-z]{2}[a-np-z0-9]{6}[0-9])(?![A-Za-z0-9])"
)
_FOREIGN = re.compile(
    r"(?<![A-Za-z0-9_-])[A-Z]{1,3}[ .-]?[0-9]{2,8}(?:[ .-][0-9]{2,4}){0,3}"
    r"(?![A-Za-z0-9_-])"
)
_CHARACTERS = 9
_FEWEST_DIGITS = 3
# Numbers of the chain's own tables: two letters and a small number of seven digits.
_CHAIN_NUMBER = re.compile(r"^[A-Z]{2}000[0-9]{4}$")
_ACRONYMS = re.compile("^(?:OM|KC|EU|LCC|VS|NL|AVG|IND|COA|VNG|BZK|PR|AT|K|Q|W|P|N|T|G|H)[ .-]")


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def holds_bsn(text: str) -> bool:
    """Whether a text without dates holds a citizen service number, or one of Belgium."""
    runs = (*_DIGIT_RUN.findall(text), *_COMMAS.findall(text))
    if any(len(_digits(run)) == _BSN_DIGITS and bsn_number.is_valid(_digits(run)) for run in runs):
        return True
    return bool(_SAID_BSN.search(text) or _BELGIAN.search(text))


def holds_iban(text: str) -> bool:
    """Whether a text holds an account number, of any country."""
    if _DUTCH_IBAN.search(text) or _SAID_ACCOUNT.search(text):
        return True
    for found in _IBAN.findall(text):
        compact = re.sub("[ ./_-]", "", found).upper()
        # A word after the number may have been taken along: try the shorter ones too.
        if any(
            iban_number.is_valid(compact[:end], check_country=False)
            for end in range(len(compact), _SHORTEST_IBAN - 1, -1)
        ):
            return True
    return False


def holds_telephone(text: str) -> bool:
    """Whether a text without dates holds a telephone number, of any country."""
    for pattern in _PHONES:
        for found in pattern.finditer(text):
            if pattern is not _PHONES[2]:
                return True
            if _FEWEST_IN_GROUPS <= len(_digits(found[0])) <= _MOST_IN_GROUPS:
                return True
    return False


def holds_case_number(text: str) -> bool:
    """Whether a text without dates holds the number of a criminal case or a police report."""
    return any(pattern.search(text) for pattern in (_PARKET, _SAID_PARKET, _REPORT))


def holds_register_number(text: str) -> bool:
    """Whether a text holds a number of an alien, a person in the register or in the law chain."""
    if _SAID_REGISTER.search(text) or _SAID_ALIEN.search(text):
        return True
    return any(
        found[0].lower().startswith("skn") or len(_digits(found[0])) == _DIGITS_OF_REGISTER
        for found in _BARE_REGISTER.finditer(text)
    )


def holds_long_number(text: str) -> bool:
    """Whether a sentence without dates holds nine or ten digits that stand for something."""
    if any(len(_digits(found[0])) in _LONG_DIGITS for found in _LONG.finditer(text)):
        return True
    return any(_is_register_number(_digits(found)) for found in _LONG_SPACED.findall(text))


def _is_register_number(digits: str) -> bool:
    """The test of the number that the register of persons gives (Logisch Ontwerp BRP, 01.10)."""
    if len(digits) != _DIGITS_OF_REGISTER or digits[0] == "0":
        return False
    numbers = [int(digit) for digit in digits]
    is_weighed = sum(digit << place for place, digit in enumerate(numbers)) % 11 == 0
    return is_weighed and sum(numbers) % 11 in {0, 5}


def holds_document_number(text: str) -> bool:
    """Whether a text holds the number of a passport, identity card or driving licence."""
    if any(not _CHAIN_NUMBER.match(found) for found in _DOCUMENT.findall(text)):
        return True
    if any(_is_document(found[0]) for found in _GROUPED.finditer(text)):
        return True
    said = list(_SAID_DOCUMENT.finditer(text))
    # All that stands before some such word stands before the last one, and the other way round.
    return bool(said) and any(
        _NEAR_DOCUMENT.search(part) for part in (text[: said[-1].start()], text[said[0].end() :])
    )


# Behind the word for a document: capitals and digits in groups, small letters joined, or digits.
_NEAR_DOCUMENT = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=(?:[A-Z0-9][ ./_-]?){0,9}[0-9])[A-Z](?:[ ./_-]?[A-Z0-9]){6,9}"
    r"|(?=[a-z0-9]{0,9}[0-9][a-z0-9]{0,9}[0-9])[a-z]{1,3}[a-z0-9]{5,8}"
    r"|[a-z]{2}[a-z0-9]{6}[0-9]|[0-9](?:[ ./_-]?[0-9]){7,9})(?![0-9A-Za-z])"
)


def holds_foreign_document(text: str) -> bool:
    """Whether a sentence without dates holds a document number as other countries write it."""
    return any(
        len(re.sub("[ .-]", "", found[0])) == _CHARACTERS
        and not _CHAIN_NUMBER.match(found[0])
        and not _ACRONYMS.match(found[0])
        for found in _FOREIGN.finditer(text)
    )


def _is_document(text: str) -> bool:
    """Whether nine characters are a number of a document rather than words beside a count.

    A letter that comes after a digit, or four digits, are; so are groups with one mark between.
    """
    compact = re.sub("[ ./_-]", "", text)
    digits = len(_digits(compact))
    if len(compact) != _CHARACTERS or digits < _FEWEST_DIGITS or _CHAIN_NUMBER.match(compact):
        return False
    if re.search("[0-9][A-Za-z]", compact) or (compact == text and digits > _FEWEST_DIGITS):
        return True
    marks = set(re.findall("[./_-]", text))
    is_mixed = any(re.search("[A-Za-z][0-9]", part) for part in re.split("[ ./_-]", text))
    return (" " not in text and len(marks) == 1) or (is_mixed and compact != text)
