"""How far a restricted mean looks: one time per hand-off.

Here: choosing it. Not here: the restricted mean itself (`pipelines.statistics.survival`).

A restricted mean is the mean time spent waiting up to a horizon. It can be said where a median
cannot: of a cohort that is half open still, and of lead times of so few whole days that the median
jumps. The horizon has to stay the same from one period to the next and from one build to the next,
so it is a step of a ladder: the first at or above twice the median of what was ever completed. Long
enough to see slow cases, short enough for a period to have been followed that long soon after it
ends.
"""

from bisect import bisect_left

import duckdb

DAYS = (3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0, 540.0,
         730.0)  # fmt: skip
HOURS = (2.0, 4.0, 8.0, 12.0, 24.0, 48.0, 72.0, 120.0, 168.0, 336.0, 720.0)


def horizon(median: float, unit: str) -> float:
    """The horizon of a hand-off.

    Returns:
        A step of the ladder, in that unit; the last one for whatever takes longer.
    """
    ladder = HOURS if unit == "hours" else DAYS
    return ladder[min(bisect_left(ladder, 2.0 * median), len(ladder) - 1)]


def horizons(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """The horizon of every hand-off that was ever completed.

    Args:
        connection: Open warehouse with `marts.fct_handoff`.
    """
    rows = connection.execute(
        """
        select handoff_id, unit, median(duration)
        from marts.fct_handoff
        where status = 'completed' and duration is not null
        group by all
        """
    ).fetchall()
    return {str(handoff): horizon(float(median), unit) for handoff, unit, median in rows}
