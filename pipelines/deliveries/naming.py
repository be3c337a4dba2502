"""The name of a delivered file, which says whose it is, what it holds and as of when.

Here: reading a file name, and the identity of a delivery.
Not here: whether a contract for it exists (`intake`), and what is in the file (`readers`).
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# An organisation may hold underscores and a table may not, so that `politie_leo_inzet` reads in one
# way, with or without contracts at hand.
TABLE_NAME = r"[a-z][a-z0-9]*"
# What a partner may wrap a file in.
COMPRESSIONS = ("gz", "zip")

_FORM = re.compile(
    rf"(?P<organisation>[a-z][a-z0-9_]*)_(?P<table>{TABLE_NAME})"
    r"_(?P<day>\d{4}-\d{2}-\d{2})_v(?P<version>[1-9]\d{0,3})"
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
        extension: Format by name, such as `csv`; without compression.
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


def parse_name(name: str) -> DeliveryName | None:
    """Read a file name.

    Args:
        name: Name of a file, without folder.

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
        found["extension"],
        found["compression"] or "",
    )
