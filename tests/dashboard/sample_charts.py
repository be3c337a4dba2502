"""The charts of the sample publication, made as a build makes them.

Here: the tables `signal`, `signal_point`, `listing`, `rebase` and `theme_course` of drawn figures.
Not here: the figures (`sample_publication`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import cycle
from typing import Any

import pandas as pd

from pipelines.evaluation.course import theme_course
from pipelines.signals.background import Background, Norm, Rebase
from pipelines.signals.charted import signals_of
from tests.dashboard.published_fixture import REFERENCE_DATE

Row = Mapping[str, Any]
# New, listed longer, and listed before that was told.
LISTED_SINCE = ((REFERENCE_DATE, True), (date(2026, 7, 31), True), (date(2026, 4, 30), False))
REBASED_ON = date(2025, 1, 1)
NOTE = "Nieuw formulier in gebruik: de reeks begint hier opnieuw."


def chart_tables(
    results: Sequence[Row], indicators: Sequence[Row], norms: Sequence[Row]
) -> dict[str, list[dict[str, Any]]]:
    """Chart the figures of a sample; one of its indicators was rebased.

    Args:
        results: Rows of `result`.
        indicators: Rows of `indicator`.
        norms: Rows of `norm`.
    """
    figures = pd.DataFrame(results)
    for name in ("value", "lower", "upper", "numerator", "denominator"):
        figures[name] = pd.to_numeric(figures[name])
    background = Background(
        kinds={indicator["indicator"]: indicator["kind"] for indicator in indicators},
        directions={
            indicator["indicator"]: indicator.get("direction") or "neutral"
            for indicator in indicators
        },
        handoffs={
            indicator["indicator"]: indicator["handoff_id"]
            for indicator in indicators
            if indicator["handoff_id"]
        },
        reference_day=REFERENCE_DATE,
        norms=tuple(
            Norm(
                str(norm["handoff_id"]),
                str(norm["unit"]),
                float(norm["value"]),
                date.fromisoformat(str(norm["valid_from"])),
                date.fromisoformat(str(norm["valid_to"])) if norm["valid_to"] else None,
            )
            for norm in norms
        ),
        rebases=(Rebase(REBASED_ON, "triage_lead_time", "K13"),),
    )
    found = signals_of(figures, background)
    return {
        "signal": _rows(found.signal),
        "signal_point": _rows(found.points),
        "listing": [
            {"item": item, "listed_since": day, "is_since_known": is_known}
            for item, (day, is_known) in zip(
                found.signal["item"].dropna().unique(),
                cycle(LISTED_SINCE),
                strict=False,
            )
        ],
        "rebase": [
            {
                "record_key": "AT0000001",
                "day": REBASED_ON,
                "handoff_id": "K13",
                "indicator": "triage_lead_time",
                "note": NOTE,
            }
        ],
    }


def course_rows(
    series: Sequence[Row], results: Sequence[Row], signal: Sequence[Row]
) -> list[dict[str, Any]]:
    """Conclude what themes do from their figures and charts."""
    return _rows(theme_course(*(pd.DataFrame(rows) for rows in (series, results, signal))))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    whole = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in whole.to_dict("records")]
