"""A small codebook in two versions, and evaluations to code with it."""

import pandas as pd
import pytest

from pipelines.evaluation.codebook import Codebook

COLUMNS = ["theme", "version", "comparable_group", "valid_from", "valid_to"]
# `laat` is split in two; `rol` stays; `dubbel` and `los` are merged.
THEMES = [
    ("laat", 1, "laat", "2024-01-01", "2025-06-30"),
    ("product", 2, "laat", "2025-07-01", None),
    ("signaal", 2, "laat", "2025-07-01", None),
    ("rol", 1, "rol", "2024-01-01", None),
    ("dubbel", 1, "samen", "2024-01-01", "2025-06-30"),
    ("los", 1, "samen", "2024-01-01", "2025-06-30"),
    ("samen", 2, "samen", "2025-07-01", None),
]
MAPPING = [
    ("laat", "product", 2, "split"),
    ("laat", "signaal", 2, "split"),
    ("dubbel", "samen", 2, "merge"),
    ("los", "samen", 2, "merge"),
]


def theme_rows(rows=THEMES):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(facet="taak", label_nl=frame["theme"], label_en=frame["theme"])


def mapping_rows(rows=MAPPING):
    return pd.DataFrame(rows, columns=["from_theme", "to_theme", "version", "relation"])


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return Codebook.from_frames(theme_rows(), mapping_rows())


def evaluations(*rows):
    """Rows (record, held on, version)."""
    return pd.DataFrame(rows, columns=["record_key", "held_on", "codebook_version"])


def codes(*rows):
    """Rows (record, theme, hand-off)."""
    return pd.DataFrame(rows, columns=["record_key", "theme", "handoff_id"])
