"""Names joined into one token, as in an address of mail, a file or a login.

Here: `jan_de_vries`, `Jan.de.Vries`, `j.devries`, `JanDeVries`, `de_vries-jan`.
Not here: names with spaces between their words (`prose`).

The parts of such a token are judged by the lists alone: a first name that is no ordinary word, and
beside it a surname, or a word that no dictionary has.
"""

import re

from pipelines.deliveries.identifying.name_lists import PREFIXES, NameLists, name_lists
from pipelines.deliveries.identifying.words import VOCABULARY, dictionary, has_ending, plain

_LETTERS = r"[^\W\d_]"
# Two to five parts with one of these signs between them.
_SEPARATED = re.compile(rf"(?<![\w@./:-]){_LETTERS}+(?:[._-]{_LETTERS}+){{1,4}}(?![\w@/:])")
# A capital inside a word starts a part; so does a prefix before it: `JandeVries`.
_CAMEL = re.compile(
    r"(?<![\w@./-])(?:[A-ZÀ-Ý][^\W\d_]*?[a-zß-ÿ])(?:[A-ZÀ-Ý][^\W\d_]*[a-zß-ÿ])+(?![\w@])"
)
_PARTS = re.compile(r"[A-ZÀ-Ý]+(?![a-zß-ÿ])|[A-ZÀ-Ý]?[^\W\d_A-ZÀ-Ý]+")
_PREFIX_BEHIND = re.compile("^(?P<word>.{2,}?)(?:vande[rn]?|van|de[rn]?|ter|ten|el|al)$")
_PREFIX_BEFORE = re.compile("^(?:vande[rn]?|van|de[rn]?|ter|ten|el|al|bin|ben)(?P<word>.{3,})$")
# A prefix between two parts tells by itself, but for those that are common words of codes.
_TELLING = frozenset({"van", "der", "den", "ten", "ter", "el", "al", "bin", "de"})
# A prefix with a capital, at the start of what is joined: `DeBauw`.
_PREFIXES = frozenset({"Van", "De", "Den", "Ter", "Ten", "El", "Al", "Di", "Del", "Le", "La"})
# How common a first name must be (1 to 13) to be believed although it is a word too.
_COMMON = 4
_FEWEST_LETTERS = 3
_FEWEST_OF_AN_UNKNOWN = 4


def holds_joined_name(text: str) -> bool:
    """Whether a folded text has a token that joins the parts of a name."""
    lists = name_lists()
    for found in _SEPARATED.finditer(text):
        # A dash alone joins the words of Dutch, and two names that are both in capitals.
        is_dashed = not re.search("[._]", found[0])
        if not (is_dashed and not found[0].islower()) and _is_name(
            re.split("[._-]", found[0]), lists, needs_lists=is_dashed
        ):
            return True
    return any(
        _is_name(_PARTS.findall(found[0]), lists, needs_lists=False)
        for found in _CAMEL.finditer(text)
    )


def _is_name(parts: list[str], lists: NameLists, *, needs_lists: bool) -> bool:
    """Whether the parts of a token are a first name, an initial or a prefix, and a surname."""
    keys = [plain(part) for part in parts]
    words = [key for key in keys if key not in PREFIXES or len(key) == 1]
    if not any(len(word) > 1 for word in words):
        return False
    if not needs_lists:
        if any(key in _TELLING for key in keys[1:-1]) and not all(
            word in lists.words or _is_of_a_thing(word) for word in words
        ):
            return True
        if len(words[0]) == 1 and _is_last(words[-1], lists):
            return True
        # Not of a constant: `FIRST_CASE`.
        if all(part.istitle() for part in (parts[0], parts[-1])):
            return _is_name_in_capitals(parts[0], words, lists)
    return any(
        _is_first(word, lists)
        and any(
            _is_beside(word, other, lists, needs_lists=needs_lists)
            for other in words[:place] + words[place + 1 :]
        )
        for place, word in enumerate(words)
    )


def _is_beside(first: str, other: str, lists: NameLists, *, needs_lists: bool) -> bool:
    """Whether a word is a surname beside a first name, both in small letters or in capitals."""
    if first in lists.words or first in VOCABULARY:
        return False
    # Names that are words too are words in a code: `case_key`.
    if lists.first.get(first, 0) < _COMMON and first in dictionary():
        return _is_last(other, lists) and other not in dictionary()
    return _is_last(other, lists) or (not needs_lists and _is_unknown(other, lists))


def _is_name_in_capitals(start: str, words: list[str], lists: NameLists) -> bool:
    """Whether parts with a capital are a name: somebody's or one thing's, so words tell more."""
    if all(_is_unknown(word, lists) for word in words):
        return True
    if start in _PREFIXES and len(words) == 1 and _is_last(words[0], lists):
        return True
    return any(
        _is_first(word, lists)
        and (
            any(_is_last(other, lists) or _is_unknown(other, lists) for other in others)
            or (
                min(len(each) for each in words) >= _FEWEST_LETTERS
                and not (word in lists.words or any(_is_of_a_thing(each) for each in words))
            )
        )
        for place, word in enumerate(words)
        if (others := words[:place] + words[place + 1 :])
    )


def _is_first(key: str, lists: NameLists) -> bool:
    behind = _PREFIX_BEHIND.match(key)
    return any(
        len(key) >= _FEWEST_LETTERS and key in lists.first
        for key in (key, behind["word"] if behind else "")
    )


def _is_last(key: str, lists: NameLists) -> bool:
    before = _PREFIX_BEFORE.match(key)
    return any(
        len(key) >= _FEWEST_OF_AN_UNKNOWN
        and key in lists.last
        and key not in lists.words
        and key not in VOCABULARY
        for key in (key, before["word"] if before else "")
    )


def _is_unknown(key: str, lists: NameLists) -> bool:
    """Whether no list and no dictionary has a word."""
    return (
        len(key) >= _FEWEST_OF_AN_UNKNOWN
        and not (key in lists.words or key in lists.places)
        and not _is_of_a_thing(key)
    )


def _is_of_a_thing(key: str) -> bool:
    return key in VOCABULARY or has_ending(key)
