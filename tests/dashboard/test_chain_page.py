"""De keten: the picture leads to every hand-off, and the table beneath says all that is in it."""

import html
import re

import pytest

from dashboard.components.chain_picture import chain_picture
from pipelines.charts.chain import draw
from pipelines.charts.chain_layout import Arrow, Place
from pipelines.wording.language import words_in
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import publication_row, tiny_tables, write_publication

NL = words_in("nl")


def pictures(page: Rendered) -> list[str]:
    """The drawing as a page has it: wide, and folded for a telephone."""
    return page.html.split('<div class="km-chain km-chain-')[1:3]


def links(picture: str) -> list[tuple[str, str]]:
    """Address and sentence of every link over a picture, in order."""
    found = re.findall(r'<a class="km-chain-link" href="([^"]*)"(?: title="([^"]*)")?', picture)
    return [(html.unescape(address), html.unescape(said)) for address, said in found]


@pytest.mark.parametrize("audience", ["researcher", "platform", "advisory"])
def test_every_handoff_is_a_link_in_both_arrangements_in_the_order_of_the_table(
    sample_root, render, audience
):
    page = render(sample_root / audience)

    codes = re.findall(r'class="km-code">(K\d+)<', page.html)
    assert len(codes) > 30
    for picture in pictures(page):
        addresses = [address for address, _ in links(picture) if "koppelvlak" in address]
        assert [address.rpartition("=")[2] for address in addresses] == codes


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Mediaan in K3 2026: 8,4 (7,9–9,2) dagen"),
        ("en", "Median in Q3 2026: 8.4 (7.9–9.2) days"),
    ],
)
def test_a_link_says_its_sentence_and_keeps_the_language(tiny, render, language, said):
    wide, _ = pictures(render(tiny, taal=language))

    [(address, sentence)] = [pair for pair in links(wide) if "K13" in pair[0]]
    assert said in sentence
    assert ("taal=en" in address) == (language == "en")


def test_the_heading_of_a_phase_leads_to_its_subject(tiny, render):
    wide, _ = pictures(render(tiny))

    addresses = [address for address, _ in links(wide)]
    assert "/onderwerp?fase=triage" in addresses
    assert "/onderwerp?fase=overdracht" in addresses


def test_what_is_drawn_of_a_handoff_stands_in_the_table_too(tmp_path, render):
    tables = tiny_tables()
    waiting = [row for row in tables["result"] if row["statistic"] == "open"]
    tables["result"] = [row for row in tables["result"] if row["statistic"] != "open"]
    tables["result"] += [{**row, "value": 290} for row in waiting]
    write_publication(tmp_path / "platform", tables, "tiny")

    page = render(tmp_path / "platform")

    backlog = "Eind K3 2026 stonden er 290 open, meer dan er in een kwartaal beginnen."
    assert NL.text("chain.key.backlog") in page.text
    assert any(backlog in said for _, said in links(pictures(page)[0]))
    row = page.html[page.html.index('"km-code">K13</span>') :]
    assert backlog in row[: row.index("</tr>")]


def test_of_data_that_are_not_fit_the_picture_has_its_mark_and_no_number(tiny, render):
    page = render(tiny)

    [(_, said)] = [pair for pair in links(pictures(page)[0]) if "K22" in pair[0]]
    assert "Gegevens: niet bruikbaar." in said
    assert "3,3" not in said
    assert NL.text("chain.key.unfit") in page.text


def test_what_belongs_to_no_subject_stands_beneath(tiny, render):
    text = render(tiny).text

    assert NL.text("chain.whole") in text


def test_real_figures_of_another_audience_have_no_signal_in_the_key(tmp_path, render):
    tables = tiny_tables("advisory")
    tables["publication"] = [publication_row("advisory", "tiny")]
    write_publication(tmp_path / "advisory", tables, "tiny")

    text = render(tmp_path / "advisory").text

    assert "verslechtering" not in text
    assert "Ter bespreking" not in text


def test_what_a_name_holds_is_no_markup_in_a_picture():
    arrow = Arrow("K1", "<i>x</i>", "p", "p", ("om",), ("nctv",), sentence='"<i>"')
    drawing = draw([arrow], [Place("om", "<b>OM</b>")], NL, width=358)

    made = chain_picture(drawing, lambda spot: f"/koppelvlak?koppelvlak={spot.of}", "gezegd")

    assert "<i>" not in made and "<b>" not in made
    assert "&lt;b&gt;OM" in made
