"""The protection system, from designation to exit and re-entry; K20-K23, K30-K33, K36, K40-K44.

Here: the order of its parts, and the offer of resilience training.
Not here: the parts (`designation`, `course`, `dossiers`, `measures`, `handing_back`), and keeping
the person informed, high-risk moments and products (`information`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulation.chronicle import Chronicle, moment, where_known
from pipelines.simulation.course import Course, record_reviews, run_course
from pipelines.simulation.designation import (
    Designations,
    draw_designations,
    record_designations,
)
from pipelines.simulation.dossiers import send_dossiers
from pipelines.simulation.draws import happens, lead
from pipelines.simulation.handing_back import hand_back, re_enter
from pipelines.simulation.measures import decide, execute
from pipelines.simulation.moments import Moments, Whole
from pipelines.simulation.triage import Triage


@dataclass
class Protection:
    """Persons in the system, one element a designation."""

    case: Whole
    designated: Moments
    exited: Moments
    decision_case: Whole
    decided: Moments
    review_done: Moments
    accepted: tuple[Whole, Moments]
    returned: tuple[Whole, Moments]
    transition: tuple[Whole, Moments]

    def __len__(self) -> int:
        return len(self.case)


def simulate_protection(chronicle: Chronicle, triage: Triage) -> Protection:
    """Simulate every designation until its exit; records the tables of NCTV, LCC and execution."""
    config, rng = chronicle.config, chronicle.config.generator("protection")
    persons, transition = draw_designations(chronicle, rng, triage)
    course = run_course(chronicle, rng, persons.entry_way, persons.designated)
    record_designations(chronicle, rng, persons, course)
    send_dossiers(chronicle, rng, persons)
    decisions = decide(chronicle, rng, persons, course)
    phased_out = execute(chronicle, rng, persons, course, decisions)
    record_reviews(chronicle, persons.case, persons.entry_way, course)
    accepted, returned = hand_back(chronicle, rng, persons, course, phased_out)
    _offer_training(chronicle, rng, persons, course)
    re_enter(chronicle, config.generator("re_entry"), persons, course)
    return Protection(
        case=persons.case,
        designated=persons.designated,
        exited=course.exited,
        decision_case=persons.case[decisions.row],
        decided=decisions.decided,
        review_done=course.done,
        accepted=accepted,
        returned=returned,
        transition=transition,
    )


def _offer_training(
    chronicle: Chronicle, rng: np.random.Generator, persons: Designations, course: Course
) -> None:
    """Record `lcc_weerbaarheid` and K36."""
    n, case, designated = len(persons), persons.case, persons.designated
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
