"""The bytes of a delivered file, taken out of gzip or zip.

Here: opening what a partner packed, and never more of it than a delivery can be.
Not here: what the bytes mean.

What a packed file says of its own size is not believed: bytes are counted as they come out.
"""

import gzip
import io
import lzma
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.readers import limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# What a packed file that is not whole makes its library raise.
DAMAGED = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)

_METHODS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
)
_IS_ENCRYPTED = 0x1
# Sizes of the parts of a zip file, by the specification (PKWARE APPNOTE 6.3, 4.3.7 to 4.3.16).
_LOCAL_HEADER, _LONGEST_DESCRIPTOR, _DIRECTORY_ENTRY = 30, 24, 46
_END_RECORD, _ZIP64_END_RECORDS = 22, 76


@contextmanager
def open_bytes(path: Path, compression: str) -> Iterator[IO[bytes]]:
    """Open the content of a file, unpacked.

    Raises:
        Refusal: A zip file holds more or less than one file, or that file cannot be unpacked; and,
            while the bytes are read, what comes out is more than a delivery can be or takes longer.
    """
    with ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(path.open("rb", buffering=0))
        most = path.stat().st_size
        if compression:
            most = min(
                limits.UNPACKED_BYTES, limits.RATIO_COUNTS_FROM_BYTES + limits.UNPACKED_TIMES * most
            )
        if compression == "gz":
            stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
        elif compression == "zip":
            archive = stack.enter_context(zipfile.ZipFile(stream))
            stream = stack.enter_context(archive.open(_only_member(archive, stream)))
        # Reading by line takes a buffer; reading by block passes through it.
        yield io.BufferedReader(_Bounded(stream, most), limits.BUFFER_BYTES)


class _Bounded(io.RawIOBase):
    """A stream that ends in a refusal after so many bytes, or so much time."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = most
        self._until = time.monotonic() + limits.SECONDS_PER_FILE

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: "WriteableBuffer") -> int:
        # Straight into the buffer: a copy of a large file would be felt.
        read: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        if self._stream.tell() > self._most:
            raise too_large(self._most)
        if time.monotonic() > self._until:
            raise too_slow(limits.SECONDS_PER_FILE)
        return read


def too_large(most: int) -> Refusal:
    """The refusal of a file that unpacks to more than `most` bytes."""
    return Refusal(
        "te_groot",
        f"het bestand wordt uitgepakt groter dan {most // 2**20} MB, meer dan een levering van "
        "deze omvang kan zijn",
        "lever het bestand zonder herhaalde of lege inhoud, of niet ingepakt",
    )


def too_slow(seconds: float) -> Refusal:
    """The refusal of a file that takes longer than a file of its size may."""
    return Refusal(
        "te_groot",
        f"het lezen van het bestand duurt langer dan {max(1, round(seconds / 60))} min",
        "lever het bestand zonder herhaalde of lege inhoud",
    )


def _only_member(archive: zipfile.ZipFile, file: IO[bytes]) -> zipfile.ZipInfo:
    """The one file of an archive, when the archive is that file and nothing else.

    Raises:
        Refusal: There are none or several, or it is encrypted or packed in a way that is not read.
    """
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise Refusal(
            "zip_inhoud",
            f"het zipbestand bevat {len(members)} bestanden",
            "pak precies één bestand in",
        )
    [member] = members
    if member.flag_bits & _IS_ENCRYPTED:
        raise Refusal(
            "zip_inhoud",
            "het zipbestand is met een wachtwoord versleuteld",
            "pak het bestand in zonder wachtwoord",
        )
    if member.compress_type not in _METHODS:
        raise Refusal(
            "zip_inhoud",
            "het zipbestand is ingepakt op een manier die niet wordt gelezen",
            "pak het bestand op de gewone manier in (deflate)",
        )
    if _has_more(archive, file):
        raise Refusal(
            "zip_inhoud",
            "het zipbestand bevat gegevens buiten het ene bestand, zoals een tweede zipbestand",
            "pak precies één bestand opnieuw in",
        )
    return member


def _has_more(archive: zipfile.ZipFile, file: IO[bytes]) -> bool:
    """Whether an archive has bytes that belong to no member and no directory.

    Two archives one after the other open as the second one alone.
    """
    place, longest_gap, directory = 0, 0, 0
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset):
        if not 0 <= member.header_offset - place <= longest_gap:
            return True
        file.seek(member.header_offset)
        name, extra = struct.unpack("<26xHH", file.read(_LOCAL_HEADER))
        place = member.header_offset + _LOCAL_HEADER + name + extra + member.compress_size
        longest_gap = _LONGEST_DESCRIPTOR
        directory += _DIRECTORY_ENTRY + name + len(member.extra) + len(member.comment)
    end = archive.start_dir + directory + _END_RECORD + len(archive.comment)
    size = file.seek(0, io.SEEK_END)
    return not (
        0 <= archive.start_dir - place <= longest_gap and 0 <= size - end <= _ZIP64_END_RECORDS
    )
