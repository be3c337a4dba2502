"""An item of the list in one line: figure, size of the change, cases, and how many are chance."""

from datetime import date
from typing import Any

import pytest

from pipelines.wording.agenda import by_chance, line, since, size
from pipelines.wording.language import LANGUAGES, words_in

NL, EN = words_in("nl"), words_in("en")


def signal(**columns: Any) -> dict[str, Any]:
    return {
        "chart": "xmr",
        "rule": "outside",
        "statistic": "median",
        "unit": "calendar_days",
        "period_grain": "quarter",
        "period": "2026-Q2",
        "since": "2024-Q3",
        "n_run": 8,
        "value": 143.0,
        "centre": 45.0,
        "difference": 98.0,
        **columns,
    }


@pytest.mark.parametrize(
    ("row", "dutch", "english"),
    [
        (
            signal(),
            "98 dagen langer dan gewoonlijk (45)",
            "98 days longer than usual (45)",
        ),
        # A rule about a run says something of the run, not of its last point.
        (
            signal(rule="two_of_three", statistic="share", unit="share", difference=-0.083,
                   centre=0.75, n_run=7),
            "7 kwartalen gemiddeld 8 procentpunt lager dan gewoonlijk (75%)",
            "7 quarters on average 8 percentage points lower than usual (75%)",
        ),
        (
            signal(chart="xmr_of_changes", rule="growth", statistic="count", unit="persons",
                   period_grain="month", since="2025-01", difference=66.0),
            "66 personen erbij sinds jan 2025",
            "66 persons more since Jan 2025",
        ),
        (
            signal(chart="xmr_of_changes", statistic="count", unit="measures", difference=-86.0),
            "86 maatregelen minder dan te verwachten was",
            "86 measures fewer than was to be expected",
        ),
        (
            signal(statistic="share", unit="share", difference=0.004, centre=0.01),
            "0,4 procentpunt hoger dan gewoonlijk (1%)",
            "0.4 percentage points higher than usual (1%)",
        ),
    ],
)  # fmt: skip
def test_how_large_a_change_is_is_said_in_its_own_unit(row, dutch, english):
    assert [size(row, words_in(language)) for language in LANGUAGES] == [dutch, english]


def test_the_line_has_figure_and_cases_and_no_cases_of_what_is_a_number_itself():
    assert line(signal(), 105.0, NL) == (
        "K2 2026: 143 dagen, 98 dagen langer dan gewoonlijk (45); n\u00a0=\u00a0105"
    )
    assert "n =" not in line(signal(), None, NL)


@pytest.mark.parametrize(
    ("expected", "listed", "said"),
    [
        (0.3, 3, "Van 3 onderwerpen is naar verwachting hoogstens 0,3 toeval: waarschijnlijk "
                 "geen enkel."),
        (0.9, 9, "Van 9 onderwerpen is er naar verwachting hoogstens één toeval (0,9)."),
        (2.1, 21, "Van 21 onderwerpen zijn er naar verwachting hoogstens 2 toeval (2,1)."),
    ],
)  # fmt: skip
def test_what_chance_puts_on_the_list_is_counted_in_items(expected, listed, said):
    assert by_chance(expected, listed, NL) == said
    assert by_chance(expected, listed, EN).startswith(f"Of {listed} items at most ")


@pytest.mark.parametrize(
    ("day", "is_known", "said"),
    [
        (date(2026, 10, 31), True, "nieuw"),
        (date(2026, 7, 31), True, "sinds 31 jul 2026"),
        # It stood there then, and whether before is not known.
        (date(2026, 7, 31), False, "al op 31 jul 2026"),
        # A first publication calls nothing new.
        (date(2026, 10, 31), False, ""),
    ],
)
def test_since_when_it_is_listed_is_said_as_far_as_it_is_known(day, is_known, said):
    listing = {"listed_since": day, "is_since_known": is_known}
    assert since(listing, date(2026, 10, 31), NL) == said
    assert since({}, date(2026, 10, 31), NL) == ""
