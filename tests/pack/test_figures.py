"""Figures of the pack in words: a number never stands without what it may be."""

import duckdb
import pandas as pd
import pytest

from pipelines.pack.handoffs import figure_text
from pipelines.pack.paper import Paper
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in
from pipelines.wording.units import finer_units


@pytest.fixture
def paper() -> Paper:
    return Paper(duckdb.connect())


def days(value: float | None, lower: float | None, upper: float | None, status: str) -> Figure:
    return Figure("2026-Q3", status, "calendar_days", value, lower, upper)


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        (days(12.5, 10.0, 15.0, "ok"), "12,5 (10–15) dagen"),
        (days(1.0, 0.7, 1.4, "ok"), "1 (0,7–1,4) dagen"),
        (days(1025.0, None, None, "ok"), "1.025 dagen"),
        (days(1.0, None, None, "ok"), "1 dag"),
        (days(12.5, 10.0, None, "ok"), "12,5 (vanaf 10) dagen"),
        (days(12.5, None, 15.0, "ok"), "12,5 (tot 15) dagen"),
        (days(None, 10.0, None, "not_reached"), "niet bereikt"),
        (days(None, None, None, "suppressed"), "afgeschermd"),
        (None, "geen gevallen"),
    ],
)
def test_a_length(paper, figure, written):
    assert figure_text(figure, paper, without="status.no_data") == written


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        (Figure("2026-Q3", "ok", "share", 0.0, 0.0, 0.072), "0% (0–7%)"),
        (Figure("2026-Q3", "ok", "share", 1.0, 0.928, 1.0), "100% (93–100%)"),
        (Figure("2026-Q3", "too_recent", "share"), "te recent"),
        (None, "geen norm"),
    ],
)
def test_a_share_within_norm(paper, figure, written):
    assert figure_text(figure, paper, without="norm.none_short") == written


def test_what_a_figure_may_still_become_stands_beside_it(paper):
    figure = Figure("2026-Q3", "ok", "calendar_days", 12.0, 10.0, 15.0,
                    provisional_lower=11.0, provisional_upper=14.5)  # fmt: skip

    assert figure_text(figure, paper, without="status.no_data") == (
        "12 (10–15) dagen\nkan nog veranderen: 11–14,5"
    )


def test_a_length_far_below_its_unit_is_read_in_the_unit_of_the_pages():
    medians = pd.DataFrame([{"indicator": "fast", "unit": "days", "typical": 0.025}])
    paper = Paper(duckdb.connect(), words_in("nl"), units=finer_units(medians))

    [row] = paper.rows("select 'fast' as indicator, 'days' as unit, 0.025 as value")

    assert (row["unit"], row["value"]) == ("minutes", 36.0)
