"""The peer of the benchmark: eleven figures in SQL written by hand for this one purpose.

Here: which, and the order of work. A comparison of time needs one of each kind of work the monitor
does, not every figure it gives:

    K04  lead time in hours with a norm of hours: moments, and two tables that record them
    K13  lead time in calendar days; its norm changed, so a period is a mix of two
    K20  a norm of working days, by the calendar; only some ways in take part
    K41  another exit competes: Aalen-Johansen in place of Kaplan-Meier
         (of each: the cohorts that started, what was completed, and both sides reconciled)
    difference of sending and receiving  quantiles of a plain distribution
    admission_share                      share of one delivered table, with Wilson's limits
    inflow                               number, with zeros where nothing happened
    stock_persons                        stock at month ends; somebody there twice counts once
    phase_out_rate                       rate: days at risk, added up by month
    phase_out_incidence                  cumulative incidence at fixed times

Not here: whether the monitor is right (`tests/indicators/recompute` works out every figure again,
in another way), how long it takes (`bench_indicators`), nor whether both sides agree (`same`).

Left out of what is here: limits that are quantiles of a beta or gamma distribution, net clocks and
what is still open. The peer does less than what it is compared with, never more.
"""

from tests.bench.plain import counts, handoffs, lead_times
from tests.bench.plain.handoffs import HANDOFFS, Plain

__all__ = ["COUNTED", "HANDOFFS", "INCIDENCE", "MARTS", "Plain", "write"]

COUNTED = ("admission_share", "inflow", "stock_persons", "phase_out_rate")
INCIDENCE = "phase_out_incidence"
# What the monitor makes these figures of.
MARTS = (
    "fct_handoff",
    "fct_handoff_reconciliation",
    "fct_judgment",
    "fct_designation",
    "fct_stock",
    "fct_person_time",
    "fct_phase_out",
)


def write(plain: Plain) -> None:
    """Write every table of the schema `plain`."""
    handoffs.write(plain)
    lead_times.write(plain)
    counts.write(plain)
