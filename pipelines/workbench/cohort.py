"""The figures of a cohort of a researcher's own choice, by the functions that make published ones.

Here: rows of `fct_handoff` as one cell, its median, P90, restricted mean and share within norm, and
its whole curve.
Not here: choosing the rows (`choice`), the figures themselves (`pipelines.indicators.lead_times`)
and the estimators (`pipelines.statistics`). Where a choice is a published cohort its figures are
those that were published; a test holds them together.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.horizons import horizon
from pipelines.indicators.lead_time_cells import (
    GROSS,
    KEYS,
    NET,
    STATUSES,
    Clock,
    Cohorts,
    FloatArray,
)
from pipelines.indicators.lead_times import (
    WHOLE_UNITS,
    cohort_quantiles,
    cohort_shares,
    never_one_day,
)
from pipelines.statistics.competing import aalen_johansen
from pipelines.statistics.risk_sets import FEWEST_FOLLOWED
from pipelines.statistics.survival import ShareDone, share_done
from pipelines.workbench.choice import Choice

CLOCKS = {clock.name: clock for clock in (GROSS, NET)}
COLUMNS = (
    "status", "duration", "norm_duration", "norm_value", "followable", "norm_followable",
    "net_status", "net_duration", "net_norm_duration", "net_followable", "net_norm_followable",
)  # fmt: skip
"""Columns of `fct_handoff` that the figures rest on."""
_ASIDE = frozenset({"negative"})
_CAUSE = {"completed": 1, "open": 0, "competing": 2}


@dataclass(frozen=True)
class Measured:
    """What the definition of a hand-off says of its figures.

    Attributes:
        unit: Unit of its clock.
        has_competing: It can end in another way than by its stop.
        typical: Median of what was ever completed, which sets the horizon of the restricted mean;
            None where nothing was.
    """

    unit: str
    has_competing: bool
    typical: float | None


@dataclass(frozen=True)
class Cohort:
    """A chosen cohort and what is known of it.

    Attributes:
        choice: Which cases.
        unit: Unit of its lengths.
        n: Hand-offs that started.
        n_by_status: How many of them are completed, open, or ended another way.
        n_aside: Those set aside as findings, such as a stop before its start.
        curve: Share completed by each length of time.
        figures: One row per statistic: `statistic, numerator, denominator, value, lower, upper,
            n_at_risk, status`, as in the published table.
    """

    choice: Choice
    unit: str
    n: int
    n_by_status: dict[str, int]
    n_aside: int
    curve: ShareDone
    figures: pd.DataFrame

    @cached_property
    def by_statistic(self) -> dict[str, dict[str, Any]]:
        """The other columns of `figures`, by statistic."""
        return {
            str(statistic): {str(column): value for column, value in row.items()}
            for statistic, row in self.figures.set_index("statistic").to_dict("index").items()
        }


def estimate(
    rows: pd.DataFrame, choice: Choice, measured: Measured, clock: str = GROSS.name
) -> Cohort:
    """Work out the figures of a cohort.

    Args:
        rows: Its rows of `fct_handoff`, with at least `COLUMNS`.
        choice: Which they are.
        measured: Of the hand-off.
        clock: `gross`, or `net` of coded pauses.
    """
    read = CLOCKS[clock]
    kept = rows[rows["status"].isin(STATUSES) & rows["duration"].notna()]
    by_length = _one_cell(kept, choice, read, by_norm=False)
    competing = {choice.handoff} if measured.has_competing else set()
    figures = pd.DataFrame(columns=["statistic", "value"])
    if len(by_length.cells):
        by_norm = _one_cell(kept, choice, read, by_norm=True)
        figures = _figures(by_length, by_norm, choice, measured, competing)
    return Cohort(
        choice=choice,
        unit=measured.unit,
        n=int(by_length.n_cases.sum()),
        n_by_status={
            status: int((by_length.status == position).sum())
            for position, status in enumerate(STATUSES)
        },
        n_aside=int(rows["status"].isin(list(_ASIDE)).sum()),
        curve=_curve(by_length, measured.has_competing),
        figures=figures,
    )


def _figures(
    by_length: Cohorts, by_norm: Cohorts, choice: Choice, measured: Measured, competing: set[str]
) -> pd.DataFrame:
    horizons = {}
    if measured.typical is not None:
        horizons[choice.handoff] = horizon(measured.typical, measured.unit)
    frames = [cohort_quantiles(by_length, competing, horizons, np.zeros(len(by_length.cells)))]
    if len(by_norm.cells):
        frames.append(cohort_shares(by_norm, competing, np.zeros(len(by_norm.cells))))
    whole = {choice.handoff} if measured.unit in WHOLE_UNITS else set()
    figures = never_one_day(pd.concat(frames, ignore_index=True), whole)
    return figures.drop(columns=[*KEYS, "view"])


def _one_cell(rows: pd.DataFrame, choice: Choice, clock: Clock, *, by_norm: bool) -> Cohorts:
    """The rows as one cell, or one per norm that their clocks started under; none without rows."""
    length = clock.norm_length if by_norm else clock.length
    followable = clock.norm_followable if by_norm else clock.followable
    frame = pd.DataFrame(
        {
            "norm": rows["norm_value"] if by_norm else 0.0,
            "duration": rows[length],
            "status": rows[clock.status].map(STATUSES.index, na_action="ignore"),
            "followable": rows[followable],
        }
    ).astype(float)
    frame = frame.dropna(subset=["norm", "duration", "status"]).sort_values(["norm", "duration"])
    norms, code = np.unique(frame["norm"].to_numpy(), return_inverse=True)
    cells = pd.DataFrame(
        [(choice.handoff, "chosen", choice.period, NATIONAL, NATIONAL)] * norms.size,
        columns=list(KEYS),
    ).assign(norm=norms if by_norm else np.nan)
    return Cohorts(
        cells,
        code.astype(np.int64),
        frame["duration"].to_numpy(),
        frame["status"].to_numpy(np.uint8),
        np.ones(len(frame), np.int64),
        np.array([_longest_followed(frame.loc[frame["norm"] == norm]) for norm in norms], float),
    )


def _longest_followed(frame: pd.DataFrame) -> float:
    """Potential follow-up that enough cases have; NaN in a smaller cell."""
    longest = frame["followable"].nlargest(FEWEST_FOLLOWED)
    return float(longest.iloc[-1]) if len(longest) == FEWEST_FOLLOWED else float("nan")


def _curve(cohort: Cohorts, has_competing: bool) -> ShareDone:
    if not len(cohort.cells):
        nothing: FloatArray = np.zeros(0)
        return ShareDone(nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
    followed = float(cohort.followed[0])
    if not has_competing:
        return share_done(cohort.duration, cohort.is_completed, followed=followed)
    causes = np.array([_CAUSE[STATUSES[position]] for position in cohort.status])
    return aalen_johansen(cohort.duration, causes, n_causes=2, followed=followed).share_done(1)
