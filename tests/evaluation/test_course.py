"""Whether a theme moved: the signal rules, and where those are quiet the last two full years."""

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.course import BY_YEARS, theme_course
from pipelines.statistics.intervals import wilson

SERIES = pd.DataFrame({"series": ["rol"], "indicator": ["theme_rol"]})


def years(*rows: tuple[str, float, float, str]) -> pd.DataFrame:
    """Period, lower, upper and status of yearly national shares."""
    frame = pd.DataFrame(rows, columns=["period", "lower", "upper", "status"])
    return frame.assign(
        indicator="theme_rol", dimension="national", statistic="share", period_grain="year"
    )


def signal(chart: str, moved: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        [{"indicator": "theme_rol", "dimension": "national", "statistic": "share",
          "period_grain": "quarter", "chart": chart, "moved": moved, "period": "2026-Q3",
          "false_alarm_rate": 0.02}]
    )  # fmt: skip


RISEN = years(("2024", 0.1, 0.2, "ok"), ("2025", 0.3, 0.4, "ok"), ("2026", 0.5, 0.6, "too_recent"))


FALLEN = years(("2024", 0.3, 0.4, "ok"), ("2025", 0.1, 0.2, "ok"))
STEADY = years(("2024", 0.1, 0.2, "ok"), ("2025", 0.2, 0.3, "ok"))


@pytest.mark.parametrize("figures", [RISEN, FALLEN, STEADY, RISEN.head(1)])
@pytest.mark.parametrize("moved", ["up", "down"])
def test_the_signal_rules_come_first(figures, moved):
    [row] = theme_course(SERIES, figures, signal("xmr", moved)).to_dict("records")
    assert (row["basis"], row["moved"], row["period"]) == ("signal_rules", moved, "2026-Q3")


@pytest.mark.parametrize(("figures", "expected"), [(RISEN, "up"), (FALLEN, "down")])
def test_a_theme_that_moved_and_stayed_is_found_by_years_when_the_rules_are_quiet(
    figures, expected
):
    [row] = theme_course(SERIES, figures, signal("xmr", None)).to_dict("records")
    assert (row["basis"], row["moved"]) == ("years", expected)
    assert (row["period"], row["compared_with"]) == ("2025", "2024")


@pytest.mark.parametrize("figures", [STEADY, RISEN.head(1)])
def test_when_rules_and_years_are_quiet_the_rules_say_so(figures):
    [row] = theme_course(SERIES, figures, signal("xmr", None)).to_dict("records")
    assert (row["basis"], row["moved"], row["period"]) == ("signal_rules", "same", "2026-Q3")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [(RISEN, "up"), (FALLEN, "down"), (STEADY, "same")],
)
def test_without_limits_the_last_full_year_is_set_against_the_one_before(figures, expected):
    [row] = theme_course(SERIES, figures, signal("none", None)).to_dict("records")
    assert (row["basis"], row["moved"]) == ("years", expected)
    assert (row["period"], row["compared_with"]) == ("2025", "2024")


def test_of_themes_that_did_not_change_six_in_a_thousand_differ_between_years():
    rng = np.random.default_rng(20261124)
    n = rng.poisson(230, (40_000, 2)) + 1
    interval = wilson(rng.binomial(n, 0.2), n)
    is_apart = (interval.lower[:, 1] > interval.upper[:, 0]) | (
        interval.upper[:, 1] < interval.lower[:, 0]
    )
    assert is_apart.mean() == pytest.approx(BY_YEARS, rel=0.15)


@pytest.mark.parametrize(
    ("chart", "figures", "expected"),
    [
        ("xmr", STEADY, 0.02 + BY_YEARS),
        ("xmr", RISEN.head(1), 0.02),
        ("none", STEADY, BY_YEARS),
    ],
    ids=["rules_then_years", "rules_alone", "years_alone"],
)
def test_how_often_chance_moves_such_a_series_is_given_with_the_verdict(chart, figures, expected):
    [row] = theme_course(SERIES, figures, signal(chart, None)).to_dict("records")
    assert row["by_chance"] == pytest.approx(expected)


@pytest.mark.parametrize(
    "figures",
    [
        years(("2025", 0.1, 0.2, "ok")),
        # A withheld year lies between.
        years(("2023", 0.1, 0.2, "ok"), ("2024", 0.1, 0.2, "suppressed"), ("2025", 0.5, 0.6, "ok")),
    ],
)
def test_without_two_years_in_a_row_there_is_no_verdict(figures):
    [row] = theme_course(SERIES, figures, signal("none", None)).to_dict("records")
    assert row["basis"] == "none"
    assert pd.isna(row["moved"])
    assert pd.isna(row["by_chance"])
