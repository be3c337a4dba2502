"""What was measured of the methods stands on their page, out of the files the commands write."""

from collections.abc import Iterator
from dataclasses import asdict
from html import unescape
from pathlib import Path

import pytest

import dashboard.measured
import tests.bench.measured
from dashboard.measured import FOLDER, measured
from dashboard.sections.measured import (
    COVERAGE,
    DISCLOSURE,
    LISTS,
    REVISIONS,
    TABLES,
    answers_table,
    coverage_table,
    disclosure_table,
    figure_name,
    lists_table,
)
from pipelines.wording.language import LANGUAGES, words_in
from tests.bench.chain_lists import Listed, figures
from tests.bench.measured import store

NL = words_in("nl")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of measured figures, in place of the checked-in one."""
    for module in (dashboard.measured, tests.bench.measured):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    measured.cache_clear()
    yield tmp_path
    measured.cache_clear()


def cell(n: int, share_open: float, covered: float, shown: int = 2000) -> dict[str, object]:
    return {"figure": "median", "shape": "lognormal", "n": n, "open": share_open, "shown": shown,
            "covered": covered}  # fmt: skip


def test_what_a_command_writes_is_what_the_page_reads(folder):
    store(COVERAGE, "make bench-coverage", 2000, [cell(5, 0.0, 0.951)])

    found = measured(COVERAGE)

    assert found is not None
    assert (found.command, found.runs, dict(found.rows[0])) == (
        "make bench-coverage", 2000, cell(5, 0.0, 0.951),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_figure_with_a_band_has_its_row(language):
    found, words = measured(REVISIONS), words_in(language)

    assert found is not None
    table = unescape(answers_table(found, words))
    for row in found.rows:
        assert words.text(f"measured.{row['question']}") in table


def test_coverage_is_the_lowest_and_the_highest_that_can_be_judged(folder):
    store(
        COVERAGE,
        "make bench-coverage",
        2000,
        [cell(5, 0.0, 0.951), cell(20, 0.0, 0.94), cell(5, 0.6, 0.512, shown=199)],
    )
    found = measured(COVERAGE)
    assert found is not None

    html = coverage_table(found, NL)

    assert 'data-label="0% nog open">94,0–95,1<' in html
    assert "te weinig</span>" in html
    assert "51,2" not in html
    assert "bij 5, 20 gevallen" in html
    assert "2.000 trekkingen: <code>make bench-coverage</code>" in html


def test_what_was_not_measured_is_not_on_the_page(folder, tiny, render):
    assert "Gemeten" not in render(tiny, "methods").text


def test_what_was_measured_is_on_the_page(folder, tiny, render):
    store(COVERAGE, "make bench-coverage", 2000, [cell(5, 0.0, 0.951)])

    assert "Van 100 intervallen bevatten er zoveel de ware waarde" in render(tiny, "methods").text


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        ("restricted mean", "gemiddelde tot een grens"),
        ("share within norm 0.8", "aandeel binnen norm, werkelijk 80%"),
    ],
)
def test_a_figure_is_named_with_the_true_value_it_has(figure, name):
    assert figure_name(figure, NL) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_measured_has_words(language):
    words = words_in(language)
    for path in FOLDER.glob("*.yaml"):
        found = measured(path.stem)
        assert found is not None
        assert found.command in TABLES[path.stem](found, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_list_has_its_question(folder, language):
    of_audiences = {
        audience: [
            Listed(audience, 1, 1.0, has_stories, "2026-10-31", items, 900, None)
            for has_stories, items in (
                (False, (("lead_time_k02",), ("outflow", "inflow"))),
                (True, (("lead_time_k41", "reconciliation_k41"), *others)),
            )
        ]
        for audience, others in (("platform", [("lead_time_k02",)]), ("researcher", []))
    }
    store(
        LISTS,
        "the command",
        2,
        (
            {"audience": audience, **asdict(figure)}
            for audience, lists in of_audiences.items()
            for figure in figures(lists)
        ),
    )
    found = measured(LISTS)
    assert found is not None

    words = words_in(language)
    html = unescape(lists_table(found, words))

    assert all(words.text(f"measured.{row['question']}") in html for row in found.rows)
    assert all(words.text(f"audience.{audience}") in html for audience in of_audiences)
    values = {row["question"]: row["value"] for row in found.rows if row["audience"] == "platform"}
    # Of the quiet chain one item, the transition set aside; of the other one of two is a story.
    assert (values["false_items"], values["most_false_items"]) == (1.0, 1)
    assert (values["explained"], values["found.phase_out_backlog"]) == (0.5, 1.0)
    assert values["found.dossier_drift"] == 0.0
    # On the researchers' list stands nothing but the story.
    assert [
        row["value"]
        for row in found.rows
        if (row["audience"], row["question"]) == ("researcher", "explained")
    ] == [1.0]


def test_what_protection_leaves_is_said_per_audience_size_and_kind_of_figure(folder):
    row = {"audience": "platform", "cases": 200, "of": "share"}
    store(DISCLOSURE, "make bench-disclosure", 50, [
        {**row, "rung": "quarter", "lines": 0.3, "off_by": 3.0},
        {**row, "rung": "year of clusters", "lines": 0.1, "off_by": 1.0},
        {**row, "rung": "not_in_catalogue", "lines": 0.6, "off_by": None},
        {**row, "of": "count", "rung": "not_in_catalogue", "lines": 1.0, "off_by": None},
    ])  # fmt: skip
    found = measured(DISCLOSURE)
    assert found is not None

    shown = unescape(disclosure_table(found, NL))

    # Three quarters of what is shown moved by 3, a quarter by 1.
    assert "40%" in shown and "2,5" in shown
    assert "0%" in shown and "make bench-disclosure" in shown
