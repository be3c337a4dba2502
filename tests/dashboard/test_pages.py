"""Every page, in both languages, for the audiences that have it."""

import re

import pytest

from pipelines.wording.language import LANGUAGES, words_in
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import (
    publication_row,
    tiny_tables,
    write_publication,
    write_tiny,
)

PAGES = ["chain", "subject", "handoff", "indicator", "data_quality", "definitions", "methods"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders_and_says_where_its_figures_come_from(tiny, render, page, language):
    rendered = render(tiny, page, taal=language)

    dutch = language == "nl"
    assert ("Bewaken en beveiligen" if dutch else "Protective security") in rendered.text
    assert ("31 okt 2026" if dutch else "31 Oct 2026") in rendered.text
    assert ("12 nov 2026, 14:20" if dutch else "12 Nov 2026, 14:20") in rendered.text
    assert "tiny" in rendered.text
    assert ("Synthetische gegevens" if dutch else "Synthetic data") in rendered.text
    assert rendered.html.count("<h1") == 1


def test_real_figures_carry_no_warning(tmp_path, render):
    tables = tiny_tables()
    tables["publication"] = [publication_row("platform", "real", is_synthetic=False)]
    write_publication(tmp_path / "platform", tables, "real")

    assert "km-warning" not in render(tmp_path / "platform").html


def test_without_a_publication_the_page_says_so(tmp_path, render):
    assert "nog geen publicatie" in render(tmp_path).text


def test_a_page_whose_table_is_not_in_the_file_does_not_exist(tmp_path, render):
    write_tiny(tmp_path / "advisory", "advisory")

    rendered = render(tmp_path / "advisory")

    with pytest.raises(ValueError, match="data_quality"):
        rendered.app.switch_page("app_pages/data_quality.py").run()


def test_the_chain_shows_every_handoff_in_the_fixed_order(tiny, render):
    html = render(tiny).html

    places = [html.index(f'"km-code">{code}</span>') for code in ("K13", "K20", "K22")]
    assert places == sorted(places)
    assert html.index('id="fase-triage"') < html.index('id="fase-overdracht"')


def test_a_phase_is_folded_unless_something_of_it_is_up_for_discussion(sample_root, render):
    html = render(sample_root / "platform", "chain").html

    _, *folds = re.split(r"(?=<details)", html[: html.index('id="indicatoren"')])
    is_open = {re.search(r'id="fase-(\w+)"', fold)[1]: "<details open" in fold for fold in folds}
    is_up = {
        re.search(r'id="fase-(\w+)"', fold)[1]: bool(re.search("verslechtering|verbetering", fold))
        for fold in folds
    }
    assert is_open == is_up
    assert set(is_open.values()) == {True, False}


def test_a_line_gives_figure_interval_cases_movement_and_quality(tiny, render):
    whole, subject = render(tiny).text, render(tiny, "subject", fase="triage").text

    for text in (whole, subject):
        assert "8,4 dagen 7,9–9,2 · K3 2026 · n = 40" in text
        assert "korter" in text
        assert "goed" in text
    assert "65% 55–74%" in subject


@pytest.mark.parametrize(("language", "none"), [("nl", "geen norm"), ("en", "no norm")])
def test_every_definition_names_its_norms_or_that_there_is_none(tiny, render, language, none):
    html = render(tiny, "definitions", taal=language).html

    entries = html.split('class="km-question"')[1:]
    norms = [entry.partition("<dt>Norm</dt>")[2].partition("</dd>")[0] for entry in entries]
    assert all(norms)
    with_norm = [norm for norm in norms if "<b>14" in norm and "<b>10" in norm]
    assert len(with_norm) == 1
    assert sum(none in norm for norm in norms) == len(norms) - 1


def test_data_that_are_not_fit_never_give_a_number(tiny, render):
    page = render(tiny, "handoff", koppelvlak="K22")

    assert "3,3" not in page.text
    assert "niet bruikbaar" in page.text
    assert "Zonder levering van nctv:" in page.text
    chain = render(tiny).html
    assert "3,3" not in chain
    row = chain[chain.index('"km-code">K22</span>') :]
    assert "niet bruikbaar" in row[: row.index("</tr>")]


def test_a_link_opens_the_handoff_it_names(tiny, render):
    page = render(tiny, "handoff", koppelvlak="K20")

    assert "Aanwijzing tot verzonden dossier</h1>" in page.html
    assert page.app.query_params["koppelvlak"] == "K20"


def test_an_unknown_handoff_in_the_address_is_said_and_gives_the_first(tiny, render):
    page = render(tiny, "handoff", koppelvlak="K99")

    assert "Triage</h1>" in page.html
    assert words_in("nl").text("unknown.asked") in page.text
    assert words_in("nl").text("unknown.asked") not in render(tiny, "handoff").text


def test_a_handoff_has_its_clock_its_sides_its_norms_and_its_paragraph(tmp_path, tiny, render):
    text = render(tiny, "handoff", koppelvlak="K13").text

    # Of a milestone without a label a researcher reads where it stands in a delivery.
    assert "intake sent" in text and "judgment form sent" in text
    write_tiny(tmp_path / "researcher", "researcher")
    whole = render(tmp_path / "researcher", "handoff", koppelvlak="K13").text
    assert "intake: verzonden op" in whole and "triage: oordeel verzonden op" in whole
    assert "Openbaar Ministerie" in text
    assert "die van de verzender" in text
    assert "14 dagen , van 1 jan 2022 tot en met 31 dec 2025 voorbeeldwaarde" in text
    assert "10 dagen , vanaf 1 jan 2026 voorbeeldwaarde" in text
    assert "§ 2.3.3" in text


def test_a_handoff_without_norm_says_so(tiny, render):
    assert "geen norm vastgesteld" in render(tiny, "handoff", koppelvlak="K20").text


def test_a_handoff_without_any_figure_says_so(tiny, render):
    text = render(tiny, "handoff", koppelvlak="K20").text

    assert "Voor deze doelgroep is hiervan geen cijfer gepubliceerd." in text


def test_both_sides_of_a_handoff_are_reconciled(tiny, render):
    text = render(tiny, "handoff", koppelvlak="K13").text

    assert "Een verschil tot 24 uur telt als gelijk." in text
    assert "Verzonden, nooit ontvangen" in text
    assert "Twee kanten" not in render(tiny, "handoff", koppelvlak="K22").text


@pytest.mark.parametrize(
    ("hours", "said"), [(24, "24 uur"), (36, "36 uur"), (48, "2 dagen"), (2160, "90 dagen")]
)
def test_a_difference_that_counts_as_equal_is_said_in_days_where_it_is_whole_days(
    tmp_path, render, hours, said
):
    tables = tiny_tables()
    tables["handoff"] = [{**handoff, "tolerance_hours": hours} for handoff in tables["handoff"]]
    write_publication(tmp_path / "platform", tables, "tiny")

    page = render(tmp_path / "platform", "handoff", koppelvlak="K13")

    assert f"Een verschil tot {said} telt als gelijk." in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_false_alarms_and_evidence_are_tables_for_who_sees_signals(
    tmp_path, tiny, render, language
):
    title = words_in(language).text("methods.false_alarms")
    tables = {**tiny_tables(), "signal": [], "signal_point": []}
    write_publication(tmp_path / "signals" / "platform", tables, "tiny")

    page = render(tmp_path / "signals" / "platform", "methods", taal=language)

    [section] = [part for part in page.html.split("<h2") if f">{title}<" in part]
    assert section.count("<table") == 2 and section.count("<tr>") == 12
    # No wall of text: no paragraph of it is longer than four short sentences.
    assert max(len(part) for part in re.findall(r"<p[^>]*>([^<]*)</p>", section)) < 320
    assert title not in render(tiny, "methods", taal=language).text


def test_every_status_stands_in_the_data_under_the_chart(tiny, render):
    text = render(tiny, "handoff", koppelvlak="K13").text

    for word in ("afgeschermd", "geen gevallen", "niet geleverd", "niet bereikt",
                 "achtergehouden wegens kwaliteit", "te recent"):  # fmt: skip
        assert word in text


def test_members_of_a_dimension_stand_in_their_fixed_order(tiny, render):
    html = render(tiny, "handoff", koppelvlak="K13").html
    part = html[html.index("km-ranges") :]

    assert part.index("Directe opname") < part.index("Triagetafel")
    assert "afgeschermd" in part[: part.index("Triagetafel")]


@pytest.mark.parametrize(("language", "why"), [("nl", "Waarom"), ("en", "Why")])
@pytest.mark.parametrize(
    ("page", "named"),
    [("handoff", {"koppelvlak": "K13"}), ("indicator", {"indicator": "exclusivity"})],
)
def test_why_an_indicator_is_there_stands_once_on_its_page(
    tiny, render, page, named, language, why
):
    html = render(tiny, page, **named, taal=language).html

    assert html.count(f"<dt>{why}</dt>") == 1


def test_the_lead_time_of_a_hand_off_has_one_address(tiny, render):
    page = render(tiny, "indicator", sent_on="handoff", indicator="triage_lead_time", maat="p90")

    # With all that was asked for; and the list of indicators does not offer it a second time.
    asked = page.app.query_params
    assert (asked["koppelvlak"], asked["maat"]) == ("K13", "p90")
    others = render(tiny, "indicator").app.selectbox(key="choice_indicator").options
    assert others and not [name for name in others if name.startswith("Doorlooptijd")]


def test_a_hand_off_shows_the_balancing_measure_of_its_lead_time(tiny, render):
    html = render(tiny, "handoff", koppelvlak="K13").html

    assert "km-tile-balancing" in html
    assert "Maatregelen buiten het stelsel" in html


def test_zero_is_a_zero(tiny, render):
    text = render(tiny, "indicator", indicator="exclusivity").text

    assert "0 gevallen 95%-interval 0–4" in text


def test_definitions_can_be_searched(tiny, render):
    page = render(tiny, "definitions")
    assert "Doorlooptijd burgemeester" in page.text

    page.app.text_input(key="search").set_value("dossier").run()
    found = Rendered(page.app).text

    assert "Doorlooptijd dossier" in found
    assert "Doorlooptijd burgemeester" not in found
    assert "overdrachtsdossier" in found


def test_definitions_come_with_version_owner_and_checker(tiny, render):
    text = render(tiny, "definitions").text

    assert "1, geldig vanaf 1 jan 2022" in text
    assert "Volgende herziening 1 jun 2027" in text
    assert "Voor 2 koppelvlakken is geen norm vastgesteld." in text
    assert "Wat we met opzet niet meten" in text


def test_the_quality_page_names_who_tells_of_events_later(tiny, render):
    html = render(tiny, "data_quality").html

    section = html[html.index("Hoe snel het wordt vastgelegd") :]
    table = section[: section.index("</table>")]
    assert "NCTV" in table and "75%" in table
    # Of the other supplier everything came in the delivery of its month.
    assert "Openbaar" not in table and ">OM<" not in table


def test_deliveries_have_a_word_for_each_status(tiny, render):
    html = render(tiny, "data_quality").html
    matrix = html[html.index("km-matrix") :]

    for word in ("op tijd", "te laat", "ontbreekt", "geweigerd"):
        assert f"<span>{word}</span>" in matrix


def test_figures_to_be_careful_with_are_folded_per_subject(sample_root, render):
    app = render(sample_root / "platform", "data_quality").app

    folded = {
        fold.label: "".join(element.proto.body for element in fold.get("html"))
        for fold in app.expander
        if "met voorbehoud" in fold.label or "niet bruikbaar" in fold.label
    }
    html = "".join(element.proto.body for element in app.get("html"))
    # Nothing of them lies open, however many there are; the label says how many are inside.
    assert html.count('class="km-name"') == sum(
        body.count('class="km-name"') for body in folded.values()
    )
    for label, body in folded.items():
        assert sum(map(int, re.findall(r"\d+", label))) == body.count('class="km-name"')
    assert len(folded) > 1


def test_findings_are_shown_worst_first(tiny, render):
    text = render(tiny, "data_quality").text

    assert text.index("Verplichte kolom ontbreekt.") < text.index("Einde ligt vóór begin.")


def test_linkage_is_given_per_pair_of_suppliers_in_whole_percents(tiny, render):
    html = render(tiny, "data_quality").html
    section = html[html.index("Koppeling tussen leveranciers") :]

    table = section[: section.index("</table>")]
    # What the few keys of NCTV tell of OM is withheld.
    assert "24%" in table and "afgeschermd" in table
    assert "alleen in de uitgave voor onderzoekers" in section


def test_names_of_tables_and_numbers_of_rows_and_keys_are_for_researchers(tmp_path, tiny, render):
    write_tiny(tmp_path / "researcher", "researcher")
    whole, coarse = (
        render(folder, "data_quality").text for folder in (tmp_path / "researcher", tiny)
    )

    for said in ("om · intake", "verzonden_op", "3 van 412", "om_intake", "23,5%", "z1_synth",
                 "samengevoegd volgens de lijst"):  # fmt: skip
        assert said in whole
        assert said not in coarse
    assert "Te laat geleverd: om (okt 2026)." in coarse


def test_a_finding_says_whether_it_is_new(tiny, render):
    text = render(tiny, "data_quality").text
    assert "blijvend" in text
    assert "nieuw" in text
    assert "None" not in text


def test_of_what_should_not_occur_small_numbers_stand_rounded_and_the_page_says_so(
    tmp_path, render
):
    tables = {
        **tiny_tables(),
        "catalogue": [
            {"indicator": "exclusivity", "is_without_threshold": True, "status": "shown"},
            {"indicator": "reconciliation_k13", "is_without_threshold": False, "status": "shown"},
        ],
    }
    write_publication(tmp_path / "platform", tables, "tiny")
    said = "een nul staat voor nul, één of twee"

    def shown(indicator: str) -> str:
        return render(tmp_path / "platform", "indicator", indicator=indicator).text

    assert said in shown("exclusivity")
    assert said not in shown("reconciliation_k13")


def test_the_platform_reads_under_every_page_for_whom_it_is(tmp_path, tiny, render):
    write_tiny(tmp_path / "advisory", "advisory")
    regime = "niet het vergelijken van opeenvolgende maandelijkse uitgaven"

    assert regime in render(tiny).text
    assert "Deel deze cijfers daarom niet buiten die kring" in render(tiny, "methods").text
    assert regime not in render(tmp_path / "advisory").text


@pytest.mark.parametrize("audience", ["platform", "advisory"])
@pytest.mark.parametrize("page", ["chain", "handoff", "methods"])
def test_what_is_withheld_is_called_so_and_never_less_than_a_number(
    tmp_path, render, audience, page
):
    write_tiny(tmp_path / audience, audience)

    html = render(tmp_path / audience, page, koppelvlak="K13").html

    assert "afgeschermd" in html or page == "chain"
    assert "&lt;5" not in html and "&lt;10" not in html


@pytest.mark.parametrize("audience", ["researcher", "platform", "advisory"])
def test_the_sample_renders_for_every_audience(sample_root, render, audience):
    text = render(sample_root / audience).text

    assert "Alle koppelvlakken" in text
    assert "K51" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Kleinste verschil dat telt 2 dagen Twee dagen."),
        ("en", "Smallest difference that matters 2 days Two days."),
    ],
)
def test_a_definition_says_from_which_difference_on_it_matters(tiny, render, language, said):
    assert said in render(tiny, "handoff", koppelvlak="K13", taal=language).text


@pytest.mark.parametrize(
    ("language", "period", "said"),
    [("nl", "1e halfjaar 2026", "8,4"), ("en", "1st half of 2026", "8.4")],
)
def test_what_is_told_by_half_year_has_its_tile_of_the_half_year(
    tmp_path, render, language, period, said
):
    """Few are handed on: no quarter is told, and an empty tile would say there is no figure."""
    tables = tiny_tables()
    tables["result"] = [
        {**figure, "period": "2026-H1", "period_grain": "half_year"}
        if (figure["indicator"], figure["statistic"], figure["period"])
        == ("triage_lead_time", "median", "2026-Q3")
        else figure
        for figure in tables["result"]
        if (figure["indicator"], figure["statistic"]) != ("triage_lead_time", "median")
        or figure["period"] == "2026-Q3"
    ]
    write_publication(tmp_path / "platform", tables, "half_years")

    page = render(tmp_path / "platform", "handoff", koppelvlak="K13", taal=language)

    [tile] = [part for part in page.html.split('<div class="km-tile">') if said in part][:1]
    assert period in tile
