"""Intake of a million rows of CSV beside DuckDB that reads them and writes Parquet unchecked.

Here: the file, both ways in, and where the time of the intake goes.
Not here: the intake itself (`pipelines.deliveries`).
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.intake import deliver, judging, telling, writing
from pipelines.deliveries.pseudonyms import ALPHABET, CASE_PREFIX, LENGTH
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.settings import Settings
from tests.bench.measure import Measurement

ROWS = 1_000_000
TIMES_ALLOWED = 8
TABLE = "om_casus"
DAY = date(2026, 9, 30)
NOW = datetime(2026, 10, 10, tzinfo=UTC)
# Steps by the names under which `intake` calls them; what is left is reading and counting.
STEPS = {
    "guard: cells": (judging, "inspect_cells"),
    "guard: dates": (writing, "inspect_dates"),
    "conversion": (judging, "convert"),
    "rules": (judging, "broken_rows"),
    "writing Parquet": (writing.LandingWriter, "write"),
    "hash of the file": (deliver, "file_sha256"),
    "feedback": (telling, "write_report"),
}


def run(rows: int = ROWS) -> Iterator[Measurement]:
    """Measure both ways in, over the same file."""
    home = Path(tempfile.mkdtemp(prefix="kwaliteitsmonitor-bench-"))
    try:
        yield from _measure(home, rows)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path, rows: int) -> Iterator[Measurement]:
    settings = replace(Settings(), home=home)
    contract = load_contracts(settings.contracts_dir)[TABLE]
    settings.inbox_dir.mkdir(parents=True)
    path = settings.inbox_dir / file_name(contract, DAY)
    write_sample(_many(contract, rows), contract, path)
    # Importing Great Expectations is paid once a process, not once a file.
    from pipelines.deliveries.suite import _batch_definition

    _batch_definition()
    start = time.monotonic()
    _plain(path, contract, home / "plain.parquet")
    plain = time.monotonic() - start
    spent: dict[str, float] = {}
    with ExitStack() as stack:
        for name, (owner, attribute) in STEPS.items():
            stack.enter_context(_timed(spent, name, owner, attribute))
        start = time.monotonic()
        [outcome] = deliver.deliver([path], settings, now=NOW).outcomes
        whole = time.monotonic() - start
    if outcome.rows_landed != rows:
        raise RuntimeError(outcome.line)
    yield Measurement(f"DuckDB reads {rows} rows and writes Parquet", plain)
    yield Measurement("intake of the same file, guard and contract included", whole)
    yield Measurement("intake beside plain DuckDB", whole / plain, "times", TIMES_ALLOWED)
    for name, seconds in sorted(spent.items(), key=lambda timing: -timing[1]):
        yield Measurement(f"  of which {name}", seconds)
    yield Measurement("  of which reading and the rest", whole - sum(spent.values()))


def _timed(spent: dict[str, float], name: str, owner: Any, attribute: str) -> Any:
    original: Callable[..., Any] = getattr(owner, attribute)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.monotonic()
        try:
            return original(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.monotonic() - start

    return patch.object(owner, attribute, timed)


def _many(contract: Contract, rows: int) -> pa.Table:
    """Rows that pass: a small sample over and over, with a key of its own for each."""
    few = min(rows, 20_000)
    sample = sample_cells(contract, few, DAY)
    cells = sample.take(pa.array(np.arange(rows) % few))
    letters = np.frombuffer(ALPHABET.encode(), dtype="S1")
    drawn = np.random.default_rng(1).choice(letters, (rows, LENGTH))
    keys = pa.array(np.char.add(CASE_PREFIX, drawn.view(f"S{LENGTH}").ravel().astype(str)))
    [key] = contract.key
    return cells.set_column(cells.column_names.index(key), key, keys.cast(pa.string()))


def _plain(path: Path, contract: Contract, target: Path) -> None:
    names = ", ".join(f"'{column.name}': 'VARCHAR'" for column in contract.columns)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * from read_csv('{path}', delim = '{contract.delimiter}', "
            f"auto_detect = false, header = true, columns = {{{names}}})) to '{target}'"
        )


if __name__ == "__main__":
    for measurement in run():
        print(measurement)
