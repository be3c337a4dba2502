"""Which length of period a series is shown by at first."""

import pytest

from dashboard.components import period_picker
from pipelines.as_shown import AS_SHOWN
from pipelines.wording.language import words_in


@pytest.mark.parametrize(
    ("published", "first"),
    [
        ({"month", "quarter", "year", AS_SHOWN}, "quarter"),
        # No quarter is told: a series of years lacks the half-year that the tile has.
        ({"year", AS_SHOWN}, AS_SHOWN),
        ({"year"}, "year"),
    ],
)
def test_without_quarters_the_finest_of_each_year_comes_first(monkeypatch, published, first):
    def chosen(_key, _label, options, _name, *, default=None):
        return default if default in options else options[0]

    monkeypatch.setattr(period_picker, "choose", chosen)

    assert period_picker.choose_grain(published, words_in("nl")) == first
