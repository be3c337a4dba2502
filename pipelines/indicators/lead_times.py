"""Lead times of every hand-off: the start cohort, the completed and the still open beside it.

Here: cohorts out of `fct_handoff`, and rows of the long table out of what the estimators return.
Not here: clocks (dbt) and the estimators themselves (`pipelines.statistics`).

The three views never mix. `cohort` counts every hand-off that started in the period, open ones
censored at the reference date. `completed` looks at what ended in the period, `open` at what was
still open at its end; both are context, since each flatters a hand-off that silts up.
"""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.indicators.cells import (
    KEYS,
    MONTHS,
    NATIONAL,
    STATUSES,
    CohortReader,
    Cohorts,
    period_label,
)
from pipelines.statistics.competing import CumulativeIncidence, aalen_johansen
from pipelines.statistics.intervals import quantiles_of_completed, wilson
from pipelines.statistics.survival import GroupedSurvival, kaplan_meier_by_group

FloatArray = npt.NDArray[np.float64]

QUANTILES = {"median": 0.5, "p90": 0.9}
# A sum of probabilities that should equal p misses it by some 1e-16 (methods, 1).
QUANTILE_TOLERANCE = 1e-9
# Cause of each of STATUSES: completed is the first, an open case has none.
_CAUSES = np.array([1, 0, 2])


@dataclass(frozen=True)
class HandoffFacts:
    """What the figures need to know of a hand-off's definition."""

    handoff_id: str
    unit: str
    side: str
    dimensions: tuple[str, ...]
    has_competing: bool


def read_handoffs(connection: duckdb.DuckDBPyConnection) -> list[HandoffFacts]:
    """The hand-offs of the chain, in their fixed order."""
    rows = connection.execute(
        """
        select handoff_id, unit, clock_side, coalesce(dimensions, ''),
            coalesce(competing_milestone, '') <> ''
        from marts.dim_handoff order by handoff_id
        """
    ).fetchall()
    return [
        HandoffFacts(str(one), unit, side, tuple(filter(None, dimensions.split("|"))), competing)
        for one, unit, side, dimensions, competing in rows
    ]


def lead_time_figures(
    connection: duckdb.DuckDBPyConnection, handoffs: list[HandoffFacts]
) -> pd.DataFrame:
    """All lead-time figures of the chain.

    Args:
        connection: Open warehouse with `marts.fct_handoff`.
        handoffs: The hand-offs to give figures for.

    Returns:
        One row per hand-off × period × member × view × statistic, with the columns
        `handoff_id, period_grain, period, dimension, member, view, statistic, numerator,
        denominator, value, lower, upper, n_at_risk, status`.
    """
    reader = CohortReader(connection, {one.handoff_id: one.dimensions for one in handoffs})
    competing = {one.handoff_id for one in handoffs if one.has_competing}
    frames = [_counts(connection), _open_figures(connection)]
    for cohort in reader.cohorts("start", STATUSES, "duration"):
        frames.append(_cohort_quantiles(cohort, competing))
    for cohort in reader.cohorts("start", STATUSES, "norm_duration"):
        frames.append(_cohort_shares(cohort, competing))
    for completed in reader.cohorts("stop", ("completed",), "duration"):
        frames.append(_completed_quantiles(completed))
    for completed in reader.cohorts("stop", ("completed",), "norm_duration"):
        frames.append(_completed_shares(completed))
    return pd.concat([one for one in frames if not one.empty], ignore_index=True)


def _kaplan_meier(cohort: Cohorts, norm: FloatArray | None = None) -> GroupedSurvival:
    """Estimate every cell at once; what is not completed is censored."""
    return kaplan_meier_by_group(
        cohort.duration,
        cohort.is_completed,
        cohort.code,
        len(cohort.cells),
        counts=cohort.n_cases,
        probabilities=tuple(QUANTILES.values()),
        norm=norm,
    )


def _cohort_quantiles(cohort: Cohorts, competing: set[str]) -> pd.DataFrame:
    """Median and P90 of what started in the period."""
    plain, other = cohort.split(competing)
    estimate = _kaplan_meier(plain)
    frames = []
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
        cells = [_CompetingCell.estimate(other, rows) for rows in other.rows_by_cell()]
        frames.append(
            _competing_rows(
                other, statistic, [one.quantile(p) for one in cells], missing="not_reached"
            )
        )
    return pd.concat(frames, ignore_index=True)


def _cohort_shares(cohort: Cohorts, competing: set[str]) -> pd.DataFrame:
    """Share within norm of what started in the period, on the clock of the norm."""
    # A cell over which the norm changed has no one share within norm.
    plain, other = cohort.select(~np.isnan(cohort.norm)).split(competing)
    estimate = _kaplan_meier(plain, plain.norm)
    share = 1.0 - estimate.survival_at_norm
    is_within = plain.is_completed & (plain.duration <= plain.norm[plain.code])
    cells = [_CompetingCell.estimate(other, rows) for rows in other.rows_by_cell()]
    at_norm = [one.at_norm(norm) for one, norm in zip(cells, other.norm, strict=True)]
    return pd.concat(
        [
            _rows(
                plain.cells,
                "cohort",
                "share_within_norm",
                numerator=plain.sums(is_within),
                denominator=estimate.n.astype(float),
                value=share,
                lower=1.0 - estimate.survival_at_norm_upper,
                upper=1.0 - estimate.survival_at_norm_lower,
                n_at_risk=estimate.n_at_risk_at_norm,
                # Nobody was followed as long as the norm: nothing can be said yet.
                status=np.where(np.isnan(share), "too_recent", "ok"),
            ),
            _competing_rows(other, "share_within_norm", at_norm, missing="too_recent"),
        ],
        ignore_index=True,
    )


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
    def estimate(cls, cohort: Cohorts, rows: slice) -> "_CompetingCell":
        cause = _CAUSES[cohort.status[rows]]
        duration, n_cases = cohort.duration[rows], cohort.n_cases[rows]
        curve = aalen_johansen(duration, cause, n_causes=2, counts=n_cases)
        return cls(curve, duration, cause == 1, n_cases)

    def quantile(self, p: float) -> list[float]:
        """Time at which the incidence reaches p, with the times its limits do."""
        lower, upper = self.curve.limits(1)
        value = self._first_time(self.curve.incidence[0], p)
        return [
            float(self.n_cases[self.is_completed].sum()),
            float(self.n_cases.sum()),
            value,
            self._first_time(upper, p),
            self._first_time(lower, p),
            self._at_risk(value),
        ]

    def at_norm(self, norm: float) -> list[float]:
        """Incidence at the norm with its limits; NaN where nobody was followed as long."""
        within = self.n_cases[self.is_completed & (self.duration <= norm)].sum()
        known = float("nan") if np.isnan(norm) else self.curve.at(1, norm)
        limits = (None, None) if np.isnan(norm) else self.curve.interval_at(1, norm)
        numbers = [float("nan") if one is None else float(one) for one in (known, *limits)]
        return [float(within), float(self.n_cases.sum()), *numbers, self._at_risk(norm)]

    def _first_time(self, values: FloatArray, p: float) -> float:
        reached = np.flatnonzero(values >= p - QUANTILE_TOLERANCE)
        return float(self.curve.times[reached[0]]) if reached.size else float("nan")

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
        frames.append(_completed_rows(completed, statistic, n, n, *estimate))
    return pd.concat(frames, ignore_index=True)


def _completed_shares(completed: Cohorts) -> pd.DataFrame:
    """Share within norm among what was completed in the period."""
    kept = completed.select(~np.isnan(completed.norm))
    n = kept.sums(np.ones(kept.code.size, bool))
    within = kept.sums(kept.duration <= kept.norm[kept.code])
    limits = wilson(within, n)
    share = within / n
    return _completed_rows(kept, "share_within_norm", within, n, share, limits.lower, limits.upper)


def _completed_rows(
    completed: Cohorts,
    statistic: str,
    numerator: FloatArray,
    denominator: FloatArray,
    value: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> pd.DataFrame:
    return _rows(
        completed.cells,
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


def _counts(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Numbers that started, completed, ended otherwise, are open, or were set aside, by cohort."""
    # What has no start is counted in the period of its stop.
    periods = ", ".join(f"coalesce(start_{grain}, stop_{grain}) as {grain}" for grain in MONTHS)
    counted = " union all ".join(
        f"select handoff_id, '{grain}' as period_grain, {period} as period, status, n from monthly"
        for grain, period in [*((one, one) for one in MONTHS), ("all", "'all'")]
    )
    frame = connection.execute(
        f"""
        with monthly as (
            select handoff_id, {periods}, status, count(*) as n
            from marts.fct_handoff group by all
        ),
        counted as ({counted})
        select handoff_id, period_grain, period, statistic, sum(n)::double as n
        from (
            select *, unnest(case
                when status in ('negative', 'stop_only') then [status]
                else ['started', status]
            end) as statistic
            from counted where period is not null
        )
        group by all
        """
    ).df()
    n = frame["n"].to_numpy(float)
    cells = frame.assign(dimension=NATIONAL, member=NATIONAL)[list(KEYS)]
    rows = _rows(
        cells,
        "cohort",
        "count",
        numerator=np.full(n.size, np.nan),
        denominator=np.full(n.size, np.nan),
        value=n,
        lower=np.full(n.size, np.nan),
        upper=np.full(n.size, np.nan),
        n_at_risk=np.full(n.size, np.nan),
        status=np.full(n.size, "ok", dtype=object),
    )
    rows["statistic"] = frame["statistic"].to_numpy(object)
    return rows


def _open_figures(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What was still open at the end of each period, and how long it had been waiting."""
    # A hand-off is open at the end of the month it started in and of every later one before it
    # ended. A quarter or year ends with its last month; the running one is looked at on the
    # reference date.
    [(reference_month,)] = connection.execute(
        "select year(day) * 12 + month(day) - 1 "
        "from (select left(reference_date, 10)::date as day from raw.build)"
    ).fetchall()
    rows = connection.execute(
        """
        with ended as (
            select handoff_id, start_date,
                least(stop_date, timezone('Europe/Amsterdam', competing_at)::date) as end_date
            from marts.fct_handoff
            where status in ('completed', 'open', 'competing')
        ),
        counted as (
            select handoff_id, start_date, year(end_date) * 12 + month(end_date) - 1 as end_month,
                count(*) as n
            from ended group by all
        ),
        monthly as (
            select handoff_id, start_date, n,
                unnest(range(
                    year(start_date) * 12 + month(start_date) - 1,
                    coalesce(end_month, $reference_month + 1)
                )) as open_month
            from counted
        ),
        aged as (
            select handoff_id, open_month, n,
                date_diff('day', start_date, least(
                    last_day(make_date(open_month // 12, open_month % 12 + 1, 1)),
                    left(reference_date, 10)::date
                ))::double as age_days
            from monthly, raw.build
        )
        select handoff_id, open_month, age_days, sum(n)::bigint as n
        from aged
        group by all
        order by all
        """,
        {"reference_month": reference_month},
    ).df()
    keys = rows[["handoff_id", "open_month"]]
    is_new = (keys != keys.shift()).any(axis=1).to_numpy(bool)
    code = np.cumsum(is_new) - 1
    counts = rows["n"].to_numpy(np.int64)
    median = quantiles_of_completed(
        rows["age_days"].to_numpy(float), code, int(is_new.sum()), 0.5, counts=counts
    ).value
    monthly = keys[is_new].assign(
        n=np.bincount(code, weights=counts, minlength=median.size), median_age_days=median
    )
    cells, n, median_age = _at_period_ends(monthly, reference_month)
    nothing = np.full(n.size, np.nan)
    fine = np.full(n.size, "ok", dtype=object)

    def build(statistic: str, value: FloatArray, denominator: FloatArray) -> pd.DataFrame:
        return _rows(
            cells,
            "open",
            statistic,
            numerator=nothing,
            denominator=denominator,
            value=value,
            lower=nothing,
            upper=nothing,
            n_at_risk=nothing,
            status=fine,
        )

    return pd.concat(
        [build("open", n, nothing), build("median_age_days", median_age, n)], ignore_index=True
    )


def _at_period_ends(
    monthly: pd.DataFrame, reference_month: int
) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    """The months that end a month, quarter or year: keys, number open and median age."""
    month = monthly["open_month"]
    parts = []
    for grain, months in MONTHS.items():
        is_last = (month % months == months - 1) | (month == reference_month)
        labels = {one: period_label(grain, one) for one in (month // months).unique()}
        parts.append(
            monthly[is_last].assign(
                period_grain=grain,
                period=(month // months).map(labels),
                dimension=NATIONAL,
                member=NATIONAL,
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole, whole["n"].to_numpy(float), whole["median_age_days"].to_numpy(float)


def _rows(cells: pd.DataFrame, view: str, statistic: str, **figures: Any) -> pd.DataFrame:
    return (
        cells[list(KEYS)].reset_index(drop=True).assign(view=view, statistic=statistic, **figures)
    )
