"""The character encoding a text file really has, whatever was agreed.

Here: finding it from the bytes, and the refusal when it is not the agreed one.
Not here: reading the text (`csv`, `json_lines`).
"""

import codecs
from collections.abc import Iterable
from pathlib import Path

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, Refusal
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import limits
from pipelines.deliveries.readers.lines import LineCount
from pipelines.deliveries.readers.packed import open_bytes
from pipelines.deliveries.readers.quotes import QuoteLaw
from pipelines.deliveries.rule_texts import TEXTS

# Bytes that are letters and signs in windows-1252, and control characters in iso-8859-1.
_CONTROLS = frozenset(range(0x80, 0xA0))


def find_encoding(
    path: Path, name: DeliveryName, contract: Contract, *onlookers: LineCount | QuoteLaw
) -> tuple[str, list[Finding]]:
    """Find the character encoding the file really has, and show its bytes to others in passing.

    Returns:
        Its Python name, and a finding when it is not the agreed one but certain all the same.

    Raises:
        Refusal: It is not the agreed one.
    """
    agreed = {"utf-8-sig": "utf-8"}.get(contract.encoding.lower(), contract.encoding.lower())
    shown = contract.encoding
    is_ascii, is_utf8, has_c1 = _bytes_of(path, name, shown, onlookers)
    if is_ascii:
        return "utf-8", []
    if agreed == "utf-8":
        if not is_utf8:
            raise _wrong_encoding("windows-1252" if has_c1 else "iso-8859-1 of windows-1252", shown)
        return "utf-8", []
    # Text of several bytes a character that happens to be valid UTF-8 is UTF-8: Dutch text in
    # a one-byte encoding does not have those pairs.
    if is_utf8:
        raise _wrong_encoding("utf-8", shown)
    if codecs.lookup(agreed).name == "iso8859-1" and has_c1:
        text = TEXTS["tekenset"]
        return "windows-1252", [
            Finding(
                "tekenset",
                "info",
                reason_nl=f"Afgesproken is {shown}; het bestand is gelezen als windows-1252.",
                reason_en=f"Agreed is {shown}; the file was read as windows-1252.",
                remedy_nl=text.remedy_nl,
            )
        ]
    return agreed, []


def _bytes_of(
    path: Path, name: DeliveryName, agreed: str, onlookers: Iterable[LineCount | QuoteLaw]
) -> tuple[bool, bool, bool]:
    """Whether all bytes are ASCII, whether they are UTF-8, and whether any is a control of latin-1.

    Raises:
        Refusal: It is not text in any encoding of one byte or UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii, is_utf8, has_c1 = True, True, False
    with open_bytes(path, name.compression) as stream:
        block = stream.read(limits.BLOCK_BYTES)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _wrong_encoding("utf-16", agreed)
        while block:
            for onlooker in onlookers:
                onlooker.feed(block)
            if b"\0" in block:
                raise Refusal(
                    "bestandsformaat",
                    "het bestand bevat nultekens en is geen tekstbestand",
                    f"lever een tekstbestand in {agreed}",
                )
            if not block.isascii():
                is_ascii = False
                has_c1 = has_c1 or not _CONTROLS.isdisjoint(block)
            if is_utf8 and not is_ascii:
                is_utf8 = _continues(decoder, block)
            block = stream.read(limits.BLOCK_BYTES)
    return is_ascii, is_utf8 and _continues(decoder, b"", is_last=True), has_c1


def _continues(decoder: codecs.IncrementalDecoder, block: bytes, *, is_last: bool = False) -> bool:
    """Whether a block is UTF-8, given the blocks before it."""
    try:
        decoder.decode(block, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _wrong_encoding(found: str, agreed: str) -> Refusal:
    return Refusal(
        "tekenset",
        f"de tekenset is niet {agreed}; het lijkt {found}",
        f"bewaar het bestand als {agreed} en lever opnieuw",
    )
