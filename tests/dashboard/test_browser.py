"""The dashboard as a reader has it: served, in a real browser, at a desk and on a telephone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.browsing import DESK, TELEPHONE, Visit, served
from tests.dashboard.published_fixture import write_tiny

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/keten",
    "/onderwerp?fase=triage",
    "/ter-bespreking",
    "/koppelvlak?koppelvlak=K13",
    "/indicator?indicator=triage_lead_time",
    "/evaluatie?thema=informatie_laat",
    "/ervaringen",
    "/codeboek",
    "/gegevenskwaliteit",
    "/definities",
    "/leeswijzer",
]
ERRORS = "[data-testid=stException], [data-testid=stAlertContentError]"


@pytest.fixture(scope="module")
def sample_address(sample_root: Path) -> Iterator[str]:
    with served(sample_root) as address:
        yield address


@pytest.fixture(scope="module")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    write_tiny(root / "platform")
    return root


@pytest.fixture(scope="module")
def tiny_address(tiny_root: Path) -> Iterator[str]:
    with served(tiny_root) as address:
        yield address


@pytest.fixture
def visit(browser: Any, sample_address: str) -> Iterator[Visit]:
    opened = Visit(browser, sample_address)
    yield opened
    opened.close()


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_renders_and_contacts_nobody(browser, sample_address, language, size):
    visit = Visit(browser, sample_address, size)
    for path in PAGES:
        joined = "&" if "?" in path else "?"
        tab = visit.open(path if language == "nl" else f"{path}{joined}taal=en")

        assert tab.locator(ERRORS).count() == 0, path
        assert tab.locator("html").get_attribute("lang") == language
        assert tab.locator("h1").count() == 1
        warning = "Synthetische gegevens" if language == "nl" else "Synthetic data"
        assert warning in tab.inner_text(".km-warnings")
        # Nothing is wider than the screen; a wide table scrolls in its own frame.
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        main = "document.querySelector('[data-testid=stMain]')"
        assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), path
    assert visit.refused == []
    visit.close()


def test_the_picture_leads_to_a_handoff_and_back(visit):
    tab = visit.open("/keten")

    tab.get_by_role("link", name="K13 Triage", exact=True).click()
    tab.wait_for_url("**/koppelvlak?koppelvlak=K13")
    visit.wait()

    assert tab.inner_text("h1") == "Triage"
    tab.go_back()
    visit.wait()
    assert tab.inner_text("h1") == "De keten"


def test_the_home_stands_at_its_own_address_too(visit):
    tab = visit.open("/dit-kwartaal")

    assert tab.inner_text("h1") == "Dit kwartaal"
    assert tab.get_by_role("dialog").count() == 0


def test_an_address_opens_what_is_folded_away(visit):
    tab = visit.open("/leeswijzer#vals-alarm")

    tab.wait_for_selector("details[open] #vals-alarm")
    assert tab.locator(".km-folded details[open]").count() == 1


def test_a_link_shows_the_same_choices(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K21&maat=p90&periode=year")

    assert tab.inner_text("h1") == "Aanwijzing tot volledig dossier"
    assert tab.inner_text(".km-chart-head h3") == "P90, cohort, per jaar"


def test_an_address_leads_to_the_part_it_names_and_back_to_where_it_was_left(visit):
    main = "document.querySelector('[data-testid=stMain]')"
    tab = visit.open("/koppelvlak?koppelvlak=K13#manieren")
    place = "document.getElementById('manieren').getBoundingClientRect().top"
    tab.wait_for_function(f"Math.abs({place} - 80) < 60")

    tab.mouse.wheel(0, -900)
    tab.wait_for_timeout(600)
    left = tab.evaluate(f"{main}.scrollTop")
    tab.get_by_role("link", name="Triage").first.click()
    visit.wait()
    tab.go_back()
    visit.wait()

    assert left > 0
    tab.wait_for_function(f"Math.abs({main}.scrollTop - {left}) < 3")
    assert visit.refused == []


def test_every_choice_is_one_step_back_and_holds_on_the_next_page(visit):
    tab = visit.open("/leeswijzer")
    tab.goto(visit.address + "/indicator?indicator=triage_lead_time")
    tab.wait_for_url("**/koppelvlak?koppelvlak=K13")
    visit.wait()
    tab.get_by_role("radio", name="Maand").click()
    tab.wait_for_selector(".km-chart-head h3:has-text('per maand')")
    tab.locator(".km-terms a, .km-tiles a").first.click()
    tab.wait_for_url("**periode=month*")
    assert "indicator=" in tab.url

    tab.go_back()
    tab.wait_for_selector(".km-chart-head h3:has-text('per maand')")
    tab.go_back()
    tab.wait_for_selector(".km-chart-head h3:has-text('per kwartaal')")
    tab.go_back()
    tab.wait_for_url("**/leeswijzer")


def test_a_choice_stands_in_the_address(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K13")

    tab.get_by_role("radio", name="Maand").click()
    tab.wait_for_url(re.compile("periode=month"))

    tab.wait_for_selector(".km-chart-head h3:has-text('per maand')")
    assert "koppelvlak=K13" in tab.url


def test_another_handoff_can_be_chosen_with_the_keyboard(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K13")

    tab.get_by_role("combobox").first.focus()
    tab.keyboard.type("K21")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("koppelvlak=K21"))

    tab.wait_for_selector("h1:has-text('Aanwijzing tot volledig dossier')")


def test_the_language_switch_keeps_the_page(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K13")

    tab.get_by_role("link", name="English").click()
    tab.wait_for_url(re.compile("taal=en"))
    visit.wait()

    assert tab.locator("html").get_attribute("lang") == "en"
    assert "koppelvlak=K13" in tab.url
    assert "Ways of looking" in tab.inner_text("body")
    # The navigation keeps the language too.
    tab.get_by_role("button", name="Guide").click()
    tab.get_by_role("menuitem", name="Definitions").click()
    tab.wait_for_selector("h1:has-text('Definitions')")
    assert "taal=en" in tab.url


def test_the_data_under_a_chart_can_be_shown_and_downloaded(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K13")
    block = tab.locator("[data-testid=stExpander]").first

    block.get_by_text("Toon gegevens").click()
    table = block.get_by_role("table")
    table.wait_for(state="visible")

    assert table.get_by_role("columnheader").first.inner_text() == "Periode"
    assert "K3 2026" in table.inner_text()
    with tab.expect_download() as waiting:
        block.get_by_role("button", name="Download als CSV").click()
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert content.startswith("Periode;Waarde (dagen);")
    assert re.search(r"K3 2026;\d+,\d;", content)


def test_a_chart_is_described_in_words(visit):
    tab = visit.open("/koppelvlak?koppelvlak=K13")
    chart = tab.locator(".stVegaLiteChart").first

    chart.locator("svg").wait_for(state="attached")

    assert "Nieuwste cijfer, K3 2026" in (chart.get_attribute("aria-label") or "")
    assert "te recent" in chart.inner_text()


def test_the_first_key_press_offers_to_skip_the_navigation(visit):
    tab = visit.open("/leeswijzer")

    tab.locator("body").press("Tab")

    assert tab.evaluate("document.activeElement.className") == "km-skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "inhoud"


def test_an_error_never_quotes_what_it_failed_on(visit):
    tab = visit.open("/koppelvlak?koppelvlak=%3Cscript%3Ealert(1)%3C/script%3E")

    assert tab.locator(ERRORS).count() == 0
    assert "alert(1)" not in tab.content()


def test_a_new_publication_appears_without_a_restart(browser, tiny_address, tiny_root):
    visit = Visit(browser, tiny_address)
    tab = visit.open("/")
    assert "tiny" in tab.inner_text(".km-strip")

    write_tiny(tiny_root / "platform", publication_id="tiny_next")
    visit.open("/")

    assert "tiny_next" in tab.inner_text(".km-strip")
    visit.close()
