"""How a name is written: capitals, prefixes, initials and titles.

Here: the patterns that cells and prose share.
Not here: which texts they are looked for in (`names`, `prose`, `joined`).
"""

import re

WORD = re.compile(r"[^\W\d_][\w'’-]*")
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*[a-zß-öø-ÿā-ž][\w'’-]*"
# A word in capitals, of two letters or more.
SHOUTED = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃŞĞİŠČŽĐ][A-ZÀ-ÖØ-ÞŁŚŻŹĆŃŞĞİŠČŽĐ'’-]+"
PREFIX = (
    r"(?:(?:van|de|der|den|het|'t|ten|ter|te|von|la|le|du|da|di|dos|das|el|al|bin|bint|ben|op|in"
    r"|v\.|d\.|v\.d\.)[ -])"
)
_INITIAL = r"(?<![\w.])(?:(?:[A-Z]|Ch|Chr|Th|Ph|IJ|Yu|Zh|Kh|Sh|Tj|Sj|Fr|Jo)\.[ -]?){1,5}"
INITIALS = re.compile(
    rf"{_INITIAL}(?i:{PREFIX}){{0,3}}(?P<last>{CAPITAL}|[A-Z]{{3,}})|{CAPITAL}, ?(?:[A-Z]\.){{1,5}}"
    rf"|[A-Z]{{3,}}, ?(?:[A-Z]\.){{1,5}}|{CAPITAL} (?:[A-Z]\.){{2,5}}(?!\w)"
    rf"|(?:{CAPITAL}|{SHOUTED}), ?(?i:van|de|der|den|ter|ten|van de[rn]?|van 't)(?=,|\W*$| [A-Z]\.)"
)
_TITLES = (
    r"(?:[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Mm]r|[Dd]rs|[Ii]r|[Dd]r|[Pp]rof"
    r"|[Ii]ng)"
)
TITLED = re.compile(
    rf"\b{_TITLES}\.? (?:(?:[A-Z]\. ?)+)?{PREFIX}{{0,3}}(?:{CAPITAL}|[A-Z]{{3,}}\b|[A-Z]\.)"
)
