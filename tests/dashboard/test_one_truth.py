"""Whatever a signal is read from, it says the same: list, chain, pages, pack and table.

Every item of the list is followed to the page its link opens, for each audience that has a list and
in both languages: its figure, period and arrow are there.
"""

import html
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pandas as pd
import pytest

from dashboard.components import signal_icon
from pipelines.pack.items import listed, pages
from pipelines.pack.paper import Paper
from pipelines.pack.register import register_of
from pipelines.pack.themes import themes
from pipelines.shut_off import connect_shut_off
from pipelines.wording import signals
from pipelines.wording.language import LANGUAGES, words_in
from pipelines.wording.measures import measures_of
from pipelines.wording.rows import records
from tests.dashboard.conftest import Rendered
from tests.dashboard.sample_evaluations import RISING
from tests.dashboard.test_discussion import row

Render = Callable[..., Rendered]
NL = words_in("nl")
WITH_A_LIST = ("researcher", "platform")
PAGES = {"koppelvlak": "handoff", "indicator": "indicator"}
SHAPES = ("improvement", "concern", "neutral")


def published(folder: Path) -> duckdb.DuckDBPyConnection:
    """The current file of an audience."""
    return connect_shut_off(folder / (folder / "CURRENT").read_text(encoding="utf-8").strip())


def told(folder: Path) -> list[dict[str, Any]]:
    """The rows of the published list."""
    with published(folder) as connection:
        return records(
            connection.execute("from signal where discussion_rank is not null").fetchdf()
        )


def links_of(page: Rendered) -> dict[str, str]:
    """Address of every signal on the list, by its name."""
    cards = re.findall(r'<li data-signal="([^"]+)">(.*?)</li>', page.html, flags=re.S)
    return {
        html.unescape(name): html.unescape(re.findall(r'href="([^"]+)"', card)[0])
        for name, card in cards
    }


def is_theme(signal: dict[str, Any]) -> bool:
    """Whether a signal is about a theme from evaluations."""
    return str(signal["indicator"]).startswith("theme_")


def icon_of(signal: dict[str, Any], language: str) -> str:
    """The drawing of a signal: its shape with its arrow."""
    drawn = signal_icon.variation(
        str(signal["variation"]), str(signal["moved"]), words_in(language)
    )
    return re.findall(r'src="([^"]+)"', drawn)[0]


def walk(folder: Path, render: Render, listed: list[dict[str, Any]], language: str) -> None:
    """Follow the link of every signal, and look for its figure, period and arrow."""
    words = words_in(language)
    links = links_of(render(folder, "discussion", taal=language))
    assert {signal["signal_id"] for signal in listed} <= links.keys()
    for signal in listed:
        address = urlsplit(links[signal["signal_id"]])
        page = render(folder, PAGES[address.path.strip("/")], **dict(parse_qsl(address.query)))
        verdict = page.html[page.html.index("km-verdict") :]
        assert signals.reason(signal, words)[1:] in html.unescape(page.text), address
        assert icon_of(signal, language) in verdict[: verdict.index("</div></div>")], address


# In English by `make test-long`, of every item: the words differ, and where they are read does not.
@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_figure_period_and_arrow_of_an_item_are_where_its_link_leads(sample_root, render, language):
    folder = sample_root / "platform"
    listed = told(folder)
    assert listed
    # One of the country and one of a member, to the page of a hand-off, an indicator or a theme.
    kinds = {
        (
            signal["dimension"] == "national",
            signal["statistic"] == "median",
            is_theme(signal),
        ): signal
        for signal in listed
    }
    assert {theme for _, _, theme in kinds} == {True, False}
    walk(folder, render, list(kinds.values()), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_says_on_its_own_page_what_the_list_says(sample_root, render, language):
    folder, words = sample_root / "platform", words_in(language)
    listed = [signal for signal in told(folder) if is_theme(signal)]
    with published(folder) as connection:
        found = connection.execute("from signal").fetchdf()
        packed = themes(Paper(connection), "2026-Q3")
    spoken = signals.spoken_of(found, f"theme_{RISING}", "quarter")
    assert spoken is not None and spoken["signal_id"] in {signal["signal_id"] for signal in listed}
    said = f"{signals.measure(spoken, words)}, {signals.figure(spoken, words)}"
    word = words.text("theme.course.signal_rules.up")

    lines = {
        re.findall("thema=([a-z_]+)", line)[0]: html.unescape(line.partition("</tr>")[0])
        for line in render(folder, "evaluation", taal=language).html.split("<tr>")
        if "thema=" in line
    }

    assert said in lines[RISING] and word in lines[RISING]
    # Nothing is said to emerge or fade of which the list knows nothing.
    fading = words.text("theme.course.signal_rules.down")
    assert [name for name, line in lines.items() if word in line or fading in line] == [RISING]
    # And the pack says the same of the same themes.
    assert packed is not None
    moving = [row[2] for row in packed["rows"] if NL.text("theme.course.signal_rules.up") in row[2]]
    of_pack = f"{signals.measure(spoken, NL)}, {signals.figure(spoken, NL)}"
    assert [sentence.partition(": ")[2] for sentence in moving] == [of_pack]


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", WITH_A_LIST)
def test_they_are_for_every_item_of_every_audience(sample_root, render, audience, language):
    listed = told(sample_root / audience)
    walk(sample_root / audience, render, listed, language)


def test_the_name_of_an_item_leads_to_a_series_it_is_listed_for(sample_root, render):
    page = render(sample_root / "platform", "discussion")
    for card in page.html.split("<article")[1:]:
        name, *reasons = re.findall(r'href="([^"]+)"', card)

        assert name in reasons


@pytest.mark.parametrize("audience", WITH_A_LIST)
def test_the_chain_counts_what_is_on_the_list(sample_root, render, audience):
    folder = sample_root / audience
    cards = render(folder, "discussion").html.count("<article")
    page = render(folder)
    summary = page.html[page.html.index("km-summary") :]
    counted = re.findall(r"<b>(\d+)</b>([^<]+)", summary[: summary.index("</ul>")])
    kinds = {NL.text(f"signal.variation.{kind}") for kind in SHAPES}

    assert f"Ter bespreking staan {cards} onderwerpen" in page.text
    assert sum(int(n) for n, word in counted if word in kinds) == cards
    # No line of it says a change of which the list knows nothing.
    spoken = Counter(signal["indicator"] for signal in told(folder))
    drawn = [icon for kind in SHAPES for way in ("up", "down")
             for icon in [icon_of({"variation": kind, "moved": way}, "nl")]]  # fmt: skip
    n_icons = sum(page.html.count(icon) for icon in drawn)
    assert n_icons <= len(spoken)


def test_the_pack_has_the_items_of_the_page_in_its_order(sample_root, render):
    folder = sample_root / "platform"
    page = render(folder, "discussion").html
    names = [html.unescape(name) for name in re.findall(r"<h2 id=[^>]*><a[^>]*>([^<]+)</a>", page)]
    with published(folder) as connection:
        paper = Paper(connection)
        packed = pages(listed(paper), register_of(paper), paper)

    assert len(packed) == len(names)
    assert all(name in item["title"] for item, name in zip(packed, names, strict=True))
    n_reasons = [len(item["reasons"]) for item in packed]
    cards = page.split("<article")[1:]
    assert n_reasons == [min(card.count("data-signal"), 6) for card in cards]


def test_a_signal_of_an_older_period_stands_beside_the_newest_figure():
    older = row(period="2026-Q2", newest_period="2026-Q3", newest_value=40.0, is_confirmed=True)

    assert signals.newest(older, NL) == (
        "Nieuwste cijfer: K3 2026, 40 dagen; dat wijst dezelfde kant op."
    )
    assert signals.newest(row(), NL) == ""
    assert signals.newest(older, NL) in signals.caveats(older, NL, brief=True)


def test_a_signal_the_newest_figure_no_longer_supports_says_so():
    gone = row(period="2026-Q2", newest_period="2026-Q3", newest_value=7.0, is_confirmed=False)

    assert "ondersteunt het signaal niet meer" in signals.newest(gone, NL)


def test_what_only_the_chart_signals_says_that_it_is_not_listed():
    drawn = row(discussion_rank=None)

    assert signals.not_listed(drawn, None, NL) == NL.text("signal.not_listed")
    assert signals.not_listed(drawn, drawn, NL) == NL.text("signal.not_listed")
    assert signals.not_listed(row(), row(), NL) == ""


def test_what_only_the_chart_signals_names_what_its_indicator_is_listed_for():
    drawn = row(discussion_rank=None)

    assert signals.measure(row(), NL) in signals.not_listed(drawn, row(), NL)


def test_the_agreement_a_signal_is_about_is_the_first_measure_of_its_page():
    published = pd.DataFrame({"statistic": ["difference_median", "matched", "out_of_tolerance"]})

    assert measures_of(published) == ["matched", "difference_median"]
