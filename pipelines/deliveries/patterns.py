"""The patterns of contracts, taken apart: which characters may stand where.

Here: the parts of a simple pattern, for the guard (is its form fixed?) and for samples.
Not here: matching values (`guard`, `scan`).
"""

import re._parser as sre_parser  # type: ignore[import-not-found] # the parser `re` itself uses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Fewer free letters than this hold no first name and surname.
_ROOM_FOR_A_NAME = 8


@dataclass(frozen=True)
class PatternPart:
    """One character, or a run of the same kind.

    Attributes:
        characters: Characters that may stand there, in order.
        fewest: Least length of the run.
        most: Greatest length of the run.
    """

    characters: str
    fewest: int
    most: int

    @property
    def is_fixed(self) -> bool:
        """Whether the run has one length."""
        return self.fewest == self.most


def parts_of(pattern: str) -> list[PatternPart] | None:
    """Take a pattern apart.

    Returns:
        Its parts; None when it is more than a row of characters, classes and repeats of those.
    """
    parts: list[PatternPart] = []
    for kind, argument in sre_parser.parse(pattern):
        name, fewest, most, inside = str(kind), 1, 1, argument
        if name == "AT":
            continue
        if name == "MAX_REPEAT":
            low, high, items = argument
            if len(items) != 1:
                return None
            fewest, most = int(low), int(high)
            name, inside = str(items[0][0]), items[0][1]
        if name == "LITERAL":
            characters = chr(inside)
        elif name == "IN":
            characters = _class(inside)
        else:
            return None
        if not characters:
            return None
        parts.append(PatternPart(characters, fewest, most))
    return parts


def has_room(pattern: str) -> bool:
    """Whether a pattern leaves room for a word of anybody's choice: eight letters in a row, say."""
    parts = parts_of(pattern) or []
    return any(
        part.most >= _ROOM_FOR_A_NAME and any(character.isalpha() for character in part.characters)
        for part in parts
    )


def shortest_match(pattern: str) -> str:
    """A text that matches a pattern: of every choice the first, of every repeat the fewest.

    Raises:
        ValueError: The pattern looks around or back, so that its parts do not tell.
    """
    return _shortest(sre_parser.parse(pattern))


def _shortest(items: Iterable[tuple[Any, Any]]) -> str:
    text = ""
    for kind, argument in items:
        name = str(kind)
        if name == "LITERAL":
            text += chr(argument)
        elif name == "IN":
            text += (_class(argument) or "0")[0]
        elif name in {"MAX_REPEAT", "MIN_REPEAT"}:
            text += _shortest(argument[2]) * int(argument[0])
        elif name == "SUBPATTERN":
            text += _shortest(argument[3])
        elif name == "BRANCH":
            text += _shortest(argument[1][0])
        elif name == "ANY":
            text += "x"
        elif name != "AT":
            raise ValueError(f"geen voorbeeld te maken van {name} in een patroon")
    return text


def _class(items: list[tuple[object, object]]) -> str:
    """Characters of a class such as `[a-z2-7]`; empty when it has more than those."""
    found: list[str] = []
    for kind, argument in items:
        if str(kind) == "RANGE" and isinstance(argument, tuple):
            found += [chr(code_point) for code_point in range(argument[0], argument[1] + 1)]
        elif str(kind) == "LITERAL" and isinstance(argument, int):
            found.append(chr(argument))
        else:
            return ""
    return "".join(found)
