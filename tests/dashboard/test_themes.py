"""Pages about evaluations and experience: what is shown, what is withheld, and in which words."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from dashboard.components.page import Page
from dashboard.sections.answers import course_said, sides_said
from pipelines.indicators.verdict import Reason
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import (
    Row,
    result_row,
    tiny_tables,
    told,
    write_publication,
)


def theme(code: str, label: str, **changes: Any) -> Row:
    return {
        "series": code,
        "indicator": f"theme_{code}",
        "comparable_group": code,
        "is_group": False,
        "label_nl": label,
        "label_en": f"{label} (en)",
        "facet": "taak",
        "started_on": date(2022, 1, 1),
        "ended_on": None,
        "breaks": "",
        **changes,
    }


def definition(code: str, label: str, group: str, **changes: Any) -> Row:
    return {
        "theme": code, "version": 1, "comparable_group": group, "facet": "taak",
        "label_nl": label, "label_en": f"{label} (en)", "definition_nl": f"Wat {label} is.",
        "definition_en": f"What {label} is.", "includes_nl": "Wel dit.", "includes_en": "This.",
        "excludes_nl": "Niet dat.", "excludes_en": "Not that.",
        "valid_from": date(2022, 1, 1), "valid_to": None, **changes,
    }  # fmt: skip


def share(code: str, period: str, n: int, of: int, **changes: Any) -> dict[str, Any]:
    values = {
        "unit": "share", "side": "both", "value": n / of, "lower": 0.9 * n / of,
        "upper": 1.1 * n / of, "numerator": n, "denominator": of, **changes,
    }  # fmt: skip
    return result_row(f"theme_{code}", "share", period, **values)


def answer(low: int, high: int, n: float | None, **changes: Any) -> Row:
    of = 40.0
    return {
        "wave": "2026", "respondent_group": "professional", "question": "overdracht_soepel",
        "statistic": "share", "low": low, "high": high, "numerator": n, "denominator": of,
        "value": None if n is None else n / of, "lower": 0.01, "upper": 0.9, "status": "ok",
        **changes,
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny publication with a split theme, one doubtful and one reliable, and one question."""
    tables: dict[str, list[Any]] = tiny_tables()
    split = date(2026, 1, 1)
    tables["theme_series"] = [
        theme("laat", "Informatie te laat (alle versies)", is_group=True, breaks="2026-01-01"),
        theme("product", "Product te laat", comparable_group="laat", started_on=split),
        theme("rol", "Rol onduidelijk", facet="organisatie"),
    ]
    tables["theme"] = [
        definition("laat", "Informatie te laat", "laat", valid_to=date(2025, 12, 31)),
        definition("product", "Product te laat", "laat", version=2, valid_from=split),
        definition("rol", "Rol onduidelijk", "rol", facet="organisatie"),
    ]
    tables["theme_mapping"] = [
        {"from_theme": "laat", "to_theme": "product", "version": 2, "relation": "split",
         "reason_nl": "Twee oorzaken.", "reason_en": "Two causes."},
    ]  # fmt: skip
    tables["theme_agreement"] = [
        {"series": code, "minimum_alpha": 0.667, "verdict": verdict}
        for code, verdict in (
            ("laat", "not_reliable"), ("product", "reliable"), ("rol", "reliable"),
        )
    ]  # fmt: skip
    tables["theme_course"] = [
        {"series": "laat", "indicator": "theme_laat", "basis": "signal_rules", "moved": "same",
         "by_chance": 0.251},
        {"series": "product", "indicator": "theme_product", "basis": "none"},
        {"series": "rol", "indicator": "theme_rol", "basis": "years", "moved": "up",
         "period": "2025", "compared_with": "2024", "by_chance": 0.051},
    ]  # fmt: skip
    pair = {"period_grain": "all", "period": "all", "first": "laat", "second": "rol"}
    tables["theme_cooccurrence"] = [
        {**pair, "numerator": 30.0, "denominator": 120.0, "value": 0.25, "lower": 0.18,
         "upper": 0.33, "expected": 0.1, "association": "more", "status": "ok"},
    ]  # fmt: skip
    tables["result"] = [
        *tables["result"],
        *(share("laat", f"2025-Q{n}", 20, 60) for n in (1, 2, 3, 4)),
        *(share("laat", f"2026-Q{n}", 21, 60) for n in (1, 2, 3)),
        share("product", "2026-Q3", 12, 60),
        share("rol", "2025", 10, 200),
        share("rol", "2026", 60, 200),
        share("laat", "2026", 30, 200, dimension="handoff_id", member="K13"),
    ]
    tables["experience_result"] = [
        answer(1, 2, 8.0),
        answer(3, 3, 12.0),
        answer(4, 4, 14.0),
        answer(5, 5, 6.0),
        answer(3, 4, None, statistic="median", value=None, lower=None, upper=None),
        {**answer(1, 1, None), "statistic": "not_applicable", "low": None, "high": None,
         "denominator": None, "status": "suppressed"},
        *(
            {**answer(category, category, None), "respondent_group": "beveiligd_persoon",
             "denominator": None, "status": "suppressed"}
            for category in range(1, 6)
        ),
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("folder") / "platform"
    write_publication(folder, tables, "themes")
    return folder


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("page", ["evaluation", "experiences", "codebook"])
def test_the_pages_render_in_both_languages(folder, render, page, language):
    rendered = render(folder, page, taal=language)
    assert rendered.html.count("<h1") == 1
    assert "nan" not in rendered.text.lower().split()


def test_a_theme_stands_with_its_interval_its_base_and_how_well_it_is_coded(folder, render):
    text = render(folder, "evaluation", thema="laat").text
    assert "35% 32–38% · K3 2026 · 21 van 60" in text
    assert "nog niet betrouwbaar gecodeerd" in text
    assert "De ondergrens voor Krippendorffs alfa is 0,667." in text
    assert "Product te laat onderdeel van de vorige reeks" in text


def test_whether_a_theme_moved_is_said_with_what_that_rests_on(folder, render):
    text = render(folder, "evaluation", thema="rol").text
    assert "vaker dan het jaar ervoor" in text
    assert "gewone schommeling" in text
    assert "geen oordeel" in text
    assert "Van 2 reeksen met een oordeel geven er 1 een signaal of verschillen" in text
    assert "zouden dat er bij toeval naar verwachting hooguit 0,3 zijn" in text


def test_a_change_of_codebook_is_said_beside_the_series(folder, render):
    text = render(folder, "evaluation", thema="laat").text
    assert "De streep in de grafiek is de wisseling van versie" in text
    part = render(folder, "evaluation", thema="product").text
    assert "Vanaf 1 jan 2026; daarvoor is er geen cijfer, geen nul." in part


def test_a_theme_stands_beside_the_figure_of_its_handoff_both_with_source(folder, render):
    text = render(folder, "evaluation", thema="laat").text
    assert "15% 14–16% · 2026 · 30 van 200" in text
    assert "8,4 dagen" in text
    assert "Bron van het thema" in text
    assert "Bron van de doorlooptijd" in text


def test_themes_stand_on_the_page_of_their_handoff(folder, render):
    text = render(folder, "handoff", koppelvlak="K13").text
    assert "Thema’s uit evaluaties" in text
    assert "Informatie te laat (alle versies) 15%" in text
    assert "In evaluaties is bij dit koppelvlak geen thema gevonden." not in text


def test_a_handoff_without_themes_says_so(folder, render):
    text = render(folder, "handoff", koppelvlak="K20").text
    assert "In evaluaties is bij dit koppelvlak geen thema gevonden." in text


def test_pairs_are_shown_with_what_chance_would_give(folder, render):
    text = render(folder, "evaluation").text
    assert "Informatie te laat (alle versies) + Rol onduidelijk 25,0%" in text
    assert "10,0% vaker samen" in text


def test_answers_are_a_distribution_with_the_middle_and_no_mean(folder, render):
    text = render(folder, "experiences").text
    assert "40 antwoorden; middelste: neutraal tot eens." in text
    assert "Samengenomen: helemaal oneens tot oneens." in text
    assert "niet van toepassing." not in text.split("Elke balk")[0]
    # The other group is too small to show.
    assert "afgeschermd" in text


def test_under_answers_stands_what_they_say():
    """The middle of every group by wave and question; where it is not shown, nothing is said."""
    medians = [
        ("2025", "a", "professional", 4, 4, "ok"),
        ("2025", "b", "professional", 3, 4, "ok"),
        ("2026", "a", "professional", 1, 2, "ok"),
        ("2026", "b", "professional", 4, 5, "ok"),
        ("2026", "a", "beveiligd_persoon", 3, 3, "suppressed"),
    ]
    names = ["wave", "question", "respondent_group", "low_category", "high_category", "status"]
    rows = pd.DataFrame(medians, columns=names).assign(statistic="median", denominator=40.0)
    page = cast(Page, SimpleNamespace(words=words_in("nl")))

    assert sides_said(page, rows[rows["wave"] == "2026"]) == (
        "Professionals: bij 1 van de 2 stellingen is het middelste antwoord (helemaal) eens, bij 1 "
        "(helemaal) oneens."
    )
    assert course_said(page, rows[rows["question"] == "a"]) == (
        "Professionals: het middelste antwoord was in 2025 ‘eens’ (40 antwoorden) en is in 2026 "
        "‘helemaal oneens tot oneens’ (40 antwoorden)."
    )


def test_the_codebook_shows_examples_versions_and_why(folder, render):
    text = render(folder, "codebook").text
    for words in ("Wat Rol onduidelijk is.", "Wel dit.", "Niet dat.", "Vanaf versie 2, 1 jan 2026"):
        assert words in text
    assert "versie 2 gesplitst Twee oorzaken." in text


def test_an_audience_without_evaluations_has_none_of_these_pages(tiny, render):
    assert "Thema’s uit evaluaties" not in render(tiny, "handoff", koppelvlak="K13").text


@pytest.mark.parametrize(
    ("badge", "said"),
    [
        (
            "not_fit",
            "Daarom staan hier geen cijfers. "
            "Zonder levering van kc_ervaring: de laatste is een kwartaal oud of ouder.",
        ),
        ("good", "Er zijn nog geen antwoorden."),
    ],
)
def test_without_answers_the_page_of_experiences_says_why(tmp_path, render, badge, said):
    tables = tiny_tables()
    tables["experience_result"] = []
    # A chain that evaluates has a codebook, whether or not somebody answered yet.
    tables["theme"] = [{"theme": "late_information", "version": 1}]
    tables["quality"].append(
        {"indicator": "experience_answers", "badge": badge,
         "reasons": told(Reason("stale", {"names": ["kc_ervaring"]}))}
    )  # fmt: skip
    write_publication(tmp_path / "platform", tables, "empty")

    assert said in render(tmp_path / "platform", "experiences").text
