"""Groups of members: parts of the country, and made of members that may be known elsewhere."""

from pipelines.audit import audit, examine
from tests.audit.by_hand import published

CLUSTERS = """
dimension member cluster
parket    a      north
parket    b      north
parket    c      south
parket    d      south
"""


def test_a_hidden_member_is_its_cluster_less_the_others():
    found = audit(
        published(
            """
            dimension      member   value
            national       national 90
            parket_cluster north    40
            parket_cluster south    50
            parket         a        37
            parket         b        -
            parket         c        20
            parket         d        30
            """,
            clusters=CLUSTERS,
        )
    )

    assert found[["member", "lower", "constraints"]].to_numpy().tolist() == [["b", 3, "clusters"]]


def test_half_years_of_a_cluster_are_made_of_quarters_of_its_members():
    # The half-year of the cluster is hidden; the quarters of its members are not all.
    found = audit(
        published(
            """
            period_grain period  dimension      member value
            half_year    2026-H1 parket_cluster south  58
            half_year    2026-H1 parket_cluster north  71
            quarter      2026-Q1 parket         c      20
            quarter      2026-Q1 parket         d      15
            quarter      2026-Q2 parket         c      -
            quarter      2026-Q2 parket         d      20
            """,
            clusters=CLUSTERS,
        )
    )

    assert found[["member", "months", "lower"]].to_numpy().tolist() == [["c", 3, 3]]


def test_who_belongs_to_no_member_is_left_out_and_the_members_stay_within_the_country():
    examined = examine(
        published(
            """
            period  dimension member   value
            2026-Q1 national  national 50
            2026-Q1 parket    a        20
            2026-Q1 parket    b        28
            2026-Q2 national  national 50
            2026-Q2 parket    a        46
            2026-Q2 parket    b        -
            """
        )
    )

    # In the first quarter two are of neither: so b may be anything up to four, nobody included.
    assert examined.given_up[["family", "kept"]].to_numpy().tolist() == [["members", "at_most"]]
    assert examined.findings.empty


def test_members_counted_twice_add_up_to_nothing():
    examined = examine(
        published(
            """
            period  dimension  member   value
            2026-Q1 national   national 50
            2026-Q1 handoff_id a        40
            2026-Q1 handoff_id b        30
            2026-Q2 national   national 50
            2026-Q2 handoff_id a        47
            2026-Q2 handoff_id b        -
            """
        )
    )

    assert examined.given_up["kept"].tolist() == ["nothing"]
    assert examined.findings.empty
