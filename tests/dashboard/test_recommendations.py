"""Recommendations on their page: where they stand, what they aim at, and whether it moved."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.published_fixture import tiny_tables, write_publication


def recommendation(number: str, state: str, **changes: Any) -> dict[str, Any]:
    return {
        "record_key": number,
        "recommendation_source": "adviesorgaan",
        "owner": "om",
        "handoff_id": "K13",
        "theme": "rol_onduidelijk",
        "recommendation_state": state,
        "issued_on": date(2025, 1, 6),
        "due_on": date(2026, 3, 1),
        "age_days": 300,
        "is_closed": state in {"geverifieerd", "afgewezen"},
        "is_overdue": False,
        **changes,
    }


def step(place: int, state: str, day: date, finding: str | None = None) -> dict[str, Any]:
    return {
        "record_key": "AB0000001",
        "state_number": place,
        "recommendation_state": state,
        "state_on": day,
        "finding": finding,
    }


def recommended_tables() -> dict[str, list[dict[str, Any]]]:
    """One verified with a step left out, one overdue, and one young."""
    tables: dict[str, list[dict[str, Any]]] = {}
    tables["recommendation"] = [
        recommendation("AB0000001", "geverifieerd"),
        recommendation("AB0000002", "in_uitvoering", is_overdue=True, owner="nctv"),
        recommendation("AB0000003", "gereedgemeld", age_days=500),
    ]
    tables["recommendation_state"] = [
        step(1, "uitgebracht", date(2025, 1, 6)),
        step(2, "aanvaard", date(2025, 3, 3)),
        step(3, "geverifieerd", date(2026, 2, 2), "toestand_overgeslagen"),
    ]
    tables["effect"] = [
        {
            "subject": "recommendation",
            "record_key": "AB0000001",
            "aim": "handoff",
            "indicator": "triage_lead_time",
            "statistic": "median",
            "view": "cohort",
            "period_grain": "quarter",
            "answer": "too_early",
            "n_after": 2,
        }
    ]
    return tables


@pytest.fixture(scope="module")
def recommended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recommended") / "platform"
    write_publication(folder, tiny_tables("platform") | recommended_tables(), "recommended")
    return folder


def test_what_is_overdue_comes_first_and_what_is_closed_stands_apart(recommended, render):
    text = render(recommended, "recommendations").text

    running = text.index("Nog op te volgen")
    places = [text.index(number, running) for number in ("AB0000002", "AB0000003", "AB0000001")]
    assert places == sorted(places)
    assert text.index("Geverifieerd of afgewezen") < places[2]


def test_ten_open_ones_stand_on_the_page_and_all_others_are_folded_by_state(tmp_path, render):
    tables = tiny_tables("platform")
    states = ("aanvaard", "in_uitvoering", "gereedgemeld", "geverifieerd", "afgewezen")
    tables["recommendation"] = [
        recommendation(f"AB{number:07}", states[number % 5], age_days=number)
        for number in range(100)
    ]
    folder = tmp_path / "platform"
    write_publication(folder, tables, "hundred")

    app = render(folder, "recommendations").app

    html = [element.proto.body for element in app.get("html")]
    folded = {
        fold.label: sum(element.proto.body.count("aanbeveling=AB") for element in fold.get("html"))
        for fold in app.expander
    }
    assert sum(body.count("aanbeveling=AB") for body in html) == 100
    assert sum(folded.values()) == 90
    assert [label.split(" (")[0] for label in folded] == [
        "Verder aanvaard", "Verder in uitvoering", "Verder gereedgemeld",
        "Alles wat afgewezen is", "Alles wat geverifieerd is",
    ]  # fmt: skip
    assert all(label.endswith(f"({n})") for label, n in folded.items())


def test_they_are_counted_by_source_and_owner_with_done_and_verified_apart(recommended, render):
    text = render(recommended, "recommendations").text

    assert "Adviesorgaan 0 0 0 0 1 1 1 1" in text
    assert "NCTV 0 0 0 0 1 0 0 1" in text


def test_one_has_its_history_with_what_is_wrong_with_a_step(recommended, render):
    text = render(recommended, "recommendations", aanbeveling="AB0000001").text

    assert "2 feb 2026 geverifieerd slaat een toestand over" in text
    assert text.index("uitgebracht") < text.index("aanvaard")


@pytest.mark.parametrize(
    ("language", "answer"),
    [("nl", "Te vroeg om te zeggen: 2 van 7"), ("en", "Too early to say: 2 of 7")],
)
def test_the_series_it_aims_at_is_shown_with_the_answer_in_words(
    recommended, render, language, answer
):
    page = render(recommended, "recommendations", aanbeveling="AB0000001", taal=language)

    assert answer in page.text
    # The data beneath the chart are there: the series itself is on the page.
    assert page.app.expander
