"""Curves of every cell at once, as common table expressions.

Here: Kaplan-Meier with the area below it, and Aalen-Johansen.
Not here: where a curve is read, and limits, which are quantiles of beta distributions.
"""

FLAT = 1e-9


def kaplan_meier(counted: str, ended: str, keys: str, *, area: bool = False) -> str:
    """The curve of each cell.

    Args:
        counted: Table with the keys, duration, n and how many ended, and `tau` if the area is
            asked.
        ended: Column with how many ended in the way that counts.
        keys: Columns that make a cell.
        area: Whether the area below the curve is needed too.

    Returns:
        Expressions ending in `curve`: survival, and with `area` the area up to each time, none
        beyond tau.
    """
    cell = f"partition by {keys} order by duration"
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


def aalen_johansen(counted: str, keys: str) -> str:
    """The incidence of completion in each cell, other ends counted as such.

    Args:
        counted: Table with the keys, duration, n, d (completed) and ended (in any way).
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


def known_until(not_ended: str, longest: str) -> str:
    """Until when a cell is known: nobody was open before, or three could be followed so long.

    Args:
        not_ended: Aggregate of the first duration of whom has not ended.
        longest: Column with the three longest follow-ups of each part of the cell.
    """
    third = f"list_sort(flatten(list({longest})), 'desc')[3]"
    return f"greatest(coalesce({not_ended}, 'infinity'::double), {third})"
