"""What becomes of periods that are not over, or were not followed to their end.

Here: agreement, which is judged once it is older than its tolerance. Not here: the day until which
a hand-off is followed (dbt unit tests of `int_followed`).
"""

from datetime import date

import pandas as pd
import pytest

from pipelines.indicators.followed import as_followed
from tests.bench.first_seen import first_against_now

REFERENCE = date(2026, 10, 31)


def statuses(
    grain: str,
    periods: list[str],
    days: int,
    until: date = REFERENCE,
    dimension: str = "national",
    *,
    is_of_today: bool = False,
) -> dict[str, str]:
    """Status of each period of an agreement with a tolerance, followed until a day."""
    figures = pd.DataFrame(
        {"indicator": "agreed", "statistic": "matched", "clock": "gross", "period": periods}
    ).assign(
        view="cohort", side="both", period_grain=grain, dimension=dimension, member="national",
        numerator=1.0, denominator=2.0, value=0.5, lower=0.1, upper=0.9, n_at_risk=float("nan"),
        status="ok",
    )  # fmt: skip
    followed = pd.DataFrame(
        [("agreed", "gross", "", until, "", 24.0 * days, is_of_today)],
        columns=[
            "indicator", "clock", "organisation", "followed_until", "waits_for", "tolerance_hours",
            "is_of_today",
        ],
    )  # fmt: skip
    found = as_followed(figures, followed, REFERENCE)
    return dict(zip(found["period"], found["status"], strict=True))


@pytest.mark.parametrize(
    ("grain", "days", "expected"),
    [
        ("month", 1, {"2026-09": "ok", "2026-10": "ok"}),
        # Of October more than half, of November nothing.
        ("month", 15, {"2026-10": "ok", "2026-11": "too_recent"}),
        ("month", 16, {"2026-09": "ok", "2026-10": "too_recent"}),
        # Ninety days ago was the second of August: its first two days are no August.
        ("month", 90, {"2026-07": "ok", "2026-08": "too_recent"}),
        ("quarter", 90, {"2026-Q2": "ok", "2026-Q3": "too_recent"}),
        ("rolling_12m", 90, {"2026-Q2": "ok", "2026-Q3": "too_recent"}),
        ("year", 90, {"2025": "ok", "2026": "too_recent"}),
        ("all", 90, {"all": "ok"}),
    ],
)
def test_agreement_of_a_period_is_there_once_half_of_it_is_judged(grain, days, expected):
    assert statuses(grain, list(expected), days) == expected


def test_where_a_late_table_stands_in_the_way_agreement_is_not_delivered():
    """Followed until September: August would be judged by now, September would not."""
    found = statuses("month", ["2026-06", "2026-07", "2026-08"], 60, until=date(2026, 9, 30))

    assert found == {"2026-06": "ok", "2026-07": "ok", "2026-08": "not_delivered"}


@pytest.mark.parametrize("of_today", [{"is_of_today": True}, {"dimension": "recommendation_state"}])
def test_what_became_of_cases_by_today_is_not_delivered_where_the_newest_is_not_known(of_today):
    """Also of cases of long ago: of them too it may have changed in the month that is missing."""
    late = statuses("quarter", ["2024-Q1", "2026-Q3"], 0, date(2026, 9, 30), **of_today)
    whole = statuses("all", ["all"], 0, date(2026, 9, 30), **of_today)

    assert late | whole == dict.fromkeys(("2024-Q1", "2026-Q3", "all"), "not_delivered")
    assert statuses("quarter", ["2024-Q1"], 0, **of_today) == {"2024-Q1": "ok"}


def test_a_month_is_first_seen_when_most_of_it_is_judged():
    """Ninety days: of July two days are known in September, and most of it in October."""
    seen = pd.DataFrame(
        [
            ("K", "2026-07", date(2026, 6, 30), 1, 0.0),
            ("K", "2026-07", date(2026, 10, 31), 40, 0.8),
            ("K", "2026-07", date(2026, 11, 30), 50, 0.7),
            # Over at the first month-end already: nobody saw it first then.
            ("K", "2026-03", date(2026, 6, 30), 50, 0.9),
            ("K", "2026-03", date(2026, 11, 30), 50, 0.9),
            # Given today for the first time.
            ("K", "2026-08", date(2026, 11, 30), 50, 0.9),
        ],
        columns=["handoff_id", "month", "seen_on", "n", "share"],
    ).assign(tolerance_hours=24.0 * 90)

    found = first_against_now(seen)

    assert found.to_numpy().tolist() == [["K", "2026-07", 0.8, 0.7]]
