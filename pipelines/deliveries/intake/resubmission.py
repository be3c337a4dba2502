"""Whether a file has landed before: the same delivery twice changes nothing.

Here: the hash and size of what is in a file, and comparing a file with what landed in its place.
Not here: the hash of the file itself (`pipelines.sealed`).

What a delivery is does not depend on how it was packed: a `.csv` and its `.csv.gz` are one.
"""

import hashlib
from pathlib import Path

from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import VERSION_EXISTS
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.readers import open_bytes


def came_before(file: DeliveredFile, landed: Landed | None) -> bool:
    """Whether a file has landed before, packed in this way or another.

    A file that begins with all of what landed and goes on has not: that was half of it.

    Args:
        file: The file; of one that goes on, what it follows is noted.
        landed: What landed in its place; None when nothing did.

    Raises:
        Refusal: Another file has landed in its place.
    """
    if landed is None or landed is file.follows:
        return False
    if is_same(file.readable, file.sha256, landed):
        return True
    if not continues(file.readable, landed):
        raise version_exists(landed)
    file.follows, file.attempt = landed, landed.attempt + 1
    return False


def version_exists(landed: Landed) -> Refusal:
    """The refusal of a file in whose place another one landed."""
    return Refusal(
        VERSION_EXISTS,
        f"versie {landed.version} van {landed.reference_date.isoformat()} is al ingelezen, "
        "met een andere inhoud",
        f"lever de verbetering als versie {landed.version + 1}",
    )


def hash_and_size(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of what is in a file, unpacked; if not packed, of the file itself.

    Raises:
        Refusal: A zip file holds more or less than one file.
        Exception: The file is packed and not whole; `readers.as_refusals` has words for it.
    """
    name = parse_name(path.name)
    digest, size = hashlib.sha256(), 0
    with open_bytes(path, name.compression if name else "") as content:
        while block := content.read(2**20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def continues(path: Path, landed: Landed) -> bool:
    """Whether a file begins with all of what landed, and goes on: that was half of it."""
    name = parse_name(path.name)
    left, digest = landed.content_size, hashlib.sha256()
    if not left:
        return False
    try:
        with open_bytes(path, name.compression if name else "") as content:
            while left and (block := content.read(min(left, 2**20))):
                digest.update(block)
                left -= len(block)
            return (
                not left and digest.hexdigest() == landed.content_sha256 and content.read(1) != b""
            )
    except Exception:
        # Whatever is wrong with it, it does not go on where a file that could be read ended.
        return False


def is_same(path: Path, sha256: str, landed: Landed) -> bool:
    """Whether a file is what landed, packed in the same way or in another."""
    if sha256 == landed.sha256:
        return True
    # What is not packed has one hash; unpacking takes time, and is needed for nothing else.
    name = parse_name(path.name)
    if name is None or not name.compression:
        return sha256 == landed.content_sha256
    try:
        return hash_and_size(path)[0] == landed.content_sha256
    except Exception:
        # Whatever is wrong with it, what landed could be read.
        return False
