"""The two tables of signals: their columns, their rows as they grow, and writing them.

Here: `signal` (one row per charted series) and `signal_point` (one per point of a series with
limits). Not here: what stands in a row (`charted`).
"""

from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.signals.series import SeriesSignal
from pipelines.warehouse import write_table

SIGNAL_COLUMNS = {
    "signal_id": "string",
    "series_id": "string",
    "indicator": "string",
    "version": "string",
    "statistic": "string",
    "view": "string",
    "side": "string",
    "unit": "string",
    "period_grain": "string",
    "dimension": "string",
    "member": "string",
    "chart": "string",
    "direction": "string",
    "period": "string",
    "since": "string",
    "n_run": "Int64",
    "n_points": "Int64",
    "n_gaps": "Int64",
    "variation": "string",
    "rule": "string",
    "moved": "string",
    "assurance": "string",
    "norm": "Float64",
    "value": "Float64",
    "centre": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "difference": "Float64",
    "newest_period": "string",
    "newest_value": "Float64",
    "is_confirmed": "boolean",
    "is_provisional": "boolean",
    "rebased_on": "object",
    "warnings": "string",
    "reason": "string",
    "instead": "string",
    "is_headline": "boolean",
    "n_compared": "Int64",
    "autocorrelation": "Float64",
    "skewness": "Float64",
    "dispersion": "Float64",
    "false_alarm_rate": "Float64",
    "p_value": "Float64",
    "evidence": "Float64",
    "strength": "string",
    "item": "string",
    "item_p_value": "Float64",
    "item_strength": "string",
    "discussion_rank": "Int64",
    "expected_false": "Float64",
}
POINT_COLUMNS = {
    "series_id": "string",
    "position": "Int64",
    "period": "string",
    "value": "Float64",
    "centre": "Float64",
    "lower": "Float64",
    "upper": "Float64",
    "near_lower": "Float64",
    "near_upper": "Float64",
    "rule": "string",
    "moved": "string",
    "variation": "string",
    "is_rebase": "boolean",
}


@dataclass(frozen=True)
class Signals:
    """The two tables.

    Attributes:
        signal: One row per charted series, with the columns of `SIGNAL_COLUMNS`.
        points: One row per period of every series with limits: `POINT_COLUMNS`.
    """

    signal: pd.DataFrame
    points: pd.DataFrame


@dataclass
class Rows:
    """The rows of both tables as they grow; points as one array per column and series."""

    signals: list[dict[str, Any]] = field(default_factory=list)
    members: list[tuple[dict[str, Any], SeriesSignal]] = field(default_factory=list)
    points: dict[str, list[Any]] = field(
        default_factory=lambda: {column: [] for column in POINT_COLUMNS}
    )

    def frame_of_points(self) -> pd.DataFrame:
        """The points as a table."""
        return pd.DataFrame(self.points).astype(POINT_COLUMNS)

    def add_points(self, series_id: str, signal: SeriesSignal) -> None:
        """Add the points of a series that has limits."""
        n = len(signal.periods)
        for name, values in {
            "series_id": [series_id] * n,
            "position": range(n),
            "period": signal.periods,
            "value": signal.values,
            "centre": signal.centre,
            "lower": signal.lower,
            "upper": signal.upper,
            "near_lower": signal.near_lower,
            "near_upper": signal.near_upper,
            "rule": [rule.value for rule in signal.rules],
            "moved": [moved_name(side) for side in signal.sides.tolist()],
            "variation": [
                None if variation is None else variation.value
                for variation in signal.point_variation
            ],
            "is_rebase": np.diff(signal.group, prepend=0) > 0,
        }.items():
            self.points[name].extend(values)


def write_signals(connection: duckdb.DuckDBPyConnection, schema: str, signals: Signals) -> None:
    """Write both tables to a schema or attached database.

    Args:
        connection: Open connection.
        schema: Where they go, as a prefix in SQL.
        signals: The tables.
    """
    for name, frame in (("signal", signals.signal), ("signal_point", signals.points)):
        columns = "* replace (cast(rebased_on as date) as rebased_on)" if name == "signal" else "*"
        write_table(connection, f"{schema}.{name}", frame, columns)


def moved_name(side: int) -> str | None:
    """Whither a point or series moved, 1 up and -1 down; None where it did not."""
    return {1: "up", -1: "down"}.get(side)
