"""Names of persons in text that should hold none: the third step of the anonymity guard.

Here: judging texts by how they were delivered, and how a name shows in a cell that should hold a
code.
Not here: the lists (`name_lists`, `words`), names in prose (`prose`), and which columns are looked
at (`deliveries.guard`).
"""

import re
from collections.abc import Iterable

from pipelines.deliveries.identifying.folding import fold
from pipelines.deliveries.identifying.forms import CAPITAL, INITIALS, TITLED, WORD
from pipelines.deliveries.identifying.joined import holds_joined_name
from pipelines.deliveries.identifying.name_lists import PREFIXES, NameLists, name_lists
from pipelines.deliveries.identifying.prose import names_somebody
from pipelines.deliveries.identifying.words import VOCABULARY, plain

# How common a first name must be (1 to 13, each step double) before a small letter is believed.
_COMMON = 4
_LONGEST_NAME = 60
_FEWEST_LETTERS = 3
_WORDS_OF_PROSE = 6


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
    codes = {_spaced(name) for name in allowed}
    found = []
    for value in values:
        text = fold(value).strip()
        if is_free_text and holds_joined_name(text):
            found.append(value)
            continue
        text = re.sub(r"(?<=[^\W\d_])[_.](?=[^\W\d_]{2})", " ", text)
        is_prose = is_free_text or len(text.split()) >= _WORDS_OF_PROSE
        if names_somebody(text) if is_prose else _is_name(text, codes):
            found.append(value)
    return found


def _spaced(code: str) -> str:
    return re.sub(r"[ _-]+", " ", plain(code)).strip()


def _is_name(text: str, codes: set[str]) -> bool:
    """Whether a whole cell is a name."""
    if len(text) > _LONGEST_NAME or not re.search(r"[^\W\d_]{2}", text):
        return False
    if INITIALS.search(text) or TITLED.search(text):
        return True
    if re.search(r"[\d_/@:;()]", text) or _spaced(text) in codes:
        return False
    words = [word for word in WORD.findall(text) if word.lower() not in PREFIXES]
    lists = name_lists()
    if _is_place(text, words, lists) or not words:
        return False
    if len(words) == 1:
        return _is_lone_name(words[0], lists)
    return _is_full_name(words, lists)


def _is_place(text: str, words: list[str], lists: NameLists) -> bool:
    return plain(text) in lists.places or all(
        plain(word) in lists.places or plain(word) in VOCABULARY for word in words
    )


def _is_lone_name(word: str, lists: NameLists) -> bool:
    key = plain(word)
    if len(key) < _FEWEST_LETTERS or key in lists.words or key in VOCABULARY:
        return False
    if word.islower():
        return lists.first.get(key, 0) >= _COMMON
    return key in lists.first or (key in lists.last and key not in lists.places)


def _is_full_name(words: list[str], lists: NameLists) -> bool:
    keys = [plain(word) for word in words]
    if any(key in VOCABULARY for key in keys):
        return False
    is_capital = words[0][0].isupper() and any(key not in lists.words for key in keys[1:])
    if keys[0] in lists.first and (keys[0] not in lists.words or is_capital):
        return True
    if any(key in lists.first for key in keys[1:]) and keys[0] in lists.last:
        return True
    # Nobody's list is complete: two words with a capital, and no code.
    return not any(key in lists.words for key in keys) and all(
        re.fullmatch(CAPITAL, word) for word in words
    )
