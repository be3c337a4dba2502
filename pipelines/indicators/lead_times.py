"""Lead times of every hand-off: the start cohort, and beside it what was completed.

Here: cohorts out of `fct_handoff`, and rows of the long table out of what the estimators return.
Not here: clocks (dbt), what is still open (`open_cases`) and the estimators themselves
(`pipelines.statistics`).

The views never mix. `cohort` counts every hand-off that started in the period, open ones censored
at the day until which they are followed. `completed` looks at what ended in the period; it is
context, since it flatters a hand-off that silts up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.cells import (
    GROSS,
    KEYS,
    MONTHS,
    NATIONAL,
    NET,
    STATUSES,
    Clock,
    Clusters,
    CohortReader,
    Cohorts,
)
from pipelines.indicators.followed import EVERYBODY, TOO_RECENT, Lateness, unknown_status
from pipelines.indicators.horizons import horizons
from pipelines.indicators.open_cases import open_figures
from pipelines.indicators.verdict import NOT_DELIVERED
from pipelines.statistics.competing import CumulativeIncidence, aalen_johansen
from pipelines.statistics.intervals import (
    quantiles_of_completed,
    weighted_mean_limits,
    wilson,
)
from pipelines.statistics.survival import GroupedSurvival, kaplan_meier_by_group

FloatArray = npt.NDArray[np.float64]

QUANTILES = {"median": 0.5, "p90": 0.9}
# Cause of each of STATUSES: completed is the first, an open case has none.
_CAUSES = np.array([1, 0, 2])
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
        for frame in (_counts(connection, list(allowed)), open_figures(connection, allowed))
    ]
    horizon_of = horizons(connection)
    late = _Late({handoff.handoff_id: handoff for handoff in handoffs}, lateness)
    frames += _figures_by(GROSS, reader, competing, horizon_of, late)
    paused = [handoff.handoff_id for handoff in handoffs if handoff.has_net_clock]
    if paused:
        frames.append(_paused(connection, paused).assign(clock=NET.name))
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
    frames += [_completed_quantiles(cohort) for cohort in reader.completed(clock)]
    frames += [_completed_shares(cohort) for cohort in reader.completed(clock, by_norm=True)]
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
            _rows(
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
        cells = _CompetingCell.of_cells(other)
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
    rows = _rows(
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
            _rows(
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
    cells = _CompetingCell.of_cells(cohort)
    figures = [cell.at_norm(norm) for cell, norm in zip(cells, cohort.norm, strict=True)]
    return np.array(figures, dtype=float).reshape(-1, 6)


def _competing_rows(
    cohort: Cohorts, statistic: str, figures: list[list[float]], *, missing: str
) -> pd.DataFrame:
    """Rows of hand-offs that can end another way: that end is not a censoring."""
    table = np.array(figures, dtype=float).reshape(-1, 6)
    is_missing = np.isnan(table[:, 2])
    return _rows(
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


@dataclass(frozen=True)
class _CompetingCell:
    """The competing-risks estimate of one cell, and the rows it rests on."""

    curve: CumulativeIncidence
    duration: FloatArray
    is_completed: npt.NDArray[np.bool_]
    n_cases: npt.NDArray[np.int64]

    @classmethod
    def of_cells(cls, cohort: Cohorts) -> "list[_CompetingCell]":
        return [
            cls._estimate(cohort, rows, float(followed))
            for rows, followed in zip(cohort.rows_by_cell(), cohort.followed, strict=True)
        ]

    @classmethod
    def _estimate(cls, cohort: Cohorts, rows: slice, followed: float) -> "_CompetingCell":
        cause = _CAUSES[cohort.status[rows]]
        duration, n_cases = cohort.duration[rows], cohort.n_cases[rows]
        curve = aalen_johansen(duration, cause, n_causes=2, counts=n_cases, followed=followed)
        return cls(curve, duration, cause == 1, n_cases)

    def quantile(self, p: float) -> list[float]:
        """Time at which the incidence reaches p, with the times its limits do."""
        found = (self.curve.quantile(1, p), *self.curve.quantile_interval(1, p))
        value, lower, upper = (float("nan") if time is None else time for time in found)
        return [
            float(self.n_cases[self.is_completed].sum()),
            float(self.n_cases.sum()),
            value,
            lower,
            upper,
            self._at_risk(value),
        ]

    def at_norm(self, norm: float) -> list[float]:
        """Incidence at the norm with its limits; NaN where too few were followed as long."""
        within = self.n_cases[self.is_completed & (self.duration <= norm)].sum()
        known, limits = self.curve.at(1, norm), self.curve.interval_at(1, norm)
        numbers = [
            float("nan") if incidence is None else float(incidence)
            for incidence in (known, *limits)
        ]
        return [float(within), float(self.n_cases.sum()), *numbers, self._at_risk(norm)]

    def _at_risk(self, time: float) -> float:
        return float(self.n_cases[self.duration >= time].sum())


def _completed_quantiles(completed: Cohorts) -> pd.DataFrame:
    """Median and P90 among what was completed in the period."""
    n = completed.sums(np.ones(completed.code.size, bool))
    frames = []
    for statistic, p in QUANTILES.items():
        estimate = quantiles_of_completed(
            completed.duration, completed.code, n.size, p, counts=completed.n_cases
        )
        frames.append(_completed_rows(completed.cells, statistic, n, n, *estimate))
    return pd.concat(frames, ignore_index=True)


def _completed_shares(completed: Cohorts) -> pd.DataFrame:
    """Share within norm among what was completed in the period, each by its own norm."""
    period = completed.of_period
    everybody = np.ones(completed.code.size, bool)
    n = np.bincount(period, completed.sums(everybody)).astype(float)
    is_within = completed.duration <= completed.norm[completed.code]
    within = np.bincount(period, completed.sums(is_within)).astype(float)
    limits = wilson(within, n)
    whole = completed.cells.drop_duplicates(list(KEYS))
    return _completed_rows(whole, "share_within_norm", within, n, within / n, *limits)


def _completed_rows(
    cells: pd.DataFrame,
    statistic: str,
    numerator: FloatArray,
    denominator: FloatArray,
    value: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> pd.DataFrame:
    return _rows(
        cells,
        "completed",
        statistic,
        numerator=numerator,
        denominator=denominator,
        value=value,
        lower=lower,
        upper=upper,
        n_at_risk=np.full(value.size, np.nan),
        status=np.full(value.size, "ok", dtype=object),
    )


def _counts(connection: duckdb.DuckDBPyConnection, handoffs: list[str]) -> pd.DataFrame:
    """Numbers that started, completed, ended otherwise, are open, or were set aside, by cohort."""
    # What has no start is counted in the period of its stop.
    periods = ", ".join(f"coalesce(start_{grain}, stop_{grain}) as {grain}" for grain in MONTHS)
    counted = " union all ".join(
        f"select handoff_id, '{grain}' as period_grain, {period} as period, status, n from monthly"
        for grain, period in [
            *((calendar_grain, calendar_grain) for calendar_grain in MONTHS),
            ("all", "'all'"),
        ]
    )
    frame = connection.execute(
        f"""
        with monthly as (
            select handoff_id, {periods}, status, count(*) as n
            from marts.fct_handoff where handoff_id in (select unnest($handoffs)) group by all
        ),
        counted as ({counted})
        select handoff_id, period_grain, period, statistic, sum(n)::double as n
        from (
            select *, unnest(case
                when status in ('negative', 'stop_only', 'stop_unknown') then [status]
                else ['started', status]
            end) as statistic
            from counted where period is not null
        )
        group by all
        """,
        {"handoffs": handoffs},
    ).df()
    rows = _count_rows(frame, "count")
    rows["statistic"] = frame["statistic"].to_numpy(object)
    return rows


def _paused(connection: duckdb.DuckDBPyConnection, handoffs: list[str]) -> pd.DataFrame:
    """How many of what started stood still for a while, by cohort."""
    grains = " union all ".join(
        f"select handoff_id, '{grain}' as period_grain, {period} as period, paused from monthly"
        for grain, period in [
            *((calendar_grain, f"start_{calendar_grain}") for calendar_grain in MONTHS),
            ("all", "'all'"),
        ]
    )
    frame = connection.execute(
        f"""
        with monthly as (
            select handoff_id, start_month, start_quarter, start_year,
                count(*) filter (where is_paused) as paused
            from marts.fct_handoff
            where net_duration is not null and handoff_id in (select unnest($handoffs))
            group by all
        )
        select handoff_id, period_grain, period, sum(paused)::double as n
        from ({grains}) group by all
        """,
        {"handoffs": handoffs},
    ).df()
    return _count_rows(frame, "paused")


def _count_rows(frame: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """National rows of a number of cases, `n`, per hand-off and period."""
    n = frame["n"].to_numpy(float)
    nothing = np.full(n.size, np.nan)
    return _rows(
        frame.assign(dimension=NATIONAL, member=NATIONAL),
        "cohort",
        statistic,
        numerator=nothing,
        denominator=nothing,
        value=n,
        lower=nothing,
        upper=nothing,
        n_at_risk=nothing,
        status=np.full(n.size, "ok", dtype=object),
    )


def _rows(cells: pd.DataFrame, view: str, statistic: str, **figures: Any) -> pd.DataFrame:
    return (
        cells[list(KEYS)].reset_index(drop=True).assign(view=view, statistic=statistic, **figures)
    )
