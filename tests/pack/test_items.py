"""The items of the pack: in the words and the order of the page, each with what is beside it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.pack.decisions import STAR, answer
from pipelines.pack.items import listed, pages
from pipelines.pack.paper import Paper
from pipelines.pack.register import register_of
from tests.dashboard.published_fixture import publication_row, result_row, write_publication
from tests.dashboard.test_discussion import row

LABELS = {"label_nl": "Snelheid", "label_en": "Speed"}


def indicator(identifier: str) -> dict[str, object]:
    return {"indicator": identifier, "version": "1", "kind": "lead_time", "handoff_id": "K01",
            **LABELS}  # fmt: skip


@pytest.fixture
def published(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file with two indicators up for discussion, one of them by two members."""
    members = [
        {"dimension": "parket", "member": name, "label_nl": name.title(), "sort_order": place}
        for place, name in enumerate(("amsterdam", "limburg"))
    ]
    listed = [
        row(version="1", signal_id="1", series_id="1", indicator="b", view="cohort", side="sender",
            discussion_rank=2, strength="clear", evidence=3.0, rule="shift", reason="shift",
            n_run=9),
        row(version="1", signal_id="2", series_id="2", view="cohort", side="sender",
            dimension="parket", member="limburg", evidence=9.0),
        row(version="1", signal_id="3", series_id="3", view="cohort", side="sender",
            dimension="parket", member="amsterdam", evidence=2.0,
            strength="weak", item_strength="strong", variation="improvement", moved="down"),
        row(version="1", signal_id="4", series_id="4", view="cohort", side="sender",
            indicator="quiet", discussion_rank=None),
    ]  # fmt: skip
    path = write_publication(
        tmp_path / "platform",
        {
            "publication": [publication_row("platform", "one")],
            "indicator": [
                {**indicator("fast"), "followed_until": date(2026, 8, 31), "waits_for": "om_casus"},
                indicator("b"),
                indicator("quiet"),
            ],
            "quality": [{"indicator": "fast", "badge": "good"}],
            "dimension_member": members,
            "organisation": [{"organisation": "om", "label_nl": "OM", "sort_order": 1}],
            "result": [
                result_row(
                    "b",
                    "median",
                    "2026-Q3",
                    value=35.0,
                    lower=30.0,
                    upper=40.0,
                    provisional_lower=32.0,
                    provisional_upper=41.5,
                )
            ],
            "signal": [{**signal, "difference": 22.6} for signal in listed],
            "signal_point": [],
            "norm": [],
        },
        "one",
    )
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def told(published: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    paper = Paper(published)
    return pages(listed(paper), register_of(paper), paper)


def beside(item: dict[str, Any], term: str) -> list[str]:
    return next(entry["lines"] for entry in item["beside"] if entry["term"] == term)


def test_the_strongest_comes_first_and_members_keep_their_order(published):
    first, second = told(published)

    assert (first["strength"], second["strength"]) == ("sterk bewijs", "duidelijk bewijs")
    assert [reason["text"].split(" – ")[0] for reason in first["reasons"]] == [
        "Amsterdam",
        "Limburg",
    ]
    assert [reason["word"] for reason in first["reasons"]] == ["verbetering", "verslechtering"]
    assert beside(first, "Gegevens")[0].startswith("Goed.")
    assert beside(second, "Gegevens") == ["Onbekend."]


def test_reasons_are_sentences_with_numbers_in_dutch_form(published):
    text = told(published)[1]["reasons"][0]["text"]

    assert text == (
        "Mediaan per kwartaal: 9 punten op rij boven het gemiddelde van 12,4 dagen, "
        "sinds K2 2025; K3 2026 is 35 dagen. "
        "Het cijfer van K3 2026 kan nog veranderen: 32–41,5."
    )


def test_an_item_says_until_when_it_was_followed_and_for_whom_it_waits(published):
    first, second = told(published)

    until = (
        "Gevolgd tot en met 31 aug 2026: wacht op om_casus (OM). "
        "Wat daarna gebeurde telt nog niet mee."
    )
    assert until in beside(first, "Gegevens")
    assert until not in beside(second, "Gegevens")


def test_the_sentence_under_a_chart_has_the_figure_of_the_table_and_its_uncertainty(published):
    [chart] = told(published)[1]["charts"]

    assert chart["sentence"].startswith("Nieuwste cijfer, K3 2026: 35 dagen (95%-interval 30–40)")
    assert chart["sentence"] in chart["alt"]
    assert "35" in chart["svg"]


def test_a_series_without_a_published_figure_says_so_instead_of_an_empty_chart(published):
    [chart] = told(published)[0]["charts"]

    assert chart["svg"] == ""
    assert chart["sentence"] == "Voor deze doelgroep is hiervan geen cijfer gepubliceerd."


def test_what_is_beside_an_item_is_told_or_said_to_be_missing(published):
    first, _ = told(published)

    assert beside(first, "Daarnaast") == [
        "In het register staat bij deze indicator geen tegenwicht."
    ]


def test_what_a_star_means_is_said_where_there_is_one():
    row = {"answer": "no_movement", "n_after": 9, "period_grain": "month", "moves_easily": True}

    assert answer(row, Paper(duckdb.connect())).endswith(STAR)
    assert not answer({**row, "moves_easily": False}, Paper(duckdb.connect())).endswith("*")
