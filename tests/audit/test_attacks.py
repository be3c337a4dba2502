"""Attacks on published figures, each found where counts are printed as they are.

The counts are small on purpose; what is withheld in the figures is a row without numbers.
"""

import pandas as pd

from pipelines.audit import audit
from tests.audit.by_hand import published


def proven(found: pd.DataFrame) -> set[tuple[str, str, float, float]]:
    columns = ["member", "part", "lower", "upper"]
    return set(found[columns].itertuples(index=False, name=None))


def test_a_lone_hidden_member_is_the_country_less_the_others():
    found = audit(
        published(
            """
            dimension member   value
            national  national 50
            parket    a        27
            parket    b        20
            parket    c        -
            """
        )
    )

    assert proven(found) == {("c", "n", 3.0, 3.0)}
    assert found["constraints"].tolist() == ["members"]


def test_a_hidden_quarter_is_the_rolling_year_less_three_others():
    found = audit(
        published(
            """
            period_grain period  value
            quarter      2026-Q1 30
            quarter      2026-Q2 -
            quarter      2026-Q3 25
            quarter      2026-Q4 20
            rolling_12m  2026-Q4 77
            """
        )
    )

    assert found[["lower", "upper", "constraints"]].to_numpy().tolist() == [[2, 2, "periods"]]


def test_two_rolling_years_differ_by_the_quarter_that_came_and_the_one_that_went():
    found = audit(
        published(
            """
            period_grain period  value
            quarter      2025-Q1 -
            quarter      2025-Q2 30
            quarter      2025-Q3 25
            quarter      2025-Q4 20
            quarter      2026-Q1 41
            rolling_12m  2026-Q1 116
            rolling_12m  2025-Q4 79
            """
        )
    )

    assert found["lower"].tolist() == [4.0]


def test_a_hidden_month_is_the_quarter_of_a_year_less_the_other_months():
    # The quarter itself is hidden too: it is the year less three quarters.
    found = audit(
        published(
            """
            period_grain period  value
            year         2026    100
            quarter      2026-Q1 -
            quarter      2026-Q2 30
            quarter      2026-Q3 25
            quarter      2026-Q4 20
            month        2026-01 12
            month        2026-02 10
            month        2026-03 -
            """
        )
    )

    assert found[["months", "lower", "upper"]].to_numpy().tolist() == [[1, 3, 3]]


def test_two_nested_bases_give_the_group_between_them():
    found = audit(
        published(
            """
            indicator value
            dossiers  40
            advice    37
            """,
            bases="""
            indicator base     within
            dossiers  dossiers -
            advice    advice   dossiers
            """,
        )
    )

    assert found[["lower", "upper", "constraints"]].to_numpy().tolist() == [[3, 3, "nested"]]


def test_of_an_incidence_what_is_left_died_withdrew_or_was_transferred():
    found = audit(
        published(
            """
            statistic               numerator denominator n_at_risk
            cumulative_incidence_6m 20        60          37
            """,
            kinds={"a": "cumulative_incidence"},
        )
    )

    assert found[["lower", "constraints"]].to_numpy().tolist() == [[3, "at_risk"]]


def test_of_a_share_within_norm_what_is_counted_twice_ended_on_the_last_day():
    found = audit(
        published(
            """
            statistic         numerator denominator n_at_risk
            share_within_norm 45        60          17
            """
        )
    )

    assert found[["lower", "constraints"]].to_numpy().tolist() == [[-2, "at_risk"]]


def test_started_is_completed_and_open_and_the_other_exits():
    found = audit(
        published(
            """
            statistic value
            started   60
            completed 40
            open      17
            competing -
            """
        )
    )

    assert (3.0, "parts") in set(found[["lower", "constraints"]].itertuples(index=False, name=None))


def test_a_hidden_band_of_age_is_the_number_open_less_the_other_bands():
    found = audit(
        published(
            """
            view statistic            value
            open open                 60
            open open_age_to_7d       20
            open open_age_8_to_30d    15
            open open_age_31_to_90d   12
            open open_age_91_to_180d  10
            open open_age_over_180d   -
            """
        )
    )

    assert (3.0, "parts") in set(found[["lower", "constraints"]].itertuples(index=False, name=None))


def test_a_stock_is_the_stock_before_plus_what_came_less_what_went():
    found = audit(
        published(
            """
            indicator     view      statistic period  value
            stock_persons open      count     2026-Q1 100
            stock_persons open      count     2026-Q2 104
            inflow        completed count     2026-Q1 15
            inflow        completed count     2026-Q2 7
            outflow       completed count     2026-Q1 9
            outflow       completed count     2026-Q2 -
            """,
            kinds={"stock_persons": "stock", "inflow": "flow", "outflow": "flow"},
        )
    )

    assert found[["base", "lower", "constraints"]].to_numpy().tolist() == [["outflow", 3, "flows"]]


def test_a_complement_is_a_group_like_any_other():
    found = audit(
        published(
            """
            statistic numerator denominator
            share     57        60
            """,
            kinds={"a": "share"},
        )
    )

    assert found[["lower", "constraints"]].to_numpy().tolist() == [[3, "complement"]]


def test_all_of_a_group_is_told_of_each_of_them():
    found = audit(
        published(
            """
            statistic numerator denominator
            share     60        60
            """,
            kinds={"a": "share"},
        )
    )

    assert found[["part", "gives_away"]].to_numpy().tolist() == [["a/share:complement", "none"]]


def test_the_denominator_of_one_statistic_is_that_of_another_of_the_same_base():
    # The number that started is withheld, and stands under the median.
    found = audit(
        published(
            """
            statistic period  value denominator numerator
            started   2026-Q1 -     -           -
            median    2026-Q1 12.5  3           -
            started   2026-Q2 40    -           -
            median    2026-Q2 11    40          30
            """
        )
    )

    assert ("national", "n", 3.0, 3.0) in proven(found)


def test_counts_beside_the_figures_are_counts():
    found = audit(
        published(
            "value\n50",
            linkage=pd.DataFrame(
                [
                    ["case", "om", None, 100, 98],
                    ["case", "lcc", "lcc_besluit", 100, 60],
                ],
                columns=["key_kind", "organisation_a", "table_a", "n_keys", "n_linked"],
            ),
            suspected_double_count=pd.DataFrame([{"ground": "zelfde", "n_pairs": 3}]),
        )
    )

    assert found[["quantity", "member", "lower"]].to_numpy().tolist() == [
        ["linkage n_keys − n_linked", "case/om/", 2],
        ["suspected_double_count n_pairs", "zelfde", 3],
    ]


def test_a_share_that_is_not_rounded_tells_its_fraction():
    found = audit(
        published(
            "value\n50",
            quality=pd.DataFrame(
                [
                    {"indicator": "a", "linkage": 1232 / 1234},
                    {"indicator": "b", "linkage": 0.93},
                ]
            ),
        )
    )

    assert found[["quantity", "member"]].to_numpy().tolist() == [["quality linkage", "a"]]


def test_one_case_added_between_two_releases_is_the_difference():
    figures = "value\n{}"
    before = published(figures.format(30), audience="advisory", threshold=10, name="r1")
    after = published(figures.format(31), audience="advisory", threshold=10, name="r2")

    found = audit(after, [before])

    assert found[["lower", "upper", "constraints"]].to_numpy().tolist() == [[1, 1, "between_files"]]


def test_somebody_who_is_counted_himself_takes_his_own_record_away():
    ten = published("value\n10", audience="advisory", threshold=10)

    assert audit(ten)["gives_away"].tolist() == ["insider"]
    assert audit(published("value\n10", audience="platform", threshold=10)).empty
    assert audit(published("value\n10", audience="advisory", threshold=10, rounding_base=5)).empty


def test_cases_that_only_one_side_recorded_are_the_base_less_the_pairs_under_a_difference():
    found = audit(
        published(
            """
            statistic         value denominator numerator
            matched           0.9   200         180
            difference_median 1.5   198         -
            """,
            kinds={"a": "reconciliation"},
        )
    )

    assert ("national", "a/pairs:complement", 2.0, 2.0) in proven(found)


def test_of_pairs_that_are_withheld_nothing_is_proven():
    found = audit(
        published(
            """
            statistic         value denominator numerator
            matched           0.9   200         180
            difference_median -     -           -
            """,
            kinds={"a": "reconciliation"},
        )
    )

    assert found.empty
