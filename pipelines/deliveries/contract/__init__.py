"""Contracts: what a chain partner delivers, read from Open Data Contract Standard v3 YAML.

Belongs here: the contract as the rest of the package uses it (`model`), the parts of the document
it is read from (`properties`, `document`), and the checks of the whole (`checks`).
Does not belong here: applying a contract to a file (`readers`, `guard`, `scan`), and showing it to
a partner (`pipelines.deliveries.partner`).
"""

from pipelines.deliveries.contract.checks import SUFFIX, timezone_of
from pipelines.deliveries.contract.document import EARLIER_FOLDER, load_contract, load_contracts
from pipelines.deliveries.contract.model import (
    CHANGE_COLUMN,
    GRANULARITIES,
    LIFECYCLE_OF_ROW,
    WITHDRAWAL,
    Column,
    Contract,
    ContractError,
    EventLogMapping,
    Rule,
)

__all__ = [
    "CHANGE_COLUMN",
    "EARLIER_FOLDER",
    "GRANULARITIES",
    "LIFECYCLE_OF_ROW",
    "SUFFIX",
    "WITHDRAWAL",
    "Column",
    "Contract",
    "ContractError",
    "EventLogMapping",
    "Rule",
    "load_contract",
    "load_contracts",
    "timezone_of",
]
