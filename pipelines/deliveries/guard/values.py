"""Judging values: what in them could identify somebody.

Here: every detector over the distinct values of a column, what a contract lets pass, and the same
over texts that somebody typed.
Not here: the detectors (`pipelines.deliveries.identifying`), and finding back the rows (`cells`).
"""

import re
from collections.abc import Iterable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.contract import Column
from pipelines.deliveries.guard.closed_forms import is_moment
from pipelines.deliveries.guard.hit import FOUND
from pipelines.deliveries.identifying.digests import holds_pseudonym, is_plain_digest
from pipelines.deliveries.identifying.kinds import (
    OLDEST_DATE_IN_TEXT_YEARS,
    find_kinds,
)
from pipelines.deliveries.identifying.names import find_names
from pipelines.deliveries.patterns import has_room

# A milestone is not that old, and most people are: a full date further back is a date of birth.
OLDEST_MILESTONE_YEARS = 15


# In a column of nine-digit numbers one in eleven passes the test for BSN by chance. More than
# chance allows, at this level, and they are BSNs.
PASS_RATE_BY_CHANCE = 1 / 11


PASS_RATE_LEVEL = 1e-6


_TYPED_BY_HAND = Column("", "", "string", free_text=True)


def find_in_text(text: str, day: date) -> tuple[tuple[str, str], ...]:
    """Judge one text typed by hand, before it is kept anywhere.

    The same detectors as a delivered column of free text meets, so that what passes here passes at
    the door.

    Returns:
        Rule and what it found, in Dutch, of each kind that struck; never the value.
    """
    if not text:
        return ()
    return tuple((kind, FOUND[kind]) for kind in find_in_texts([text], day))


def find_in_texts(texts: Iterable[str], day: date) -> dict[str, list[str]]:
    """Judge many texts typed by hand at once.

    Returns:
        By rule, the texts in which it struck. Stays where the texts are.
    """
    return judge_values(_TYPED_BY_HAND, pa.array(list(texts), pa.string()), day)


def judge_values(column: Column, distinct: pa.Array, reference_date: date) -> dict[str, list[str]]:
    """Judge the distinct values of a column by every detector.

    Args:
        column: What its contract says of it.
        distinct: The values, no nulls.
        reference_date: Day of the delivery.

    Returns:
        By rule, the values in which it struck. Stays inside the guard.
    """
    oldest = OLDEST_MILESTONE_YEARS if is_moment(column) else OLDEST_DATE_IN_TEXT_YEARS
    found = find_kinds(distinct, reference_date, oldest, is_prose=column.free_text)
    kind = column.look_alike
    if kind in found:
        left = _without_look_alikes(kind, column, found.pop(kind), len(distinct))
        if left:
            found[kind] = left
    if column.pseudonym:
        # A digest or a bare number in place of a pseudonym: whatever it is, it may be enumerated.
        wrong = [
            value
            for value in distinct.to_pylist()
            if not _is_near_pseudonym(value) or is_plain_digest(value)
        ]
        if wrong:
            found.setdefault("pseudoniem_vorm", wrong)
        return found
    names = find_names(
        distinct.to_pylist(),
        is_free_text=column.free_text,
        allowed=column.enum or _words_of(column.pattern),
    )
    # A code of a closed form is no name, whatever the lists say. A form that leaves room for words
    # is judged word by word.
    if column.pattern and not column.free_text:
        names = [value for value in names if not re.search(column.pattern, value)]
        if has_room(column.pattern):
            names += _names_in_codes(distinct.to_pylist())
    if names:
        found["naam"] = names
    if column.free_text:
        keys = [value for value in distinct.to_pylist() if holds_pseudonym(value)]
        if keys:
            found["pseudoniem"] = keys
    else:
        prose = pc.match_substring_regex(distinct, r"\pL{2,}[,;.]? +\pL{2,}[,;.]? +\pL{2,}")
        sentences = distinct.filter(prose).to_pylist()
        if sentences:
            found.setdefault("vrije_tekst", sentences)
    return found


def _names_in_codes(codes: Iterable[str]) -> list[str]:
    """Codes that hold a first name and a surname, joined by what joins the words of a code."""
    texts = {code: re.sub(r"[^\w]|_", " ", code) for code in codes}
    named = set(find_names(set(texts.values()), is_free_text=True))
    return [code for code, text in texts.items() if text in named]


def _words_of(pattern: str | None) -> list[str]:
    """Words that a pattern spells out, such as `OTHERS`."""
    return re.findall(r"(?<![\\\[])[A-Za-z]{3,}", pattern or "")


def _without_look_alikes(kind: str, column: Column, hits: list[str], values: int) -> list[str]:
    """What is left of hits when the codes that only look identifying are taken out."""
    if kind == "bsn":
        # The test can tell a column of BSNs from a column of numbers, whatever its form.
        return hits if _more_than_chance(len(hits), values) else []
    if column.pattern is None:
        return hits
    whole = re.compile(column.pattern.removesuffix("$") + r"\Z")
    return [value for value in hits if not whole.match(value)]


def _is_near_pseudonym(value: str) -> bool:
    """A pseudonym with a typing error: a letter lost or in upper case, not another kind of key."""
    return re.match(r"^[zpZP]1_[A-Za-z0-9]{20,30}$", value) is not None


def _more_than_chance(passes: int, values: int) -> bool:
    """Whether more values pass the test for BSN than chance explains."""
    from scipy.stats import binom

    return bool(binom.sf(passes - 1, values, PASS_RATE_BY_CHANCE) < PASS_RATE_LEVEL)
