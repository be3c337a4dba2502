"""The tables of a published file that tell what changed and why.

Here: `change_basis` (since which publication), `change_factor` (what was exchanged, in order) and
`change` (the figures that differ, with their parts), out of what `between` kept in the warehouse.
Not here: the split (`split`), and which audience gets these tables (`audiences`).

They are no part of the content hash: the same inputs give the same content, whatever was published
before it.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.frames import to_frame
from pipelines.publication.changes.between import PREVIOUS, TODAY, State
from pipelines.publication.changes.factors import Factor
from pipelines.publication.changes.split import split_changes
from pipelines.warehouse import relation_exists, write_table

Protect = Callable[[str], pd.DataFrame]

_BASIS = """
    create table candidate.change_basis (
        state varchar, note varchar, previous_publication_id varchar,
        previous_reference_date varchar, previous_known_at timestamptz
    )
"""
_FACTORS = """
    create table candidate.change_factor (
        position bigint, factor varchar, is_changed boolean, n_items bigint, items varchar
    )
"""


def write_change_tables(
    warehouse: duckdb.DuckDBPyConnection,
    audience: str,
    previous: Path | None,
    today: pd.DataFrame,
    protect: Protect,
) -> None:
    """Write the tables into the attached database `candidate`.

    Args:
        warehouse: Warehouse with the schema `changes`, if an explanation was prepared.
        audience: Whose file it is.
        previous: Its previous publication, if any.
        today: Figures of the candidate, as they will be published.
        protect: Reads the figures of a relation by the cut and small-number rule of the audience;
            nothing is derived from figures of a build in between that did not pass through it.
    """
    previous_id = previous.stem if previous is not None else ""
    warehouse.execute(_BASIS)
    warehouse.execute(_FACTORS)
    state = _prepared_state(warehouse, audience, previous_id)
    if state is None:
        state = State.not_asked if previous_id else State.first
        warehouse.execute(
            "insert into candidate.change_basis values (?, '', ?, null, null)",
            [str(state), previous_id],
        )
    else:
        warehouse.execute(
            "insert into candidate.change_basis "
            "select * exclude (audience) from changes.publication where audience = ?",
            [audience],
        )
    if previous is not None and state is State.explained:
        warehouse.execute(
            "insert into candidate.change_factor "
            "select * exclude (audience, figures) from changes.step where audience = ? "
            "order by position",
            [audience],
        )
        names = _figures_of_factors(warehouse, audience)
        order = list(dict.fromkeys([PREVIOUS, *names]))
        figures = [_figures(name, previous, today, protect) for name in order]
        changes = split_changes(figures, [order.index(name) for name in names])
    else:
        # No difference, in the columns of one.
        changes = split_changes([today, today], [1] * len(Factor))
    write_table(warehouse, "candidate.change", changes)


def _prepared_state(
    warehouse: duckdb.DuckDBPyConnection, audience: str, previous_id: str
) -> State | None:
    """How the explanation since that very publication was prepared; None when it was not."""
    if not relation_exists(warehouse, "changes", "publication"):
        return None
    found = warehouse.execute(
        "select state from changes.publication where audience = ? and previous_publication_id = ?",
        [audience, previous_id],
    ).fetchone()
    return State(found[0]) if found is not None else None


def _figures_of_factors(warehouse: duckdb.DuckDBPyConnection, audience: str) -> list[str]:
    rows = warehouse.execute(
        "select figures from changes.step where audience = ? order by position", [audience]
    ).fetchall()
    return [str(name) for (name,) in rows]


def _figures(name: str, previous: Path, today: pd.DataFrame, protect: Protect) -> pd.DataFrame:
    if name == TODAY:
        return today
    if name == PREVIOUS:
        # As published: whatever the rule was then, it is what readers saw.
        with duckdb.connect(str(previous), read_only=True) as connection:
            return to_frame(connection.sql("from result"))
    return protect(f"changes.{name}")
