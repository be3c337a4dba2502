"""Answers to experience questions: a wave of a group is one line, on a rung fixed before it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.answers import protect_distributions, rung_of
from pipelines.disclosure.evaluations import SideRule
from pipelines.evaluation.experience import experience_distribution
from tests.examples import examples

RULE = SideRule(threshold=5, base=3, floor=8.5, key=b"key of the tests")
MANY = [20, 20, 20, 20, 20]
SCALE = st.lists(st.integers(0, 30), min_size=5, max_size=5)


def wave(
    year: str, *questions: list[int], beside: int = 0, group: str = "professional"
) -> pd.DataFrame:
    """Questions of one wave and group, each with its answers by category."""
    return experience_distribution(
        pd.DataFrame(
            [
                {"wave": year, "respondent_group": group, "question": f"v{n}", "score": score}
                for n, counts in enumerate(questions)
                for score, times in [*zip((1, 2, 3, 4, 5), counts, strict=True), (None, beside)]
                for _ in range(times)
            ]
        )
    )  # fmt: skip


def categories(shown: pd.DataFrame, year: str) -> list[tuple[float, float]]:
    rows = shown[(shown["wave"] == year) & (shown["statistic"] == "share")]
    return list(dict.fromkeys(zip(rows["low"], rows["high"], strict=True)))


FIVE = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]
THREE = [(1, 2), (3, 3), (4, 5)]


@pytest.mark.parametrize(("before", "rung"), [(MANY, FIVE), ([8, 20, 20, 20, 20], THREE)])
def test_earlier_waves_say_in_how_many_categories_a_wave_is_told(before, rung):
    shown = protect_distributions(pd.concat([wave("2024", before), wave("2026", MANY)]), RULE)

    # There is nothing to go by for the first.
    assert categories(shown, "2024") == THREE
    assert categories(shown, "2026") == rung


def test_the_wave_itself_never_chooses_its_categories():
    few = [4, 20, 20, 20, 20]

    shown = protect_distributions(pd.concat([wave("2024", MANY), wave("2026", few)]), RULE)

    assert categories(shown, "2026") == FIVE
    assert set(shown.loc[shown["wave"] == "2026", "status"]) == {"suppressed"}


@pytest.mark.parametrize("small", [[0, 0, 20, 20, 20], [2, 2, 20, 20, 20], [50, 0, 0, 1, 2]])
def test_one_small_category_withholds_all_questions_of_the_wave_and_group(small):
    told = [wave("2026", MANY, small), wave("2026", MANY, MANY, group="beveiligd_persoon")]

    shown = protect_distributions(pd.concat(told), RULE)

    of_group = shown.groupby("respondent_group")["status"].unique().map(list).to_dict()
    assert of_group == {"beveiligd_persoon": ["ok"], "professional": ["suppressed"]}
    withheld = shown[shown["status"] == "suppressed"]
    numbers = ["numerator", "denominator", "value", "lower", "upper"]
    assert withheld[numbers].isna().all(axis=None)
    assert withheld.loc[withheld["statistic"] == "median", ["low", "high"]].isna().all(axis=None)


@examples(15)
@given(questions=st.lists(SCALE, min_size=1, max_size=3), beside=st.integers(0, 12))
def test_what_is_shown_is_rounded_adds_up_and_rests_on_enough(questions, beside):
    figures = wave("2026", *questions, beside=beside)
    shown = protect_distributions(figures, RULE)
    if figures.empty:
        assert shown.empty
        return

    assert set(shown["statistic"]) == {"share", "median"}
    asked = [counts for counts in questions if sum(counts) or beside]
    smallest = min(min(a + b, c, d + e) for a, b, c, d, e in asked)
    most = max(max(a + b, c, d + e) / max(sum((a, b, c, d, e)), 1) for a, b, c, d, e in asked)
    is_ok = smallest >= RULE.threshold and most < 1
    assert set(shown["status"]) == {"ok" if is_ok else "suppressed"}
    if is_ok:
        shares = shown[shown["statistic"] == "share"]
        assert (shares["numerator"] % 3 == 0).all()
        of = shares.groupby("question")["denominator"].first()
        assert (shares.groupby("question")["numerator"].sum() == of).all()
        assert (shares["value"] == shares["numerator"] / shares["denominator"]).all()


def test_the_median_is_that_of_the_shown_numbers():
    shown = protect_distributions(wave("2026", [6, 6, 30, 9, 9]), RULE)

    [median] = shown[shown["statistic"] == "median"].to_dict("records")
    assert (median["low"], median["high"]) == (3, 3)


def test_without_earlier_waves_the_coarsest_categories_are_taken():
    assert len(rung_of(pd.DataFrame(), 8.5)) == 3
