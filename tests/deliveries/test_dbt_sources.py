"""dbt's sources are written from the contracts: no column is described a second time."""

from pipelines.dbt_sources import sources_of, write_sources
from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings
from tests.deliveries.test_event_log import CHAIN


def test_a_source_has_the_canonical_columns_of_its_contract():
    contracts = load_contracts(Settings().contracts_dir)
    tables = {
        table["identifier"]: (source["name"], table)
        for source in sources_of(contracts)["sources"]
        for table in source["tables"]
    }
    assert tables.keys() == contracts.keys()
    supplier, casus = tables["om_casus"]
    assert (supplier, casus["name"], casus["config"]["meta"]["dagster"]) == (
        "om", "casus", {"asset_key": ["raw", "om_casus"]},
    )  # fmt: skip
    columns = {column["name"]: column for column in casus["columns"]}
    assert columns["om_reported_at"] == {
        "name": "om_reported_at",
        "data_type": "TIMESTAMP WITH TIME ZONE",
        "description": contracts["om_casus"].column("gemeld_op").description,
    }
    # What a change file does with a record is no column of the table.
    assert not columns.keys() & {"change", "mutatie"}


def test_all_logs_are_one_table_so_that_none_is_a_source_of_its_own():
    assert sources_of(load_contracts(CHAIN / "contracts")) == {"sources": []}


def test_sources_that_are_the_same_are_left_alone(tmp_path):
    settings = Settings(home=tmp_path)
    contracts = load_contracts(settings.contracts_dir)
    [path] = write_sources(settings, contracts).iterdir()
    before = path.stat().st_mtime_ns
    write_sources(settings, contracts)
    assert path.stat().st_mtime_ns == before
    write_sources(settings, {"om_casus": contracts["om_casus"]})
    assert "dossier" not in path.read_text("utf-8")
