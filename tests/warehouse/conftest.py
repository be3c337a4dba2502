"""A warehouse small enough to check by hand.

Here: raw tables made straight from the contracts' columns, filled by each test, and dbt run on them
in this process.
Not here: deliveries, landing and everything else before `raw`; those have their own tests.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
CONTRACTS = ROOT / "expectations" / "contracts" / "bewaken_beveiligen"
SEEDS = PROJECT / "seeds" / "bewaken_beveiligen"

EVENT_LOG = """
create table raw.event_log (
    organisation varchar, table_name varchar, case_key varchar, activity varchar,
    milestone varchar, moment timestamptz, org_group varchar, occurrence bigint
)
"""
DELIVERY = """
create table raw.delivery (
    organisation varchar, table_name varchar, reference_date date, version bigint, status varchar,
    due_on date, received_at timestamptz, known_at timestamptz, rows bigint,
    rows_quarantined bigint, sha256 varchar, contract_version varchar, is_used boolean
)
"""
FINDING = """
create table raw.finding (
    organisation varchar, table_name varchar, reference_date date, version bigint, rule varchar,
    severity varchar, column_name varchar, n_rows bigint, n_total bigint,
    reason_nl varchar, reason_en varchar
)
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """A warehouse file, and what dbt needs to work in it."""

    path: Path
    reference_date: str
    seeds: Path = SEEDS
    chain: str = "bewaken_beveiligen"
    tables: Sequence[str] = field(default_factory=lambda: contract_names())

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query, moments in UTC."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of a query."""
        [(value,)] = self.query(sql)
        return value

    def dbt(self, *arguments: str) -> Any:
        """Run dbt in this process and return its result."""
        from dbt.cli.main import dbtRunner

        with self.environment():
            return dbtRunner().invoke([*arguments, "--project-dir", str(PROJECT), "--quiet"])

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The variables dbt reads, for as long as it runs."""
        state = self.path.parent / "dbt"
        before = dict(os.environ)
        os.environ.update(
            {
                "KWALITEITSMONITOR_WAREHOUSE": str(self.path),
                "KWALITEITSMONITOR_SEEDS": str(self.seeds),
                "KWALITEITSMONITOR_CHAIN_NAME": self.chain,
                "KWALITEITSMONITOR_TABLES": " ".join(self.tables),
                "KWALITEITSMONITOR_REFERENCE_DATE": self.reference_date,
                "DBT_TARGET_PATH": str(state / "target"),
                "DBT_LOG_PATH": str(state / "logs"),
                "DBT_PROFILES_DIR": str(PROJECT),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                "DO_NOT_TRACK": "1",
            }
        )
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def contract_names() -> list[str]:
    """Names of all tables with a contract, `<organisation>_<table>`."""
    return sorted(path.name.removesuffix(".odcs.yaml") for path in CONTRACTS.glob("*.odcs.yaml"))


def contract_columns(name: str) -> dict[str, str]:
    """Columns of a table as they land, with their DuckDB types."""
    contract = yaml.safe_load((CONTRACTS / f"{name}.odcs.yaml").read_text(encoding="utf-8"))
    types = {"timestamp": "timestamptz", "date": "date", "integer": "bigint", "boolean": "boolean"}
    columns = {}
    for column in contract["schema"][0]["properties"]:
        custom = {entry["property"]: entry["value"] for entry in column.get("customProperties", [])}
        is_coarse = custom.get("granularity") in {"week", "month"}
        columns[column["name"]] = (
            "date" if is_coarse else types.get(column["logicalType"], "varchar")
        )
    columns.pop("mutatie", None)
    return {**columns, "_delivery_id": "varchar"}


def fill(path: Path, rows: Mapping[str, Sequence[Row]], events: Sequence[Row] = ()) -> None:
    """Make every raw table, and put the given rows in; columns left out are empty."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        for statement in (EVENT_LOG, DELIVERY, FINDING):
            connection.execute(statement)
        for name in contract_names():
            columns = ", ".join(f"{key} {kind}" for key, kind in contract_columns(name).items())
            connection.execute(f"create table raw.{name} ({columns})")
        for name, table in [*rows.items(), ("event_log", events)]:
            for row in table:
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into raw.{name} ({', '.join(row)}) values ({marks})", [*row.values()]
                )


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """Make a warehouse from rows per raw table and run `dbt build` on it."""

    def build(
        rows: Mapping[str, Sequence[Row]], reference_date: str, *, arguments: Sequence[str] = ()
    ) -> Warehouse:
        path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
        fill(path, rows)
        warehouse = Warehouse(path, reference_date)
        result = warehouse.dbt("build", *arguments)
        assert result.success, result.exception or [
            f"{one.node.name}: {one.message}"
            for one in result.result
            if one.status not in {"success", "pass", "skipped"}
        ]
        return warehouse

    return build
