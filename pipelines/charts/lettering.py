"""How wide a text is, and how it is set in the room it has, before anything draws it.

Here: an estimate from the widths of Helvetica, wider than the fonts of screen and paper.
Not here: which text stands where (`chain_layout`).
"""

import unicodedata

# Thousandths of the size, by letter.
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'", 222),
        (" .,:;!|/ftI[]\\", 278),
        ("()-r`", 333),
        ('"*°', 400),
        ("ckJsvxyz", 500),
        ("abdeghnopqu0123456789_?#$L", 556),
        ("FTZ+<>=~", 611),
        ("ABEKPSVXY&", 667),
        ("CDHNRUw", 722),
        ("GOQ", 778),
        ("mM", 833),
        ("%W", 944),
        ("@…—", 1000),
    )
    for letter in letters
}
# Of a letter that is not there.
_OTHER = 611
_BOLD = 1.08
_ELLIPSIS = "…"
# After these a text may go on in the next line.
_BREAKS = (" ", "-", "/", "_")


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of a text in the unit of its size."""
    plain = unicodedata.normalize("NFD", text)
    thousandths = sum(
        _WIDTHS.get(letter, _OTHER) for letter in plain if not unicodedata.combining(letter)
    )
    return thousandths * size * (_BOLD if is_bold else 1.0) / 1000


def wrapped(
    text: str, room: float, size: float, most: int, *, is_bold: bool = False
) -> tuple[str, ...]:
    """Return a text in lines that fit; what is too long ends in an ellipsis.

    Args:
        text: The text.
        room: Width of a line.
        size: Size of its letters, in the same unit.
        most: Number of lines there is room for.
        is_bold: Whether it is set in bold.
    """
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < most:
        line = _line(rest, room, size, is_bold)
        is_torn = len(line) < len(rest) and line[-1] not in _BREAKS
        rest = rest[len(line) :].lstrip()
        lines.append(f"{line}-" if is_torn else line.rstrip())
    if rest and lines:
        lines[-1] = _cut(lines[-1], room, size, is_bold)
    return tuple(lines)


def longest_word(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of the longest part that cannot be broken."""
    return max((width_of(part.rstrip(), size, is_bold=is_bold) for part in _parts(text)), default=0)


def _line(text: str, room: float, size: float, is_bold: bool) -> str:
    """Return as many whole parts as fit; of a part that fits in no line, as many letters."""
    line = ""
    for part in _parts(text):
        if width_of((line + part).rstrip(), size, is_bold=is_bold) > room:
            break
        line += part
    if line:
        return line
    letters = 1
    # One more, and the hyphen behind it.
    while width_of(f"{text[: letters + 1]}-", size, is_bold=is_bold) <= room:
        letters += 1
    return text[:letters]


def _cut(line: str, room: float, size: float, is_bold: bool) -> str:
    while line and width_of(line + _ELLIPSIS, size, is_bold=is_bold) > room:
        line = line[:-1]
    return line.rstrip(" -") + _ELLIPSIS


def _parts(text: str) -> list[str]:
    """Split a text behind every place where it may be broken; the parts make the text."""
    parts, begun = [], 0
    for place, letter in enumerate(text, start=1):
        if letter in _BREAKS:
            parts.append(text[begun:place])
            begun = place
    return [*parts, text[begun:]] if text[begun:] else parts
