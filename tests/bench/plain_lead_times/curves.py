"""Curves of every cell at once, as common table expressions.

Here: Kaplan-Meier with Greenwood's variance, log-log limits and the area below it, and
Aalen-Johansen with the variance of Dinse and Larson.
Not here: where a curve is read (`cohorts`).
"""

from tests.bench.plain_lead_times.cells import KEYS
from tests.bench.plain_limits import Z

FLAT = 1e-9


def kaplan_meier(counted: str, ended: str, *, area: bool = False) -> str:
    """The curve of each cell.

    Args:
        counted: Query or table as of `cells.counted`, with `tau` if the area is asked.
        ended: Column with how many ended in the way that counts.
        area: Whether the area below the curve is needed too.

    Returns:
        Expressions ending in `curve`: survival with limits `lower` and `upper`, `hazard`, and with
        `area` the area up to each time, none beyond tau.
    """
    cell = f"partition by {KEYS}, norm order by duration"
    last = "spread"
    areas = ""
    if area:
        last = "summed"
        areas = f""",
        summed as (
            select *, sum(before * (least(duration, tau) - least(previous, tau))) over (
                {cell} rows unbounded preceding) as area
            from spread
        )"""
    return f"""
        risk as (
            select *, {ended} as events, sum(n) over (
                    {cell} rows between current row and unbounded following) as r,
                coalesce(lag(duration) over ({cell}), 0) as previous
            from {counted}
        ),
        spread as (
            select *,
                case when r > events then events / (r * (r - events)) else 0 end as hazard,
                product((r - events) / r) over ({cell} rows unbounded preceding) as survival,
                coalesce(product((r - events) / r) over (
                    {cell} rows between unbounded preceding and 1 preceding), 1) as before,
                sum(case when r > events then events / (r * (r - events)) else 0 end) over (
                    {cell} rows unbounded preceding) as v
            from risk
        ){areas},
        curve as (
            select *, case when survival > 0 and survival < 1
                    then exp({Z} * sqrt(v) / ln(survival)) end as factor,
                case when survival = 1 then 1 when survival = 0 then 0
                    else exp(ln(survival) / factor) end as lower,
                case when survival = 1 then 1
                    when survival = 0 then 1 - 0.025 ** (1 / (r / before))
                    else exp(ln(survival) * factor) end as upper
            from {last}
        )"""


def aalen_johansen(counted: str, keys: str = f"{KEYS}, norm") -> str:
    """The incidence of completion in each cell, other ends counted as such.

    Args:
        counted: Query or table as of `cells.counted`.
        keys: Columns that make a cell.

    Returns:
        Expressions ending in `curve`: incidence `f` with limits `lower` and `upper`, and `after`,
        the share still waiting.
    """
    cell = f"partition by {keys} order by duration"
    so_far = f"over ({cell} rows unbounded preceding)"
    return f"""
        risk as (
            select *, sum(n) over (
                {cell} rows between current row and unbounded following) as r
            from {counted}
        ),
        survived as (
            select *, product((r - ended) / r) {so_far} as after,
                coalesce(product((r - ended) / r) over (
                    {cell} rows between unbounded preceding and 1 preceding), 1) as before,
                case when r > ended then ended / (r * (r - ended)) else 0 end as h
            from risk
        ),
        incidence as (
            select *, sum(before * d / r) {so_far} as f, before * d / r ** 2 as c
            from survived
        ),
        summed as (
            select *, greatest(0,
                f ** 2 * sum(h) {so_far} - 2 * f * sum(f * h) {so_far} + sum(f ** 2 * h) {so_far}
                + sum(before ** 2 * (r - d) * d / r ** 3) {so_far}
                - 2 * (f * sum(c) {so_far} - sum(f * c) {so_far})) as v
            from incidence
        ),
        limited as (
            select *, case when f > 0 and f < 1 - {FLAT} then ln(1 - f) end as rest,
                exp({Z} * sqrt(v) / ((1 - f) * -rest)) as factor,
                1 - 0.025 ** case when after > 0 then after / (r - ended) else before / r end
                    as none
            from summed
        ),
        curve as (
            select *, case when f = 0 then 0 when f >= 1 - {FLAT} then 1 - none
                    else 1 - exp(rest / factor) end as lower,
                case when f = 0 then none when f >= 1 - {FLAT} then 1
                    else 1 - exp(rest * factor) end as upper
            from limited
        )"""
