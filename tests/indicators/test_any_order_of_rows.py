"""No figure depends on the order of rows: neither on that of deliveries nor on that of threads.

A sum of floating-point numbers has other last digits when they come in another order, and so has
whatever takes the first of equals. On a small machine threads hardly ever show it; rows that lie in
another order do so every time.
"""

import shutil
from dataclasses import replace

import duckdb
import pytest

from pipelines.warehouse import open_warehouse, stored_build_dates
from tests.publication.rebuild import build_again, published_content


def shuffle(connection: duckdb.DuckDBPyConnection) -> int:
    """Put the rows of every delivered table in another order; returns how many there are."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()
    rows = 0
    for (table,) in tables:
        connection.execute(
            f"create or replace table raw.{table} as from raw.{table} order by hash(rowid)"
        )
        [(found,)] = connection.execute(f"select count(*) from raw.{table}").fetchall()
        rows += found
    return rows


@pytest.mark.long
@pytest.mark.parametrize("published_chain", [pytest.param(11, id="seed_11")], indirect=True)
def test_rows_in_another_order_publish_the_same_content(published_chain, tmp_path):
    settings = published_chain.settings
    scratch = replace(settings, home=tmp_path)
    shutil.copyfile(settings.warehouse_path, scratch.warehouse_path)
    with open_warehouse(scratch) as connection:
        assert shuffle(connection) > 10_000
        dates = stored_build_dates(connection)

    again = build_again(settings, dates, scratch.warehouse_path)

    before = published_content(settings)
    assert len(before) > 40
    assert {name for name in before if again.get(name) != before[name]} == set()
    assert set(again) == set(before)
