"""Decisions on the pages: who may write, what a reader sees, and where they show."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard import decisions, serve
from dashboard.decisions import Decision, Draft
from dashboard.publication import current_publication
from pipelines.charts.drawing import series_chart
from pipelines.charts.mark_layers import Mark, mark_columns
from pipelines.charts.series import Series
from pipelines.charts.words import description
from pipelines.wording.figures import Figure
from pipelines.wording.language import LANGUAGES, words_in
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import tiny_tables, write_publication
from tests.grammar import valid


def decision_row(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "record_key": number,
        "revision": 1,
        "note_kind": "besluit",
        "handoff_id": "K13",
        "noted_on": date(2026, 5, 12),
        "question": "Waarom duurt het langer?",
        "note": "Werkafspraak maken.",
        "owner": "om",
        "due_on": date(2026, 9, 1),
        "outcome": "open",
        "recorded_at": datetime(2026, 5, 12, 12, tzinfo=UTC),
        "first_recorded_at": datetime(2026, 5, 12, 12, tzinfo=UTC),
        "origin": "levering",
        **changes,
    }


def decided_tables() -> dict[str, list[dict[str, Any]]]:
    """An open, a settled and a later decision, and a note."""
    rows = [
        decision_row("AT0000001"),
        decision_row("AT0000002", outcome="gehaald", noted_on=date(2025, 5, 12)),
        decision_row("AT0000003", due_on=date(2027, 1, 1), handoff_id="K20"),
        decision_row(
            "AT0000004", note_kind="notitie", question=None, owner=None, due_on=None, outcome=None
        ),
    ]
    tables = {"decision": rows, "decision_revision": rows}
    tables["effect"] = [
        {
            "subject": "decision",
            "record_key": "AT0000001",
            "aim": "handoff",
            "answer": "too_early",
            "period_grain": "month",
            "n_after": 5,
        }
    ]
    return tables


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """A tiny publication with them."""
    folder = tmp_path / "published" / "platform"
    write_publication(folder, tiny_tables("platform") | decided_tables(), "decided")
    return folder


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let this process write, as that of the platform may."""
    path = tmp_path / "register" / "decisions.sqlite"
    monkeypatch.setenv(serve.REGISTER_VARIABLE, str(path))
    return path


def draft(**changes: Any) -> Draft:
    values = {
        "kind": "besluit",
        "noted_on": date(2026, 11, 24),
        "text": "Iets afspreken.",
        "question": "Hoe gaat het anders?",
        "handoff_id": "K13",
        "owner": "om",
        "due_on": date(2027, 2, 1),
        "outcome": "open",
    }
    return Draft(**{**values, **changes})


def record(**changes: Any) -> str:
    desk = decisions.desk()
    assert desk is not None
    return desk.record(draft(**changes), date(2026, 10, 31)).number


@pytest.mark.parametrize("audience", ["researcher", "advisory"])
def test_only_the_platform_is_told_where_the_register_is(tmp_path, audience):
    register = tmp_path / "decisions.sqlite"

    platform = serve.serve_environment("platform", tmp_path, {}, register=register)
    other = serve.serve_environment(
        audience, tmp_path, {serve.REGISTER_VARIABLE: "inherited"}, register=register
    )

    assert platform[serve.REGISTER_VARIABLE] == str(register)
    assert serve.REGISTER_VARIABLE not in other


def test_open_decisions_come_first_by_due_date(decided):
    found = decisions.decisions(current_publication(decided))

    assert [decision.revision.number for decision in found] == [
        "AT0000001", "AT0000003", "AT0000004", "AT0000002",
    ]  # fmt: skip


def test_without_the_register_the_page_only_reads(decided, render):
    text = render(decided, "decisions").text

    assert "Werkafspraak maken." in text
    assert "Besluit vastleggen" not in text
    assert "over tijd" in text
    assert "Te vroeg om te zeggen: 5 van 7 maanden" in text


def test_that_a_series_moves_easily_is_said_once_and_starred_in_each_row(tmp_path, render):
    tables = tiny_tables("platform")
    tables["decision"] = [decision_row("AT0000001"), decision_row("AT0000002")]
    tables["effect"] = [
        {
            "subject": "decision",
            "record_key": key,
            "aim": "handoff",
            "answer": "worse",
            "moves_easily": moves_easily,
            "first_signal": period,
        }
        for key, moves_easily, period in (
            ("AT0000001", True, "2025-07"),
            ("AT0000002", False, "2025-08"),
        )
    ]
    write_publication(tmp_path / "platform", tables, "doubted")
    text = render(tmp_path / "platform", "decisions").text

    assert text.count("een op de vier") == 1
    assert "signaal vanaf jul 2025. *" in text
    assert "signaal vanaf aug 2025. *" not in text
    assert "een op de vier" in render(tmp_path / "platform", "decisions", besluit="AT0000001").text


def test_a_form_cannot_be_reached_by_its_address_without_the_register(decided, render):
    rendered = render(decided, "decisions", nieuw="1")

    assert not rendered.app.text_area
    assert not render(decided, "decisions", besluit="AT0000001").app.text_area


def test_what_was_recorded_stands_in_the_list_at_once_and_says_that_it_waits(
    decided, register, render
):
    number = record()

    text = render(decided, "decisions").text

    assert f"{number} · 24 nov 2026 wacht op de volgende bouw" in text


def test_a_decision_is_a_dated_mark_on_the_chart_of_its_handoff(decided, render):
    page = render(decided, "handoff", koppelvlak="K13")

    assert "12 mei 2026 besluit AT0000001 : Werkafspraak maken. (OM, open)" in page.text
    assert "AT0000003" not in page.text


@pytest.mark.parametrize(
    ("periods", "at"),
    [
        (["2026-Q1", "2026-Q2", "2026-Q3"], "2026-Q2"),
        (["2026-04", "2026-05", "2026-06"], "2026-05"),
        (["2025", "2026"], "2026"),
        # The series does not reach the day yet.
        (["2025-Q4", "2026-Q1"], "2026-Q1"),
        (["2026-Q3", "2026-Q4"], None),
    ],
)
def test_a_mark_stands_at_the_period_of_its_day(periods, at):
    mark = Mark(3, date(2026, 5, 12), "Werkafspraak maken.")

    drawn = {period: mark_columns([mark], periods, period) for period in periods}

    assert [period for period, columns in drawn.items() if columns["has_mark"]] == (
        [at] if at else []
    )
    assert all(columns["mark_label"] == "3" for columns in drawn.values() if columns["has_mark"])


def test_a_chart_with_marks_draws_them_and_says_them_in_words():
    words = words_in("nl")
    figure = Figure("2026-Q2", "ok", "calendar_days", 9.0, 8.0, 10.0)
    mark = Mark(1, date(2026, 5, 12), "Werkafspraak maken.")
    series = Series("k13", "Mediaan", [figure], marks=[mark])

    assert "datum.has_mark" in str(valid(series_chart(series, words)))
    assert "Besluit of aantekening 1, 12 mei 2026: Werkafspraak maken." in description(
        series, words
    )
    bare = Series("k13", "Mediaan", [figure])
    assert "datum.has_mark" not in str(valid(series_chart(bare, words)))


def test_a_mark_lies_above_the_field_where_it_covers_no_figure():
    figure = Figure("2026-Q2", "ok", "calendar_days", 9.0, 8.0, 10.0)
    mark = Mark(1, date(2026, 5, 12), "Werkafspraak maken.")

    def drawn(marks: list[Mark]) -> dict[str, Any]:
        series = Series("k13", "Mediaan", [figure], marks=marks)
        return valid(series_chart(series, words_in("nl")))

    with_mark, bare = drawn([mark]), drawn([])
    numbers = [
        layer["encoding"]["y"]["value"]
        for layer in with_mark["layer"]
        if layer["encoding"].get("text", {}).get("field") == "mark_label"
    ]
    height = 12  # of a digit, drawn around its middle
    assert numbers
    assert all(y + height / 2 < 0 for y in numbers)
    assert with_mark["padding"]["top"] - bare["padding"]["top"] >= height / 2 - min(numbers)


def test_the_form_keeps_a_decision(decided, register, render):
    app = render(decided, "decisions", nieuw="1", koppelvlak="K20").app

    app.text_area(key="decision_nieuw_question").set_value("Wat is er aan de hand?")
    app.text_area(key="decision_nieuw_text").set_value("Volgende keer bespreken.")
    app.selectbox(key="decision_nieuw_owner").set_value("voorzitter_platform")
    app.button[0].click().run()

    [kept] = decisions.desk().register.current()  # type: ignore[union-attr]
    assert (kept.draft.handoff_id, kept.draft.owner) == ("K20", "voorzitter_platform")
    assert "Vastgelegd als BP0000001, herziening 1." in Rendered(app).text


def test_a_refused_text_stays_in_the_form_and_nowhere_else(decided, register, render):
    app = render(decided, "decisions", nieuw="1", koppelvlak="K20").app

    app.text_area(key="decision_nieuw_question").set_value("Wat is er aan de hand?")
    app.text_area(key="decision_nieuw_text").set_value("Bel 06-12345678.")
    app.selectbox(key="decision_nieuw_owner").set_value("om")
    app.button[0].click().run()

    assert "regel telefoonnummer" in Rendered(app).text
    assert "12345678" not in Rendered(app).text
    assert app.text_area(key="decision_nieuw_text").value == "Bel 06-12345678."
    assert not register.exists() or b"12345678" not in register.read_bytes()
    assert decisions.desk().register.current() == []  # type: ignore[union-attr]


def test_a_delivered_decision_can_be_settled_and_keeps_its_history(decided, register, render):
    app = render(decided, "decisions", besluit="AT0000001").app

    app.selectbox(key="decision_AT0000001_outcome").set_value("gehaald")
    app.button[0].click().run()

    text = Rendered(app).text
    assert "Vastgelegd als AT0000001, herziening 2." in text
    assert "Stand: open → gehaald" in text
    assert "geleverd door het Kenniscentrum" in text


def test_every_code_of_the_contract_has_a_name_in_both_languages(register):
    desk = decisions.desk()
    assert desk is not None
    for language in LANGUAGES:
        texts = words_in(language).texts
        for group, codes in (
            ("kind", desk.choices.kinds),
            ("owner", desk.choices.owners),
            ("outcome", desk.choices.outcomes),
        ):
            assert {f"decisions.{group}.{code}" for code in codes} <= set(texts)


def test_every_rule_of_the_guard_is_named_with_how_to_write_it_instead():
    from pipelines.deliveries.identifying.kinds import LABELS

    for language in LANGUAGES:
        texts = words_in(language).texts
        for rule in LABELS:
            assert re.search(rf"\((?:regel|rule) {rule}\): \w", texts[f"decisions.refused.{rule}"])


def test_a_decision_without_a_day_is_never_overdue():
    decision = Decision(
        decisions.Revision(
            "BP0000001", 1, draft(due_on=None), date(2026, 10, 31), datetime.now(UTC),
            datetime.now(UTC),
        ),
        True,
    )  # fmt: skip

    assert not decision.is_overdue(date(2030, 1, 1))
