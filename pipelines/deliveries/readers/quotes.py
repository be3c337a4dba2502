"""Quotes in a CSV file: whether each stands where it may, and in which records one does not.

A cell in quotes begins with one and ends with one, and a quote within it is written twice (RFC
4180, section 2). A parser reads on where that is not so: of `"ab"cd` it makes `abcd`, and nobody is
told.

Here: the look at every quote in passing, by bytes alone; and the reading of a file by its lines,
where that look or a row raises doubt.
Not here: what becomes of such a record (`records`), and parsing (`csv`).
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.readers import limits

_BOM = b"\xef\xbb\xbf"
_QUOTE, _LF, _CR = b'"\n\r'
_Places = np.ndarray[Any, np.dtype[np.int64]]
# Which quotes are part of a pair is seen by counting, whatever the rest of the text is.
_ONE_BYTE = "iso-8859-1"


class QuoteLaw:
    """Looks, block by block, whether every quote opens a cell, ends one, or is one of a pair."""

    def __init__(self, delimiter: str) -> None:
        self._may_be_beside = np.zeros(256, dtype=bool)
        self._may_be_beside[[*delimiter.encode(), *b'\r\n"']] = True
        self._is_broken = False
        self._has_breaks = False
        self._is_inside = False
        self._previous = _LF
        self._is_first = True

    @property
    def is_kept(self) -> bool:
        """Whether it holds for what was seen, and nothing is still open."""
        return not (self._is_broken or self._is_inside)

    @property
    def has_breaks_inside(self) -> bool:
        """Whether a line may break within a cell; where the law is not kept nobody knows."""
        return self._has_breaks or not self.is_kept

    def feed(self, block: bytes) -> None:
        """Look at the next block of a file."""
        if self._is_first:
            block, self._is_first = block.removeprefix(_BOM), False
        if not block or self._is_broken:
            return
        has_just_ended = self._previous == _QUOTE and not self._is_inside
        if b'"' in block or has_just_ended:
            found = np.frombuffer(block, dtype=np.uint8)
            places = np.flatnonzero(found == _QUOTE)
            # By turns they open and end; of a pair in a cell the first ends and the second opens.
            opening, ending = places[self._is_inside :: 2], places[not self._is_inside :: 2]
            before = np.where(opening > 0, found[opening - 1], self._previous)
            # What follows the last byte is looked at with the next block.
            after = found[ending[ending < len(found) - 1] + 1]
            beside = [before, after, found[:1] if has_just_ended else found[:0]]
            self._is_broken = not self._may_be_beside[np.concatenate(beside)].all()
            if not self._has_breaks:
                breaks = np.flatnonzero((found == _LF) | (found == _CR))
                self._has_breaks = _is_any_inside(breaks, places, is_inside=self._is_inside)
            self._is_inside ^= bool(len(places) % 2)
        elif self._is_inside:
            self._has_breaks |= b"\n" in block or b"\r" in block
        self._previous = block[-1]


def _is_any_inside(places: _Places, quotes: _Places, *, is_inside: bool) -> bool:
    """Whether any place lies within quotes: after an odd number, or an even one from inside."""
    return bool((np.searchsorted(quotes, places) % 2 != is_inside).any())


@dataclass(frozen=True)
class Quoting:
    """How a file is quoted.

    Attributes:
        strays: Numbers of the records that have text after a cell in quotes; 1 follows the header.
        is_throughout: Every cell with content is in quotes, all of them as they should be: what
            stands in a cell is that cell's beyond doubt, line breaks and separators included.
    """

    strays: frozenset[int]
    is_throughout: bool


def read_quoting(stream: IO[bytes], delimiter: str) -> Quoting:
    """Read how a file is quoted.

    Args:
        stream: A CSV file in any character encoding in which a sign of ASCII is one byte.
        delimiter: Its separator.

    Raises:
        Refusal: A line is longer than a row can be.
    """
    strays, is_throughout, number, is_inside = [], True, -1, False
    for line in _lines(stream):
        if not is_inside:
            if not line:
                continue
            number += 1
        elif '"' not in line:
            continue
        place = 0
        while place <= len(line):
            if is_inside or line.startswith('"', place):
                end = _end_of_quotes(line, place + (not is_inside))
                is_inside = end is None
                if end is None:
                    break
                following = line.find(delimiter, end)
                if line[end : following if following >= 0 else None]:
                    strays.append(number)
            else:
                following = line.find(delimiter, place)
                is_throughout &= following == place or (following < 0 and place == len(line))
            if following < 0:
                break
            place = following + 1
    return Quoting(frozenset(strays), is_throughout and not strays and not is_inside)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding=_ONE_BYTE, newline="")
    start = text.readline(limits.LINE_BYTES).removeprefix(_BOM.decode(_ONE_BYTE))
    while start:
        if len(start) >= limits.LINE_BYTES:
            raise Refusal(
                "regelopbouw",
                f"een regel met aanhalingstekens is langer dan {limits.LINE_BYTES // 2**20} MB",
                "verdubbel of verwijder losse aanhalingstekens en lever opnieuw",
            )
        yield start.rstrip("\r\n")
        start = text.readline(limits.LINE_BYTES)


def _end_of_quotes(line: str, place: int) -> int | None:
    """Where a cell in quotes has ended; None when it goes on after the line."""
    while (place := line.find('"', place)) >= 0:
        if not line.startswith('"', place + 1):
            return place + 1
        place += 2
    return None
