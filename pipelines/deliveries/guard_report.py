"""How well the anonymity guard does: recall per kind and false refusals, on the labelled corpus.

Here: the measurement and its table; `make guard-report` prints it, with a new seed each time: the
guard was made while looking at one seed, and its figures are those on others.
Not here: the corpus (`guard_corpus`), the guard itself (`guard`), and simulating deliveries.

Each identifying value is planted in one cell of an otherwise clean extract, and is found when the
guard names that column and row.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from pipelines.deliveries import guard
from pipelines.deliveries.contract import Column, Contract, load_contracts
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.guard_corpus import (
    KINDS,
    LOOK_ALIKES,
    REFERENCE_DATE,
    TARGETS,
    clean_note,
    column_for,
    made_bsn,
    planted,
)
from pipelines.deliveries.naming import DeliveryName, parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.samples import sample_cells
from pipelines.settings import Settings

PER_KIND = 400
CLEAN_EXTRACTS = 1000
_ROWS = 12
_NOTE_TABLE = "kc_aantekening"
_ROWS_OF_LOOK_ALIKES = 500


@dataclass(frozen=True)
class Recall:
    """How many values of one kind, written in one form, were found.

    Attributes:
        kind: Kind of value.
        form: How it was written, and where.
        found: Values found.
        total: Values planted.
    """

    kind: str
    form: str
    found: int
    total: int


@dataclass(frozen=True)
class FalseRefusals:
    """How many clean extracts were refused.

    Attributes:
        what: Sort of extract.
        refused: Number refused.
        total: Number judged.
        kinds: Kinds the guard took them for.
    """

    what: str
    refused: int
    total: int
    kinds: tuple[str, ...] = ()


def hits_of(cells: pa.Table, contract: Contract, day: date = REFERENCE_DATE) -> list[guard.Hit]:
    """All that the guard finds in cells, at both places where it looks."""
    numbers = np.arange(1, cells.num_rows + 1)
    hits = guard.inspect_cells(cells, numbers, contract, day)
    if hits:
        return hits
    typed = convert(_connection(), cells, contract)
    return guard.inspect_dates(typed, numbers, contract, day)


@lru_cache(maxsize=1)
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def measure_recall(contracts: dict[str, Contract], per_kind: int, seed: int) -> list[Recall]:
    """Plant every value of the corpus in turn.

    Args:
        contracts: Contracts to plant them under.
        per_kind: Values per kind.
        seed: Seed of the corpus.

    Returns:
        Figures per kind and form.
    """
    homes = {
        place: [
            (one, column)
            for one in contracts.values()
            if (column := column_for(one, place)) is not None
        ]
        for place in ("code", "key", "number", "moment", "text")
    }
    clean = {
        one.id: sample_cells(one, _ROWS, REFERENCE_DATE)
        for several in homes.values()
        for one, _ in several
    }
    counts: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(planted(per_kind, seed=seed)):
        contract, column = homes[one.place][at % len(homes[one.place])]
        cells = clean[contract.id]
        values = cells[column].to_pylist()
        row = at % _ROWS
        values[row] = one.value
        place = cells.column_names.index(column)
        hits = hits_of(cells.set_column(place, column, pa.array(values, pa.string())), contract)
        is_found = any(hit.column == column and row + 1 in hit.row_numbers for hit in hits)
        count = counts.setdefault((one.kind, f"{one.form}; {one.place}"), [0, 0])
        count[0] += is_found
        count[1] += 1
    return [Recall(kind, form, *count) for (kind, form), count in counts.items()]


def measure_false_refusals(
    contracts: dict[str, Contract], extracts: int, seed: int
) -> list[FalseRefusals]:
    """Judge extracts that hold nothing identifying.

    Args:
        contracts: Contracts to make extracts of.
        extracts: Number of extracts.
        seed: Seed of their cells.

    Returns:
        Figures for ordinary extracts and for each sort of look-alike.
    """
    return [
        _judged(
            "made-up extracts, with notes",
            ((one.id, hits_of(cells, one)) for cells, one in _clean(contracts, extracts, seed)),
        ),
        *(
            _judged(
                what,
                (
                    (one.id, hits_of(cells, one))
                    for cells, one in _look_alikes(contracts, what, seed)
                ),
            )
            for what in LOOK_ALIKES
        ),
    ]


def measure_files(contracts: dict[str, Contract], files: Iterable[Path]) -> FalseRefusals:
    """Judge delivered files that hold nothing identifying, such as simulated ones.

    Args:
        contracts: Contracts they were made under.
        files: The files; what is no delivery by its name is passed over.

    Returns:
        How many the guard would refuse.
    """
    return _judged(
        "simulated deliveries, as files",
        (
            (name.contract_id, hits_of_file(path, name, contracts[name.contract_id]))
            for path in files
            if (name := parse_name(path.name)) is not None
        ),
    )


def hits_of_file(path: Path, name: DeliveryName, contract: Contract) -> list[guard.Hit]:
    """All that the guard finds in a file, read as an intake reads it."""
    hits: list[guard.Hit] = []
    with open_source(path, name, contract) as source:
        guard.check_columns(source.columns, contract)
        for part in source.parts:
            hits += hits_of(part.cells, contract, name.reference_date)
        hits += guard.inspect_text(source.malformed, name.reference_date)
    return hits


def _judged(what: str, judged: Iterable[tuple[str, list[guard.Hit]]]) -> FalseRefusals:
    total = refused = 0
    kinds: set[str] = set()
    for contract_id, hits in judged:
        total += 1
        refused += bool(hits)
        kinds |= {f"{hit.kind} ({contract_id}.{hit.column})" for hit in hits}
    return FalseRefusals(what, refused, total, tuple(sorted(kinds)))


def _clean(
    contracts: dict[str, Contract], extracts: int, seed: int
) -> Iterator[tuple[pa.Table, Contract]]:
    draw = random.Random(seed)
    several = list(contracts.values())
    for at in range(extracts):
        contract = several[at % len(several)]
        cells = sample_cells(contract, _ROWS, REFERENCE_DATE, seed=seed + at)
        for column in contract.columns:
            if column.free_text:
                notes = [clean_note(draw) for _ in range(_ROWS)]
                place = cells.column_names.index(column.name)
                cells = cells.set_column(place, column.name, pa.array(notes, pa.string()))
        yield cells, contract


def look_alike_contract(contract: Contract, pattern: str, kind: str) -> Contract:
    """The contract with one more column, of codes that look like a kind of identifying number."""
    code = Column("code", "string", pattern=pattern, look_alike=kind)
    return replace(contract, columns=(*contract.columns, code))


def _look_alikes(
    contracts: dict[str, Contract], what: str, seed: int
) -> Iterator[tuple[pa.Table, Contract]]:
    pattern, kind, make = LOOK_ALIKES[what]
    draw = random.Random(f"{seed} {what}")
    for contract in list(contracts.values())[:20]:
        cells = sample_cells(contract, _ROWS_OF_LOOK_ALIKES, REFERENCE_DATE)
        codes = pa.array([make(draw) for _ in range(_ROWS_OF_LOOK_ALIKES)], pa.string())
        yield cells.append_column("code", codes), look_alike_contract(contract, pattern, kind)


def measure_columns_of_bsn(contracts: dict[str, Contract], seed: int) -> Recall:
    """Whether a column declared to hold nine-digit numbers is refused when they are BSNs."""
    pattern, kind, _ = LOOK_ALIKES["nine-digit case numbers"]
    draw = random.Random(f"{seed} columns")
    found = 0
    several = list(contracts.values())[:20]
    for contract in several:
        cells = sample_cells(contract, _ROWS * 3, REFERENCE_DATE)
        codes = pa.array([made_bsn(draw) for _ in range(_ROWS * 3)], pa.string())
        changed = look_alike_contract(contract, pattern, kind)
        found += bool(hits_of(cells.append_column("code", codes), changed))
    return Recall("bsn", "a whole column, declared as a look-alike", found, len(several))


def by_kind(recalls: Sequence[Recall]) -> list[Recall]:
    """Figures per kind, in the order of the corpus."""
    return [
        Recall(
            kind,
            "",
            sum(one.found for one in recalls if one.kind == kind),
            sum(one.total for one in recalls if one.kind == kind),
        )
        for kind in KINDS
    ]


def report(seed: int, files: Iterable[Path]) -> bool:
    """Measure, print the tables, and say whether all targets are met.

    Args:
        seed: Seed of the corpus.
        files: Simulated deliveries, which hold nothing identifying.

    Returns:
        Every target is met.
    """
    contracts = load_contracts(Settings().contracts_dir)
    recalls = [*measure_recall(contracts, PER_KIND, seed), measure_columns_of_bsn(contracts, seed)]
    refusals = [
        measure_files(contracts, files),
        *measure_false_refusals(contracts, CLEAN_EXTRACTS, seed),
    ]
    console = Console(width=110)
    console.print(f"seed {seed}")
    table = Table("kind", "found", "planted", "recall", "target", "missed forms")
    is_good = True
    for one in by_kind(recalls):
        target = TARGETS.get(one.kind)
        is_good = is_good and (target is None or one.found >= target * one.total)
        missed = "; ".join(
            f"{part.form} {part.total - part.found}/{part.total}"
            for part in recalls
            if part.kind == one.kind and part.found < part.total
        )
        table.add_row(
            one.kind,
            str(one.found),
            str(one.total),
            f"{one.found / one.total:.2%}",
            "" if target is None else f"{target:.0%}",
            missed,
        )
    console.print(table)
    table = Table("extracts without anything identifying", "refused", "judged", "taken for")
    for refusal in refusals:
        is_good = is_good and refusal.refused == 0
        table.add_row(
            refusal.what, str(refusal.refused), str(refusal.total), ", ".join(refusal.kinds[:4])
        )
    console.print(table)
    return is_good
