"""Lead times of every hand-off: all its figures, and those of the start cohort.

Here: the order of work, and rows of the long table out of what the estimators return of a cohort.
Not here: clocks (dbt), what was completed (`completed`), numbers of cases (`handoff_counts`), what
is still open (`open_cases`) and the estimators themselves (`pipelines.statistics`).

The views never mix. `cohort` counts every hand-off that started in the period, open ones censored
at the day until which they are followed. `completed` looks at what ended in the period; it is
context, since it flatters a hand-off that silts up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.competing_cells import CompetingCell
from pipelines.indicators.completed import completed_quantiles, completed_shares
from pipelines.indicators.followed import EVERYBODY, TOO_RECENT, Lateness, unknown_status
from pipelines.indicators.handoff_counts import count_figures, paused_figures
from pipelines.indicators.horizons import horizons
from pipelines.indicators.lead_time_cells import (
    GROSS,
    KEYS,
    NET,
    STATUSES,
    Clock,
    Clusters,
    CohortReader,
    Cohorts,
)
from pipelines.indicators.lead_time_rows import QUANTILES, rows_of
from pipelines.indicators.open_cases import open_figures
from pipelines.indicators.verdict import NOT_DELIVERED
from pipelines.statistics.intervals import weighted_mean_limits
from pipelines.statistics.survival import GroupedSurvival, kaplan_meier_by_group

FloatArray = npt.NDArray[np.float64]

# Lengths recorded in whole days are known to half of one, however many end on the same day.
WHOLE_UNITS = frozenset({"calendar_days", "working_days"})
_HALF_A_DAY = 0.5


@dataclass(frozen=True)
class HandoffFacts:
    """What the figures need to know of a hand-off's definition."""

    handoff_id: str
    indicator: str
    unit: str
    norm_unit: str
    side: str
    dimensions: tuple[str, ...]
    has_competing: bool
    has_net_clock: bool


def read_handoffs(
    connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, str]
) -> list[HandoffFacts]:
    """The hand-offs of the chain, in their fixed order.

    Args:
        connection: Open warehouse with `marts.dim_handoff` and `marts.dim_norm`.
        indicators: Lead time of each hand-off to read.
    """
    rows = connection.execute(
        """
        select handoff.handoff_id, handoff.unit, coalesce(min(norm.unit), min(handoff.unit)),
            clock_side, coalesce(dimensions, ''), coalesce(competing_milestone, '') <> '',
            coalesce(has_net_clock, false)
        from marts.dim_handoff as handoff
        left join marts.dim_norm as norm on handoff.handoff_id = norm.handoff_id
        group by all
        order by handoff.handoff_id
        """
    ).fetchall()
    return [
        HandoffFacts(
            handoff, indicators[handoff], unit, norm_unit, side,
            tuple(filter(None, dimensions.split("|"))), has_competing, has_net_clock,
        )
        for handoff, unit, norm_unit, side, dimensions, has_competing, has_net_clock in rows
        if handoff in indicators
    ]  # fmt: skip


def lead_time_figures(
    connection: duckdb.DuckDBPyConnection, handoffs: list[HandoffFacts], lateness: Lateness
) -> pd.DataFrame:
    """All lead-time figures of the chain.

    Args:
        connection: Open warehouse with `marts.fct_handoff`.
        handoffs: The hand-offs to give figures for.
        lateness: How much longer each would have been followed, had every table come.

    Returns:
        One row per hand-off × clock × period × member × view × statistic, with the columns
        `handoff_id, clock, period_grain, period, dimension, member, view, statistic, numerator,
        denominator, value, lower, upper, n_at_risk, status`; without columns when no hand-off
        began or ended.
    """
    allowed = {handoff.handoff_id: handoff.dimensions for handoff in handoffs}
    competing = {handoff.handoff_id for handoff in handoffs if handoff.has_competing}
    reader = CohortReader(connection, allowed)
    frames = [
        frame.assign(clock=GROSS.name)
        for frame in (count_figures(connection, list(allowed)), open_figures(connection, allowed))
    ]
    horizon_of = horizons(connection)
    late = _Late({handoff.handoff_id: handoff for handoff in handoffs}, lateness)
    frames += _figures_by(GROSS, reader, competing, horizon_of, late)
    paused = [handoff.handoff_id for handoff in handoffs if handoff.has_net_clock]
    if paused:
        frames.append(paused_figures(connection, paused).assign(clock=NET.name))
        # The same horizon as the gross clock: the two means stand beside each other.
        frames += _figures_by(NET, reader.of_handoffs(paused), competing, horizon_of, late)
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return pd.DataFrame()
    whole = {handoff.handoff_id for handoff in handoffs if handoff.unit in WHOLE_UNITS}
    return never_one_day(pd.concat(filled, ignore_index=True), whole)


def coarse_lengths(
    connection: duckdb.DuckDBPyConnection,
    handoffs: list[HandoffFacts],
    lateness: Lateness,
    clusters: Clusters,
) -> pd.DataFrame:
    """Medians and P90s of half-years, and of groups of members: what counts add up to, they do not.

    Args:
        connection: Open warehouse with `marts.fct_handoff`.
        handoffs: The hand-offs to give figures for.
        lateness: How much longer each would have been followed, had every table come.
        clusters: Cluster by member, by dimension.

    Returns:
        Rows as of `lead_time_figures`, of start cohorts by the gross clock.
    """
    allowed = {handoff.handoff_id: handoff.dimensions for handoff in handoffs}
    competing = {handoff.handoff_id for handoff in handoffs if handoff.has_competing}
    late = _Late({handoff.handoff_id: handoff for handoff in handoffs}, lateness)
    horizon_of = horizons(connection)
    frames = [
        cohort_quantiles(cohort, competing, horizon_of, late.by(cohort, GROSS))
        for cohort in CohortReader(connection, allowed, clusters).started(GROSS)
    ]
    filled = [frame[frame["statistic"].isin(list(QUANTILES))] for frame in frames]
    if not filled:
        return pd.DataFrame()
    whole = {handoff.handoff_id for handoff in handoffs if handoff.unit in WHOLE_UNITS}
    figures = pd.concat(filled, ignore_index=True).assign(clock=GROSS.name)
    return never_one_day(figures, whole)


def never_one_day(figures: pd.DataFrame, whole: set[str]) -> pd.DataFrame:
    """The same figures, quantiles of whole days never with both ends on one day."""
    is_one = figures["statistic"].isin(list(QUANTILES)) & (figures["lower"] == figures["upper"])
    is_one &= figures["handoff_id"].isin(list(whole))
    day = figures.loc[is_one, "lower"]
    figures.loc[is_one, "lower"] = np.maximum(day - _HALF_A_DAY, 0.0)
    figures.loc[is_one, "upper"] = day + _HALF_A_DAY
    return figures


@dataclass(frozen=True)
class _Late:
    """How much longer cells would have been followed, had the tables of their hand-offs come."""

    handoffs: Mapping[str, HandoffFacts]
    lateness: Lateness

    def by(self, cohort: Cohorts, clock: Clock, *, by_norm: bool = False) -> FloatArray:
        """(G,) time per cell, in the unit of its hand-off or norm."""
        keys = cohort.cells[["handoff_id", "dimension", "member"]]
        found: dict[tuple[str, str, str], float] = {}
        for handoff, dimension, member in set(keys.itertuples(index=False, name=None)):
            facts = self.handoffs[handoff]
            organisation = member if dimension == "organisation" else EVERYBODY
            unit = facts.norm_unit if by_norm else facts.unit
            late_by = self.lateness.of(facts.indicator, clock.name, organisation, unit)
            found[handoff, dimension, member] = late_by
        return np.array([found[key] for key in keys.itertuples(index=False, name=None)], float)


def _figures_by(
    clock: Clock,
    reader: CohortReader,
    competing: set[str],
    horizon_of: Mapping[str, float],
    late: _Late,
) -> list[pd.DataFrame]:
    """Quantiles, means and shares of what started and of what was completed, by one clock."""
    frames = [
        cohort_quantiles(cohort, competing, horizon_of, late.by(cohort, clock))
        for cohort in reader.started(clock)
    ]
    frames += [
        cohort_shares(cohort, competing, late.by(cohort, clock, by_norm=True))
        for cohort in reader.started(clock, by_norm=True)
    ]
    frames += [completed_quantiles(cohort) for cohort in reader.completed(clock)]
    frames += [completed_shares(cohort) for cohort in reader.completed(clock, by_norm=True)]
    return [frame.assign(clock=clock.name) for frame in frames]


def _kaplan_meier(
    cohort: Cohorts, norm: FloatArray | None = None, tau: FloatArray | None = None
) -> GroupedSurvival:
    """Estimate every cell at once; what is not completed is censored."""
    return kaplan_meier_by_group(
        cohort.duration,
        cohort.is_completed,
        cohort.code,
        len(cohort.cells),
        counts=cohort.n_cases,
        probabilities=tuple(QUANTILES.values()),
        norm=norm,
        tau=tau,
        followed=cohort.followed,
    )


def cohort_quantiles(
    cohort: Cohorts, competing: set[str], horizon_of: Mapping[str, float], late_by: FloatArray
) -> pd.DataFrame:
    """Median, P90 and restricted mean of what started in the period.

    The restricted mean is of the time spent waiting, so it ends with any end: an exit too is one.
    """
    plain, other = cohort.split(competing)
    is_plain = ~cohort.cells["handoff_id"].isin(competing).to_numpy(bool)
    tau = _horizons_of(plain, horizon_of)
    estimate = _kaplan_meier(plain, tau=tau)
    frames = [_restricted_means(plain, estimate, tau, late_by[is_plain])]
    if not other.cells.empty:
        ended = _horizons_of(other, horizon_of)
        until = _until_any_end(other, ended)
        frames.append(_restricted_means(other, until, ended, late_by[~is_plain]))
    for position, (statistic, p) in enumerate(QUANTILES.items()):
        value = estimate.quantiles[:, position]
        frames.append(
            rows_of(
                plain.cells,
                "cohort",
                statistic,
                numerator=estimate.n_events.astype(float),
                denominator=estimate.n.astype(float),
                value=value,
                lower=estimate.quantile_lower[:, position],
                upper=estimate.quantile_upper[:, position],
                n_at_risk=plain.at_risk(value),
                status=np.where(np.isnan(value), "not_reached", "ok"),
            )
        )
        cells = CompetingCell.of_cells(other)
        frames.append(
            _competing_rows(
                other, statistic, [cell.quantile(p) for cell in cells], missing="not_reached"
            )
        )
    return pd.concat(frames, ignore_index=True)


def _horizons_of(cohort: Cohorts, horizon_of: Mapping[str, float]) -> FloatArray:
    """(G,) horizon of each cell; NaN where its hand-off has none."""
    return np.asarray(cohort.cells["handoff_id"].map(horizon_of), dtype=np.float64)


def _until_any_end(cohort: Cohorts, tau: FloatArray) -> GroupedSurvival:
    """Estimate how long cases wait until they end, in whichever way."""
    return kaplan_meier_by_group(
        cohort.duration,
        cohort.status != STATUSES.index("open"),
        cohort.code,
        len(cohort.cells),
        counts=cohort.n_cases,
        tau=tau,
        followed=cohort.followed,
    )


def _restricted_means(
    cohort: Cohorts, estimate: GroupedSurvival, tau: FloatArray, late_by: FloatArray
) -> pd.DataFrame:
    """Mean time up to the horizon of each hand-off, where it has one."""
    rows = rows_of(
        cohort.cells,
        "cohort",
        "rmst",
        numerator=estimate.n_events.astype(float),
        denominator=estimate.n.astype(float),
        value=estimate.rmst,
        lower=estimate.rmst_lower,
        upper=estimate.rmst_upper,
        n_at_risk=cohort.at_risk(tau),
        # Too few were followed as long as the horizon: nothing can be said yet.
        status=np.where(
            np.isnan(estimate.rmst), unknown_status(cohort.followed, late_by, tau), "ok"
        ),
    )
    return rows[~np.isnan(tau)]


def cohort_shares(cohort: Cohorts, competing: set[str], late_by: FloatArray) -> pd.DataFrame:
    """Share within norm of what started in the period, on the clock of the norm.

    Each case is judged by the norm valid when its clock started. Where the norm changed within the
    period, the shares of both groups are weighed by their numbers of cases.
    """
    frames = []
    plain, other = cohort.split(competing)
    is_plain = ~cohort.cells["handoff_id"].isin(competing).to_numpy(bool)
    for part, estimate, late in (
        (plain, _plain_shares, late_by[is_plain]),
        (other, _competing_shares, late_by[~is_plain]),
    ):
        if part.cells.empty:
            continue
        within, n, share, lower, upper, at_risk = estimate(part).T
        period = part.of_period
        pooled = weighted_mean_limits(period, n, share, lower, upper)
        is_missing = np.isnan(pooled.value)
        # Of the norms of one period each has to be followed.
        is_short = unknown_status(part.followed, late, part.norm) == TOO_RECENT
        unknown = np.where(np.bincount(period, is_short) > 0, TOO_RECENT, NOT_DELIVERED)
        frames.append(
            rows_of(
                part.cells.drop_duplicates(list(KEYS)),
                "cohort",
                "share_within_norm",
                numerator=np.bincount(period, within),
                denominator=np.bincount(period, n),
                value=pooled.value,
                lower=pooled.lower,
                upper=pooled.upper,
                n_at_risk=np.where(is_missing, np.nan, np.bincount(period, at_risk)),
                # Too few were followed as long as the norm: nothing can be said yet.
                status=np.where(is_missing, unknown, "ok"),
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _plain_shares(cohort: Cohorts) -> FloatArray:
    """(G, 6) within the norm, cases, share, its limits and the number at risk, per cell."""
    estimate = _kaplan_meier(cohort, cohort.norm)
    is_within = cohort.is_completed & (cohort.duration <= cohort.norm[cohort.code])
    return np.column_stack(
        [
            cohort.sums(is_within),
            estimate.n.astype(float),
            1.0 - estimate.survival_at_norm,
            1.0 - estimate.survival_at_norm_upper,
            1.0 - estimate.survival_at_norm_lower,
            estimate.n_at_risk_at_norm,
        ]
    )


def _competing_shares(cohort: Cohorts) -> FloatArray:
    """The same where the hand-off can end another way: that end is not a censoring."""
    cells = CompetingCell.of_cells(cohort)
    figures = [cell.at_norm(norm) for cell, norm in zip(cells, cohort.norm, strict=True)]
    return np.array(figures, dtype=float).reshape(-1, 6)


def _competing_rows(
    cohort: Cohorts, statistic: str, figures: list[list[float]], *, missing: str
) -> pd.DataFrame:
    """Rows of hand-offs that can end another way: that end is not a censoring."""
    table = np.array(figures, dtype=float).reshape(-1, 6)
    is_missing = np.isnan(table[:, 2])
    return rows_of(
        cohort.cells,
        "cohort",
        statistic,
        numerator=table[:, 0],
        denominator=table[:, 1],
        value=table[:, 2],
        lower=table[:, 3],
        upper=table[:, 4],
        n_at_risk=np.where(is_missing, np.nan, table[:, 5]),
        status=np.where(is_missing, missing, "ok"),
    )
