"""Something good with something changed: in its bytes, or in the tree that it is.

Here: changes, drawn by a generator that its caller seeds, so that each can be made again.
Not here: what is changed (the parsers' seeds).
"""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

Change = Callable[[Random, bytes], bytes]

# What text formats, numbers, dates, SQL and addresses have a meaning for.
TOKENS: tuple[bytes, ...] = (
    *(b"", b"\0", b"\n", b"\r", b"\r\n", b"\t", b" ", b'"', b"'", b"\\", b"/", b"..", b";", b","),
    *(b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"&", b"*", b"%", b"#", b"$", b"@", b"`"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xa8", b"\\ud800"),
    *(b"null", b"true", b"nan", b"NaN", b"inf", b"-Infinity", b"None", b"~", b"1e999", b"-0"),
    *(b"9" * 20, b"9" * 5_000, b"-1", b"0", b"1_000", b"\xd9\xa3", b"\xc2\xb2", b"1,5", b"1.5"),
    *(b"0001-01-01", b"9999-12-31", b"2026-02-30", b"2026-W53-7", b"20260101", b"24:00"),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-10-25T02:30", b"Z"),
    *(b"[" * 3_000, b"{" * 3_000, b"(" * 400, b"a" * 10_000, b"&a [*a]", b"!!python/name:os"),
    *(b"<<: *a", b"---", b"...", b"? ", b"- ", b": ", b"'''", b'"""', b"[[", b"]]", b"=", b"|"),
    *(b"\x1b[", b"0x10", b"+99:99", b":"),
)  # fmt: skip
# What may stand where a tree has something else.
_ODD: tuple[Any, ...] = (
    *(None, "", " ", 0, -1, 1, True, False, 1.5, float("inf"), float("nan"), 10**30, -(10**30)),
    *([], {}, [None], [[]], {"": None}, {"a": {"a": {"a": 1}}}, "x" * 5_000, "\0", "\ud800", "é"),
    *("2026-02-30", "0001-01-01", "9999-12-31T23:59:59+00:00", "(", "[a-", "{0}", "%s", "../../x"),
)


def changed_bytes(random: Random, content: bytes) -> bytes:
    """One to four changes of bytes."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        content = random.choice(_BY_BYTES)(random, content)
    return content


def _place(random: Random, content: bytes) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.choice((0, 1, 1, 2, 4, 16, 200)))


def _replaced(random: Random, content: bytes) -> bytes:
    start, end = _place(random, content)
    return content[:start] + random.choice(TOKENS) + content[end:]


def _scrambled(random: Random, content: bytes) -> bytes:
    start, end = _place(random, content)
    return content[:start] + random.randbytes(end - start) + content[end:]


def _repeated(random: Random, content: bytes) -> bytes:
    start, end = _place(random, content)
    return content[:end] + content[start:end] * random.choice((1, 2, 50)) + content[end:]


def _flipped(random: Random, content: bytes) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]


def _cut_short(random: Random, content: bytes) -> bytes:
    return content[: random.randint(0, len(content))]


def _other_number(random: Random, content: bytes) -> bytes:
    numbers = list(re.finditer(rb"[0-9]+", content))
    if not numbers:
        return content
    found = random.choice(numbers)
    return content[: found.start()] + random.choice(TOKENS) + content[found.end() :]


def _lines_about(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines[:at] if random.random() < 0.2 else lines)


_BY_BYTES: Sequence[Change] = (
    _replaced, _replaced, _scrambled, _repeated, _flipped, _cut_short, _other_number, _lines_about
)  # fmt: skip


def changed_tree(random: Random, tree: Any) -> Any:
    """One to three changes of a tree of dictionaries and lists: gone, odd, twice or elsewhere."""
    tree = deepcopy(tree)
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(_places(tree))
        if not places:
            return random.choice(_ODD)
        owner, key = random.choice(places)
        act = random.randrange(4)
        if act == 0:
            del owner[key]
        elif act == 1:
            owner[key] = deepcopy(random.choice(_ODD))
        elif act == 2:
            other, at = random.choice(places)
            owner[key] = deepcopy(other[at])
        elif isinstance(owner, list):
            owner.insert(key, deepcopy(owner[key]))
        else:
            owner[f"{key}x"] = owner.pop(key)
    return tree


def _places(tree: Any) -> Any:
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])
