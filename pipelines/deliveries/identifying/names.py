"""Names of persons in text that should hold none: the third step of the anonymity guard.

Here: how a name shows in a cell that should hold a code, and in a note: with capitals, in capitals,
in small letters, by initials.
Not here: the lists (`name_lists`), and which columns are looked at (`deliveries.guard`).

In Dutch a capital in the middle of a sentence is a person, a place or an institution. Places and
institutions can be listed; people cannot, and those at risk least of all. So two words with such a
capital of which neither is known to be something else are a name, and so is one that a list has.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.deliveries.identifying.folding import fold
from pipelines.deliveries.identifying.name_lists import (
    PREFIXES,
    VOCABULARY,
    NameLists,
    listed,
    name_lists,
    plain,
)

# How common a name must be (1 to 13, doubling at each step) before a small letter is believed.
_COMMON = 4
_IN_USE = 2
_LONGEST_NAME = 60
_FEWEST_LETTERS = 3
_WORDS_OF_PROSE = 6
# An acronym is shorter, and a cell or sentence of capitals has more of them than this.
_LONGEST_ACRONYM = 5
_SHARE_OF_CAPITALS = 0.7
_FEWEST_SHOUTED = 3

_TITLES = (
    r"(?:[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Mm]r|[Dd]rs|[Ii]r|[Dd]r|[Pp]rof"
    r"|[Ii]ng)"
)
_PERSONS = (
    r"(?:dhr|mevr|mw|de heer|mevrouw|meneer|verdachte|aangever|aangeefster|slachtoffer|getuige"
    r"|betrokkene"
    r"|cliënt|client|beveiligde|bedreigde|contactpersoon|collega|naam|genaamd|heet|heten"
    r"|geheten|alias)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*[a-zß-öø-ÿā-ž][\w'’-]*"
_PREFIX = (
    r"(?:(?:van|de|der|den|het|'t|ten|ter|te|von|la|le|du|da|di|dos|das|el|al|bin|bint|ben|op|in"
    r"|v\.|d\.|v\.d\.)[ -])"
)
_INITIAL = r"(?<![\w.])(?:(?:[A-Z]|Ch|Chr|Th|Ph|IJ|Yu|Zh|Kh|Sh|Tj|Sj|Fr|Jo)\.[ -]?){1,5}"
_INITIALS = re.compile(
    rf"{_INITIAL}{_PREFIX}{{0,3}}(?P<last>{_CAPITAL}|[A-Z]{{3,}})|{_CAPITAL}, ?(?:[A-Z]\.){{1,5}}"
    rf"|[A-Z]{{3,}}, ?(?:[A-Z]\.){{1,5}}|{_CAPITAL} (?:[A-Z]\.){{2,5}}(?!\w)"
)
# Surname by its first letter: `J. de V.`, `Fatima el M.`, `A.B.`; not `N.V.` or the like.
# Behind an article, or a word for a thing, stands no person unless a list says so.
_ARTICLE = re.compile(
    r"\b(?:het|een|de|deze|dit|die|dat|onze|ons|elk|elke|per|ieder|iedere|geen|nieuwe|zo'n"
    r"|tool|systeem"
    r"|applicatie|programma|versie|pakket|software|bestand|werkblad|tabblad|formaat|via|in|uit"
    r"|tot|te) $",
    re.IGNORECASE,
)
_SHORTENED = re.compile(
    rf"(?<![\w.])(?P<all>(?:(?:[A-Z]\.[ -]?){{1,4}}|{_CAPITAL} ){_PREFIX}{{1,3}}[A-Z]\."
    rf"|(?:[A-Z]\. ?){{2,4}})(?!\w)"
)
_NO_INITIALS = re.compile(
    r"^(?:[NB]\.? ?V\.|N\. ?B\.|P\. ?S\.|V\. ?S\.|V\. ?N\.|E\. ?U\.|U\. ?S\.(?: ?A\.)?"
    r"|U\. ?K\.|S\. ?V\. ?P\.|O\. ?M\."
    r"|Z\. ?O\. ?Z\.|C\. ?V\.|V\. ?O\. ?F\.|R\. ?I\. ?P\.|M\. ?E\. ?Z\.)$"
)
_TITLED = re.compile(
    rf"\b{_TITLES}\.? (?:(?:[A-Z]\. ?)+)?{_PREFIX}{{0,3}}(?:{_CAPITAL}|[A-Z]{{3,}}\b|[A-Z]\.)"
)
# Behind such a word somebody follows, in whatever letters: `genaamd pieter`, `verdachte K.`.
_CALLED = re.compile(
    rf"\b(?:genaamd|geheten|heet|alias|(?:vol(?:ledige)?|voor|achter"
    rf"|roep)?naa?m(?: is)?:) ?:? ?{_PREFIX}{{0,3}}(?P<word>[\w'-]{{3,}})"
    rf"|\b{_PERSONS}\.?:? (?P<initial>[A-Z]\.)(?= \w|,)"
    rf"|\b(?:dhr\.?|mevr\.?|mw\.|de heer|mevrouw|meneer) {_PREFIX}{{0,3}}(?P<titled>[a-z'-]{{3,}})",
    re.IGNORECASE,
)
# These two prefixes stand before surnames, and hardly ever before an institution.
_BARE_INITIALS = re.compile(
    rf"(?<!\w)[A-Z]{{1,3}} (?:(?:van|de|der|den|ten|ter|el|al) ){{1,3}}(?P<last>{_CAPITAL})"
)
_VAN_DER = re.compile(rf"(?<!\w)Van (?:der|den|ter|ten|'t) (?P<last>{_CAPITAL})")
_RUN = re.compile(
    rf"(?<![\w'’-])(?:{_CAPITAL}|[A-Z][A-Z'-]{{2,}})(?:,? {_PREFIX}{{0,3}}(?:{_CAPITAL}"
    rf"|[A-Z][A-Z'-]{{2,}}))*"
)
_ACTS = re.compile(
    r"(?:belt|belde|zegt|zei|heeft|had|wil|wilde|gaat|ging|komt|kwam|woont|woonde|meldt|meldde"
    r"|vraagt|vroeg"
    r"|reageer(?:t|de)|bevestig(?:t|de)|mail(?:t|de)|stuur(?:t|de)|geeft|gaf|verklaar(?:t|de)"
    r"|spreekt|sprak"
    r"|verblijft|verbleef|zoekt|zocht|werkt|werkte|kent|kende|is (?:ge|ver|be)|was (?:ge|ver"
    r"|be)|wordt (?:ge|be)"
    r"|werd (?:ge|be|ver)|en [A-Z]|meent|denkt|dacht|vindt|vond|weet|wist|ziet|zag|neemt|nam"
    r"|doet|deed|weigert"
    r"|weigerde|noemt|noemde|pakt|regelt|regelde|terug|bellen|mailen|spreken|informeren|vragen)\b"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;\n…]\s*|[-•*>|]\s+|[\"(\[]\s*|(?:^|\s)[a-z0-9]{1,2}\)\s*)$"
)
_ACRONYM = re.compile(
    r"^(?:[A-Z]{2,}[a-z]{0,2}|[A-Z][a-z]{0,3}(?:[A-Z]+[a-z]{0,2})+|[A-Z]{1,4}s?)$"
)
# Three letters that can be said as one: `Raf`, not `Awb`.
_SPOKEN = re.compile("^(?:[^aeiouy][aeiouy].|[aeiou][^aeiou][aeiouy])$")
_JOINED = re.compile(
    r"(?<![\w.])[^\W\d_]+([._])(?:van|de|der|den|ten|ter|el|al"
    r"|bin)[._](?:[^\W\d_]+[._])?[^\W\d_]{2,}"
    r"|(?<![\w.])[A-Z][a-z]+[._][A-Z][a-z]+(?![\w.])"
)
_DOTTED = re.compile(r"(?<![\w.])[a-z]\.(?P<last>[a-z]{4,})(?![\w.])")
_GLUED = re.compile(
    r"(?<!\w)(?P<first>[A-Z][a-z]{2,})(?:De|Van|Der|Den|El|Al|de|van"
    r"|el)?[A-Z][a-z]{3,}(?!\w)"
)
_CAMEL = re.compile(r"^[A-Z]?[a-z]+[A-Z]|^[A-Z]{2,}[a-z]+[A-Z]?$")
_JOINED_NAME = re.compile(r"^(?:Mc|Mac|O'|De|Van|El|Al|Ben|Di|La|Le)[A-Z][a-z]{2,}$")
# Endings of institutions, documents and matters; a surname list is looked at before them.
_ENDINGS = tuple(
    sorted(
        listed(
            "eel ele iele ionele aal ale air aire ief ieve bureau land landen lands landse stad "
            "steden eiland eilanden kust ing sector sectoren keten ketens kamer stelsel "
            "stelsels fonds fase dienst diensten raad commissie centrum centra team teams "
            "platform tafel tafels wet besluit besluiten regeling ministerie ministeries "
            "politie parket parketten register dag plan plannen akkoord programma instituut "
            "orgaan bestuur college rechtbank gerechtshof eenheid eenheden overleg monitor "
            "formulier formulieren systeem systemen rapportage rapport evaluatie directie "
            "afdeling organisatie organisaties universiteit inspectie autoriteit recherche "
            "justitie veiligheid beleid protocol convenant richtlijn handreiking kader "
            "conferentie courant loket meldpunt atie aties heid heden teit isme ering eringen "
            "regio lijst lijsten cijfer cijfers tijd tijden termijn termijnen norm normen zaak "
            "zaken dossier dossiers kwartaal jaar week maand periode aantal gegevens punt "
            "punten voorstel advies adviezen vraag vragen actie acties product producten meting "
            "metingen levering leveringen melding meldingen wijzing wijzingen stelling "
            "stellingen handeling zitting neming lijke lijk ische eerd eerde ende bare matig "
            "matige kundig kundige schap schappen ment menten kunde loop vlak vlakken isch stuk "
            "stukken recht eur eurs baar loos loze achtig elijk groep groepen houder houders "
            "gang gangen kosten werk werken ings ingen"
        )
    )
)
_FEWEST_BEFORE_ENDING = 3


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
        # Names joined as in an address of mail: `jan_de_vries`, `Jan.de.Vries`.
        text = fold(one).strip()
        if is_free_text and (_JOINED.search(text) or _is_glued(text)):
            found.append(one)
            continue
        text = re.sub(r"(?<=[^\W\d_])[_.](?=[^\W\d_]{2})", " ", text)
        is_prose = is_free_text or len(text.split()) >= _WORDS_OF_PROSE
        if _in_prose(text) if is_prose else _is_name(text, codes):
            found.append(one)
    return found


def _is_glued(text: str) -> bool:
    """Whether a first name and a surname stand joined, by a dot or by capitals alone."""
    lists = name_lists()
    return any(
        plain(found["last"]) in lists.last and plain(found["last"]) not in lists.words
        for found in _DOTTED.finditer(text)
    ) or any(plain(found["first"]) in lists.first for found in _GLUED.finditer(text))


def _spaced(code: str) -> str:
    return re.sub(r"[ _-]+", " ", plain(code)).strip()


# --- a cell that should hold a code ------------------------------------------------------------


def _is_name(text: str, codes: set[str]) -> bool:
    """Whether a whole cell is a name."""
    if len(text) > _LONGEST_NAME or not re.search(r"[^\W\d_]{2}", text):
        return False
    if _INITIALS.search(text) or _TITLED.search(text):
        return True
    if re.search(r"[\d_/@:;()]", text) or _spaced(text) in codes:
        return False
    words = [one for one in _WORD.findall(text) if one.lower() not in PREFIXES]
    lists = name_lists()
    if _is_place(text, words, lists) or not words:
        return False
    if len(words) == 1:
        return _is_lone_name(words[0], lists)
    return _is_full_name(words, lists)


def _is_place(text: str, words: list[str], lists: NameLists) -> bool:
    return plain(text) in lists.places or all(
        plain(one) in lists.places or plain(one) in VOCABULARY for one in words
    )


def _is_lone_name(word: str, lists: NameLists) -> bool:
    key = plain(word)
    if len(key) < _FEWEST_LETTERS or key in lists.words or key in VOCABULARY:
        return False
    if word.islower():
        return lists.first.get(key, 0) >= _COMMON
    return key in lists.first or (key in lists.last and key not in lists.places)


def _is_full_name(words: list[str], lists: NameLists) -> bool:
    keys = [plain(one) for one in words]
    if any(one in VOCABULARY for one in keys):
        return False
    is_capital = words[0][0].isupper() and any(one not in lists.words for one in keys[1:])
    if keys[0] in lists.first and (keys[0] not in lists.words or is_capital):
        return True
    if any(one in lists.first for one in keys[1:]) and keys[0] in lists.last:
        return True
    # Nobody's list is complete: two words with a capital, and no code.
    return not any(one in lists.words for one in keys) and all(
        re.fullmatch(_CAPITAL, one) for one in words
    )


# --- prose -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """Words with a capital that follow each other.

    Attributes:
        words: The words, without prefixes such as *van der*.
        is_start: The first word has its capital because a sentence starts there.
        is_likely: A verb of what people do follows, or a colon went before.
    """

    words: list[str]
    is_start: bool
    is_likely: bool


def _in_prose(text: str) -> bool:
    """Whether a note names somebody."""
    if _is_shouted(text):
        return _in_capitals(text)
    return (
        any(_is_surname(found["last"]) for found in _INITIALS.finditer(text))
        or any(not _NO_INITIALS.match(one["all"].strip()) for one in _SHORTENED.finditer(text))
        or any(_is_surname(found[0].split()[-1]) for found in _TITLED.finditer(text))
        or any(_is_surname(found["last"]) for found in _VAN_DER.finditer(text))
        or any(plain(one["last"]) in name_lists().last for one in _BARE_INITIALS.finditer(text))
        or any(_is_somebody(found) for found in _CALLED.finditer(text))
        or any(_names_somebody(run) for run in _runs(text))
        or _in_small(text)
    )


def _is_surname(word: str | None) -> bool:
    """Whether what follows initials or a title is no known institution, such as in `T. Kamer`."""
    return word is None or plain(word) not in VOCABULARY or plain(word) in name_lists().last


def _is_somebody(found: "re.Match[str]") -> bool:
    """Whether what follows a word for a person is a name."""
    if found["initial"]:
        return found["initial"].isupper()
    word = found["word"] or found["titled"]
    key, lists = plain(word), name_lists()
    if key in lists.words or key in VOCABULARY or key in PREFIXES or _has_ending(key):
        return False
    return (
        key in lists.first or key in lists.last or word[0].isupper() or found["titled"] is not None
    )


def _runs(text: str) -> Iterator[_Run]:
    for run in _RUN.finditer(text):
        # Behind a prefix with a capital, as in `Van Dijk`, the next capital is not that of a start.
        is_start = run[0].split()[0].lower() not in PREFIXES
        words = [
            part
            for one in _WORD.findall(run[0])
            if one.lower() not in PREFIXES
            for part in _parts(one)
        ]
        if words:
            follows = text[run.end() :].lstrip(" ")
            is_start = is_start and _SENTENCE_START.search(text[: run.start()]) is not None
            if _ARTICLE.search(text[: run.start()]) and not _is_somebodys(words):
                continue
            is_named = text[: run.start()].rstrip().endswith(":")
            yield _Run(words, is_start, is_named or _ACTS.match(follows) is not None)


def _parts(word: str) -> list[str]:
    """A word by its parts with a capital: of `Kaplan-Meier` both, of `NCTV-besluit` the first."""
    word = re.sub("'s?$", "", word)
    parts = [one for one in word.split("-") if one]
    if plain(word) in name_lists().first:
        return [word]
    return [one for place, one in enumerate(parts) if place == 0 or one[0].isupper()]


def _is_somebodys(words: list[str]) -> bool:
    """Whether a word is in the lists of names, and is not an ordinary word as well."""
    lists = name_lists()
    keys = [plain(one) for one in words]
    return any((one in lists.first or one in lists.last) and one not in lists.words for one in keys)


def _names_somebody(run: _Run) -> bool:
    lists = name_lists()
    if plain(" ".join(run.words)) in lists.places:
        return False
    words = run.words
    rest = words[1:] if run.is_start else words
    if run.is_start and _starts_with_name(words[0], lists, is_likely=run.is_likely or bool(rest)):
        return True
    if _is_shouted_name(words, lists):
        return True
    suspects = [one for one in rest if _is_capital_of_name(one, lists)]
    if suspects and any(_is_in_a_list(one, lists) for one in words):
        return True
    if any(one.isupper() for one in suspects):
        return True
    # Nobody's list is complete: words that follow each other, and none of them known. The first of
    # a sentence may be any word.
    row = words[1:] if run.is_start and len(words) > 2 else words  # noqa: PLR2004
    is_short = any(len(one) < _FEWEST_LETTERS for one in row)
    return (
        (bool(suspects) or (is_short and (run.is_likely or not run.is_start)))
        and len(row) > 1
        and not any(_is_ordinary(one, lists) for one in row)
    )


def _is_shouted_name(words: list[str], lists: NameLists) -> bool:
    """Whether a first name in capitals stands before another word in capitals."""
    return any(
        one.isupper()
        and following.isupper()
        and lists.first.get(plain(one), 0) >= _IN_USE
        and not (plain(one) in lists.words or plain(following) in VOCABULARY)
        for one, following in pairwise(words)
    )


def _is_in_a_list(word: str, lists: NameLists) -> bool:
    return plain(word) in lists.first or plain(word) in lists.last


def _has_ending(key: str) -> bool:
    """Whether a word ends as institutions, documents and matters do, with a word before it."""
    return any(
        key.endswith(one) and len(key) >= len(one) + _FEWEST_BEFORE_ENDING for one in _ENDINGS
    )


def _is_ordinary(word: str, lists: NameLists) -> bool:
    """Whether a word is a place, an institution, or a word that ends as such words do."""
    key = plain(word)
    return _is_known(word, lists) or key in lists.words or _has_ending(key)


def _starts_with_name(word: str, lists: NameLists, *, is_likely: bool) -> bool:
    """Whether the first word of a sentence, which has a capital whatever it is, is a name."""
    key = plain(word)
    if _is_known(word, lists) or key in lists.words or len(key) < _FEWEST_LETTERS:
        return False
    if word.isupper():
        return _is_capital_of_name(word, lists)
    if lists.first.get(key, 0) > 0:
        return True
    # Rarer names are ordinary words too: believed before a verb of what people do.
    return is_likely and (key in lists.first or key in lists.last) and not _has_ending(key)


def _is_known(word: str, lists: NameLists) -> bool:
    """Whether a word is a place, an institution or an acronym."""
    key = plain(word)
    if key in VOCABULARY or key in lists.places:
        return True
    if any(
        key.removesuffix(one) in lists.places for one in ("se", "s", "er", "ers", "e", "ie", "sche")
    ):
        return True
    is_acronym = _ACRONYM.match(word) is not None and len(word) <= _LONGEST_ACRONYM
    return is_acronym and not (word.isupper() and _is_listed(key, lists))


def _is_listed(key: str, lists: NameLists) -> bool:
    """Whether a word is in a list of names; of three letters only when it is a common one."""
    if len(key) <= _FEWEST_LETTERS:
        return lists.first.get(key, 0) >= _COMMON
    return lists.first.get(key, 0) > 0 or key in lists.last


def _is_capital_of_name(word: str, lists: NameLists) -> bool:
    """Whether a word with a capital that the place in the sentence does not explain is a name."""
    key = plain(word)
    if len(key) < _FEWEST_LETTERS or _is_known(word, lists):
        return False
    is_ending = _has_ending(key)
    is_word = key in lists.words or is_ending
    if word.isupper():
        return (
            not is_word
            and len(word) > _FEWEST_LETTERS
            and (_is_listed(key, lists) or len(word) > _LONGEST_ACRONYM)
        )
    if _CAMEL.match(word) and not _JOINED_NAME.match(word):
        return False
    # Names of elsewhere that end as institutions do here are no ground.
    is_listed = (key in lists.first or key in lists.last) and not (
        is_ending and not (lists.first.get(key, 0) or key in lists.here)
    )
    return is_listed or not (is_word or (len(key) == _FEWEST_LETTERS and not _SPOKEN.match(key)))


def _is_shouted(text: str) -> bool:
    """Whether a whole note stands in capitals, ordinary words too, so that they tell nothing."""
    letters = [one for one in text if one.isalpha()]
    capitals = sum(one.isupper() for one in letters)
    if capitals < _SHARE_OF_CAPITALS * len(letters):
        return False
    lists = name_lists()
    words = [plain(one) for one in _WORD.findall(text) if one.isupper()]
    return sum(one in lists.words or one in PREFIXES for one in words) >= _FEWEST_SHOUTED


def _in_capitals(text: str) -> bool:
    """Whether a note in capitals has a word that is a name and no ordinary word."""
    lists = name_lists()
    words = [one for one in _WORD.findall(text) if one.lower() not in PREFIXES]
    keys = [plain(part) for one in words for part in one.split("-")]
    if any(
        lists.first.get(one, 0) >= _IN_USE and one not in lists.words and one not in VOCABULARY
        for one in keys
    ):
        return True
    return any(
        one in lists.last
        and len(one) > _LONGEST_ACRONYM
        and not (one in lists.words or one in VOCABULARY or one in lists.places)
        and not one.endswith(_ENDINGS)
        for one in keys
    ) or _follow_each_other(keys, lists)


def _in_small(text: str) -> bool:
    """Whether a common first name, or a first name and a surname, stand without capitals."""
    lists = name_lists()
    words = [one for one in _WORD.findall(text) if one.islower()]
    keys = [plain(one) for one in words]
    if any(
        lists.first.get(one, 0) >= _COMMON and one not in lists.words and len(one) > _FEWEST_LETTERS
        for one in keys
    ):
        return True
    return _follow_each_other([plain(one) for one in _WORD.findall(text)], lists)


def _follow_each_other(keys: list[str], lists: NameLists) -> bool:
    """Whether a first name and a surname follow each other, with or without a prefix between."""
    for at, word in enumerate(keys[:-1]):
        if word not in lists.first or word in lists.words or len(word) < _FEWEST_LETTERS:
            continue
        after = at + 1
        while after < len(keys) and keys[after] in PREFIXES:
            after += 1
        if after >= len(keys):
            break
        following = keys[after]
        is_prefixed = after > at + 1
        if following in lists.words or following in VOCABULARY:
            continue
        if following in lists.places and not is_prefixed:
            continue
        is_used = lists.first[word] >= _IN_USE or is_prefixed or following in lists.last
        if is_used and following in lists.last and len(following) > _FEWEST_LETTERS:
            return True
    return False
