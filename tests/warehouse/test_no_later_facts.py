"""Nothing that happened after the reference date leaks into a figure of that date.

The same simulated chain twice, both built as of the end of August: once from tables cut off there,
once from tables two months longer. Recorded without faults, so that the longer ones hold later
facts and no corrections of earlier ones.
In passing the same is asked of a small chain (`tests/publication/test_change_builds`).
"""

from dataclasses import replace
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.deliveries import observable_state
from pipelines.simulation.simulate import play
from tests.warehouse.conftest import Warehouse, canonical_names, fill

pytestmark = pytest.mark.long

CUT, LATER = date(2026, 8, 31), date(2026, 10, 31)
CONFIG = replace(
    SimulationConfig.fixture(), initial_delivery=CUT, start=date(2025, 1, 1)
).without_faults()
# Where a later table shows at all, and why no figure does: a build reads no delivery of a later
# peildatum, and what is counted is counted by a day that was over.
ROWS_WITHOUT_A_FACT = {
    "fct_case": "a key that is known by later facts only; it carries dimensions",
    "fct_measure": "a measure that has not started",
    "fct_review": "planned for later",
    "fct_product": "a product for a decision that was still to come",
    "fct_evaluation": "coded later; not held yet",
    "fct_experience": "an answer is dated by its year",
    "fct_judgment": "overturned later: what it said before is overwritten where it is kept",
}
NO_FIGURES = {"fct_delivery", "fct_finding"}


def built(home: Settings, tables: dict[str, pa.Table]) -> Warehouse:
    """A warehouse of these tables as of the cut."""
    home.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    fill(home.warehouse_path, {})
    with duckdb.connect(str(home.warehouse_path)) as connection:
        for name, table in tables.items():
            renamed = canonical_names(name)
            columns = [column for column in renamed if column in table.column_names]
            connection.register("delivered", table.select(columns))
            connection.execute(
                f"insert into raw.{name} ({', '.join(renamed[column] for column in columns)}) "
                "from delivered"
            )
            connection.unregister("delivered")
    warehouse = Warehouse(home, CUT.isoformat())
    warehouse.build("--exclude-resource-type", "test", "unit_test")
    return warehouse


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Warehouse]:
    plan = play(CONFIG, load_contracts(Settings().contracts_dir)).plan
    homes = [Settings(home=tmp_path_factory.mktemp(name)) for name in ("cut", "later")]
    cut, later = (
        built(home, {name: observable_state(sent, day) for name, sent in plan.items()})
        for home, day in zip(homes, (CUT, LATER), strict=True)
    )
    return cut, later


def tables_of(warehouse: Warehouse) -> list[tuple[str, str]]:
    rows = warehouse.query(
        "select schema_name, table_name from duckdb_tables() "
        "where schema_name = 'marts' or table_name = 'indicator_counts' "
        "union all select schema_name, view_name from duckdb_views() "
        "where schema_name = 'marts' order by all"
    )
    return [(schema, table) for schema, table in rows if table not in NO_FIGURES]


def test_later_facts_change_no_row_of_an_earlier_date(both):
    cut, later = both
    differing = {}
    for schema, table in tables_of(cut):
        with cut.connect() as connection:
            connection.execute(f"attach '{later.settings.warehouse_path}' as later (read_only)")
            here, there = f"from {schema}.{table}", f"from later.{schema}.{table}"
            [(n,)] = connection.execute(
                "select count(*) from "
                f"(({here} except all {there}) union all ({there} except all {here}))"
            ).fetchall()
        if n:
            differing[table] = n

    assert differing.keys() <= ROWS_WITHOUT_A_FACT.keys(), differing


def test_all_hand_offs_stocks_and_counts_are_compared(both):
    cut, _ = both
    compared = {table for _, table in tables_of(cut)} - ROWS_WITHOUT_A_FACT.keys()

    assert compared >= {
        *("fct_handoff", "fct_handoff_reconciliation", "fct_pause", "fct_designation"),
        *("fct_phase_out", "fct_person_time", "fct_stock", "fct_measure_stock", "fct_authority"),
        "indicator_counts",
    }
    assert cut.one("select count(*) from indicators.indicator_counts") > 5000


def test_there_were_later_facts(both):
    """Otherwise the equality would show nothing."""
    cut, later = both
    for table, column in (("nctv_triage", "intake_received_at"), ("om_pauze", "pause_started_at")):
        count = f"select count(*) from raw.{table}"
        assert later.one(count) > cut.one(count), table
        assert later.one(f"select max({column})::date from raw.{table}") > CUT
    assert cut.one("select count(*) from marts.fct_handoff where status = 'open'") > 10
