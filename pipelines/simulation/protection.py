"""The protection system: designation, dossier, measures, reviews, phase-out, exits, re-entry.

Here: everything central from designation on; K20–K23, K30–K33, K36, K40–K44.
Not here: keeping the person informed, high-risk moments and products (`information`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.configuration import PHENOMENA
from pipelines.simulation.draws import arrivals, at_least, happens, lead, pick
from pipelines.simulation.local_domain import CATEGORIES, PARKET_PACE, draw_cases
from pipelines.simulation.moments import (
    HOUR,
    Mask,
    Moments,
    Whole,
    begin_of,
    in_office,
    queue,
)
from pipelines.simulation.stories import dossier_factor, phase_out_capacity
from pipelines.simulation.triage import Triage

REVIEW_INTERVAL = 182.0
# Chance that a review decides to phase out: the first, and each later one.
PHASE_OUT_AT_FIRST, PHASE_OUT_LATER = 0.33, 0.45
# Other exits, a year.
EXIT_RATES = {"overlijden": 0.012, "intrekking": 0.055, "overdracht": 0.045}
MOST_REVIEWS = 14
RE_ENTRY_SHARE = 0.09
SHORTEST_GAP, LONGEST_GAP = 30, 540  # days from exit to re-entry


@dataclass
class Protection:
    """Persons in the system, one element a designation."""

    case: Whole
    entry_way: NDArray[np.object_]
    designated: Moments
    exited: Moments
    exit_kind: NDArray[np.object_]
    dossier_complete: Moments
    decision_number: NDArray[np.object_]
    decision_case: Whole
    decided: Moments
    review_done: Moments
    review_case: Whole
    accepted: tuple[Whole, Moments]
    returned: tuple[Whole, Moments]
    transition: tuple[Whole, Moments]

    def __len__(self) -> int:
        return len(self.case)


@dataclass
class _Course:
    """How one designation runs: reviews, the decision to phase out and the end of measures."""

    planned: NDArray[np.float64]
    done: NDArray[np.float64]
    outcome: NDArray[np.object_]
    phase_out_decided: Moments
    first_ended: Moments
    last_ended: Moments
    exited: Moments
    exit_kind: NDArray[np.object_]
    other_exit: Moments


def simulate_protection(chronicle: Chronicle, triage: Triage) -> Protection:
    """Simulate every designation until its exit; records the tables of NCTV, LCC and execution."""
    config, rng = chronicle.config, chronicle.config.generator("protection")
    case, entry_way, designated, transition = _designations(chronicle, rng, triage)
    n = len(case)
    course = _run_course(chronicle, rng, entry_way, designated)
    _record_designations(chronicle, rng, case, entry_way, designated, course)
    dossier_complete = _send_dossiers(chronicle, rng, case, entry_way, designated)
    numbers, decision_case, decided, phased_out = _decide_and_execute(
        chronicle, rng, case, designated, course
    )
    _record_reviews(chronicle, case, entry_way, course)
    accepted, returned = _hand_back(chronicle, rng, case, entry_way, course, phased_out)

    offered = where_known(happens(rng, n, 0.86), designated + lead(rng, 24.0, 0.7, n))
    offered = where_known(~(offered > course.exited), offered)
    held = where_known(happens(rng, n, 0.7), offered + lead(rng, 13.0, 0.6, n))
    chronicle.table(
        "lcc_weerbaarheid",
        case,
        offered,
        {"aangeboden_op": moment(offered), "gehouden_op": moment(held)},
    )
    chronicle.handoff("K36", case, designated, offered, days="both")
    _re_enter(chronicle, config.generator("re_entry"), case, entry_way, designated, course)
    return Protection(
        case=case,
        entry_way=entry_way,
        designated=designated,
        exited=course.exited,
        exit_kind=course.exit_kind,
        dossier_complete=dossier_complete,
        decision_number=numbers,
        decision_case=decision_case,
        decided=decided,
        review_done=course.done,
        review_case=case,
        accepted=accepted,
        returned=returned,
        transition=transition,
    )


def _designations(
    chronicle: Chronicle, rng: np.random.Generator, triage: Triage
) -> tuple[Whole, NDArray[np.object_], Moments, tuple[Whole, Moments]]:
    """Everybody who enters, by all five ways."""
    config = chronicle.config
    volumes = config.volumes
    admitted = triage.case[triage.admitted]
    form_sent = triage.admitted_on[triage.admitted]
    delay = np.where(happens(rng, len(admitted), 0.6), HOUR, lead(rng, 1.2, 0.7, len(admitted)))
    by_triage = in_office(rng, form_sent + delay, form_sent)

    size = max(6, round(volumes.transition * config.scale))
    transition = draw_cases(chronicle, rng, size, "transitie")
    transferred = in_office(
        rng,
        (
            at := arrivals(
                rng, size, begin_of(config.transition_from), begin_of(config.transition_to)
            )
        ),
        at,
    )
    opened = transferred - lead(rng, 30.0, 0.4, size)

    # By function: most from the first day, the others when a function changes hands.
    standing = max(4, round(volumes.statutory_list * config.scale))
    turnover = max(2, round(0.12 * standing * config.years))
    statutory = chronicle.cases.add(
        np.full(standing + turnover, -1),
        rng.choice(len(PHENOMENA), standing + turnover, p=(0.05, 0.35, 0.25, 0.2, 0.15)),
        "limitatieve_lijst",
    )
    appointed = np.concatenate(
        [
            np.full(standing, chronicle.start) + rng.uniform(0.4, 4.5, standing),
            arrivals(rng, turnover, chronicle.start + 30, chronicle.end),
        ]
    )
    category = np.where(
        np.arange(standing + turnover) % 2 == 0, "limitatieve_lijst_1", "limitatieve_lijst_2"
    )
    parts = [
        (admitted, "triage", by_triage),
        (triage.emergency_case, "buiten_triage", triage.emergency_designated),
        (transition, "transitie", transferred),
    ]
    case = np.concatenate([*(part[0] for part in parts), statutory])
    ways = [np.full(len(part[0]), part[1], object) for part in parts]
    entry_way = np.concatenate([*ways, category.astype(object)])
    designated = np.concatenate([*(part[2] for part in parts), appointed])
    return case, entry_way, designated, (transition, opened)


def _run_course(
    chronicle: Chronicle,
    rng: np.random.Generator,
    entry_way: NDArray[np.object_],
    designated: Moments,
) -> _Course:
    """Reviews every half year until one decides to phase out; other exits compete."""
    n = len(designated)
    by_function = np.char.startswith(entry_way.astype(str), "limitatieve")
    rates = np.array(list(EXIT_RATES.values()))
    waiting = rng.exponential(365.25 / rates, (n, len(rates)))
    # A function is held for years and then handed over.
    waiting[by_function] = np.inf
    waiting[by_function, 2] = rng.exponential(8 * 365.25, int(by_function.sum()))
    other_exit = designated + waiting.min(axis=1) + 1
    kind = np.array(list(EXIT_RATES), dtype=object)[waiting.argmin(axis=1)]

    number = np.arange(1, MOST_REVIEWS + 1)
    planned = designated[:, None] + REVIEW_INTERVAL * number + rng.normal(0, 6, (n, MOST_REVIEWS))
    slip = np.where(
        happens(rng, (n, MOST_REVIEWS), 0.55),
        -rng.exponential(6.0, (n, MOST_REVIEWS)),
        rng.gamma(1.3, 12.0, (n, MOST_REVIEWS)),
    )
    done = planned + slip
    chance = np.where(number == 1, PHASE_OUT_AT_FIRST, PHASE_OUT_LATER)
    phase_out = happens(rng, (n, MOST_REVIEWS), chance)
    phase_out[entry_way == "limitatieve_lijst_1"] = False
    seldom = np.where(entry_way == "limitatieve_lijst_2", 0.1, 1.0)
    phase_out &= happens(rng, (n, MOST_REVIEWS), seldom[:, None])
    decides = phase_out.any(axis=1)
    last = np.where(decides, phase_out.argmax(axis=1), MOST_REVIEWS)
    outcome = np.array(["voortzetten", "opschalen", "afschalen"], dtype=object)[
        rng.choice(3, (n, MOST_REVIEWS), p=(0.72, 0.09, 0.19))
    ]
    outcome[phase_out] = "afbouw"
    planned[number[None, :] - 1 > last[:, None]] = np.nan
    done = np.where(np.isnan(planned) | (planned > other_exit[:, None]), np.nan, done)
    done = np.where(done > other_exit[:, None], np.nan, done)
    rows = np.arange(n)
    decided = np.where(decides, done[rows, np.minimum(last, MOST_REVIEWS - 1)], np.nan)

    ready = decided + lead(rng, 9.0, 0.6, n)
    first_ended = queue(ready, phase_out_capacity(chronicle.config), chronicle.start, chronicle.end)
    last_ended = first_ended + lead(rng, 55.0, 0.7, n)
    first_ended = where_known(first_ended < other_exit, first_ended)
    completes = last_ended < other_exit
    exited = np.where(completes, last_ended + lead(rng, 1.0, 0.8, n), other_exit)
    planned[planned > exited[:, None]] = np.nan
    return _Course(
        planned=planned,
        done=done,
        outcome=outcome,
        phase_out_decided=decided,
        first_ended=first_ended,
        last_ended=np.where(completes, last_ended, other_exit),
        exited=exited,
        exit_kind=np.where(completes, "afbouw", kind),
        other_exit=where_known(~completes, other_exit),
    )


def _record_designations(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    entry_way: NDArray[np.object_],
    designated: Moments,
    course: _Course,
) -> None:
    n = len(case)
    family = np.where(happens(rng, n, 0.55), 1 + rng.poisson(1.6, n), 0)
    delay = np.where(happens(rng, n, 0.84), 0.0, lead(rng, 5.0, 1.0, n))
    known = where_known((family > 0) & (happens(rng, n, 0.98)), designated + delay)
    chronicle.table(
        "nctv_aanwijzing",
        case,
        designated,
        {
            "weg_in": entry_way,
            "fenomeen": np.array(PHENOMENA, dtype=object)[chronicle.cases.phenomenon[case]],
            "aangewezen_op": moment(designated),
            "gezinsleden": family,
            "kerngezin_aangewezen_op": moment(known),
            "uitgestroomd_op": moment(course.exited),
            "uitstroom_soort": fact(course.exit_kind, course.exited),
        },
    )
    rows = np.flatnonzero(family > 0)
    chronicle.handoff("K23", case[rows], designated[rows], known[rows], days="both")


def _send_dossiers(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    entry_way: NDArray[np.object_],
    designated: Moments,
) -> Moments:
    """Send versions of the transfer dossier until it is complete.

    Records `om_dossier`, `nctv_dossier`, K20, K21.

    Returns:
        Per designation when a complete dossier was received; NaN by function.
    """
    n = len(case)
    transferable = np.isin(entry_way, ("triage", "buiten_triage", "transitie"))
    parket = chronicle.cases.parket[case]
    slow = np.where(parket < 0, 1.0, PARKET_PACE[parket]) * dossier_factor(
        chronicle.config, designated, parket
    )
    slow = np.where(entry_way == "transitie", 1.6, 1.0) * slow
    arrives = transferable & (happens(rng, n, 0.985))
    first_sent, complete_at = np.full(n, np.nan), np.full(n, np.nan)
    rows, previous = np.flatnonzero(arrives), designated
    parts: list[tuple[Whole, int, Moments, Moments, Mask, Mask, Moments]] = []
    for version, median, share in ((1, 5.0, 0.66), (2, 8.0, 0.75), (3, 7.0, 1.0)):
        start = previous[rows]
        sent = in_office(rng, start + lead(rng, median * slow[rows], 0.65), start)
        received = sent + lead(rng, 2 * HOUR, 1.0, len(rows))
        complete = happens(rng, len(rows), share)
        own_check = complete | (happens(rng, len(rows), 0.3))
        confirmed = where_known(complete, received + lead(rng, 5 * HOUR, 0.8, len(rows)))
        parts.append((rows, version, sent, received, own_check, complete, confirmed))
        if version == 1:
            first_sent[rows] = sent
        complete_at[rows[complete]] = confirmed[complete]
        previous = previous.copy()
        previous[rows] = received
        rows = rows[~complete]
    position = np.concatenate([part[0] for part in parts])
    versions = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    sent, received, own_check, complete, confirmed = (
        np.concatenate([part[index] for part in parts]) for index in range(2, 7)
    )
    chronicle.table(
        "om_dossier",
        case[position],
        sent,
        {
            "dossier_versie": versions,
            "verzonden_op": moment(sent),
            "volledig_eigen_toets": own_check,
        },
    )
    chronicle.table(
        "nctv_dossier",
        case[position],
        received,
        {
            "dossier_versie": versions,
            "ontvangen_op": moment(received),
            "volledig": complete,
            "volledig_op": moment(confirmed),
        },
    )
    chronicle.handoff(
        "K20", case[transferable], designated[transferable], first_sent[transferable], days="start"
    )
    chronicle.handoff(
        "K21", case[transferable], designated[transferable], complete_at[transferable], days="start"
    )
    return complete_at


def _decide_and_execute(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    designated: Moments,
    course: _Course,
) -> tuple[NDArray[np.object_], Whole, Moments, Moments]:
    """Order advice, decide, execute: at designation and when a review changes the measures.

    Records `nctv_besluit`, `lcc_advies`, `lcc_maatregel`, `politie_inzet`, `kmar_inzet`,
    K30–K33 and the ends of measures of K41 and K42.
    """
    config = chronicle.config
    changes = np.isin(course.outcome, ("opschalen", "afschalen")) & ~np.isnan(course.done)
    later_row, later_column = np.nonzero(changes)
    row = np.concatenate([np.arange(len(case)), later_row])
    occasion = np.concatenate([designated, course.done[later_row, later_column]])
    n = len(row)
    ordered = in_office(rng, occasion + lead(rng, 0.7, 0.8, n), occasion)
    ordered = where_known(ordered < course.exited[row], ordered)
    order_received = ordered + lead(rng, 1.5 * HOUR, 0.9, n)
    turn = queue(
        order_received,
        lambda at: np.full(len(at), config.capacities.measures_advice * config.scale),
        chronicle.start,
        chronicle.end,
    )
    delivered = in_office(rng, turn + lead(rng, 4.5, 0.65, n), turn)
    received = delivered + lead(rng, 1.5 * HOUR, 0.9, n)
    decided = in_office(rng, received + lead(rng, 2.0, 0.7, n), received)
    decided = where_known(decided < course.exited[row], decided)
    number = record_numbers("BS", ordered)
    chronicle.table(
        "nctv_besluit",
        case[row],
        ordered,
        {
            "besluit_nr": number,
            "advies_gevraagd_op": moment(ordered),
            "advies_ontvangen_op": moment(received),
            "besloten_op": moment(decided),
            "toetsmoment_vastgelegd": fact(happens(rng, n, 0.88), decided),
            "persoonsgericht": fact(happens(rng, n, 0.86), decided),
        },
    )
    chronicle.table(
        "lcc_advies",
        case[row],
        order_received,
        {
            "besluit_nr": number,
            "opdracht_ontvangen_op": moment(order_received),
            "opgeleverd_op": moment(delivered),
        },
    )
    first = np.arange(n) < len(case)
    chronicle.handoff("K30", case, designated, ordered[first], days="start")
    chronicle.handoff("K31", case[row], ordered, delivered, record=number)
    chronicle.handoff("K32", case[row], received, decided, record=number)
    phased_out = _execute(chronicle, rng, case, course, (row, first, number, decided))
    return number, case[row], decided, phased_out


def _execute(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    course: _Course,
    decisions: tuple[Whole, Mask, NDArray[np.object_], Moments],
) -> Moments:
    """Carry out what was decided; returns the end of the last measure of who was phased out."""
    decision_row, is_first, decision_number, decision_moment = decisions
    # The first decision brings one to three measures, a later one a single one.
    count = np.where(is_first, 1 + rng.integers(0, 3, len(decision_row)), 1)
    of_decision = np.repeat(np.arange(len(decision_row)), count)
    row = decision_row[of_decision]
    n = len(row)
    decided = decision_moment[of_decision]
    ordered = decided + lead(rng, 2 * HOUR, 0.8, n)
    started = ordered + lead(rng, 1.1, 0.9, n)
    executed = started + lead(rng, 0.8 * HOUR, 0.9, n)
    begins = started < course.exited[row]
    started, executed = where_known(begins, started), where_known(begins, executed)

    # Of the measures running at phase-out one ends first, one last, the others in between.
    rank = np.zeros(n, dtype=np.int64)
    order = np.lexsort((started, row))
    new_person = np.r_[True, row[order][1:] != row[order][:-1]]
    rank[order] = np.arange(n) - np.maximum.accumulate(np.where(new_person, np.arange(n), 0))
    total = np.bincount(row, minlength=len(case))[row]
    share = np.where(total > 1, rank / np.maximum(total - 1, 1), 1.0)
    from_, to = course.first_ended[row], course.last_ended[row]
    scales_down = ~np.isnan(from_)
    # With a single measure its end is both the first and the last.
    ended = np.where(scales_down, from_ + share * (to - from_), to)
    ended = np.where(started > ended, np.fmin(started + 1, to), ended)
    replaced = (happens(rng, n, 0.06)) & (started + 40 < np.where(scales_down, from_, to))
    replaced &= rank > 0
    replaced_end = started + 10 + rng.random(n) * 25
    ended = np.where(replaced, replaced_end, ended)
    ended = where_known(begins, ended)
    kind = course.exit_kind[row]
    reason = np.where(scales_down & (share < 1), "afbouw", kind)
    reason = np.where(replaced, "wijziging", reason)
    without_decision = begins & at_least(rng, 0.012, begins, minimum=1)
    reason = np.where(without_decision & (happens(rng, n, 0.5)), "zonder_besluit", reason)

    measure = record_numbers("MT", ordered)
    category = pick(rng, CATEGORIES, (0.55, 0.2, 0.15, 0.1), n)
    executor = pick(rng, ("politie", "kmar", "privaat"), (0.68, 0.26, 0.06), n)
    decision = decision_number[of_decision].copy()
    decision[without_decision] = None
    chronicle.table(
        "lcc_maatregel",
        case[row],
        ordered,
        {
            "maatregel_nr": measure,
            "besluit_nr": fact(decision, np.where(without_decision, np.nan, ordered)),
            "categorie": category,
            "uitvoerder": executor,
            "besloten_op": moment(ordered),
            "gestart_op": moment(started),
            "beeindigd_op": moment(ended),
            "reden_einde": fact(reason.astype(object), ended),
        },
    )
    chronicle.handoff("K33", case[row], ordered, executed, record=measure)
    # A private party works under the direction of police or KMar, whose order is recorded.
    unit = np.where(
        executor == "kmar",
        "kmar",
        np.where(category == "persoonsgericht", "leo", "regionale_eenheid"),
    ).astype(object)
    for organisation in ("politie", "kmar"):
        mine = np.flatnonzero((executor == "kmar") == (organisation == "kmar"))
        chronicle.table(
            f"{organisation}_inzet",
            case[row][mine],
            executed[mine],
            {
                "maatregel_nr": measure[mine],
                "eenheid": unit[mine],
                "gestart_op": moment(executed[mine]),
                "beeindigd_op": moment(ended[mine]),
            },
        )
    return _record_phase_out(chronicle, case, course, (row, ended, reason == "afbouw"))


def _record_phase_out(
    chronicle: Chronicle, case: Whole, course: _Course, measures: tuple[Whole, Moments, Mask]
) -> Moments:
    """K41 and K42 follow from the ends of the measures themselves.

    Args:
        chronicle: Where it is recorded.
        case: Case of each designation.
        course: How each designation runs.
        measures: Per measure its designation, its end, and whether it ended to phase out.

    Returns:
        Per designation the end of its last measure; NaN unless all ended, one to phase out.
    """
    row, ended, is_phase_out = measures
    first, last = np.full(len(case), np.inf), np.full(len(case), -np.inf)
    has_ended = ended < chronicle.end
    first_row, last_row = np.flatnonzero(has_ended & is_phase_out), np.flatnonzero(has_ended)
    np.minimum.at(first, row[first_row], ended[first_row])
    np.maximum.at(last, row[last_row], ended[last_row])
    first[np.isinf(first)] = np.nan
    # Only when nothing runs any more has the last measure ended.
    is_running = np.bincount(row[~has_ended & ~np.isnan(ended)], minlength=len(case)) > 0
    last = where_known(~is_running & np.isfinite(last) & np.isnan(course.other_exit), last)
    decided = np.flatnonzero(~np.isnan(course.phase_out_decided))
    chronicle.handoff(
        "K41",
        case[decided],
        course.phase_out_decided[decided],
        first[decided],
        competing=course.other_exit[decided],
        days="both",
    )
    chronicle.handoff("K42", case, first, last, competing=course.other_exit, days="both")
    return where_known(~np.isnan(first), last)


def _record_reviews(
    chronicle: Chronicle, case: Whole, entry_way: NDArray[np.object_], course: _Course
) -> None:
    planned = course.planned.copy()
    planned[entry_way == "limitatieve_lijst_1"] = np.nan
    row, column = np.nonzero(~np.isnan(planned))
    day, done = planned[row, column], course.done[row, column]
    # A review is put in the diary when the one before it is planned.
    recorded = np.minimum(day - REVIEW_INTERVAL / 2, np.fmin(done, day))
    number = record_numbers("TS", recorded)
    chronicle.table(
        "nctv_toetsing",
        case[row],
        recorded,
        {
            "toetsing_nr": number,
            "gepland_op": moment(day, known=recorded),
            "gedaan_op": moment(done),
            "uitkomst": fact(course.outcome[row, column], done),
        },
    )
    chronicle.handoff("K40", case[row], day, done, record=number, days="both")


def _hand_back(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    entry_way: NDArray[np.object_],
    course: _Course,
    phased_out: Moments,
) -> tuple[tuple[Whole, Moments], tuple[Whole, Moments]]:
    """Refer back to basic police care and return the authority; K43, K44.

    K43 starts when the last measure has ended (`phased_out`): who never had one has nothing to hand
    back.
    """
    back = (course.exit_kind == "afbouw") & np.isin(
        entry_way, ("triage", "buiten_triage", "transitie")
    )
    mine, last = case[back], phased_out[back]
    n = len(mine)
    referred = where_known(happens(rng, n, 0.96), course.exited[back] + lead(rng, 3.0, 0.8, n))
    received = where_known(happens(rng, n, 0.92), referred + lead(rng, 1.0, 0.9, n))
    returned = where_known(happens(rng, n, 0.97), course.exited[back] + lead(rng, 2.5, 0.8, n))
    accepted = where_known(happens(rng, n, 0.91), returned + lead(rng, 4.0, 0.8, n))
    chronicle.table(
        "nctv_terugverwijzing",
        mine,
        np.fmin(referred, returned),
        {"verwezen_op": moment(referred), "gezag_teruggegeven_op": moment(returned)},
    )
    chronicle.handoff("K43", mine, last, received, days="both")
    chronicle.handoff("K44", mine, returned, accepted, days="both")
    return (mine, accepted), (mine, received)


def _re_enter(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    entry_way: NDArray[np.object_],
    designated: Moments,
    course: _Course,
) -> None:
    """Make some newly admitted persons the same as ones phased out one to eighteen months before.

    Done by giving the new case the earlier person, so that no flow has to be simulated twice.
    """
    person = chronicle.cases.person
    gone = np.flatnonzero((course.exit_kind == "afbouw") & (course.exited < chronicle.end))
    gone = gone[at_least(rng, RE_ENTRY_SHARE, np.ones(len(gone), bool), minimum=1)]
    back = np.flatnonzero(np.isin(entry_way, ("triage", "buiten_triage")))
    taken = np.zeros(len(case), bool)
    for leaver in gone[np.argsort(course.exited[gone])]:
        gap = designated[back] - course.exited[leaver]
        choices = back[(gap > SHORTEST_GAP) & (gap < LONGEST_GAP) & ~taken[back]]
        if len(choices):
            chosen = choices[rng.integers(len(choices))]
            taken[chosen] = True
            person[case[chosen]] = person[case[leaver]]
