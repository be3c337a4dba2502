"""Which members are set against the country, and what the published funnel says of them."""

import pandas as pd
import pytest

from pipelines.indicators.funnels import funnels_of
from pipelines.statistics.funnel import share_limits, spread_of
from pipelines.statistics.intervals import funnel_limits_rate, funnel_limits_share

PARKETTEN = ("amsterdam", "den_haag", "limburg", "noord_holland", "rotterdam", "zeeland")


def figures(members: dict[str, tuple[float, float]], **columns: object) -> pd.DataFrame:
    """Shares of members by events and cases; the country is their sum, unless withheld."""
    events = sum(n_events for n_events, _ in members.values())
    cases = sum(n_cases for _, n_cases in members.values())
    rows = [
        {
            "indicator": "admission_share", "version": "1", "statistic": "share",
            "view": "cohort", "clock": "gross", "side": "both", "period_grain": "year",
            "period": "2025", "dimension": dimension, "member": member, "numerator": x,
            "denominator": n, "value": x / n, "status": "ok", **columns,
        }
        for dimension, member, (x, n) in (
            ("national", "national", (events, cases)),
            *(("parket", member, counts) for member, counts in members.items()),
        )
    ]  # fmt: skip
    return pd.DataFrame(rows)


EVEN = dict(zip(PARKETTEN, [(28, 40), (35, 50), (21, 30), (42, 60), (14, 20), (70, 100)],
                strict=True))  # fmt: skip


def test_members_that_do_not_differ_have_the_limits_of_chance():
    funnel = funnels_of(figures(EVEN)).set_index("member")

    exact = funnel_limits_share([40, 50, 30, 60, 20, 100], 0.7, 0.95)
    assert list(funnel.index) == list(PARKETTEN)
    assert funnel["lower"].tolist() == pytest.approx(exact.lower.tolist())
    assert funnel["upper"].tolist() == pytest.approx(exact.upper.tolist())
    assert set(funnel["spread"]) == {"chance"}
    assert set(funnel["place"]) == {"within"}
    assert set(funnel["target"]) == {0.7}


def test_where_members_differ_the_limits_allow_for_it_and_say_so():
    apart = dict(zip(PARKETTEN, [(240, 400), (400, 500), (150, 300), (480, 600), (120, 200),
                                 (800, 1000)], strict=True))  # fmt: skip
    results = figures(apart)
    funnel = funnels_of(results).set_index("member")

    target = 2190 / 3000
    members = results[results["dimension"] == "parket"]
    n = members["denominator"].to_numpy(dtype=float)
    spread = spread_of(members["value"], target, (target * (1 - target) / n) ** 0.5)
    assert spread is not None
    expected = share_limits(n, target, spread.between, 0.998)
    assert set(funnel["spread"]) == {"more"}
    assert funnel["between"].tolist() == pytest.approx([spread.between] * 6)
    assert funnel["outer_lower"].tolist() == pytest.approx(expected.lower.tolist())
    # Half the cases of Limburg, against three quarters in the country: usual, for such members.
    assert funnel.loc["limburg", "place"] == "within"


def test_of_two_members_only_chance_is_known():
    funnel = funnels_of(figures({"direct": (204, 240), "triagetafel": (70, 117)}))

    assert funnel["spread"].tolist() == ["unknown", "unknown"]
    assert funnel["place"].tolist() == ["within", "below"]
    assert funnel["between"].isna().all()


def test_a_withheld_member_has_no_row_and_changes_no_other():
    results = figures(EVEN)
    results.loc[results["member"] == "zeeland", "status"] = "suppressed"
    numbers = ["numerator", "denominator", "value"]
    results.loc[results["member"] == "zeeland", numbers] = float("nan")

    funnel = funnels_of(results)

    assert "zeeland" not in set(funnel["member"])
    whole = funnels_of(figures(EVEN)).set_index("member")["outer_upper"]
    assert funnel["outer_upper"].tolist() == whole.drop("zeeland").tolist()
    # Only members with fifteen expected events and non-events say how far members lie apart.
    assert set(funnel["spread"]) == {"unknown"}


def test_what_is_not_followed_to_its_end_has_no_funnel_yet():
    results = figures(EVEN, statistic="share_within_norm", side="sender")
    assert len(funnels_of(results)) == len(EVEN)

    # Kaplan-Meier's share of a member with an open case is no count over its cases.
    results.loc[results["member"] == "limburg", "value"] += 0.004
    assert funnels_of(results).empty


@pytest.mark.parametrize(
    ("statistic", "view"), [("median", "cohort"), ("rmst", "cohort"), ("count", "completed")]
)
def test_times_and_counts_have_none(statistic, view):
    assert funnels_of(figures(EVEN, statistic=statistic, view=view)).empty


def test_a_rate_has_the_limits_of_its_time():
    times = dict(zip(PARKETTEN, [(4, 2.0), (6, 3.0), (8, 4.0), (2, 1.0), (10, 5.0), (0, 0.5)],
                     strict=True))  # fmt: skip
    funnel = funnels_of(figures(times, statistic="rate", view="completed"))

    exact = funnel_limits_rate([2, 3, 4, 1, 5, 0.5], 30 / 15.5, 0.998)
    assert funnel["outer_upper"].tolist() == pytest.approx(exact.upper.tolist())
    assert funnel["outer_lower"].tolist() == pytest.approx(exact.lower.tolist())


def test_one_case_cannot_lie_at_the_national_value_but_its_limits_hold_it():
    funnel = funnels_of(figures({"amsterdam": (3, 600), "zeeland": (0, 1)})).set_index("member")

    assert funnel.loc["zeeland", "lower"] == 0.0
    assert funnel.loc["zeeland", "upper"] == pytest.approx(3 / 601)
    assert funnel.loc["zeeland", "place"] == "within"


def test_without_figures_there_is_an_empty_table():
    assert funnels_of(figures(EVEN).iloc[:0]).empty
