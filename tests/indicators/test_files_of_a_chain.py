"""The files of platform and advisory body, opened with plain DuckDB: every table and column."""

from pathlib import Path

import duckdb
import pytest

from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.current import current_path
from tests.dashboard.published_fixture import SCHEMA
from tests.indicators.conftest import PublishedChain


def columns_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "select table_name, column_name, data_type from information_schema.columns order by all"
    ).fetchall()


def cells_like(path: Path, pattern: str) -> dict[tuple[str, str], str]:
    """A cell of each column of texts that matches a pattern."""
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        for table, column, kind in columns_of(connection):
            if kind == "VARCHAR":
                cell = connection.execute(
                    f'select "{column}" from "{table}" where regexp_matches("{column}", ?) limit 1',
                    [pattern],
                ).fetchall()
                if cell:
                    found[table, column] = str(cell[0][0])
    return found


def file_of(chain: PublishedChain, audience: str) -> Path:
    path = current_path(chain.settings, audience)
    assert path is not None
    return path


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_every_table_and_column_is_named_in_the_catalogue_and_there(published_chain, audience):
    named = AUDIENCES[audience].columns
    assert named

    with duckdb.connect(str(file_of(published_chain, audience)), read_only=True) as connection:
        found = {(table, column) for table, column, _ in columns_of(connection)}

    assert found == {(table, column) for table, columns in named.items() for column in columns}


@pytest.mark.parametrize("audience", list(AUDIENCES))
def test_a_column_that_is_empty_still_says_what_it_would_hold(published_chain, audience):
    with duckdb.connect(str(file_of(published_chain, audience)), read_only=True) as connection:
        untyped = [where for *where, kind in columns_of(connection) if "NULL" in kind]

    assert untyped == []


def test_what_pages_are_tried_on_has_no_table_or_column_that_a_real_file_lacks(published_chain):
    found: set[tuple[str, str]] = set()
    for audience in AUDIENCES:
        with duckdb.connect(str(file_of(published_chain, audience)), read_only=True) as connection:
            found |= {(table, column) for table, column, _ in columns_of(connection)}
    tried = {
        (table, column.split()[0].strip('"'))
        for table, columns in SCHEMA.items()
        for column in columns.split(",")
    }

    assert tried - found == set()


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_no_cell_names_a_delivered_table_or_says_less_than_a_threshold(published_chain, audience):
    contracts = published_chain.settings.contracts_dir.glob("*.yaml")
    # A local team of the police is an organisation, and what it records a table.
    tables = {path.name.split(".")[0] for path in contracts} - {"politie_basisteam"}
    path = file_of(published_chain, audience)

    assert cells_like(path, rf"\b({'|'.join(sorted(tables))})\b") == {}
    assert cells_like(path, r"<\s?(5|10)\b") == {}
    # Deliveries have hashes of their own; those of the file are on its two tables about itself.
    hashed = {table for table, _ in cells_like(path, "^[0-9a-f]{64}$")}
    assert hashed <= {"publication", "table_hash"}
