"""Figures on data that are not fit keep their place and lose every number."""

import numpy as np
import pandas as pd
import pytest

from pipelines.disclosure.figure_columns import FIGURES
from pipelines.disclosure.unfit import TABLES, withhold_unfit, withhold_unfit_beside
from pipelines.indicators.register import ANSWERS, THEMES
from pipelines.signals.effect import NOT_STARTED


def quality(**status: str) -> pd.DataFrame:
    return pd.DataFrame({"indicator": list(status), "status": list(status.values())})


def test_numbers_go_and_the_status_says_why():
    results = pd.DataFrame(
        {"indicator": ["a", "b", "a"], "status": "ok", **dict.fromkeys(FIGURES, 1.0)}
    )
    shown = withhold_unfit(results, quality(a="withheld", b="ok"))

    assert shown["status"].tolist() == ["withheld", "ok", "withheld"]
    assert shown[FIGURES].notna().all(axis=1).tolist() == [False, True, False]
    assert shown.loc[[0, 2], FIGURES].isna().all(axis=None)
    assert results["status"].eq("ok").all(), "what was given stays as it was"


@pytest.mark.parametrize("table", ["theme_cooccurrence", "theme_agreement", "experience_result"])
def test_a_table_that_rests_on_one_entry_is_withheld_whole(table):
    beside = TABLES[table]
    rows = pd.DataFrame({"name": ["x", "y"], **dict.fromkeys(beside.numbers, 1.0)})
    rows = rows.assign(statistic=["share", "median"], low=1.0, high=2.0, verdict="reliable")
    rows["status"] = "ok"
    entry = {THEMES: "withheld", ANSWERS: "withheld"}
    shown, is_all = withhold_unfit_beside(table, rows, quality(**entry))

    assert is_all
    assert shown[list(beside.numbers)].isna().all(axis=None)
    assert shown["status"].tolist() == ["withheld", "withheld"]
    assert shown["name"].tolist() == ["x", "y"]
    assert set(shown["verdict"]) == {beside.says.get("verdict", "reliable")}
    # A category of the scale is no figure; the one a median lies in is.
    is_scale = [False, bool(beside.besides_shares)]
    assert shown["low"].isna().tolist() == shown["high"].isna().tolist() == is_scale


def test_of_effects_each_row_has_its_own_indicator_and_what_has_not_begun_stays():
    beside = TABLES["effect"]
    rows = pd.DataFrame(
        {"indicator": ["a", "a", "b"], "answer": ["moved", NOT_STARTED, "moved"],
         **dict.fromkeys(beside.numbers, 1.0)}
    )  # fmt: skip
    for column in set(beside.says) - set(rows):
        rows[column] = "said"
    shown, is_all = withhold_unfit_beside("effect", rows, quality(a="withheld"))

    assert not is_all
    assert shown["mean_before"].isna().tolist() == [True, False, False]
    assert shown["answer"].tolist() == [beside.says["answer"], NOT_STARTED, "moved"]
    assert "status" not in shown


@pytest.mark.parametrize(
    ("table", "n_rows"), [("theme_course", 2), ("effect", 0)], ids=["no_such_table", "no_rows"]
)
def test_what_holds_no_such_figure_is_left_alone(table, n_rows):
    rows = pd.DataFrame({"indicator": ["a"] * n_rows, "value": np.ones(n_rows)})
    shown, is_all = withhold_unfit_beside(table, rows, quality(a="withheld"))

    assert shown is rows
    assert not is_all
