"""Names of persons in notes typed by hand.

Here: how a name shows between other words: with capitals, in capitals, in small letters, by
initials, behind a title.
Not here: the lists (`name_lists`, `words`), names joined into one token (`joined`), and cells that
should hold a code (`names`).

In Dutch a capital in the middle of a sentence is a person, a place or an institution. Places and
institutions can be listed, and what they are called is made of ordinary words; people cannot be
listed, and those at risk least of all. So two words with such a capital of which neither is known
to be something else are a name, and so is one that a list has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.deliveries.identifying.forms import CAPITAL, INITIALS, PREFIX, SHOUTED, TITLED, WORD
from pipelines.deliveries.identifying.name_lists import PREFIXES, NameLists, name_lists
from pipelines.deliveries.identifying.words import (
    AS_A_WORD,
    ENDINGS,
    OWN_WORDS,
    VOCABULARY,
    dictionary,
    has_ending,
    plain,
)

# How common a first name must be (1 to 13, each step double) before a small letter is believed.
_COMMON = 4
_IN_USE = 2
_FEWEST_LETTERS = 3
# An acronym is shorter, and a cell or sentence of capitals has more of them than this.
_LONGEST_ACRONYM = 5
_SHARE_OF_CAPITALS = 0.7
_FEWEST_SHOUTED = 3
# What stands before or behind a word and tells what it is, is shorter.
_NEAR = 32
_PERSONS = (
    r"(?:dhr|mevr|mw|de heer|mevrouw|meneer|verdachte|aangever|aangeefster|slachtoffer|getuige"
    r"|betrokkene"
    r"|cliënt|client|beveiligde|bedreigde|contactpersoon|collega|naam|genaamd|heet|heten"
    r"|geheten|alias)"
)
# Behind an article, or a word for a thing, stands no person unless a list says so.
_ARTICLE = re.compile(
    r"\b(?:het|een|de|deze|dit|die|dat|onze|ons|elk|elke|per|ieder|iedere|geen|nieuwe|zo'n"
    r"|tool|systeem"
    r"|applicatie|programma|versie|pakket|software|bestand|werkblad|tabblad|formaat|via|in|uit"
    r"|tot|te) $",
    re.IGNORECASE,
)
# Surname by its first letter: `J. de V.`, `Fatima el M.`, `A.B.`; not `N.V.` or the like.
_SHORTENED = re.compile(
    rf"(?<![\w.])(?P<all>(?:(?:[A-Z]\.[ -]?){{1,4}}|{CAPITAL} ){PREFIX}{{1,3}}[A-Z]\."
    rf"|(?:[A-Z]\. ?){{2,4}})(?!\w)"
)
_NO_INITIALS = re.compile(
    r"^(?:[NB]\.? ?V\.|N\. ?B\.|P\. ?S\.|V\. ?S\.|V\. ?N\.|E\. ?U\.|U\. ?S\.(?: ?A\.)?"
    r"|U\. ?K\.|S\. ?V\. ?P\.|O\. ?M\."
    r"|Z\. ?O\. ?Z\.|C\. ?V\.|V\. ?O\. ?F\.|R\. ?I\. ?P\.|M\. ?E\. ?Z\.)$"
)
# Behind such a word somebody follows, in whatever letters: `genaamd pieter`, `verdachte K.`.
_CALLED = re.compile(
    rf"\b(?:genaamd|geheten|heet|alias|(?:vol(?:ledige)?|voor|achter"
    rf"|roep)?naa?m(?: is)?:) ?:? ?{PREFIX}{{0,3}}(?P<word>[\w'-]{{3,}})"
    rf"|\b{_PERSONS}\.?:? (?P<initial>[A-Z]\.)(?= \w|,)"
    rf"|\b(?:dhr\.?|mevr\.?|mw\.|de heer|mevrouw|meneer) {PREFIX}{{0,3}}(?P<titled>[a-z'-]{{3,}})",
    re.IGNORECASE,
)
# Whoever has a part in a case, or is of the family of somebody who has, may be called by one name.
_ROLE = re.compile(
    r"\b(?:(?i:verdachte|aangever|aangeefster|slachtoffer|getuige|betrokkene|cli[eë]nt|beveiligde"
    r"|bedreigde|contactpersoon|collega|agent|advocaat|officier|rechter|burgemeester|wethouder"
    r"|minister|journalist|tolk|arts)"
    r"|(?i:vader|moeder|ouders|broer|zus|zoon|dochter|kind(?:eren)?|partner|man|vrouw|ex"
    r"|echtgeno(?:ot|te)|gezin|familie|vriend(?:in)?|buurman|buurvrouw|woning) (?i:van)) "
    rf"{PREFIX}{{0,3}}(?P<last>{CAPITAL})"
)
# A surname and one initial, in either order and without a dot: not `Bijlage A`.
_ONE_INITIAL = re.compile(
    rf"(?<!\w)(?<![.'’-])(?:[A-Z] (?P<last>{CAPITAL})|(?P<first>{CAPITAL}) [A-Z](?![\w'’&/-]))"
)
# Without a first name a surname's prefix has a capital, also inside a sentence: `door De Boer`.
_CAPITAL_PREFIX = re.compile(
    rf"(?<![\w'’-])(?P<prefix>Van|De|Den|Ter|Ten|Te|Von|Le|La|El|Al|Di|Del|Della|Du|Da|Dos)"
    rf"(?: (?:de|der|den|het|la|las|los|'t))*[ -](?P<last>{CAPITAL})(?! {CAPITAL})"
    rf"|(?<![\w'’-])(?:VAN|DE|DEN|TER|TEN|EL|AL)(?: (?:DE|DER|DEN|HET))*[ -]"
    rf"(?P<shouted>{SHOUTED})(?!\w)"
)
# These two prefixes stand before surnames, and hardly ever before an institution.
_BARE_INITIALS = re.compile(
    rf"(?<!\w)[A-Z]{{1,3}} (?:(?:van|de|der|den|ten|ter|el|al) ){{1,3}}(?P<last>{CAPITAL})"
)
_VAN_DER = re.compile(rf"(?<!\w)Van (?:der|den|ter|ten|'t) (?P<last>{CAPITAL})")
# Syllables as pinyin and its neighbours spell them; one or two are a given name.
_SYLLABLE = (
    r"(?:(?:zh|ch|sh|ts|kw|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|eung|ang|eng|ing|ong|ung|ian"
    r"|iao|uai|uan|ai|an|ao|au|ee|ei|en|er|ia|ie|im|in|it|iu|oi|ok|ou|ow|ua|ue|ui|un|uo|ak|am|at"
    r"|a|e|i|o|u))"
)
_GIVEN = re.compile(rf"{_SYLLABLE}(?:-?{_SYLLABLE})?")
_TWO_SYLLABLES = re.compile(rf"{_SYLLABLE}-?{_SYLLABLE}")
_RUN = re.compile(
    rf"(?<![\w'’-])(?:{CAPITAL}|{SHOUTED}(?!\w))"
    rf"(?:,? {PREFIX}{{0,3}}(?:{CAPITAL}|{SHOUTED}(?!\w)))*"
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
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;\n…]\s*|[-•*>|]\s+|[\"(\[]\s*|(?:^|\s)[a-z0-9]{1,2}\)\s*)$"
)
_ACRONYM = re.compile(
    r"^(?:[A-Z]{2,}[a-z]{0,2}|[A-Z][a-z]{0,3}(?:[A-Z]+[a-z]{0,2})+|[A-Z]{1,4}s?)$"
)
# Three letters that can be said as one: `Raf`, not `Awb`.
_SPOKEN = re.compile("^(?:[^aeiouy][aeiouy].|[aeiou][^aeiou][aeiouy])$")
_CAMEL = re.compile(r"^[A-Z]?[a-z]+[A-Z]|^[A-Z]{2,}[a-z]+[A-Z]?$")
_JOINED_NAME = re.compile(r"^(?:Mc|Mac|O'|De|Van|El|Al|Ben|Di|La|Le)[A-Z][a-z]{2,}$")


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


def names_somebody(text: str) -> bool:
    """Whether a note names somebody."""
    if _is_shouted(text):
        return _in_capitals(text)
    lists = name_lists()
    return (
        any(_is_surname(found["last"]) for found in INITIALS.finditer(text))
        or any(not _NO_INITIALS.match(match["all"].strip()) for match in _SHORTENED.finditer(text))
        or any(_is_surname(found[0].split()[-1]) for found in TITLED.finditer(text))
        or any(_is_surname(found["last"]) for found in _VAN_DER.finditer(text))
        or any(_is_unknown(found["last"], lists) for found in _ROLE.finditer(text))
        or any(_is_of_initial(found, lists) for found in _ONE_INITIAL.finditer(text))
        or any(_is_of_prefix(found, text, lists) for found in _CAPITAL_PREFIX.finditer(text))
        or any(plain(match["last"]) in lists.last for match in _BARE_INITIALS.finditer(text))
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
    # Behind a title only what joins or acts is no surname; `mevrouw bakker` is one.
    is_word = dictionary().get(key, 0) >= AS_A_WORD if found["titled"] else key in lists.words
    if (is_word and key not in lists.here) or key in OWN_WORDS:
        return False
    if key in VOCABULARY or key in PREFIXES or has_ending(key):
        return False
    return (
        key in lists.first or key in lists.last or word[0].isupper() or found["titled"] is not None
    )


def _is_unknown(word: str, lists: NameLists) -> bool:
    """Whether a word with a capital is a surname, or none of the words that are known."""
    key = plain(word)
    if key in lists.here and key not in VOCABULARY:
        return True
    return len(key) >= _FEWEST_LETTERS and not _is_ordinary(word, lists)


def _is_of_initial(found: "re.Match[str]", lists: NameLists) -> bool:
    """Whether the word beside one initial is a surname, or long enough to be no part of a code."""
    word = found["last"] or found["first"]
    is_long = word.isalpha() and len(word) > _FEWEST_LETTERS
    return (is_long or plain(word) in lists.last) and _is_unknown(word, lists)


def _is_of_prefix(found: "re.Match[str]", text: str, lists: NameLists) -> bool:
    """Whether what follows a prefix with a capital is a surname, and not one thing's own name."""
    # At the start of a sentence it is an article or a preposition; and `Den Haag` is a town.
    if _stands_behind(_SENTENCE_START, text, found.start()) or plain(found[0]) in lists.places:
        return False
    # Inside a sentence *van* has no reason for a capital but this one.
    return found["prefix"] == "Van" or _is_unknown(
        found["last"] or found["shouted"].capitalize(), lists
    )


def _stands_behind(pattern: "re.Pattern[str]", text: str, place: int) -> bool:
    """Whether a pattern ends at a place, looked for no further back than a word or two."""
    return pattern.search(text, max(0, place - _NEAR), place) is not None


def _runs(text: str) -> Iterator[_Run]:
    for run in _RUN.finditer(text):
        # Behind a prefix with a capital, as in `Van Dijk`, the next capital is not that of a start.
        is_start = run[0].split()[0].lower() not in PREFIXES
        words = [
            part
            for word in WORD.findall(run[0])
            if word.lower() not in PREFIXES
            for part in _parts(word)
        ]
        if words:
            follows = text[run.end() : run.end() + _NEAR].lstrip(" ")
            is_start = is_start and _stands_behind(_SENTENCE_START, text, run.start())
            if _stands_behind(_ARTICLE, text, run.start()) and not _is_somebodys(words):
                continue
            is_named = text[max(0, run.start() - _NEAR) : run.start()].rstrip().endswith(":")
            yield _Run(words, is_start, is_named or _ACTS.match(follows) is not None)


def _parts(word: str) -> list[str]:
    """A word by its parts with a capital: of `Kaplan-Meier` both, of `NCTV-besluit` the first."""
    word = re.sub("'s?$", "", word)
    parts = [part for part in word.split("-") if part]
    if plain(word) in name_lists().first or plain(word) in VOCABULARY:
        return [word]
    return [part for place, part in enumerate(parts) if place == 0 or part[0].isupper()]


def _is_somebodys(words: list[str]) -> bool:
    """Whether a word is in the lists of names, and is not an ordinary word as well."""
    lists = name_lists()
    keys = [plain(word) for word in words]
    return any((key in lists.first or key in lists.last) and key not in lists.words for key in keys)


def _names_somebody(run: _Run) -> bool:
    lists = name_lists()
    words = run.words
    if plain(" ".join(words)) in lists.places or all(_is_in_use(word, lists) for word in words):
        return False
    rest = words[1:] if run.is_start else words
    if run.is_start and _starts_with_name(words[0], lists, is_likely=run.is_likely or bool(rest)):
        return True
    if _is_shouted_name(words, lists) or _is_chinese_name(run, lists):
        return True
    suspects = [word for word in rest if _is_capital_of_name(word, lists)]
    is_listed = any(_is_in_a_list(word, lists) for word in words)
    if suspects and (is_listed or any(word.isupper() for word in suspects)):
        return True
    # Nobody's list is complete: words that follow each other, and none of them known. The first of
    # a sentence may be any word.
    row = words[1:] if run.is_start and len(words) > 2 else words  # noqa: PLR2004
    is_short = any(len(word) < _FEWEST_LETTERS for word in row)
    return (
        (bool(suspects) or (is_short and (run.is_likely or not run.is_start)))
        and len(row) > 1
        and not any(_is_ordinary(word, lists) for word in row)
    )


def _is_in_use(word: str, lists: NameLists) -> bool:
    """Whether a word is in use as such here, and at most a surname: `Grote Markt`."""
    key = plain(word)
    return key in lists.words or (
        dictionary().get(key, 0) >= AS_A_WORD and not lists.first.get(key, 0)
    )


def _is_shouted_name(words: list[str], lists: NameLists) -> bool:
    """Whether a name that a list has stands in capitals beside a word that none knows."""
    return any(
        word.isupper() and other.isupper() and _is_pair_of_name(plain(word), plain(other), lists)
        for word, other in pairwise(words)
    )


def _is_pair_of_name(first: str, other: str, lists: NameLists) -> bool:
    if lists.first.get(first, 0) >= _IN_USE and not (first in lists.words or other in VOCABULARY):
        return True
    return (
        min(len(first), len(other)) >= _FEWEST_LETTERS
        and any(each in lists.first or each in lists.last for each in (first, other))
        and not any(_is_ordinary(each.capitalize(), lists) for each in (first, other))
    )


def _is_chinese_name(run: _Run, lists: NameLists) -> bool:
    """Whether a given name stands beside a Chinese surname, which is short and often a word."""
    return any(
        plain(surname) in lists.chinese
        and _is_given(plain(given), plain(surname), lists, is_start=run.is_start)
        for word, other in pairwise(run.words)
        for surname, given in ((word, other), (other, word))
    )


def _is_given(key: str, surname: str, lists: NameLists, *, is_start: bool) -> bool:
    """Whether a word is made as given names are in pinyin, and either word is none of Dutch."""
    if _GIVEN.fullmatch(key) is None or key in VOCABULARY or key in lists.places:
        return False
    is_word = key in lists.words or key in PREFIXES
    if len(key) > _FEWEST_LETTERS and _TWO_SYLLABLES.fullmatch(key):
        return not is_word
    is_surname_word = any(surname in several for several in (lists.words, VOCABULARY, PREFIXES))
    return not (is_surname_word or (is_word and is_start))


def _is_in_a_list(word: str, lists: NameLists) -> bool:
    """Whether a word is a first name, or a surname that is not in use as a word: not *Hoog*."""
    key = plain(word)
    return key in lists.first or (key in lists.last and key not in dictionary())


def _is_ordinary(word: str, lists: NameLists) -> bool:
    """Whether a word is a place, an institution, or a word that ends as such words do."""
    key = plain(word)
    return _is_known(word, lists) or key in lists.words or has_ending(key)


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
    return is_likely and (key in lists.first or key in lists.last) and not has_ending(key)


def _is_known(word: str, lists: NameLists) -> bool:
    """Whether a word is a place, an institution or an acronym."""
    key = plain(word)
    if key in VOCABULARY or key in lists.places:
        return True
    if any(
        key.removesuffix(suffix) in lists.places
        for suffix in ("se", "s", "er", "ers", "e", "ie", "sche")
    ):
        return True
    is_acronym = len(word) <= _LONGEST_ACRONYM and _ACRONYM.match(word) is not None
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
    is_ending = has_ending(key)
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
    letters = [character for character in text if character.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if capitals < _SHARE_OF_CAPITALS * len(letters):
        return False
    lists = name_lists()
    words = [plain(word) for word in WORD.findall(text) if word.isupper()]
    return sum(word in lists.words or word in PREFIXES for word in words) >= _FEWEST_SHOUTED


def _in_capitals(text: str) -> bool:
    """Whether a note in capitals has a word that is a name and no ordinary word."""
    lists = name_lists()
    words = [word for word in WORD.findall(text) if word.lower() not in PREFIXES]
    keys = [plain(part) for word in words for part in word.split("-")]
    if any(
        lists.first.get(key, 0) >= _IN_USE and key not in lists.words and key not in VOCABULARY
        for key in keys
    ):
        return True
    return any(
        key in lists.last
        and len(key) > _LONGEST_ACRONYM
        and not (key in lists.words or key in VOCABULARY or key in lists.places)
        and not key.endswith(ENDINGS)
        for key in keys
    ) or _follow_each_other(keys, lists)


def _in_small(text: str) -> bool:
    """Whether a common first name, or a first name and a surname, stand without capitals."""
    lists = name_lists()
    words = [word for word in WORD.findall(text) if word.islower()]
    keys = [plain(word) for word in words]
    if any(
        lists.first.get(key, 0) >= _COMMON and key not in lists.words and len(key) > _FEWEST_LETTERS
        for key in keys
    ):
        return True
    return _follow_each_other([plain(word) for word in WORD.findall(text)], lists)


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
        if len(following) <= _FEWEST_LETTERS or not is_used:
            continue
        if following in lists.last:
            return True
        # A first name, and behind it a word that no dictionary has.
        if lists.first[word] >= _IN_USE and not (following in lists.first or has_ending(following)):
            return True
    return False
