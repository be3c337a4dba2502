"""The document as it is carried: a page an item, and readable by who does not see it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

import pypdf
import pytest

from pipelines.charts.drawing import paper_svg
from pipelines.charts.series import Series
from pipelines.charts.style import PALETTE
from pipelines.pack.definitions import definitions
from pipelines.pack.document import TEMPLATE, contents, write_pack
from pipelines.pack.paper import opened
from pipelines.pack.register import register_of
from pipelines.pack.room import WIDTH
from pipelines.wording.figures import OK, Figure
from pipelines.wording.language import words_in
from tests.pack.conftest import DRAWING, LONG, SEVEN

# What can be read on paper without glasses for it.
LEAST_POINTS = 8.0
_HEADING = re.compile(r"H[1-6]")
# As a layout can write one out.
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|\b(?:luma|cmyk|oklch)\(")


@pytest.fixture(scope="module")
def pdf(seven: Path, tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    """The pack of seven items; a rectangle stands for each chart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.pack.items.paper_svg", lambda *_: DRAWING)
        return pypdf.PdfReader(write_pack(seven, tmp_path_factory.mktemp("pdf") / "pack.pdf"))


@pytest.fixture(scope="module")
def told(seven: Path) -> dict[str, Any]:
    """What stands in it."""
    with pytest.MonkeyPatch.context() as patch, opened(seven) as paper:
        patch.setattr("pipelines.pack.items.paper_svg", lambda *_: DRAWING)
        return contents(paper)


def elements(node: Any) -> Iterator[tuple[str, pypdf.generic.DictionaryObject]]:
    """Every element of the structure under a node, in reading order."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield str(node["/S"])[1:], node
        if "/K" in node:
            yield from elements(node["/K"])


def text_of(page: pypdf.PageObject) -> str:
    return re.sub(r"\s+", " ", page.extract_text())


def test_every_item_has_one_page_with_its_chart_and_room_for_the_decision(pdf, told):
    assert len(told["items"]) == SEVEN
    pages = [text_of(page) for page in pdf.pages]
    of_items = [page for page in pages if "Wat doen we, en waaraan zien we of het helpt?" in page]

    assert len(of_items) == SEVEN
    for number, (item, page) in enumerate(zip(told["items"], of_items, strict=True), start=1):
        assert page.startswith(f"{number}. ")
        for line in (item["line"], *(chart["sentence"] for chart in item["charts"])):
            assert re.sub(r"\s+", "", line) in re.sub(r"\s+", "", page)
    # One after the other: no item runs on to a second page.
    first = pages.index(of_items[0])
    assert pages[first : first + SEVEN] == of_items


def test_the_quarter_fits_on_one_page(pdf, told):
    page = re.sub(r"\s+", "", text_of(pdf.pages[1]))
    summary = told["summary"]

    for part in ("real", "fit", "decided"):
        for line in summary[part]["lines"]:
            assert re.sub(r"\s+", "", line) in page
    assert len(summary["changed"]["items"]) == SEVEN


def test_it_has_a_title_a_language_bookmarks_and_page_numbers(pdf):
    catalog = pdf.trailer["/Root"].get_object()

    assert pdf.metadata is not None
    assert pdf.metadata.title == "Vergaderstuk kwaliteitsplatform K3 2026"
    assert catalog["/Lang"] == "nl"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert catalog["/MarkInfo"]["/Marked"].value
    assert "pdfuaid" in catalog["/Metadata"].get_object().get_data().decode()
    names = [str(entry.title) for entry in pdf.outline if not isinstance(entry, list)]
    assert names[0] == "Het kwartaal op één pagina"
    assert sum(name.split(". ")[0].isdigit() for name in names) == SEVEN
    n = len(pdf.pages)
    assert all(f"{at} / {n}" in text_of(page) for at, page in enumerate(pdf.pages, start=1))


def test_every_picture_says_in_words_what_it_shows(pdf, told):
    root = pdf.trailer["/Root"]["/StructTreeRoot"]
    figures = [node for kind, node in elements(root) if kind == "Figure"]
    alternatives = {str(node.get("/Alt", "")) for node in figures}

    assert "" not in alternatives
    assert told["chain"]["alt"] in alternatives
    for item in told["items"]:
        for chart in item["charts"]:
            assert chart["alt"] in alternatives
            assert chart["sentence"] in chart["alt"]


def test_no_letter_is_smaller_than_eight_points(pdf):
    for page in pdf.pages:
        sizes: set[float] = set()

        def see(
            text: str, around: list[float], own: list[float], _: Any, size: float,
            sizes: set[float] = sizes,
        ) -> None:  # fmt: skip
            scale = hypot(own[0], own[1]) * hypot(around[0], around[1])
            sizes |= {round(size * scale, 1)} if text.strip() else set()

        page.extract_text(visitor_text=see)
        assert min(sizes) >= LEAST_POINTS


def test_letters_of_a_chart_come_out_as_large():
    """Over the width of the text, 170 millimetres."""
    figures = [Figure(f"2026-Q{at}", OK, "days", value=float(at), denominator=9) for at in (1, 2)]
    drawn = paper_svg(Series("x", "X", figures, {"2026-Q1": 2.0}), words_in("nl"), WIDTH)

    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)(?:px)?"', drawn)]
    width = float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1])
    assert len(set(sizes)) > 1
    assert min(sizes) * (170 / 25.4 * 72) / width >= LEAST_POINTS


def test_headings_go_down_one_step_at_a_time(pdf):
    levels = [
        int(kind[1:])
        for kind, _ in elements(pdf.trailer["/Root"]["/StructTreeRoot"])
        if _HEADING.fullmatch(kind)
    ]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_all_that_is_drawn_is_read_or_marked_as_decoration(pdf):
    for page in pdf.pages:
        depth = 0
        for _, operator in page.get_contents().operations:
            if operator in {b"BDC", b"BMC"}:
                depth += 1
            elif operator == b"EMC":
                depth -= 1
            elif operator in {b"Tj", b"TJ", b"S", b"s", b"f", b"f*", b"B", b"B*", b"Do"}:
                assert depth > 0, f"{operator!r} is neither content nor decoration"


def test_every_cell_of_a_heading_names_its_column(pdf):
    kinds = [kind for kind, _ in elements(pdf.trailer["/Root"]["/StructTreeRoot"])]

    assert kinds.count("Table") > 0
    assert kinds.count("TH") >= 4 * kinds.count("Table")


def test_a_long_name_is_whole_and_a_sign_without_type_is_replaced(pdf):
    text = "".join(text_of(page) for page in pdf.pages).replace(" ", "")

    assert LONG.replace(" ", "") in text.replace("\u00ad", "")
    assert "Overdracht\ufffd\ufffd\ufffdŁódźЁж≥→" in text


def test_its_colours_are_those_of_the_pages_in_the_light_theme(told):
    assert told["colours"] == {name: colours["light"] for name, colours in PALETTE.items()}
    assert not _COLOUR.search(TEMPLATE.read_text(encoding="utf-8"))


def test_its_type_comes_with_it(pdf):
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in pdf.pages
        for font in page["/Resources"].get_object().get("/Font", {}).values()
    }

    assert any(name.startswith("SourceSans3") for name in fonts)
    assert all(font for font in fonts), "a font that is not a subset is not in the file"


def test_nothing_that_is_withheld_appears(told, seven):
    with opened(seven) as paper:
        hidden = paper.rows(
            "select distinct indicator from result where dimension = 'national' "
            "and period_grain = 'quarter' and period = '2026-Q3' and status = 'suppressed' "
            "and statistic in ('median', 'share')"
        )
        labels = {row["indicator"]: row["label_nl"] for row in paper.rows("from indicator")}
    rows = {row[0]: row for family in told["definitions"]["families"] for row in family["rows"]}
    named = [
        row for name, row in rows.items() for cell in hidden if labels[cell["indicator"]] in name
    ]

    assert named or not hidden
    for row in named:
        assert "afgeschermd" in row[1]


def test_every_family_of_indicators_is_named_in_the_language_of_the_pack(seven):
    with opened(seven) as paper:
        newest = register_of(paper)
        theme = next(iter(newest.entries.values())) | {
            "indicator": "theme_dossier", "family": "evaluation", "kind": "share",
            "is_generic": True,
        }  # fmt: skip
        annex = definitions(paper, replace(newest, entries={"theme_dossier": theme}), "2026-Q3")

    assert [family["label"] for family in annex["families"]] == ["Evaluatie"]
    assert [text.split(":")[0] for text in annex["generic"]] == ["Thema's uit evaluaties"]


@pytest.mark.usefixtures("plain_charts")
def test_without_items_it_says_why_has_no_page_for_them_and_is_the_same_when_made_again(
    empty, tmp_path
):
    once, again = (write_pack(empty, tmp_path / f"{name}.pdf") for name in ("once", "again"))
    text = [text_of(page) for page in pypdf.PdfReader(once).pages]

    assert once.read_bytes() == again.read_bytes()
    assert "Geen enkele reeks wijkt aantoonbaar af" in text[1]
    assert not any("Wat doen we, en waaraan zien we of het helpt?" in page for page in text)
