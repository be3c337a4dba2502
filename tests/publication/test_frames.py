"""A frame by way of Arrow is that of DuckDB's own way, of every type and with nothing there."""

import duckdb
import pandas as pd
import pytest

from pipelines.frames import to_frame

VALUES = {
    "varchar": "'a'",
    "boolean": "true",
    "tinyint": "1",
    "integer": "1",
    "bigint": "9007199254740993",
    "hugeint": "7",
    "double": "0.5",
    "decimal(18,3)": "1.125",
    "date": "'2026-03-01'",
    "timestamp": "'2026-03-01 12:00'",
    "timestamptz": "'2026-03-01 12:00+01'",
}


@pytest.fixture
def connection():
    with duckdb.connect() as connected:
        connected.execute("set TimeZone = 'UTC'")
        yield connected


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("cells", ["{v}", "{v}, null", "null", ""], ids=["all", "some", "no", "0"])
def test_it_is_the_same_frame(connection, kind, cells):
    connection.execute(f"create table it (cell {kind})")
    for cell in filter(None, cells.format(v=VALUES[kind]).split(", ")):
        connection.execute(f"insert into it values ({cell})")
    pd.testing.assert_frame_equal(
        to_frame(connection.sql("from it")), connection.execute("from it").df()
    )
