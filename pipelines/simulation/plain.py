"""Plain draws for what the simulation does not know: what only its contract describes.

Here: rows and values that keep to the contract, about cases of the chain, and the warning that they
tell no story.
Not here: the tables with a story (the domain modules), and rows without a chain
(`pipelines.deliveries.samples`).

The simulation follows the contracts: what they add is made up plainly, and what they no longer have
is left out. So a partner's table takes its contract alone.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.deliveries.contract import Column as ContractColumn
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.samples import sample_values
from pipelines.simulation.chronicle import NEVER, Chronicle, Column, Table, fact, moment
from pipelines.simulation.draws import at_least, lead
from pipelines.simulation.moments import Moments, Whole
from pipelines.simulation.recorded import MUTATION

log = logging.getLogger("kwaliteitsmonitor")

# Of every hundred cases, how many have a row in a table without a story; and at least so many.
_SHARE_OF_CASES, _FEWEST_ROWS = 0.2, 5
_MEDIAN_DAYS, _SPREAD = 7.0, 0.6


def follow_contracts(
    chronicle: Chronicle, tables: Mapping[str, Table], contracts: Mapping[str, Contract]
) -> dict[str, Table]:
    """The tables of the contracts, each with exactly their columns.

    Args:
        chronicle: The cases rows are about.
        tables: What the simulation recorded, by contract id.
        contracts: Contracts by id.

    Returns:
        Tables by contract id, sorted.
    """
    for name in sorted(set(tables) - set(contracts)):
        log.warning("%s: geen contract; de simulatie levert deze tabel niet", name)
    return {
        name: _with_columns(chronicle, contract, tables.get(name) or _rows(chronicle, contract))
        for name, contract in sorted(contracts.items())
    }


def _rows(chronicle: Chronicle, contract: Contract) -> Table:
    """Rows of a table without a story: one of each of some cases, some days after these began."""
    log.warning(
        "%s: de simulatie kent deze tabel niet en vult haar met willekeurige waarden", contract.id
    )
    random = chronicle.config.generator(f"plain {contract.id}")
    began = _began(chronicle)
    case = np.flatnonzero(
        at_least(random, _SHARE_OF_CASES, np.isfinite(began), minimum=_FEWEST_ROWS)
    )
    created = began[case] + lead(random, _MEDIAN_DAYS, _SPREAD, len(case))
    order = np.argsort(created, kind="stable")
    case, created = case[order], created[order]
    within = created < chronicle.end
    case, created = case[within], created[within]
    return Table(
        name=contract.id,
        case=case,
        created=created,
        withdrawn=np.full(len(case), NEVER),
        columns={},
        is_second_pseudonym=np.zeros(len(case), dtype=bool),
    )


def _began(chronicle: Chronicle) -> Moments:
    """When each case was first on record anywhere; infinite for never."""
    began = np.full(len(chronicle.cases), np.inf)
    for table in chronicle.tables.values():
        of_case = table.case >= 0
        np.minimum.at(began, table.case[of_case], table.created[of_case])
    return began


def _with_columns(chronicle: Chronicle, contract: Contract, table: Table) -> Table:
    """The table with the columns of its contract: those it lacks drawn, those too many left out."""
    # Keys of cases and persons are filled where the pseudonyms are made.
    wanted = {
        column.name: column
        for column in contract.columns
        if column.name != MUTATION and column.pseudonym is None
    }
    unknown = [column for name, column in wanted.items() if name not in table.columns]
    gone = sorted(table.columns.keys() - wanted.keys())
    if table.columns and (unknown or gone):
        log.warning(
            "%s: de simulatie volgt het contract: willekeurig gevuld %s; weggelaten %s",
            contract.id,
            ", ".join(column.name for column in unknown) or "niets",
            ", ".join(gone) or "niets",
        )
    kept = {name: column for name, column in table.columns.items() if name in wanted}
    return replace(
        table,
        columns={**kept, **_drawn(chronicle, contract, table.created, unknown)},
        revisions=[revision for revision in table.revisions if revision.column in wanted],
    )


def _drawn(
    chronicle: Chronicle,
    contract: Contract,
    created: Moments,
    columns: Sequence[ContractColumn],
) -> dict[str, Column]:
    random = chronicle.config.generator(f"plain columns {contract.id}")
    drawn: dict[str, Column] = {}
    last = created
    for column in columns:
        if column.form is None:
            drawn[column.name] = fact(_values(column, len(created), random), created)
        elif column.required:
            # What must be there is there from the first.
            drawn[column.name] = moment(created)
        else:
            last = last + lead(random, _MEDIAN_DAYS, _SPREAD, len(created))
            drawn[column.name] = moment(last)
    return drawn


def _values(column: ContractColumn, n: int, random: np.random.Generator) -> NDArray[Any]:
    if column.is_key and column.logical_type == "integer":
        numbers: Whole = np.arange(1, n + 1)
        return numbers
    texts = np.array(sample_values(column, n, random), dtype=object)
    if column.logical_type == "boolean":
        return np.array([text == "ja" for text in texts])
    if column.logical_type in {"integer", "number"}:
        return texts.astype(np.int64)
    return texts
