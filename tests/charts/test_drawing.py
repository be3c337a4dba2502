"""A series chart with all it can show: valid, in both languages, and without a layer too many."""

from datetime import date

import pytest
from jsonschema import ValidationError

from pipelines.charts.drawing import series_chart
from pipelines.charts.limit_layers import Limits
from pipelines.charts.mark_layers import Mark
from pipelines.charts.series import Series
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in
from tests.grammar import valid

QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
WHOLE = Series(
    "whole",
    "Mediaan",
    [
        Figure("2026-Q1", "ok", "calendar_days", 12.0, 10.0, 15.0, 30, 40, 21),
        Figure("2026-Q2", "suppressed", "calendar_days"),
        Figure("2026-Q3", "ok", "calendar_days", 8.4, 7.9, None, 90, 100, 52),
        Figure("2026-Q4", "ok", "calendar_days", 9.0, 8.0, 11.0, 9, 20, 9,
               provisional_lower=8.1, provisional_upper=11.0),
    ],
    norms=dict.fromkeys(QUARTERS, 10.0),
    limits=dict.fromkeys(
        QUARTERS, Limits(10.0, 5.0, 15.0, 6.7, 13.3, "outside", "concern", True, "Herijking")
    ),
    breaks={"2026-Q3": "Nieuwe telling"},
    marks=[Mark(1, date(2026, 5, 12), "Werkafspraak maken.")],
    followed_until=date(2026, 8, 31),
)  # fmt: skip
BARE = Series("bare", "Aantal", [Figure("2026-Q1", "ok", "count", 3.0)])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("series", "layers"), [(WHOLE, 36), (BARE, 24)])
def test_a_chart_is_valid_with_all_it_can_show_and_with_nothing(series, layers, language):
    assert len(valid(series_chart(series, words_in(language)))["layer"]) == layers


def test_what_the_grammar_does_not_know_is_no_chart():
    chart = series_chart(BARE, words_in("nl"))
    chart["layer"][0]["mark"]["strokedash"] = [1, 0]

    with pytest.raises(ValidationError):
        valid(chart)
