"""The peer's lead times: what started, what was completed and what was open, in plain SQL.

Here: the order of work. Not here: the rows (`plain_handoffs`).

Left out: limits of cohorts (quantiles of beta distributions) and of completed quantiles (by rank),
which plain SQL cannot give, and the number at risk beside a figure. The peer does less than what it
is compared with, never more.
"""

from tests.bench.plain_handoffs import Plain
from tests.bench.plain_lead_times import (
    cells,
    charts,
    cohorts,
    completed,
    still_open,
)

__all__ = ["charts", "lead_times"]


def lead_times(plain: Plain) -> None:
    """Write the tables of `plain` with lead times.

    Args:
        plain: The peer with its hand-offs written.
    """
    cells.write(plain)
    cohorts.write(plain)
    completed.write(plain)
    still_open.write(plain)
