"""What was worked out before, kept by the content of what it was worked out from.

Here: the one memory of a home (`memo.sqlite`), what it goes by, and throwing it away.
Not here: what is worth remembering; who works something out hands in what it is made from.

A skip cannot be wrong: a value is given back only when the hash of everything it was made from is
the same, and that includes the code, the seeds, the contracts and the libraries. So whoever
remembers something narrows what the work can see to what it hashes. Of everything only the last is
kept. Without the file, or when it is cut short or damaged, all is worked out again: it holds
nothing that cannot be.
"""

import hashlib
import json
import pickle
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa

from pipelines.settings import Settings

_FILE = "memo.sqlite"
_CODE = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".typ", ".md"})
_TABLE = (
    "create table if not exists remembered "
    "(room text, name text, digest text, value blob, seal text, primary key (room, name))"
)

Value = TypeVar("Value")


class Memo:
    """The memory of a home; without a file it remembers nothing."""

    def __init__(self, connection: sqlite3.Connection | None = None, code: str = "") -> None:
        """Open it.

        Args:
            connection: Its file, open for writing; None for a memory that forgets.
            code: Fingerprint of the code that works things out.
        """
        self._connection = connection
        self._code = code

    def recall(
        self,
        room: str,
        made_from: Mapping[str, str],
        make: Callable[[Sequence[str]], Mapping[str, Value]],
        keeps: Callable[[Value], bool] = lambda _: True,
    ) -> dict[str, Value]:
        """Give what is known, and work out the rest together.

        Args:
            room: What kind of thing this is; whatever is no longer asked for in it is forgotten.
            made_from: Digest of all that each thing is made from, by its name.
            make: Works out things by name; called once, or not at all.
            keeps: Whether something is worth remembering; the rest is worked out every time.

        Returns:
            Every thing by name, in the order of `made_from`.
        """
        if self._connection is None:
            return dict(make(list(made_from))) if made_from else {}
        digests = {
            name: hashlib.sha256(f"{self._code} {digest_of}".encode()).hexdigest()
            for name, digest_of in made_from.items()
        }
        rows = self._connection.execute(
            "select name, digest, value, seal from remembered where room = ?", [room]
        ).fetchall()
        known = {
            name: pickle.loads(value)
            for name, digest_of, value, seal in rows
            if digests.get(name) == digest_of and seal == _seal(value)
        }
        missing = [name for name in made_from if name not in known]
        made = dict(make(missing)) if missing else {}
        written = {name: pickle.dumps(value) for name, value in made.items() if keeps(value)}
        gone = [(room, name) for name, *_ in rows if name not in known]
        # Together or not at all, also when the process is killed.
        with self._connection as connection:
            connection.executemany("delete from remembered where room = ? and name = ?", gone)
            connection.executemany(
                "insert into remembered values (?, ?, ?, ?, ?)",
                [
                    (room, name, digests[name], value, _seal(value))
                    for name, value in written.items()
                ],
            )
        return {name: known[name] if name in known else made[name] for name in made_from}


FORGETFUL = Memo()


@contextmanager
def memo_of(settings: Settings) -> Iterator[Memo]:
    """The memory of a home, for whoever holds its lock.

    Args:
        settings: Where it is, and where the code is.
    """
    code = code_fingerprint(settings)
    if code != _code_at_start(settings):
        # What runs is not what lies there: nothing may be kept under its name.
        yield FORGETFUL
        return
    connection = _opened(memo_path(settings))
    try:
        yield Memo(connection, code)
    finally:
        connection.close()


@cache
def _code_at_start(settings: Settings) -> str:
    """The code when this process first asked; edited since, it is not what this process runs."""
    return code_fingerprint(settings)


def memo_path(settings: Settings) -> Path:
    """Where the memory of a home is, if it has one."""
    return settings.home / _FILE


def forget(settings: Settings) -> None:
    """Throw the memory away; the next build works everything out."""
    for path in settings.home.glob(f"{_FILE}*"):
        path.unlink()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connected(path)
    except sqlite3.DatabaseError:
        # Damaged: it holds nothing that cannot be worked out again.
        path.unlink()
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        # What is forgotten is overwritten: it may have been of a case that was withdrawn.
        connection.execute("pragma secure_delete = on")
        connection.execute(_TABLE)
        [(verdict,)] = connection.execute("pragma quick_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _seal(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


def digest(*parts: object) -> str:
    """Hash of what something is made from: texts, numbers, dates, lists of them and tables.

    Raises:
        TypeError: A part cannot be written out in full, so that two could look the same.
    """
    hashed = hashlib.sha256()
    for part in parts:
        written = (
            _table(part)
            if isinstance(part, pd.DataFrame)
            else json.dumps(part, default=_plain, sort_keys=True).encode()
        )
        hashed.update(f"{type(part).__name__} {len(written)} ".encode())
        hashed.update(written)
    return hashed.hexdigest()


def _table(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _plain(part: Any) -> Any:
    if isinstance(part, date):
        return part.isoformat()
    if is_dataclass(part) and not isinstance(part, type):
        return asdict(part)
    if isinstance(part, (set, frozenset)):
        return sorted(part)
    raise TypeError(f"{type(part).__name__} has no digest")


def code_fingerprint(settings: Settings) -> str:
    """Hash of all a build rests on beside deliveries, decisions and dates.

    Args:
        settings: Where code, seeds and contracts are.
    """
    root = settings.project_root
    folders = [
        settings.dbt_project_dir,
        settings.seeds_dir,
        settings.contracts_dir,
        root / "pipelines",
        root / "expectations" / "published",
    ]
    hashed = hashlib.sha256(_libraries(root / "requirements.lock").encode())
    for path in sorted({path for folder in folders for path in _files(folder)}):
        hashed.update(str(path.relative_to(path.anchor)).encode())
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix in _CODE)


@cache
def _libraries(lock: Path) -> str:
    """Python and the libraries a build runs on, each with its installed version.

    Only those of the lock: what is installed beside them, such as to test, makes no other figure.
    """
    named = re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return "\n".join([sys.version, *(f"{name} {_installed(name)}" for name in named)])


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"  # for another platform or Python than this one
