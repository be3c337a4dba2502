"""Room to write on the page of an item, however much is told on it."""

from pathlib import Path
from typing import Any

import pypdf
import pytest

from pipelines.charts.style import HEIGHT
from pipelines.pack import items
from pipelines.pack.document import write_pack
from pipelines.pack.room import Told, room
from tests.pack.conftest import SEVEN

LINE = "Te weinig vooraf om te vergelijken: nul van de twaalf maanden die nodig zijn, en meer. "
# Three lines by hand, with owner and date beneath: 30 mm.
LEAST_POINTS = 85.0


def told(n_charts: int = 1, n_reasons: int = 1, n_lines: int = 4) -> Told:
    return Told(
        "K13 · Triage", ["Hoe snel?", "K3 2026: 7 dagen; n = 96"], [(LINE * 3, 88.0)] * n_charts,
        [LINE * 2] * n_reasons, {f"Term {at}": [LINE] for at in range(n_lines)}, "",
    )  # fmt: skip


def test_a_page_with_little_has_its_charts_as_high_as_the_screen_and_every_reason():
    assert room(told(n_reasons=3), 6) == (1, 3, HEIGHT)


def test_where_much_is_told_charts_are_lower_first_then_reasons_go_then_the_second_chart():
    n_charts, n_reasons, height = room(told(n_reasons=3, n_lines=18), 6)
    assert (n_charts, n_reasons) == (1, 3)
    assert height < HEIGHT
    n_charts, n_reasons, _ = room(told(n_charts=2, n_reasons=6, n_lines=10), 6)
    assert n_charts == 2
    assert n_reasons < 6
    assert room(told(n_charts=2, n_reasons=6, n_lines=22), 6)[0] == 1


def test_of_reasons_there_are_never_more_than_asked_nor_fewer_than_one():
    assert room(told(n_reasons=9), 6)[1] == 6
    assert room(told(n_reasons=9, n_lines=60), 6)[:2] == (1, 1)


def test_an_item_without_a_chart_has_its_reasons_and_one_without_reasons_its_chart():
    assert room(told(n_charts=0, n_reasons=2), 6)[:2] == (0, 2)
    assert room(told(n_reasons=0), 6) == (1, 0, HEIGHT)


def room_on(page: pypdf.PageObject) -> float | None:
    """Points between the heading of the box and its owner; None on a page without one."""
    places: dict[str, float] = {}

    def see(text: str, page_to: Any, at: Any, *_: Any) -> None:
        for word in ("Besluit", "Eigenaar:"):
            if text.strip().startswith(word):
                places[word] = at[4] * page_to[1] + at[5] * page_to[3] + page_to[5]

    page.extract_text(visitor_text=see)
    return places["Besluit"] - places["Eigenaar:"] if "Eigenaar:" in places else None


# Beside an item two things of a kind are told, of two lines each, and that there are more.
@pytest.mark.parametrize("n_lines", [1, 3])
def test_every_item_leaves_room_for_a_decision_however_much_is_told(
    seven: Path, tmp_path, monkeypatch, n_lines
):
    for name in ("fitness", "recommended", "noted"):
        monkeypatch.setattr(items, name, lambda *_: [LINE * 2] * n_lines)

    pages = pypdf.PdfReader(write_pack(seven, tmp_path / "pack.pdf")).pages
    found = [points for page in pages if (points := room_on(page)) is not None]

    assert len(found) == SEVEN
    assert min(found) >= LEAST_POINTS


def test_a_page_that_leaves_a_chart_to_the_screen_says_so(seven: Path, tmp_path, monkeypatch):
    def texts(most_charts: int) -> list[str]:
        monkeypatch.setattr(items, "room", lambda *_: (most_charts, 1, HEIGHT))
        pages = pypdf.PdfReader(write_pack(seven, tmp_path / f"{most_charts}.pdf")).pages
        return [page.extract_text() for page in pages if room_on(page) is not None]

    said = "Verdere grafieken van dit onderwerp staan op het dashboard."
    assert not any(said in text for text in texts(2))
    assert any(said in text for text in texts(0))
