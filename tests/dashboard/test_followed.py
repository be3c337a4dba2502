"""Until when a figure is followed, and whether it can still change: in words and in the chart."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst

from dashboard.components.chart import data_rows
from pipelines.charts.drawing import series_chart
from pipelines.charts.series import Series
from pipelines.charts.words import description, sentence
from pipelines.pack.document import write_pack
from pipelines.periods import place_in_period
from pipelines.wording.figures import Figure, change_of
from pipelines.wording.followed import followed_until
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import (
    REFERENCE_DATE,
    tiny_tables,
    write_publication,
)
from tests.dashboard.test_discussion import row
from tests.grammar import valid

NL, EN = words_in("nl"), words_in("en")
QUARTERS = ["2026-Q1", "2026-Q2", "2026-Q3"]
GROWING = Figure(
    "2026-Q3", "ok", "calendar_days", 8.4, 7.9, 9.2, 90, 100, 52,
    provisional_lower=8.1, provisional_upper=11.0,
)  # fmt: skip
CHART = Series(
    "test",
    "Mediaan, cohort",
    [
        Figure("2026-Q1", "ok", "calendar_days", 12.0, 10.0, 15.0),
        Figure("2026-Q2", "not_delivered", "calendar_days"),
        GROWING,
    ],
)


@pytest.mark.parametrize(
    ("waits_for", "named"),
    [
        ("om_intake", "om_intake (OM)"),
        ("om", "OM"),
        ("gzz_log", "gzz_log"),
        ("nctv|om", "NCTV, OM"),
    ],
)
def test_a_delivery_is_named_by_table_and_supplier_or_by_supplier_alone(waits_for, named):
    organisations = [{"organisation": code, "label_nl": code.upper()} for code in ("om", "nctv")]
    entry = {"followed_until": date(2026, 8, 31), "waits_for": waits_for}

    assert named in followed_until(entry, organisations, NL)


def waiting_tables() -> dict[str, list[Any]]:
    """A publication in which triage waits for the judgments, and a figure still grows."""
    tables: dict[str, list[Any]] = tiny_tables()
    tables["indicator"] = [
        {**indicator, "followed_until": date(2026, 8, 31), "waits_for": "nctv_triage|om_intake"}
        if indicator["indicator"] == "triage_lead_time"
        else {**indicator, "followed_until": REFERENCE_DATE, "waits_for": ""}
        for indicator in tables["indicator"]
    ]
    tables["result"] = [
        {**result, "provisional_lower": 8.1, "provisional_upper": 11.0}
        if (result["statistic"], result["view"], result["period"])
        == ("median", "cohort", "2026-Q3")
        and result["indicator"] == "triage_lead_time"
        else result
        for result in tables["result"]
    ]
    return tables


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, published."""
    folder = tmp_path_factory.mktemp("waiting") / "platform"
    write_publication(folder, waiting_tables(), "tiny")
    return folder


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """It, published with triage on the list for discussion."""
    signal = row(indicator="triage_lead_time", view="cohort", side="sender", version="1",
                 difference=22.6)  # fmt: skip
    tables = {**waiting_tables(), "signal": [signal], "signal_point": []}
    write_publication(tmp_path / "platform", tables, "listed")
    return tmp_path / "platform"


@pytest.mark.parametrize(
    ("language", "said", "at_reference"),
    [
        (
            "nl",
            "Gevolgd tot en met 31 aug 2026: wacht op nctv_triage (NCTV), om_intake",
            "Tot en met de peildatum, 31 okt 2026.",
        ),
        (
            "en",
            "Followed until 31 Aug 2026: waits for nctv_triage (NCTV), om_intake",
            "Until the reference date, 31 Oct 2026.",
        ),
    ],
)
def test_a_page_says_until_when_and_for_whom(waiting, render, language, said, at_reference):
    shown = render(waiting, "handoff", koppelvlak="K13", taal=language).text
    # Once, above the figures, where it is read first.
    assert shown.count(said) == 1
    assert shown.index(said) < shown.index("8,4" if language == "nl" else "8.4")
    other = render(waiting, "indicator", indicator="exclusivity", taal=language).text
    assert at_reference in other


def test_the_chain_marks_what_is_not_followed_to_the_end(waiting, render):
    rows = render(waiting).html.split("<tr>")
    [triage] = [line for line in rows if 'km-code">K13</span>' in line]
    assert "gevolgd t/m 31 aug 2026" in triage
    assert "kan nog veranderen: 8,1–11" in triage
    assert not any("gevolgd t/m" in line for line in rows if line != triage)


def test_a_figure_that_can_change_says_so_beside_it(waiting, render):
    shown = render(waiting, "handoff", koppelvlak="K13").html

    # In the tile, in the sentence under the chart and in the three views.
    assert shown.count("an nog veranderen: 8,1–11") == 3
    assert "km-key-box" in shown


def test_the_list_says_until_when_and_what_can_still_change(listed, render):
    [card] = render(listed, "discussion").html.split("<article")[1:]

    assert card.count("Gevolgd tot en met 31 aug 2026: wacht op nctv_triage (NCTV)") == 1
    assert "Het cijfer van K3 2026 kan nog veranderen: 8,1–11." in card


def test_the_meeting_pack_says_it_in_the_words_of_the_pages(listed, tmp_path, monkeypatch):
    laid_out: list[dict[str, Any]] = []

    def lay_out(template: str, *, sys_inputs: dict[str, str], **_: Any) -> bytes:
        laid_out.append(json.loads(sys_inputs["data"]))
        return b""

    monkeypatch.setattr(typst, "compile", lay_out)
    write_pack(listed / "listed.duckdb", tmp_path / "pack.pdf")

    [pack] = laid_out
    [item] = pack["items"]
    rows = {line[0]: line for phase in pack["handoffs"]["phases"] for line in phase["rows"]}
    until = "Gevolgd tot en met 31 aug 2026: wacht op nctv_triage (NCTV), om_intake"
    [quality] = [beside for beside in item["beside"] if beside["term"] == "Gegevens"]
    assert quality["lines"][-1].startswith(until)
    assert "kan nog veranderen: 8,1–11" in item["reasons"][0]["text"]
    assert until in rows["K13"][1] and "kan nog veranderen: 8,1–11" in rows["K13"][3]
    assert not any("Gevolgd" in line[1] for code, line in rows.items() if code != "K13")


def test_what_can_change_is_drawn_as_a_box_with_its_own_word():
    made = valid(series_chart(CHART, NL))
    [box] = [layer for layer in made["layer"] if layer["mark"].get("strokeDash") == [3, 2]]
    marks = {row["period"]: row for row in made["data"]["values"]}

    assert not box["mark"]["filled"]
    assert (marks["2026-Q3"]["provisional_lower"], marks["2026-Q3"]["provisional_upper"]) == (
        8.1,
        11.0,
    )
    assert [marks[quarter]["can_change"] for quarter in QUARTERS] == [False, False, True]
    assert "Kan nog veranderen: 8,1–11." in sentence(CHART, NL)
    columns, table = data_rows(CHART, NL)
    at = [column.heading for column in columns].index("Kan nog worden: van")
    assert [row[at : at + 2] for row in table] == [["", ""], ["", ""], ["8,1", "11"]]


def test_without_such_figures_there_is_no_box():
    made = valid(series_chart(replace(CHART, figures=CHART.figures[:2]), NL))
    assert not any(layer["mark"].get("strokeDash") == [3, 2] for layer in made["layer"])


def test_the_end_of_what_is_followed_is_a_line_with_its_day():
    chart = replace(CHART, followed_until=date(2026, 5, 15))
    made = valid(series_chart(chart, EN))
    said = {row["period"]: row["followed_word"] for row in made["data"]["values"]}

    assert said == {"2026-Q1": "", "2026-Q2": "followed until 15 May 2026", "2026-Q3": ""}
    # Half way the quarter: 45 of 91 days.
    places = [
        layer["encoding"]["x"]["bandPosition"]
        for layer in made["layer"]
        if any("followed_word" in str(step) for step in layer.get("transform", []))
    ]
    assert places == pytest.approx([45 / 91] * 3)
    assert "Followed until 15 May 2026." in description(chart, EN)


@pytest.mark.parametrize(
    ("day", "period", "place"),
    [
        (date(2026, 3, 31), "2026-Q1", 1.0),
        (date(2026, 4, 1), "2026-Q1", None),
        (date(2026, 2, 14), "2026-02", 0.5),
        (date(2026, 12, 31), "2026", 1.0),
        (date(2025, 12, 31), "2026", None),
    ],
)
def test_where_in_a_period_a_day_lies(day, period, place):
    assert place_in_period(day, period) == place


def test_a_figure_that_is_whole_says_nothing():
    assert change_of(CHART.figures[0], NL) == ""
