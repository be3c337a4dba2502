"""What the register counts, row by row, worked out again from the observable tables.

Here: one function per mart, written from the mart's description alone.
Not here: adding up (`counts`) and hand-offs (`handoffs`).
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tests.indicators.recompute.handoffs import dimensions_of_cases, handoffs
from tests.indicators.recompute.milestones import (
    CASE,
    PERSON,
    Day,
    Tables,
    local_day,
    milestones,
    read_seed,
    to_utc,
)

SEEDS_DIR = Path(__file__).parents[3] / "dbt_project" / "seeds" / "bewaken_beveiligen"
WHERE_CASES_BEGIN = ("om_casus", "politie_melding", "nctv_aanwijzing")
# Worked out from the delivered files (`findings`), beside the tables themselves.
FINDINGS = "findings"
FAR = pd.Timestamp("2200-01-01")

# Category I of the statutory list has standing measures without threat (domain).
STANDING = "limitatieve_lijst_1"
RETURNED = "terugverwijzing_ontvangen_op"
BY_LIST = (STANDING, "limitatieve_lijst_2")
DAYS_PER_HUNDRED_YEARS = 36525.0
PRODUCT_SUPPLIERS = {"politie": "timestamp", "kmar": "timestamp", "aivd": "week", "mivd": "month"}


def day_of(table: pd.DataFrame, column: str, reference: Day) -> pd.Series:
    """Local day of a column; missing when it lies after the reference date."""
    moment = to_utc(table[column])
    return local_day(moment.where(moment < reference.end))


def escalations(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per escalation, as OM has it, else as NCTV."""
    both = pd.concat([tables["om_escalatie"], tables["nctv_escalatie"]])
    rows = both.drop_duplicates("escalatie_nr")
    settled = day_of(rows, "afgerond_op", reference)
    rows = rows.assign(
        case_key=rows[CASE],
        raised_on=day_of(rows, "opgeworpen_op", reference),
        settled_on=settled,
        escalation_step=rows["stap"],
        is_escalation=True,
        is_reversing=settled.notna() & (rows["uitkomst"] == "herzien"),
    )
    return rows[rows["raised_on"].notna()]


def judgments(tables: Tables, reference: Day) -> pd.DataFrame:
    rows = tables["nctv_triage"]
    raised = escalations(tables, reference)
    second = rows[CASE].isin(raised.loc[raised["escalation_step"] == "2", CASE])
    reversed_cases = set(raised.loc[raised["is_reversing"], CASE])
    reasons = rows["redenen_vastgelegd"].eq(True)
    basis = rows["informatiebasis_vastgelegd"].eq(True)
    rows = rows.assign(
        case_key=rows[CASE],
        judged_on=day_of(rows, "oordeel_op", reference),
        is_admitted=rows["oordeel"] == "opgenomen",
        is_escalated=rows[CASE].isin(raised[CASE]),
        is_second_step=second.astype(object).where(rows[CASE].isin(raised[CASE])),
        is_reversed=rows[CASE].isin(reversed_cases),
        has_reasons_recorded=reasons,
        has_information_basis_recorded=basis,
        is_fully_recorded=reasons & basis,
    )
    rows = with_dimensions(rows[rows["judged_on"].notna()], tables)
    for column, route in (("is_direct", "direct"), ("is_triage_table", "triagetafel")):
        rows[column] = (rows["route"] == route).astype(object).where(rows["route"].notna())
    return rows


def dossiers(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per case NCTV received a dossier of, by the first version it received."""
    rows = tables["nctv_dossier"]
    rows = rows[to_utc(rows["ontvangen_op"]) < reference.end]
    first = rows.sort_values(["ontvangen_op", "dossier_versie"]).drop_duplicates(CASE)
    return with_dimensions(
        first.assign(
            case_key=first[CASE],
            first_received_on=day_of(first, "ontvangen_op", reference),
            is_first_complete=first["volledig"].astype(bool),
        ),
        tables,
    )


def designations(tables: Tables, reference: Day) -> pd.DataFrame:
    rows = tables["nctv_aanwijzing"]
    rows = rows.assign(
        case_key=rows[CASE],
        person_key=rows[PERSON],
        designated_on=day_of(rows, "aangewezen_op", reference),
        exited_on=day_of(rows, "uitgestroomd_op", reference),
        family_on=day_of(rows, "kerngezin_aangewezen_op", reference),
        is_designation=True,
        is_emergency=rows["weg_in"] == "buiten_triage",
    )
    rows = rows[rows["designated_on"].notna()]
    rows["is_exit"] = rows["exited_on"].notna()
    rows["exit_kind"] = rows["uitstroom_soort"].where(rows["is_exit"])
    rows["is_put_forward"] = rows["weg_in"].isin(["triage", "buiten_triage"])
    held = tables["kc_evaluatie"]
    held = held[held["aanleiding"] == "afsluiting"]
    phased_out = (rows["exit_kind"] == "afbouw") & ~rows["weg_in"].isin(BY_LIST)
    # (column, who it is about, from when, months, table and column of what has to follow)
    back, complete = tables["politie_basisteam"], tables["nctv_dossier"]
    emergency, left = rows["is_emergency"], rows["is_exit"]
    windows = [
        ("is_emergency_with_dossier_in_term", emergency, "designated_on", 3, complete,
         "volledig_op"),
        ("is_referral_confirmed_in_term", phased_out, "exited_on", 3, back, RETURNED),
        ("is_evaluated_in_term", left, "exited_on", 6, held, "gehouden_op"),
    ]  # fmt: skip
    for column, about, since, months, table, what in windows:
        first = day_of(table, what, reference).groupby(table[CASE]).min()
        until = rows[since] + pd.DateOffset(months=months)
        is_over = about & (until <= reference.midnight)
        rows[column] = (rows[CASE].map(first) <= until).astype(object).where(is_over)
    same_day = rows["family_on"] == rows["designated_on"]
    rows["is_family_same_day"] = same_day.astype(object).where(rows["gezinsleden"] > 0)
    rows["is_re_entered_in_term"] = _re_entered(rows, reference)
    return with_dimensions(rows, tables)


def _re_entered(rows: pd.DataFrame, reference: Day) -> pd.Series:
    """Whether the same person came back within twelve months; missing until those are over."""
    others = defaultdict(list)
    for person, case, day in zip(rows[PERSON], rows[CASE], rows["designated_on"], strict=True):
        others[person].append((case, day))
    result: list[bool | None] = []
    for person, own, left in zip(rows[PERSON], rows[CASE], rows["exited_on"], strict=True):
        window = None if pd.isna(left) else left + pd.DateOffset(months=12)
        if window is None or window > reference.midnight:
            result.append(None)
        else:
            # Back on the very day counts; the case's own entry, recorded after its exit, does not.
            back = [day for case, day in others[person] if case != own and left <= day <= window]
            result.append(bool(back))
    return pd.Series(result, index=rows.index, dtype=object)


def stock(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per designation in force at a month end; who leaves that day is gone.

    Somebody may be designated twice at once, and is one person: the first designation counts.
    """
    rows = designations(tables, reference)
    parts = []
    months = pd.period_range(rows["designated_on"].min(), reference.midnight, freq="M")
    for month in months:
        last = month.end_time.normalize()
        if last > reference.midnight:
            continue
        inside = rows[(rows["designated_on"] <= last) & ~(rows["exited_on"] <= last).fillna(False)]
        inside = inside.sort_values(["designated_on", CASE]).drop_duplicates("person_key")
        parts.append(
            inside.assign(
                month_end=last, persons=1.0, family_members=inside["gezinsleden"].astype(float)
            )
        )
    return pd.concat(parts)


def episodes(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per designated case with measures, from the first measure to the exit."""
    measures = tables["lcc_maatregel"]
    began = to_utc(measures["gestart_op"])
    first = began.where(began < reference.end).groupby(measures[CASE]).min()
    rows = designations(tables, reference)
    rows = rows[rows["entry_way"] != STANDING].copy()
    rows["started_on"] = local_day(rows[CASE].map(first))
    rows = rows[rows["started_on"].notna()].copy()
    left = rows["exited_on"]
    rows["cause"] = np.select(
        [left.isna(), left < rows["started_on"], rows["exit_kind"] == "afbouw"],
        ["open", "negative", "phase_out"],
        "other_exit",
    )
    rows["ended_on"] = left
    rows = rows[rows["cause"] != "negative"]
    days = rows["ended_on"].fillna(reference.midnight) - rows["started_on"]
    return rows.assign(duration_days=days / pd.Timedelta(days=1))


def person_time(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per episode and month: days at risk, not counting the day of the start."""
    parts = []
    rows = episodes(tables, reference)
    for month in pd.period_range(rows["started_on"].min(), reference.midnight, freq="M"):
        first = month.start_time.normalize()
        last = min(month.end_time.normalize(), reference.midnight)
        until = rows["ended_on"].fillna(reference.midnight).clip(upper=last)
        since = rows["started_on"].clip(lower=first - pd.Timedelta(days=1))
        here = (rows["started_on"] <= last) & (rows["ended_on"].fillna(reference.midnight) >= first)
        days = (until - since) / pd.Timedelta(days=1)
        ends = rows["ended_on"].between(first, last) & (rows["cause"] == "phase_out")
        part = rows[here].assign(
            month_start=first,
            days_at_risk=days[here],
            hundred_person_years=days[here] / DAYS_PER_HUNDRED_YEARS,
            phase_outs=ends[here].astype(float),
        )
        parts.append(part)
    return pd.concat(parts)


def decisions(tables: Tables, reference: Day) -> pd.DataFrame:
    rows = tables["nctv_besluit"]
    rows = rows.assign(
        case_key=rows[CASE],
        decided_on=day_of(rows, "besloten_op", reference),
        has_review_moment=rows["toetsmoment_vastgelegd"].eq(True),
        is_person_directed=rows["persoonsgericht"],
    )
    return with_dimensions(rows[rows["decided_on"].notna()], tables)


def reviews(tables: Tables, reference: Day) -> pd.DataFrame:
    rows = tables["nctv_toetsing"]
    planned = day_of(rows, "gepland_op", reference)
    done = day_of(rows, "gedaan_op", reference)
    is_over = planned < reference.midnight
    on_time = (done <= planned).astype(object).where(done.notna() | is_over)
    rows = rows.assign(
        case_key=rows[CASE],
        planned_on=planned,
        done_on=done,
        is_on_time=on_time,
        is_overdue=done.isna() & is_over,
    )
    rows = with_dimensions(rows[rows["planned_on"].notna()], tables)
    return rows[rows["entry_way"] != STANDING]


def evaluations(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per evaluation; it is coded once the first coder says with which codebook."""
    codings = tables["kc_evaluatie"]
    first = codings[codings["codeur"] == "a"]
    coded = set(first.loc[first["codeboekversie"].notna(), "evaluatie_nr"])
    with_theme = set(first.loc[first["thema"].notna(), "evaluatie_nr"])
    rows = codings.drop_duplicates("evaluatie_nr")
    rows = rows.assign(
        has_theme=rows["evaluatie_nr"].isin(with_theme),
        case_key=rows[CASE],
        due_on=day_of(rows, "aanleiding_op", reference),
        held_on=day_of(rows, "gehouden_op", reference),
    )
    rows["is_held"] = rows["held_on"].notna()
    rows["is_coded"] = rows["is_held"] & rows["evaluatie_nr"].isin(coded)
    return with_dimensions(rows[rows["due_on"].notna()], tables)


def with_dimensions(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    members = dimensions_of_cases(tables)
    return rows.drop(columns=members.columns, errors="ignore").join(members, on="case_key")


def notices(tables: Tables, reference: Day) -> pd.DataFrame:
    """Facts for the mayor; only a planned situation has a moment to be before."""
    rows = tables["nctv_burgemeester"]
    rows = rows[to_utc(rows["gekend_op"]) < reference.end].assign(
        case_key=lambda frame: frame[CASE]
    )
    moment, told = to_utc(rows["moment_op"]), to_utc(rows["geinformeerd_op"])
    is_over = (rows["scenario"] == "gepland") & (moment < reference.end)
    rows["planned_moment_on"] = local_day(moment).where(rows["scenario"] == "gepland")
    rows["is_informed_before_moment"] = (told < moment).astype(object).where(is_over)
    return with_dimensions(rows, tables)


def informings(tables: Tables, reference: Day) -> pd.DataFrame:
    """Times a person in the system was informed, each with the next."""
    rows = tables["nctv_informeren"]
    rows = rows[to_utc(rows["geinformeerd_op"]) < reference.end]
    rows = rows.sort_values([PERSON, "geinformeerd_op", "informatie_nr"])
    rows = rows.assign(case_key=rows[CASE], informed_on=day_of(rows, "geinformeerd_op", reference))
    following = rows.groupby(PERSON)["informed_on"].shift(-1)
    due = rows["informed_on"] + pd.to_timedelta(rows["interval_dagen"].astype(float), unit="D")
    in_time = following <= due
    left = designations(tables, reference).set_index(CASE)["exited_on"]
    has_left = rows[CASE].map(left) <= due
    judged = (due < reference.midnight) & (in_time | ~has_left)
    rows["is_next_in_time"] = in_time.astype(object).where(judged)
    return with_dimensions(rows, tables)


def risk_moments(tables: Tables, reference: Day) -> pd.DataFrame:
    parts = [
        tables["politie_risicomoment"].assign(domain="lokaal"),
        tables["nctv_risicomoment"].assign(domain="stelsel"),
    ]
    rows = pd.concat(parts)
    reported, moment = to_utc(rows["gemeld_op"]), to_utc(rows["moment_op"])
    advised = to_utc(rows["advies_op"])
    judged = (moment < reference.end) & (reported <= moment)
    rows["planned_on"] = local_day(moment)
    rows["is_advised_before"] = (advised < moment).astype(object).where(judged)
    return rows[reported < reference.end]


def measures(tables: Tables, reference: Day) -> pd.DataFrame:
    """Local measures (OM) and those of the protection system (LCC)."""
    rows = pd.concat(
        [
            tables["om_maatregel"].assign(is_in_system=False),
            tables["lcc_maatregel"].assign(is_in_system=True),
        ],
        ignore_index=True,
    )
    # A date and a moment do not mix in one column.
    parts = [tables[name] for name in ("om_maatregel", "lcc_maatregel")]
    for day, column in (("started_on", "gestart_op"), ("ended_on", "beeindigd_op")):
        days = [day_of(part, column, reference) for part in parts]
        rows[day] = pd.concat(days, ignore_index=True)
    person_directed = rows["categorie"] == "persoonsgericht"
    rows["category"], rows["executor"] = rows["categorie"], rows["uitvoerder"]
    rows["is_outside_system"] = person_directed & ~rows["is_in_system"]
    rows["is_started"] = rows["started_on"].notna()
    has_ended = rows["is_in_system"] & rows["ended_on"].notna()
    undecided = (rows["reden_einde"] == "zonder_besluit").astype(object)
    rows["is_ended_without_decision"] = undecided.where(has_ended)
    return with_dimensions(rows.assign(case_key=rows[CASE]), tables)


def emergency_measures(tables: Tables, reference: Day) -> pd.DataFrame:
    rows = tables["politie_spoedmaatregel"]
    rows = rows.assign(case_key=rows[CASE], started_on=day_of(rows, "gestart_op", reference))
    first = designations(tables, reference).groupby(PERSON)["designated_on"].min()
    known = rows[PERSON].map(first) <= rows["started_on"]
    rows["is_outside_system"] = rows["persoonsgericht"].astype(bool) & ~known
    return with_dimensions(rows[rows["started_on"].notna()], tables)


def products(tables: Tables, reference: Day) -> pd.DataFrame:
    """Ordered products; a week or month that overlaps the decision's leaves the order open."""
    parts = []
    for organisation, granularity in PRODUCT_SUPPLIERS.items():
        rows = tables[f"{organisation}_product"]
        ordered, delivered, decided = (
            to_utc(rows[name]) for name in ("gevraagd_op", "geleverd_op", "besluit_op")
        )
        delivered = delivered.where(delivered < reference.end)
        delivered_end = interval_end(delivered, granularity)
        before = delivered_end <= decided
        after = delivered.isna() | (delivered >= interval_end(decided, granularity))
        if granularity == "timestamp":
            after = delivered.isna() | (delivered > decided)
        judged = (decided < reference.end) & (before | after)
        parts.append(
            rows.assign(
                organisation=organisation,
                product=rows["soort"],
                domain=rows["domein"],
                decision_on=local_day(decided),
                is_before_decision=before.astype(object).where(judged),
            )[ordered < reference.end]
        )
    return pd.concat(parts)


def measure_stock(tables: Tables, reference: Day) -> pd.DataFrame:
    """Measures that run on after each month end; one row per measure and month end."""
    rows, planned = measures(tables, reference), reviews(tables, reference)
    rows = rows[rows["is_started"]]
    parts = []
    for last in month_ends(rows["started_on"].min(), reference):
        running = rows[(rows["started_on"] <= last) & ~(rows["ended_on"] <= last)]
        waiting = planned[(planned["planned_on"] < last) & ~(planned["done_on"] <= last)]
        past = running["is_in_system"] & running[CASE].isin(waiting[CASE])
        parts.append(
            running.assign(month_end=last, measures_running=1.0, measures_past_review=past * 1.0)
        )
    return pd.concat(parts)


def recommendations(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per recommendation, in its latest state."""
    steps = ["uitgebracht", "aanvaard", "deels", "afgewezen"]
    steps += ["in_uitvoering", "gereedgemeld", "geverifieerd"]
    rows = tables["kc_aanbeveling"]
    rows = rows.assign(
        day=day_of(rows, "status_op", reference), step=rows["status"].map(steps.index)
    )
    rows = rows[rows["day"].notna()].sort_values(["day", "step"])
    issued = rows[rows["status"] == "uitgebracht"].groupby("aanbeveling_nr")["day"].min()
    last = rows.drop_duplicates("aanbeveling_nr", keep="last")
    due = rows.groupby("aanbeveling_nr")["streefdatum"].last()
    last = last.assign(
        issued_on=last["aanbeveling_nr"].map(issued),
        due_on=pd.to_datetime(last["aanbeveling_nr"].map(due)),
        recommendation_state=last["status"],
        recommendation_source=last["bron"],
        organisation=last["eigenaar"],
        is_issued=True,
    )
    state = last["status"]
    return last.assign(
        is_taken_on=~state.isin(["uitgebracht", "afgewezen"]),
        is_verified=state == "geverifieerd",
        is_reported_done=state == "gereedgemeld",
        is_overdue=~state.isin(["geverifieerd", "afgewezen"])
        & (last["due_on"] < reference.midnight),
    )


def clocked(tables: Tables, reference: Day) -> pd.DataFrame:
    """Occurrences of hand-offs against their norm: late as soon as the norm has passed."""
    long = milestones(tables, SEEDS_DIR, reference)
    with_norm = set(read_seed(SEEDS_DIR, "norms")["handoff_id"])
    rows = handoffs(tables, long, SEEDS_DIR, reference, only=with_norm)
    is_done, has_norm = rows["status"] == "completed", rows["norm"].notna()
    in_time = rows["norm_duration"] <= rows["norm"]
    known = has_norm & rows["norm_duration"].notna() & (is_done | ~in_time)
    rows["is_within_norm"] = (in_time & is_done).astype(object).where(known)
    is_over = rows["norm_age"] > rows["norm"]
    return rows.assign(is_norm_term_over=is_over.astype(object).where(has_norm))


def linkage(tables: Tables, reference: Day) -> pd.DataFrame:
    """Supplier and case key, and whether the key is known where cases begin."""
    known = set(pd.concat([tables[name][CASE] for name in WHERE_CASES_BEGIN]))
    homes = read_seed(SEEDS_DIR, "milestones").drop_duplicates(
        ["organisation", "table_name", "column_name"]
    )
    parts = []
    for home in homes.itertuples():
        name = f"{home.organisation}_{home.table_name}"
        if name in WHERE_CASES_BEGIN or CASE not in tables[name]:
            continue
        day = day_of(tables[name], home.column_name, reference)
        part = pd.DataFrame({"case_key": tables[name][CASE], "day": day})
        parts.append(part.assign(organisation=home.organisation))
    rows = pd.concat(parts).dropna(subset=["case_key", "day"])
    first = rows.groupby(["organisation", "case_key"], as_index=False)["day"].min()
    first["is_linked"] = first["case_key"].isin(known)
    return first.rename(columns={"day": "first_recorded_on"})


def deliveries(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per delivered file; the first version stands for the expected delivery."""
    rows = tables["deliveries"]
    return rows.assign(
        reference_date=pd.to_datetime(rows["reference_date"]),
        is_judged=rows["version"] == 1,
        is_received=True,
        is_on_time=~rows["is_late"],
        rows_accepted=rows["rows"].astype(float),
        rows_delivered=rows["rows"].astype(float),
    )


def authorities(tables: Tables, reference: Day) -> pd.DataFrame:
    """One row per designation: was there one authority, and one only, on every day."""
    rows = designations(tables, reference)
    every = measures(tables, reference)
    central = every[every["is_in_system"]].groupby(CASE)["started_on"].min()
    local = every[~every["is_in_system"] & every["is_started"]]
    runs = defaultdict(list)
    for person, since, until in zip(
        local[PERSON], local["started_on"], local["ended_on"].fillna(FAR), strict=True
    ):
        runs[person].append((since, until))
    rows["local_runs"] = rows[PERSON].map(lambda person: runs.get(person, []))
    rows["first_central_on"] = rows[CASE].map(central)
    back, cases = tables["nctv_terugverwijzing"], tables["om_casus"]
    returned = day_of(back, "gezag_teruggegeven_op", reference).groupby(back[CASE]).min()
    accepted = day_of(cases, "gezag_aanvaard_op", reference).groupby(cases[CASE]).min()
    rows["returned_on"], rows["accepted_on"] = rows[CASE].map(returned), rows[CASE].map(accepted)
    day = pd.Timedelta(days=1)
    last = rows["exited_on"].fillna(reference.midnight)
    doubled = [
        # After the day of the designation, up to the exit; on its last day a measure still ran.
        any(max(since, begin + day) <= min(until, end) for since, until in runs_of)
        for runs_of, begin, end in zip(rows["local_runs"], rows["designated_on"], last, strict=True)
    ]
    early = rows["first_central_on"] < rows["designated_on"]
    rows["is_single_authority"] = ~np.array(doubled) & ~early
    until = rows["returned_on"] + pd.Timedelta(days=30)
    late = ~(rows["accepted_on"] <= until)
    rows["is_unaccepted_after_term"] = late.astype(object).where(until <= reference.midnight)
    return rows


def authority_stock(tables: Tables, reference: Day) -> pd.DataFrame:
    """Persons with two authorities or none at each month end; one row per person."""
    rows = authorities(tables, reference)
    parts = []
    for last in month_ends(rows["designated_on"].min(), reference):
        inside = (rows["designated_on"] < last) & ~(rows["exited_on"] < last)
        runs = np.array(
            [
                any(since <= last < until for since, until in local_runs)
                for local_runs in rows["local_runs"]
            ]
        )
        waits = (rows["first_central_on"] <= last) & (rows["designated_on"] > last)
        lost = (rows["returned_on"] < last) & ~(rows["accepted_on"] <= last)
        part = rows.assign(
            month_end=last,
            persons_with_two=(inside & runs) * 1.0,
            persons_with_none=(waits | lost) * 1.0,
        )
        parts.append(part[(inside & runs) | waits | lost])
    return pd.concat(parts)


def interval_end(moment: pd.Series, granularity: str) -> pd.Series:
    step = {"week": pd.DateOffset(days=7), "month": pd.DateOffset(months=1)}.get(granularity)
    return moment if step is None else to_utc(local_day(moment) + step)


def month_ends(first: pd.Timestamp, reference: Day) -> list[pd.Timestamp]:
    """Last days of the months that are over at the reference date."""
    months = pd.period_range(first, reference.midnight, freq="M")
    days = [month.end_time.normalize() for month in months]
    return [day for day in days if day <= reference.midnight]


MARTS: dict[str, Callable[[Tables, Day], pd.DataFrame]] = {
    "fct_judgment": judgments,
    "fct_escalation": lambda tables, day: with_dimensions(escalations(tables, day), tables),
    "fct_dossier": dossiers,
    "fct_designation": designations,
    "fct_stock": stock,
    "fct_phase_out": episodes,
    "fct_person_time": person_time,
    "fct_measure_decision": decisions,
    "fct_review": reviews,
    "fct_evaluation": evaluations,
    "fct_mayor_notice": notices,
    "fct_informing": informings,
    "fct_risk_moment": risk_moments,
    "fct_measure": measures,
    "fct_emergency_measure": emergency_measures,
    "fct_product": products,
    "fct_measure_stock": measure_stock,
    "fct_recommendation": recommendations,
    "fct_handoff": clocked,
    "fct_linkage": linkage,
    "fct_delivery": deliveries,
    "fct_finding": lambda tables, _: tables[FINDINGS],
    "fct_authority": authorities,
    "fct_authority_stock": authority_stock,
}

_CASES = ("om_casus", "om_intake", "nctv_aanwijzing")
# Delivered tables each mart rests on: what can have gone wrong with it.
TABLES_OF_MART: dict[str, tuple[str, ...]] = {
    "fct_judgment": (*_CASES, "nctv_triage", "om_escalatie", "nctv_escalatie"),
    "fct_escalation": (*_CASES, "om_escalatie", "nctv_escalatie"),
    "fct_dossier": (*_CASES, "nctv_dossier"),
    "fct_designation": (*_CASES, "nctv_dossier", "politie_basisteam", "kc_evaluatie"),
    "fct_stock": _CASES,
    "fct_phase_out": (*_CASES, "lcc_maatregel"),
    "fct_person_time": (*_CASES, "lcc_maatregel"),
    "fct_measure_decision": (*_CASES, "nctv_besluit"),
    "fct_review": (*_CASES, "nctv_toetsing"),
    "fct_evaluation": (*_CASES, "kc_evaluatie"),
    "fct_mayor_notice": (*_CASES, "nctv_burgemeester"),
    "fct_informing": (*_CASES, "nctv_informeren"),
    "fct_risk_moment": (*_CASES, "politie_risicomoment", "nctv_risicomoment"),
    "fct_measure": (*_CASES, "om_maatregel", "lcc_maatregel"),
    "fct_emergency_measure": (*_CASES, "politie_spoedmaatregel"),
    "fct_product": (*_CASES, *(f"{supplier}_product" for supplier in PRODUCT_SUPPLIERS)),
    "fct_measure_stock": (*_CASES, "om_maatregel", "lcc_maatregel", "nctv_toetsing"),
    "fct_recommendation": ("kc_aanbeveling",),
    "fct_handoff": (*_CASES, "politie_spoedmaatregel"),
    "fct_authority": (*_CASES, "om_maatregel", "lcc_maatregel", "nctv_terugverwijzing"),
    "fct_authority_stock": (*_CASES, "om_maatregel", "lcc_maatregel", "nctv_terugverwijzing"),
}
