"""Names of persons in text that should hold none: the third step of the anonymity guard.

Here: the lists of first names, surnames and places, and how a name shows in a cell or in prose.
Not here: which columns are looked at (`guard`).

First names come from the data file of `gender-guesser` (46,000 names with how common each is in
the Netherlands), surnames and places from `faker` (nl_NL). Measured on 2026-11-23: of the first
names that Faker lists for the Netherlands and Flanders, gender-guesser knows 92% and 95%; the
other way round Faker's nl_NL knows only 11% (weighted by how common they are) of gender-guesser's,
since it lists the babies of one year. What no list knows is caught by its shape: in Dutch two words
with a capital in the middle of a sentence are a person, a place or an institution.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

# Columns of the data file that say how common a name is, one per country; this is ours.
_FREQUENCY_COLUMN = 40
_NAME_COLUMNS = slice(3, 29)
# How common a name must be (1 to 13, doubling at each step) before a small letter is believed.
_COMMON = 4
_LONGEST_NAME = 60
_FEWEST_LETTERS = 3
_WORDS_OF_PROSE = 6


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PREFIXES = _listed(
    "van de der den het 't ten ter te op in aan bij over onder uit von vom la le du da di del "
    "dos el al ben bin ibn d l v d. v. vd v/d"
)
_TITLES = (
    r"(?:[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Mm]r|[Dd]rs|[Ii]r|[Dd]r|[Pp]rof)"
)
# Words that are names too, and mean something else in codes and notes.
_WORDS = _listed(
    "anders april augustus juni juli mei mark wil hein storm roos bloem dag maan art will sterk "
    "lang kort goed nieuw best zwart wit bruin rood groot klein bos berg dam dijk brug kamer "
    "raad zaak top stand lot ad tot door ook maar nog wel dan geen open hoog laag midden noord "
    "oost zuid west team page case in de het een alle na los van er mee bij zo rust vrij list "
    "data major minor low high medium wait other others queued accepted completed closed user "
    "vendor customer line prod org test demo overig overige wij zij hij die dat dit wat wie hoe "
    "hun elk ieder per sinds mede tijdens volgens wel niet nadat zodra omdat hoewel beide "
    "geheel nader eerder later graag onbekend nvt ja nee leeg vervallen"
)
# Institutions, places and terms that stand with a capital in a note.
_VOCABULARY = _listed(
    "openbaar ministerie koninklijke marechaussee landelijk landelijke coordinatiecentrum "
    "bewaken beveiligen eenheid expertise operaties kenniscentrum adviesorgaan tijdelijk "
    "inspectie justitie veiligheid onderzoeksraad tweede eerste kamer staten generaal nationaal "
    "nationale coordinator terrorismebestrijding regionale conflict crisisbeheersing politie "
    "gemeente circulaire staatscourant nederland nederlandse europa europese unie noord oost "
    "zuid west midden brabant holland kwaliteitsplatform triagetafel sturingstafel stelsel "
    "personen objecten diensten procureur college hoofdofficier arrondissementsparket parket "
    "rechtbank raad minister ministerie maandag dinsdag woensdag donderdag vrijdag zaterdag "
    "zondag januari februari maart september oktober november december kerst pasen pinksteren "
    "hemelvaart koningsdag koppelvlak levering oordeelsformulier intakeformulier "
    "overdrachtsdossier dossier"
)

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*[a-zß-öø-ÿ][\w'’-]*"
_PREFIX = r"(?:(?:van|de|der|den|het|'t|ten|ter|te|von|la|le|du|da|di|el|al|op|v\.|d\.)[ ])"
_INITIALS = re.compile(
    rf"(?<!\w)(?:[A-Z]\.){{1,5}} ?{_PREFIX}{{0,3}}{_CAPITAL}|{_CAPITAL}, ?(?:[A-Z]\.){{1,5}}"
)
_TITLED = re.compile(rf"\b{_TITLES}\.? (?:(?:[A-Z]\.)+ ?)?{_PREFIX}{{0,3}}{_CAPITAL}")
_RUN = re.compile(rf"(?<![\w'’-]){_CAPITAL}(?:,? {_PREFIX}{{0,3}}{_CAPITAL})*")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?\n]\s*|[-–•]\s+)$")


@dataclass(frozen=True)
class NameLists:
    """What is known of names, all in plain small letters.

    Attributes:
        first: First names, with how common each is in the Netherlands (0 to 13).
        last: Surnames, without their prefix.
        places: Places, countries and provinces; also each word of them.
    """

    first: dict[str, int]
    last: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=1)
def name_lists() -> NameLists:
    """The lists; read once, when a text first needs them."""
    from faker.providers.address.nl_NL import Provider as Places
    from faker.providers.person.nl_NL import Provider as Persons

    first: dict[str, int] = {}
    text = (
        (files("gender_guesser") / "data" / "nam_dict.txt").read_bytes().decode("utf-8", "replace")
    )
    for line in text.splitlines():
        name = line[_NAME_COLUMNS].strip()
        if line.startswith("#") or not name or "<" in name:
            continue
        mark = line[_FREQUENCY_COLUMN : _FREQUENCY_COLUMN + 1].strip()
        weight = int(mark, 16) if re.fullmatch("[0-9A-Fa-f]", mark) else 0
        for spelling in {plain(name.replace("+", part)) for part in ("", "-", " ")}:
            first[spelling] = max(first.get(spelling, 0), weight)
    last = {word for one in Persons.last_names if (word := _without_prefix(plain(one)))}
    places = {plain(one) for one in (*Places.cities, *Places.provinces, *Places.countries)}
    places |= {"den haag", "den bosch", "brussel", "antwerpen"}
    # Oost-Souburg is a place and so is Souburg; but Jan Mayen does not make Jan one.
    places |= {
        word
        for one in places
        for word in re.split(r"[ -]", one)
        if len(word) >= _FEWEST_LETTERS and word not in first
    }
    return NameLists(first, frozenset(last), frozenset(places))


def plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def _without_prefix(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0] in _PREFIXES:
        words = words[1:]
    return " ".join(words)


def find_names(
    values: Iterable[str], *, is_free_text: bool, allowed: Iterable[str] = ()
) -> list[str]:
    """Which texts hold a name of a person.

    Args:
        values: Distinct texts.
        is_free_text: Notes typed by hand; otherwise cells that should hold a code.
        allowed: Codes of the column, which are no names however they look.

    Returns:
        Those that do. Stays inside the guard.
    """
    codes = {_spaced(one) for one in allowed}
    found = []
    for one in values:
        is_prose = is_free_text or len(one.split()) >= _WORDS_OF_PROSE
        if _in_prose(one) if is_prose else _is_name(one, codes):
            found.append(one)
    return found


def _spaced(code: str) -> str:
    return re.sub(r"[ _-]+", " ", plain(code)).strip()


# --- a cell that should hold a code ------------------------------------------------------------


def _is_name(value: str, codes: set[str]) -> bool:
    """Whether a whole cell is a name."""
    text = value.strip()
    if len(text) > _LONGEST_NAME or not re.search(r"[^\W\d_]{2}", text):
        return False
    if _INITIALS.search(text) or _TITLED.search(text):
        return True
    if re.search(r"[\d_/@:;()]", text) or _spaced(text) in codes:
        return False
    words = [one for one in _WORD.findall(text) if one.lower() not in _PREFIXES]
    lists = name_lists()
    if _is_place(text, words, lists) or not words:
        return False
    if len(words) == 1:
        return _is_lone_name(words[0], lists)
    return _is_full_name(words, lists)


def _is_place(text: str, words: list[str], lists: NameLists) -> bool:
    return plain(text) in lists.places or all(
        plain(one) in lists.places or plain(one) in _VOCABULARY for one in words
    )


def _is_lone_name(word: str, lists: NameLists) -> bool:
    key = plain(word)
    if len(key) < _FEWEST_LETTERS or key in _WORDS or key in _VOCABULARY:
        return False
    if word.islower():
        return lists.first.get(key, 0) >= _COMMON
    return key in lists.first or (key in lists.last and key not in lists.places)


def _is_full_name(words: list[str], lists: NameLists) -> bool:
    keys = [plain(one) for one in words]
    if any(one in _VOCABULARY for one in keys):
        return False
    if keys[0] in lists.first and keys[0] not in _WORDS:
        return True
    if any(one in lists.first for one in keys[1:]) and keys[0] in lists.last:
        return True
    # Nobody's list is complete: two words with a capital, and no code.
    return not any(one in _WORDS for one in keys) and all(
        re.fullmatch(_CAPITAL, one) for one in words
    )


# --- prose -------------------------------------------------------------------------------------


def _in_prose(text: str) -> bool:
    """Whether a note names somebody."""
    if _INITIALS.search(text) or _TITLED.search(text):
        return True
    return any(_names_somebody(run, is_start) for run, is_start in _runs(text)) or _in_small(text)


def _runs(text: str) -> Iterator[tuple[list[str], bool]]:
    """Words with a capital that follow each other, and whether they start a sentence."""
    for run in _RUN.finditer(text):
        words = [
            one for one in _WORD.findall(run[0]) if one.lower() not in _PREFIXES or one[0].isupper()
        ]
        yield words, _SENTENCE_START.search(text[: run.start()]) is not None


def _names_somebody(words: list[str], is_start: bool) -> bool:
    lists = name_lists()
    keys = [plain(one) for one in words]
    if is_start and len(keys) > 1 and (keys[0] not in lists.first or keys[0] in _WORDS):
        # The first word of a sentence has a capital whatever it is.
        words, keys, is_start = words[1:], keys[1:], False
    known = [one in lists.places or one in _VOCABULARY for one in keys]
    if all(known) or any(one in _VOCABULARY for one in keys):
        return False
    if len(keys) > 1:
        return not (all(one.isupper() for one in words) or plain(" ".join(words)) in lists.places)
    [key] = keys
    if key in _WORDS or len(key) < _FEWEST_LETTERS or known[0] or words[0].isupper():
        return False
    if is_start:
        return lists.first.get(key, 0) > 0
    return key in lists.first or key in lists.last


def _in_small(text: str) -> bool:
    """Whether a common first name and a surname follow each other without capitals."""
    lists = name_lists()
    words = [plain(one) for one in _WORD.findall(text)]
    for at, word in enumerate(words[:-1]):
        if word in _WORDS or lists.first.get(word, 0) < 2:  # noqa: PLR2004 - hardly in use
            continue
        after = at + 1
        while after < len(words) and words[after] in _PREFIXES:
            after += 1
        if after < len(words) and words[after] in lists.last and words[after] not in _WORDS:
            return True
    return False
