"""What kind of chain a publication is about, so that pages leave out what it does not have.

Here: what follows from its hand-offs.
Not here: the hand-offs themselves (`queries`), and any sentence (`pipelines.wording`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dashboard import queries
from dashboard.publication import Publication
from pipelines.wording.rows import records, text_of


@dataclass(frozen=True)
class Nature:
    """What a chain has.

    Attributes:
        cites: Its hand-offs rest on paragraphs of the circular.
        is_two_sided: Sender and receiver both record some moment.
        passes_on: A hand-off goes from one organisation to another.
    """

    cites: bool
    is_two_sided: bool
    passes_on: bool

    def key(self, key: str) -> str:
        """Return the key of the text that does not lean on the circular where none is cited."""
        return key if self.cites else f"{key}_without_circular"


@lru_cache(maxsize=8)
def nature_of(publication: Publication) -> Nature:
    """Tell what a chain has by its hand-offs."""
    rows = records(queries.handoffs(publication))
    return Nature(
        cites=any(text_of(row, "paragraph") for row in rows),
        is_two_sided=any(text_of(row, "sent_milestone") for row in rows),
        passes_on=any(map(passes_on, rows)),
    )


def passes_on(handoff: Mapping[str, Any]) -> bool:
    """Whether a hand-off goes from one organisation to another."""
    return text_of(handoff, "from_organisation") != text_of(handoff, "to_organisation")


def exits_of(handoff: Mapping[str, Any]) -> list[str]:
    """Return the milestones that end a hand-off in another way than its stop."""
    return [
        milestone for milestone in text_of(handoff, "competing_milestone").split("|") if milestone
    ]
