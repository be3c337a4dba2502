"""The peer's counted indicators: shares, numbers, flows, stocks and rates in plain SQL.

Here: a chapter per group of entries of the register that share a source, each a few statements
straight on the delivered tables and on what the peer has made already, none on a mart. Then the
figures: rolling years, shares with Wilson's limits, and the cumulative incidence of phase-out.
Not here: hand-offs and their reconciliation (`plain_handoffs`), lead times (`plain_lead_times`),
nor whether both sides agree (`same_counts`).

Left out: exact Poisson limits, which plain SQL cannot give, and intervals of cumulative incidence.
The peer does less than what it is compared with, never more.
"""

from tests.bench.plain_counts import (
    designations,
    figures,
    findings,
    incidence,
    measures,
    quality,
    recommendations,
    reconciliations,
    records,
    themes,
    triage,
)
from tests.bench.plain_counts.cells import create_counted
from tests.bench.plain_handoffs import Plain

__all__ = ["counts", "incidence"]


def counts(plain: Plain) -> None:
    """Write `plain.counted`, every cell of every counted entry, and `plain.figure` made of it.

    Args:
        plain: The peer with its hand-offs and their reconciliation written.
    """
    create_counted(plain)
    measures.write(plain)
    designations.write(plain)
    for chapter in (
        measures,
        designations,
        triage,
        records,
        recommendations,
        quality,
        findings,
        reconciliations,
        themes,
    ):
        chapter.count(plain)
    figures.write(plain)
    reconciliations.write_differences(plain)
