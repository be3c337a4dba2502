"""What the codes of a chain are called.

Here: phases.
Not here: labels that stand in a row of their own (`Words.label`).
"""

import pandas as pd

from pipelines.wording.language import Words
from pipelines.wording.rows import Row, first

_PHASE = "phase"


def phase_name(phase: str, members: pd.DataFrame, words: Words) -> str:
    """Name a phase: as the chain's seeds do (dimension `phase`), else as the texts do."""
    own: Row = first(members[(members["dimension"] == _PHASE) & (members["member"] == phase)])
    return words.label(own) or words.name(_PHASE, phase)
