"""A frame by way of Arrow is that of DuckDB's own way, of every type and with nothing there."""

import random

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


@pytest.mark.parametrize(("digits", "scale"), [(18, 9), (38, 9), (9, 2), (18, 12)])
def test_decimals_become_the_floats_nearest_to_them(connection, digits, scale):
    drawn = random.Random(scale)
    whole = [drawn.randrange(-(10**digits), 10**digits) % 10**15 for _ in range(2_000)]
    whole = [number % 10**digits for number in [0, 1, 732_283_465, *whole]]
    connection.execute(f"create table it (cell decimal({digits}, {scale}))")
    texts = [f"{number // 10**scale}.{number % 10**scale:0{scale}d}" for number in whole]
    texts = [text for text in texts if len(text.replace(".", "").lstrip("0")) <= digits]
    connection.execute(f"insert into it values {', '.join(f'({text})' for text in texts)}")

    assert to_frame(connection.sql("from it"))["cell"].tolist() == [float(text) for text in texts]


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("cells", ["{v}", "{v}, null", "null", ""], ids=["all", "some", "no", "0"])
def test_it_is_the_same_frame(connection, kind, cells):
    connection.execute(f"create table it (cell {kind})")
    for cell in filter(None, cells.format(v=VALUES[kind]).split(", ")):
        connection.execute(f"insert into it values ({cell})")
    pd.testing.assert_frame_equal(
        to_frame(connection.sql("from it")), connection.execute("from it").df()
    )
