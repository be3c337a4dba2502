"""The data dictionary: what every column of a published file means.

Here: the descriptions put beside the columns that are really there.
Not here: the descriptions. Those of marts stand in the dbt project, those of seeds beside the
seeds, those of figures in the contract of the door out (`expectations/published`), and those of
delivered columns in the contract of the delivery. Each is written once; this is a view of them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.deliveries.contract import Contract
from pipelines.plain_yaml import read_yaml

TABLE = "data_dictionary"
COLUMNS = ("layer", "table_name", "column_name", "position", "data_type", "description", "source")


def data_dictionary(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    relations: Mapping[str, str],
    manifest: Path,
    suites: Path,
    contracts: Mapping[str, Contract],
) -> pd.DataFrame:
    """Describe the tables of a file, and the delivered tables its rows come from.

    Args:
        connection: Connection to which the file is attached.
        database: Under which name.
        relations: Relation of the warehouse each published table was made from.
        manifest: dbt's description of its project.
        suites: Folder with the contracts of published tables.
        contracts: Contracts of deliveries, by id.

    Returns:
        One row per column with the columns of `COLUMNS`: `layer` is published or delivered, and
        `source` where the description is written. A column nobody described has an empty one.
    """
    described = of_suites(suites)
    models = _of_models(json.loads(manifest.read_text(encoding="utf-8")))
    rows: list[tuple[object, ...]] = []
    for table, column, position, kind in connection.execute(
        """
        select table_name, column_name, column_index, data_type from duckdb_columns()
        where database_name = ? order by table_name, column_index
        """,
        [database],
    ).fetchall():
        model = relations.get(table, "").rpartition(".")[2]
        text, source = described.get((table, column)) or models.get((model, column)) or ("", "")
        rows.append(("published", table, column, position, kind, text, source))
    for name, contract in contracts.items():
        rows.extend(
            (
                "delivered",
                name,
                contract_column.name,
                position,
                contract_column.logical_type,
                contract_column.description,
                name,
            )
            for position, contract_column in enumerate(contract.columns, start=1)
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_models(manifest: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str]]:
    """Descriptions of the columns of dbt models; what a model leaves out its parents may tell."""
    nodes: dict[str, dict[str, Any]] = manifest["nodes"]
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for node in nodes.values():
        if node["resource_type"] != "model":
            continue
        # A seed is written by hand, so it knows its columns better than a model between.
        parents = sorted(
            (nodes[name] for name in node["depends_on"]["nodes"] if name in nodes),
            key=lambda parent: str(parent["resource_type"]),
        )
        for teller in (*parents, node):
            for column in teller["columns"].values():
                if column["description"]:
                    found[node["name"], column["name"]] = (
                        " ".join(column["description"].split()),
                        f"dbt {teller['resource_type']} {teller['name']}",
                    )
    return found


def of_suites(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Descriptions of columns in the contracts of published tables."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        suite = read_yaml(path.read_text(encoding="utf-8"))
        for column, text in suite.get("columns", {}).items():
            found[suite["table"], column] = (text, f"expectations/published/{path.name}")
    return found
