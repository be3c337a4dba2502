"""The subjects of a chain: its phases, each with the hand-offs and indicators that belong to it.

Here: which belong where, by what is published.
Not here: what a subject's page shows (`app_pages.subject`), and their names (`wording.names`).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.wording.rows import records, text_of


def phases_of(handoffs: pd.DataFrame) -> list[str]:
    """Return the phases in the order of the chain.

    Args:
        handoffs: Rows of `handoff` in that order.
    """
    return list(dict.fromkeys(str(phase) for phase in handoffs["phase"]))


def phase_by_handoff(handoffs: pd.DataFrame) -> dict[str, str]:
    """Return the phase of every hand-off."""
    return {str(row["handoff_id"]): str(row["phase"]) for row in records(handoffs)}


def phase_of(indicator: Mapping[str, Any], phases: Mapping[str, str]) -> str:
    """Return the phase an indicator belongs to; empty where it is about the chain as a whole.

    Args:
        indicator: Its row of the register.
        phases: The phase of every hand-off.
    """
    own = phases.get(text_of(indicator, "handoff_id"), "")
    return own or text_of(indicator, "phase")
