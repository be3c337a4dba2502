"""The specification a partner is sent says what the contract says, and its sample passes."""

from datetime import timedelta

import pytest

from pipelines.deliveries.partner.specification import (
    SAMPLE_ROWS,
    render_specification,
    write_specification,
)
from tests.deliveries.conftest import NOW


@pytest.mark.parametrize(
    "table", ["om_casus", "politie_melding", "nctv_triage", "lcc_maatregel", "kc_aantekening"]
)
def test_the_sample_of_a_specification_passes(door, tmp_path, table):
    page, sample = write_specification(door.contracts[table], tmp_path)
    # Its name says the end of October.
    outcome = door.take_one(sample, now=NOW + timedelta(days=30))
    assert (outcome.status, outcome.rows_landed) == ("accepted", SAMPLE_ROWS), outcome.line
    assert page.name == f"{table}.html"


def test_every_column_code_and_rule_is_on_the_page(door):
    for contract in door.contracts.values():
        text = render_specification(contract)
        assert 'lang="nl"' in text
        for column in contract.columns:
            assert f"<td>{column.name}</td>" in text
            assert all(code in text for code in column.enum)
        assert all(rule.name in text for rule in contract.rules)
