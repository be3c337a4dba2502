"""The delivered tables as dbt knows them: its sources, written from the contracts.

Here: one source per supplier, each table with the columns, types and descriptions of its contract,
so that none of them is written down a second time.
Not here: loading the tables (`pipelines.deliveries.current_state`), and the tables the monitor
keeps itself, event logs among them (`dbt_project/models/_sources.yml`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.atomic import write_text
from pipelines.deliveries.contract import Contract
from pipelines.settings import Settings

_FILE = "delivered.yml"


def write_sources(settings: Settings, contracts: Mapping[str, Contract]) -> Path:
    """Write the sources of a chain where dbt reads them beside its own models.

    Args:
        settings: Where dbt keeps its files.
        contracts: Contracts by id.

    Returns:
        The folder. Sources that are the same are left alone.
    """
    path = settings.home / "dbt" / "sources" / _FILE
    text = yaml.safe_dump(sources_of(contracts), sort_keys=False, allow_unicode=True, width=100)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    return path.parent


def sources_of(contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """The sources as dbt writes them; logs are none, since all of them come in as one table."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for contract in contracts.values():
        if contract.mode != "event_log":
            tables.setdefault(contract.supplier, []).append(_table(contract))
    return {
        "sources": [
            {
                "name": supplier,
                "schema": "raw",
                "description": f"What {supplier} delivered, as of the dates of the build.",
                "tables": delivered,
            }
            for supplier, delivered in tables.items()
        ]
    }


def _table(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.table,
        "identifier": contract.id,
        "description": f"{contract.title}. {contract.grain}",
        "config": {"meta": {"dagster": {"asset_key": ["raw", contract.id]}}},
        "columns": [
            {
                "name": column.canonical,
                "data_type": column.landing_type,
                "description": column.description,
            }
            for column in contract.data_columns
        ],
    }
