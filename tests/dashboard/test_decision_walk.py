"""A decision from signal to next meeting, walked in a real browser over a real build.

The story of one decision: a signal is opened and a decision recorded, the dashboard is restarted,
the monitor builds again, and the decision stands on the chart, in the list and first in the next
pack. Two windows that edit it at once lose nothing, and identifying text is kept nowhere.

One small chain is built twice; the tests follow one another in the order in which they stand here.
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pypdf
import pytest

from pipelines.decisions.recorded import known_revisions
from pipelines.decisions.register import Register
from pipelines.publication.current import current_path
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from tests.dashboard.browsing import Visit, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REFERENCE_DATE = "2026-10-31"
# After the last delivery, whatever the machine's clock says; the second build is a day later.
FIRST_KNOWN_AT, SECOND_KNOWN_AT = "2026-12-01T12:00:00+00:00", "2026-12-02T12:00:00+00:00"
QUESTION = "Waarom is dit nu anders dan gewoonlijk?"
DECISION = "Oorzaak nagaan en de volgende keer terugmelden."
FIRST_EDIT = "Oorzaak nagaan met beide organisaties en terugmelden."
SECOND_EDIT = "Oorzaak nagaan en een werkafspraak voorstellen."


@dataclass
class Story:
    """The home folder of the walk, and what happened so far."""

    settings: Settings
    number: str = ""
    handoff: str = ""

    @property
    def register(self) -> Register:
        return Register(self.settings.register_path)

    def build(self, known_at: str) -> None:
        from pipelines.road.walk import run

        outcome = run(self.settings, reference_date=REFERENCE_DATE, known_at=known_at)
        assert outcome.is_clean, (outcome.refused, outcome.failed)

    def rows(self, sql: str, audience: str = "platform") -> list[tuple[Any, ...]]:
        return run_query(self.settings, audience, sql)[1]

    def pack_text(self) -> str:
        published = current_path(self.settings, "platform")
        assert published is not None
        pages = pypdf.PdfReader(published.with_suffix(".pdf")).pages
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))

    def served(self) -> AbstractContextManager[str]:
        """The platform's dashboard, with the register beside it."""
        return served(self.settings.published_dir, self.settings.register_path)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    from pipelines.simulation.configuration import SimulationConfig
    from pipelines.simulation.simulate import simulate

    home = tmp_path_factory.mktemp("walk")
    settings = replace(Settings(), home=home)
    config = SimulationConfig(
        seed=11,
        start=date(2022, 1, 1),
        end=date.fromisoformat(REFERENCE_DATE),
        # Every file costs intake time: one delivery of everything, and one change.
        initial_delivery=date(2026, 9, 30),
        transition_from=date(2024, 6, 1),
        # Long and large enough for the backlog of phase-outs to stand on the controlled list.
        scale=0.4,
    )
    simulate(config, settings.contracts_dir, settings.inbox_dir, home / "ledger")
    made = Story(settings)
    made.build(FIRST_KNOWN_AT)
    return made


def type_into(tab: Any, label: str, text: str) -> None:
    tab.get_by_label(label, exact=True).fill(text)


def pick(tab: Any, label: str, option: str) -> None:
    tab.get_by_role("combobox", name=label).click()
    # The list holds only what is in sight: typing brings the option there.
    tab.keyboard.type(option)
    tab.get_by_role("option", name=option, exact=True).click()


def keep(tab: Any) -> None:
    tab.get_by_role("button", name="Bewaar").click()
    tab.wait_for_selector(".km-note", state="visible")


def test_from_a_signal_a_decision_is_recorded(story, browser):
    with story.served() as address:
        visit = Visit(browser, address)
        tab = visit.open("/ter-bespreking")
        card = tab.locator("article.km-card", has=tab.locator("h2 a[href*='/koppelvlak']")).first
        story.handoff = card.locator(".km-code").inner_text()

        card.get_by_role("link", name="Besluit vastleggen").click()
        visit.wait()
        type_into(tab, "Vraag", QUESTION)
        type_into(tab, "Besluit of aantekening", DECISION)
        pick(tab, "Eigenaar", "voorzitter van het platform")
        keep(tab)

        tab.wait_for_selector(".km-note:has-text('Vastgelegd als BP0000001, herziening 1')")
        visit.close()
    [kept] = story.register.current()
    story.number = kept.number
    assert (kept.draft.question, kept.draft.text) == (QUESTION, DECISION)
    # It is tied to the very signal it answers.
    assert story.rows(f"select 1 from signal where signal_id = '{kept.draft.signal_id}'")


def test_identifying_text_is_refused_by_its_rule_and_kept_nowhere(story, browser):
    with story.served() as address:
        visit = Visit(browser, address)
        tab = visit.open("/besluiten?nieuw=1&koppelvlak=K13")
        type_into(tab, "Vraag", QUESTION)
        pick(tab, "Eigenaar", "OM")
        for text, rule in (
            ("Zaak van 111222333 nalopen.", "bsn"),
            ("Bel 06-12345678 voor vragen.", "telefoonnummer"),
            ("Mevrouw Jansen vragen.", "naam"),
            ("Mail naar iemand@voorbeeld.nl.", "e_mail"),
        ):
            type_into(tab, "Besluit of aantekening", text)
            keep(tab)
            tab.wait_for_selector(f".km-note-attention:has-text('regel {rule}')")
            # What was typed is still there to be mended.
            assert tab.get_by_label("Besluit of aantekening", exact=True).input_value() == text
        visit.close()

    assert [revision.number for revision in story.register.current()] == [story.number]
    for path in story.settings.register_path.parent.iterdir():
        content = path.read_bytes()
        assert not any(word in content for word in (b"111222333", b"12345678", b"Jansen"))


def test_of_two_windows_the_second_is_told_and_nothing_is_lost(story, browser):
    with story.served() as address:
        first, second = Visit(browser, address), Visit(browser, address)
        path = f"/besluiten?besluit={story.number}"
        tab, other = first.open(path), second.open(path)

        type_into(tab, "Besluit of aantekening", FIRST_EDIT)
        keep(tab)
        tab.wait_for_selector(".km-note:has-text('herziening 2')")
        type_into(other, "Besluit of aantekening", SECOND_EDIT)
        keep(other)

        told = other.locator(".km-note-attention").inner_text()
        assert "iemand anders heeft dit besluit intussen herzien" in told
        assert FIRST_EDIT in told
        assert other.get_by_label("Besluit of aantekening", exact=True).input_value() == SECOND_EDIT
        assert [each.draft.text for each in story.register.history(story.number)] == [
            DECISION,
            FIRST_EDIT,
        ]

        other.get_by_role("button", name="Bewaar").click()
        other.wait_for_selector(".km-note:has-text('herziening 3')")
        first.close()
        second.close()
    assert [each.draft.text for each in story.register.history(story.number)] == [
        DECISION,
        FIRST_EDIT,
        SECOND_EDIT,
    ]


def test_the_next_build_shows_it_on_the_chart_in_the_list_and_first_in_the_pack(story, browser):
    assert story.number not in story.pack_text()

    story.build(SECOND_KNOWN_AT)

    with story.served() as address:
        visit = Visit(browser, address)
        tab = visit.open(f"/koppelvlak?koppelvlak={story.handoff}")
        chart = tab.locator(".stVegaLiteChart").first
        chart.locator("svg").wait_for(state="attached")
        assert SECOND_EDIT in (chart.get_attribute("aria-label") or "")
        marked = tab.locator(".km-marks li", has_text=story.number)
        assert SECOND_EDIT in marked.inner_text()

        tab = visit.open("/besluiten")
        row = tab.locator("tr", has_text=story.number).first
        assert "voorzitter van het platform" in row.inner_text()
        assert "wacht op de volgende bouw" not in row.inner_text()
        visit.close()

    pack = story.pack_text()
    assert pack.index("Besluiten van de vorige vergadering") < pack.index(story.number)
    assert pack.index(story.number) < pack.index("Wat doen we, en waaraan zien we of het helpt?")
    assert "Oorzaak nagaan en een werkafspraak" in pack


def test_the_researcher_sees_it_with_its_history_and_the_advisory_body_nothing(story):
    history = story.rows(
        f"select revision, note from decision_revision where record_key = '{story.number}' "
        "order by revision",
        "researcher",
    )

    assert history == [(1, DECISION), (2, FIRST_EDIT), (3, SECOND_EDIT)]
    tables = story.rows("select table_name from duckdb_tables()", "advisory")
    assert not {"decision", "decision_revision", "effect"} & {name for (name,) in tables}


def test_a_build_as_known_before_the_decision_does_not_know_it(story):
    def known(moment: str) -> int:
        day, at = date.fromisoformat(REFERENCE_DATE), datetime.fromisoformat(moment)
        return len(known_revisions(story.settings, day, at))

    assert (known(FIRST_KNOWN_AT), known(SECOND_KNOWN_AT)) == (0, 3)
