"""What only a contract describes is drawn plainly; what no contract has is left out."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from pipelines.deliveries.contract import Column, Contract
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.deliveries import Writer
from pipelines.simulation.simulate import play
from tests.simulation.reading import read_delivery, typed
from tests.simulation.test_contract_conformance import problems

CONFIG = SimulationConfig.fixture()
DAY = {"granularity": "day", "date_format": "dd-MM-yyyy"}
# One column of every kind a contract can describe.
KINDS = (
    Column("nummer", "record_key", "string", required=True, is_key=True, pattern="^NZ[0-9]{7}$"),
    Column("zaak_sleutel", "case_key", "string", required=True, pseudonym="case"),
    Column("soort", "kind", "string", enum=("gesprek", "brief")),
    Column("gedaan", "is_done", "boolean"),
    Column("aantal", "number", "integer", minimum=2, maximum=4),
    Column("bedrag", "amount", "number", maximum=1000),
    Column("notitie", "note", "string", free_text=True, max_length=200),
    Column("gevraagd_op", "asked_at", "date", required=True, **DAY),
    Column("gegeven_op", "given_at", "date", **DAY),
)


@pytest.fixture
def added(contracts: dict[str, Contract]) -> Contract:
    """A partner's table the simulation has never heard of."""
    like = contracts["lcc_weerbaarheid"]
    return replace(like, id="lcc_nazorg", table="nazorg", columns=KINDS, key=("nummer",), rules=())


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx", "parquet"])
def test_a_table_it_does_not_know_keeps_to_its_contract(file_format, added, contracts, tmp_path):
    contract = replace(added, file_format=file_format, sheet="nazorg", delimiter=";")
    played = play(CONFIG, {**contracts, contract.id: contract})
    writer = Writer(tmp_path)
    for delivery in played.plan[contract.id]:
        writer.write(delivery)
        frame = read_delivery(tmp_path / delivery.file_name, contract)
        assert len(frame) > 5
        assert not frame.duplicated(["nummer"]).any()
        assert set(frame["zaak_sleutel"]) <= {*played.keys.case}
        for column in contract.columns:
            values = frame[column.name].tolist()
            assert problems(values, column) == [], column.name
            for value in values:
                typed(value, column)


def test_a_column_it_does_not_know_is_filled_and_one_no_contract_has_left_out(contracts, caplog):
    dossier = contracts["om_dossier"]
    kept = [column for column in dossier.columns if column.name != "volledig_eigen_toets"]
    changed = replace(dossier, columns=(*kept, KINDS[-1]))
    with caplog.at_level(logging.WARNING, "kwaliteitsmonitor"):
        recorded = play(CONFIG, {**contracts, dossier.id: changed}).recorded[dossier.id]

    assert list(recorded.columns) == [column.name for column in changed.columns]
    assert recorded.columns.keys() == recorded.table.columns.keys()
    given, created = recorded.table.columns["gegeven_op"].values, recorded.table.created
    # A record that was never made has no moments.
    assert (given > created)[np.isfinite(created)].all()
    [said] = caplog.messages
    assert said.startswith("om_dossier: ")
    assert "gegeven_op" in said
    assert "volledig_eigen_toets" in said


def test_a_table_without_a_contract_is_not_delivered_and_spoils_nothing(contracts, added):
    without = {name: contract for name, contract in contracts.items() if name != "om_dossier"}
    played = play(CONFIG, {**without, added.id: added})

    assert played.plan.keys() == {*without, added.id}
    assert not [fault for fault in played.faults if fault.table == "om_dossier"]
    whole = play(CONFIG, contracts)
    for name in without:
        created = played.recorded[name].table.created
        assert np.array_equal(created, whole.recorded[name].table.created), name
