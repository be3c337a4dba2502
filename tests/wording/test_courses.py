"""The newest figure is that of the length of period that reaches furthest."""

from typing import Any

import pandas as pd
import pytest

from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import latest

_GRAINS = {"Q": "quarter", "H": "half_year", "": "year", "2": "two_years"}


def row(period: str, value: float | None = 7.0, **changes: Any) -> dict[str, Any]:
    """A national figure of a lead time in the long contract."""
    usual = {
        "indicator": "triage_lead_time", "statistic": "median", "view": "cohort", "clock": "gross",
        "side": "sender", "unit": "days", "dimension": "national", "member": "national",
        "period_grain": _GRAINS[period[5:6]], "period": period, "value": value, "lower": None,
        "upper": None, "denominator": 96.0, "status": "ok" if value is not None else "suppressed",
    }  # fmt: skip
    return {**usual, **changes}


@pytest.mark.parametrize(
    ("periods", "newest"),
    [
        (["2026-Q2", "2026-Q3", "2025"], "2026-Q3"),
        # Where quarters end years ago, because few are handed on, the half-year is the news.
        (["2024-Q4", "2025-H2", "2026-H1", "2025"], "2026-H1"),
        (["2025-Q1", "2025"], "2025"),
        (["2023", "2024-2025"], "2024-2025"),
        # Equally new: the finest.
        (["2025-Q4", "2025-H2", "2025", "2024-2025"], "2025-Q4"),
    ],
)
def test_the_newest_figure_is_the_newest_of_any_length_of_period(periods, newest):
    found = latest(newest_figures(pd.DataFrame([row(period) for period in periods]), "median"))

    assert found is not None and found.period == newest


def test_a_withheld_quarter_gives_way_to_an_older_half_year_that_is_told():
    rows = [row("2026-Q1"), row("2026-Q2", None), row("2026-Q3", None), row("2026-H1")]

    assert [figure.period for figure in newest_figures(pd.DataFrame(rows), "median")] == ["2026-H1"]


def test_of_two_sides_it_is_the_one_whose_clock_is_shown():
    rows = pd.DataFrame([row("2026-Q3", 7.0), row("2026-Q3", 9.0, side="receiver")])

    assert [figure.value for figure in newest_figures(rows, "median", side="receiver")] == [9.0]
    assert [figure.value for figure in newest_figures(rows, "median")] == [7.0]


def test_a_measure_without_figures_has_no_course():
    assert newest_figures(pd.DataFrame([row("2026-Q3")]), "p90") == []
