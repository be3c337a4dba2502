"""What the anonymity guard finds and misses: `make guard-report`.

Here: printing the figures, with the digests of the corpora they are of. Never a text of a corpus:
the guard must not be made to fit them.
Not here: the measurement (`tests.deliveries.guard_measures`).

The seed is new each time and printed; `make guard-report SEED=7` repeats one. Exit code 1 when a
bound is missed.
"""

import random
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.simulate import simulate
from tests.deliveries import guard_measures
from tests.deliveries.corpora.cells import TARGETS
from tests.deliveries.corpora.filling import (
    IDENTIFYING,
    IDENTIFYING_SECOND,
    ORDINARY,
    ORDINARY_SECOND,
    sha256,
)
from tests.deliveries.guard_measures import FalseRefusals, Recall

PAIRS = ((IDENTIFYING, ORDINARY), (IDENTIFYING_SECOND, ORDINARY_SECOND))
FILLINGS = 20
CELLS_PER_KIND = 400


def main(arguments: list[str]) -> int:
    """Measure with the seed that is named, or a new one."""
    seed = int(arguments[0]) if arguments else random.SystemRandom().randrange(10**6)
    console = Console(width=120)
    console.print(f"seed {seed}")
    contracts = load_contracts(Settings().contracts_dir)
    missed = 0
    for identifying, ordinary in PAIRS:
        for corpus in (identifying, ordinary):
            console.print(f"{corpus.name} sha256 {sha256(corpus)}")
        missed += _print_texts(console, guard_measures.measure_texts(seed, FILLINGS, identifying))
        missed += _print_refusals(
            console, [guard_measures.measure_sentences(ordinary)], guard_measures.ORDINARY_BOUND
        )
    cells = [
        *guard_measures.measure_cells(contracts, CELLS_PER_KIND, seed),
        guard_measures.measure_columns_of_bsn(contracts, seed),
    ]
    missed += _print_cells(console, cells)
    with TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        simulate(
            SimulationConfig(seed=seed), Settings().contracts_dir, inbox, Path(folder) / "ledger"
        )
        files = guard_measures.measure_files(contracts, sorted(inbox.iterdir()))
    look_alikes = guard_measures.measure_look_alikes(contracts, seed)
    missed += _print_refusals(console, [files, *look_alikes], 0)
    console.print(f"{missed} bounds missed" if missed else "every bound is met")
    return 1 if missed else 0


def _print_texts(console: Console, recalls: Iterable[Recall]) -> int:
    table = Table("kind", "form", "planted", "found", "recall", "95%", "bound", "rules that struck")
    missed = 0
    for recall in recalls:
        bound = guard_measures.bound_of(recall)
        is_missed = bound is not None and recall.share < bound
        missed += is_missed
        lower, upper = recall.limits
        table.add_row(
            recall.kind,
            recall.form,
            str(recall.planted),
            str(recall.found),
            f"{recall.share:.3f}",
            f"{lower:.2f}-{upper:.2f}",
            ("" if bound is None else f"{bound:.2f}") + (" MISSED" if is_missed else ""),
            ", ".join(recall.rules),
        )
    console.print(table)
    return missed


def _print_cells(console: Console, recalls: list[Recall]) -> int:
    table = Table("cells of kind", "planted", "found", "recall", "bound", "missed forms")
    missed = 0
    for recall in guard_measures.by_kind(recalls):
        target = TARGETS.get(recall.kind)
        missed += target is not None and recall.share < target
        forms = "; ".join(
            f"{part.form} {part.planted - part.found}/{part.planted}"
            for part in recalls
            if part.kind == recall.kind and part.found < part.planted
        )
        bound = "" if target is None else f"{target:.2f}"
        table.add_row(
            recall.kind, str(recall.planted), str(recall.found), f"{recall.share:.3f}", bound, forms
        )
    console.print(table)
    return missed


def _print_refusals(console: Console, refusals: Iterable[FalseRefusals], bound: float) -> int:
    table = Table("nothing identifying in", "judged", "refused", "bound", "rules that struck")
    missed = 0
    for refusal in refusals:
        missed += refusal.refused > bound * refusal.total
        rules = ", ".join(f"{rule} {count}" for rule, count in refusal.rules)
        table.add_row(refusal.what, str(refusal.total), str(refusal.refused), f"{bound:.3f}", rules)
    console.print(table)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
