"""Rows as partners deliver them, each with the length that was counted by hand.

Here: cases on one clock, and those whose clock stands still.
Not here: who works them out (`test_paper_cases`).
"""

from datetime import date
from pathlib import Path
from typing import Any

from tests.indicators.recompute.milestones import Day

ROOT = Path(__file__).parents[2]
SEEDS_DIR = ROOT / "dbt_project" / "seeds" / "bewaken_beveiligen"
CONTRACTS_DIR = ROOT / "expectations" / "contracts" / "bewaken_beveiligen"
REFERENCE = Day(date(2026, 6, 30))
Rows = dict[str, list[dict[str, Any]]]


def sent(case: str, at: str, judged: str | None = None, *, route: str = "direct") -> Rows:
    """An intake form sent by OM and, perhaps, its judgment form sent by NCTV."""
    rows: Rows = {"om_intake": [{"zaak_sleutel": case, "verzonden_op": at, "route": route}]}
    if judged:
        rows["nctv_triage"] = [{"zaak_sleutel": case, "oordeel_verzonden_op": judged}]
    return rows


def designated(case: str, day: str, **more: object) -> Rows:
    row = {"zaak_sleutel": case, "persoon_sleutel": f"p_{case}", "weg_in": "triage"}
    return {"nctv_aanwijzing": [{**row, "aangewezen_op": day, "gezinsleden": 0, **more}]}


def left(day: str, kind: str) -> dict[str, str]:
    return {"uitgestroomd_op": day, "uitstroom_soort": kind}


def dossier(case: str, at: str) -> Rows:
    row = {"zaak_sleutel": case, "dossier_versie": 1, "verzonden_op": at}
    return {"om_dossier": [{**row, "volledig_eigen_toets": True}]}


def received(case: str, version: int, at: str, complete: str | None) -> Rows:
    row = {"zaak_sleutel": case, "dossier_versie": version, "ontvangen_op": at}
    return {"nctv_dossier": [{**row, "volledig": bool(complete), "volledig_op": complete}]}


def product(organisation: str, number: str, ordered: str, delivered: str | None) -> Rows:
    row = {"product_nr": number, "zaak_sleutel": "z", "soort": "DA", "gevraagd_op": ordered}
    return {f"{organisation}_product": [{**row, "geleverd_op": delivered}]}


def reviewed(case: str, planned: str, done: str, outcome: str = "voortzetten") -> Rows:
    row = {"toetsing_nr": f"TS_{case}", "zaak_sleutel": case, "gepland_op": planned}
    return {"nctv_toetsing": [{**row, "gedaan_op": done, "uitkomst": outcome}]}


def measure(case: str, number: int, started: str, ended: str | None) -> Rows:
    row = {"maatregel_nr": f"MT_{case}{number}", "zaak_sleutel": case, "gestart_op": started}
    reason = "afbouw" if ended else None
    return {"lcc_maatregel": [{**row, "beeindigd_op": ended, "reden_einde": reason}]}


def informed(case: str, number: int, at: str) -> Rows:
    row = {"informatie_nr": f"IN_{case}{number}", "zaak_sleutel": case}
    return {"nctv_informeren": [{**row, "persoon_sleutel": f"p_{case}", "geinformeerd_op": at}]}


def paused(number: str, case: str, handoff: str | None, begun: str, ended: str | None) -> Rows:
    organisation = "nctv" if handoff == "K13" else "om"
    row = {"pauze_nr": number, "zaak_sleutel": case, "koppelvlak": handoff, "reden": "x"}
    return {f"{organisation}_pauze": [{**row, "begonnen_op": begun, "beeindigd_op": ended}]}


# (what is told, hand-off, key of the subject, rows, [(status, length), …] in time)
CASES: list[tuple[str, str, str, list[Rows], list[tuple[str, float | None]]]] = [
    (
        # 2 March is day 0; 3 March day 1, …, 12 March day 10.
        *("days count from the day after the start", "K13", "z01"),
        [sent("z01", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00")],
        [("completed", 10)],
    ),
    (
        # 45 minutes, but past midnight in Amsterdam; in UTC both are on 5 January.
        *("a day ends at midnight in Amsterdam", "K13", "z02"),
        [sent("z02", "2026-01-05T23:30:00+01:00", "2026-01-06T00:15:00+01:00")],
        [("completed", 1)],
    ),
    (
        # 20 June until 30 June.
        *("an open case is measured up to the reference date", "K13", "z03"),
        [sent("z03", "2026-06-20T09:00:00+02:00")],
        [("open", 10)],
    ),
    (
        # Judged on 1 July, which nobody knew on 30 June: open for 5 days.
        *("what comes after the reference date is not known", "K13", "z04"),
        [sent("z04", "2026-06-25T09:00:00+02:00", "2026-07-01T00:00:01+02:00")],
        [("open", 5)],
    ),
    (
        *("the last minute of the reference date is known", "K13", "z05"),
        [sent("z05", "2026-06-25T09:00:00+02:00", "2026-06-30T23:59:00+02:00")],
        [("completed", 5)],
    ),
    (
        *("a stop before its start is set aside", "K13", "z06"),
        [sent("z06", "2026-04-10T09:00:00+02:00", "2026-04-09T17:00:00+02:00")],
        [("negative", None)],
    ),
    (
        *("a stop without a start is a finding", "K13", "z07"),
        [{"nctv_triage": sent("z07", "", "2026-04-09T17:00:00+02:00")["nctv_triage"]}],
        [("stop_only", None)],
    ),
    (
        # The night of 28 to 29 March lasts an hour less: 23:00 to 05:00 is 5 hours, not 6.
        *("summer time takes an hour", "K12", "z08"),
        [
            sent("z08", "2026-03-28T23:00:00+01:00"),
            {"nctv_triage": [{"zaak_sleutel": "z08", "ontvangen_op": "2026-03-29T05:00:00+02:00"}]},
        ],
        [("completed", 5)],
    ),
    (
        # The night of 25 to 26 October lasts an hour more: 7 hours.
        *("winter time gives it back", "K12", "z09"),
        [
            sent("z09", "2025-10-25T23:00:00+02:00"),
            {"nctv_triage": [{"zaak_sleutel": "z09", "ontvangen_op": "2025-10-26T05:00:00+01:00"}]},
        ],
        [("completed", 7)],
    ),
    (
        # 27 March to 30 March, across the change of the clocks: still 3 days.
        *("days do not notice summer time", "K13", "z10"),
        [sent("z10", "2026-03-27T12:00:00+01:00", "2026-03-30T00:30:00+02:00")],
        [("completed", 3)],
    ),
    (
        # The designation has a day only; a dossier at noon of that day is no negative time.
        *("the same day is day 0", "K20", "z11"),
        [designated("z11", "2026-02-10"), dossier("z11", "2026-02-10T12:00:00+01:00")],
        [("completed", 0)],
    ),
    (
        # 30 April to 18 May: 18 calendar days; the working days are counted further down.
        *("calendar days have no weekends", "K20", "z12"),
        [designated("z12", "2026-04-30"), dossier("z12", "2026-05-18T09:00:00+02:00")],
        [("completed", 18)],
    ),
    (
        # Not complete on 5 February; complete with version 2 on 20 February: 19 days from the 1st.
        *("the first complete version stops the clock", "K21", "z13"),
        [
            designated("z13", "2026-02-01"),
            received("z13", 1, "2026-02-05T10:00:00+01:00", None),
            received("z13", 2, "2026-02-19T10:00:00+01:00", "2026-02-20T09:00:00+01:00"),
        ],
        [("completed", 19)],
    ),
    (
        # Week 10 begins on 2 March, week 13 on 23 March.
        *("a week counts from its Monday", "K05", "PA0000014"),
        [product("aivd", "PA0000014", "2026-03-02", "2026-03-23")],
        [("completed", 21)],
    ),
    (
        # Ordered and delivered within week 10: which came first cannot be seen.
        *("within one week is no time, not a negative time", "K05", "PA0000015"),
        [product("aivd", "PA0000015", "2026-03-02", "2026-03-02")],
        [("completed", 0)],
    ),
    (
        # 1 February to 1 April: 28 days of February and 31 of March.
        *("a month counts from its first day", "K05", "PM0000016"),
        [product("mivd", "PM0000016", "2026-02-01", "2026-04-01")],
        [("completed", 59)],
    ),
    (
        # 23:10 to 01:40 past midnight: two and a half hours.
        *("hours are exact", "K17", "z17"),
        [
            {
                "nctv_noodaanwijzing": [
                    {
                        "zaak_sleutel": "z17",
                        "verzocht_op": "2026-05-01T23:10:00+02:00",
                        "aangewezen_op": "2026-05-02T01:40:00+02:00",
                    }
                ]
            }
        ],
        [("completed", 2.5)],
    ),
    (
        # Decided on 10 January, died on 1 February: 21 days of January and 1 of February.
        *("another exit ends the clock", "K41", "z18"),
        [
            designated("z18", "2025-01-01", **left("2026-02-01", "overlijden")),
            reviewed("z18", "2026-01-10", "2026-01-10", "afbouw"),
        ],
        [("competing", 22)],
    ),
    (
        # Measures end because of the exit, on the same day: the exit decides.
        *("an exit on the day of the stop is an exit", "K41", "z19"),
        [
            designated("z19", "2025-01-01", **left("2026-02-01", "overdracht")),
            reviewed("z19", "2026-01-10", "2026-01-10", "afbouw"),
            measure("z19", 1, "2025-01-05T10:00:00+01:00", "2026-02-01"),
        ],
        [("competing", 22)],
    ),
    (
        # One of two measures ended on 1 March, the other runs: open for 30 + 30 + 31 + 30 days.
        *("phase-out is complete when every measure has ended", "K42", "z20"),
        [
            designated("z20", "2025-01-01"),
            measure("z20", 1, "2025-01-05T10:00:00+01:00", "2026-03-01"),
            measure("z20", 2, "2025-01-06T10:00:00+01:00", None),
        ],
        [("open", 121)],
    ),
    (
        # 1 March to 15 April: 30 days to the 31st and 15 more.
        *("and then it takes from the first end to the last", "K42", "z21"),
        [
            designated("z21", "2025-01-01"),
            measure("z21", 1, "2025-01-05T10:00:00+01:00", "2026-03-01"),
            measure("z21", 2, "2025-01-06T10:00:00+01:00", "2026-04-15"),
        ],
        [("completed", 45)],
    ),
    (
        *("the family on the same day is in time", "K23", "z22"),
        [designated("z22", "2026-03-05", gezinsleden=2, kerngezin_aangewezen_op="2026-03-05")],
        [("completed", 0)],
    ),
    (
        # Three days early is no negative time: a review is on time.
        *("a review done before its planned day is on time", "K40", "TS_z23"),
        [designated("z23", "2025-01-01"), reviewed("z23", "2026-03-10", "2026-03-07")],
        [("completed", 0)],
    ),
    (
        # 5 January to 4 February is 30 days; then gone on 20 February, after 16.
        *("each time to the next, until the person leaves", "K38", "p_z24"),
        [
            designated("z24", "2025-01-01", **left("2026-02-20", "afbouw")),
            informed("z24", 1, "2026-01-05T10:00:00+01:00"),
            informed("z24", 2, "2026-02-04T09:00:00+01:00"),
        ],
        [("completed", 30), ("competing", 16)],
    ),
    (
        *("a case of the direct route has no triage table", "K14", "z25"),
        [sent("z25", "2026-03-02T10:00:00+01:00", route="direct")],
        [],
    ),
    (
        # Category II of the statutory list has no dossier to send.
        *("a designation by the list has no dossier clock", "K20", "z26"),
        [designated("z26", "2026-02-10", weg_in="limitatieve_lijst_2")],
        [],
    ),
]


# (what is told, hand-off, key, rows, length without pauses, the same in the unit of the norm)
NET: list[tuple[str, str, str, list[Rows], float, float]] = [
    (
        # Of 10 days 5, 6, 7, 8 and 9 March were paused, some of them twice.
        *("overlapping pauses count once", "K13", "n01"),
        [
            sent("n01", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00"),
            paused("Q1", "n01", "K13", "2026-03-04T09:00:00+01:00", "2026-03-06T09:00:00+01:00"),
            paused("Q2", "n01", "K13", "2026-03-05T09:00:00+01:00", "2026-03-09T09:00:00+01:00"),
        ],
        *(5, 5),
    ),
    (
        # Before it starts and after it stops no clock runs: of 1 to 20 March 3 to 12 are within.
        *("a pause is cut off at both ends of the clock", "K13", "n02"),
        [
            sent("n02", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00"),
            paused("Q3", "n02", "K13", "2026-03-01T09:00:00+01:00", "2026-03-20T09:00:00+01:00"),
        ],
        *(0, 0),
    ),
    (
        # Open from 20 to 30 June, paused from the 25th on; that it ended on 1 July nobody knew.
        *("a pause that lasts runs up to the reference date", "K13", "n03"),
        [
            sent("n03", "2026-06-20T09:00:00+02:00"),
            paused("Q4", "n03", "K13", "2026-06-25T09:00:00+02:00", "2026-07-01T09:00:00+02:00"),
        ],
        *(5, 5),
    ),
    (
        # 18 days less 5 to 11 May is 11. In working days: 10 less 6, 7, 8 and 11 May, since 5 May
        # is a holiday and 9 and 10 May are a weekend, is 6.
        *("a norm in working days has its own pauses", "K20", "n04"),
        [
            designated("n04", "2026-04-30"),
            dossier("n04", "2026-05-18T09:00:00+02:00"),
            paused("Q5", "n04", "K20", "2026-05-04T09:00:00+02:00", "2026-05-11T09:00:00+02:00"),
        ],
        *(11, 6),
    ),
    (
        # Without a hand-off the whole case stood still: 4 days of 10.
        *("a pause of the case stops its clocks", "K13", "n05"),
        [
            sent("n05", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00"),
            paused("Q6", "n05", None, "2026-03-04T09:00:00+01:00", "2026-03-08T09:00:00+01:00"),
        ],
        *(6, 6),
    ),
    (
        *("a pause of another clock does not count", "K13", "n06"),
        [
            sent("n06", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00"),
            paused("Q7", "n06", "K20", "2026-03-04T09:00:00+01:00", "2026-03-08T09:00:00+01:00"),
        ],
        *(10, 10),
    ),
    (
        # From 22:00 on the 4th until 01:00 on the 5th: past one midnight, one day.
        *("a pause over midnight takes a day", "K13", "n07"),
        [
            sent("n07", "2026-03-02T10:00:00+01:00", "2026-03-12T16:00:00+01:00"),
            paused("Q8", "n07", "K13", "2026-03-04T22:00:00+01:00", "2026-03-05T01:00:00+01:00"),
            paused("Q9", "n07", "K13", "2026-03-06T09:00:00+01:00", "2026-03-06T17:00:00+01:00"),
        ],
        *(9, 9),
    ),
]
