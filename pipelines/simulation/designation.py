"""Designation: everybody who enters the protection system, by all five ways; K23.

Here: who is designated and when, and the table of designations.
Not here: what follows (`course` and its neighbours).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, where_known
from pipelines.simulation.configuration import PHENOMENA
from pipelines.simulation.course import Course
from pipelines.simulation.draws import arrivals, happens, lead
from pipelines.simulation.local_domain import draw_cases
from pipelines.simulation.moments import HOUR, Moments, Whole, begin_of, in_office
from pipelines.simulation.triage import Triage

# The ways in by which a dossier follows and authority returns in the end.
BY_CASE = ("triage", "buiten_triage", "transitie")


@dataclass(frozen=True)
class Designations:
    """Everybody who enters, one element a designation.

    Attributes:
        case: Its case.
        entry_way: How it came about.
        designated: When.
    """

    case: Whole
    entry_way: NDArray[np.object_]
    designated: Moments

    def __len__(self) -> int:
        return len(self.case)

    @property
    def is_by_case(self) -> NDArray[np.bool_]:
        """Whether a case led to it, and not a function."""
        return np.isin(self.entry_way, BY_CASE)


def draw_designations(
    chronicle: Chronicle, rng: np.random.Generator, triage: Triage
) -> tuple[Designations, tuple[Whole, Moments]]:
    """Everybody who enters; also the cases of the transition, and when those were opened."""
    admitted = triage.case[triage.admitted]
    form_sent = triage.admitted_on[triage.admitted]
    delay = np.where(happens(rng, len(admitted), 0.6), HOUR, lead(rng, 1.2, 0.7, len(admitted)))
    by_triage = in_office(rng, form_sent + delay, form_sent)
    transition, transferred, opened = _transition(chronicle, rng)
    statutory, category, appointed = _by_function(chronicle, rng)
    parts = [
        (admitted, "triage", by_triage),
        (triage.emergency_case, "buiten_triage", triage.emergency_designated),
        (transition, "transitie", transferred),
    ]
    ways = [np.full(len(case), way, object) for case, way, _ in parts]
    designations = Designations(
        np.concatenate([*(case for case, _, _ in parts), statutory]),
        np.concatenate([*ways, category]),
        np.concatenate([*(designated for _, _, designated in parts), appointed]),
    )
    return designations, (transition, opened)


def _transition(chronicle: Chronicle, rng: np.random.Generator) -> tuple[Whole, Moments, Moments]:
    """Cases of before the system: when they were transferred into it, and when opened."""
    config = chronicle.config
    size = max(6, round(config.volumes.transition * config.scale))
    case = draw_cases(chronicle, rng, size, "transitie")
    begin, end = begin_of(config.transition_from), begin_of(config.transition_to)
    arrived = arrivals(rng, size, begin, end)
    transferred = in_office(rng, arrived, arrived)
    return case, transferred, transferred - lead(rng, 30.0, 0.4, size)


def _by_function(
    chronicle: Chronicle, rng: np.random.Generator
) -> tuple[Whole, NDArray[np.object_], Moments]:
    """By function: most from the first day, the others when a function changes hands."""
    config = chronicle.config
    standing = max(4, round(config.volumes.statutory_list * config.scale))
    turnover = max(2, round(0.12 * standing * config.years))
    case = chronicle.cases.add(
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
    is_first_list = np.arange(standing + turnover) % 2 == 0
    category = np.where(is_first_list, "limitatieve_lijst_1", "limitatieve_lijst_2")
    return case, category.astype(object), appointed


def record_designations(
    chronicle: Chronicle, rng: np.random.Generator, persons: Designations, course: Course
) -> None:
    """Record `nctv_aanwijzing` and K23."""
    n, case, designated = len(persons), persons.case, persons.designated
    family = np.where(happens(rng, n, 0.55), 1 + rng.poisson(1.6, n), 0)
    delay = np.where(happens(rng, n, 0.84), 0.0, lead(rng, 5.0, 1.0, n))
    known = where_known((family > 0) & (happens(rng, n, 0.98)), designated + delay)
    chronicle.table(
        "nctv_aanwijzing",
        case,
        designated,
        {
            "weg_in": persons.entry_way,
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
