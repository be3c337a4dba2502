"""The first screen of a meeting: what changed, is it real, are the data fit, what was decided."""

import re
from typing import Any

import pytest

from pipelines.pack.place import DATA, DOCUMENT
from pipelines.publication.recorded import record as keep_hashes
from pipelines.wording.language import LANGUAGES, words_in
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import tiny_tables, write_publication
from tests.dashboard.test_decisions import decided, decision_row, record, register

__all__ = ["decided", "register"]

NL = words_in("nl")
PARTS = (
    "this_quarter.changed", "this_quarter.real", "this_quarter.fit", "this_quarter.decided",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", ["platform", "researcher"])
def test_it_is_the_home_of_who_has_a_list_and_has_its_four_parts(
    sample_root, render, audience, language
):
    page = render(sample_root / audience, "this_quarter", taal=language)

    headings = re.findall("<h2>([^<]+)</h2>", page.html)
    assert headings == [words_in(language).text(part) for part in PARTS]


def test_who_has_no_list_has_the_chain_as_home(sample_root, render):
    page = render(sample_root / "advisory")

    with pytest.raises(ValueError, match="this_quarter"):
        page.app.switch_page("app_pages/this_quarter.py").run()


def test_the_items_are_the_first_of_the_list_with_their_evidence_and_drawing(sample_root, render):
    listed = render(sample_root / "platform", "discussion").html
    page = render(sample_root / "platform", "this_quarter").html

    names = re.findall(r'<h2 id="(\w+)"', listed)
    assert re.findall(r'data-item="(\w+)"', page) == names[:7]
    rows = page.split("<li data-item")[1:]
    for row in rows:
        # The name leads to the very series, and the picture says it in words.
        assert re.search(r'<h3>.*?href="/[^"]*maat=[^"]*periode=[^"]*#verloop"', row)
        assert re.search(r'alt="Van [^"]+ naar [^"]+; gemarkeerd: \d+\."', row)


def quiet_tables() -> dict[str, list[dict[str, Any]]]:
    """A publication of the platform with nothing up for discussion."""
    return tiny_tables("platform") | {"signal": [], "signal_point": []}


def buttons(page: Rendered) -> list[str]:
    """Labels of the buttons that give a file."""
    return [element.proto.label for element in page.app.get("download_button")]


def test_a_pack_is_taken_away_once_it_lies_beside_its_publication(tmp_path, render):
    published = write_publication(tmp_path / "platform", quiet_tables(), "packed")
    assert NL.text("pack.download.waiting") in render(published.parent, "this_quarter").text
    packs = [published.with_suffix(form) for form in (DOCUMENT, DATA)]
    for pack in packs:
        pack.write_bytes(b"pack")
    keep_hashes(published, *packs)

    page = render(published.parent, "this_quarter")

    names = ("pack.download.document", "pack.download.data")
    assert buttons(page) == [NL.text(name) for name in names]
    assert NL.text("pack.download.waiting") not in page.text


def test_a_pack_that_is_not_what_was_written_is_not_handed_out(tmp_path, render):
    published = write_publication(tmp_path / "platform", quiet_tables(), "packed")
    packs = [published.with_suffix(form) for form in (DOCUMENT, DATA)]
    for pack in packs:
        pack.write_bytes(b"pack")
    keep_hashes(published, *packs)
    packs[0].write_bytes(b"another")

    page = render(published.parent, "this_quarter")

    assert buttons(page) == []
    assert NL.text("pack.download.waiting") in page.text


def test_who_has_no_meeting_has_no_pack(sample_root, render):
    page = render(sample_root / "researcher", "this_quarter")

    assert buttons(page) == []
    assert NL.text("pack.download.waiting") not in page.text


def test_nothing_listed_is_said_with_its_reason(tmp_path, render):
    write_publication(tmp_path / "platform", quiet_tables(), "quiet")

    page = render(tmp_path / "platform", "this_quarter")

    assert words_in("nl").text("this_quarter.changed.short") in page.text
    assert words_in("nl").text("this_quarter.real") not in page.text


def test_what_is_late_and_incomplete_is_counted(tmp_path, render):
    tables = tiny_tables("platform")
    tables["signal"], tables["signal_point"] = [], []
    write_publication(tmp_path / "platform", tables, "counted")

    text = render(tmp_path / "platform", "this_quarter").text

    # Two suppliers in two months; of three of the four something was amiss.
    assert "3 van 4 maandleveringen niet op tijd" in text


def test_a_decision_shows_at_once_with_what_came_of_the_earlier_ones(decided, register, render):
    tables = tiny_tables("platform")
    tables["signal"], tables["signal_point"] = [], []
    tables["decision"] = tables["decision_revision"] = [decision_row("AT0000001")]
    tables["effect"] = [
        {"subject": "decision", "record_key": "AT0000001", "aim": "handoff", "answer": "too_early",
         "period_grain": "month", "n_after": 5},
    ]  # fmt: skip
    write_publication(decided, tables, "decided_too")
    before = render(decided, "this_quarter").html
    number = record()

    after = render(decided, "this_quarter")

    assert re.findall(r'data-decision="(\w+)"', before) == ["AT0000001"]
    assert re.findall(r'data-decision="(\w+)"', after.html) == [number, "AT0000001"]
    assert "Te vroeg om te zeggen: 5 van 7 maanden" in after.text
    assert "2 open, waarvan 1 over tijd." in after.text
