"""The quality of the data under a figure: of its own inputs, and what becomes of the figure."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.indicators.inputs import feeding_tables, mart_inputs
from pipelines.indicators.quality import Inputs, inputs_of, judge
from pipelines.indicators.results import read_register
from pipelines.warehouse import manifest_path, open_warehouse
from tests.indicators.conftest import PublishedChain

FINE = Inputs((), (), (), (), (), 1.0, 1.0, ("lcc", "om"), 0, 0, 100)
DAY = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("found", "badge", "status", "sentence"),
    [
        ({}, "good", "ok", "Alle leveringen zijn op tijd en compleet."),
        ({"late": ("om_intake",)}, "good", "ok", "Compleet; te laat geleverd: om_intake."),
        ({"absent": ("om_intake",)}, "caution", "ok", "Exclusief de laatste levering van"),
        ({"refused": ("om_intake",)}, "caution", "ok", "Een herlevering van om_intake"),
        ({"held": ("om_intake",), "absent": ("om_intake",)}, "caution", "ok",
         "Een levering van om_intake wacht op bevestiging"),
        ({"damaged": ("om_intake",), "absent": ("om_intake",)}, "caution", "ok",
         "Een ingelezen levering van om_intake is beschadigd"),
        ({"beyond": ("om_intake",)}, "caution", "ok",
         "De peildatum ligt na de laatste levering van om_intake: wat daarna gebeurde is niet"),
        ({"stale": ("om_intake",), "beyond": ("om_intake",)}, "not_fit", "withheld",
         "Zonder levering van om_intake"),
        ({"completeness": 0.98}, "good", "ok", ""),
        ({"completeness": 0.979}, "caution", "ok", "2,1% van de rijen is terzijde gelegd."),
        ({"linkage": 0.98}, "good", "ok", ""),
        ({"linkage": 0.97}, "caution", "ok",
         "97,0% van de zaaksleutels in alle tabellen van lcc, om sluit"),
        ({"linkage": 0.49}, "not_fit", "withheld",
         "Slechts 49,0% van de zaaksleutels in alle tabellen van lcc, om"),
        ({"n_early": 2}, "good", "ok", ""),
        ({"n_early": 3}, "caution", "ok", "3 van 100 overdrachten stopten"),
        ({"n_early": 21}, "not_fit", "withheld", "21 van 100 overdrachten stopten"),
        ({"n_unknown": 2}, "good", "ok", ""),
        ({"n_unknown": 3}, "caution", "ok", "Van 3 van 100 overdrachten is het einde wel"),
        ({"n_unknown": 21}, "not_fit", "withheld", "Van 21 van 100 overdrachten is het einde wel"),
        ({"unseen": ("closed",)}, "caution", "ok", "In het logboek komt nooit voor: closed;"),
        ({"stale": ("om_intake",), "absent": ("om_intake",)}, "not_fit", "withheld",
         "Zonder levering van om_intake"),
        ({"never": ("om_intake",), "absent": ("om_intake",)}, "not_fit", "not_delivered",
         "Zonder levering van om_intake: daarvan is niets"),
    ],
)  # fmt: skip
def test_the_gravest_thing_decides_and_is_said(
    found: dict, badge: str, status: str, sentence: str
) -> None:
    verdict = judge(replace(FINE, **found))

    assert (verdict.badge, verdict.status) == (badge, status)
    assert verdict.sentence_nl.startswith(sentence)
    assert verdict.sentence_en


def test_only_the_inputs_themselves_count() -> None:
    """A partner's missing table says nothing of figures that do not use it."""
    deliveries = pd.DataFrame(
        [
            ("om_intake", DAY, "on_time", 90, 10, True, False),
            ("om_casus", DAY, "missing", 0, 0, False, False),
            ("om_casus", date(2026, 8, 31), "on_time", 50, 0, True, False),
            ("om_dossier", DAY, "missing", 0, 0, False, False),
            ("om_dossier", date(2026, 7, 31), "late", 50, 0, True, False),
            ("om_oordeel", DAY, "missing", 0, 0, False, False),
            ("om_pauze", DAY, "on_time", 5, 0, True, False),
            ("om_pauze", DAY, "refused", 0, 0, False, False),
            ("nctv_triage", DAY, "on_time", 5, 0, True, False),
            ("nctv_triage", DAY, "refused", 0, 0, False, True),
            ("nctv_pauze", date(2026, 9, 30), "held", 5, 0, False, True),
            ("nctv_pauze", DAY, "on_time", 5, 0, True, False),
            ("lcc_advies", date(2026, 9, 30), "damaged", 5, 0, False, False),
            ("lcc_advies", DAY, "on_time", 5, 0, True, False),
        ],
        columns=[
            "name",
            "reference_date",
            "status",
            "rows",
            "rows_quarantined",
            "is_used",
            "is_open",
        ],
    ).assign(due_on=date(2026, 11, 15))

    def found(*tables: str) -> Inputs:
        return inputs_of(set(tables), deliveries, {"om_casus": 3}, {"om": (9, 10)}, None, DAY)

    assert found("om_intake").absent == ()
    assert found("om_intake").completeness == 0.9
    assert found("om_intake").n_findings == 0
    assert found("om_intake").linkage == 0.9
    # Two months behind is late, three is a quarter.
    assert found("om_intake", "om_casus").absent == ("om_casus",)
    assert found("om_casus").stale == ()
    assert found("om_casus").n_findings == 3
    assert found("om_dossier").stale == ("om_dossier",)
    assert found("om_oordeel").never == ("om_oordeel",)
    # Refused and put right is over; refused, held or damaged and still open is not.
    assert found("om_pauze").refused == ()
    assert found("nctv_triage").refused == ("nctv_triage",)
    assert found("nctv_pauze").held == ("nctv_pauze",)
    assert found("lcc_advies").damaged == ()


@pytest.fixture(scope="module")
def feeding(published_chain: PublishedChain) -> dict[str, set[str]]:
    from pipelines.warehouse import stored_build_dates

    settings = published_chain.settings
    with open_warehouse(settings) as connection:
        register = read_register(connection, settings, stored_build_dates(connection))
        return feeding_tables(connection, register, manifest_path(settings))


def test_an_indicator_rests_on_the_tables_of_the_columns_it_names(
    feeding: dict[str, set[str]],
) -> None:
    assert feeding["phase_out_incidence"] == {"nctv_aanwijzing", "lcc_maatregel"}
    assert feeding["evaluation_share"] == {"nctv_aanwijzing", "kc_evaluatie"}
    assert feeding["inflow"] == {"nctv_aanwijzing"}
    assert feeding["measures_running"] == {"lcc_maatregel"}
    assert feeding["emergency_ratified_share"] == {"politie_spoedmaatregel", "om_casus"}


def test_a_clock_rests_on_its_milestones_its_population_and_its_pauses(
    feeding: dict[str, set[str]],
) -> None:
    assert feeding["triage_lead_time"] == {"om_intake", "nctv_triage", "om_pauze", "nctv_pauze"}
    assert feeding["lead_time_k14"] == {"om_intake", "om_triagetafel"}
    # Both sides of a transfer, not its clock.
    assert feeding["reconciliation_k31"] == {"lcc_advies", "nctv_besluit"}


def test_every_indicator_rests_on_something(feeding: dict[str, set[str]]) -> None:
    """Indicators of the deliveries themselves are the exception."""
    nothing = {one for one, tables in feeding.items() if not tables}

    assert all(one.startswith("delivery_") for one in nothing)


def test_what_a_mart_says_it_rests_on_is_upstream_of_it_and_nothing_is_forgotten(
    published_chain: PublishedChain,
) -> None:
    """A table upstream that no column names may only be there for dimensions."""
    manifest: Path = manifest_path(published_chain.settings)
    marts = mart_inputs(json.loads(manifest.read_text(encoding="utf-8")))
    # Cases and records carry the dimensions of everything else.
    lookups = marts["fct_case"].lineage | marts["int_record"].lineage
    hub = marts["fct_designation"].lineage
    declared = {name: one for name, one in marts.items() if one.rows != one.lineage}

    assert len(declared) > 10
    for name, mart in declared.items():
        named = mart.rows.union(*mart.columns.values())
        assert named <= mart.lineage, name
        # The milestones of all partners lie upstream of the phase-out; it reads one of them.
        if name in {"fct_phase_out", "fct_person_time"}:
            continue
        # What is known of a designation comes from several partners; others read its days only.
        others = lookups if name == "fct_designation" else lookups | hub
        assert mart.lineage <= named | others, name


JULY, SEPTEMBER = date(2026, 7, 31), date(2026, 9, 30)


@pytest.mark.parametrize(
    ("reference_day", "beyond", "stale"),
    [
        (SEPTEMBER, set(), set()),
        # Not due yet, so nothing is missing; still nobody said what happened in October. Of
        # om_casus a delivery was refused, so it is known to be absent.
        (DAY, {"om_intake"}, set()),
        (date(2026, 10, 1), {"om_intake", "om_casus", "lcc_log"}, set()),
        (
            date(2026, 12, 31),
            {"om_intake", "om_casus", "lcc_log", "kc_oordeel"},
            {"om_intake", "om_casus"},
        ),
    ],
)
def test_a_reference_date_beyond_what_was_delivered_is_said(
    reference_day: date, beyond: set[str], stale: set[str]
) -> None:
    """A log that is delivered once is up to date as long as others deliver."""
    due = date(2026, 10, 15)
    columns = ["name", "reference_date", "status", "rows", "rows_quarantined", "is_used", "due_on"]
    deliveries = pd.DataFrame(
        [
            ("om_intake", SEPTEMBER, "on_time", 90, 0, True, due),
            ("om_casus", SEPTEMBER, "late", 90, 0, True, due),
            ("om_casus", DAY, "refused", 0, 0, False, due),
            ("lcc_log", JULY, "on_time", 90, 0, True, None),
            ("kc_oordeel", DAY, "on_time", 90, 0, True, due),
        ],
        columns=columns,
    ).assign(is_open=False)
    deliveries = deliveries[deliveries["reference_date"] <= reference_day]

    def found(table: str) -> Inputs:
        return inputs_of({table}, deliveries, {}, {}, None, reference_day)

    tables = {"om_intake", "om_casus", "lcc_log", "kc_oordeel"} & set(deliveries["name"])
    assert {table for table in tables if found(table).beyond} == beyond
    assert {table for table in tables if found(table).stale} == stale
    assert "good" not in {judge(found(table)).badge for table in beyond}
