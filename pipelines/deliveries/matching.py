"""Which texts match a pattern, a column of them at once.

Here: the look by bytes where a pattern has one length and so have the texts, many times faster; and
the regular expression for all else.
Not here: patterns taken apart (`patterns`), and what is asked of a column (`scan`, `guard`).
"""

import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries.patterns import parts_of

_MOST_PARTS = 8
# What holds at a place and not of a character; also where it only looks so.
_PLACES = re.compile(r"[\^$]|\\[AbBzZ]")
_END = re.compile(r"(?<!\\)(?:\$|\\z)\Z")
_Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def matches(values: pa.Array | pa.ChunkedArray, pattern: str) -> pa.Array | pa.ChunkedArray:
    """Which texts match a pattern; null for no text.

    Args:
        values: Texts.
        pattern: An expression as RE2 knows it.
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    if all(_all_match(chunk, pattern) for chunk in chunks):
        every = pa.array(np.ones(len(values), dtype=bool))
        return pa.chunked_array([every]) if isinstance(values, pa.ChunkedArray) else every
    return pc.match_substring_regex(values, pattern)


def _all_match(values: pa.Array, pattern: str) -> bool:
    """Whether all texts are seen to match, by their bytes; false where they have to be read."""
    allowed = _allowed(pattern)
    if allowed is None or values.type != pa.string() or values.null_count or not len(values):
        return False
    flags, needed = allowed
    _, offsets, content = values.buffers()
    ends = np.frombuffer(offsets, np.int32, len(values) + 1, 4 * values.offset)
    if content is None or (np.diff(ends) != len(needed)).any():
        return False
    texts = np.frombuffer(content, np.uint8)[ends[0] : ends[-1]].reshape(-1, len(needed))
    return bool((flags[texts] & needed).all())


@lru_cache(maxsize=4096)
def _allowed(pattern: str) -> tuple[_Bytes, _Bytes] | None:
    """Of a pattern of one length: the parts in which each byte may stand, and where each has to.

    Parts are bits. None for any other pattern, and for one with characters of several bytes.
    """
    between = _END.sub("", pattern.removeprefix("^"))
    parts = None if _PLACES.search(between) else parts_of(between)
    if not parts or len(parts) > _MOST_PARTS:
        return None
    if not all(part.is_fixed and part.characters.isascii() for part in parts):
        return None
    flags = np.zeros(256, np.uint8)
    for bit, part in enumerate(parts):
        flags[list(part.characters.encode())] |= 1 << bit
    ends = [0, *accumulate(part.fewest for part in parts)]
    needed = np.zeros(ends[-1], np.uint8)
    for bit, (start, end) in enumerate(pairwise(ends)):
        needed[start:end] = 1 << bit
    return flags, needed
