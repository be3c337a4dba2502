"""Merges: pseudonyms that somebody decided are one, from a date on.

Here: reading `merges.csv`, and replacing the keys in the tables of a build.
Not here: suspecting that two keys are one (`doubles`); suspicion never merges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.deliveries.contract import Contract, ContractError
from pipelines.deliveries.conversion import quote
from pipelines.deliveries.lists import ListError, read_list

MERGES_NAME = "merges.csv"


MERGE_COLUMNS = ("from_key", "to_key", "valid_from", "reason")


@dataclass(frozen=True)
class Merge:
    """Two pseudonyms that somebody decided are one.

    Attributes:
        from_key: The pseudonym that is replaced.
        to_key: The pseudonym that stays.
        valid_from: First reference date of a build that uses the merge.
        reason: Why.
    """

    from_key: str
    to_key: str
    valid_from: date
    reason: str


def read_merges(seeds_dir: Path, reference_date: date) -> tuple[Merge, ...]:
    """Read the merges that hold for a build.

    Args:
        seeds_dir: Seeds of the chain; without the list there are no merges.
        reference_date: Reference date of the build.

    Returns:
        Merges, each leading to the key that stays in the end.

    Raises:
        ContractError: The list is not right.
    """
    path = seeds_dir / MERGES_NAME
    if not path.exists():
        return ()
    merges: dict[str, Merge] = {}
    try:
        rows = list(read_list(path, MERGE_COLUMNS))
    except ListError as error:
        raise ContractError(str(error)) from error
    for line, row in rows:
        try:
            day = date.fromisoformat(row["valid_from"])
        except ValueError as error:
            raise ContractError(
                f"{path}: regel {line}: valid_from is geen datum jjjj-mm-dd"
            ) from error
        if not row["reason"] or row["from_key"] in merges or row["from_key"] == row["to_key"]:
            raise ContractError(
                f"{path}: regel {line}: elke samenvoeging heeft een reden en komt "
                "één keer voor; herstel de regel"
            )
        if day <= reference_date:
            merge = Merge(row["from_key"], row["to_key"], day, row["reason"])
            merges[merge.from_key] = merge
    return tuple(
        Merge(merge.from_key, _final(merge, merges, path), merge.valid_from, merge.reason)
        for merge in merges.values()
    )


def _final(merge: Merge, merges: Mapping[str, Merge], path: Path) -> str:
    """The key at the end of a row of merges."""
    seen = {merge.from_key}
    key = merge.to_key
    while key in merges:
        if key in seen:
            raise ContractError(f"{path}: samenvoegingen lopen rond; verwijder er een")
        seen.add(key)
        key = merges[key].to_key
    return key


def apply_merges(
    connection: duckdb.DuckDBPyConnection, contract: Contract, merges: Sequence[Merge]
) -> None:
    """Replace merged pseudonyms in one table of the schema `raw`, which was just loaded."""
    columns = [column.canonical for column in contract.data_columns if column.pseudonym]
    if not merges or not columns:
        return
    connection.register("merge_list", merge_list(merges))
    for name in columns:
        connection.execute(
            f"update raw.{quote(contract.id)} as delivered set {quote(name)} = merge_list.to_key "
            f"from merge_list where delivered.{quote(name)} = merge_list.from_key"
        )
    connection.unregister("merge_list")


def merge_list(merges: Sequence[Merge]) -> pa.Table:
    """Merges as a table of `from_key` and `to_key`."""
    return pa.table(
        {
            "from_key": [merge.from_key for merge in merges],
            "to_key": [merge.to_key for merge in merges],
        }
    )
