"""Share within norm: each case by the norm valid when its clock started.

Four cases of one hand-off around 1 January 2026, when a norm of 14 days became one of 10.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from pipelines.indicators.followed import Lateness
from pipelines.indicators.lead_times import HandoffFacts, lead_time_figures

HANDOFF = HandoffFacts(
    "K", "k", "calendar_days", "calendar_days", "sender", (),
    has_competing=False, has_net_clock=False,
)  # fmt: skip
REFERENCE = date(2026, 12, 31)
NOT_LATE = Lateness({}, REFERENCE, {})
OLD, NEW = 14.0, 10.0
Case = tuple[str, int, str]


def figures(
    cases: Sequence[Case],
    norms: bool = True,
    lateness: Lateness = NOT_LATE,
    until: date = REFERENCE,
) -> pd.DataFrame:
    """National figures of cases given as start, length in days and status."""
    rows = []
    for start_text, days, status in cases:
        start = date.fromisoformat(start_text)
        stop = start + timedelta(days=days) if status == "completed" else None
        norm = (NEW if start >= date(2026, 1, 1) else OLD) if norms else None
        rows.append(
            {
                "handoff_id": "K",
                "unit": "calendar_days",
                "status": status,
                "start_date": start,
                "stop_date": stop,
                "competing_at": None,
                "duration": float(days),
                "norm_value": norm,
                "norm_duration": float(days) if norms else None,
                "followable": float((until - start).days),
                "norm_followable": float((until - start).days) if norms else None,
                **{f"start_{grain}": name for grain, name in periods(start).items()},
                **{f"stop_{grain}": name for grain, name in periods(stop).items()},
            }
        )
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema raw")
        connection.execute(
            f"create table raw.build as select '{REFERENCE}' as reference_date, "
            "'Europe/Amsterdam' as timezone"
        )
        frame = pd.DataFrame(rows)
        connection.register("rows", frame)
        connection.execute(
            """
            create table marts.fct_handoff as
            select * replace (
                start_date::date as start_date, stop_date::date as stop_date,
                competing_at::timestamptz as competing_at,
                norm_value::double as norm_value, norm_duration::double as norm_duration,
                norm_followable::double as norm_followable
            ), null::varchar as net_status, null::double as net_duration,
                null::double as net_norm_duration, null::double as net_followable,
                null::double as net_norm_followable
            from rows
            """
        )
        found = lead_time_figures(connection, [HANDOFF], lateness)
    return found.set_index(["view", "statistic", "period_grain", "period"]).sort_index()


def periods(day: date | None) -> dict[str, str | None]:
    if day is None:
        return dict.fromkeys(("month", "quarter", "year"))
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day.year}"}


def share(found: pd.DataFrame, period: str, grain: str = "year", view: str = "cohort") -> tuple:
    row = found.loc[view, "share_within_norm", grain, period]
    return (row["numerator"], row["denominator"], row["value"])


def test_the_last_day_of_the_norm_is_within_it_and_the_next_is_not():
    found = figures([("2026-03-02", 10, "completed"), ("2026-03-02", 11, "completed")])

    assert share(found, "2026") == (1, 2, 0.5)
    assert share(found, "2026", view="completed") == (1, 2, 0.5)


def test_the_norm_of_the_day_the_clock_started_counts():
    """Twelve days: within the old norm on 31 December, beyond the new one on 1 January."""
    found = figures([("2025-12-31", 12, "completed"), ("2026-01-01", 12, "completed")])

    assert share(found, "2025") == (1, 1, 1.0)
    assert share(found, "2026") == (0, 1, 0.0)
    # Both were completed in January, each judged by its own norm.
    assert share(found, "2026", view="completed") == (1, 2, 0.5)


def test_a_period_with_two_norms_weighs_both_by_their_cases():
    """Of three under the old norm two are within it; of one under the new norm none."""
    cases = [
        ("2025-11-03", 14, "completed"),
        ("2025-11-03", 3, "completed"),
        ("2025-11-03", 15, "completed"),
        ("2026-02-02", 11, "completed"),
    ]
    found = figures(cases)

    assert share(found, "all", "all") == pytest.approx((2, 4, 0.5))
    row = found.loc["cohort", "share_within_norm", "all", "all"]
    assert 0 < row["lower"] < row["value"] < row["upper"] < 1


def test_an_open_case_within_its_norm_is_neither_in_time_nor_late():
    """Followed for five days: it weighs in on day 4 and no more on day 8."""
    cases = [("2026-03-02", days, "completed") for days in (4, 8, 12)]
    found = figures([*cases, ("2026-12-26", 5, "open")])

    assert share(found, "2026") == pytest.approx((2, 4, 1 - 3 / 4 * 1 / 2))


def test_everything_open_and_late_is_none_within_the_norm():
    found = figures([("2026-03-02", 304, "open"), ("2026-03-03", 303, "open")])

    assert share(found, "2026") == (0, 2, 0.0)
    row = found.loc["cohort", "share_within_norm", "year", "2026"]
    # None of two is no bare zero.
    assert (row["status"], row["lower"]) == ("ok", 0.0)
    assert row["upper"] > 0.5


def test_all_too_recent_says_so():
    row = figures([("2026-12-26", 5, "open")]).loc["cohort", "share_within_norm", "year", "2026"]

    assert row["status"] == "too_recent"
    assert pd.isna(row["value"])


def test_two_cases_followed_through_the_norm_are_too_few_once_somebody_is_open():
    two = [("2026-12-01", 5, "completed"), ("2026-12-02", 12, "completed")]
    just_begun = ("2026-12-30", 1, "open")
    long_open = ("2026-12-05", 26, "open")

    shares = [
        figures(cases).loc["cohort", "share_within_norm", "year", "2026"]
        for cases in (two, [*two, just_begun], [*two, just_begun, long_open])
    ]

    assert [row["status"] for row in shares] == ["ok", "too_recent", "ok"]
    assert shares[0]["value"] == 0.5
    assert shares[2]["value"] == pytest.approx(1 / 3)


def test_without_a_norm_there_is_no_share_and_the_rest_is_there():
    found = figures([("2026-03-02", 4, "completed")], norms=False)

    assert "share_within_norm" not in found.index.get_level_values("statistic")
    assert found.loc["cohort", "median", "year", "2026"]["value"] == 4


def test_no_cases_no_rows():
    found = figures([("2026-03-02", 4, "completed")])

    assert set(found.loc["cohort", "median", "quarter"].index) == {"2026-Q1"}


@pytest.mark.parametrize(
    ("start", "status"), [("2026-12-20", "not_delivered"), ("2026-12-26", "too_recent")]
)
def test_where_only_a_late_table_stands_in_the_way_the_share_is_not_delivered(start, status):
    """Followed until the 23rd. A norm of ten days ends before the reference date, or after it."""
    late = Lateness({("k", "gross", ""): date(2026, 12, 23)}, REFERENCE, {})
    followed = (date(2026, 12, 23) - date.fromisoformat(start)).days
    cases = [(start, max(followed, 0), "open")] * 3
    found = figures(cases, lateness=late, until=date(2026, 12, 23))

    assert found.loc["cohort", "share_within_norm", "year", "2026"]["status"] == status


def test_thirty_that_end_on_one_day_are_known_to_half_a_day():
    found = figures([("2026-03-02", 3, "completed")] * 30)

    for view in ("cohort", "completed"):
        row = found.loc[view, "median", "year", "2026"]
        assert (row["value"], row["lower"], row["upper"]) == (3.0, 2.5, 3.5)
