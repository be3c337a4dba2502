"""Pairs of themes beside the long contract: withheld as lines, rounded together."""

import pandas as pd
import pytest

from pipelines.disclosure.evaluations import (
    SideRule,
    protect_pairs,
)

RULE = SideRule(threshold=5, base=3, floor=8.5, key=b"key of the tests")


def pairs_of(*rows: tuple[str, str, int, int, int, int]) -> pd.DataFrame:
    """Pairs over all years: themes, with both, with the first, with the second, of how many."""
    columns = ["first", "second", "numerator", "n_first", "n_second", "denominator"]
    return pd.DataFrame(rows, columns=columns).assign(
        period_grain="all", period="all", value=0.1, lower=0.0, upper=0.2, expected=0.1,
        association="more", status="ok",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "status"),
    [
        (("rol", "laat", 20, 60, 50, 200), "ok"),
        (("rol", "laat", 4, 60, 50, 200), "suppressed"),  # with both
        (("rol", "laat", 0, 60, 50, 200), "suppressed"),  # a nought would make others one to four
        (("rol", "laat", 47, 60, 50, 200), "suppressed"),  # with the second alone
        (("rol", "laat", 20, 22, 50, 200), "suppressed"),  # with the first alone
        (("rol", "laat", 30, 60, 167, 200), "suppressed"),  # with neither
    ],
)
def test_a_pair_is_shown_where_each_of_its_four_groups_is_large_enough(pair, status):
    [shown] = protect_pairs(pairs_of(pair), RULE).to_dict("records")

    assert shown["status"] == status
    assert pd.isna(shown["numerator"]) is (status == "suppressed")
    assert pd.isna(shown["expected"]) is (status == "suppressed")


def test_pairs_are_rounded_together_and_all_else_is_made_of_that():
    shown = protect_pairs(
        pairs_of(("rol", "laat", 20, 61, 50, 200), ("rol", "tijd", 11, 61, 40, 200)), RULE
    )

    assert (shown[["numerator", "n_first", "n_second", "denominator"]] % 3 == 0).all(axis=None)
    # Evaluations with the theme they share are one number, and so are all evaluations.
    assert shown["n_first"].nunique() == shown["denominator"].nunique() == 1
    assert (shown["value"] == shown["numerator"] / shown["denominator"]).all()
    by_chance = shown["n_first"] * shown["n_second"] / shown["denominator"] ** 2
    assert list(shown["expected"]) == list(by_chance)


def test_pairs_of_single_years_are_for_researchers():
    pairs = pd.concat(
        [pairs_of(("rol", "laat", 20, 60, 50, 200)),
         pairs_of(("rol", "laat", 20, 60, 50, 200)).assign(period_grain="year", period="2026")]
    )  # fmt: skip

    assert list(protect_pairs(pairs, RULE)["period_grain"]) == ["all"]
    assert protect_pairs(pairs.iloc[:0], RULE).empty
