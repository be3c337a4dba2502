"""The indicator register, read as data: what the parametrised tests run over.

Here: reading `dim_indicator.yml`, nothing else; the product's own reader is not used.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "dbt_project/models/indicators/dim_indicator.yml"


def entries(*kinds: str) -> list[dict[str, Any]]:
    """Entries of these kinds, in the order written; the caller may change them."""
    return [deepcopy(entry) for entry in _register() if entry["kind"] in kinds]


@cache
def _register() -> list[dict[str, Any]]:
    document = yaml.load(PATH.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    register: list[dict[str, Any]] = document["models"][0]["config"]["meta"]["indicators"]
    return register
