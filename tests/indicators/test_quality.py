"""The quality of the data under a figure: of its own inputs, and what becomes of the figure."""

import json
from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd
import pytest

from pipelines.indicators.delivery_remarks import remarks_on, shown_since
from pipelines.indicators.handoff_rows import rows_of_handoffs
from pipelines.indicators.inputs import feeding_tables, mart_inputs
from pipelines.indicators.quality import inputs_of
from pipelines.indicators.results import read_register
from pipelines.indicators.verdict import HandoffRows, Inputs, Verdict, judge
from pipelines.warehouse import manifest_path, open_warehouse
from pipelines.wording.language import words_in
from pipelines.wording.quality import sentence
from tests.indicators.conftest import KNOWN_AT, REFERENCE, PublishedChain, configuration
from tests.indicators.conftest import delivered as delivered_to

DAY = date(2026, 10, 31)
SINCE = date(2023, 10, 1)
FINE = Inputs(SINCE, linkage=1.0, suppliers=("lcc", "om"), n_rows=100, handoff=HandoffRows(100))
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
ON_TIME = "Alle leveringen zijn op tijd en compleet."


def said(verdict: Verdict, language: str = "nl") -> str:
    return sentence({"badge": verdict.badge, "reasons": verdict.told}, words_in(language))


def rows(**found: int) -> dict[str, HandoffRows]:
    return {"handoff": HandoffRows(100, **found)}


@pytest.mark.parametrize(
    ("found", "badge", "status", "sentence"),
    [
        ({}, "good", "ok", ON_TIME),
        ({"late": (("om_intake", (MAY,)),)}, "caution", "ok",
         "Te laat geleverd: om_intake (mei 2026)."),
        ({"late": (("om_intake", (MAY, JUNE)), ("om_pauze", (MAY,)))}, "caution", "ok",
         "Te laat geleverd: om_intake (2 keer, laatst jun 2026), om_pauze (mei 2026)."),
        ({"skipped": (("om_intake", (MAY,)),)}, "caution", "ok",
         "Nooit ontvangen: om_intake (mei 2026)."),
        ({"partial": (("om_intake", (MAY,)),)}, "caution", "ok",
         "Eerst onvolledig geleverd en later aangevuld: om_intake (mei 2026)."),
        ({"corrected": (("om_intake", (MAY,)),)}, "caution", "ok",
         "Later gecorrigeerd: om_intake (mei 2026)."),
        ({"doubled": (("om_intake", (MAY,)),)}, "caution", "ok",
         "Twee keer hetzelfde geleverd: om_intake (mei 2026)."),
        ({"growing_since": date(2026, 4, 1)}, "good", "ok",
         f"{ON_TIME} Cijfers over perioden sinds apr 2026 kunnen nog veranderen"),
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
        ({"n_set_aside": 2}, "caution", "ok", "2% van de rijen is terzijde gelegd."),
        ({"n_set_aside": 1, "n_rows": 9_999}, "caution", "ok", "<0,1% van de rijen is terzijde"),
        ({"linkage": 0.98}, "good", "ok", ON_TIME),
        ({"linkage": 0.97}, "caution", "ok",
         "97% van de zaaksleutels in alle tabellen van lcc, om sluit"),
        ({"linkage": 0.49}, "not_fit", "withheld",
         "Slechts 49% van de zaaksleutels in alle tabellen van lcc, om"),
        (rows(n_early=1), "caution", "ok",
         "Overdrachten sinds okt 2023: 1 vóór hun start gestopt (tellen niet mee)."),
        (rows(n_early=10, n_unsent=12), "caution", "ok",
         "Overdrachten sinds okt 2023: 10 vóór hun start gestopt (tellen niet mee), 12 "
         "ontvangen zonder vastgelegde verzending."),
        (rows(n_early=21), "not_fit", "withheld",
         "21% van de overdrachten stopte vóór hun start"),
        (rows(n_unknown=20), "caution", "ok",
         "Overdrachten sinds okt 2023: 20 met een einde dat niet te lezen is"),
        (rows(n_unknown=21), "not_fit", "withheld", "Van 21% van de overdrachten is het einde"),
        (rows(n_without_start=11), "caution", "ok",
         "Overdrachten sinds okt 2023: 11 met een einde zonder begin"),
        (rows(n_without_stop=11), "caution", "ok",
         "Overdrachten sinds okt 2023: 11 zonder einde, terwijl wat daarna komt, of nooit eerder "
         "eindigt, wel is vastgelegd"),
        (rows(n_suspected=25), "good", "ok",
         f"{ON_TIME} Al langer open dan er in de laatste twee jaar één duurde: 25;"),
        ({"unseen": ("closed",)}, "caution", "ok", "In het logboek komt nooit voor: closed;"),
        ({"stale": ("om_intake",), "absent": ("om_intake",)}, "not_fit", "withheld",
         "Zonder levering van om_intake"),
        ({"never": ("om_intake",), "absent": ("om_intake",)}, "not_fit", "not_delivered",
         "Zonder levering van om_intake: daarvan is niets"),
    ],
)  # fmt: skip
def test_whatever_is_amiss_turns_the_badge_and_is_said(found, badge, status, sentence):
    verdict = judge(replace(FINE, **found))

    assert (verdict.badge, verdict.status) == (badge, status)
    assert said(verdict).startswith(sentence)
    assert said(verdict, "en")


def test_what_asks_for_caution_is_all_said_and_what_weighs_on_today_first():
    verdict = judge(
        replace(FINE, late=(("om_pauze", (MAY,)),), absent=("om_intake",), **rows(n_early=15))
    )

    assert said(verdict) == (
        "Exclusief de laatste levering van om_intake; de vorige stand telt. "
        "Te laat geleverd: om_pauze (mei 2026). "
        "Overdrachten sinds okt 2023: 15 vóór hun start gestopt (tellen niet mee)."
    )


def delivered(*rows: tuple) -> pd.DataFrame:
    """Deliveries by name, reference date, version, status, rows and content."""
    columns = ["name", "reference_date", "version", "status", "rows", "sha256", "is_open"]
    frame = pd.DataFrame([(*row, False)[:7] for row in rows], columns=columns)
    good = frame[frame["status"].isin(["on_time", "late"])]
    known_until = frame["name"].map(good.groupby("name")["reference_date"].max())
    return frame.assign(rows_quarantined=0, is_used=True, known_until=known_until)


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ([(MAY, 1, "late", 9, "a")], "late"),
        # Held until the whole came, or landed and overtaken: it was not complete at first.
        ([(MAY, 1, "held", 6, "a"), (MAY, 2, "on_time", 9, "b")], "partial"),
        ([(MAY, 1, "on_time", 6, "a"), (MAY, 2, "on_time", 9, "b")], "partial"),
        ([(MAY, 1, "on_time", 9, "a"), (MAY, 2, "on_time", 9, "b")], "corrected"),
        ([(MAY, 1, "on_time", 9, "a"), (MAY, 2, "on_time", 9, "a")], "doubled"),
        ([(MAY, None, "missing", 0, None)], "skipped"),
        ([(MAY, 1, "refused", 0, "")], "skipped"),
    ],
)  # fmt: skip
def test_a_fault_of_a_delivery_in_the_period_shown_turns_the_badge(planted, kind):
    good = [("om_intake", day, 1, "on_time", 9, str(day)) for day in (JUNE, DAY)]
    deliveries = delivered(*good, *(("om_intake", *delivery) for delivery in planted))
    found = inputs_of({"om_intake"}, deliveries, {}, {}, None, DAY, remarks_on(deliveries, DAY))

    assert getattr(found, kind) == (("om_intake", (MAY,)),)
    assert judge(found).badge == "caution"


def test_what_went_wrong_before_the_period_shown_turns_no_badge():
    """Thirteen quarters: one late table of years ago colours no figure of today."""
    assert shown_since(DAY) == SINCE
    for day, badge in ((date(2023, 9, 30), "good"), (SINCE, "caution")):
        deliveries = delivered(
            ("om_intake", day, 1, "late", 9, "a"), ("om_intake", DAY, 1, "on_time", 9, "b")
        )
        remarks = remarks_on(deliveries, DAY)
        found = inputs_of({"om_intake"}, deliveries, {}, {}, None, DAY, remarks)
        assert judge(found).badge == badge


HANDOFFS = """
    create schema marts;
    create table marts.dim_handoff as from (values
        ('K1', 'asked', 'sent'), ('K2', 'sent', 'decided|closed')
    ) as handoffs (handoff_id, start_milestone, stop_milestone);
    create table marts.fct_handoff as from (values
        -- Two a year ago: the longest took 30 days.
        ('K1', 'c1', 'completed', date '2025-10-01', date '2025-10-31'),
        ('K1', 'c2', 'completed', date '2025-10-01', date '2025-10-11'),
        -- Longer ago a longer one.
        ('K1', 'c3', 'completed', date '2023-01-01', date '2024-01-01'),
        ('K1', 'c4', 'open', date '2026-09-01', null),
        ('K1', 'c5', 'open', date '2026-10-01', null),
        ('K1', 'c6', 'open', date '2022-01-01', null),
        -- Of c4 and c6 the next hand-off ended, so it must have begun: with what ends the first.
        ('K2', 'c4', 'stop_only', null, date '2026-09-20'),
        ('K2', 'c6', 'stop_only', null, date '2022-09-20'),
        -- Of c5 it ended before c5 began: of something else.
        ('K2', 'c5', 'stop_only', null, date '2026-01-20'),
        ('K2', 'c7', 'negative', date '2026-01-20', date '2026-01-19'),
        ('K2', 'c8', 'negative', date '2022-01-20', date '2022-01-19'),
        ('K2', 'c9', 'stop_unknown', date '2026-01-20', null)
    ) as rows_of_handoff (handoff_id, subject_id, status, start_date, stop_date);
    alter table marts.fct_handoff add column subject_type varchar default 'case';
    alter table marts.fct_handoff add column competing_at timestamptz;
    alter table marts.fct_handoff add column followed_until date default date '2026-10-31';
    create table marts.fct_handoff_reconciliation as from (values
        ('K1', 'received_never_sent', date '2026-01-01'),
        ('K1', 'received_never_sent', date '2022-01-01'),
        ('K1', 'sent_never_received', date '2026-01-01'),
        ('K1', 'matched', date '2026-01-01')
    ) as transfers (handoff_id, status, period_date);
"""


def test_rows_of_a_hand_off_that_are_amiss_are_counted_in_the_period_shown():
    with duckdb.connect() as connection:
        connection.execute(HANDOFFS)
        found = rows_of_handoffs(connection, SINCE, DAY)

    # The one open since 2022 is looked at today, so it is named; its faults are not of the period.
    assert found["K1"] == HandoffRows(4, n_without_stop=1, n_unsent=1, n_suspected=2)
    assert found["K2"] == HandoffRows(4, n_early=1, n_unknown=1, n_without_start=2)


@pytest.mark.parametrize(
    ("n_in_order", "n_first", "n_without_stop"), [(30, 0, 1), (29, 0, 0), (30, 1, 0)]
)
def test_what_never_ends_first_says_that_a_stop_is_missing(n_in_order, n_first, n_without_stop):
    """What is judged was received. Of a few, or where it was once the other way, nobody knows."""
    with duckdb.connect() as connection:
        connection.execute(HANDOFFS)
        connection.execute("delete from marts.fct_handoff")
        connection.execute("insert into marts.dim_handoff values ('K3', 'asked', 'judged')")
        cases = [
            (f"d{number}", date(2026, 1, 12), date(2026, 1, 20)) for number in range(n_in_order)
        ]
        cases += [(f"e{number}", date(2026, 1, 20), date(2026, 1, 12)) for number in range(n_first)]
        cases += [("f", None, date(2026, 1, 20)), ("g", None, None)]
        for case, received, judged in cases:
            for handoff, stop in (("K1", received), ("K3", judged)):
                connection.execute(
                    "insert into marts.fct_handoff by name select ? as handoff_id, ? as "
                    "subject_id, ? as status, date '2026-01-10' as start_date, ? as stop_date",
                    [handoff, case, "completed" if stop else "open", stop],
                )
        found = rows_of_handoffs(connection, SINCE, DAY)

    assert found["K1"].n_without_stop == n_without_stop
    assert found["K3"].n_without_stop == 0


def test_only_the_inputs_themselves_count():
    """A partner's missing table says nothing of figures that do not use it."""
    deliveries = delivered(
        ("om_intake", DAY, 1, "on_time", 90, "a"),
        ("om_casus", DAY, None, "missing", 0, None),
        ("om_casus", date(2026, 8, 31), 1, "on_time", 50, "b"),
        ("om_dossier", DAY, None, "missing", 0, None),
        ("om_dossier", date(2026, 7, 31), 1, "late", 50, "c"),
        ("om_oordeel", DAY, None, "missing", 0, None),
        ("om_pauze", DAY, 2, "on_time", 5, "d"),
        ("om_pauze", DAY, 1, "refused", 0, ""),
        ("nctv_triage", DAY, 1, "on_time", 5, "e"),
        ("nctv_triage", DAY, 2, "refused", 0, "", True),
        ("nctv_pauze", date(2026, 9, 30), 1, "held", 5, "f", True),
        ("nctv_pauze", DAY, 1, "on_time", 5, "g"),
        ("lcc_advies", date(2026, 9, 30), 1, "damaged", 5, "h"),
        ("lcc_advies", DAY, 1, "on_time", 5, "i"),
    )
    deliveries["is_used"] = deliveries["status"].isin(["on_time", "late"])
    deliveries.loc[0, "rows_quarantined"] = 10
    remarks = remarks_on(deliveries, DAY)

    def found(*tables: str) -> Inputs:
        return inputs_of(
            set(tables), deliveries, {"om_casus": 3}, {"om": (9, 10)}, None, DAY, remarks
        )

    assert found("om_intake").absent == ()
    assert found("om_intake").completeness == 0.9
    assert found("om_intake").n_findings == 0
    assert found("om_intake").linkage == 0.9
    # Two months behind is late, three is a quarter.
    assert found("om_intake", "om_casus").absent == ("om_casus",)
    assert found("om_casus").stale == ()
    assert found("om_casus").n_findings == 3
    assert found("om_dossier").stale == ("om_dossier",)
    assert found("om_dossier").late == (("om_dossier", (date(2026, 7, 31),)),)
    assert found("om_oordeel").never == ("om_oordeel",)
    # Refused and put right is over; refused, held or damaged and still open is not.
    assert found("om_pauze").refused == ()
    assert found("nctv_triage").refused == ("nctv_triage",)
    assert found("nctv_pauze").held == ("nctv_pauze",)
    assert found("lcc_advies").damaged == ()
    # What waits, or was damaged and overtaken, came all the same.
    assert found("nctv_pauze", "lcc_advies", "om_pauze").skipped == ()


@pytest.fixture(scope="module")
def feeding(published_chain: PublishedChain) -> dict[str, set[str]]:
    from pipelines.warehouse import stored_build_dates

    settings = published_chain.settings
    with open_warehouse(settings) as connection:
        register = read_register(connection, settings, stored_build_dates(connection))
        return feeding_tables(connection, register, manifest_path(settings))


def test_an_indicator_rests_on_the_tables_of_the_columns_it_names(feeding):
    assert feeding["phase_out_incidence"] == {"nctv_aanwijzing", "lcc_maatregel"}
    assert feeding["evaluation_share"] == {"nctv_aanwijzing", "kc_evaluatie"}
    assert feeding["inflow"] == {"nctv_aanwijzing"}
    assert feeding["measures_running"] == {"lcc_maatregel"}
    assert feeding["emergency_ratified_share"] == {"politie_spoedmaatregel", "om_casus"}


def test_a_clock_rests_on_its_milestones_its_population_and_its_pauses(feeding):
    assert feeding["triage_lead_time"] == {"om_intake", "nctv_triage", "om_pauze", "nctv_pauze"}
    assert feeding["lead_time_k14"] == {"om_intake", "om_triagetafel"}
    # Both sides of a transfer, not its clock.
    assert feeding["reconciliation_k31"] == {"lcc_advies", "nctv_besluit"}


def test_every_indicator_rests_on_something(feeding):
    """Indicators of the deliveries themselves are the exception."""
    nothing = {indicator for indicator, tables in feeding.items() if not tables}

    assert all(indicator.startswith("delivery_") for indicator in nothing)


def test_what_a_mart_says_it_rests_on_is_upstream_of_it_and_nothing_is_forgotten(published_chain):
    """A table upstream that no column names may only be there for dimensions."""
    manifest = json.loads(manifest_path(published_chain.settings).read_text(encoding="utf-8"))
    marts = mart_inputs(manifest)
    # Whoever reads moments, told or set aside, has those of all partners upstream and reads a few.
    moments = [
        node
        for node in manifest["parent_map"]
        if node.endswith((".int_milestone", ".int_set_aside"))
    ]
    assert len(moments) == 2
    manifest["parent_map"] |= {node: [] for node in moments}
    beside_moments = {name: inputs.lineage for name, inputs in mart_inputs(manifest).items()}
    # Cases and records carry the dimensions of everything else.
    lookups = marts["fct_case"].lineage | marts["int_record"].lineage
    hub = marts["fct_designation"].lineage
    declared = {name: inputs for name, inputs in marts.items() if inputs.rows != inputs.lineage}

    assert len(declared) > 10
    for name, mart in declared.items():
        named = mart.rows.union(*mart.columns.values())
        assert named <= mart.lineage, name
        # What is known of a designation comes from several partners; others read its days only.
        others = lookups if name == "fct_designation" else lookups | hub
        assert beside_moments[name] <= named | others, name


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
def test_a_reference_date_beyond_what_was_delivered_is_said(reference_day, beyond, stale):
    """A log that is delivered once is up to date as long as others deliver."""
    rows = (
        ("om_intake", SEPTEMBER, 1, "on_time", 90, "a"),
        ("om_casus", SEPTEMBER, 1, "late", 90, "b"),
        ("om_casus", DAY, 1, "refused", 0, ""),
        ("lcc_log", JULY, 1, "on_time", 90, "c"),
        ("kc_oordeel", DAY, 1, "on_time", 90, "d"),
    )
    deliveries = delivered(*(row for row in rows if row[1] <= reference_day))
    is_log = deliveries["name"] == "lcc_log"
    deliveries.loc[is_log, "known_until"] = DAY if reference_day >= DAY else SEPTEMBER
    remarks = remarks_on(deliveries, reference_day)

    def found(table: str) -> Inputs:
        return inputs_of({table}, deliveries, {}, {}, None, reference_day, remarks)

    tables = {"om_intake", "om_casus", "lcc_log", "kc_oordeel"} & set(deliveries["name"])
    assert {table for table in tables if found(table).beyond} == beyond
    assert {table for table in tables if found(table).stale} == stale
    assert "good" not in {judge(found(table)).badge for table in beyond}


def test_what_was_planted_in_deliveries_is_said_under_every_figure_they_feed(
    published_chain, feeding
):
    """Late, partial, corrected and duplicated ones, by the ledger of the simulation."""
    planted = published_chain.tables["deliveries"]
    is_faulty = planted["is_late"] | planted["kind"].isin(["partial", "corrected", "duplicate"])
    faulty = planted[is_faulty]
    names = set(faulty["organisation"] + "_" + faulty["table_name"])
    quality = published_chain.read("select indicator, badge, reasons from quality")

    assert names
    for row in quality.itertuples():
        said = {table for table in names if f'"table": "{table}"' in row.reasons}
        assert said == names & feeding[row.indicator], row.indicator
        assert row.badge != "good" or not said


def test_rows_that_were_planted_turn_badges(published_chain):
    """Missing starts and stops, and stops before their start."""
    reasons = " ".join(published_chain.read("select reasons from quality")["reasons"])

    for code in ("early", "without_start", "without_stop", "unsent"):
        assert f'"{code}": ' in reasons, code


@pytest.mark.long
def test_a_chain_without_faults_has_only_good_badges(tmp_path):
    from pipelines.road.walk import run
    from pipelines.settings import Settings
    from pipelines.simulation.simulate import simulate

    settings = replace(Settings(), home=tmp_path)
    config = configuration(11).without_faults()
    simulate(config, settings.contracts_dir, delivered_to(settings), tmp_path / "ledger")
    outcome = run(
        settings,
        inbox=delivered_to(settings),
        reference_date=REFERENCE.date.isoformat(),
        known_at=KNOWN_AT,
    )
    assert outcome.is_clean
    with open_warehouse(settings) as connection:
        badges = connection.execute("select badge from indicators.indicator_quality").df()
    assert len(badges) > 100
    assert set(badges["badge"]) == {"good"}
