"""Row facts the register counts, and the counting itself, on cases small enough to judge by eye.

Reference date: Saturday 2026-10-31. Every expectation was worked out on a calendar.
"""

from collections.abc import Callable

import pytest

from pipelines.indicators.register_of_chain import chain_facts, own_register
from tests.warehouse.conftest import Warehouse, case, person

pytestmark = pytest.mark.slow


def keys(n: int) -> dict[str, object]:
    return {"zaak_sleutel": case(n), "persoon_sleutel": person(n)}


def designated(n: int, on: str, way: str = "triage", **columns: object) -> dict[str, object]:
    return {**keys(n), "weg_in": way, "fenomeen": "statelijk", "aangewezen_op": on, **columns}


def informed(number: str, n: int, at: str, interval: int) -> dict[str, object]:
    return {
        **keys(n), "informatie_nr": number, "geinformeerd_op": at, "interval_dagen": interval,
    }  # fmt: skip


def notice(number: str, informed_at: str | None, moment: str) -> dict[str, object]:
    return {
        "melding_nr": number, "zaak_sleutel": case(1), "scenario": "gepland",
        "gekend_op": "2026-05-01T09:00:00+02:00", "geinformeerd_op": informed_at,
        "moment_op": moment,
    }  # fmt: skip


def risk(number: str, reported: str, advised: str | None, moment: str) -> dict[str, object]:
    return {
        **keys(1), "moment_nr": number, "gemeld_op": reported, "advies_op": advised,
        "moment_op": moment,
    }  # fmt: skip


def product(number: str, delivered: str | None, decision: str | None) -> dict[str, object]:
    return {
        "product_nr": number, "zaak_sleutel": case(1), "soort": "DA", "domein": "stelsel",
        "gevraagd_op": "2026-03-02", "geleverd_op": delivered, "besluit_op": decision,
    }  # fmt: skip


def local_measure(number: str, n: int, started: str, ended: str | None, kind: str) -> dict:
    return {
        **keys(n), "maatregel_nr": number, "categorie": kind, "gestart_op": started,
        "beeindigd_op": ended,
    }  # fmt: skip


def state(number: str, status: str, on: str, due: str | None = "2026-06-30") -> dict[str, object]:
    return {
        "aanbeveling_nr": number, "bron": "casusevaluatie", "eigenaar": "om", "status": status,
        "status_op": on, "streefdatum": due,
    }  # fmt: skip


def delivery(table: str, version: int | None, status: str, rows: int = 0) -> dict[str, object]:
    return {
        "organisation": "om", "table_name": table, "reference_date": "2026-09-30",
        "version": version, "status": status, "rows": rows, "rows_quarantined": rows // 10,
    }  # fmt: skip


ROWS = {
    "om_casus": [
        {**keys(1), "parket": "limburg", "fenomeen": "statelijk"},
        {**keys(2), "parket": "limburg", "spoed_bekrachtigd_op": "2026-05-02T09:00:00+02:00"},
        {**keys(3), "parket": "limburg", "gezag_aanvaard_op": "2026-09-20"},
        {**keys(4), "parket": "limburg"},
    ],
    "om_intake": [
        {"zaak_sleutel": case(1), "verzonden_op": "2026-03-02T09:00:00+01:00", "route": "direct"},
        {"zaak_sleutel": case(2), "verzonden_op": "2026-03-03T09:00:00+01:00",
         "route": "triagetafel"},
        {"zaak_sleutel": case(3), "verzonden_op": "2026-10-31T09:00:00+01:00"},
    ],
    "nctv_triage": [
        # Received within a day of sending, before it, and never sent according to the other side.
        {"zaak_sleutel": case(1), "ontvangen_op": "2026-03-02T15:00:00+01:00",
         "oordeel_op": "2026-03-10T09:00:00+01:00", "oordeel": "opgenomen",
         "redenen_vastgelegd": True, "informatiebasis_vastgelegd": True},
        {"zaak_sleutel": case(2), "ontvangen_op": "2026-03-03T08:00:00+01:00",
         "oordeel_op": "2026-03-12T09:00:00+01:00", "oordeel": "niet_opgenomen",
         "redenen_vastgelegd": True, "informatiebasis_vastgelegd": None},
        {"zaak_sleutel": case(4), "ontvangen_op": "2026-03-04T09:00:00+01:00"},
    ],
    "om_escalatie": [
        {"escalatie_nr": "ES0000001", "zaak_sleutel": case(2), "stap": "1",
         "opgeworpen_op": "2026-03-13T09:00:00+01:00"},
        {"escalatie_nr": "ES0000002", "zaak_sleutel": case(2), "stap": "2",
         "opgeworpen_op": "2026-03-20T09:00:00+01:00"},
    ],
    "politie_spoedmaatregel": [
        # Ratified after 20 hours. A person-directed one, with the designation two days later.
        {**keys(2), "gestart_op": "2026-05-01T13:00:00+02:00", "persoonsgericht": False},
        {**keys(3), "gestart_op": "2026-05-01T13:00:00+02:00", "persoonsgericht": True},
        # Started 12 hours before the reference moment: the norm of 24 hours is not over.
        {**keys(4), "gestart_op": "2026-10-31T12:00:00+01:00", "persoonsgericht": False},
    ],
    "nctv_aanwijzing": [
        designated(1, "2026-03-10", gezinsleden=2, kerngezin_aangewezen_op="2026-03-10"),
        # An emergency with a dossier within three months; one whose three months are not over.
        designated(3, "2026-05-03", "buiten_triage", gezinsleden=1,
                   kerngezin_aangewezen_op="2026-05-04", uitgestroomd_op="2026-07-01",
                   uitstroom_soort="afbouw"),
        designated(4, "2026-09-01", "buiten_triage", gezinsleden=0),
        designated(5, "2026-01-05", "limitatieve_lijst_2", gezinsleden=0,
                   uitgestroomd_op="2026-04-30", uitstroom_soort="overdracht"),
    ],
    "nctv_dossier": [
        {"zaak_sleutel": case(3), "dossier_versie": 1, "volledig": True,
         "ontvangen_op": "2026-08-03T23:00:00+02:00", "volledig_op": "2026-08-03T23:00:00+02:00"},
    ],
    "politie_basisteam": [
        {"zaak_sleutel": case(3), "terugverwijzing_ontvangen_op": "2026-10-02"},
    ],
    "nctv_terugverwijzing": [{**keys(3), "gezag_teruggegeven_op": "2026-09-10"}],
    "kc_evaluatie": [
        # Six months after 30 April end on 30 October: the last day still counts.
        {"evaluatie_nr": "EV0000001", "zaak_sleutel": case(5), "aanleiding": "afsluiting",
         "aanleiding_op": "2026-04-30", "gehouden_op": "2026-10-30", "codeur": "a"},
    ],
    "nctv_informeren": [
        # 30 days from 1 March end on 31 March: in time. From 31 March on 30 April: a day late.
        informed("IN0000001", 1, "2026-03-01T12:00:00+01:00", 30),
        informed("IN0000002", 1, "2026-03-31T12:00:00+02:00", 30),
        informed("IN0000003", 1, "2026-05-01T12:00:00+02:00", 300),
        # Leaves the system on 1 July, within the interval.
        informed("IN0000004", 3, "2026-06-15T12:00:00+02:00", 30),
    ],
    "nctv_burgemeester": [
        notice("BG0000001", "2026-05-02T09:00:00+02:00", "2026-05-03T09:00:00+02:00"),
        notice("BG0000002", None, "2026-05-03T09:00:00+02:00"),
        notice("BG0000003", None, "2026-11-03T09:00:00+01:00"),
    ],
    "nctv_risicomoment": [
        risk("RM0000001", "2026-05-01T09:00:00+02:00", "2026-05-03T09:00:00+02:00",
             "2026-05-03T09:01:00+02:00"),
        risk("RM0000002", "2026-05-01T09:00:00+02:00", "2026-05-03T09:01:00+02:00",
             "2026-05-03T09:00:00+02:00"),
        risk("RM0000003", "2026-05-04T09:00:00+02:00", None, "2026-05-03T09:00:00+02:00"),
    ],
    "aivd_product": [
        # Week of 9 March for a decision in the next week; in that same week; a week later.
        product("PA0000001", "2026-03-09", "2026-03-16"),
        product("PA0000002", "2026-03-16", "2026-03-16"),
        product("PA0000003", "2026-03-23", "2026-03-16"),
        product("PA0000004", None, "2026-03-16"),
        product("PA0000005", None, None),
        # Over the night the clocks go forward a week is an hour short.
        product("PA0000006", "2026-03-23", "2026-03-30"),
        product("PA0000007", "2026-10-12", None),
    ],
    "nctv_dreigingsniveau": [
        # Received nine days after the week in which it was delivered.
        {"product_nr": "PA0000001", "zaak_sleutel": case(1),
         "product_ontvangen_op": "2026-03-25T00:00:00+01:00"},
    ],
    "om_maatregel": [
        # Two overlapping local measures of somebody designated on 10 March: 11 to 14 March.
        local_measure("LM0000001", 1, "2026-02-01", "2026-03-12", "object"),
        local_measure("LM0000002", 1, "2026-03-11", "2026-03-14", "surveillance"),
        # Ends on the day of designation: no doubled authority.
        local_measure("LM0000003", 4, "2026-02-01", "2026-09-01", "persoonsgericht"),
    ],
    "lcc_maatregel": [
        {**keys(1), "maatregel_nr": "MT0000001", "categorie": "persoonsgericht",
         "uitvoerder": "politie", "gestart_op": "2026-03-11T08:00:00+01:00"},
        # Started three days before the designation.
        {**keys(5), "maatregel_nr": "MT0000002", "categorie": "object", "uitvoerder": "kmar",
         "gestart_op": "2026-01-02T08:00:00+01:00", "beeindigd_op": "2026-04-30",
         "reden_einde": "zonder_besluit"},
    ],
    "nctv_toetsing": [
        {**keys(1), "toetsing_nr": "TS0000001", "gepland_op": "2026-06-30"},
        {**keys(5), "toetsing_nr": "TS0000002", "gepland_op": "2026-02-02",
         "gedaan_op": "2026-02-02", "uitkomst": "voortzetten"},
    ],
    "kc_aanbeveling": [
        state("AB0000001", "uitgebracht", "2026-01-10"),
        state("AB0000001", "aanvaard", "2026-02-10"),
        state("AB0000001", "gereedgemeld", "2026-05-10"),
        state("AB0000002", "uitgebracht", "2026-01-10"),
        state("AB0000002", "geverifieerd", "2026-07-10"),
        state("AB0000003", "uitgebracht", "2026-01-10"),
        state("AB0000003", "afgewezen", "2026-02-10"),
    ],
    "delivery": [
        # Late, then corrected: one expected delivery. A refused file beside a missing delivery.
        delivery("casus", 1, "late", rows=90),
        delivery("casus", 2, "late", rows=100),
        delivery("intake", 1, "on_time", rows=50),
        delivery("dossier", None, "missing"),
        delivery("dossier", 1, "refused"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    # dbt's own tests are run on the rows of `test_handoff_clocks` and on every chain.
    return build_warehouse(ROWS, "2026-10-31", "--exclude-resource-type", "test", "unit_test")


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ("record_key, is_informed_before_moment from marts.fct_mayor_notice",
         [("BG0000001", True), ("BG0000002", False), ("BG0000003", None)]),
        ("record_key, is_next_in_time from marts.fct_informing",
         [("IN0000001", True), ("IN0000002", False), ("IN0000003", None), ("IN0000004", None)]),
        ("record_key, is_advised_before from marts.fct_risk_moment",
         [("RM0000001", True), ("RM0000002", False), ("RM0000003", None)]),
        ("record_key, is_before_decision from marts.fct_product",
         [("PA0000001", True), ("PA0000002", None), ("PA0000003", False), ("PA0000004", False),
          ("PA0000005", None), ("PA0000006", True), ("PA0000007", None)]),
        ("right(case_key, 1), is_outside_system from marts.fct_emergency_measure",
         [("2", False), ("3", True), ("4", False)]),
        ("right(case_key, 1), is_within_norm, is_norm_term_over from marts.fct_handoff "
         "where handoff_id = 'K04'",
         [("2", True, True), ("3", False, True), ("4", None, False)]),
        ("right(case_key, 1), days_two_authorities, days_before_designation, is_single_authority "
         "from marts.fct_authority",
         [("1", 4, 0, False), ("3", 0, 0, True), ("4", 0, 0, True), ("5", 0, 3, False)]),
        # Returned on 10 September and accepted ten days later.
        ("days_unaccepted, is_unaccepted_after_term from marts.fct_authority "
         "where returned_on is not null",
         [(10, False)]),
        ("right(case_key, 1), is_family_same_day, is_emergency_with_dossier_in_term, "
         "is_referral_confirmed_in_term, is_evaluated_in_term from marts.fct_designation",
         # The dossier came on the last day; the confirmation a day after the three months.
         [("1", True, None, None, None), ("3", False, True, False, None),
          ("4", None, None, None, None), ("5", None, None, None, True)]),
        ("right(case_key, 1), is_direct, is_triage_table, is_admitted, is_escalated, "
         "is_second_step, is_fully_recorded from marts.fct_judgment",
         [("1", True, False, True, False, None, True),
          ("2", False, True, False, True, True, False)]),
        ("record_key, recommendation_state, is_taken_on, is_verified, is_reported_done, is_overdue "
         "from marts.fct_recommendation",
         [("AB0000001", "gereedgemeld", True, False, True, True),
          ("AB0000002", "geverifieerd", True, True, False, False),
          ("AB0000003", "afgewezen", False, False, False, False)]),
        ("month_end::varchar, sum(measures_running)::int, sum(measures_past_review)::int "
         "from marts.fct_measure_stock where is_in_system and month_end >= date '2026-05-31' "
         "and month_end <= date '2026-07-31' group by all",
         # Planned on 30 June: past it only from the next day on.
         [("2026-05-31", 1, 0), ("2026-06-30", 1, 0), ("2026-07-31", 1, 1)]),
    ],
)  # fmt: skip
def test_row_facts(warehouse, fact, expected):
    assert warehouse.query(f"select {fact} order by 1") == expected


def test_a_key_known_nowhere_else_is_not_linked(warehouse):
    assert warehouse.query(
        "select organisation, count(*), count(*) filter (is_linked) from marts.fct_linkage "
        "where organisation = 'nctv' group by all"
    ) == [("nctv", 5, 5)]


def count(warehouse: Warehouse, indicator: str, period: str, member: str = "national") -> object:
    return warehouse.query(
        f"select numerator, denominator from indicators.indicator_counts "
        f"where indicator = '{indicator}' and period = '{period}' and member = '{member}' "
        "and statistic in ('share', 'count', 'rate')"
    )


@pytest.mark.parametrize(
    ("indicator", "period", "member", "expected"),
    [
        ("direct_admission_share", "2026-Q1", "national", [(1, 2)]),
        ("admission_share", "2026-Q1", "triagetafel", [(0, 1)]),
        ("escalation_share", "2026", "national", [(1, 2)]),
        ("escalations_by_step", "2026-Q1", "2", [(1, None)]),
        # Statutory list and cases still to come are not in it.
        ("emergency_designation_share", "2026", "national", [(2, 3)]),
        # In September nothing was judged ratified or not, so there is no figure.
        ("emergency_ratified_share", "2026-05", "national", [(1, 2)]),
        ("emergency_ratified_share", "2026-10", "national", []),
        # None is a figure too: one local measure started, not person-directed.
        ("exclusivity_local_measures", "2026-02", "national", [(1, None)]),
        ("exclusivity_local_measures", "2026-03", "national", [(0, None)]),
        ("exclusivity_local_measures", "2026-Q2", "amsterdam", [(0, None)]),
        ("inflow", "2026-Q1", "triage", [(1, None)]),
        ("inflow", "2026-Q2", "triage", [(0, None)]),
        ("stock_persons", "2026-Q2", "national", [(2, None)]),
        ("stock_family_members", "2026-Q2", "national", [(3, None)]),
        ("measures_past_review", "2026-Q2", "national", [(0, None)]),
        ("measures_past_review", "2026-Q3", "national", [(1, None)]),
        # A quarter that is not over has no stock.
        ("stock_persons", "2026-Q4", "national", []),
        ("persons_with_two_authorities", "2026-Q1", "national", [(0, None)]),
        ("persons_without_authority", "2026-Q3", "national", [(0, None)]),
        ("recommendation_verified_share", "2026-Q1", "national", [(1, 2)]),
        ("recommendations_issued", "2026-Q1", "afgewezen", [(1, None)]),
        # Three expected: late, on time, missing.
        ("delivery_on_time_share", "2026-Q3", "om", [(1, 3)]),
        ("delivery_received_share", "2026-Q3", "om", [(2, 3)]),
        ("delivery_rows_accepted_share", "2026-Q3", "national", [(240, 264)]),
        ("measures_ended_without_decision_share", "2026-Q2", "national", [(1, 1)]),
    ],
)
def test_counts(warehouse, indicator, period, member, expected):
    assert count(warehouse, indicator, period, member) == expected


def test_every_two_sided_hand_off_is_reconciled_without_an_entry(warehouse):
    assert warehouse.query(
        """
        select statistic, numerator, denominator, view, side from indicators.indicator_counts
        where indicator = 'reconciliation_k12' and period = '2026-Q1' and dimension = 'national'
        order by statistic
        """
    ) == [
        ("matched", 1, 3, "cohort", "both"),
        ("negative", 1, 3, "cohort", "both"),
        ("out_of_tolerance", 0, 3, "cohort", "both"),
        ("received_never_sent", 1, 3, "cohort", "both"),
        ("sent_never_received", 0, 3, "cohort", "both"),
    ]
    # Sent on the reference date: still in transit, so not judged.
    assert (
        warehouse.query(
            "select 1 from indicators.indicator_counts "
            "where indicator = 'reconciliation_k12' and period = '2026-Q4'"
        )
        == []
    )


def test_what_lacks_a_side_may_still_come_to_another_status(warehouse):
    """Nine days was the longest wait: thirteen may end yet, and those since March no longer."""
    assert warehouse.query(
        """
        select period, statistic, numerator_least, numerator, numerator_most
        from indicators.indicator_counts
        where indicator = 'reconciliation_k05' and period_grain = 'quarter' and numerator_most > 0
            and dimension = 'national'
        order by all
        """
    ) == [
        ("2026-Q1", "out_of_tolerance", 1, 1, 1),
        ("2026-Q1", "sent_never_received", 3, 3, 3),
        ("2026-Q4", "out_of_tolerance", 0, 0, 1),
        ("2026-Q4", "sent_never_received", 0, 1, 1),
    ]


def test_the_yml_of_a_mart_names_the_columns_it_has(warehouse):
    """The register is checked against the yml before dbt runs: there the columns have their home.

    All of them where an entry may count from; elsewhere a few may go without a description.
    """
    chain = chain_facts(warehouse.settings)
    columns: dict[str, set[str]] = {}
    for mart, column in warehouse.query(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
    ):
        columns.setdefault(mart, set()).add(column)

    assert chain.columns.keys() == columns.keys()
    for mart, described in chain.columns.items():
        assert set(described) <= columns[mart], mart
    for mart in {
        entry.mart for entry in own_register(warehouse.settings) if entry.mart
    } | chain.counted:
        assert set(chain.columns[mart]) == columns[mart], mart


def test_an_entry_may_name_the_dimensions_that_have_members(warehouse):
    there = warehouse.query("select distinct dimension from marts.dim_dimension_member")

    assert chain_facts(warehouse.settings).dimensions == {name for (name,) in there}


def test_no_entry_adds_up_floating_point_numbers(warehouse):
    """Their sum depends on the order in which threads come, so two builds would differ."""
    inexact = set(
        warehouse.query(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and data_type in ('DOUBLE', 'FLOAT')"
        )
    )
    added_up = {
        (entry.mart, column)
        for entry in own_register(warehouse.settings)
        for column in (entry.numerator_column, entry.denominator_column)
    }

    assert not added_up & inexact
