"""The one-minute test of the platform, walked in a real browser, counted in clicks and screens.

On the first screen, without scrolling: what changed, is it real, are the data fit, what was
decided. A decision is two clicks away, and then stands on that first screen. In the meeting itself
one item at a time is on the table, by keyboard.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.wording.language import words_in
from tests.dashboard.browsing import DESK, TELEPHONE, Visit, served
from tests.dashboard.published_fixture import write_publication
from tests.dashboard.sample_publication import sample_tables
from tests.dashboard.test_decisions import decision_row

pytestmark = pytest.mark.browser

NL = words_in("nl")
ANSWERS = {
    "what changed": ".km-now-items li",
    "is it real": f".km-now section:has(h2:text-is('{NL.text('this_quarter.real')}')) p",
    "data fit": f".km-now section:has(h2:text-is('{NL.text('this_quarter.fit')}')) li",
    "decided": f".km-now section:has(h2:text-is('{NL.text('this_quarter.decided')}')) p",
}
DECISION = "Oorzaak nagaan en de volgende keer terugmelden."


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The platform's dashboard, with what was decided earlier and a register of its own."""
    home = tmp_path_factory.mktemp("meeting")
    earlier = [decision_row("AT0000001"), decision_row("AT0000002", outcome="gehaald")]
    moved = {"subject": "decision", "aim": "handoff", "answer": "too_early",
             "period_grain": "month", "n_after": 5}  # fmt: skip
    tables = {
        **sample_tables("platform", "walk"),
        "decision": earlier,
        "decision_revision": earlier,
        "effect": [{**moved, "record_key": row["record_key"]} for row in earlier],
    }
    write_publication(home / "published" / "platform", tables, "walk")
    with served(home / "published", home / "register" / "decisions.sqlite") as address:
        yield address


@pytest.fixture
def visit(browser: Any, platform: str) -> Iterator[Visit]:
    opened = Visit(browser, platform)
    yield opened
    opened.close()


def bottom(found: Any) -> float:
    box = found.bounding_box()
    return float(box["y"] + box["height"])


def test_the_first_screen_answers_the_four_questions(visit):
    tab = visit.open("/")

    for question, answer in ANSWERS.items():
        found = tab.locator(answer)
        assert found.count(), question
        assert bottom(found.last) <= DESK[1], question
    assert (
        tab.locator(".km-now-items img.km-signal-spark").count()
        == tab.locator(".km-now-items li").count()
    )


def test_on_a_telephone_the_columns_become_one_and_nothing_is_cut(browser, platform):
    visit = Visit(browser, platform, TELEPHONE)
    tab = visit.open("/")

    edges = {round(part.bounding_box()["x"]) for part in tab.locator(".km-now section").all()}
    assert len(edges) == 1
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    visit.close()


def test_an_item_leads_to_its_very_series_in_one_click(visit):
    tab = visit.open("/")
    item = tab.locator(".km-now-items li").first
    figure = re.search(r": (\d[\d.]*)", item.locator(".km-now-said span").last.inner_text())

    item.locator("h3 a").click()
    tab.wait_for_url(re.compile(r"maat=.*periode="))
    visit.wait()

    assert figure is not None
    assert figure[1] in tab.locator(".km-verdict").first.inner_text()


def test_a_decision_is_two_clicks_away_and_then_stands_on_the_first_screen(visit):
    tab = visit.open("/")
    item = tab.locator(".km-now-items li").first
    code = item.get_attribute("data-item")
    item.get_by_role("link", name="Besluit vastleggen").click()  # 1
    visit.wait()
    # Beside the form stands what it is about.
    tab.locator(".stVegaLiteChart svg").first.wait_for(state="attached")

    # The rest of it is typing.
    tab.get_by_label("Vraag", exact=True).fill("Waarom is dit nu anders?")
    tab.get_by_label("Besluit of aantekening", exact=True).fill(DECISION)
    tab.get_by_role("combobox", name="Eigenaar").focus()
    tab.keyboard.type("voorzitter")
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Bewaar").click()  # 2
    tab.wait_for_selector(".km-note:has-text('Vastgelegd als BP0000001')")

    tab = visit.open("/")
    first = tab.locator(".km-now-decided li").first
    assert first.get_attribute("data-decision") == "BP0000001"
    assert DECISION in first.inner_text()
    assert bottom(first) <= DESK[1]
    same = tab.locator(f".km-now-items li[data-item={code}] .km-item-open")
    assert "BP0000001" in same.inner_text()
    # And in the list, at once too; whoever begins another one about it is told.
    assert "BP0000001" in visit.open("/ter-bespreking").locator("article").first.inner_text()
    visit.open(f"/besluiten?nieuw=1&indicator={code}")
    assert "BP0000001" in visit.tab.locator(".km-alike").inner_text()


def test_in_the_meeting_items_follow_one_another_by_keyboard_and_back_works(visit):
    tab = visit.open("/ter-bespreking")
    names = [card.inner_text() for card in tab.locator("article h2").all()]
    tab.get_by_role("link", name="Eén voor één bespreken").click()
    visit.wait()
    assert tab.inner_text("h1#inhoud") == names[0]

    tab.locator("h1#inhoud").click()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_selector(f"h1#inhoud:has-text('{names[1]}')")
    assert len(set(re.findall(r"punt=(\w+)", tab.url))) == 1

    # An arrow in a text moves in that text.
    tab.get_by_label("Vraag", exact=True).fill("Waarom?")
    tab.keyboard.press("ArrowLeft")
    assert tab.inner_text("h1#inhoud") == names[1]

    tab.go_back()
    tab.wait_for_selector(f"h1#inhoud:has-text('{names[0]}')")
