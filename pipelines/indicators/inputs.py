"""Which delivered tables an indicator is made from: exactly those, so that its quality is its own.

Here: the tables behind the clock of a hand-off, behind its two sides, and behind the columns of a
mart an entry names.
Not here: how good those tables are (`quality`).

A mart that many partners feed says in its own yml which tables its rows rest on
(`config.meta.inputs`) and, per column, which that column needs on top. Dimensions are left out: a
missing one empties a split, not the figure. A mart that says nothing rests on its whole lineage.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.indicators.register import Indicator

Tables = frozenset[str]
# What of a hand-off a figure of its clock rests on, and one of its two sides.
_CLOCK = "part in ('clock', 'pauses')"
_SIDES = "part = 'sides' and role <> 'population'"
# The rows of this mart are those of the hand-off it is filtered by.
_HANDOFFS = "fct_handoff"
_WITHOUT_FACTS = ("int_table_followed", "int_followed")


@dataclass(frozen=True)
class MartInputs:
    """Tables a mart rests on.

    Attributes:
        lineage: Every delivered table upstream of it.
        rows: Those its rows rest on; the whole lineage where its yml names none.
        columns: Those a column needs on top.
    """

    lineage: Tables
    rows: Tables
    columns: Mapping[str, Tables]

    def of(self, names: set[str]) -> Tables:
        """Tables behind the rows and some columns."""
        return self.rows.union(*(self.columns.get(column, frozenset()) for column in names))


def feeding_tables(
    connection: duckdb.DuckDBPyConnection, register: list[Indicator], manifest: Path
) -> dict[str, set[str]]:
    """Delivered tables each indicator is made from.

    Args:
        connection: Open warehouse with `intermediate.int_handoff_table`.
        register: The indicators.
        manifest: Manifest of the dbt project, for the marts.

    Returns:
        Names `<organisation>_<table>` by indicator id.
    """
    marts = mart_inputs(json.loads(manifest.read_text(encoding="utf-8")))
    clocks = _tables_of(connection, _CLOCK)
    sides = _tables_of(connection, _SIDES)
    found: dict[str, set[str]] = {}
    for indicator in register:
        handoff = indicator.handoff or ""
        if indicator.kind == "reconciliation":
            found[indicator.id] = set(sides.get(handoff, set()))
        elif indicator.mart and indicator.mart != _HANDOFFS:
            mart = marts.get(indicator.mart)
            found[indicator.id] = set(mart.of(indicator.columns)) if mart else set()
        else:
            found[indicator.id] = set(clocks.get(handoff, set()))
    return found


def _tables_of(connection: duckdb.DuckDBPyConnection, what: str) -> dict[str, set[str]]:
    """Tables that carry something of a hand-off, as far as `what` (a condition) asks."""
    rows = connection.execute(
        "select distinct handoff_id, organisation || '_' || table_name "
        f"from intermediate.int_handoff_table where {what}"
    ).fetchall()
    tables: dict[str, set[str]] = defaultdict(set)
    for handoff, table in rows:
        tables[handoff].add(table)
    return tables


def mart_inputs(manifest: dict[str, Any]) -> dict[str, MartInputs]:
    """What every model rests on, by name."""
    parents: dict[str, list[str]] = manifest["parent_map"]

    def sources(node: str, seen: set[str]) -> set[str]:
        found: set[str] = set()
        for parent in parents.get(node, []):
            # Until when tables are known is not what is known of them.
            if parent in seen or parent.endswith(_WITHOUT_FACTS):
                continue
            seen.add(parent)
            if parent.startswith("source."):
                found.add(manifest["sources"][parent]["identifier"])
            else:
                found |= sources(parent, seen)
        return found

    marts = {}
    for node in parents:
        if node.startswith("model."):
            model = manifest["nodes"][node]
            lineage = frozenset(sources(node, set()))
            declared = _declared(model)
            columns = {name: _declared(column) for name, column in model["columns"].items()}
            marts[node.rsplit(".", 1)[-1]] = MartInputs(
                lineage,
                lineage if declared is None else declared,
                {name: tables for name, tables in columns.items() if tables is not None},
            )
    return marts


def _declared(described: Mapping[str, Any]) -> Tables | None:
    """`config.meta.inputs` of a model or column; None where it has none."""
    inputs = (described.get("config") or {}).get("meta", {}).get("inputs")
    return None if inputs is None else frozenset(inputs)
