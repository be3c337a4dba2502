"""One way of writing: a text as it reads, whatever characters it was typed with.

Here: Unicode forms, digits of any script, invisible characters, and the many sorts of space, dash,
dot, slash and apostrophe, each made one.
Not here: what is looked for in the folded text (its neighbours).

Case stays: a capital is what tells a name or a number plate from a word.
"""

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

# Plain text needs no folding: printable ASCII, single spaces.
_NEEDS_FOLDING = r"[^ -~\n]|  | \n|\n |[^ \n]{120}"
# No word of a language is that long. Whoever looks where a longer one may start and end looks at
# all of it again from every letter, so it is judged by pieces, of which two hold each letter.
_LONGEST_WORD = 120
_TOO_LONG = re.compile(rf"[\w.%+'’-]{{{_LONGEST_WORD},}}")
_ALIKE = {
    # Middle dots, a leader, ideographic stops.
    **dict.fromkeys("\u00b7\u2027\u2219\u22c5\u2024\u3002\uff61\u30fb", "."),
    # Slashes of fractions and divisions.
    **dict.fromkeys("\u2044\u2215\u29f8", "/"),
    # The minus and what else looks like a dash without being one to Unicode.
    **dict.fromkeys("\u2212\u2043\u30fc", "-"),
    # Quotation marks, primes and accents that stand alone.
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    "ß": "ss",
}
_SPACES = re.compile(r"[^\S\n]+")
_INVISIBLE = {"Cf", "Mn", "Me", "Cs", "Co", "Cn"}


def fold(text: str) -> str:
    """A text in one way of writing.

    Returns:
        The text in Unicode's compatibility form, with ASCII digits and separators, without
        invisible or combining characters, with single spaces, and without words longer than any.
    """
    # Twice: first so that one character may become several, then because the folded ones may join.
    composed = unicodedata.normalize("NFKC", text)
    folded = "".join(_folded(character) for character in composed)
    return _TOO_LONG.sub(_in_pieces, _SPACES.sub(" ", unicodedata.normalize("NFKC", folded)))


def _in_pieces(found: "re.Match[str]") -> str:
    word, step = found[0], _LONGEST_WORD // 2
    return " ".join(word[at : at + _LONGEST_WORD] for at in range(0, len(word) - step, step))


def _folded(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() or character == "\n" else " "
    if character in _ALIKE:
        return _ALIKE[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category in _INVISIBLE:
        return ""
    return " " if category.startswith(("Z", "C")) else character


def fold_all(values: pa.Array) -> pa.Array:
    """Fold distinct texts, without touching the many that are plain already.

    Args:
        values: Texts, no nulls.

    Returns:
        The folded texts, in the same order.
    """
    needs = pc.match_substring_regex(values, _NEEDS_FOLDING)
    if not pc.any(needs, min_count=0).as_py():
        return values
    return pa.array(
        [
            fold(text) if is_odd else text
            for text, is_odd in zip(values.to_pylist(), needs.to_pylist(), strict=True)
        ],
        pa.string(),
    )
