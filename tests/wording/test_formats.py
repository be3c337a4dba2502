"""Numbers, dates and periods in Dutch and English form."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.wording import formats
from pipelines.wording.language import words_in

NL, EN = words_in("nl"), words_in("en")


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (-3.25, 1, "−3,2", "−3.2"),
        (-0.01, 1, "0,0", "0.0"),
        (1_000_000, 0, "1.000.000", "1,000,000"),
    ],
)
def test_numbers(value, decimals, dutch, english):
    assert formats.number(value, NL, decimals) == dutch
    assert formats.number(value, EN, decimals) == english


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (8.4, "calendar_days", "8,4 dagen"),
        (1.0, "calendar_days", "1 dag"),
        (7.0, "calendar_days", "7 dagen"),
        (6.98, "calendar_days", "7 dagen"),
        (7.25, "calendar_days", "7,2 dagen"),
        (1025.0, "cases", "1.025 gevallen"),
        (1025.4, "hours", "1.025 uur"),
        (123.4, "hours", "123 uur"),
        (0.654, "share", "65%"),
        (1, "persons", "1 persoon"),
        (0, "count", "0 gevallen"),
    ],
)
def test_values_with_their_unit(value, unit, text):
    assert formats.with_unit(value, unit, NL) == text


def test_a_whole_number_has_no_decimals_that_suggest_a_measurement():
    assert formats.with_unit(10.0, "calendar_days", NL) == "10 dagen"
    assert formats.with_unit(1.0, "working_days", NL) == "1 werkdag"
    assert formats.with_unit(2.5, "hours", NL) == "2,5 uur"


def test_intervals_say_in_words_which_end_is_open():
    assert formats.interval(7.9, 9.2, "hours", NL) == "7,9–9,2"
    assert formats.interval(0.55, 0.74, "share", NL) == "55–74%"
    assert formats.interval(13.0, None, "hours", NL) == "vanaf 13"
    assert formats.interval(None, float("nan"), "hours", NL) == ""


def test_lengths_rounded_to_whole_hours_say_so_and_days_have_no_finer_ones():
    assert formats.rounding("hours", NL) == "afgerond op hele uren"
    assert formats.rounding("hours", EN) == "rounded to whole hours"
    assert formats.rounding("calendar_days", NL) == ""


def test_moments_are_what_clocks_of_the_chain_show():
    assert formats.day(date(2026, 10, 31), NL) == "31 okt 2026"
    assert formats.day(date(2026, 10, 31), EN) == "31 Oct 2026"
    winter = datetime(2026, 11, 12, 13, 20, tzinfo=UTC)
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    amsterdam, new_york = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/New_York")
    assert formats.moment(winter, amsterdam, NL) == "12 nov 2026, 14:20"
    assert formats.moment(summer, amsterdam, NL) == "2 jul 2026, 00:30"
    assert formats.moment(summer, new_york, NL) == "1 jul 2026, 18:30"


@pytest.mark.parametrize(
    ("code", "dutch", "english"),
    [
        ("2026-Q1", "K1 2026", "Q1 2026"),
        ("2026-H1", "1e halfjaar 2026", "1st half of 2026"),
        ("2025-2026", "2025–2026", "2025–2026"),
        ("2026-03", "mrt 2026", "Mar 2026"),
        ("2026", "2026", "2026"),
        ("all", "hele periode", "whole period"),
    ],
)
def test_periods(code, dutch, english):
    assert formats.period(code, NL) == dutch
    assert formats.period(code, EN) == english
