"""A warehouse small enough to check by hand.

Here: raw tables made straight from the contracts' columns, filled by each test, and dbt run on them
in this process.
Not here: deliveries, landing and everything else before `raw`; those have their own tests.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.dbt import dbt_variables
from pipelines.deliveries.contract import load_contract, load_contracts
from pipelines.settings import Settings

EVENT_LOG = """
create table raw.event_log (
    organisation varchar, table_name varchar, case_key varchar, activity varchar,
    milestone varchar, happened_at timestamptz, happened_at_latest timestamptz,
    org_group varchar
)
"""
DELIVERY = """
create table raw.delivery (
    organisation varchar, table_name varchar, reference_date date, version bigint, status varchar,
    due_on date, received_at timestamptz, known_at timestamptz, rows bigint,
    rows_quarantined bigint, sha256 varchar, contract_version varchar, is_used boolean,
    is_open boolean
)
"""
FINDING = """
create table raw.finding (
    organisation varchar, table_name varchar, reference_date date, version bigint, status varchar,
    rule varchar, severity varchar, column_name varchar, n_rows bigint, n_total bigint,
    reason_nl varchar, reason_en varchar, is_accepted boolean
)
"""
LINKAGE = """
create table raw.linkage (
    key_kind varchar, level varchar, organisation_a varchar, table_a varchar,
    organisation_b varchar, table_b varchar, n_keys bigint, n_linked bigint
)
"""
SUSPECTED_DOUBLE = """
create table raw.suspected_double (
    key_kind varchar, key_a varchar, key_b varchar, ground varchar, place varchar,
    n_shared bigint, is_merged boolean
)
"""
SET_ASIDE = """
create table raw.set_aside (
    organisation varchar, table_name varchar, column_name varchar, milestone varchar,
    case_key varchar, person_key varchar, record_key varchar
)
"""
REGISTRATION = """
create table raw.registration (
    organisation varchar, table_name varchar, column_name varchar, case_key varchar,
    person_key varchar, record_key varchar, happened_on date, carried_by date, carried_on date,
    is_first_due boolean
)
"""
RECORDED_DECISION = """
create table raw.recorded_decision (
    record_key varchar, revision bigint, note_kind varchar, handoff_id varchar,
    indicator_id varchar, signal_id varchar, noted_at date, question varchar, note varchar,
    owner varchar, due_at date, outcome varchar, recorded_at timestamptz
)
"""
# What `raw` holds beside the delivered tables.
OTHER_TABLES = (
    EVENT_LOG,
    DELIVERY,
    FINDING,
    LINKAGE,
    SUSPECTED_DOUBLE,
    REGISTRATION,
    SET_ASIDE,
    RECORDED_DECISION,
)

Row = Mapping[str, Any]
_PARSED: dict[tuple[object, ...], bytes] = {}


@dataclass(frozen=True)
class Warehouse:
    """A warehouse file, and what dbt needs to work in it."""

    settings: Settings
    reference_date: str
    has_unit_tests: bool = False

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A reading connection, moments in UTC."""
        connection = duckdb.connect(str(self.settings.warehouse_path), read_only=True)
        connection.execute("set TimeZone = 'UTC'")
        return connection

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.connect() as connection:
            return connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of a query."""
        [(value,)] = self.query(sql)
        return value

    def build(self, *arguments: str) -> None:
        """Run `dbt build` in this process and close the warehouse; whatever fails is named."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        with self.environment():
            try:
                result = dbtRunner(self._parsed()).invoke(["--quiet", "build", *arguments])
            finally:
                DuckDBConnectionManager.close_all_connections()
        assert result.success, result.exception or [
            f"{outcome.node.name}: {outcome.message}"
            for outcome in result.result
            if outcome.status not in {"success", "pass", "skipped"}
        ]

    def _parsed(self) -> Any:
        """The project as dbt reads it: once for all warehouses of the built-in chain."""
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        # Seeds of another chain are read from a copy in its home.
        what = (self.settings.home if self.settings.chain else None, self.has_unit_tests)
        if what not in _PARSED:
            parsed = dbtRunner().invoke(["--quiet", "parse"])
            assert parsed.success, parsed.exception
            _PARSED[what] = parsed.result.to_msgpack()
        manifest = Manifest.from_msgpack(_PARSED[what])
        manifest.build_flat_graph()
        return manifest

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The variables dbt reads, for as long as it runs."""
        with dbt_variables(self.settings, self.reference_date):
            os.environ["KWALITEITSMONITOR_UNIT_TESTS"] = str(self.has_unit_tests).lower()
            yield
        del os.environ["KWALITEITSMONITOR_UNIT_TESTS"]


def folder_hashes(folder: Path) -> dict[str, str]:
    """Hash of every file of a folder, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def canonical_names(name: str) -> dict[str, str]:
    """Name in the warehouse of each column of a table, by its name in the file."""
    contract = load_contract(Settings().contracts_dir / f"{name}.odcs.yaml")
    return {column.name: column.canonical for column in contract.data_columns}


def fill(path: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    """Make every raw table, and put the given rows in; columns left out are empty.

    Rows of delivered tables are written as a partner delivers them, under its own names.
    """
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        for statement in OTHER_TABLES:
            connection.execute(statement)
        contracts = load_contracts(Settings().contracts_dir)
        for name, contract in contracts.items():
            columns = ", ".join(
                f"{column.canonical} {column.landing_type}" for column in contract.data_columns
            )
            connection.execute(f"create table raw.{name} ({columns})")
        for name, table in rows.items():
            names = canonical_names(name) if name in contracts else {}
            for row in table:
                columns = ", ".join(names.get(key, key) for key in row)
                connection.execute(
                    f"insert into raw.{name} ({columns}) values ({', '.join('?' for _ in row)})",
                    [*row.values()],
                )


def case(n: int) -> str:
    """Key of a case."""
    return "z1_" + f"{n}".rjust(26, "a")


def person(n: int) -> str:
    """Key of a person."""
    return "p1_" + f"{n}".rjust(26, "a")


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """Make a warehouse from rows per raw table and run `dbt build` on it, with these arguments."""

    def build(
        rows: Mapping[str, Sequence[Row]],
        reference_date: str,
        *arguments: str,
        has_unit_tests: bool = False,
    ) -> Warehouse:
        settings = Settings(home=tmp_path_factory.mktemp("warehouse"))
        fill(settings.warehouse_path, rows)
        warehouse = Warehouse(settings, reference_date, has_unit_tests=has_unit_tests)
        before = folder_hashes(settings.seeds_dir)
        warehouse.build(*arguments)
        assert folder_hashes(settings.seeds_dir) == before, "dbt wrote into the seeds"
        return warehouse

    return build
