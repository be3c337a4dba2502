"""What is known beside the rows of a list: register, fitness of the data, names of members.

Here: each read once from the published file, and looked up.
Not here: how it is written (`pipelines.wording`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.pack.paper import Paper
from pipelines.wording.questions import INDICATORS
from pipelines.wording.rows import Row, records, text_of


@dataclass(frozen=True)
class Register:
    """The register of indicators and what belongs to it.

    Attributes:
        frame: Newest version of every indicator, in the order of the register.
        entries: The same rows, by indicator.
        quality: Row of `quality`, by indicator.
        members: Name of every member, by dimension and code.
        organisations: Who deliver, in their fixed order.
    """

    frame: pd.DataFrame
    entries: Mapping[str, Row]
    quality: Mapping[str, Row]
    members: Mapping[tuple[str, str], str]
    organisations: list[Row]

    def entry(self, indicator: str) -> Row:
        """Return the entry of an indicator; an empty one where it has none."""
        return self.entries.get(indicator, {})

    def badge(self, indicator: str) -> str:
        """Return the code of the fitness of the data under an indicator."""
        return text_of(self.quality.get(indicator, {}), "badge") or "unknown"

    def member_of(self, row: Row) -> str:
        """Name the member a row is about; empty for the country."""
        if row["dimension"] == NATIONAL:
            return ""
        return self.members.get((row["dimension"], row["member"])) or str(row["member"])


def register_of(paper: Paper) -> Register:
    """Read the register of a file.

    Args:
        paper: The file.
    """
    newest = paper.frame(INDICATORS)
    return Register(
        newest,
        {str(row["indicator"]): row for row in records(newest)},
        {str(row["indicator"]): row for row in records(paper.table("quality"))},
        {
            (str(row["dimension"]), str(row["member"])): paper.words.label(row)
            for row in records(paper.table("dimension_member", "dimension, sort_order"))
        },
        records(paper.table("organisation", "sort_order")),
    )
