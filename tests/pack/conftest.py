"""A platform's publication with seven items, long names and signs that no font has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.pack import items
from tests.dashboard.published_fixture import write_publication
from tests.dashboard.sample_publication import sample_tables

SEVEN = 7
LONG = (
    "Doorlooptijd van de overdracht tussen het Landelijk Coördinatiecentrum Bewaken en Beveiligen "
    "en de arrondissementsparketten, met verantwoordelijkheidsverdelingsoverleg"
)
# A smiling face, an Egyptian hieroglyph and a private sign.
NOT_IN_ANY_FONT = "\U0001f600\U00013080\ue000"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="330">'
    '<rect width="760" height="330" fill="#eee"/></svg>'
)


def listing(tables: dict[str, list[dict[str, Any]]], n: int) -> dict[str, list[dict[str, Any]]]:
    """The same tables with so many items on the list: series of as many indicators."""
    chosen: dict[str, int] = {}
    for row in tables["signal"]:
        if len(chosen) < n and row["chart"] != "none" and row["dimension"] == "national":
            chosen.setdefault(row["indicator"], len(chosen) + 1)
    told = [
        row
        | {
            "discussion_rank": chosen.get(row["indicator"]) if row["is_headline"] else None,
            "item": row["indicator"],
            "item_strength": "clear",
            "expected_false": 0.6,
        }
        for row in tables["signal"]
    ]
    for row in told:
        if row["chart"] == "none" or row["dimension"] != "national":
            row["discussion_rank"] = None
    return {**tables, "signal": told}


def tables_with(n_items: int) -> dict[str, list[dict[str, Any]]]:
    """The sample publication of the platform with so many items."""
    return listing(sample_tables("platform", "packed"), n_items)


@pytest.fixture(scope="session")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file with seven items, of which one has a long name and one strange signs."""
    tables = tables_with(SEVEN)
    listed = list(
        dict.fromkeys(row["indicator"] for row in tables["signal"] if row["discussion_rank"])
    )
    for entry in tables["indicator"]:
        if entry["indicator"] == listed[0]:
            entry["label_nl"] = LONG
        if entry["indicator"] == listed[1]:
            entry["label_nl"] = f"Overdracht {NOT_IN_ANY_FONT} Łódź Ёж ≥ →"
    return write_publication(tmp_path_factory.mktemp("seven"), tables, "packed")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file with nothing up for discussion."""
    return write_publication(tmp_path_factory.mktemp("empty"), tables_with(0), "packed")


@pytest.fixture
def plain_charts() -> Iterator[None]:
    """A rectangle for every chart: what is not about the drawing need not wait for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(items, "paper_svg", lambda *_: DRAWING)
        yield
