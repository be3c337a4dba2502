"""Clocks of hand-offs, against lead times worked out on paper.

Every expected number below was counted by hand on a calendar, not computed by the code or by the
simulation: that guards against a mistake both would share. Reference date: Saturday 2026-10-31.
"""

from collections.abc import Callable

import pytest

from tests.warehouse.conftest import Warehouse, case, person

pytestmark = pytest.mark.slow


def om_case(n: int, **columns: object) -> dict[str, object]:
    return {
        "zaak_sleutel": case(n),
        "persoon_sleutel": person(n),
        "parket": "limburg",
        "fenomeen": "ondermijning",
        **columns,
    }


def intake(n: int, sent: str, route: str = "direct") -> dict[str, object]:
    return {
        "zaak_sleutel": case(n),
        "verzonden_op": sent,
        "route": route,
        "fenomeen": "statelijk",
        "criterium": "artikel_285",
    }


def judged(n: int, sent: str | None) -> dict[str, object]:
    return {"zaak_sleutel": case(n), "oordeel_verzonden_op": sent}


def designated(n: int, on: str, **columns: object) -> dict[str, object]:
    return {
        "zaak_sleutel": case(n),
        "persoon_sleutel": person(n),
        "weg_in": "triage",
        "fenomeen": "ondermijning",
        "aangewezen_op": on,
        "gezinsleden": 0,
        **columns,
    }


def dossier(n: int, sent: str) -> dict[str, object]:
    return {
        "zaak_sleutel": case(n),
        "dossier_versie": 1,
        "verzonden_op": sent,
        "volledig_eigen_toets": True,
    }


def product(number: str, ordered: str, delivered: str | None) -> dict[str, object]:
    return {
        "product_nr": number,
        "zaak_sleutel": case(1),
        "soort": "DA",
        "domein": "stelsel",
        "opdrachtgever": "nctv",
        "gevraagd_op": ordered,
        "geleverd_op": delivered,
    }


def informed(number: str, n: int, at: str) -> dict[str, object]:
    return {
        "informatie_nr": number,
        "zaak_sleutel": case(n),
        "persoon_sleutel": person(n),
        "geinformeerd_op": at,
    }


def review(
    number: str, n: int, planned: str, done: str | None, outcome: str | None = None
) -> dict[str, object]:
    return {
        "toetsing_nr": number,
        "zaak_sleutel": case(n),
        "persoon_sleutel": person(n),
        "gepland_op": planned,
        "gedaan_op": done,
        "uitkomst": outcome,
    }


def measure(
    number: str, n: int, started: str, ended: str | None, reason: str | None
) -> dict[str, object]:
    return {
        "maatregel_nr": number,
        "zaak_sleutel": case(n),
        "persoon_sleutel": person(n),
        "categorie": "persoonsgericht",
        "uitvoerder": "politie",
        "gestart_op": started,
        "beeindigd_op": ended,
        "reden_einde": reason,
    }


ROWS = {
    "om_casus": [
        om_case(1),
        # Emergency measures over the night of 25 October 2026, when clocks go back: 22:00 to 04:00
        # is six hours on the wall and seven hours in fact.
        om_case(2, spoed_bekrachtigd_op="2026-10-25T04:00:00+01:00"),
    ],
    "politie_spoedmaatregel": [
        {
            "zaak_sleutel": case(2),
            "persoon_sleutel": person(2),
            "gestart_op": "2026-10-24T22:00:00+02:00",
            "persoonsgericht": True,
        }
    ],
    "om_intake": [
        # 2 to 12 March 2026 is 10 days: the last day of the norm (10 days since 2026).
        intake(1, "2026-03-02T09:00:00+01:00"),
        # 2 to 13 March is 11 days: a day too late.
        intake(2, "2026-03-02T09:00:00+01:00", route="triagetafel"),
        # Same day.
        intake(3, "2026-03-02T09:00:00+01:00"),
        # Judged a minute before it was sent: a finding.
        intake(4, "2026-03-02T09:00:00+01:00"),
        # Open: 28 to 31 October is 3 days; 20 to 31 October is 11, beyond the norm.
        intake(5, "2026-10-28T09:00:00+01:00"),
        intake(6, "2026-10-20T09:00:00+02:00"),
        # Judged on 1 November, after the reference date: open, since 30 October.
        intake(7, "2026-10-30T09:00:00+01:00"),
        # 23:30 on 31 December 2025 in Amsterdam: norm of 2025 (14 days); 11 days to 11 January.
        intake(9, "2025-12-31T22:30:00+00:00"),
    ],
    "nctv_triage": [
        judged(1, "2026-03-12T23:59:00+01:00"),
        judged(2, "2026-03-13T00:01:00+01:00"),
        judged(3, "2026-03-02T17:00:00+01:00"),
        judged(4, "2026-03-02T08:59:00+01:00"),
        judged(5, None),
        judged(7, "2026-11-01T00:00:00+01:00"),
        # A judgment on a form OM never delivered.
        judged(8, "2026-03-02T17:00:00+01:00"),
        judged(9, "2026-01-11T12:00:00+01:00"),
    ],
    "nctv_aanwijzing": [
        # Thursday 30 April 2026 to Monday 18 May: 18 days, 10 working days (without
        # 5 and 14 May).
        designated(10, "2026-04-30", uitgestroomd_op="2026-06-20", uitstroom_soort="afbouw"),
        # Friday 8 to Monday 11 May: one working day, so within the norm of 5.
        designated(11, "2026-05-08", uitgestroomd_op="2026-05-20", uitstroom_soort="overlijden"),
        # Statutory list: no dossier is expected, so no hand-off.
        designated(12, "2026-05-08", weg_in="limitatieve_lijst_2"),
    ],
    "om_dossier": [
        dossier(10, "2026-05-18T10:00:00+02:00"),
        dossier(11, "2026-05-11T10:00:00+02:00"),
        dossier(12, "2026-05-11T10:00:00+02:00"),
    ],
    # Weeks start on Monday: 5 and 19 October are two weeks apart. Between a day in the first week
    # and one in the second lie 8 (Sunday 11 to Monday 19) to 20 days (Monday 5 to Sunday 25).
    "aivd_product": [product("PR0000001", "2026-10-05", "2026-10-19")],
    # August and September: 31 August to 1 September is 1 day, 1 August to 30 September 60.
    "mivd_product": [product("PR0000002", "2026-08-01", "2026-09-01")],
    "politie_product": [product("PR0000003", "2026-10-01T12:00:00+02:00", None)],
    "nctv_informeren": [
        informed("IN0000001", 11, "2026-05-09T12:00:00+02:00"),
        # Three days later again; then the person dies on 20 May, eight days after the 12th.
        informed("IN0000002", 11, "2026-05-12T12:00:00+02:00"),
        # Somebody else, not informed again: open since 1 October, 30 days.
        informed("IN0000003", 10, "2026-10-01T12:00:00+02:00"),
    ],
    "nctv_toetsing": [
        # Done three days before it was planned: simply on time, 0 days.
        review("TS0000001", 10, "2026-06-04", "2026-06-01", "afbouw"),
        # Planned after the reference date: has not started.
        review("TS0000002", 10, "2026-11-15", None),
    ],
    "lcc_maatregel": [
        measure("MT0000001", 10, "2026-05-01T08:00:00+02:00", "2026-06-05", "afbouw"),
        measure("MT0000002", 10, "2026-05-01T08:00:00+02:00", "2026-06-19", "afbouw"),
        # Replaced before the phase-out: no start of it.
        measure("MT0000003", 10, "2026-05-01T08:00:00+02:00", "2026-05-15", "wijziging"),
        measure("MT0000004", 11, "2026-05-08T20:00:00+02:00", "2026-05-20", "overlijden"),
    ],
}


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    # Once is enough for dbt's own unit tests: they bring their own rows.
    return build_warehouse(ROWS, "2026-10-31", has_unit_tests=True)


@pytest.mark.parametrize(
    ("handoff", "subject", "status", "duration", "within_norm"),
    [
        ("K13", case(1), "completed", 10, True),
        ("K13", case(2), "completed", 11, False),
        ("K13", case(3), "completed", 0, True),
        ("K13", case(4), "negative", None, None),
        ("K13", case(5), "open", 3, None),
        ("K13", case(6), "open", 11, False),
        ("K13", case(7), "open", 1, None),
        ("K13", case(8), "stop_only", None, None),
        ("K13", case(9), "completed", 11, True),
        ("K04", case(2), "completed", 7, True),
        ("K20", case(10), "completed", 18, False),
        ("K20", case(11), "completed", 3, True),
        ("K40", case(10), "completed", 0, True),
        ("K41", case(10), "completed", 4, None),
        ("K42", case(10), "completed", 14, None),
    ],
)
def test_status_duration_and_norm(warehouse, handoff, subject, status, duration, within_norm):
    assert warehouse.query(
        f"""
        select status, duration, is_within_norm from marts.fct_handoff
        where handoff_id = '{handoff}' and subject_id = '{subject}'
        """
    ) == [(status, duration, within_norm)]


def test_a_norm_in_working_days_has_its_own_duration(warehouse):
    assert warehouse.query(
        """
        select unit, duration, norm_unit, norm_duration, norm_value from marts.fct_handoff
        where handoff_id = 'K20' order by start_date
        """
    ) == [
        ("calendar_days", 18, "working_days", 10, 5),
        ("calendar_days", 3, "working_days", 1, 5),
    ]


def test_the_norm_is_the_one_valid_when_the_clock_started(warehouse):
    assert warehouse.query(
        f"""
        select norm_id, start_date::varchar, start_quarter, stop_quarter from marts.fct_handoff
        where handoff_id = 'K13' and case_key = '{case(9)}'
        """
    ) == [("N13a", "2025-12-31", "2025-Q4", "2026-Q1")]


def test_coarse_dates_give_bounds(warehouse):
    assert warehouse.query(
        """
        select record_key, organisation, status, duration_lower, duration, duration_upper,
            granularity, is_within_norm
        from marts.fct_handoff where handoff_id = 'K05' order by record_key
        """
    ) == [
        ("PR0000001", "aivd", "completed", 8, 14, 20, "week", True),
        ("PR0000002", "mivd", "completed", 1, 31, 60, "month", None),
        ("PR0000003", "politie", "open", 30, 30, 30, "timestamp", False),
    ]


def test_next_occurrence_ends_with_the_following_one_or_the_exit(warehouse):
    assert warehouse.query(
        """
        select person_key, occurrence_number, status, duration from marts.fct_handoff
        where handoff_id = 'K38' order by started_at
        """
    ) == [
        (person(11), 1, "completed", 3),
        (person(11), 2, "competing", 8),
        (person(10), 1, "open", 30),
    ]


def test_a_population_leaves_out_what_the_hand_off_is_not_about(warehouse):
    assert (
        warehouse.query(
            f"select handoff_id from marts.fct_handoff where handoff_id in ('K20', 'K21') "
            f"and case_key = '{case(12)}'"
        )
        == []
    )


def test_phase_out_counts_death_as_another_exit(warehouse):
    # 1 May to 20 June is 50 days; 8 to 20 May is 12.
    assert warehouse.query(
        "select case_key, cause, duration_days from marts.fct_phase_out order by case_key"
    ) == [(case(10), "phase_out", 50), (case(11), "other_exit", 12)]


def test_person_time_adds_up_to_the_durations(warehouse):
    assert warehouse.one("select sum(days_at_risk)::int from marts.fct_person_time") == 62


def test_nobody_is_followed_longer_than_could_be_and_who_is_open_is_so_throughout(warehouse):
    """Potential follow-up, on every clock: what a figure needs to be known."""
    clocks = [
        (f"marts.fct_handoff where {length} is not null", length, followable, "status")
        for length, followable in (
            ("duration", "followable"),
            ("norm_duration", "norm_followable"),
            ("net_duration", "net_followable"),
            ("net_norm_duration", "net_norm_followable"),
        )
    ]
    clocks.append(
        (
            "marts.fct_phase_out where cause <> 'negative'",
            "duration_days",
            "followable_days",
            "cause",
        )
    )
    for rows, length, followable, status in clocks:
        beyond = f"{length} > {followable} + 1e-9"
        apart = f"{status} = 'open' and abs({length} - {followable}) > 1e-9"
        wrong = f"({followable} is null or {beyond} or {apart})"
        assert warehouse.one(f"select count(*) from {rows} and {wrong}") == 0, length
        assert warehouse.one(f"select count(*) from {rows}") > 0, length
