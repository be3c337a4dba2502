"""Which audience sees what of a delivered table, and in which form: rows, or figures alone.

Here: the delivered tables that each published table of rows is made from, found in the SQL itself,
and the columns that such a table shows of them.
Not here: what an audience may have (`pipelines.publication.audiences` and the catalogues), and how
figures are protected (`pipelines.disclosure`).

A table counts as working through wherever the SQL leads from it to a published one, also where only
one column does: too much is said rather than too little.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipelines.chain.seeds import Row
from pipelines.deliveries.contract import Column, Contract
from pipelines.plain_yaml import read_yaml
from pipelines.publication.audiences import AUDIENCES, Audience
from pipelines.publication.dictionary import of_suites
from pipelines.publication.sources import SOURCES
from pipelines.settings import Settings

# `source(organisation, 'pauze')` stands in a loop over suppliers; so does `delivered_tables()`.
_REFERENCE = re.compile(r"\bref\(\s*'(\w+)'\s*\)")
_SOURCE = re.compile(r"\bsource\(\s*('?)(\w+)'?\s*,\s*'(\w+)'\s*\)")
_EVERY_TABLE = "delivered_tables()"
_MOMENT = "_at"
# What the trace of an event log is called, where the case is what it traces.
_ALIASES = {"case:concept:name": "case_key"}
UNDER_ANOTHER_NAME = "niet onder deze naam"
# Models in which a milestone is a row or a clock of its own.
_OF_MILESTONES = ("event_log", "fct_handoff")


@dataclass(frozen=True)
class Shown:
    """Where delivered tables show in published rows.

    Attributes:
        contracts: Contracts by id.
        milestones: Rows of the seed `milestones`.
        models: SQL of every dbt model, by name.
        columns: Columns of every dbt model and published table, as far as described, by name.
    """

    contracts: Mapping[str, Contract]
    milestones: tuple[Row, ...]
    models: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]

    def tables_of(self, contract: Contract, audience: Audience) -> tuple[str, ...]:
        """Published tables of rows that a delivered table works through in, for an audience."""
        return tuple(
            table for table in audience.tables if contract.id in self.delivered_in.get(table, ())
        )

    def tables_with(
        self, column: Column, contract: Contract, audience: Audience
    ) -> tuple[str, ...]:
        """Those among them that show a column: under its own name, or as the moment it records."""
        return tuple(
            table
            for table in self.tables_of(contract, audience)
            if column.canonical in self._columns_of(table, audience)
            or (table in _OF_MILESTONES and self._is_milestone(column, contract))
        )

    def _columns_of(self, table: str, audience: Audience) -> set[str]:
        if audience.is_protected:
            return set(audience.columns[table])
        return {_ALIASES.get(name, name) for name in self.columns_of(table)}

    def columns_of(self, table: str) -> tuple[str, ...]:
        """Columns of a published table, as far as they are described."""
        model = SOURCES.get(table, ("", ""))[0].rpartition(".")[2]
        described = (self.columns.get(model, ()), self.columns.get(table, ()))
        # What a model takes over as it is its yml leaves out; a catalogue names it.
        named = (audience.columns.get(table, ()) for audience in AUDIENCES.values())
        return tuple(dict.fromkeys(name for names in (*described, *named) for name in names))

    def _is_milestone(self, column: Column, contract: Contract) -> bool:
        recorded = {
            row["milestone"] + _MOMENT
            for row in self.milestones
            if (row["organisation"], row["table_name"]) == (contract.supplier, contract.table)
        }
        return column.canonical in recorded or (
            contract.event_log is not None and column.canonical in {"happened_at", "started_at"}
        )

    @cached_property
    def delivered_in(self) -> Mapping[str, frozenset[str]]:
        """Delivered tables upstream of each published table of rows, by id."""
        models = {table: _model_of_rows(table) for table in SOURCES}
        return {
            table: frozenset(self._upstream(model, set()))
            for table, model in models.items()
            if model
        }

    def _upstream(self, model: str, seen: set[str]) -> Iterator[str]:
        sql = self.models.get(model, "")
        if model in seen or not sql:
            return
        seen.add(model)
        for contract in self.contracts.values():
            if self._reads(sql, contract):
                yield contract.id
        for parent in _REFERENCE.findall(sql):
            yield from self._upstream(parent, seen)

    def _reads(self, sql: str, contract: Contract) -> bool:
        if contract.event_log is not None:
            return "source('monitor', 'event_log')" in sql
        if _EVERY_TABLE in sql:
            return any(self._is_milestone(column, contract) for column in contract.columns)
        return any(
            table == contract.table and (not quote or supplier == contract.supplier)
            for quote, supplier, table in _SOURCE.findall(sql)
        )


def read_shown(
    settings: Settings, contracts: Mapping[str, Contract], milestones: tuple[Row, ...]
) -> Shown:
    """Read the models of the project and the contracts of published tables."""
    folder = settings.dbt_project_dir / "models"
    models = {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("*.sql")}
    columns: dict[str, tuple[str, ...]] = {}
    for table, column in of_suites(settings.project_root / "expectations" / "published"):
        columns[table] = (*columns.get(table, ()), column)
    for path in sorted(folder.rglob("*.yml")):
        for model in read_yaml(path.read_text(encoding="utf-8")).get("models", ()):
            columns[model["name"]] = tuple(column["name"] for column in model.get("columns", ()))
    return Shown(contracts, milestones, models, columns)


def _model_of_rows(table: str) -> str:
    """The model a published table copies; empty of one that counts or describes the chain."""
    relation, query = SOURCES.get(table, ("", ""))
    schema, _, model = relation.rpartition(".")
    is_rows = schema == "marts" and not model.startswith("dim_") and query == f"from {relation}"
    return model if is_rows else ""


def form_of_column(shown: Shown, column: Column, contract: Contract, audience: Audience) -> str:
    """In which form an audience gets what a column holds."""
    if tables := shown.tables_with(column, contract, audience):
        return f"op rijen: {', '.join(tables)}"
    if shown.tables_of(contract, audience):
        return UNDER_ANOTHER_NAME
    return "hooguit in cijfers"
