"""The indicator register, read as data: what the parametrised tests run over.

Here: reading `dim_indicator.yml`, nothing else; the product's own reader is not used.
"""

from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "dbt_project/models/indicators/dim_indicator.yml"


def entries(*kinds: str) -> list[dict[str, Any]]:
    """Entries of these kinds, in the order written."""
    document = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    register = document["models"][0]["config"]["meta"]["indicators"]
    return [entry for entry in register if entry["kind"] in kinds]
