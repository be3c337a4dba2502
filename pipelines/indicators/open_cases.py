"""What was still open at the end of each period, and for how long it had been waiting.

Here: the view `open` of every hand-off: number, median age, and the number per band of age.
Not here: what started or was completed (`lead_times`).
"""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_cells import (
    ENDING,
    GRAINS_OF_DIMENSIONS,
    KEYS,
)
from pipelines.periods import MONTHS, period_of_month
from pipelines.statistics.intervals import quantiles_of_completed

# Bands of age in calendar days, whatever the unit of the clock: a week, a month, a quarter, half a
# year and beyond (2026-11, data engineers: the steps at which somebody should have asked). First
# and last day belong to the band; together the bands are all that is open.
AGE_BANDS: dict[str, tuple[int, float]] = {
    "open_age_to_7d": (0, 7),
    "open_age_8_to_30d": (8, 30),
    "open_age_31_to_90d": (31, 90),
    "open_age_91_to_180d": (91, 180),
    "open_age_over_180d": (181, float("inf")),
}


def open_figures(
    connection: duckdb.DuckDBPyConnection, allowed: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Figures of what was open at the end of each period.

    A hand-off is open at the end of the month it started in and of every later one before it ended.
    A quarter or year ends with its last month; the running one is looked at on the reference date.

    Args:
        connection: Open warehouse with `marts.fct_handoff`.
        allowed: Dimensions each hand-off may be split by.

    Returns:
        Rows as those of `lead_times`, without a clock.
    """
    [(reference_month,)] = connection.execute(
        "select year(day) * 12 + month(day) - 1 "
        "from (select left(reference_date, 10)::date as day from raw.build)"
    ).fetchall()
    dimensions = sorted(
        {allowed_dimension for mine in allowed.values() for allowed_dimension in mine}
    )
    parts = []
    for dimension in (NATIONAL, *dimensions):
        handoffs = [
            handoff
            for handoff, mine in allowed.items()
            if dimension == NATIONAL or dimension in mine
        ]
        ages = _ages(connection, dimension, handoffs, reference_month)
        if not ages.empty:
            monthly = _by_month(ages)
            if dimension == NATIONAL:
                monthly = _with_nobody(monthly, reference_month)
            parts.append(_at_period_ends(monthly, dimension, reference_month))
    return _figures(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame()


def _ages(
    connection: duckdb.DuckDBPyConnection,
    dimension: str,
    handoffs: list[str],
    reference_month: int,
) -> pd.DataFrame:
    """How many were how old at the end of each month, in order."""
    is_national = dimension == NATIONAL
    member = f"'{NATIONAL}'" if is_national else f"cast({dimension} as varchar)"
    # Months are given nationally only; of a dimension the ends of quarters and years will do.
    wanted = "true" if is_national else "open_month % 3 = 2 or open_month = $reference_month"
    return connection.execute(
        f"""
        with ended as (
            select handoff_id, {member} as member, start_date,
                least(stop_date, timezone(timezone, competing_at)::date) as end_date
            from marts.fct_handoff, raw.build
            where status in ('completed', 'open', 'competing')
                and handoff_id in (select unnest($handoffs))
        ),
        counted as (
            select handoff_id, member, start_date,
                year(end_date) * 12 + month(end_date) - 1 as end_month, count(*) as n
            from ended where member is not null group by all
        ),
        monthly as (
            select handoff_id, member, start_date, n,
                unnest(range(
                    year(start_date) * 12 + month(start_date) - 1,
                    coalesce(end_month, $reference_month + 1)
                )) as open_month
            from counted
        ),
        aged as (
            select handoff_id, member, open_month, n,
                date_diff('day', start_date, least(
                    last_day(make_date(open_month // 12, open_month % 12 + 1, 1)),
                    left(reference_date, 10)::date
                ))::double as age_days
            from monthly, raw.build
            where {wanted}
        )
        select handoff_id, member, open_month, age_days, sum(n)::bigint as n
        from aged
        group by all
        order by all
        """,
        {"reference_month": reference_month, "handoffs": handoffs},
    ).df()


def _by_month(ages: pd.DataFrame) -> pd.DataFrame:
    """Number open, median age and number per band, per hand-off, member and month."""
    keys = ages[["handoff_id", "member", "open_month"]]
    is_new = (keys != keys.shift()).any(axis=1).to_numpy(bool)
    code = np.cumsum(is_new) - 1
    n_groups = int(is_new.sum())
    age, counts = ages["age_days"].to_numpy(float), ages["n"].to_numpy(np.int64)

    def number(mark: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.bincount(code[mark], counts[mark], n_groups).astype(float)

    median = quantiles_of_completed(age, code, n_groups, 0.5, counts=counts).value
    bands = {name: number((age >= low) & (age <= high)) for name, (low, high) in AGE_BANDS.items()}
    return keys[is_new].assign(
        open=number(np.ones(age.size, bool)), median_age_days=median, **bands
    )


def _with_nobody(monthly: pd.DataFrame, reference_month: int) -> pd.DataFrame:
    """Add the months in which nothing was open any more: that is the figure 0."""
    first = monthly.groupby("handoff_id")["open_month"].min()
    grid = pd.DataFrame(
        [
            (handoff, NATIONAL, month)
            for handoff, begin in first.to_dict().items()
            for month in range(int(begin), reference_month + 1)
        ],
        columns=["handoff_id", "member", "open_month"],
    )
    whole = grid.merge(monthly, on=list(grid.columns), how="left")
    numbers = ["open", *AGE_BANDS]
    whole[numbers] = whole[numbers].fillna(0.0)
    return whole


def _at_period_ends(monthly: pd.DataFrame, dimension: str, reference_month: int) -> pd.DataFrame:
    """The months that end a month, quarter or year, with the keys of those periods."""
    month = monthly["open_month"]
    parts = []
    for grain in ENDING if dimension == NATIONAL else GRAINS_OF_DIMENSIONS:
        months = MONTHS[grain]
        last = monthly[(month % months == months - 1) | (month == reference_month)]
        period = [period_of_month(int(number), grain) for number in last["open_month"]]
        parts.append(last.assign(period_grain=grain, period=period, dimension=dimension))
    return pd.concat(parts, ignore_index=True)


def _figures(whole: pd.DataFrame) -> pd.DataFrame:
    nothing = np.full(len(whole), np.nan)
    rests_on = {"median_age_days": whole["open"].to_numpy(float)}
    frame = pd.concat(
        [
            whole[list(KEYS)].assign(
                view="open",
                statistic=statistic,
                numerator=nothing,
                denominator=rests_on.get(statistic, nothing),
                value=whole[statistic].to_numpy(float),
                lower=nothing,
                upper=nothing,
                n_at_risk=nothing,
                status="ok",
            )
            for statistic in ("open", "median_age_days", *AGE_BANDS)
        ],
        ignore_index=True,
    )
    # Of nobody there is no age.
    return frame[frame["value"].notna()].reset_index(drop=True)
