"""The README of the seeds says what the code says: columns, legal values and properties."""

from pathlib import Path

import pytest

from pipelines.chain.seeds import Seed, SeedColumn, described_seeds
from pipelines.deliveries.contract.properties import EVENT_LOG_COLUMNS, OBJECT_PROPERTIES
from pipelines.settings import Settings

SEEDS = described_seeds(Settings().dbt_project_dir)
README = Path(Settings().dbt_project_dir / "seeds" / "README.md").read_text(encoding="utf-8")


def legal(column: SeedColumn) -> str:
    """What a cell may hold, in the words of the README."""
    kinds = {"varchar": "text", "double": "number", "integer": "whole number", "date": "yyyy-MM-dd"}
    if column.values:
        said = ", ".join(f"`{value}`" for value in column.values)
    elif column.kind == "boolean":
        said = "`true`, `false`"
    elif column.refers_to:
        seed, name = column.refers_to.split(".")
        said = f"a `{name}` of {seed}.csv"
    elif column.form:
        said = f"`{column.form}`"
    else:
        said = kinds[column.kind]
    if column.separator:
        said += f"; several with `\\{column.separator}`"
    if column.least is not None:
        said += f"; at least {column.least:g}"
    if column.optional:
        return f"{said}; the column may be left out"
    return said if column.required else f"{said}; or empty"


def table(seed: Seed) -> list[str]:
    return [
        "| column | legal values | meaning |",
        "|---|---|---|",
        *(
            f"| `{column.name}` | {legal(column)} | {column.description} |"
            for column in seed.columns.values()
        ),
    ]


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_the_columns_of_a_seed_and_their_legal_values(seed):
    """What should stand there is in the message, to be copied."""
    expected = "\n".join([f"## {seed.file}", "", seed.description.strip(), "", *table(seed)])
    assert expected in README, expected


@pytest.mark.parametrize(
    ("heading", "described"), [("property", OBJECT_PROPERTIES), ("name", EVENT_LOG_COLUMNS)]
)
def test_the_properties_and_columns_of_an_event_log(heading, described):
    rows = [f"| `{name}` | {meaning} |" for name, meaning in described.items()]
    expected = "\n".join([f"| {heading} | meaning |", "|---|---|", *rows])
    assert expected in README, expected
