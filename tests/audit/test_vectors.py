"""The reference vectors of the rules: what rounding tells, and what a total takes away."""

from dataclasses import replace

import pandas as pd
import pytest

from pipelines.audit import audit, examine
from tests.audit.by_hand import published


def bounds_of(examined: pd.DataFrame, **where: object) -> list[tuple[float, float]]:
    for column, value in where.items():
        examined = examined[examined[column] == value]
    return list(examined[["lower", "upper"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("printed", "proven"), [(0, (0.0, 4.0)), (5, (1.0, 9.0)), (10, (6.0, 14.0))]
)
def test_a_count_rounded_to_five_is_known_within_four(printed, proven):
    release = published(f"value\n{printed}", rounding_base=5)

    assert bounds_of(examine(release).bounds) == [proven]


def test_the_same_cell_printed_five_and_then_nothing_proves_one_to_four():
    before = published("value\n5", rounding_base=5, threshold=10, name="r1")
    after = published("value\n0", rounding_base=5, threshold=10, name="r2")

    found = audit(after, [before])

    assert bounds_of(found) == [(1.0, 4.0)]
    assert found["release"].tolist() == ["r1|r2"]


def test_a_release_that_revises_speaks_of_other_counts_than_the_one_before():
    # Of one and the same three quarters a year could not be 44 at most and 51 at least.
    figures = """
        period_grain period  value
        quarter      2025-Q1 {0}
        quarter      2025-Q2 {0}
        quarter      2025-Q3 {0}
        quarter      2025-Q4 10
        year         2025    {1}
        """
    before, after = (
        published(figures.format(*counts), rounding_base=5, threshold=10, name=name)
        for name, counts in (("r1", (10, 40)), ("r2", (15, 55)))
    )

    assert audit(after, [before]).empty


def test_a_base_of_which_nothing_was_printed_anew_is_the_same_in_both_releases():
    # Of the one base a count was revised; of the other the quarters stood in the first release
    # alone and the year stands in the second.
    before = published(
        """
        indicator period_grain period  value
        revised   quarter      2025-Q1 40
        kept      quarter      2025-Q1 30
        kept      quarter      2025-Q2 25
        kept      quarter      2025-Q3 20
        """,
        name="r1",
    )
    after = published(
        """
        indicator period_grain period  value
        revised   quarter      2025-Q1 60
        kept      quarter      2025-Q4 -
        kept      year         2025    78
        """,
        name="r2",
    )

    found = audit(after, [before])

    assert found[["base", "months", "lower"]].to_numpy().tolist() == [["kept", 3, 3]]


def test_what_is_made_of_two_bases_is_another_count_once_one_of_them_was_made_anew():
    figures = """
        indicator period_grain period  value
        larger    quarter      2025-Q1 110
        smaller   quarter      2025-Q1 {}
        """
    bases = """
        indicator base    within
        larger    larger  -
        smaller   smaller larger
        """
    before, after = (
        published(figures.format(count), rounding_base=5, threshold=10, bases=bases, name=name)
        for name, count in (("r1", 100), ("r2", 110))
    )

    beside = examine(after, [before])

    # As one number it would be 2 to 8; ten before and eleven after, say, is told of by neither.
    assert beside.findings.empty
    told = bounds_of(beside.bounds, part="not in smaller:n")
    assert told == [(2.0, 18.0), (0.0, 8.0), (-18.0, 6.0)]  # before, after, and what changed


def test_two_withheld_of_a_known_total_add_up_to_what_is_left():
    release = published(
        """
        dimension member   value
        national  national 174
        parket    a        20
        parket    b        74
        parket    c        67
        parket    d        -
        parket    e        -
        """
    )

    found = examine(release)

    # Thirteen together: neither is under five for certain, whatever a symbol "<5" would claim.
    assert bounds_of(found.bounds, member="d") == [(0.0, 13.0)]
    assert found.findings.empty


def test_a_symbol_for_less_than_five_is_refuted_by_the_total():
    # Were both really one to four, they would add up to eight at most.
    claimed = published(
        """
        dimension member   value
        national  national 174
        parket    a        20
        parket    b        74
        parket    c        67
        parket    d        4
        parket    e        4
        """
    )

    assert examine(claimed).given_up["kept"].tolist() == ["at_most"]


def test_a_file_of_a_chain_that_has_just_begun_holds_nothing_to_prove():
    begun = published("value\n-")

    examined = examine(replace(begun, result=begun.result.iloc[:0]))

    assert examined.findings.empty
    assert set(examined.counts.values()) == {0}
