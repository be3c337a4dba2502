"""Small multiples: every member on one scale, gaps as gaps, and the number of cases in words."""

from dataclasses import replace

from pipelines.charts.limit_layers import Limits
from pipelines.charts.multiples import HEIGHT, panel, panel_words, scale_words, shared_top
from pipelines.charts.series import Series
from pipelines.charts.shapes import signal_shape
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in

NL = words_in("nl")
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3")


def series(*values: float | None, verdict: str = "") -> Series:
    """The series of a member: a median of days a quarter, None where it is withheld."""
    return Series(
        "member",
        "Mediaan",
        [
            Figure(quarter, "suppressed", "calendar_days")
            if value is None
            else Figure(quarter, "ok", "calendar_days", value, value - 1, value + 1, denominator=12)
            for quarter, value in zip(QUARTERS, values, strict=True)
        ],
        verdict=verdict,
    )


def test_all_panels_have_the_scale_of_the_highest():
    low, high = series(2, 3, 2), series(20, 24, 22)

    top = shared_top([low, high])

    assert top >= 24 and top == shared_top([high, low])
    assert scale_words(24.0, "calendar_days", NL) == "van 0 tot 24 dagen"
    # The same figure lies at the same height whoever it belongs to.
    assert panel(series(5, 5, 5), top) == panel(replace(series(5, 5, 5), key="other"), top)


def test_a_period_without_a_figure_breaks_the_line_and_is_marked_at_the_foot():
    drawn = panel(series(5, None, 7), 10.0)

    assert drawn.count("<polyline") == 2
    assert f"{HEIGHT - 2.5}h.01" in drawn


def test_a_point_that_stands_out_has_the_shape_of_its_kind():
    limits = {
        quarter: Limits(5.0, 3.0, 7.0, 4.0, 6.0, rule, kind)
        for quarter, rule, kind in zip(
            QUARTERS, ("none", "none", "outside"), ("common_cause", "common_cause", "concern"),
            strict=True,
        )
    }  # fmt: skip
    drawn = panel(replace(series(5, 5, 9), limits=limits), 10.0)

    assert signal_shape("concern") in drawn
    # Centre and both limits, beside the course itself.
    assert drawn.count("<polyline") == 4


def test_a_panel_says_its_newest_figure_with_interval_and_cases_or_why_there_is_none():
    assert panel_words(series(5, 6, 7), NL) == "K3 2026: 7 dagen (6–8), n\u00a0=\u00a012"
    assert panel_words(series(None, None, None), NL) == "afgeschermd"
