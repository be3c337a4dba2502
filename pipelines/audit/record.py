"""The record of an audit: enough to repeat it and to see that it was of these files.

Here: one JSON document per audit.
Not here: the audit (`examine`).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.audit.examine import Examined
from pipelines.audit.periods import period_named
from pipelines.audit.published import Published


def record_of(
    examined: Examined, release: Published, predecessors: Sequence[Published] = ()
) -> dict[str, Any]:
    """The record as plain values.

    Args:
        examined: What was found.
        release: The file examined.
        predecessors: The files it was laid beside.

    Returns:
        `passes`, `rule`, `files` (name, hash, rounding base), `counts`, `findings`, `given_up` and
        `bounds` (columns and rows of what no printed number says outright).
    """
    bounds = examined.bounds
    derived = bounds[~bounds["is_told"] & (bounds["upper"] < float("inf"))]
    return {
        "passes": examined.passes,
        "rule": {
            "threshold": examined.rule.threshold,
            "has_insider": examined.rule.has_insider,
        },
        "files": [
            {
                "publication_id": item.publication_id,
                "sha256": item.sha256,
                "rounding_base": item.rounding_base,
            }
            for item in (*predecessors, release)
        ],
        "counts": examined.counts,
        "findings": with_periods(examined.findings).to_dict("records"),
        "given_up": examined.given_up.to_dict("records"),
        "bounds": {
            "columns": list(derived.columns),
            "rows": derived.astype(object).to_numpy().tolist(),
        },
    }


def write_record(record: dict[str, Any], path: Path) -> None:
    """Write a record; the same audit gives the same bytes."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def with_periods(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings with a column `period` in place of first month and number of months."""
    period = [
        period_named(int(start), int(months))
        for start, months in findings[["start", "months"]].itertuples(index=False, name=None)
    ]
    return findings.drop(columns=["start", "months"]).assign(period=period)
