"""Components can be read without colour, without a mouse and without a screen."""

import csv
import io
import json
import math
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import load
from odf.table import TableCell

from dashboard.components import badge
from dashboard.components.chart import data_rows
from dashboard.components.markup import link
from dashboard.components.ranges import Member, MemberLimits, ranges
from dashboard.components.sparkline import sparkline
from dashboard.components.table import Column, as_csv, as_ods, table
from dashboard.components.tile import tile
from pipelines.charts.drawing import series_chart
from pipelines.charts.rows import chart_rows
from pipelines.charts.series import Series
from pipelines.charts.words import description
from pipelines.wording.figures import Figure, Movement
from pipelines.wording.language import words_in
from tests.examples import examples
from tests.grammar import valid

NL = words_in("nl")
SERIES = [
    Figure("2025-Q4", "ok", "calendar_days", 12.0, 10.0, 15.0, 30, 40, 21),
    Figure("2026-Q1", "suppressed", "calendar_days"),
    Figure("2026-Q2", "not_reached", "calendar_days", lower=9.0, denominator=12),
    Figure("2026-Q3", "ok", "calendar_days", 8.4, 7.9, None, 90, 100, 52),
    Figure("2026-Q4", "too_recent", "calendar_days", denominator=33),
]
CHART = Series("test", "Mediaan, cohort", SERIES, {"2026-Q3": 10.0, "2026-Q4": 10.0})


@cache
def spec() -> dict[str, Any]:
    return valid(series_chart(CHART, NL))


def test_a_chart_says_in_words_what_it_shows():
    text = description(CHART, NL)

    assert "van K4 2025 tot en met K4 2026" in text
    assert "K3 2026: 8,4 dagen (95%-interval vanaf 7,9; n\u00a0=\u00a0100)" in text
    assert "Norm 10 dagen" in text
    assert "K1 2026: afgeschermd" in text
    assert "K2 2026: niet bereikt" in text
    assert "Zonder cijfer: K4 2026 (te recent)" in text


def test_gaps_are_gaps_and_carry_their_reason():
    marks = {row["period"]: row for row in spec()["data"]["values"]}

    assert marks["2025-Q4"]["run"] != marks["2026-Q3"]["run"]
    assert [marks[period]["gap"] for period in ("2026-Q1", "2026-Q2", "2026-Q4")] == [
        "afgeschermd",
        "niet bereikt",
        "te recent",
    ]


def test_what_was_not_reached_shows_from_where_on_it_can_lie():
    marks = {row["period"]: row for row in spec()["data"]["values"]}

    assert marks["2026-Q2"]["lower"] == 9.0
    assert marks["2026-Q2"]["is_cut"]
    assert not marks["2026-Q2"]["is_gap"]
    assert marks["2026-Q1"]["is_gap"]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (700, ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
        (100, ["2025-Q4", "2026-Q2", "2026-Q4"]),
        (1, ["2026-Q4"]),
    ],
)
def test_where_a_chart_is_narrow_one_in_so_many_numbers_stands_under_it(width, shown):
    """The expression is the browser's; it is worked out here as a browser would."""
    rows = spec()["data"]["values"]
    [expression] = {
        layer["mark"]["opacity"]["expr"]
        for layer in spec()["layer"]
        if isinstance(layer["mark"].get("opacity"), dict)
    }
    condition = expression.removesuffix(" ? 1 : 0").replace("datum.from_newest", "back")
    known = {"max": max, "ceil": math.ceil, "width": width}

    visible = [
        row["period"] for row in rows if eval(condition, known | {"back": row["from_newest"]})
    ]
    assert visible == shown


def test_two_years_never_stand_on_one_another_at_the_axis():
    """The first quarter shown is the last of its year: the year beside it would run into it."""
    labels = str(spec()["layer"])

    assert "'2025-Q4': ['K4', '']" in labels
    assert "'2026-Q1': ['K1', '2026']" in labels


def test_numbers_on_the_axis_are_in_dutch_form():
    assert spec()["config"]["locale"]["number"]["decimal"] == ","


def test_no_red_and_no_green_in_a_chart():
    text = json.dumps(spec()).lower()

    assert not any(colour in text for colour in ('"red"', '"green"', "#f00", "#ff0000", "#0f0"))


def test_the_table_under_a_chart_says_why_there_is_no_figure():
    columns, rows = data_rows(CHART, NL)
    headings = [column.heading for column in columns]
    at = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}

    assert at["K3 2026"]["Waarde (dagen)"] == "8,4"
    assert at["K3 2026"]["Bovengrens"] == "niet bereikt"
    assert at["K3 2026"]["Norm"] == "10 dagen"
    assert at["K2 2026"]["Ondergrens"] == "9"
    assert at["K1 2026"]["Waarde (dagen)"] == ""
    assert at["K1 2026"]["Status"] == "afgeschermd"


def test_a_download_has_the_form_a_dutch_spreadsheet_reads():
    dutch = as_csv(["Periode", "Waarde"], [["K1 2026", "8,4"]], "nl").decode("utf-8")
    english = as_csv(["Period", "Value"], [["Q1 2026", "8.4"]], "en").decode("utf-8")

    assert dutch == "\ufeffPeriode;Waarde\r\nK1 2026;8,4\r\n"
    assert english == "\ufeffPeriod,Value\r\nQ1 2026,8.4\r\n"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("-0,5", "-0,5"),
        ("+12 dagen", "+12 dagen"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_a_spreadsheet_runs_no_cell_of_a_download(cell, written):
    content = as_csv(["Waarde"], [[cell]], "nl").decode("utf-8-sig")
    sheet = load(io.BytesIO(as_ods(["Waarde"], [[cell]])))

    assert list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))[1] == [written]
    assert not [
        table_cell
        for table_cell in sheet.getElementsByType(TableCell)
        if table_cell.getAttribute("formula")
    ]


def test_a_spreadsheet_holds_the_cells_as_they_stand_on_the_page():
    sheet = as_ods(["Periode", "Waarde"], [["K1 2026", "8,4"], ["K2 2026", "afgeschermd"]])

    rows = pd.read_excel(io.BytesIO(sheet), engine="odf", dtype=str)

    assert list(rows.columns) == ["Periode", "Waarde"]
    assert rows.to_numpy().tolist() == [["K1 2026", "8,4"], ["K2 2026", "afgeschermd"]]


def test_tables_have_a_caption_and_headings_for_columns_and_rows():
    html = table("Wat & hoe", [Column("Onderdeel"), Column("Waarde", True)], [["a", "1"]])

    assert "<caption>Wat &amp; hoe</caption>" in html
    assert '<th scope="col"' in html
    assert '<th scope="row">a</th>' in html


@pytest.mark.parametrize("badge_of", ["good", "caution", "not_fit", None])
def test_a_badge_is_a_shape_and_a_word(badge_of):
    html = badge.quality(badge_of, "", NL)

    assert "<img" in html
    assert any(word in html for word in ("goed", "met voorbehoud", "niet bruikbaar", "onbekend"))


def test_movements_differ_in_shape_and_word_and_not_only_in_colour():
    kinds = ("lower", "higher", "same", "unknown")

    marks = [badge.movement(Movement(kind), True, NL) for kind in kinds]

    assert len(set(marks)) == len(kinds)
    assert [mark.rsplit(">", 2)[1].removesuffix("</span") for mark in marks] == [
        "korter",
        "langer",
        "geen duidelijk verschil",
        "niet te vergelijken",
    ]


ENDS = st.floats(0.0, 5000.0)


@given(
    ends=st.lists(ENDS, min_size=5, max_size=5), unit=st.sampled_from(["hours", "share", "count"])
)
@examples(60)
def test_what_is_said_on_pointing_is_what_stands_in_the_row(ends, unit):
    least, lower, value, upper, most = sorted(
        end / (5000 if unit == "share" else 1) for end in ends
    )
    figure = Figure("2026-Q1", "ok", unit, value, lower, upper, denominator=1234.0,
                    provisional_lower=least, provisional_upper=most)  # fmt: skip
    chart = Series("key", "Mediaan", [figure])

    [pointed] = chart_rows(chart, 9000.0, NL)
    columns, [cells] = data_rows(chart, NL)
    row = dict(zip([column.heading.partition(" (")[0] for column in columns], cells, strict=True))

    assert pointed["figure"].startswith(row["Waarde"])
    assert pointed["interval"] == f"{row['Ondergrens'].rstrip('%')}–{row['Bovengrens']}"
    assert pointed["n"] == row["Gevallen"]
    can_become = f"{row['Kan nog worden: van'].rstrip('%')}–{row['Kan nog worden: tot']}"
    assert can_become in pointed["change"]


def test_a_sparkline_has_its_course_in_words():
    html = sparkline(SERIES, NL)

    assert "Van 12 dagen in K4 2025 naar 8,4 dagen in K3 2026; 3 kwartalen zonder cijfer" in html


def test_a_sparkline_of_nothing_is_nothing():
    assert sparkline([Figure("2026-Q1", "no_data", "hours")], NL) == ""


def test_zero_of_many_is_shown_with_its_interval():
    html = tile("Aandeel", Figure("2026-Q1", "ok", "share", 0.0, 0.0, 0.161125, 0, 20), NL)

    assert ">0%<" in html
    assert "95%-interval 0–16%" in html
    assert "0 van 20" in html


def test_a_suppressed_tile_says_so_in_one_word():
    html = tile("Mediaan", Figure("2026-Q1", "suppressed", "hours"), NL)

    assert html.count("afgeschermd") == 1


def test_members_keep_their_order_whatever_their_values():
    members = [
        Member("Amsterdam", Figure("2025", "ok", "hours", 20.0, 15.0, 30.0, denominator=40)),
        Member("Limburg", Figure("2025", "suppressed", "hours")),
        Member("Rotterdam", Figure("2025", "ok", "hours", 5.0, 4.0, 6.0, denominator=50)),
    ]

    html = ranges("Mediaan", members, Figure("2025", "ok", "hours", 9.0), NL)

    assert html.index("Amsterdam") < html.index("Limburg") < html.index("Rotterdam")
    assert "afgeschermd" in html[html.index("Limburg") :]


def test_a_member_outside_its_limits_has_a_word_beside_its_shape():
    within = MemberLimits(0.6, 0.8, 0.5, 0.9, "within")
    below = MemberLimits(0.6, 0.8, 0.5, 0.9, "below")
    members = [
        Member("Amsterdam", Figure("2025", "ok", "share", 0.7, denominator=40), "", within),
        Member("Limburg", Figure("2025", "ok", "share", 0.4, denominator=50), "", below),
        Member("Rotterdam", Figure("2025", "suppressed", "share")),
    ]

    html = ranges("Aandeel", members, Figure("2025", "ok", "share", 0.7), NL)

    rows = {row.partition("</th>")[0]: row for row in html.split('<th scope="row">')[1:]}
    assert "onder de grenzen" in rows["Limburg"]
    assert "km-range-out" in rows["Limburg"]
    assert "grenzen" not in rows["Amsterdam"]
    assert "km-range-outer" in rows["Amsterdam"]
    assert "km-range-outer" not in rows["Rotterdam"]


def test_text_from_a_publication_never_becomes_markup():
    assert link("/x", "<script>") == '<a href="/x">&lt;script&gt;</a>'
    assert "<b>x" not in table("<b>x", [Column("<b>x")], [["y"]])


def test_the_reason_of_neighbouring_gaps_is_written_once():
    """Twelve months withheld in a row would be twelve words on one another."""
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    withheld = {*months[:12], months[13], months[20]}
    chart = Series(
        "gaps",
        "Aandeel",
        [
            Figure(month, "suppressed", "share")
            if month in withheld
            else Figure(month, "ok", "share", 0.4, 0.3, 0.5, 20, 50)
            for month in months
        ],
    )
    rows = valid(series_chart(chart, NL))["data"]["values"]

    assert sum(not row["is_ok"] for row in rows) == 14
    assert [row["period"] for row in rows if row["gap_word"]] == ["2024-06", "2025-02", "2025-09"]


def test_what_a_rate_is_divided_by_is_no_number_of_cases():
    rate = Figure("2026-Q3", "ok", "per_100_person_years", 51.5, 41.2, 63.5, 90, 1.75)

    assert "n = " not in tile("Afbouw", rate, words_in("nl"))
    assert "n\u00a0=\u00a02" in tile("Afbouw", replace(rate, unit="calendar_days"), words_in("nl"))
