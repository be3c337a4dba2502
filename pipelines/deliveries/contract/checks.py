"""What no single field of a contract can say about itself, nor one contract about the others.

Here: the checks of a contract as a whole, and of the contracts of a chain beside each other.
Not here: the checks of one property (`properties`), and those of the standard (`document`).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.deliveries.contract.model import CHANGE_COLUMN, Contract, ContractError
from pipelines.deliveries.naming import TABLE_NAME

SUFFIX = ".odcs.yaml"
_COLUMN_NAME = "[a-z][a-z0-9_]*"


def check_whole(name: str, contract: Contract) -> None:
    """Check what no single field can say about itself.

    Raises:
        ContractError: Fields contradict each other.
    """
    if contract.id != f"{contract.supplier}_{contract.table}":
        raise ContractError(
            f"{name}: id: '{contract.id}' is niet supplier_table; "
            f"maak er {contract.supplier}_{contract.table} van"
        )
    if not re.fullmatch(TABLE_NAME, contract.table):
        raise ContractError(
            f"{name}: customProperties.table: '{contract.table}' kan niet in een bestandsnaam; "
            "gebruik kleine letters en cijfers, zonder liggend streepje"
        )
    _check_names(name, contract)
    if not contract.key and contract.mode != "event_log":
        raise ContractError(
            f"{name}: schema[0].properties: geen kolom met primaryKey; wijs er een aan"
        )
    if contract.file_format == "xlsx" and not contract.sheet:
        raise ContractError(
            f"{name}: servers[0].customProperties: sheet ontbreekt; noem het werkblad"
        )
    for rule in contract.rules:
        listed = rule.arguments.get("column_list")
        if rule.name == "sleutel_uniek" and tuple(listed or ()) != contract.key:
            raise ContractError(
                f"{name}: schema[0].quality: sleutel_uniek noemt andere kolommen dan primaryKey"
            )


def _check_names(name: str, contract: Contract) -> None:
    """Check that every column has one name in the file and one in the warehouse."""
    delivered = [column.name for column in contract.columns]
    canonical = [column.canonical for column in contract.columns]
    for called in (delivered, canonical):
        if len(set(called)) < len(called):
            raise ContractError(f"{name}: schema[0].properties: een kolom komt twee keer voor")
    for column in contract.columns:
        if not re.fullmatch(_COLUMN_NAME, column.canonical):
            raise ContractError(
                f"{name}: schema[0].properties: '{column.canonical}' kan geen kolom heten; geef "
                "als name kleine letters, cijfers en liggende streepjes, en zet de naam in het "
                "bestand in physicalName"
            )
    if (contract.mode == "change_file") != (CHANGE_COLUMN in delivered):
        raise ContractError(
            f"{name}: schema[0].physicalType: kolom {CHANGE_COLUMN} hoort in een change_file, "
            "en alleen daar"
        )


def timezone_of(contracts: Mapping[str, Contract]) -> str:
    """The zone in which a day of the chain begins and ends: the one its contracts agree on.

    Args:
        contracts: Contracts by id, at least one, as `load_contracts` reads them.
    """
    return next(iter(contracts.values())).timezone


def check_one_timezone(contracts: Mapping[str, Contract]) -> None:
    """Check that a day is the same time for everybody: hand-offs are counted in days.

    Raises:
        ContractError: Two contracts name different zones.
    """
    agreed = timezone_of(contracts)
    for contract in contracts.values():
        if contract.timezone != agreed:
            first = next(iter(contracts))
            raise ContractError(
                f"{contract.id}{SUFFIX}: customProperties.timezone: '{contract.timezone}', maar in "
                f"{first}{SUFFIX} '{agreed}'; een keten telt dagen in één tijdzone: noem overal "
                "dezelfde, en laat tijdstippen uit een andere zone hun offset noemen (XXX)"
            )


def with_earlier(path: Path, current: Contract, earlier: Contract) -> Contract:
    """A contract with one more of its earlier versions.

    Args:
        path: File of the earlier version.
        current: The contract that holds, with the versions read so far.
        earlier: The version in that file.

    Raises:
        ContractError: A version does not say from when it holds, or two say the same.
    """
    versions = sorted(
        (*current.earlier, earlier),
        key=lambda version: version.valid_from or date.min,
        reverse=True,
    )
    dates = [current.valid_from, *(version.valid_from for version in versions)]
    if None in dates[:-1] or len(set(dates)) < len(dates):
        raise ContractError(
            f"{path.name}: customProperties.validFrom: elke versie na de eerste heeft een eigen "
            "begindatum nodig; vul validFrom in"
        )
    return replace(current, earlier=tuple(versions))
