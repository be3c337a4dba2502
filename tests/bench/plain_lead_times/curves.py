"""Curves of every cell at once, as common table expressions.

Here: Kaplan-Meier with the area below it, and Aalen-Johansen.
Not here: where a curve is read (`cohorts`), and limits, which are quantiles of beta distributions.
"""

from tests.bench.plain_lead_times.cells import KEYS

FLAT = 1e-9


def kaplan_meier(counted: str, ended: str, *, area: bool = False) -> str:
    """The curve of each cell.

    Args:
        counted: Query or table as of `cells.counted`, with `tau` if the area is asked.
        ended: Column with how many ended in the way that counts.
        area: Whether the area below the curve is needed too.

    Returns:
        Expressions ending in `curve`: survival, and with `area` the area up to each time, none
        beyond tau.
    """
    cell = f"partition by {KEYS}, norm order by duration"
    areas = ""
    if area:
        areas = f""", sum(before * (least(duration, tau) - least(previous, tau))) over (
                {cell} rows unbounded preceding) as area"""
    return f"""
        risk as (
            select *, {ended} as events, sum(n) over (
                    {cell} rows between current row and unbounded following) as r,
                coalesce(lag(duration) over ({cell}), 0) as previous
            from {counted}
        ),
        survived as (
            select *, product((r - events) / r) over ({cell} rows unbounded preceding) as survival,
                coalesce(product((r - events) / r) over (
                    {cell} rows between unbounded preceding and 1 preceding), 1) as before
            from risk
        ),
        curve as (select *{areas} from survived)"""


def aalen_johansen(counted: str, keys: str = f"{KEYS}, norm") -> str:
    """The incidence of completion in each cell, other ends counted as such.

    Args:
        counted: Query or table as of `cells.counted`.
        keys: Columns that make a cell.

    Returns:
        Expressions ending in `curve`: incidence `f`, and `after`, the share still waiting.
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
                    {cell} rows between unbounded preceding and 1 preceding), 1) as before
            from risk
        ),
        curve as (select *, sum(before * d / r) {so_far} as f from survived)"""
