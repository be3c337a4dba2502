"""Measures from advice to end, at designation and after reviews; K30-K33, K41, K42.

Here: `nctv_besluit`, `lcc_advies`, `lcc_maatregel`, `politie_inzet`, `kmar_inzet`.
Not here: reviews and exits (`course`), and what follows the last measure (`handing_back`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.course import Course
from pipelines.simulation.designation import Designations
from pipelines.simulation.draws import at_least, happens, lead, pick
from pipelines.simulation.local_domain import CATEGORIES
from pipelines.simulation.moments import HOUR, Mask, Moments, Whole, in_office, queue


@dataclass(frozen=True)
class Decisions:
    """Decisions on measures; `row` is the designation each is of."""

    row: Whole
    is_first: Mask
    number: NDArray[np.object_]
    decided: Moments


@dataclass(frozen=True)
class _Measures:
    """Measures that were decided on; `row` is the designation each is of."""

    row: Whole
    of_decision: Whole
    ordered: Moments
    started: Moments
    executed: Moments

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class _Ends:
    """When and why measures ended, and which nobody had decided on."""

    ended: Moments
    reason: NDArray[np.object_]
    is_without_decision: Mask


def decide(
    chronicle: Chronicle, rng: np.random.Generator, persons: Designations, course: Course
) -> Decisions:
    """Order advice and decide: at designation, and when a review changes the measures."""
    config, case = chronicle.config, persons.case
    changes = np.isin(course.outcome, ("opschalen", "afschalen")) & ~np.isnan(course.done)
    later_row, later_column = np.nonzero(changes)
    row = np.concatenate([np.arange(len(case)), later_row])
    occasion = np.concatenate([persons.designated, course.done[later_row, later_column]])
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
    is_first = np.arange(n) < len(case)
    chronicle.handoff("K30", case, persons.designated, ordered[is_first], days="start")
    chronicle.handoff("K31", case[row], ordered, delivered, record=number)
    chronicle.handoff("K32", case[row], received, decided, record=number)
    return Decisions(row, is_first, number, decided)


def execute(
    chronicle: Chronicle,
    rng: np.random.Generator,
    persons: Designations,
    course: Course,
    decisions: Decisions,
) -> Moments:
    """Carry out what was decided.

    Returns:
        Per designation the end of its last measure; NaN unless all ended, one to phase out.
    """
    measures = _start(rng, course, decisions)
    ends = _end(rng, course, measures, len(persons))
    _record(chronicle, rng, persons.case, decisions, measures, ends)
    is_phase_out = ends.reason == "afbouw"
    return _record_phase_out(
        chronicle, persons.case, course, (measures.row, ends.ended, is_phase_out)
    )


def _start(rng: np.random.Generator, course: Course, decisions: Decisions) -> _Measures:
    """The first decision brings one to three measures, a later one a single one."""
    n_decisions = len(decisions.row)
    count = np.where(decisions.is_first, 1 + rng.integers(0, 3, n_decisions), 1)
    of_decision = np.repeat(np.arange(n_decisions), count)
    row, n = decisions.row[of_decision], len(of_decision)
    ordered = decisions.decided[of_decision] + lead(rng, 2 * HOUR, 0.8, n)
    started = ordered + lead(rng, 1.1, 0.9, n)
    executed = started + lead(rng, 0.8 * HOUR, 0.9, n)
    begins = started < course.exited[row]
    started, executed = where_known(begins, started), where_known(begins, executed)
    return _Measures(row, of_decision, ordered, started, executed)


def _end(rng: np.random.Generator, course: Course, measures: _Measures, n_persons: int) -> _Ends:
    """Of the measures running at phase-out one ends first, one last, the others in between."""
    row, started, n = measures.row, measures.started, len(measures)
    begins = ~np.isnan(started)
    rank = _rank_by_start(row, started)
    total = np.bincount(row, minlength=n_persons)[row]
    share = np.where(total > 1, rank / np.maximum(total - 1, 1), 1.0)
    from_, to = course.first_ended[row], course.last_ended[row]
    scales_down = ~np.isnan(from_)
    # With a single measure its end is both the first and the last.
    ended = np.where(scales_down, from_ + share * (to - from_), to)
    ended = np.where(started > ended, np.fmin(started + 1, to), ended)
    replaced = (happens(rng, n, 0.06)) & (started + 40 < np.where(scales_down, from_, to))
    replaced &= rank > 0
    ended = np.where(replaced, started + 10 + rng.random(n) * 25, ended)
    reason = np.where(scales_down & (share < 1), "afbouw", course.exit_kind[row])
    reason = np.where(replaced, "wijziging", reason)
    without_decision = begins & at_least(rng, 0.012, begins, minimum=1)
    reason = np.where(without_decision & (happens(rng, n, 0.5)), "zonder_besluit", reason)
    return _Ends(where_known(begins, ended), reason, without_decision)


def _rank_by_start(row: Whole, started: Moments) -> Whole:
    """Which measure of its person each is, in order of start, from 0."""
    n = len(row)
    rank = np.zeros(n, dtype=np.int64)
    order = np.lexsort((started, row))
    new_person = np.r_[True, row[order][1:] != row[order][:-1]]
    rank[order] = np.arange(n) - np.maximum.accumulate(np.where(new_person, np.arange(n), 0))
    return rank


def _record(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    decisions: Decisions,
    measures: _Measures,
    ends: _Ends,
) -> None:
    """Record `lcc_maatregel`, K33, and the deployments of police and KMar."""
    n, of_case, ordered = len(measures), case[measures.row], measures.ordered
    number = record_numbers("MT", ordered)
    category = pick(rng, CATEGORIES, (0.55, 0.2, 0.15, 0.1), n)
    executor = pick(rng, ("politie", "kmar", "privaat"), (0.68, 0.26, 0.06), n)
    decision = decisions.number[measures.of_decision].copy()
    decision[ends.is_without_decision] = None
    chronicle.table(
        "lcc_maatregel",
        of_case,
        ordered,
        {
            "maatregel_nr": number,
            "besluit_nr": fact(decision, where_known(~ends.is_without_decision, ordered)),
            "categorie": category,
            "uitvoerder": executor,
            "besloten_op": moment(ordered),
            "gestart_op": moment(measures.started),
            "beeindigd_op": moment(ends.ended),
            "reden_einde": fact(ends.reason.astype(object), ends.ended),
        },
    )
    chronicle.handoff("K33", of_case, ordered, measures.executed, record=number)
    # A private party works under the direction of police or KMar, whose order is recorded.
    is_kmar = executor == "kmar"
    unit = np.where(category == "persoonsgericht", "leo", "regionale_eenheid")
    unit = np.where(is_kmar, "kmar", unit).astype(object)
    for organisation, is_mine in (("politie", ~is_kmar), ("kmar", is_kmar)):
        mine = np.flatnonzero(is_mine)
        chronicle.table(
            f"{organisation}_inzet",
            of_case[mine],
            measures.executed[mine],
            {
                "maatregel_nr": number[mine],
                "eenheid": unit[mine],
                "gestart_op": moment(measures.executed[mine]),
                "beeindigd_op": moment(ends.ended[mine]),
            },
        )


def _record_phase_out(
    chronicle: Chronicle, case: Whole, course: Course, measures: tuple[Whole, Moments, Mask]
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
