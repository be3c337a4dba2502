"""Intake of a million rows of CSV beside DuckDB that reads them and writes Parquet unchecked.

Here: the file, both ways in, and where the time of the intake goes.
Not here: the intake itself (`pipelines.deliveries`).
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
from tests.bench.measure import Cost, Measurement, Steps, StoppedError

ROWS = 1_000_000
TIMES_ALLOWED = 2
TURNS = 3
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
    delivered = home / file_name(contract, DAY)
    write_sample(_many(contract, rows), contract, delivered)
    plain, whole = [], []
    spent: dict[str, float] = {}
    # Each side by turns, and the least of each: the first time a file is read from disk, and
    # whatever else the machine does only ever adds.
    for _ in range(TURNS):
        # What was written must not be on its way to the disk while something is timed.
        os.sync()
        with _costing(plain):
            _plain(delivered, contract, home / "plain.parquet")
        _empty(settings)
        path = Path(shutil.copy(delivered, settings.inbox_dir))
        os.sync()
        with ExitStack() as stack:
            spent.clear()
            for name, (owner, attribute) in STEPS.items():
                stack.enter_context(_timed(spent, name, owner, attribute))
            with _costing(whole):
                [outcome] = deliver.deliver([path], settings, now=NOW).outcomes
        if outcome.rows_landed != rows:
            raise StoppedError(outcome.line)
    ours, theirs = _least(whole), _least(plain)
    yield Measurement(f"DuckDB reads {rows} rows and writes Parquet, processor", theirs.processor)
    yield Measurement("the same on the clock", theirs.wall)
    yield Measurement("intake of the same file, guard and contract included", ours.processor)
    yield Measurement("the same on the clock", ours.wall)
    yield Measurement(
        "intake beside plain DuckDB, processor",
        ours.processor / theirs.processor,
        "times",
        TIMES_ALLOWED,
    )
    yield Measurement("the same on the clock", ours.wall / theirs.wall, "times", TIMES_ALLOWED)
    for name, seconds in sorted(spent.items(), key=lambda timing: -timing[1]):
        yield Measurement(f"  of which {name}", seconds)
    yield Measurement("  of which reading and the rest", whole[-1].processor - sum(spent.values()))


@contextmanager
def _costing(costs: list[Cost]) -> Iterator[None]:
    """Measure a block, and add its cost to others."""
    steps = Steps(is_told=False)
    with steps.step(""):
        yield
    costs.append(steps.total)


def _least(costs: Sequence[Cost]) -> Cost:
    return Cost(min(cost.wall for cost in costs), min(cost.processor for cost in costs))


def _empty(settings: Settings) -> None:
    """Have a home in which nothing was delivered."""
    for folder in (settings.landing_dir, settings.feedback_dir, settings.inbox_dir):
        shutil.rmtree(folder, ignore_errors=True)
    settings.inbox_dir.mkdir(parents=True)


def _timed(spent: dict[str, float], name: str, owner: Any, attribute: str) -> Any:
    original: Callable[..., Any] = getattr(owner, attribute)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return original(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - start

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
