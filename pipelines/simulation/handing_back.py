"""After the last measure: basic police care, authority returned, and who comes back; K43, K44.

Here: `nctv_terugverwijzing`, and persons who enter a second time.
Not here: the end of measures (`measures`).
"""

import numpy as np

from pipelines.simulation.chronicle import Chronicle, moment, where_known
from pipelines.simulation.course import Course
from pipelines.simulation.designation import Designations
from pipelines.simulation.draws import at_least, happens, lead
from pipelines.simulation.moments import Moments, Whole

RE_ENTRY_SHARE = 0.09
SHORTEST_GAP, LONGEST_GAP = 30, 540  # days from exit to re-entry


def hand_back(
    chronicle: Chronicle,
    rng: np.random.Generator,
    persons: Designations,
    course: Course,
    phased_out: Moments,
) -> tuple[tuple[Whole, Moments], tuple[Whole, Moments]]:
    """Refer back to basic police care and return the authority; K43, K44.

    K43 starts when the last measure has ended (`phased_out`): who never had one has nothing to hand
    back.
    """
    back = (course.exit_kind == "afbouw") & persons.is_by_case
    mine, last = persons.case[back], phased_out[back]
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


def re_enter(
    chronicle: Chronicle,
    rng: np.random.Generator,
    persons: Designations,
    course: Course,
) -> None:
    """Make some newly admitted persons the same as ones phased out one to eighteen months before.

    Done by giving the new case the earlier person, so that no flow has to be simulated twice.
    """
    case, person = persons.case, chronicle.cases.person
    gone = np.flatnonzero((course.exit_kind == "afbouw") & (course.exited < chronicle.end))
    gone = gone[at_least(rng, RE_ENTRY_SHARE, np.ones(len(gone), bool), minimum=1)]
    back = np.flatnonzero(np.isin(persons.entry_way, ("triage", "buiten_triage")))
    taken = np.zeros(len(case), bool)
    for leaver in gone[np.argsort(course.exited[gone])]:
        gap = persons.designated[back] - course.exited[leaver]
        choices = back[(gap > SHORTEST_GAP) & (gap < LONGEST_GAP) & ~taken[back]]
        if len(choices):
            chosen = choices[rng.integers(len(choices))]
            taken[chosen] = True
            person[case[chosen]] = person[case[leaver]]
