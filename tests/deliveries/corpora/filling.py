"""Reads the frozen corpora of the anonymity guard and fills in their placeholders.

Here: the corpora, their digests, and how a placeholder says in what form a value is written.
Not here: the values themselves (`values`), or any pattern they are judged by.

The first corpora were written by somebody who had not seen the patterns. The second were written by
somebody who had read the patterns, before any text of them was judged: they tell whether what was
mended for a shortfall on the first holds for texts that nobody looked at. The names in the second
are nobody's: each joins the given name of one and the family name of another.

A placeholder is `{value!change:separator}`. The separator stands between the groups of the value
(none: they are joined); `/|-` names one for each gap. The change is `l` lower case, `u` capitals,
`f` full width, `d` each digit a group, `w` each digit a word.
"""

import csv
import hashlib
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.deliveries.corpora.values import MAKERS, UNITS

HERE = Path(__file__).parent
IDENTIFYING = HERE / "identifying.csv"
ORDINARY = HERE / "ordinary.csv"
IDENTIFYING_SECOND = HERE / "identifying_second.csv"
ORDINARY_SECOND = HERE / "ordinary_second.csv"

# To change a corpus is a decision: what was measured on the one before cannot be compared.
FROZEN_SHA256 = {
    IDENTIFYING.name: "ad34aec4eab6aaea511e08e0bbad4701d286759a439918837c80d94d71e27ae2",
    ORDINARY.name: "5f66fb6e16d60fc69da22cb8ac4f087ea0c7931b7678449ade0a4003a0c16a2d",
    IDENTIFYING_SECOND.name: "f9527d8519bdd060b79e156f3941f404be82ab03560b490236cd33d510650368",
    ORDINARY_SECOND.name: "7462b44965c5f9a8a0fbf8cac8e3fc54768042454d7b9ae77df80af0ebc6c0f8",
}

_TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}


@dataclass(frozen=True)
class Planted:
    """A text with something identifying in it: what kind of thing, and in what form written."""

    kind: str
    form: str
    text: str


class _Groups(tuple[str, ...]):
    """A value in the groups people write it in; formatting joins them."""

    __slots__ = ()

    def __format__(self, separator: str) -> str:
        gaps = len(self) - 1
        separators = separator.split("|") if "|" in separator else [separator] * gaps
        if len(separators) != gaps:
            raise ValueError(f"{len(separators)} separators for {gaps} gaps: {separator!r}")
        return "".join(part for pair in zip(self, [*separators, ""], strict=True) for part in pair)

    def changed(self, change: str | None) -> "_Groups":
        match change:
            case None:
                return self
            case "l":
                return _Groups(group.lower() for group in self)
            case "u":
                return _Groups(group.upper() for group in self)
            case "f":
                return _Groups(group.translate(_TO_FULL_WIDTH) for group in self)
            case "d":
                return _Groups("".join(self))
            case "w":
                return _Groups(UNITS[int(digit)] for digit in "".join(self))
        raise ValueError(f"no such change: {change!r}")


class _Filler(string.Formatter):
    """Fills in placeholders with values of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> _Groups:
        return _Groups(MAKERS[str(key)](self._chance))

    def convert_field(self, value: Any, conversion: str | None) -> _Groups:
        groups: _Groups = value
        return groups.changed(conversion)


def filled(text: str, chance: Random) -> str:
    """The text with a newly made value for each placeholder.

    Raises:
        KeyError: Nothing makes a value of that name.
        ValueError: The placeholder asks for a change or separators that do not exist.
    """
    return _Filler(chance).format(text)


def planted(seed: int, fillings: int = 1, corpus: Path = IDENTIFYING) -> Iterator[Planted]:
    """The identifying texts, each filled in so many times; the same seed gives the same texts.

    A text without a placeholder (a name) comes once.
    """
    for row, template in enumerate(_rows(corpus)):
        for copy in range(fillings if "{" in template["text"] else 1):
            text = filled(template["text"], Random(f"{seed}/{row}/{copy}"))
            yield Planted(template["kind"], template["form"], text)


def ordinary(corpus: Path = ORDINARY) -> list[str]:
    """The sentences that name nobody and must pass."""
    return [row["text"] for row in _rows(corpus)]


def templates(corpus: Path = IDENTIFYING) -> list[Planted]:
    """The identifying texts as they are kept, placeholders and all."""
    return [Planted(row["kind"], row["form"], row["text"]) for row in _rows(corpus)]


def sha256(corpus: Path) -> str:
    """The digest of a corpus as it lies here, to hold against `FROZEN_SHA256`."""
    return hashlib.sha256(corpus.read_bytes()).hexdigest()


def _rows(corpus: Path) -> list[dict[str, str]]:
    with corpus.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
