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

from pipelines.indicators.cells import KEYS, NATIONAL, cohort_sql, cuts
from pipelines.statistics.competing import CumulativeIncidence, aalen_johansen
from pipelines.statistics.intervals import quantile_of_completed, wilson
from pipelines.statistics.survival import GroupedSurvival, kaplan_meier_by_group

FloatArray = npt.NDArray[np.float64]

QUANTILES = {"median": 0.5, "p90": 0.9}
# A sum of probabilities that should equal p misses it by some 1e-16 (methods, 1).
QUANTILE_TOLERANCE = 1e-9


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
    _allow(connection, handoffs)
    dimensions = sorted({one for handoff in handoffs for one in handoff.dimensions})
    all_cuts = cuts(dimensions)
    competing = {one.handoff_id for one in handoffs if one.has_competing}
    started = ("completed", "open", "competing")

    def read(side: str, statuses: tuple[str, ...], length: str) -> _Cohorts:
        queries = [cohort_sql(cut, side, statuses, length) for cut in all_cuts]
        return _Cohorts.read(connection, queries)

    return pd.concat(
        [
            _cohort_quantiles(read("start", started, "duration"), competing),
            _cohort_shares(read("start", started, "norm_duration"), competing),
            _completed_quantiles(read("stop", ("completed",), "duration")),
            _completed_shares(read("stop", ("completed",), "norm_duration")),
            _counts(connection, [cut.grain for cut in all_cuts if cut.dimension == NATIONAL]),
            _open_figures(connection),
        ],
        ignore_index=True,
    )


def _allow(connection: duckdb.DuckDBPyConnection, handoffs: list[HandoffFacts]) -> None:
    connection.execute(
        "create or replace temp table allowed_dimension (handoff_id varchar, dimension varchar)"
    )
    connection.executemany(
        "insert into allowed_dimension values (?, ?)",
        [
            (handoff.handoff_id, dimension)
            for handoff in handoffs
            for dimension in (NATIONAL, *handoff.dimensions)
        ],
    )


@dataclass(frozen=True)
class _Cohorts:
    """Cells, and the counted durations that belong to each.

    Attributes:
        cells: One row per cell with its keys and the norm all its rows share (NaN if none or
            several: a share within two norms has no meaning).
        code: (N,) cell of each counted duration.
        duration: (N,) duration in the hand-off's unit.
        status: (N,) completed, open or competing.
        n_cases: (N,) cases.
    """

    cells: pd.DataFrame
    code: npt.NDArray[np.int64]
    duration: FloatArray
    status: npt.NDArray[np.object_]
    n_cases: npt.NDArray[np.int64]

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, queries: list[str]) -> "_Cohorts":
        frame = connection.execute(" union all ".join(queries)).df()
        grouped = frame.groupby(list(KEYS), sort=True, observed=True)
        norms = grouped["norm_value"].agg(["min", "max", "count", "size"])
        cells = norms.reset_index()
        one_norm = (cells["min"] == cells["max"]) & (cells["count"] == cells["size"])
        cells["norm"] = cells["min"].where(one_norm).astype(float)
        return cls(
            cells[[*KEYS, "norm"]],
            np.asarray(grouped.ngroup(), dtype=np.int64),
            frame["duration"].to_numpy(float),
            frame["status"].to_numpy(object),
            frame["n_cases"].to_numpy(np.int64),
        )

    def select(self, keep: npt.NDArray[np.bool_]) -> "_Cohorts":
        """The cells where `keep` is true, with their rows."""
        new_code = np.where(keep, np.cumsum(keep) - 1, -1)
        rows = keep[self.code]
        return _Cohorts(
            self.cells[keep].reset_index(drop=True),
            new_code[self.code[rows]],
            self.duration[rows],
            self.status[rows],
            self.n_cases[rows],
        )

    @property
    def norm(self) -> FloatArray:
        """(G,) norm of each cell."""
        return self.cells["norm"].to_numpy(float)

    def split(self, handoffs: set[str]) -> "tuple[_Cohorts, _Cohorts]":
        """Cells of other hand-offs, and cells of these."""
        is_one = self.cells["handoff_id"].isin(handoffs).to_numpy(bool)
        return self.select(~is_one), self.select(is_one)

    def kaplan_meier(self, norm: FloatArray | None = None) -> GroupedSurvival:
        """Estimate every cell at once; what is not completed is censored."""
        return kaplan_meier_by_group(
            self.duration,
            self.status == "completed",
            self.code,
            len(self.cells),
            counts=self.n_cases,
            probabilities=tuple(QUANTILES.values()),
            norm=norm,
        )

    def rows_by_cell(self) -> list[npt.NDArray[np.int64]]:
        """Positions of the rows of each cell."""
        if self.cells.empty:
            return []
        order = np.argsort(self.code, kind="stable").astype(np.int64)
        edges = np.searchsorted(self.code[order], np.arange(1, len(self.cells)))
        return np.split(order, edges)

    def sums(self, mark: npt.NDArray[np.bool_]) -> FloatArray:
        """(G,) cases per cell among the marked rows."""
        return np.bincount(
            self.code[mark], weights=self.n_cases[mark], minlength=len(self.cells)
        ).astype(float)

    def at_risk(self, times: FloatArray) -> FloatArray:
        """(G,) cases under observation at one time per cell; NaN where the time is."""
        counts = self.sums(self.duration >= times[self.code])
        return np.where(np.isnan(times), np.nan, counts)


def _cohort_quantiles(cohort: _Cohorts, competing: set[str]) -> pd.DataFrame:
    """Median and P90 of what started in the period."""
    plain, other = cohort.split(competing)
    estimate = plain.kaplan_meier()
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


def _cohort_shares(cohort: _Cohorts, competing: set[str]) -> pd.DataFrame:
    """Share within norm of what started in the period, on the clock of the norm."""
    # A cell over which the norm changed has no one share within norm.
    plain, other = cohort.select(~np.isnan(cohort.norm)).split(competing)
    estimate = plain.kaplan_meier(norm=plain.norm)
    share = 1.0 - estimate.survival_at_norm
    is_within = (plain.status == "completed") & (plain.duration <= plain.norm[plain.code])
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
    cohort: _Cohorts, statistic: str, figures: list[list[float]], *, missing: str
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
    def estimate(cls, cohort: _Cohorts, rows: npt.NDArray[np.int64]) -> "_CompetingCell":
        status = cohort.status[rows]
        cause = np.select([status == "completed", status == "competing"], [1, 2], 0)
        duration, n_cases = cohort.duration[rows], cohort.n_cases[rows]
        curve = aalen_johansen(duration, cause, n_causes=2, counts=n_cases)
        return cls(curve, duration, cause == 1, n_cases)

    def quantile(self, p: float) -> list[float]:
        """Time at which the incidence reaches p, with the times its limits do."""
        limits = np.array(
            [self.curve.interval_at(1, time) for time in self.curve.times], dtype=float
        ).reshape(-1, 2)
        value = self._first_time(self.curve.incidence[0], p)
        return [
            float(self.n_cases[self.is_completed].sum()),
            float(self.n_cases.sum()),
            value,
            self._first_time(limits[:, 1], p),
            self._first_time(limits[:, 0], p),
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


def _completed_quantiles(completed: _Cohorts) -> pd.DataFrame:
    """Median and P90 among what was completed in the period."""
    n = completed.sums(np.ones(completed.code.size, bool))
    frames = []
    for statistic, p in QUANTILES.items():
        estimates = [
            quantile_of_completed(np.repeat(completed.duration[rows], completed.n_cases[rows]), p)
            for rows in completed.rows_by_cell()
        ]
        table = np.array(estimates, dtype=float).reshape(-1, 3)
        frames.append(
            _completed_rows(completed, statistic, n, n, table[:, 0], table[:, 1], table[:, 2])
        )
    return pd.concat(frames, ignore_index=True)


def _completed_shares(completed: _Cohorts) -> pd.DataFrame:
    """Share within norm among what was completed in the period."""
    kept = completed.select(~np.isnan(completed.norm))
    n = kept.sums(np.ones(kept.code.size, bool))
    within = kept.sums(kept.duration <= kept.norm[kept.code])
    limits = wilson(within, n)
    share = within / n
    return _completed_rows(kept, "share_within_norm", within, n, share, limits.lower, limits.upper)


def _completed_rows(
    completed: _Cohorts,
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


def _counts(connection: duckdb.DuckDBPyConnection, grains: list[str]) -> pd.DataFrame:
    """Numbers that started, completed, ended otherwise, are open, or were set aside, by cohort."""
    selects = []
    for grain in grains:
        period = "'all'" if grain == "all" else f"coalesce(start_{grain}, stop_{grain})"
        selects.append(
            f"""
            select handoff_id, '{grain}' as period_grain, {period} as period, status,
                count(*)::double as n
            from marts.fct_handoff where {period} is not null group by all
            """
        )
    frame = connection.execute(
        f"""
        with counted as ({" union all ".join(selects)})
        select handoff_id, period_grain, period, statistic, sum(n) as n
        from (
            select *, unnest(case
                when status in ('negative', 'stop_only') then [status]
                else ['started', status]
            end) as statistic
            from counted
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
    frame = connection.execute(
        """
        with reference as (
            select left(reference_date, 10)::date as reference_day from raw.build
        ),
        grain(period_grain, step) as (
            values ('month', interval 1 month), ('quarter', interval 3 month),
                ('year', interval 1 year)
        ),
        period_start as (
            select period_grain, step,
                unnest(generate_series(
                    date_trunc(period_grain, (select min(start_date) from marts.fct_handoff)),
                    (select reference_day from reference)::timestamp,
                    step
                )) as first_day
            from grain
        ),
        period_end as (
            select period_grain,
                case period_grain
                    when 'month' then strftime(first_day, '%Y-%m')
                    when 'quarter' then year(first_day) || '-Q' || quarter(first_day)
                    else year(first_day)::varchar
                end as period,
                (first_day + step - interval 1 day)::date as end_day
            from period_start
        ),
        closed_period as (
            -- The running period is looked at on the reference date.
            select period_grain, period, least(end_day, reference_day) as end_day
            from period_end, reference
        ),
        still_open as (
            select handoff_id, period_grain, period, count(*)::double as n,
                median(date_diff('day', start_date, end_day)) as median_age_days
            from marts.fct_handoff
            inner join closed_period
                on start_date <= end_day and coalesce(stop_date > end_day, true)
                and coalesce(
                    timezone('Europe/Amsterdam', competing_at)::date > end_day, true
                )
            where status in ('completed', 'open', 'competing')
            group by all
        )
        select * from still_open
        """
    ).df()
    n = frame["n"].to_numpy(float)
    cells = frame.assign(dimension=NATIONAL, member=NATIONAL)[list(KEYS)]
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
        [
            build("open", n, nothing),
            build("median_age_days", frame["median_age_days"].to_numpy(float), n),
        ],
        ignore_index=True,
    )


def _rows(cells: pd.DataFrame, view: str, statistic: str, **figures: Any) -> pd.DataFrame:
    return (
        cells[list(KEYS)].reset_index(drop=True).assign(view=view, statistic=statistic, **figures)
    )
