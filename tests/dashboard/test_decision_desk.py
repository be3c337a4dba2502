"""The desk in a meeting: what a decision is about stands beside it, and what is open is told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.components.markup import escape
from pipelines.decisions.register import RegisterError
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import tiny_tables, write_publication
from tests.dashboard.test_decisions import decided, decision_row, register

__all__ = ["decided", "register"]

Render = Callable[..., Rendered]


def title_of(page: Rendered) -> str:
    return re.findall(r"<h1[^>]*>([^<]+)</h1>", page.html)[0]


def alike(page: Rendered) -> list[str]:
    """Numbers of the decisions that are pointed out above a form."""
    _, found, rest = page.html.partition("km-alike")
    return re.findall(r">([AB][TP]\d+)</a>", rest) if found else []


def button(page: Rendered, label: str) -> object:
    return next(each for each in page.app.button if each.label == label)


def test_what_is_open_about_the_same_subject_is_pointed_out_before_it_is_kept(
    decided, register, render
):
    page = render(decided, "decisions", nieuw="1", koppelvlak="K13")

    # The settled one and the note about it are not.
    assert alike(page) == ["AT0000001"]
    page.app.selectbox(key="decision_nieuw_subject").set_value("handoff:K22").run()
    assert alike(Rendered(page.app)) == []
    page.app.selectbox(key="decision_nieuw_subject").set_value("indicator:triage_lead_time").run()
    assert alike(Rendered(page.app)) == ["AT0000001"]


def test_before_and_after_have_the_day_of_the_decision_marked(tmp_path, render):
    tables = tiny_tables("platform")
    tables["decision"] = tables["decision_revision"] = [decision_row("AT0000001")]
    tables["effect"] = [
        {"subject": "decision", "record_key": "AT0000001", "aim": "handoff", "answer": "too_early",
         "indicator": "triage_lead_time", "statistic": "median", "view": "cohort",
         "period_grain": "quarter", "n_after": 5},
    ]  # fmt: skip
    write_publication(tmp_path / "platform", tables, "moved")

    page = render(tmp_path / "platform", "decisions", besluit="AT0000001")

    [chart] = page.app.get("arrow_vega_lite_chart") or page.app.get("vega_lite_chart")
    assert "Ervoor en erna" in page.text
    assert "Besluit of aantekening 1, 12 mei 2026" in str(chart.proto)


@pytest.fixture
def listed(sample_root: Path, render: Render) -> list[tuple[str, str]]:
    """Code and name of the items of the list."""
    page = render(sample_root / "platform", "discussion").html
    return re.findall(r'<h2 id="(\w+)"><a[^>]*>([^<]+)</a>', page)


def test_one_item_at_a_time_is_on_the_table(sample_root, register, render, listed):
    (first, name), (second, next_name), *_ = listed
    page = render(sample_root / "platform", "discussion", punt=first)

    assert title_of(page) == name
    assert f"Onderwerp 1 van {len(listed)}" in page.text
    assert button(page, "Vorige").disabled  # type: ignore[attr-defined]
    assert not button(page, "Volgende").disabled  # type: ignore[attr-defined]

    button(page, "Volgende").click().run()  # type: ignore[attr-defined]
    after = Rendered(page.app)
    # The address names the item.
    assert (title_of(after), page.app.query_params["punt"]) == (next_name, second)


def test_an_item_that_is_not_listed_leads_to_the_list(sample_root, render):
    page = render(sample_root / "platform", "discussion", punt="no_such_thing")

    assert title_of(page) == escape("Ter bespreking")


def test_what_is_decided_in_the_meeting_stands_there_at_once(sample_root, register, render, listed):
    code, name = listed[0]
    app = render(sample_root / "platform", "discussion", punt=code).app

    app.text_area(key=f"decision_nieuw_{code}_question").set_value("Wat is er aan de hand?")
    app.text_area(key=f"decision_nieuw_{code}_text").set_value("Volgende keer bespreken.")
    app.selectbox(key=f"decision_nieuw_{code}_owner").set_value("voorzitter_platform")
    next(each for each in app.button if each.label == "Bewaar").click().run()

    after = Rendered(app)
    assert "Vastgelegd als BP0000001, herziening 1." in after.text
    assert title_of(after) == name
    assert alike(after) == ["BP0000001"]


# --- a register that is damaged


def test_of_a_damaged_register_a_page_shows_what_is_published_and_says_so(
    decided, register, render
):
    for damaged in (b"", b"garbage" * 999):
        register.parent.mkdir(exist_ok=True)
        register.write_bytes(damaged)
        register.with_suffix(".sha256").write_text("1" * 64)
        for address in ({}, {"besluit": "AT0000001"}, {"nieuw": "1"}):
            page = render(decided, "decisions", **address)
            assert not page.app.exception
            assert "Het register van besluiten is beschadigd." in page.text
            assert "AT0000001" in page.text
            assert [each.label for each in page.app.button] == []
        assert not render(decided, "handoff", koppelvlak="K13").app.exception
    assert register.read_bytes() == b"garbage" * 999


def test_what_cannot_be_kept_stays_in_the_form(decided, register, render, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise RegisterError("decisions.sqlite: de schijf is vol; het register bleef zoals het was")

    monkeypatch.setattr("pipelines.decisions.register.Register.record", fails)
    page = render(decided, "decisions", nieuw="1", koppelvlak="K13")
    page.app.text_area(key="decision_nieuw_question").set_value("Wat is er aan de hand?")
    page.app.text_area(key="decision_nieuw_text").set_value("Werkafspraak maken.")
    page.app.selectbox(key="decision_nieuw_owner").set_value("om")
    button(page, "Bewaar").click().run()  # type: ignore[attr-defined]

    assert not page.app.exception
    assert "Niet bewaard: het register van besluiten" in Rendered(page.app).text
    assert page.app.text_area(key="decision_nieuw_text").value == "Werkafspraak maken."
