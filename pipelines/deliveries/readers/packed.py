"""The bytes of a delivered file, taken out of gzip or zip.

Here: opening what a partner packed.
Not here: what the bytes mean.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from pipelines.deliveries.findings import Refusal

# What a packed file that is not whole makes its library raise.
DAMAGED = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError)


@contextmanager
def open_bytes(path: Path, compression: str) -> Iterator[IO[bytes]]:
    """Open the content of a file, unpacked.

    Raises:
        Refusal: A zip file holds more or less than one file.
    """
    if compression == "gz":
        with gzip.open(path) as packed:
            yield cast(IO[bytes], packed)
    elif compression == "zip":
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1:
                raise Refusal(
                    "zip_inhoud",
                    f"het zipbestand bevat {len(members)} bestanden",
                    "pak precies één bestand in",
                )
            with archive.open(members[0]) as stream:
                yield stream
    else:
        with path.open("rb") as stream:
            yield stream
