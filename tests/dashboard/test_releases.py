"""The advisory body reads releases: the one in the address or the current one, and nothing else."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard import serve
from dashboard.sections.series import caption_of
from pipelines.releases.shelf import Comment, Release, read_shelf
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in
from tests.dashboard.conftest import Rendered
from tests.dashboard.released import AUTUMN, INDICATOR, SPRING, Shelf
from tests.releases.audited_once import examined_once


@pytest.fixture(autouse=True, scope="module")
def _audited_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.releases.audited.examine", examined_once)
        yield


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "home")


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf with one release, made once; to be copied."""
    shelf = Shelf(tmp_path_factory.mktemp("autumn"))
    shelf.publish(AUTUMN)
    return shelf


@pytest.fixture
def first(autumn: Shelf, shelf: Shelf) -> Release:
    """The release that stands on the shelf already."""
    shutil.copytree(autumn.folder, shelf.folder)
    [release] = read_shelf(shelf.folder)
    return release


def test_the_current_release_is_shown_and_stands_in_the_address(shelf, first, render):

    page = render(shelf.folder)

    assert f"Release {first.id}" in page.text
    assert "Uitgebracht 23 nov 2026" in page.text
    assert "Voorlopig" not in page.text
    assert page.app.query_params["release"] == first.id
    # Every link on the page leads on within this release.
    assert f"release={first.id}" in page.html


def test_an_address_leads_to_the_same_release_after_later_ones(shelf, first, render):
    second = shelf.publish(SPRING, error="Een tabel was dubbel geleverd.")

    old, new = render(shelf.folder, release=first.id), render(shelf.folder)

    assert f"Release {first.id}" in old.text
    assert f"Er is een nieuwere release: {second.id}" in old.text
    assert f"Release {second.id}" in new.text
    assert "nieuwere release" not in new.text


def test_a_withdrawn_release_says_why_and_shows_no_figure(shelf, first, render):
    shelf.withdraw(first, "Dubbel geteld.")

    page = render(shelf.folder, release=first.id)
    assert page.text.split() == (
        ["Kwaliteitsmonitor", "Deze", "release", "is", "ingetrokken:", "Dubbel", "geteld."]
    )
    # And who names none gets none.
    assert "nog geen publicatie" in render(shelf.folder).text


def test_an_unknown_release_says_so_and_shows_nothing_else(shelf, first, render):
    page = render(shelf.folder, release="2031-K1.1")

    assert page.text.split() == ["Kwaliteitsmonitor", "Deze", "release", "bestaat", "niet."]


def test_a_draft_is_as_unknown_as_no_release(shelf, first, render):
    draft = shelf.draft(SPRING)

    assert "bestaat niet" in render(shelf.folder, release=draft.id).text


def test_a_file_that_was_changed_is_not_shown(shelf, first, render):
    content = bytearray(first.path.read_bytes())
    content[-1] ^= 1
    first.path.chmod(0o600)
    first.path.write_bytes(content)

    assert "niet meer wat is uitgebracht" in render(shelf.folder).text


def test_also_when_it_was_seen_before_it_was_changed(shelf, first, render):
    second = shelf.publish(SPRING)
    assert f"Van {first.id} naar {second.id}" in render(shelf.folder, "releases").text

    first.path.chmod(0o600)
    first.path.write_bytes(first.path.read_bytes() + b"x")

    assert "niet meer wat is uitgebracht" in render(shelf.folder, release=first.id).text
    # Nor is anything compared with it.
    assert f"Van {first.id}" not in render(shelf.folder, "releases", release=second.id).text


def test_the_page_of_releases_lists_dates_and_compares_them(shelf, render):
    first = shelf.publish(
        AUTUMN, comment=Comment(INDICATOR, "om", "Sinds mei een nieuw formulier.")
    )
    second = shelf.publish(SPRING, error="Een tabel was dubbel geleverd.")

    page = render(shelf.folder, "releases", release=first.id)

    assert "herstel van een fout; Een tabel was dubbel geleverd." in page.text
    assert "Sinds mei een nieuw formulier." in page.text
    assert f"Van {first.id} naar {second.id} geen enkel cijfer verschilt" in page.text
    assert "uitgebracht 23 nov 2026" in page.app.code[0].value


def test_which_release_held_on_a_day(shelf, first, render):
    shelf.publish(SPRING)
    page = render(shelf.folder, "releases")

    page.app.date_input[0].set_value(date(2026, 12, 24)).run()

    html = Rendered(page.app).text
    assert f"Op 24 dec 2026 gold release {first.id}" in html


class TestCitingAFigure:
    def test_the_sentence_names_release_period_and_address(self, shelf, first, render):
        page = render(shelf.folder, "indicator", sent_on="handoff", indicator=INDICATOR)

        (sentence,) = (block.value for block in page.app.code)
        assert f"release {first.id}, peildatum 31 okt 2026, uitgebracht 23 nov 2026" in sentence
        period = page.app.selectbox(key="choice_tijdvak").value
        assert f"release={first.id}&indicator={INDICATOR}&tijdvak={period}" in sentence

    def test_a_period_without_a_figure_says_so(self, shelf, first, render):
        page = render(shelf.folder, "handoff", koppelvlak="K13", tijdvak="2019-Q1")

        assert "Voor K1 2019 bevat deze release geen cijfer." in page.text

    def test_whatever_else_the_address_holds_is_not_repeated(self, shelf, first, render):
        page = render(shelf.folder, "handoff", koppelvlak="K13", tijdvak="<b>x</b>")

        assert "Voor die periode bevat deze release geen cijfer." in page.text


def test_no_word_about_intervals_where_none_is_drawn():
    words, bare = words_in("nl"), Figure("2026-Q1", "ok", "calendar_days", 8.0)

    assert "interval" not in caption_of([bare], words)
    assert "Vlak: 95%-interval" in caption_of([bare, replace(bare, lower=6.0, upper=9.0)], words)
    # Nor about the number at risk, which only researchers get.
    assert "lopend" not in caption_of([bare], words)
    assert "lopend" in caption_of([replace(bare, n_at_risk=12.0)], words)


def test_only_the_advisory_body_is_served_releases_and_nothing_else(tmp_path):
    releases = tmp_path / "releases"

    advisory, platform = (
        serve.serve_environment(audience, tmp_path, {}, releases=releases)
        for audience in ("advisory", "platform")
    )

    assert advisory[serve.RELEASES_VARIABLE] == str(releases)
    assert serve.PUBLISHED_VARIABLE not in advisory
    assert serve.RELEASES_VARIABLE not in platform
