"""Which measures an indicator has, in their fixed order, and in which view each is shown first.

Here: pure functions on rows of the long contract.
Not here: their names (the texts), and reading the rows.
"""

import pandas as pd

# Views in their fixed order; the first one published is the headline of an indicator.
VIEWS = ("cohort", "completed", "open")
# Measures in their fixed order; an unknown one comes last.
STATISTICS = (
    "median",
    "p90",
    "share_within_norm",
    "rmst",
    "share",
    "rate",
    "count",
    "cumulative_incidence_6m",
    "cumulative_incidence_12m",
    "cumulative_incidence_24m",
    "open_age_to_7d",
    "open_age_8_to_30d",
    "open_age_31_to_90d",
    "open_age_91_to_180d",
    "open_age_over_180d",
)
TIMES = frozenset({"median", "p90", "rmst"})
"""Measures that are lengths of time."""
# Numbers that stand beside a measure and are none themselves.
COUNTED = frozenset(
    {
        "started",
        "completed",
        "competing",
        "open",
        "negative",
        "stop_only",
        "stop_unknown",
        "median_age_days",
    }
)
RECONCILED = (
    "matched",
    "out_of_tolerance",
    "sent_never_received",
    "received_never_sent",
    "negative",
)


def measures_of(results: pd.DataFrame) -> list[str]:
    """Return the measures published for an indicator, in their fixed order."""
    # What did not match is told by how it did not; how much did match is what a signal is about.
    published = set(results["statistic"]) - COUNTED - (set(RECONCILED) - {"matched"})
    known = [name for name in ("matched", *STATISTICS) if name in published]
    return known + sorted(published - set(known))


def headline_view(results: pd.DataFrame, statistic: str) -> str:
    """Return the view in which a measure is shown first."""
    published = set(results.loc[results["statistic"] == statistic, "view"])
    return next((view for view in VIEWS if view in published), VIEWS[0])
