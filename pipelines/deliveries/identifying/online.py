"""How somebody or a machine is reached on a network: e-mail and addresses.

Here: written with signs, or with words for the signs.
Not here: telephones (`numbers`), and accounts on networks of people (`accounts`).
"""

import re

_AT_WORD = (
    r"(?:\(|\[|\{|<) ?(?:at|a|@) ?(?:\)|\]|\}|>)|\bap(?:e|en)[- ]?(?:n|s)?staart(?:je)?\b"
    r"|\ba-?krul\b"
)
_DOT_WORD = r"(?:\.| ?\(?\[?\b(?:punt|dot|point)\b\]?\)? ?| ?[\(\[]\.[\)\]] ?)"
_ENDS = (
    r"(?:nl|com|org|net|be|de|eu|fr|uk|info|biz|io|me|co|gov|edu|mil|int|tr|ma|sr|so|pl|es|it"
    r"|se|no|dk|ch|at"
    r"|online|nu|email)"
)
_MAILS = (
    re.compile(r"[\w.%+'-] ?@ ?[\w-]+ ?\. ?[\w-]"),
    re.compile(r"(?<=[\w.])@(?=\w)"),
    re.compile(rf"\w ?[(\[{{<]? ?(?:{_AT_WORD}) ?[)\]}}>]? ?\w", re.IGNORECASE),
    # *At* is no Dutch word: with a dot or the word for it behind, it is the sign.
    re.compile(rf"[\w.+-] at [\w-]+ ?{_DOT_WORD} ?[\w-]{{2}}", re.IGNORECASE),
    re.compile(
        rf"[\w.+-] (?:bij|@) [\w-]+(?: ?{_DOT_WORD}[\w-]+)*? ?{_DOT_WORD}{_ENDS}\b", re.IGNORECASE
    ),
    # A domain of a mail service, however the sign before it was written.
    re.compile(
        r"\w\W{0,4}(?:at|@|apenstaartje)?\W{0,3}\b(?:gmail|hotmail|outlook|live|yahoo|icloud"
        r"|protonmail|proton|ziggo|kpnmail|planet|xs4all)"
        rf"{_DOT_WORD}{_ENDS}\b",
        re.IGNORECASE,
    ),
)

_PART = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_IPV4 = re.compile(
    rf"(?<![0-9.])(?:{_PART} ?(?:\.|[(\[{{]\.[)\]}}]|[(\[]?\b(?:dot"
    rf"|punt)\b[)\]]?) ?){{3}}{_PART}(?![0-9])(?!\.[0-9])",
    re.IGNORECASE,
)
_SAID_IPV4 = re.compile(
    rf"\bip\b[^0-9\n]{{0,25}}(?:{_PART}[ ,-]+){{3}}{_PART}"
    rf"(?![0-9])",
    re.IGNORECASE,
)
# Numbers of paragraphs and versions are small in all four parts, and never zero.
_LARGEST_PARAGRAPH = 31
_IPV6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"
    r"|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){2,7}:"
    r"|::[0-9a-f]{2,4}(?::[0-9a-f]{1,4})*)"
    r"(?![\w:])",
    re.IGNORECASE,
)
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])", re.I
)


def holds_mail(text: str) -> bool:
    """Whether a text holds an e-mail address, with its signs or in words."""
    return any(pattern.search(text) for pattern in _MAILS)


def holds_machine(text: str) -> bool:
    """Whether a text holds the address of a machine on a network."""
    parts = (
        [int(octet) for octet in re.findall("[0-9]+", found[0])] for found in _IPV4.finditer(text)
    )
    if any(0 in several or max(several) > _LARGEST_PARAGRAPH for several in parts):
        return True
    return any(pattern.search(text) for pattern in (_SAID_IPV4, _IPV6, _MAC))
