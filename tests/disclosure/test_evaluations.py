"""Small groups among evaluations and answers: merged or withheld, not to be worked out again."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.evaluations import (
    merged_categories,
    protect_agreement,
    protect_distributions,
    protect_pairs,
    withhold_beside_parts,
)
from pipelines.evaluation.experience import experience_distribution
from pipelines.publication.audiences import AUDIENCES

PLATFORM, RESEARCHER = (AUDIENCES[name].threshold for name in ("platform", "researcher"))
SCALE = st.lists(st.integers(0, 30), min_size=5, max_size=5)


def distribution(*questions: tuple[list[int], int]) -> pd.DataFrame:
    """Questions of one wave and group, each with counts per category and not applicable."""
    return experience_distribution(
        pd.DataFrame(
            [
                {"wave": "2026", "respondent_group": "professional", "question": f"v{n}",
                 "score": score}
                for n, (counts, beside) in enumerate(questions)
                for score, times in [*zip((1, 2, 3, 4, 5), counts, strict=True), (None, beside)]
                for _ in range(times)
            ]
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "merged"),
    [
        ((5, 6, 7, 8, 9), "1 2 3 4 5"),
        ((4, 6, 7, 8, 9), "12 3 4 5"),
        ((5, 6, 7, 8, 1), "1 2 3 45"),
        ((2, 2, 7, 8, 9), "123 4 5"),  # 1 and 2 together are still too few
        ((9, 9, 2, 6, 9), "1 2 34 5"),  # the middle goes to its smaller neighbour
        ((0, 6, 7, 8, 9), "1 2 3 4 5"),  # a zero is shown as one
        ((1, 0, 7, 8, 9), "123 4 5"),
        ((2, 1, 1, 1, 6), "1234 5"),
        ((1, 1, 1, 1, 6), "12345"),
    ],
)
def test_which_categories_are_merged(counts: tuple[int, ...], merged: str) -> None:
    groups = merged_categories(list(counts), 5, zero_is_shown=True)
    assert " ".join("".join(str(place + 1) for place in group) for group in groups) == merged


@given(counts=SCALE, minimum=st.integers(1, 12))
def test_no_small_category_is_left_and_nobody_is_lost(counts: list[int], minimum: int) -> None:
    groups = merged_categories(counts, minimum, zero_is_shown=False)
    assert [place for group in groups for place in group] == list(range(5))
    sizes = [sum(counts[place] for place in group) for group in groups]
    assert len(sizes) == 1 or min(sizes) >= minimum


@given(questions=st.lists(st.tuples(SCALE, st.integers(0, 12)), min_size=1, max_size=3))
def test_nothing_small_is_shown(questions: list[tuple[list[int], int]]) -> None:
    figures = distribution(*questions)
    if figures.empty:
        return
    shown = protect_distributions(figures, PLATFORM)
    ok = shown[(shown["status"] == "ok") & shown["numerator"].notna()]
    assert ok["numerator"].between(1, PLATFORM.minimum - 1).sum() == 0
    assert (ok["denominator"] >= 10).all() or set(ok["statistic"]) == {"not_applicable"}
    # Shares of a question still add up to everybody who answered it.
    shares = ok[ok["statistic"] == "share"]
    totals = shares.groupby("question")[["numerator", "value"]].sum()
    assert (totals["numerator"] == shares.groupby("question")["denominator"].first()).all()


def test_a_small_not_applicable_hides_those_of_the_same_wave_and_group() -> None:
    # 100 were asked everything: 96 answers to the first question would give its 4 away beside the
    # second one's 80 and 20.
    figures = distribution(([16, 20, 20, 20, 20], 4), ([16, 16, 16, 16, 16], 20))
    beside = protect_distributions(figures, PLATFORM).query("statistic == 'not_applicable'")
    assert set(beside["status"]) == {"suppressed"}
    assert beside[["numerator", "denominator", "value"]].isna().all(axis=None)


def test_the_median_is_the_merged_category_it_lies_in() -> None:
    shown = protect_distributions(distribution(([2, 9, 3, 0, 0], 0)), PLATFORM)
    [median] = shown[shown["statistic"] == "median"].to_dict("records")
    assert (median["low"], median["high"]) == (1, 3)


def test_fewer_than_ten_answers_show_nothing() -> None:
    shown = protect_distributions(distribution(([9, 0, 0, 0, 0], 0)), PLATFORM)
    assert set(shown["status"]) == {"suppressed"}
    assert shown[["numerator", "denominator", "value", "lower", "upper"]].isna().all(axis=None)
    assert shown.loc[shown["statistic"] == "median", ["low", "high"]].isna().all(axis=None)


def test_the_researcher_sees_all_of_it() -> None:
    figures = distribution(([1, 0, 2, 0, 0], 1))
    pd.testing.assert_frame_equal(protect_distributions(figures, RESEARCHER), figures)


def test_pairs_of_themes_in_few_evaluations_are_withheld() -> None:
    pairs = pd.DataFrame(
        {
            "numerator": [4.0, 5.0, 0.0, 9.0],
            "denominator": [50.0, 50.0, 50.0, 9.0],
            "value": 0.1, "lower": 0.0, "upper": 0.2, "expected": 0.1,
            "association": "more", "status": "ok",
        }
    )  # fmt: skip
    assert list(protect_pairs(pairs, PLATFORM)["status"]) == [
        "suppressed",
        "ok",
        "ok",
        "suppressed",
    ]
    assert protect_pairs(pairs, PLATFORM).loc[0].drop("status").isna().all()
    pd.testing.assert_frame_equal(protect_pairs(pairs, RESEARCHER), pairs)


def test_alpha_over_few_evaluations_is_withheld_but_not_the_verdict() -> None:
    agreement = pd.DataFrame(
        {"alpha": [0.7, 0.8], "lower": 0.5, "upper": 0.9, "n_units": [9, 60], "n_found": [3, 4],
         "verdict": ["undetermined", "reliable"]}
    )  # fmt: skip
    shown = protect_agreement(agreement, PLATFORM)
    assert list(shown["alpha"].isna()) == [True, False]
    assert shown["n_found"].isna().all()
    assert list(shown["verdict"]) == ["undetermined", "reliable"]


def test_a_withheld_part_of_a_group_withholds_the_other_parts_of_its_cell() -> None:
    # The group 15, one part 12: the other would be about 3.
    figures = pd.DataFrame(
        [
            ("theme_laat", "2026-Q2", "ok", 15.0),
            ("theme_product", "2026-Q2", "ok", 12.0),
            ("theme_signaal", "2026-Q2", "suppressed", None),
            ("theme_product", "2026-Q3", "ok", 9.0),
            ("theme_signaal", "2026-Q3", "ok", 6.0),
        ],
        columns=["indicator", "period", "status", "numerator"],
    ).assign(statistic="share", period_grain="quarter", dimension="national", member="national",
             denominator=60.0, value=0.2, lower=0.1, upper=0.3, n_at_risk=None)  # fmt: skip
    groups = {"theme_product": "laat", "theme_signaal": "laat"}
    shown = withhold_beside_parts(figures, groups)
    assert list(shown["status"]) == ["ok", "suppressed", "suppressed", "ok", "ok"]
    assert shown.loc[1, ["numerator", "denominator", "value", "lower", "upper"]].isna().all()
    pd.testing.assert_frame_equal(withhold_beside_parts(figures, {}), figures)


def test_who_may_see_everything_sees_everything() -> None:
    pairs = pd.DataFrame({"numerator": [1], "denominator": [20], "value": [0.05], "lower": [0.0],
                          "upper": [0.2], "expected": [1.0], "association": ["with"]})  # fmt: skip
    agreement = pd.DataFrame({"alpha": [0.5], "lower": [0.1], "upper": [0.9], "n_units": [3.0],
                              "n_found": [1.0]})  # fmt: skip

    pd.testing.assert_frame_equal(protect_pairs(pairs, RESEARCHER), pairs)
    pd.testing.assert_frame_equal(protect_agreement(agreement, RESEARCHER), agreement)


@pytest.mark.parametrize(("zero_is_shown", "shown"), [(True, 0.0), (False, None)])
def test_a_zero_is_shown_where_it_may_be(zero_is_shown: bool, shown: float | None) -> None:
    """Of twenty evaluations none holds both; of fifty answers none is that it does not apply."""
    rule = replace(PLATFORM, shows_true_zero=zero_is_shown)
    pairs = pd.DataFrame({"numerator": [0], "denominator": [20], "value": [0.0], "lower": [0.0],
                          "upper": [0.2], "expected": [1.0], "association": ["with"]})  # fmt: skip
    answers = protect_distributions(distribution(([10, 10, 10, 10, 10], 0)), rule)
    beside = answers.loc[answers["statistic"] == "not_applicable", "numerator"]

    for number in (protect_pairs(pairs, rule)["numerator"].iloc[0], *beside):
        assert (None if pd.isna(number) else number) == shown


def test_not_applicable_is_withheld_in_the_group_it_is_small_in_and_nowhere_else() -> None:
    """One answer of the professionals that it does not apply tells nothing of the protected."""
    few = distribution(([10, 10, 10, 10, 10], 1))
    many = distribution(([10, 10, 10, 10, 10], 20)).assign(respondent_group="protected")
    shown = protect_distributions(pd.concat([few, many], ignore_index=True), PLATFORM)
    beside = shown[shown["statistic"] == "not_applicable"].set_index("respondent_group")

    assert beside["status"].to_dict() == {"professional": "suppressed", "protected": "ok"}
    assert pd.isna(beside.loc["professional", "numerator"])
    assert beside.loc["protected", "numerator"] == 20
    # The answers themselves are not touched by it.
    assert set(shown.loc[shown["statistic"] == "share", "status"]) == {"ok"}
    assert shown.index.is_unique
