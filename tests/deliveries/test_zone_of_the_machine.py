"""What a cell says does not depend on the zone of the machine that reads it."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.conversion import convert

CHAIN = Path(__file__).resolve().parents[1] / "chains" / "bpi2013"


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Amsterdam", "America/New_York", "Pacific/Auckland", "Pacific/Chatham"]
)
def test_a_moment_with_an_offset_is_the_same_everywhere(zone):
    contract = load_contracts(CHAIN / "contracts")["volvo_it_incidents"]
    cells = pa.table(
        {"time:timestamp": ["2012-01-31T10:00:00.000+01:00", "2012-07-31T10:00:00+02:00"]}
    )
    with duckdb.connect() as connection:
        connection.execute(f"set TimeZone = '{zone}'")
        typed = convert(connection, cells, contract)

    assert typed["time:timestamp"].to_pylist() == [
        datetime(2012, 1, 31, 9, tzinfo=UTC),
        datetime(2012, 7, 31, 8, tzinfo=UTC),
    ]
