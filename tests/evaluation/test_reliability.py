"""Agreement per theme: which evaluations count, and what is said of a theme.

The reference values of alpha itself stand in `tests/statistics/test_agreement.py`.
"""

import pandas as pd
import pytest

from pipelines.evaluation.reliability import MINIMUM_ALPHA, theme_agreement
from pipelines.statistics.agreement import krippendorff_alpha


def sample(n: int, first: set[int], second: set[int], theme: str = "rol", version: int = 1):
    """Evaluations 0 to n coded by both, and where each coder found the theme."""
    codings = pd.DataFrame(
        [(f"e{n:03}", coder, version) for n in range(n) for coder in "ab"],
        columns=["record_key", "coder", "codebook_version"],
    )
    found = pd.DataFrame(
        [(f"e{n:03}", "a", theme) for n in sorted(first)]
        + [(f"e{n:03}", "b", theme) for n in sorted(second)],
        columns=["record_key", "coder", "theme"],
    )
    return codings, found


def of(frame: pd.DataFrame, series: str) -> pd.Series:
    return frame.set_index("series").loc[series]


def test_alpha_of_a_theme_is_that_of_its_two_rows_of_codes(codebook):
    first, second = set(range(20)), set(range(3, 22))
    row = of(theme_agreement(codebook.series, *sample(60, first, second)), "rol")
    expected = krippendorff_alpha(
        [[float(n in found) for n in range(60)] for found in (first, second)], "nominal"
    )
    assert row["alpha"] == expected.alpha
    assert (row["lower"], row["upper"]) == (expected.lower, expected.upper)
    assert (row["n_units"], row["n_found"]) == (60, 22)
    assert row["verdict"] == "reliable"


def test_the_same_codes_give_the_same_interval_in_any_order(codebook):
    codings, found = sample(60, set(range(20)), set(range(5, 25)))
    shuffled = codings.sample(frac=1, random_state=3), found.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(
        theme_agreement(codebook.series, codings, found),
        theme_agreement(codebook.series, *shuffled),
    )


def test_a_theme_under_the_norm_is_not_reliable(codebook):
    row = of(
        theme_agreement(codebook.series, *sample(60, set(range(20)), set(range(10, 30)))), "rol"
    )
    assert row["alpha"] < MINIMUM_ALPHA
    assert row["verdict"] == "not_reliable"


@pytest.mark.parametrize("n", [0, 9])
def test_too_few_evaluations_coded_twice_give_no_verdict(codebook, n):
    row = of(theme_agreement(codebook.series, *sample(n, {0, 1} if n else set(), set())), "rol")
    assert row["verdict"] == "undetermined"


def test_a_theme_nobody_found_gives_no_verdict(codebook):
    row = of(theme_agreement(codebook.series, *sample(60, set(), set())), "rol")
    assert row["verdict"] == "undetermined"
    assert pd.isna(row["alpha"])


def test_an_evaluation_coded_once_or_with_two_versions_is_no_unit(codebook):
    codings, found = sample(30, set(range(10)), set(range(10)))
    codings.loc[codings["record_key"].eq("e000") & codings["coder"].eq("b"), "codebook_version"] = 2
    once = codings[~(codings["record_key"].eq("e001") & codings["coder"].eq("b"))]
    assert of(theme_agreement(codebook.series, once, found), "rol")["n_units"] == 28


def test_coders_agree_on_a_group_when_each_found_another_theme_of_it(codebook):
    codings, found = sample(40, set(range(15)), set(range(15)), "product", version=2)
    found.loc[found["coder"] == "b", "theme"] = "signaal"
    agreement = theme_agreement(codebook.series, codings, found)
    assert of(agreement, "laat")["alpha"] == 1.0
    assert of(agreement, "product")["alpha"] < 0
