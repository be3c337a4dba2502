"""What the codes of a chain are called.

Here: phases, families, and the moments a clock of an indicator runs between.
Not here: labels that stand in a row of their own (`Words.label`).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.wording.language import Words
from pipelines.wording.rows import Row, first, text_of

_PHASE = "phase"
# Where a hand-off says between which moments an indicator of this kind looks.
_ENDS = {
    "lead_time": ("start_milestone", "stop_milestone"),
    "reconciliation": ("sent_milestone", "received_milestone"),
}


def phase_name(phase: str, members: pd.DataFrame, words: Words) -> str:
    """Name a phase: as the chain's seeds do (dimension `phase`), else as the texts do."""
    own: Row = first(members[(members["dimension"] == _PHASE) & (members["member"] == phase)])
    return words.label(own) or words.name(_PHASE, phase)


def family_name(family: str, members: pd.DataFrame, words: Words) -> str:
    """Name a family; the lead time of a hand-off has the phase of its hand-off for one."""
    if f"family.{family}" in words.texts:
        return words.name("family", family)
    return phase_name(family, members, words)


def ends_of_clock(
    indicator: Mapping[str, Any], handoff: Mapping[str, Any]
) -> tuple[str, str] | None:
    """The milestones the clock of an indicator runs between; None of one without a clock."""
    columns = _ENDS.get(text_of(indicator, "kind"))
    if columns is None:
        return None
    start, stop = (text_of(handoff, column) for column in columns)
    return (start, stop) if start and stop else None
