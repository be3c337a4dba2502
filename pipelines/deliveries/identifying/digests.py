"""What a number or name becomes when it is hashed: as telling as the number, to whoever tries all.

Here: digests in hexadecimal, base32 and base64, UUIDs, and a pseudonym that cannot be a keyed one.
Not here: the agreed form of a pseudonym (`deliveries.pseudonyms`).

A digest without a key, cut to 26 characters of base32, looks exactly like one with a key: no form
tells them apart, and the agreement with the partner is what counts. What does show is a value that
128 random bits do not give: of hexadecimal letters alone, filled up with one character, or a number
or word that was merely rewritten.
"""

import base64
import re

from pipelines.deliveries.pseudonyms import ALPHABET, LENGTH, SYNTHETIC_MARK

_HEXADECIMAL = re.compile(
    r"(?<![0-9a-z])(?:0x)?(?:[0-9a-f]{32,128}"
    r"|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16,31})(?![0-9a-z])"
    r"|(?<![0-9a-z])(?=[0-9 :.-]{0,128}[a-f])(?:[0-9a-f]{4,8}[ :.-]){3}[0-9a-f]{4,8}(?![0-9a-z])"
    r"|(?<![0-9a-z])(?=[0-9 :.-]{0,128}[a-f])(?:[0-9a-f]{2}[: .-]){7}[0-9a-f]{2}(?![0-9a-z])",
    re.IGNORECASE,
)
_UUID = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{8}(?:[- ]?[0-9a-f]{4}){3}[- ]?[0-9a-f]{12}(?![0-9a-z])",
    re.IGNORECASE,
)
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_=-])(?P<body>[A-Za-z0-9+/_-]{20,})(?P<pad>={0,2})(?![A-Za-z0-9+/_=-])"
)
_BASE32 = re.compile(
    r"(?<![A-Za-z0-9])(?<![zp]1_)(?:[A-Z2-7]{26,}|[a-z2-7]{26,})={0,6}(?![A-Za-z0-9=])"
)
_PSEUDONYM = re.compile(r"(?<![A-Za-z0-9])[zp]1_[a-z0-9]{20,32}(?![A-Za-z0-9])", re.IGNORECASE)
# From a letter to a digit or a capital and back: words joined together change less often.
_FEWEST_CHANGES = 6

# What every pseudonym of hexadecimal digits, of one character over and over, or of readable text in
# base32 matches: cheap, over all values. A readable byte starts with a zero bit, and each block of
# eight characters has five of those; a run of eight comes by chance once in two thousand million.
_BLOCK = "[a-p][abefijmnqruvyz45].[a-hq-x][acegikmoqsuwy246].[a-di-lq-tyz23]."
DRESSED = (
    f"^.{{3}}(?:[0-9a-fA-F]+|{_BLOCK}{_BLOCK}{_BLOCK}..|.*(?:"
    + "|".join(f"{letter}{{8}}" for letter in ALPHABET)
    + ").*)$"
)
_HEXADECIMAL_LETTERS = re.compile(r"^[0-9a-f]+$", re.IGNORECASE)
_RUN = re.compile(r"(.)\1{7}")
_READABLE = re.compile(rb"^[A-Za-z0-9 .,@_-]{5,16}\x00*$")


def holds_digest(text: str) -> bool:
    """Whether a text holds a digest or a UUID."""
    if _HEXADECIMAL.search(text) or _UUID.search(text):
        return True
    if any(re.search("[2-7]", found[0]) for found in _BASE32.finditer(text)):
        return True
    return any(_is_base64(found["body"], found["pad"]) for found in _BASE64.finditer(text))


def _is_base64(body: str, padding: str) -> bool:
    if not (re.search("[a-z]", body) and re.search("[A-Z]", body)):
        return False
    if padding and (len(body) + len(padding)) % 4 == 0:
        return True
    kinds = "".join(
        "d"
        if character.isdigit()
        else "u"
        if character.isupper()
        else "l"
        if character.islower()
        else "-"
        for character in body
    )
    changes = len(re.findall(r"(?<=(.))(?!\1).", kinds))
    return bool(re.search("[0-9]", body)) and changes >= _FEWEST_CHANGES


def holds_pseudonym(text: str) -> bool:
    """Whether a text holds a pseudonym, or what is dressed as one."""
    return _PSEUDONYM.search(text) is not None


def is_plain_digest(pseudonym: str) -> bool:
    """Whether a pseudonym holds what 128 random bits do not give.

    Args:
        pseudonym: A value that starts with `z1_` or `p1_`.

    Returns:
        It is of hexadecimal digits alone, filled up with one character, or a rewritten text or
        number. One that carries the mark of simulation is made up, and says so on every page.
    """
    rest = pseudonym[3:].lower()
    if rest.startswith(SYNTHETIC_MARK):
        return False
    if _HEXADECIMAL_LETTERS.match(rest) or _RUN.search(rest):
        return True
    try:
        content = base64.b32decode(rest[:LENGTH].upper() + "=" * (-LENGTH % 8))
    except ValueError:
        return False
    return _READABLE.match(content) is not None
