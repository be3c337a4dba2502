"""The picture of the chain in a real browser: it is read, walked by keyboard, and leads on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.browsing import DESK, TELEPHONE, Visit, served
from tests.dashboard.released import AUTUMN, Shelf

pytestmark = pytest.mark.browser

# Of every text of the drawing that shows: whether it sticks out of its box, or is too small.
MISFITS = """texts => texts
    .filter(text => text.offsetParent !== null)
    .filter(text => text.scrollWidth > text.clientWidth + 1
        || text.scrollHeight > text.clientHeight + 1
        || parseFloat(getComputedStyle(text).fontSize) < 11)
    .map(text => text.innerText)"""


@pytest.fixture(scope="module")
def address(sample_root: Path) -> Iterator[str]:
    with served(sample_root) as started:
        yield started


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_every_text_of_the_picture_fits_as_the_browser_sets_it(browser, address, size):
    visit = Visit(browser, address, size)
    tab = visit.open("/keten")

    assert tab.eval_on_selector_all(".km-chain-text", MISFITS) == []
    shown = [picture for picture in tab.locator(".km-chain").all() if picture.is_visible()]
    assert len(shown) == 1
    assert shown[0].evaluate("picture => picture.scrollWidth <= picture.clientWidth + 1")
    assert visit.refused == []
    visit.close()


def test_an_arrow_is_reached_and_opened_by_keyboard_and_shows_where_it_is(browser, address):
    visit = Visit(browser, address)
    tab = visit.open("/keten")
    arrow = tab.locator(".km-chain-wide a", has_text="K13 Triage")

    tab.locator(".km-chain-wide a", has_text="K12 ").focus()
    tab.keyboard.press("Tab")

    assert arrow.evaluate("link => link === document.activeElement")
    assert arrow.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    assert "van Openbaar Ministerie naar NCTV" in arrow.get_attribute("title")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/koppelvlak?koppelvlak=K13")
    visit.close()


def test_an_old_address_of_a_phase_leads_to_its_subject(browser, address):
    visit = Visit(browser, address)

    tab = visit.open("/?taal=en#fase-triage")
    tab.wait_for_url(re.compile(r"/onderwerp\?.*fase=triage"))
    visit.wait()

    assert tab.inner_text("h1") == "Triage"
    assert "taal=en" in tab.url
    visit.close()


def test_the_advisory_body_has_the_trend_of_the_triage_and_its_citation_within_two_clicks(
    browser, tmp_path
):
    shelf = Shelf(tmp_path / "home")
    release = shelf.publish(AUTUMN)
    with served(
        shelf.settings.published_dir, audience="advisory", releases=shelf.folder
    ) as started:
        visit = Visit(browser, started)
        tab = visit.open("/")
        assert tab.inner_text("h1") == "De keten"

        tab.locator(".km-chain-wide a", has_text="K13 Triage").click()
        tab.wait_for_url("**/koppelvlak?**K13**")
        visit.wait()

        assert tab.locator(".km-chart-head").first.is_visible()
        cited = tab.inner_text("[data-testid=stCode]")
        assert release.id in cited
        assert "K3 2026" in cited
        visit.close()
