"""The name of a delivered file, which says whose it is, what it holds and as of when.

Here: reading a file name, the identity of a delivery, and how a file may be called.
Not here: whether a contract for it exists (`intake`), and what is in the file (`readers`).

A partner typed the name, so it may hold somebody's. Outside quarantine a file is called by what
its name says under a contract, or else by its number in the inbox: never by the name itself.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# An organisation may hold underscores and a table may not, so that `politie_leo_inzet` reads in one
# way, with or without contracts at hand.
TABLE_NAME = r"[a-z][a-z0-9]*"
# What a file can be by its name; any other ending is as good as none.
EXTENSIONS = ("csv", "parquet", "xlsx", "jsonl", "ndjson", "xes")

_FORM = re.compile(
    rf"(?P<organisation>[a-z][a-z0-9_]*)_(?P<table>{TABLE_NAME})"
    r"_(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})_v(?P<version>[1-9][0-9]{0,3})"
    r"\.(?P<extension>[a-z0-9]+)(?:\.(?P<compression>gz|zip))?"
)


@dataclass(frozen=True, order=True)
class DeliveryName:
    """What a file name says.

    Attributes:
        organisation: Code of the supplier.
        table: Name of the delivered table, without the supplier.
        reference_date: Day as of which the table is given.
        version: Number the supplier gave; a higher one replaces a lower one.
        extension: Format by name, one of `EXTENSIONS`, without compression; empty for another.
        compression: `gz`, `zip` or empty.
    """

    organisation: str
    table: str
    reference_date: date
    version: int
    extension: str = ""
    compression: str = ""

    @property
    def contract_id(self) -> str:
        """Id of the contract the file falls under."""
        return f"{self.organisation}_{self.table}"

    @property
    def delivery_id(self) -> str:
        """Name of the delivery: the file name without its extensions."""
        return f"{self.contract_id}_{self.reference_date.isoformat()}_v{self.version}"

    @property
    def file_name(self) -> str:
        """How the file may be called, under a contract: made of what was agreed, not as typed."""
        return ".".join(filter(None, (self.delivery_id, self.extension, self.compression)))

    @property
    def holds_more_than_cells(self) -> bool:
        """Whether such a file can hold what is neither heading nor cell: CSV and JSON lines cannot.

        A workbook has other sheets, comments and authors, Parquet and XES have metadata, and what
        is packed has a name and remarks of its own.
        """
        return bool(self.compression) or self.extension not in {"csv", "jsonl", "ndjson"}


def parse_name(name: str) -> DeliveryName | None:
    """Read a file name.

    Returns:
        What it says; None when it is not of the agreed form or its date does not exist.
    """
    found = _FORM.fullmatch(Path(name).name)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return DeliveryName(
        found["organisation"],
        found["table"],
        day,
        int(found["version"]),
        found["extension"] if found["extension"] in EXTENSIONS else "",
        found["compression"] or "",
    )


def agreed_name(name: str, contracts: Container[str]) -> DeliveryName | None:
    """Read a file name that may be shown.

    Returns:
        What it says; None when there is no contract for it: what looks like a supplier and a table
        may be somebody's first and last name.
    """
    parsed = parse_name(name)
    return parsed if parsed is not None and parsed.contract_id in contracts else None
