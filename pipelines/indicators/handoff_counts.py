"""How many hand-offs started, ended, stand open or were paused, by cohort.

Here: national numbers of cases per hand-off and period.
Not here: how long they took (`lead_times`), how old those still open are (`open_cases`).
"""

from collections.abc import Mapping

import duckdb
import pandas as pd

from pipelines.dimensions import NATIONAL
from pipelines.indicators.lead_time_cells import ENDING
from pipelines.indicators.lead_time_rows import rows_of


def count_figures(connection: duckdb.DuckDBPyConnection, handoffs: list[str]) -> pd.DataFrame:
    """Numbers that started, completed, ended otherwise, are open, or were set aside, by cohort."""
    # What has no start is counted in the period of its stop.
    periods = ", ".join(f"coalesce(start_{grain}, stop_{grain}) as {grain}" for grain in ENDING)
    counted = _in_every_grain("status, n", {grain: grain for grain in ENDING})
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


def paused_figures(connection: duckdb.DuckDBPyConnection, handoffs: list[str]) -> pd.DataFrame:
    """How many of what started stood still for a while, by cohort."""
    grains = _in_every_grain("paused", {grain: f"start_{grain}" for grain in ENDING})
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


def _in_every_grain(columns: str, periods: Mapping[str, str]) -> str:
    """SQL that repeats the rows of `monthly` for each grain, and once for all of them together."""
    return " union all ".join(
        f"select handoff_id, '{grain}' as period_grain, {period} as period, {columns} from monthly"
        for grain, period in {**periods, "all": "'all'"}.items()
    )


def _count_rows(frame: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """National rows of a number of cases, `n`, per hand-off and period."""
    cells = frame.assign(dimension=NATIONAL, member=NATIONAL)
    return rows_of(cells, "cohort", statistic, value=frame["n"].to_numpy(float))
