"""Every delivered file is what its contract promises, also when it is late, partial or wrong."""

import re
from typing import Any

import pytest

from pipelines.deliveries.contract import Column, load_contracts
from pipelines.settings import Settings
from tests.simulation.reading import read_delivery, typed

TABLES = sorted(load_contracts(Settings().contracts_dir))


def problems(values: list[Any], column: Column) -> list[str]:
    found = []
    if column.required and any(value is None for value in values):
        found.append("an empty cell in a required column")
    filled = [value for value in values if value is not None]
    if column.enum and not set(filled) <= set(column.enum):
        found.append("a value outside the enumeration")
    if column.pattern and not all(re.fullmatch(column.pattern, str(value)) for value in filled):
        found.append("a value that does not match the pattern")
    if column.minimum is not None and any(int(value) < column.minimum for value in filled):
        found.append("a value below the minimum")
    if column.max_length and any(len(str(value)) > column.max_length for value in filled):
        found.append("a value that is too long")
    return found


@pytest.mark.parametrize("table", TABLES)
def test_columns_values_and_keys_follow_the_contract(table, chain, contracts):
    contract = contracts[table]
    for _, _, path in chain.files(table):
        assert path.suffix == f".{contract.file_format}"
        frame = read_delivery(path, contract)
        if len(frame) or contract.file_format != "jsonl":
            assert list(frame.columns) == [column.name for column in contract.columns]
        for column in contract.columns:
            values = frame[column.name].tolist()
            assert problems(values, column) == [], f"{path.name}, {column.name}"
            for value in values:
                typed(value, column)
        assert not frame.duplicated(list(contract.key)).any(), path.name


def test_no_file_is_empty(chain):
    # A file of no bytes cannot be told from a failed transfer.
    assert all(path.stat().st_size > 0 for path in chain.inbox.iterdir())


def test_a_file_holds_nothing_from_after_its_peildatum(chain, contracts):
    # Plans are about the future; everything else has happened.
    plans = {"gepland_op", "streefdatum", "moment_op"}
    for table, contract in contracts.items():
        moments = [each for each in contract.columns if each.granularity and each.name not in plans]
        for day, _, path in chain.files(table):
            frame = read_delivery(path, contract)
            for column in moments:
                latest = max(
                    (typed(value, column) for value in frame[column.name] if value is not None),
                    default=None,
                )
                if column.granularity == "timestamp" and latest is not None:
                    latest = latest.date()
                assert latest is None or latest <= day, f"{path.name}, {column.name}"
