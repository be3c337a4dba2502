"""Light or dark: as the reader's system prefers, until the reader chooses the other."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.charts.style import PALETTE
from tests.dashboard.browsing import Visit, served
from tests.dashboard.published_fixture import write_tiny

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("themed")
    write_tiny(root / "platform")
    with served(root) as started:
        yield started


def grounds(tab: Any) -> set[str]:
    """The ground of what Streamlit colours, and of what we do."""
    seen = {
        tab.evaluate(f"getComputedStyle(document.querySelector('{element}')).backgroundColor")
        for element in ("html", "[data-testid=stApp]", "[data-testid=stHeader]")
    }
    return {"#" + "".join(f"{int(part):02x}" for part in each[4:-1].split(",")) for each in seen}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_read_in_the_theme_the_system_prefers(browser, address, theme):
    visit = Visit(browser, address, theme=theme)

    tab = visit.open("/leeswijzer")

    assert grounds(tab) == {PALETTE["paper"][theme]}
    assert visit.refused == []
    visit.close()


def test_what_the_reader_chose_stays_on_every_page_and_can_be_taken_back(browser, address):
    visit = Visit(browser, address, theme="dark")
    tab = visit.open("/leeswijzer")

    tab.get_by_role("button", name="Licht").click()
    tab.wait_for_selector("html[data-theme=light]", state="attached")
    visit.wait()
    assert grounds(tab) == {PALETTE["paper"]["light"]}

    visit.open("/definities")
    assert grounds(tab) == {PALETTE["paper"]["light"]}

    tab.get_by_role("button", name="Donker").click()
    tab.wait_for_selector("html[data-theme=dark]", state="attached")
    visit.wait()
    assert grounds(tab) == {PALETTE["paper"]["dark"]}
    # As the system prefers again: it is followed from here on.
    tab.emulate_media(color_scheme="light")
    tab.wait_for_selector("html[data-theme=light]", state="attached")
    visit.close()
