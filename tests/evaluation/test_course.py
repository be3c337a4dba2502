"""Whether a theme moved: the signal rules where there are limits, else the last two full years."""

import pandas as pd
import pytest

from pipelines.evaluation.course import theme_course

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
          "period_grain": "quarter", "chart": chart, "moved": moved, "period": "2026-Q3"}]
    )  # fmt: skip


RISEN = years(("2024", 0.1, 0.2, "ok"), ("2025", 0.3, 0.4, "ok"), ("2026", 0.5, 0.6, "too_recent"))


@pytest.mark.parametrize(("moved", "expected"), [("up", "up"), ("down", "down"), (None, "same")])
def test_the_signal_rules_come_first(moved: str | None, expected: str) -> None:
    [row] = theme_course(SERIES, RISEN, signal("xmr", moved)).to_dict("records")
    assert (row["basis"], row["moved"], row["period"]) == ("signal_rules", expected, "2026-Q3")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (RISEN, "up"),
        (years(("2024", 0.3, 0.4, "ok"), ("2025", 0.1, 0.2, "ok")), "down"),
        (years(("2024", 0.1, 0.2, "ok"), ("2025", 0.2, 0.3, "ok")), "same"),
    ],
)
def test_without_limits_the_last_full_year_is_set_against_the_one_before(
    figures: pd.DataFrame, expected: str
) -> None:
    [row] = theme_course(SERIES, figures, signal("none", None)).to_dict("records")
    assert (row["basis"], row["moved"]) == ("years", expected)
    assert (row["period"], row["compared_with"]) == ("2025", "2024")


@pytest.mark.parametrize(
    "figures",
    [
        years(("2025", 0.1, 0.2, "ok")),
        # A withheld year lies between.
        years(("2023", 0.1, 0.2, "ok"), ("2024", 0.1, 0.2, "suppressed"), ("2025", 0.5, 0.6, "ok")),
    ],
)
def test_without_two_years_in_a_row_there_is_no_verdict(figures: pd.DataFrame) -> None:
    [row] = theme_course(SERIES, figures, signal("none", None)).to_dict("records")
    assert row["basis"] == "none"
    assert pd.isna(row["moved"])
