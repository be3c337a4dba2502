"""What a column means is written once in English, beside its table, and once in Dutch."""

import json
import re
from collections.abc import Mapping

import duckdb
import pytest

from pipelines.plain_yaml import read_yaml
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.dictionary import data_dictionary, of_suites
from pipelines.publication.sources import SOURCES
from pipelines.settings import Settings
from pipelines.signals.tables import POINT_COLUMNS, SIGNAL_COLUMNS
from pipelines.wording.language import EVERY_TABLE, column_text, column_texts

ROOT = Settings().project_root
# They say what a file is, and are written after its dictionary.
OF_THE_FILE = {"publication", "table_hash"}


def of_project() -> dict[str, set[str]]:
    """Columns of models and seeds that dbt's own files describe."""
    return {
        node["name"]: {column["name"] for column in node.get("columns", [])}
        for path in (ROOT / "dbt_project" / "models").rglob("*.yml")
        for described in [read_yaml(path.read_text(encoding="utf-8"))]
        for node in (*described.get("models", ()), *described.get("seeds", ()))
    }


def parents_of(model: str) -> set[str]:
    """Models and seeds a model selects from."""
    return {
        name
        for path in (ROOT / "dbt_project" / "models").rglob(f"{model}.sql")
        for name in re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8"))
    }


@pytest.fixture(scope="module")
def there() -> dict[str, set[str]]:
    """Columns that are surely in a published table: described as its own, or named for a file."""
    models = of_project()
    columns: dict[str, set[str]] = {}
    for table, column in of_suites(ROOT / "expectations" / "published"):
        columns.setdefault(table, set()).add(column)
    for table, (relation, _) in SOURCES.items():
        columns.setdefault(table, set(models.get(relation.rpartition(".")[2], ())))
    for audience in AUDIENCES.values():
        for table, named in (audience.columns or {}).items():
            columns.setdefault(table, set()).update(named)
    return {table: own for table, own in columns.items() if table not in OF_THE_FILE}


@pytest.fixture(scope="module")
def possible(there: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Those, and the columns a table may have from the models and seeds it is made from."""
    models = of_project()
    found = {table: set(columns) for table, columns in there.items()}
    for table, (relation, _) in SOURCES.items():
        model = relation.rpartition(".")[2]
        for teller in (model, *parents_of(model)):
            found[table] |= models.get(teller, set())
    return found


def test_every_column_has_a_text_in_dutch(there):
    assert sum(map(len, there.values())) > 500
    assert [
        (table, column)
        for table, columns in there.items()
        for column in sorted(columns)
        if not column_text(table, column)
    ] == []


def test_no_text_is_of_a_column_that_is_not_there(possible):
    assert [
        (table, column)
        for table, texts in column_texts().items()
        if table != EVERY_TABLE
        for column in texts
        if column not in possible.get(table, ())
    ] == []


def test_a_text_for_every_table_is_that_of_several(possible):
    texts = column_texts()
    for column in texts[EVERY_TABLE]:
        taken = [
            table
            for table, columns in possible.items()
            if column in columns and column not in texts.get(table, {})
        ]
        assert len(taken) > 1, column


def test_no_table_repeats_what_holds_for_every_table():
    texts = column_texts()
    assert [
        (table, column)
        for table, own in texts.items()
        if table != EVERY_TABLE
        for column, text in own.items()
        if text == texts[EVERY_TABLE].get(column)
    ] == []


def test_a_table_says_it_itself_where_it_means_something_else():
    assert column_text("result", "period_grain") == column_text("change", "period_grain")
    assert "zeldzame gebeurtenis" in column_text("signal", "period_grain")
    assert column_text("result", "no_such_column") == ""


@pytest.mark.parametrize(
    ("table", "columns"), [("signal", SIGNAL_COLUMNS), ("signal_point", POINT_COLUMNS)]
)
def test_the_contract_of_charts_describes_their_columns_in_order(table, columns):
    suites = of_suites(ROOT / "expectations" / "published")
    assert [column for of_table, column in suites if of_table == table] == list(columns)


def test_a_column_is_described_where_it_comes_from(tmp_path):
    def node(kind: str, name: str, *parents: str, **columns: str) -> dict[str, object]:
        return {
            "resource_type": kind,
            "name": name,
            "depends_on": {"nodes": list(parents)},
            "columns": {
                column: {"name": column, "description": text} for column, text in columns.items()
            },
        }

    nodes = {
        "seed.terms": node("seed", "terms", term="Of the seed.", own="Of the seed."),
        "model.between": node("model", "between", term="Of a model.", step="Of a model."),
        "model.dim_term": node(
            "model", "dim_term", "model.between", "seed.terms", "source.raw", own="Its own."
        ),
    }
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": nodes}))
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as file")
        connection.execute("create table file.term (term text, step text, own text, other text)")
        dictionary = data_dictionary(
            connection, "file", {"term": "marts.dim_term"}, manifest, tmp_path, {}
        )
    assert dict(zip(dictionary["column_name"], dictionary["description"], strict=True)) == {
        "term": "Of the seed.",
        "step": "Of a model.",
        "own": "Its own.",
        "other": "",
    }
