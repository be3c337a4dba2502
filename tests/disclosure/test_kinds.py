"""What adds up in the figures of one kind still does when they are rounded.

Here: parts of a reconciliation, ages of what is open, and rolling years, each counted by hand.
Not here: members and periods (`test_protect`), and what may be concluded (`tests.audit`).
"""

import pandas as pd

from tests.audit.hand_made import Population, protected

QUARTERS = [f"2026-Q{quarter}" for quarter in (1, 2, 3, 4)]
OPEN = Population(
    """
    indicator statistic               member Q1 Q2 Q3 Q4
    queue     open/open                -     71 64 77 83
    queue     open/open_age_to_7d      -     11 12 13 14
    queue     open/open_age_8_to_30d   -     20 17 21 22
    queue     open/open_age_31_to_90d  -     17 13 21 25
    queue     open/open_age_91_to_180d -     12 11 11 11
    queue     open/open_age_over_180d  -     11 11 11 11
    """
)
RECONCILED = Population(
    """
    indicator statistic           member Q1     Q2     Q3    Q4
    sides     matched             -      71/103 64/117 40/93 50/88
    sides     out_of_tolerance    -      11/103 23/117 20/93 14/88
    sides     sent_never_received -      11/103 16/117 20/93 12/88
    sides     received_never_sent -      10/103 14/117 13/93 12/88
    """,
    kinds={"sides": "reconciliation"},
)
STARTED = Population(
    """
    indicator statistic member Q1  Q2  Q3 Q4
    triage    started   -      101 117 93 88
    triage    median    -      101 117 93 88
    """
)


def by_statistic(figures: pd.DataFrame, number: str, grain: str = "quarter") -> pd.DataFrame:
    """A number by statistic (rows) and period of 2026 (columns)."""
    rows = figures[(figures["period_grain"] == grain) & figures["period"].isin(QUARTERS)]
    assert (rows["status"] == "ok").all()
    return rows.pivot_table(index="statistic", columns="period", values=number, dropna=False)


def test_ages_add_up_to_what_is_open():
    shown = by_statistic(protected([OPEN], "platform"), "value")

    assert list(shown.columns) == QUARTERS
    assert (shown.drop("open").sum() == shown.loc["open"]).all()
    assert (shown % 3 == 0).all(axis=None)


def test_the_parts_of_a_reconciliation_add_up_to_its_base():
    figures = protected([RECONCILED], "platform")
    parts, bases = (by_statistic(figures, name) for name in ("numerator", "denominator"))

    assert len(parts) == 4
    assert (parts.sum() == bases.loc["matched"]).all()
    assert (bases == bases.iloc[0]).all(axis=None)


def test_a_rolling_year_is_the_sum_of_four_quarters_that_are_shown():
    figures = protected([STARTED], "platform")
    quarters = by_statistic(figures, "value")
    years = by_statistic(figures, "value", "rolling_12m")

    # No earlier one: what it consists of is not shown.
    assert list(years.columns) == ["2026-Q4"]
    assert years.loc["started", "2026-Q4"] == quarters.loc["started"].sum()
    # A length of time is as estimated, over a number that adds up.
    assert years.loc["median", "2026-Q4"] == 12
    bases = [by_statistic(figures, "denominator", grain) for grain in ("quarter", "rolling_12m")]
    assert bases[1].loc["median", "2026-Q4"] == bases[0].loc["median"].sum()


class Without(Population):
    """The same, of which some figures were never made."""

    def figures(self) -> pd.DataFrame:
        rows = super().figures()
        is_median_of_a_year = (rows["period_grain"] == "rolling_12m") & (
            rows["statistic"] == "median"
        )
        return rows[~is_median_of_a_year]


def test_a_rolling_year_without_an_estimate_has_no_length_of_time():
    figures = protected([Without(STARTED.counts)], "platform")

    assert list(by_statistic(figures, "value", "rolling_12m").index) == ["started"]
