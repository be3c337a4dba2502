"""Answers: the whole distribution and the median category, never a mean."""

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.experience import experience_distribution, median_category


@pytest.mark.parametrize(
    ("counts", "median"),
    [
        ((1, 0, 0, 0, 0), (1, 1)),
        ((2, 3, 5, 7, 1), (3, 3)),
        ((3, 2, 1, 4, 2), (3, 4)),  # six of twelve at or below 3
        ((5, 0, 0, 0, 5), (1, 5)),  # nobody between: the middle lies between 1 and 5
        ((0, 0, 0, 0, 9), (5, 5)),
        ((0, 0, 0, 0, 0), None),
    ],
)
def test_median_category(counts, median):
    assert median_category(np.array(counts)) == median


def answers(group: str, scores: list[int | None], question: str = "overdracht_soepel"):
    return pd.DataFrame(
        {"wave": "2026", "respondent_group": group, "question": question, "score": scores}
    )


def test_not_applicable_stands_beside_the_distribution():
    figures = experience_distribution(answers("professional", [1, 1, 4, None, 5, None]))
    shares = figures[figures["statistic"] == "share"].set_index("low")
    assert list(shares["numerator"]) == [2, 0, 0, 1, 1]
    assert set(shares["denominator"]) == {4}
    assert shares.loc[1, "value"] == 0.5
    assert (shares["lower"] < shares["upper"]).all()
    [beside] = figures[figures["statistic"] == "not_applicable"].to_dict("records")
    assert (beside["numerator"], beside["denominator"]) == (2, 6)
    [median] = figures[figures["statistic"] == "median"].to_dict("records")
    assert (median["low"], median["high"], median["denominator"]) == (1, 4, 4)


def test_groups_and_questions_stand_apart():
    both = pd.concat(
        [answers("professional", [5] * 3), answers("beveiligd_persoon", [1] * 4, "gehoord")]
    )
    figures = experience_distribution(both)
    medians = figures[figures["statistic"] == "median"].set_index("respondent_group")
    assert medians["low"].to_dict() == {"beveiligd_persoon": 1, "professional": 5}
    assert medians["question"].to_dict() == {
        "beveiligd_persoon": "gehoord",
        "professional": "overdracht_soepel",
    }


def test_only_not_applicable_is_no_distribution():
    figures = experience_distribution(answers("professional", [None, None]))
    assert set(figures.loc[figures["statistic"] != "not_applicable", "status"]) == {"no_data"}


def test_without_answers_there_are_no_rows_and_all_columns():
    """The page is there, and says why it is empty."""
    given = experience_distribution(answers("professional", [4]))
    none = experience_distribution(answers("professional", [4]).iloc[:0])

    assert none.empty
    assert list(none.columns) == list(given.columns)
