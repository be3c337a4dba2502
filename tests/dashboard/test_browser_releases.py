"""The advisory body at its releases in a real browser: it chooses, compares, cites and downloads.

Whoever copied an address finds the same figure there after any number of later builds, and is told
of a release that was withdrawn.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.publication.publish import KEPT_PUBLICATIONS
from pipelines.releases.package import CHECKSUMS
from pipelines.releases.shelf import Release
from pipelines.wording.language import words_in
from tests.dashboard.browsing import Visit, complaints, served
from tests.dashboard.released import AUTUMN, INDICATOR, SPRING, Shelf

pytestmark = pytest.mark.browser

ERROR = "Een tabel was dubbel geleverd."
PERIOD = "2026-Q3"
UNKNOWN = words_in("nl").text("release.unknown_subject")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("advisory") / "home")


@pytest.fixture(scope="module")
def first(shelf: Shelf) -> Release:
    return shelf.publish(AUTUMN)


@pytest.fixture(scope="module")
def second(shelf: Shelf, first: Release) -> Release:
    """The same with one figure mended."""
    shelf.correct(PERIOD, 9.6, 50)
    return shelf.publish(SPRING, error=ERROR)


@pytest.fixture(scope="module")
def address(shelf: Shelf, second: Release) -> Iterator[str]:
    published = shelf.settings.published_dir
    with served(published, audience="advisory", releases=shelf.folder) as address:
        yield address


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    opened = Visit(browser, address)
    yield opened
    assert opened.refused == []
    opened.close()


def read(visit: Visit, address: str, note: str) -> str:
    """The text of a page that has nothing to show but a note."""
    visit.tab.goto(address)
    visit.tab.wait_for_selector(f"[role=note]:has-text('{note}')", timeout=60_000)
    return str(visit.tab.inner_text("body"))


def cited_address(visit: Visit, first: Release) -> str:
    """The address in the sentence that cites a figure of the first release."""
    tab = visit.open(f"/indicator?release={first.id}&indicator={INDICATOR}&tijdvak={PERIOD}")
    sentence = tab.locator("[data-testid=stCode]").first.inner_text()
    assert f"release {first.id}" in sentence
    found = re.search(r"https?://\S+?(?=[.,)]?(\s|$))", sentence)
    assert found, sentence
    return found[0]


def test_a_release_is_chosen_from_the_list(visit, first, second):
    tab = visit.open("/releases")
    assert f"release={second.id}" in tab.url

    tab.get_by_role("link", name=first.id, exact=True).first.click()
    tab.wait_for_url(re.compile(f"release={re.escape(first.id)}"))
    visit.wait()

    strip = tab.inner_text(".km-strip")
    assert first.id in strip
    assert f"Er is een nieuwere release: {second.id}" in tab.inner_text("body").replace("\n", " ")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_release_can_be_read_by_everybody(visit, first, second, axe, language):
    asked = f"release={second.id}&vergelijk={first.id}&taal={language}"
    tab = visit.open(f"/releases?{asked}")
    tab.evaluate(f"{axe};0")

    assert complaints(tab) == []


def test_two_are_compared_figure_by_figure(visit, first, second):
    tab = visit.open(f"/releases?release={second.id}&vergelijk={first.id}")

    tab.wait_for_selector(f"h3:has-text('Van {first.id} naar {second.id}')")
    row = tab.get_by_role("row").filter(has_text="K3 2026").last.inner_text()
    assert "8,4" in row and "9,6" in row
    assert ERROR in tab.inner_text("body")


def test_the_address_in_a_citation_leads_to_the_figure(visit, first):
    cited = cited_address(visit, first)

    visit.tab.goto(cited)
    visit.wait()

    assert "8,4 dagen" in visit.tab.inner_text(".km-cited")


def test_the_package_holds_what_its_checksums_say(visit, first):
    tab = visit.open(f"/releases?release={first.id}")

    with tab.expect_download() as waiting:
        tab.get_by_role("button", name="Alles als zip").click()

    with zipfile.ZipFile(waiting.value.path()) as package:
        lines = package.read(CHECKSUMS).decode().splitlines()
        told = dict(reversed(line.split("  ", 1)) for line in lines)
        assert set(told) == set(package.namelist()) - {CHECKSUMS}
        for name, checksum in told.items():
            assert hashlib.sha256(package.read(name)).hexdigest() == checksum, name
    assert Path(waiting.value.suggested_filename).stem == f"kwaliteitsmonitor_{first.id}"


@pytest.mark.parametrize("path", ["/", "/releases", f"/indicator?indicator={INDICATOR}"])
def test_an_unknown_release_says_so_and_shows_nothing_else(visit, path):
    joined = "&" if "?" in path else "?"

    there = f"{visit.address}{path}{joined}release=2031-K1.1"

    text = read(visit, there, "Deze release bestaat niet.")

    assert "dagen" not in text


def test_an_unknown_indicator_says_so_and_no_other_takes_its_place(visit, first):
    there = f"{visit.address}/indicator?release={first.id}&indicator=bestaat_niet"

    text = read(visit, there, UNKNOWN)

    assert "bestaat_niet" not in text
    assert "dagen" not in text


def test_the_address_holds_after_thirty_later_builds_and_says_when_it_is_withdrawn(
    visit, shelf, first
):
    cited = cited_address(visit, first)

    shelf.build_again(KEPT_PUBLICATIONS + 6)
    assert not shelf.candidate.exists()
    visit.tab.goto(cited)
    visit.wait()
    assert "8,4 dagen" in visit.tab.inner_text(".km-cited")

    shelf.withdraw(first, "Dubbel geteld.")
    text = read(visit, cited, "Deze release is ingetrokken: Dubbel geteld.")
    assert "8,4" not in text
