"""Every page in a real browser, in both languages and themes, wide and narrow.

Each page is opened once a language, by an audience in turn; everything that holds for all pages is
looked at in that visit. What an audience does not have is said to be unknown, over the home.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.style import THEMES
from pipelines.papers.write import write_papers
from pipelines.publication.recorded import record
from pipelines.settings import Settings
from pipelines.wording.language import words_in
from tests.dashboard.browsing import DESK, TELEPHONE, Visit, complaints, served
from tests.dashboard.conftest import ADDRESSES
from tests.dashboard.published_fixture import write_publication
from tests.dashboard.sample_publication import sample_tables
from tests.dashboard.sample_rows import row_tables
from tests.dashboard.test_changes import changed_tables
from tests.dashboard.test_decisions import decided_tables
from tests.dashboard.test_recommendations import recommended_tables

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUDIENCES = ("platform", "advisory", "researcher")
# The home, and pages that say more when something is asked of them.
ASKED = {
    "this_quarter": "",
    "subject": "onderwerp?fase=triage",
    "discussion": "ter-bespreking?punt=1",
    "handoff": "koppelvlak?koppelvlak=K13",
}
# Pages that only one audience has. Releases have tests of their own, and so has the page of files
# for researchers: the worked example on it is true only of figures that were made of its rows.
OF_ONE = {"compare": "researcher", "query": "researcher", "researchers": "platform"}
# What a page without a value would show.
NO_VALUE = r"\b(?:nan|NaN|NaT|None|null|undefined)\b"
# And a name from the code, to who does not work with tables and columns.
FOREIGN = {
    audience: re.compile(
        NO_VALUE if audience == "researcher" else rf"{NO_VALUE}|\b[a-z]+_[a-z_]+\b"
    )
    for audience in AUDIENCES
}
# Text that is seen or read aloud, without what a researcher copies.
SAID = """() => {
  const said = [], skipped = "script, style, noscript, code, pre, [aria-hidden=true], .km-tag";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    if (text && !walker.currentNode.parentElement.closest(skipped)) said.push(text);
  }
  for (const name of ["title", "aria-label", "alt", "placeholder"])
    for (const each of document.querySelectorAll(`[${name}]`)) said.push(each.getAttribute(name));
  return said;
}"""
# Text beyond the edge of a narrow screen that no scroll area brings into sight.
OUT_OF_REACH = """() => {
  const out = [];
  for (const each of document.querySelectorAll("[data-testid=stMain] *")) {
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const box = each.getBoundingClientRect();
    if (!own || box.width <= 1 || !each.checkVisibility() || each.closest(".km-hidden")) continue;
    if (box.right <= innerWidth + 1 && box.left >= -1) continue;
    let around = each.parentElement;
    const scrolls = (at) => ["auto", "scroll"].includes(getComputedStyle(at).overflowX);
    while (around && !(scrolls(around) && around.scrollWidth > around.clientWidth))
      around = around.parentElement;
    const hidden = each.closest("caption, thead");
    const isClipped = hidden && getComputedStyle(hidden).position === "absolute";
    if (!around && !isClipped) out.push(each.textContent.trim().slice(0, 60));
  }
  return out;
}"""


@pytest.fixture(scope="module")
def whole_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sample of every audience; the researcher has rows and decisions too."""
    root = tmp_path_factory.mktemp("whole")
    for audience in AUDIENCES:
        tables = sample_tables(audience, "whole") | changed_tables() | recommended_tables()
        if audience == "researcher":
            decided = decided_tables()
            decided["effect"] += tables["effect"]
            tables |= row_tables() | decided
        tables["table_hash"] = [
            {"table_name": name, "n_rows": len(rows), "sha256": ""} for name, rows in tables.items()
        ]
        # The hash of the whole file stands in for those of its tables, which are none.
        record(write_publication(root / audience, tables, "whole"))
    return root


def violations(tab: Any, theme: str) -> list[str]:
    """What is wrong in a theme; in the dark one the colours alone are new."""
    tab.emulate_media(color_scheme=theme)
    tab.wait_for_selector(f"html[data-theme={theme}]", state="attached")
    only = ", runOnly: ['color-contrast']" if theme == "dark" else ""
    return [f"{theme}: {each}" for each in complaints(tab, only)]


def foreign(tab: Any, audience: str, language: str) -> list[str]:
    """What is said that no reader of this audience and language should meet."""
    theirs = set(words_in("en").group("widget").values()) - set(words_in("nl").texts.values())
    return [
        text
        for text in tab.evaluate(SAID)
        if FOREIGN[audience].search(text) or (language == "nl" and text in theirs)
    ]


def address_of(page: str, language: str) -> str:
    address = ASKED.get(page, ADDRESSES[page])
    asked = "" if language == "nl" else "&taal=en" if "?" in address else "?taal=en"
    return f"/{address}{asked}"


def in_turn(audience: str) -> list[tuple[str, str]]:
    """The pages that an audience opens, each with the language it does that in."""
    visits = []
    for number, page in enumerate(ADDRESSES):
        for turn, language in enumerate(("nl", "en")):
            whose = OF_ONE.get(page, AUDIENCES[(number + turn) % len(AUDIENCES)])
            if audience == whose:
                visits.append((page, language))
    return visits


def test_every_page_is_opened_in_both_languages():
    opened = sorted(visit for audience in AUDIENCES for visit in in_turn(audience))
    assert opened == sorted((page, language) for page in ADDRESSES for language in ("nl", "en"))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_can_be_read_by_everybody(browser, whole_root, axe, audience):
    titles: dict[str, str] = {}
    wrong: list[str] = []
    with served(whole_root, audience=audience) as served_at:
        visit = Visit(browser, served_at)
        tab = visit.tab
        for page, language in in_turn(audience):
            tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
            tab.emulate_media(color_scheme="light")
            visit.open(address_of(page, language))
            found = foreign(tab, audience, language)
            # Not in this file: that is said in the reader's language, over the home.
            if not tab.get_by_role("dialog").count():
                tab.evaluate(f"{axe};0")
                found += [each for theme in THEMES for each in violations(tab, theme)]
                if titles.setdefault(tab.title(), page) != page:
                    found.append(f"title of {titles[tab.title()]}: {tab.title()}")
                tab.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
                tab.wait_for_timeout(300)
                found += [f"out of reach: {text}" for text in tab.evaluate(OUT_OF_REACH)]
            wrong += [f"{page} ({language}): {each[:160]}" for each in found]
        visit.close()

    assert "\n".join(wrong) == ""
    assert len(titles) > 3


def test_a_paper_can_be_read_by_everybody(browser, axe, tmp_path):
    written, _ = write_papers(Settings(home=tmp_path), tmp_path / "papers")
    wrong: list[str] = []
    tab = browser.new_page()
    for path in written:
        for width, height in (DESK, TELEPHONE):
            tab.set_viewport_size({"width": width, "height": height})
            tab.set_content(path.read_text(encoding="utf-8"))
            tab.evaluate(f"{axe};0")
            wrong += [f"{path.name} ({width}): {each}" for each in complaints(tab)]
    tab.close()

    assert "\n".join(wrong) == ""
