"""Pages in a real browser as axe sees them, in both themes, wide and narrow.

A sample of pages with a chart, a table, and words alone; each is opened once.
"""

import hashlib
import lzma
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.style import THEMES
from tests.dashboard.browsing import DESK, TELEPHONE, Visit, served

pytestmark = pytest.mark.browser

SAMPLE = ("koppelvlak?koppelvlak=K13", "ervaringen", "leeswijzer")
# As the package on npm has it (axe-core 4.14.1, axe.min.js); its licence (MPL-2.0) lies beside it.
AXE = Path(__file__).parent / "axe" / "axe.min.js.xz"
AXE_INTEGRITY = "sha256-KTSJmUUM3yhJqOcLeRL8LahahJ2jnA0NU5T1HUqe2Vw="
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
def axe() -> str:
    source = lzma.decompress(AXE.read_bytes())
    assert f"sha256-{b64encode(hashlib.sha256(source).digest()).decode()}" == AXE_INTEGRITY
    return source.decode("utf-8")


@pytest.fixture(scope="module")
def visit(browser: Any, sample_root: Path) -> Iterator[Visit]:
    with served(sample_root) as address:
        opened = Visit(browser, address)
        yield opened
        opened.close()


def violations(tab: Any, theme: str) -> list[str]:
    """What axe calls serious or critical; in the dark theme the colours alone are new."""
    tab.emulate_media(color_scheme=theme)
    tab.wait_for_selector(f"html[data-theme={theme}]", state="attached")
    rules = ", runOnly: ['color-contrast']" if theme == "dark" else ""
    found = tab.evaluate(f"axe.run(document, {{resultTypes: ['violations']{rules}}})")
    return [
        f"{theme}: {each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"} or each["id"] == "heading-order"
        for node in each["nodes"]
    ]


def test_a_page_can_be_read_by_everybody(visit: Visit, axe: str) -> None:
    titles, wrong = set(), []
    for address in SAMPLE:
        visit.tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        visit.tab.emulate_media(color_scheme="light")
        tab = visit.open(f"/{address}")
        tab.evaluate(f"{axe};0")
        wrong += [f"{address}: {each}" for theme in THEMES for each in violations(tab, theme)]
        titles.add(tab.title())
        tab.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
        tab.wait_for_timeout(300)
        wrong += [f"{address}: out of reach: {text}" for text in tab.evaluate(OUT_OF_REACH)]

    assert "\n".join(wrong) == ""
    assert len(titles) == len(SAMPLE)
