"""The local domain: threat reports, first weighing, emergency measures, decisions, local measures.

Here: what happens before a case is put forward and what stays with the local authority; K01–K07.
Not here: information products (`information`) and everything from the intake form on (`triage`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import (
    Chronicle,
    fact,
    moment,
    record_numbers,
    where_known,
)
from pipelines.simulation.configuration import (
    PARKET_SIZES,
    PARKETTEN,
    PHENOMENA,
    PHENOMENON_SIZES,
)
from pipelines.simulation.draws import arrivals, at_least, happens, lead, pick
from pipelines.simulation.moments import (
    HOUR,
    MINUTE,
    Mask,
    Moments,
    Whole,
    in_office,
)

# Slower than the average, by parket and by phenomenon: mild, so that the stories stand out.
PARKET_PACE = np.array([1.0, 1.05, 0.95, 1.0, 1.15, 0.9, 1.0, 1.1, 1.2, 0.85])
PHENOMENON_PACE = np.array([1.0, 0.85, 1.25, 1.05, 1.3])

SHARE_SERIOUS = 0.22
EMERGENCY_SHARE, PERSON_DIRECTED_SHARE = 0.25, 0.02
CATEGORIES = ("persoonsgericht", "object", "surveillance", "overig")


@dataclass
class LocalDomain:
    """What the rest of the chain needs to know of the local domain; arrays over serious cases."""

    case: Whole
    reported: Moments
    decided: Moments
    decision: NDArray[np.object_]
    is_emergency_request: Mask
    has_interim_measures: Mask
    emergency_ratified: Moments
    referred: tuple[Whole, Moments]

    @property
    def put_forward(self) -> Mask:
        """Cases the chief prosecutor puts forward for triage."""
        return np.equal(self.decision, "voordragen")


def pace(chronicle: Chronicle, case: Whole) -> Moments:
    """Factor on lead times in the local domain, by parket and phenomenon."""
    cases = chronicle.cases
    factors: Moments = PARKET_PACE[cases.parket[case]] * PHENOMENON_PACE[cases.phenomenon[case]]
    return factors


def draw_cases(chronicle: Chronicle, rng: np.random.Generator, n: int, origin: str) -> Whole:
    """Add cases with a parket and a phenomenon drawn by size."""
    parket = rng.choice(len(PARKETTEN), n, p=np.array(PARKET_SIZES) / sum(PARKET_SIZES))
    phenomenon = rng.choice(len(PHENOMENA), n, p=np.array(PHENOMENON_SIZES) / sum(PHENOMENON_SIZES))
    return chronicle.cases.add(parket, phenomenon, origin)


def simulate_local_domain(chronicle: Chronicle) -> LocalDomain:
    """Simulate threat reports up to the chief prosecutor's decision.

    Records `politie_melding`, `politie_spoedmaatregel` and the first half of K01–K07.
    """
    config, rng = chronicle.config, chronicle.config.generator("local_domain")
    n = rng.poisson(config.volumes.threat_reports * config.scale * config.years)
    case = draw_cases(chronicle, rng, n, "melding")
    _share_persons(chronicle, rng, case)
    received = arrivals(rng, n, chronicle.start, chronicle.end)
    known = received + lead(rng, 3 * HOUR, 1.0, n)
    weighed = known + lead(rng, 16 * HOUR * pace(chronicle, case), 0.8)
    serious = happens(rng, n, SHARE_SERIOUS)
    told_om = where_known(serious, weighed + lead(rng, 3 * HOUR, 0.8, n))
    om_received = told_om + lead(rng, 0.5 * HOUR, 0.9, n)

    units = np.array(PARKETTEN, dtype=object)[chronicle.cases.parket[case]]
    chronicle.table(
        "politie_melding",
        case,
        received,
        {
            "eenheid": units,
            "ontvangen_op": moment(received),
            "bekend_rccb_op": moment(known),
            "gewogen_op": moment(weighed),
            "weging": fact(np.where(serious, "ernstig", "niet_ernstig").astype(object), weighed),
            "gemeld_om_op": moment(told_om),
        },
    )
    chronicle.handoff("K01", case, received, known)
    chronicle.handoff("K02", case[serious], weighed[serious], om_received[serious])
    referred = _refer_to_basic_police_care(chronicle, rng, case[~serious], weighed[~serious])
    return _decide(chronicle, rng, case[serious], known[serious], om_received[serious], referred)


def _share_persons(chronicle: Chronicle, rng: np.random.Generator, case: Whole) -> None:
    """Let one report in twenty concern a person reported before."""
    again = np.flatnonzero(happens(rng, len(case), 0.05))
    again = again[again > 0]
    earlier = (rng.random(len(again)) * again).astype(np.int64)
    chronicle.cases.person[case[again]] = chronicle.cases.person[case[earlier]]


def _refer_to_basic_police_care(
    chronicle: Chronicle, rng: np.random.Generator, case: Whole, weighed: Moments
) -> tuple[Whole, Moments]:
    wait = np.where(happens(rng, len(case), 0.55), 0.1, lead(rng, 1.4, 0.7, len(case)))
    received = where_known(happens(rng, len(case), 0.97), weighed + wait)
    chronicle.handoff("K07", case, weighed, received, days="stop")
    return case, received


def _decide(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    known: Moments,
    om_received: Moments,
    referred: tuple[Whole, Moments],
) -> LocalDomain:
    n = len(case)
    emergency = at_least(rng, EMERGENCY_SHARE, np.ones(n, bool), minimum=6)
    started = where_known(emergency, known + lead(rng, 2 * HOUR, 0.7, n))
    ratified = started + lead(rng, 11 * HOUR * PARKET_PACE[chronicle.cases.parket[case]], 0.75)
    ratified = where_known(happens(rng, n, 0.96), np.maximum(ratified, om_received + HOUR / 6))
    chosen = np.flatnonzero(emergency)
    chronicle.table(
        "politie_spoedmaatregel",
        case[chosen],
        started[chosen],
        {
            "gestart_op": moment(started[chosen]),
            "persoonsgericht": happens(rng, len(chosen), PERSON_DIRECTED_SHARE),
        },
    )
    chronicle.handoff("K04", case[chosen], started[chosen], ratified[chosen])

    share = chronicle.config.volumes.put_forward / (
        chronicle.config.volumes.threat_reports * SHARE_SERIOUS
    )
    decision = pick(
        rng,
        ("voordragen", "lokale_maatregelen", "geen"),
        (share, (1 - share) * 0.72, (1 - share) * 0.28),
        n,
    )
    is_request = at_least(rng, 0.28, emergency & (decision == "voordragen"), minimum=2)
    decision[is_request] = "voordragen"
    decided = in_office(rng, om_received + lead(rng, 2.6 * pace(chronicle, case), 0.8), om_received)
    # An emergency does not wait for the office to open.
    decided = np.where(is_request, om_received + lead(rng, 1.5 * HOUR, 0.6, n), decided)
    chronicle.handoff("K03", case, om_received, decided)
    return LocalDomain(
        case=case,
        reported=om_received,
        decided=decided,
        decision=decision,
        is_emergency_request=is_request,
        has_interim_measures=(decision == "voordragen") & ~is_request & (happens(rng, n, 0.55)),
        emergency_ratified=ratified,
        referred=referred,
    )


def simulate_local_measures(
    chronicle: Chronicle,
    local: LocalDomain,
    rejected: tuple[Whole, Moments],
    designated: Moments,
) -> tuple[Whole, Moments, Moments]:
    """Simulate local measures and the advice on them; records `om_maatregel`, `politie_advies`.

    Args:
        chronicle: Where it is recorded.
        local: The serious cases.
        rejected: Cases not admitted, and when the chief prosecutor decided on local measures.
        designated: Per case of the whole chain the moment of designation, NaN for none.

    Returns:
        Case, decision moment and end of each local measure.
    """
    rng = chronicle.config.generator("local_measures")
    chosen = (local.decision == "lokale_maatregelen") | local.has_interim_measures
    case = np.concatenate([local.case[chosen], rejected[0]])
    decided_on_case = np.concatenate([local.decided[chosen], rejected[1]])
    again = 1 + (happens(rng, len(case), 0.35))
    case, decided_on_case = np.repeat(case, again), np.repeat(decided_on_case, again)
    n = len(case)

    ordered = in_office(rng, decided_on_case + lead(rng, 4 * HOUR, 0.8, n), decided_on_case)
    order_received = ordered + lead(rng, 1.5 * HOUR, 0.8, n)
    delivered = in_office(
        rng, ordered + lead(rng, 4.5 * pace(chronicle, case), 0.7), order_received
    )
    received = delivered + lead(rng, HOUR, 0.9, n)
    decided = in_office(rng, received + lead(rng, 1.3, 0.8, n), received)
    decided = where_known(happens(rng, n, 0.97), decided)
    started, ended = _run_locally(rng, decided, designated[case])
    number = record_numbers("LM", ordered)
    category = pick(rng, CATEGORIES, (0.012, 0.45, 0.42, 0.118), n)
    chronicle.table(
        "om_maatregel",
        case,
        ordered,
        {
            "maatregel_nr": number,
            "categorie": category,
            "advies_gevraagd_op": moment(ordered),
            "advies_ontvangen_op": moment(received),
            "besloten_op": moment(decided),
            "gestart_op": moment(started),
            "beeindigd_op": moment(ended),
        },
    )
    chronicle.table(
        "politie_advies",
        case,
        order_received,
        {
            "maatregel_nr": number,
            "opdracht_ontvangen_op": moment(order_received),
            "opgeleverd_op": moment(delivered),
        },
    )
    chronicle.handoff("K06", case, ordered, decided, record=number)
    return case, decided, ended


def _run_locally(
    rng: np.random.Generator, decided: Moments, central: Moments
) -> tuple[Moments, Moments]:
    """Start and end: authority passes at designation; they should stop then and some run on."""
    n = len(decided)
    started = decided + lead(rng, 1.2, 0.8, n)
    ended = started + lead(rng, 110.0, 0.8, n)
    handed_over = central + np.where(happens(rng, n, 0.6), 0.2, lead(rng, 6.0, 0.8, n))
    lapsed = central < started
    started = np.where(lapsed, np.nan, started)
    taken_over = np.where(np.isnan(central), np.inf, np.maximum(handed_over, started + 1))
    return started, np.where(lapsed, np.nan, np.minimum(ended, taken_over))


def record_cases(
    chronicle: Chronicle,
    local: LocalDomain,
    transition: tuple[Whole, Moments],
    rejected: tuple[Whole, Moments],
    accepted: Moments,
) -> None:
    """Record `om_casus`: every serious case and every transferred one.

    Args:
        chronicle: Where it is recorded.
        local: The serious cases.
        transition: Cases transferred to NCTV, and when OM opened them.
        rejected: Cases not admitted and their local decision.
        accepted: Per case of the whole chain when OM accepted the authority back.
    """
    rng = chronicle.config.generator("cases")
    n_all, n_transition = len(chronicle.cases), len(transition[0])
    local_decision = np.full(n_all, np.nan)
    local_decision[rejected[0]] = rejected[1]
    case = np.concatenate([local.case, transition[0]])
    empty = np.full(n_transition, np.nan)
    decided = np.concatenate([local.decided, empty])
    requested = where_known(
        local.is_emergency_request, local.decided + MINUTE * rng.uniform(1, 12, len(local.case))
    )
    chronicle.table(
        "om_casus",
        case,
        np.concatenate([local.reported, transition[1]]),
        {
            "parket": np.array(PARKETTEN, dtype=object)[chronicle.cases.parket[case]],
            "fenomeen": np.array(PHENOMENA, dtype=object)[chronicle.cases.phenomenon[case]],
            "gemeld_op": moment(np.concatenate([local.reported, empty])),
            "besluit_op": moment(decided),
            "besluit_soort": fact(
                np.concatenate([local.decision, np.full(n_transition, None)]), decided
            ),
            "spoed_bekrachtigd_op": moment(np.concatenate([local.emergency_ratified, empty])),
            "noodverzoek_op": moment(np.concatenate([requested, empty])),
            "lokaal_besluit_op": moment(local_decision[case]),
            "gezag_aanvaard_op": moment(accepted[case]),
        },
    )


def record_basic_police_care(
    chronicle: Chronicle, referred: tuple[Whole, Moments], returned: tuple[Whole, Moments]
) -> None:
    """Record `politie_basisteam`: reports not taken up and persons phased out.

    Args:
        chronicle: Where it is recorded.
        referred: Cases weighed as not serious, and when the referral was received.
        returned: Cases phased out, and when the referral back was received.
    """
    n_all = len(chronicle.cases)
    first, second = np.full(n_all, np.nan), np.full(n_all, np.nan)
    first[referred[0]], second[returned[0]] = referred[1], returned[1]
    case = np.flatnonzero(~np.isnan(first) | ~np.isnan(second))
    chronicle.table(
        "politie_basisteam",
        case,
        np.fmin(first, second)[case],
        {
            "verwijzing_ontvangen_op": moment(first[case]),
            "terugverwijzing_ontvangen_op": moment(second[case]),
        },
    )
