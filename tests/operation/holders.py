"""Which files under a folder hold a word, however it was written there.

Here: bytes as they lie, what is packed in them, and the values of Parquet and DuckDB.
Not here: what may hold it.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq


def holders(folder: Path, word: str) -> list[str]:
    """Paths of those files, within the folder."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(word.encode() in each for each in _contents(path))
    )


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield from _unpacked(content)
    if content[8:12] == b"DUCK":
        # A column of DuckDB is packed: its bytes alone do not tell.
        with duckdb.connect(str(path), read_only=True) as connection:
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall():
                rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
                yield repr(rows).encode()


def _unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    if content[:2] == b"\x1f\x8b":
        yield from _unpacked(gzip.decompress(content))
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _unpacked(archive.read(name))
    elif content[:4] == b"PAR1":
        yield repr(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
