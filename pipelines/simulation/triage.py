"""Triage: from intake form to judgment and designation; K10–K19.

Here: intake form, routes, the triage table with its limited slots, judgment, escalation,
emergency designation. Not here: what follows designation (`protection`) and the products a
judgment rests on (`information`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulation.chronicle import (
    Chronicle,
    fact,
    moment,
    record_numbers,
    where_known,
)
from pipelines.simulation.configuration import PHENOMENA
from pipelines.simulation.draws import at_least, happens, lead, pick
from pipelines.simulation.local_domain import PHENOMENON_PACE, LocalDomain, pace
from pipelines.simulation.moments import (
    HOUR,
    MINUTE,
    Mask,
    Moments,
    Whole,
    in_office,
    local_day,
    midnight,
    queue,
)
from pipelines.simulation.stories import judgment_factor, recorded_share

# Share that goes the direct route, by phenomenon.
DIRECT_SHARE = np.array([0.76, 0.74, 0.60, 0.66, 0.45])
ADMISSION_SHARE = {"direct": 0.80, "triagetafel": 0.62}
CRITERIA = ("geweld_6_jaar", "artikel_285", "professioneel_inzicht")
_THURSDAY = 0  # 1970-01-01 was one, so local day numbers of Thursdays are multiples of seven


@dataclass
class Triage:
    """What later steps need to know; arrays over cases put forward by intake form."""

    case: Whole
    intake_ordered: Moments
    judged: Moments
    admitted: Mask
    admitted_on: Moments
    rejected: tuple[Whole, Moments]
    emergency_case: Whole
    emergency_designated: Moments


def simulate_triage(chronicle: Chronicle, local: LocalDomain) -> Triage:
    """Simulate every put-forward case up to its designation or rejection.

    Records `om_intake`, `politie_intake`, `om_triagetafel`, `nctv_triage`, `om_oordeel`,
    `om_escalatie`, `nctv_escalatie` and `nctv_noodaanwijzing`.
    """
    rng = chronicle.config.generator("triage")
    chosen = local.put_forward & ~local.is_emergency_request
    case = local.case[chosen]
    n = len(case)
    phenomenon = chronicle.cases.phenomenon[case]
    ordered, drawn_up_received, sent = _draw_up(chronicle, rng, case, local.decided[chosen])
    direct = at_least(rng, DIRECT_SHARE[phenomenon], np.ones(n, bool))
    _record_intakes(chronicle, rng, case, (ordered, drawn_up_received, sent), direct)
    received, judged, form_sent, form_received = _judge(chronicle, rng, case, sent, direct)
    share = np.where(direct, ADMISSION_SHARE["direct"], ADMISSION_SHARE["triagetafel"])
    first_admitted = happens(rng, n, share)
    settled, is_reversed = _escalate(chronicle, rng, case, form_received, ~first_admitted)
    admitted = first_admitted | is_reversed
    _record_judgments(
        chronicle, rng, case, (received, judged, form_sent), (first_admitted, settled, is_reversed)
    )
    rejected = np.flatnonzero(~admitted)
    local_decision = _decide_locally(
        chronicle, rng, case[rejected], judged[rejected], form_received[rejected]
    )
    emergency_case, emergency_designated = _designate_emergencies(chronicle, rng, local)
    return Triage(
        case=case,
        intake_ordered=ordered,
        judged=judged,
        admitted=admitted,
        admitted_on=where_known(admitted, np.where(is_reversed, settled, form_sent)),
        rejected=(case[rejected], local_decision),
        emergency_case=emergency_case,
        emergency_designated=emergency_designated,
    )


def _record_intakes(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    moments: tuple[Moments, Moments, Moments],
    direct: Mask,
) -> None:
    ordered, drawn_up_received, sent = moments
    signed = np.maximum(sent - lead(rng, 2 * HOUR, 0.6, len(case)), drawn_up_received + MINUTE)
    phenomena = np.array(PHENOMENA, dtype=object)
    chronicle.table(
        "om_intake",
        case,
        ordered,
        {
            "opdracht_op": moment(ordered),
            "opgesteld_ontvangen_op": moment(drawn_up_received),
            "ondertekend_op": moment(signed),
            "verzonden_op": moment(sent),
            "route": np.where(direct, "direct", "triagetafel").astype(object),
            "fenomeen": phenomena[chronicle.cases.phenomenon[case]],
            "criterium": pick(rng, CRITERIA, (0.4, 0.35, 0.25), len(case)),
        },
    )


def _judge(
    chronicle: Chronicle, rng: np.random.Generator, case: Whole, sent: Moments, direct: Mask
) -> tuple[Moments, Moments, Moments, Moments]:
    """Judge by either route; records `om_triagetafel`, `om_oordeel`, K12–K15 and K18.

    Returns:
        When the intake form was received, judged, and the judgment form sent and received.
    """
    n = len(case)
    received = sent + lead(rng, 1.5 * HOUR, 1.0, n)
    discussed = _discuss(chronicle, rng, where_known(~direct, received))
    factor = judgment_factor(chronicle.config, received)
    factor = factor * PHENOMENON_PACE[chronicle.cases.phenomenon[case]]
    start = np.where(direct, received, discussed)
    judged = in_office(rng, start + lead(rng, np.where(direct, 7.0, 4.0) * factor, 0.6), start)
    form_sent = in_office(rng, judged + lead(rng, 5 * HOUR, 0.8, n), judged)
    form_received = form_sent + lead(rng, 2 * HOUR, 1.0, n)
    chronicle.handoff("K12", case, sent, received)
    chronicle.handoff("K13", case, sent, form_sent)
    table = np.flatnonzero(~direct)
    chronicle.handoff("K14", case[table], sent[table], discussed[table])
    chronicle.handoff("K15", case[table], discussed[table], form_sent[table])
    chronicle.table("om_triagetafel", case, discussed, {"besproken_op": moment(discussed)})
    chronicle.table("om_oordeel", case, form_received, {"ontvangen_op": moment(form_received)})
    chronicle.handoff("K18", case, form_sent, form_received)
    return received, judged, form_sent, form_received


def _decide_locally(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    judged: Moments,
    form_received: Moments,
) -> Moments:
    """When the chief prosecutor decides on local measures for who was not admitted; K19."""
    wait = lead(rng, 4.5 * pace(chronicle, case), 0.8)
    decided = in_office(rng, form_received + wait, form_received)
    decided = where_known(happens(rng, len(case), 0.93), decided)
    chronicle.handoff("K19", case, judged, decided, days="stop")
    return decided


def _draw_up(
    chronicle: Chronicle, rng: np.random.Generator, case: Whole, decided: Moments
) -> tuple[Moments, Moments, Moments]:
    """Order, draw up, sign and send the intake form; records `politie_intake`, K10, K11."""
    n, slow = len(case), pace(chronicle, case)
    ordered = in_office(rng, decided + lead(rng, 3 * HOUR, 0.7, n), decided)
    order_received = ordered + lead(rng, 1.5 * HOUR, 0.9, n)
    drawn_up = in_office(rng, order_received + lead(rng, 5.5 * slow, 0.65), order_received)
    sent_om = drawn_up + lead(rng, 3 * HOUR, 0.7, n)
    drawn_up_received = sent_om + lead(rng, HOUR, 0.9, n)
    sent = in_office(rng, drawn_up_received + lead(rng, 1.6 * slow, 0.7), drawn_up_received)
    chronicle.table(
        "politie_intake",
        case,
        order_received,
        {
            "opdracht_ontvangen_op": moment(order_received),
            "opgesteld_op": moment(drawn_up),
            "verzonden_om_op": moment(sent_om),
        },
    )
    chronicle.handoff("K10", case, ordered, drawn_up)
    chronicle.handoff("K11", case, drawn_up_received, sent)
    return ordered, drawn_up_received, sent


def _discuss(chronicle: Chronicle, rng: np.random.Generator, received: Moments) -> Moments:
    """Wait for a slot at the weekly triage table (Thursdays)."""
    slots = chronicle.config.capacities.triage_table_slots * chronicle.config.scale
    prepared = received + 2.0
    turn = queue(prepared, lambda at: np.full(len(at), slots), chronicle.start, chronicle.end)
    day = np.ceil((local_day(turn) + 1 - _THURSDAY) / 7) * 7 + _THURSDAY
    return midnight(day) + rng.uniform(10, 15.5, len(day)) * HOUR


def _escalate(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    form_received: Moments,
    is_rejected: Mask,
) -> tuple[Moments, Mask]:
    """Raise some judgments a step higher, some of them two; records both escalation tables.

    Returns:
        Per case when the last escalation was settled, and whether it admitted the case.
    """
    n = len(case)
    chance = np.where(is_rejected, 0.22, 0.015)
    first = np.flatnonzero(at_least(rng, chance, form_received < chronicle.end - 20, minimum=3))
    raised = in_office(
        rng, form_received[first] + lead(rng, 2.0, 0.6, len(first)), form_received[first]
    )
    settled = in_office(rng, raised + lead(rng, 6.0, 0.6, len(first)), raised)
    goes_on = at_least(rng, 0.35, np.ones(len(first), bool), minimum=1)
    raised_again = in_office(rng, settled + lead(rng, 2.0, 0.5, len(first)), settled)
    settled_again = in_office(rng, raised_again + lead(rng, 9.0, 0.5, len(first)), raised_again)
    outcome = pick(rng, ("gehandhaafd", "herzien", "ingetrokken"), (0.6, 0.32, 0.08), len(first))
    second = np.flatnonzero(goes_on)

    rows = np.concatenate([first, first[second]])
    raised_all = np.concatenate([raised, raised_again[second]])
    settled_all = np.concatenate([settled, settled_again[second]])
    outcomes = np.concatenate([np.where(goes_on, "gehandhaafd", outcome), outcome[second]])
    step = np.concatenate([np.full(len(first), "1"), np.full(len(second), "2")]).astype(object)
    number = record_numbers("ES", raised_all)
    om_lag = lead(rng, 2 * HOUR, 0.7, len(rows))
    for organisation, lag in (("om", 0.0), ("nctv", om_lag)):
        chronicle.table(
            f"{organisation}_escalatie",
            case[rows],
            raised_all + lag,
            {
                "escalatie_nr": number,
                "stap": step,
                "opgeworpen_op": moment(raised_all + lag),
                "afgerond_op": moment(settled_all + lag),
                "uitkomst": fact(outcomes.astype(object), settled_all + lag),
            },
        )
    chronicle.handoff("K16", case[rows], raised_all, settled_all, record=number)

    last_settled, is_reversed = np.full(n, np.nan), np.zeros(n, bool)
    last_settled[first] = np.where(goes_on, settled_again, settled)
    is_reversed[first] = (outcome == "herzien") & is_rejected[first]
    return last_settled, is_reversed


def _record_judgments(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    moments: tuple[Moments, Moments, Moments],
    admission: tuple[Mask, Moments, Mask],
) -> None:
    """Record `nctv_triage`; a judgment reversed by escalation reads differently from then on."""
    received, judged, form_sent = moments
    first_admitted, settled, is_reversed = admission
    n = len(case)
    recorded_well = recorded_share(chronicle.config, judged)
    final = np.where(first_admitted | is_reversed, "opgenomen", "niet_opgenomen").astype(object)
    chronicle.table(
        "nctv_triage",
        case,
        received,
        {
            "ontvangen_op": moment(received),
            "oordeel_op": moment(judged),
            "oordeel": fact(final, judged),
            "redenen_vastgelegd": fact(happens(rng, n, recorded_well), judged),
            "informatiebasis_vastgelegd": fact(happens(rng, n, recorded_well - 0.07), judged),
            "oordeel_verzonden_op": moment(form_sent),
        },
        revisions={
            "oordeel": (
                fact(np.full(n, "niet_opgenomen", object), judged),
                where_known(is_reversed, settled),
            )
        },
    )


def _designate_emergencies(
    chronicle: Chronicle, rng: np.random.Generator, local: LocalDomain
) -> tuple[Whole, Moments]:
    """Immediate designation on a phoned request; records `nctv_noodaanwijzing` and K17."""
    case = local.case[local.is_emergency_request]
    n = len(case)
    requested = local.decided[local.is_emergency_request] + lead(rng, 6 * MINUTE, 0.5, n)
    requested += 10 * MINUTE
    granted = happens(rng, n, 0.92)
    if n:
        granted[0] = True
    designated = where_known(granted, requested + lead(rng, 2.2 * HOUR, 0.6, n))
    chronicle.table(
        "nctv_noodaanwijzing",
        case,
        requested,
        {"verzocht_op": moment(requested), "aangewezen_op": moment(designated)},
    )
    chronicle.handoff("K17", case, requested, designated)
    return case[granted], designated[granted]
