"""The meeting pack: what is up for discussion, in the words and the order of the page."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.pack.discussion import discussion
from pipelines.pack.paper import Paper
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
        row(version="1", signal_id="2", series_id="2", dimension="parket", member="limburg",
            evidence=9.0),
        row(version="1", signal_id="3", series_id="3", dimension="parket", member="amsterdam",
            evidence=2.0, strength="weak", item_strength="strong", variation="improvement",
            moved="down"),
        row(version="1", signal_id="4", series_id="4", indicator="quiet", discussion_rank=None),
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
            "signal": listed,
        },
        "one",
    )
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_the_strongest_comes_first_and_members_keep_their_order(
    published: duckdb.DuckDBPyConnection,
) -> None:
    first, second = discussion(Paper(published))["entries"]

    assert (first["strength"], second["strength"]) == ("sterk bewijs", "duidelijk bewijs")
    assert [reason["text"].split(" – ")[0] for reason in first["reasons"]] == [
        "Amsterdam",
        "Limburg",
    ]
    assert [reason["word"] for reason in first["reasons"]] == ["verbetering", "verslechtering"]
    assert first["data"] == "Gegevens: goed"
    assert second["data"] == "Gegevens: onbekend"


def test_reasons_are_sentences_with_numbers_in_dutch_form(
    published: duckdb.DuckDBPyConnection,
) -> None:
    text = discussion(Paper(published))["entries"][1]["reasons"][0]["text"]

    assert text == (
        "Mediaan per kwartaal: 9 punten op rij boven het gemiddelde van 12,4 dagen, "
        "sinds K2 2025; K3 2026 is 35 dagen. "
        "Het cijfer van K3 2026 kan nog veranderen: 32–41,5."
    )


def test_an_item_says_until_when_it_was_followed_and_for_whom_it_waits(
    published: duckdb.DuckDBPyConnection,
) -> None:
    first, second = discussion(Paper(published))["entries"]

    assert first["followed"] == (
        "Gevolgd tot en met 31 aug 2026: wacht op om_casus (OM). "
        "Wat daarna gebeurde telt nog niet mee."
    )
    assert second["followed"] == ""
