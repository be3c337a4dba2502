"""What is shown by year, half-year and quarter has a chart of its own, by one rule."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.as_shown import AS_SHOWN, of_length
from pipelines.signals.background import Background, Rebase
from pipelines.signals.charted import signals_of

MIXED = ("2024", "2025-H1", "2025-H2", "2026-Q1", "2026-Q2", "2026-Q3")
CASES = (220, 126, 147, 72, 66, 75)
STILL, RISEN = (44, 25, 30, 14, 13, 15), (33, 27, 39, 27, 27, 30)
GRAINS = {"Q": "quarter", "H": "half_year", "": "year"}
THEMES = ("dossier", "role", "late", "capacity")
BACKGROUND = Background(
    kinds=dict.fromkeys(THEMES, "share") | {"sent": "lead_time"},
    directions=dict.fromkeys(THEMES, "neutral") | {"sent": "lower"},
    handoffs={"sent": "K21"},
    reference_day=date(2026, 10, 31),
    bases=dict.fromkeys(THEMES, "evaluations"),
)


def course(indicator, events, periods=MIXED, cases=CASES, **columns):
    """A share as the platform is shown it."""
    cases = np.array(cases, float)
    return pd.DataFrame(
        {
            "indicator": indicator, "version": "1", "statistic": "share", "view": "cohort",
            "clock": "gross", "side": "both", "unit": "share",
            "period_grain": [GRAINS[period[4:][1:2]] for period in periods], "period": periods,
            "dimension": "national", "member": "national", "value": np.array(events) / cases,
            "lower": np.nan, "upper": np.nan, "numerator": events, "denominator": cases,
            "status": "ok", **columns,
        }
    )  # fmt: skip


def lengths(member, days, cases=60):
    """Medians of a member, with limits as those of so many cases."""
    days = np.array(days, float)
    halves = [f"{year}-H{half}" for year in (2023, 2024, 2025) for half in (1, 2)] + ["2026-H1"]
    return course("sent", days, halves, np.full(7, cases)).assign(
        statistic="median", unit="calendar_days", dimension="parket_cluster", member=member,
        value=days, lower=days * 0.85, upper=days * 1.18,
    )  # fmt: skip


def spans_of(*results, background=BACKGROUND):
    found = signals_of(pd.concat(results, ignore_index=True), background)
    return found.signal[found.signal["chart"] == "spans"].set_index(["indicator", "member"]), found


def test_a_theme_that_rises_is_listed_though_no_quarter_chart_has_its_past():
    themes = [course(theme, RISEN if theme == "dossier" else STILL) for theme in THEMES]
    spans, _ = spans_of(*themes)
    risen = spans.loc[("dossier", "national")]

    assert (risen["period_grain"], risen["rule"], risen["moved"]) == (AS_SHOWN, "step", "up")
    assert risen["discussion_rank"] == 1
    # The mean before is that of the points before the difference.
    assert risen["since"] > "2025"
    assert risen["difference"] > 0.05
    assert set(spans.drop(("dossier", "national"))["rule"]) == {"none"}


def test_its_points_are_the_figures_shown_with_limits_by_their_cases():
    _, found = spans_of(*(course(theme, STILL) for theme in THEMES))
    points = found.points[found.points["series_id"].str.startswith("dossier")]
    points = points[points["series_id"].str.contains(AS_SHOWN)]

    assert tuple(points["period"]) == MIXED
    assert points["value"].tolist() == pytest.approx((np.array(STILL) / CASES).tolist())
    width = (points["upper"] - points["lower"]).to_numpy()
    assert width[0] < width[1] < width[3]


def test_themes_of_the_same_evaluations_tell_together_how_widely_they_spread():
    alone, _ = spans_of(course("dossier", RISEN))
    together, _ = spans_of(*(course(t, RISEN if t == "dossier" else STILL) for t in THEMES))
    apart, _ = spans_of(
        *(course(t, RISEN if t == "dossier" else STILL) for t in THEMES),
        background=Background(**{**vars(BACKGROUND), "bases": {}}),
    )
    chance = [
        float(found.loc[("dossier", "national"), "p_value"]) for found in (alone, together, apart)
    ]

    assert chance[1] < chance[0] == chance[2]


def test_whoever_sees_every_quarter_has_no_spans():
    quarters = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
    spans, _ = spans_of(course("dossier", [9, 20] * 4, quarters, [60] * 8))

    assert spans.empty


def test_a_member_whose_medians_grew_stands_out_and_one_whole_day_does_not():
    still = [lengths(name, [6, 7, 6, 7, 6, 7, 6]) for name in ("zuid", "west")]
    grown = lengths("noordwest", [6, 6, 7, 7, 9, 12, 13])
    rounded = lengths("noordoost", [1, 1, 1, 1, 2, 2, 2], cases=5000).assign(
        lower=[0.98, 0.98, 0.98, 0.98, 1.96, 1.96, 1.96], upper=lambda rows: rows["value"] * 1.02
    )
    spans, _ = spans_of(*still, grown, rounded)

    assert spans["rule"].xs("sent").to_dict() == {
        "noordoost": "none", "noordwest": "step", "west": "none", "zuid": "none",
    }  # fmt: skip


def test_a_course_whose_next_period_is_over_is_not_about_now():
    """In October 2026 the first quarter of 2026 is over, and withheld."""
    periods = ("2022", "2023", "2024-H1", "2024-H2", "2025-Q3", "2025-Q4")
    themes = [
        course(t, (90, 90, 40, 42, 5, 6) if t == "role" else (44, 44, 22, 20, 13, 13), periods,
               (220, 220, 110, 110, 66, 66))
        for t in THEMES
    ]  # fmt: skip
    fell = spans_of(*themes)[0].loc[("role", "national")]

    assert fell["rule"] == "step"
    assert "last_period_missing" in fell["warnings"]
    assert pd.isna(fell["discussion_rank"])


def test_a_rebase_begins_the_course_anew_and_a_span_that_holds_its_day_is_left_out():
    rebase = Rebase(date(2025, 3, 1), "dossier", "")
    background = Background(**{**vars(BACKGROUND), "rebases": (rebase,)})
    spans, found = spans_of(
        *(course(t, RISEN if t == "dossier" else STILL) for t in THEMES), background=background
    )
    points = found.points[found.points["series_id"].str.startswith("dossier.")]
    points = points[points["series_id"].str.contains(AS_SHOWN)]

    assert points["period"].tolist() == ["2025-H2", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert spans.loc[("dossier", "national"), "rebased_on"] == date(2025, 3, 1)


def test_of_every_year_the_finest_figures_are_its_course():
    quarters = course("dossier", [9, 9], ("2026-Q1", "2026-Q2"), (60, 60))
    year = course("dossier", [40, 36, 18], ("2024", "2025", "2026"), (220, 220, 120))
    withheld = course("dossier", [0], ("2025-Q1",), (60,), status="suppressed")
    shown = of_length(pd.concat([quarters, year, withheld]), AS_SHOWN)

    assert sorted(shown["period"]) == ["2024", "2025", "2026-Q1", "2026-Q2"]
