"""How well the anonymity guard does: what it finds, and what it refuses that is ordinary.

Here: the measurement over the frozen corpora of sentences, over cells with a value planted in them,
and over deliveries that hold nothing identifying.
Not here: the corpora (`tests.deliveries.corpora`), the guard (`pipelines.deliveries.guard`), and
printing (`tests.bench.guard`).

A text counts as found when any rule strikes in it: a name that is refused as an address stays out
as well. A cell counts as found when the guard names its column and row.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.guard.cells import inspect_cells, inspect_text
from pipelines.deliveries.guard.columns import check_columns
from pipelines.deliveries.guard.dates import inspect_dates
from pipelines.deliveries.guard.hit import Hit
from pipelines.deliveries.guard.values import find_in_texts
from pipelines.deliveries.naming import DeliveryName, parse_name
from pipelines.deliveries.readers import open_source
from pipelines.deliveries.samples import sample_cells
from pipelines.statistics.intervals import wilson
from tests.deliveries.corpora import cells as cells_corpus
from tests.deliveries.corpora.cells import LOOK_ALIKES, REFERENCE_DATE, column_for, made_bsn
from tests.deliveries.corpora.filling import IDENTIFYING, ORDINARY, ordinary, planted

# Least share found, per kind and form: numbers and the like have closed patterns, names have not.
CLOSED_BOUND, NAME_BOUND = 0.98, 0.95
# Most of the ordinary sentences that may be refused.
ORDINARY_BOUND = 1 / 200
NAME = "name"
_ROWS = 12
_ROWS_OF_LOOK_ALIKES = 500


@dataclass(frozen=True)
class Recall:
    """How many values of one kind, written in one form, were found.

    Attributes:
        kind: Kind of value.
        form: How it was written, and where.
        found: Values found.
        planted: Values planted.
        rules: Rules that struck, the most frequent first.
    """

    kind: str
    form: str
    found: int
    planted: int
    rules: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share found."""
        return self.found / self.planted

    @property
    def limits(self) -> tuple[float, float]:
        """Wilson's 95% interval of the share."""
        limits = wilson([self.found], [self.planted])
        return float(limits.lower[0]), float(limits.upper[0])


@dataclass(frozen=True)
class FalseRefusals:
    """How many texts or extracts without anything identifying were refused.

    Attributes:
        what: Sort of text or extract.
        refused: Number refused.
        total: Number judged.
        rules: Rules that struck, with how often.
    """

    what: str
    refused: int
    total: int
    rules: tuple[tuple[str, int], ...] = ()


# --- texts -------------------------------------------------------------------------------------


def measure_texts(seed: int, fillings: int, corpus: Path = IDENTIFYING) -> list[Recall]:
    """Judge the identifying texts of a frozen corpus.

    Args:
        seed: Seed of the numbers in them.
        fillings: How often each text with a number is filled in anew.
        corpus: The corpus.

    Returns:
        Figures per kind and form, in the order of the corpus.
    """
    texts = list(planted(seed, fillings, corpus))
    struck = _rules_by_text(text.text for text in texts)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for text in texts:
        groups[text.kind, text.form].append(text.text)
    return [
        Recall(
            kind,
            form,
            sum(text in struck for text in several),
            len(several),
            tuple(
                rule
                for rule, _ in Counter(
                    rule for text in several for rule in struck.get(text, ())
                ).most_common(3)
            ),
        )
        for (kind, form), several in groups.items()
    ]


def measure_sentences(corpus: Path = ORDINARY) -> FalseRefusals:
    """Judge the ordinary sentences of a frozen corpus."""
    texts = ordinary(corpus)
    struck = _rules_by_text(texts)
    rules = Counter(rule for text in texts for rule in struck.get(text, ()))
    refused = sum(text in struck for text in texts)
    return FalseRefusals(
        corpus.stem.replace("_", ", "), refused, len(texts), tuple(rules.most_common())
    )


def _rules_by_text(texts: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    distinct = dict.fromkeys(texts)
    for rule, several in find_in_texts(distinct, REFERENCE_DATE).items():
        for text in several:
            found[text].append(rule)
    return dict(found)


def bound_of(recall: Recall) -> float | None:
    """Least share that must be found; None where the share is reported as it is.

    Names are held to a bound where their form has a capital that tells and Latin letters: without
    the one, as in a sentence all in capitals, nothing tells `jan` the name from `jan` the month.
    """
    if recall.kind != NAME:
        return CLOSED_BOUND
    return None if any(word in recall.form for word in FORMS_REPORTED) else NAME_BOUND


# Words in the form of a name that say it is reported as it is.
FORMS_REPORTED = ("lower", "script", "sentence_in_capitals")


# --- cells -------------------------------------------------------------------------------------


def hits_of(cells: pa.Table, contract: Contract, day: date = REFERENCE_DATE) -> list[Hit]:
    """All that the guard finds in cells, at both places where it looks."""
    numbers = np.arange(1, cells.num_rows + 1)
    hits = inspect_cells(cells, numbers, contract, day)
    if hits:
        return hits
    typed = convert(_connection(), cells, contract)
    return inspect_dates(typed, numbers, contract, day)


@lru_cache(maxsize=1)
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def measure_cells(contracts: dict[str, Contract], per_kind: int, seed: int) -> list[Recall]:
    """Plant every value in turn, in a column of every sort.

    Args:
        contracts: Contracts to plant them under.
        per_kind: Values per kind.
        seed: Seed of the values.

    Returns:
        Figures per kind and form.
    """
    homes = {
        place: [
            (contract, column)
            for contract in contracts.values()
            if (column := column_for(contract, place)) is not None
        ]
        for place in cells_corpus.PLACES
    }
    clean = {
        contract.id: sample_cells(contract, _ROWS, REFERENCE_DATE)
        for several in homes.values()
        for contract, _ in several
    }
    counts: dict[tuple[str, str], list[int]] = {}
    for at, cell in enumerate(cells_corpus.planted(per_kind, seed=seed)):
        contract, column = homes[cell.place][at % len(homes[cell.place])]
        cells = clean[contract.id]
        values = cells[column].to_pylist()
        row = at % _ROWS
        values[row] = cell.value
        place = cells.column_names.index(column)
        hits = hits_of(cells.set_column(place, column, pa.array(values, pa.string())), contract)
        is_found = any(hit.column == column and row + 1 in hit.row_numbers for hit in hits)
        count = counts.setdefault((cell.kind, f"{cell.form}; {cell.place}"), [0, 0])
        count[0] += is_found
        count[1] += 1
    return [Recall(kind, form, *count) for (kind, form), count in counts.items()]


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
    """Figures per kind, in the order in which the kinds first occur."""
    kinds = dict.fromkeys(recall.kind for recall in recalls)
    return [
        Recall(
            kind,
            "",
            sum(recall.found for recall in recalls if recall.kind == kind),
            sum(recall.planted for recall in recalls if recall.kind == kind),
        )
        for kind in kinds
    ]


# --- deliveries without anything identifying ---------------------------------------------------


def measure_look_alikes(contracts: dict[str, Contract], seed: int) -> list[FalseRefusals]:
    """Judge extracts with codes that only look identifying, and are declared to."""
    return [
        _judged(
            what,
            (
                (contract.id, hits_of(cells, contract))
                for cells, contract in _look_alikes(contracts, what, seed)
            ),
        )
        for what in LOOK_ALIKES
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


def hits_of_file(path: Path, name: DeliveryName, contract: Contract) -> list[Hit]:
    """All that the guard finds in a file, read as an intake reads it."""
    hits: list[Hit] = []
    with open_source(path, name, contract) as source:
        check_columns(source.columns, contract)
        for part in source.parts:
            hits += hits_of(part.cells, contract, name.reference_date)
        hits += inspect_text(source.malformed, name.reference_date)
    return hits


def _judged(what: str, judged: Iterable[tuple[str, list[Hit]]]) -> FalseRefusals:
    total = refused = 0
    rules: Counter[str] = Counter()
    for contract_id, hits in judged:
        total += 1
        refused += bool(hits)
        rules.update(f"{hit.kind} ({contract_id}.{hit.column})" for hit in hits)
    return FalseRefusals(what, refused, total, tuple(rules.most_common(4)))


def look_alike_contract(contract: Contract, pattern: str, kind: str) -> Contract:
    """The contract with one more column, of codes that look like a kind of identifying number."""
    code = Column("code", "code", "string", pattern=pattern, look_alike=kind)
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
