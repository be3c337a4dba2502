"""A subject: one phase of the chain, with all that monitor and evaluation say of it."""

import re
from pathlib import Path

import pandas as pd
import pytest

from dashboard.subjects import phase_by_handoff, phase_of, phases_of
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import tiny_tables, write_publication
from tests.dashboard.test_decisions import decision_row
from tests.dashboard.test_recommendations import recommendation

NL = words_in("nl")
HANDOFFS = pd.DataFrame(
    {"handoff_id": ["K01", "K13", "K05"], "phase": ["lokaal", "triage", "lokaal"]}
)
PARTS = ("subject.figures", "theme.section", "handoff.quality")


@pytest.fixture(scope="module")
def discussed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny publication, with recommendations and decisions at two hand-offs of two phases."""
    tables = tiny_tables()
    tables["decision"] = [
        decision_row("AT0000001"),
        decision_row("AT0000002", handoff_id="K20", indicator_id=None, note="Elders besloten."),
    ]
    tables["decision_revision"] = tables["decision"]
    tables["recommendation"] = [
        recommendation("AB0000001", "geverifieerd"),
        recommendation("AB0000002", "in_uitvoering"),
        recommendation("AB0000003", "in_uitvoering", handoff_id="K20"),
    ]
    return write_publication(
        tmp_path_factory.mktemp("discussed") / "platform", tables, "tiny"
    ).parent


def test_subjects_are_the_phases_in_the_order_of_the_chain():
    assert phases_of(HANDOFFS) == ["lokaal", "triage"]


@pytest.mark.parametrize(
    ("entry", "phase"),
    [
        ({"handoff_id": "K13"}, "triage"),
        ({"handoff_id": None, "phase": "afbouw"}, "afbouw"),
        # Its hand-off is where it is; what the register says besides is no other place.
        ({"handoff_id": "K13", "phase": "afbouw"}, "triage"),
        ({"handoff_id": None}, ""),
    ],
)
def test_an_indicator_belongs_to_the_phase_of_its_handoff_or_the_one_it_names(entry, phase):
    assert phase_of(entry, phase_by_handoff(HANDOFFS)) == phase


def test_a_subject_has_its_own_handoffs_and_no_other(sample_root, render):
    page = render(sample_root / "platform", "subject", fase="overdracht")

    assert "Aanwijzing en overdracht</h1>" in page.html
    assert set(re.findall(r'class="km-code">(K\d+)<', page.html)) == {"K20", "K21", "K22", "K23"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_parts_of_a_subject_stand_in_one_order(sample_root, render, language):
    html = render(sample_root / "platform", "subject", fase="triage", taal=language).html

    words = words_in(language)
    places = [html.index(f">{words.text(part)}</h2>") for part in PARTS]
    assert places == sorted(places)


def test_a_subject_has_the_recommendations_and_decisions_that_aim_at_it(discussed, render):
    text = render(discussed, "subject", fase="triage").text

    assert "2 aanbevelingen zijn hierop gericht: 1 in uitvoering, 1 geverifieerd." in text
    assert "AB0000002" in text and "AB0000003" not in text
    assert "AT0000001" in text and "Elders besloten." not in text


def test_every_subject_can_be_chosen_and_the_chosen_one_is_marked(sample_root, render):
    page = render(sample_root / "platform", "subject", fase="triage")

    chooser = page.html.partition('<nav class="km-subjects"')[2].partition("</nav>")[0]
    assert '<b aria-current="page">Triage</b>' in chooser
    assert chooser.count("/onderwerp?fase=") == 7
    assert page.app.query_params["fase"] == "triage"


def test_an_unknown_subject_gives_the_first(sample_root, render):
    assert "Lokaal domein</h1>" in render(sample_root / "platform", "subject", fase="niets").html


@pytest.mark.parametrize("phase", ["afbouw", "persoon", "leren", "triage"])
@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_a_subject_renders_for_every_audience_with_what_its_file_holds(
    sample_root, render, audience, phase
):
    text = render(sample_root / audience, "subject", fase=phase).text

    assert NL.text("subject.figures") in text
    # What the file does not hold is no empty heading.
    assert f">{NL.text('page.decisions')}</h2>" not in text


def test_experience_is_that_of_the_questions_about_the_subject(sample_root, render):
    person, transfer = (
        render(sample_root / "platform", "subject", fase=phase).text
        for phase in ("persoon", "overdracht")
    )

    assert NL.text("question.tijdig_geinformeerd") in person
    assert NL.text("question.overdracht_soepel") not in person
    assert NL.text("question.overdracht_soepel") in transfer


def test_what_is_to_be_said_of_data_is_said_with_the_figures_it_is_about(tiny, render):
    html = render(tiny, "subject", fase="overdracht").html

    fitness = html.partition('id="gegevens"')[2]
    [reason] = re.findall(r"<li>(Zonder levering van nctv.*?)</li>", fitness)
    assert "<b>1</b>" in fitness
    assert re.search(r"\(\w.*\)", reason)


def test_a_handoff_leads_back_to_its_subject(tiny, render):
    assert 'href="/onderwerp?fase=triage"' in render(tiny, "handoff", koppelvlak="K13").html
