"""How a designation runs: reviews, the decision to phase out, the end of measures, other exits.

Here: the course of every designation until its exit, and the reviews on record; K40.
Not here: the measures themselves (`measures`), and what follows the exit (`handing_back`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.draws import happens, lead
from pipelines.simulation.moments import Moments, Whole, queue
from pipelines.simulation.stories import phase_out_capacity

REVIEW_INTERVAL = 182.0
# Chance that a review decides to phase out: the first, and each later one.
PHASE_OUT_AT_FIRST, PHASE_OUT_LATER = 0.33, 0.45
# Other exits, a year.
EXIT_RATES = {"overlijden": 0.012, "intrekking": 0.055, "overdracht": 0.045}
MOST_REVIEWS = 14
# The first list is of functions that are never phased out.
_NEVER_PHASED_OUT, _SELDOM_PHASED_OUT = "limitatieve_lijst_1", "limitatieve_lijst_2"


@dataclass
class Course:
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


@dataclass
class _Reviews:
    """Reviews of every designation, one row a designation and one column a review."""

    planned: NDArray[np.float64]
    done: NDArray[np.float64]
    outcome: NDArray[np.object_]
    phase_out_decided: Moments


def run_course(
    chronicle: Chronicle,
    rng: np.random.Generator,
    entry_way: NDArray[np.object_],
    designated: Moments,
) -> Course:
    """Reviews every half year until one decides to phase out; other exits compete."""
    n = len(designated)
    other_exit, kind = _other_exits(rng, entry_way, designated)
    reviews = _review(rng, entry_way, designated, other_exit)
    ready = reviews.phase_out_decided + lead(rng, 9.0, 0.6, n)
    first_ended = queue(ready, phase_out_capacity(chronicle.config), chronicle.start, chronicle.end)
    last_ended = first_ended + lead(rng, 55.0, 0.7, n)
    first_ended = where_known(first_ended < other_exit, first_ended)
    completes = last_ended < other_exit
    exited = np.where(completes, last_ended + lead(rng, 1.0, 0.8, n), other_exit)
    reviews.planned[reviews.planned > exited[:, None]] = np.nan
    return Course(
        planned=reviews.planned,
        done=reviews.done,
        outcome=reviews.outcome,
        phase_out_decided=reviews.phase_out_decided,
        first_ended=first_ended,
        last_ended=np.where(completes, last_ended, other_exit),
        exited=exited,
        exit_kind=np.where(completes, "afbouw", kind),
        other_exit=where_known(~completes, other_exit),
    )


def _other_exits(
    rng: np.random.Generator, entry_way: NDArray[np.object_], designated: Moments
) -> tuple[Moments, NDArray[np.object_]]:
    """When each would leave in another way than by phase-out, and in which."""
    by_function = np.char.startswith(entry_way.astype(str), "limitatieve")
    rates = np.array(list(EXIT_RATES.values()))
    waiting = rng.exponential(365.25 / rates, (len(designated), len(rates)))
    # A function is held for years and then handed over.
    waiting[by_function] = np.inf
    waiting[by_function, 2] = rng.exponential(8 * 365.25, int(by_function.sum()))
    kind = np.array(list(EXIT_RATES), dtype=object)[waiting.argmin(axis=1)]
    return designated + waiting.min(axis=1) + 1, kind


def _review(
    rng: np.random.Generator,
    entry_way: NDArray[np.object_],
    designated: Moments,
    other_exit: Moments,
) -> _Reviews:
    shape = (len(designated), MOST_REVIEWS)
    number = np.arange(1, MOST_REVIEWS + 1)
    planned = designated[:, None] + REVIEW_INTERVAL * number + rng.normal(0, 6, shape)
    slip = np.where(
        happens(rng, shape, 0.55), -rng.exponential(6.0, shape), rng.gamma(1.3, 12.0, shape)
    )
    done = planned + slip
    phase_out = happens(rng, shape, np.where(number == 1, PHASE_OUT_AT_FIRST, PHASE_OUT_LATER))
    phase_out[entry_way == _NEVER_PHASED_OUT] = False
    seldom = np.where(entry_way == _SELDOM_PHASED_OUT, 0.1, 1.0)
    phase_out &= happens(rng, shape, seldom[:, None])
    decides = phase_out.any(axis=1)
    last = np.where(decides, phase_out.argmax(axis=1), MOST_REVIEWS)
    outcome = np.array(["voortzetten", "opschalen", "afschalen"], dtype=object)[
        rng.choice(3, shape, p=(0.72, 0.09, 0.19))
    ]
    outcome[phase_out] = "afbouw"
    planned[number[None, :] - 1 > last[:, None]] = np.nan
    done = np.where(np.isnan(planned) | (planned > other_exit[:, None]), np.nan, done)
    done = np.where(done > other_exit[:, None], np.nan, done)
    of_last = done[np.arange(len(designated)), np.minimum(last, MOST_REVIEWS - 1)]
    return _Reviews(planned, done, outcome, np.where(decides, of_last, np.nan))


def record_reviews(
    chronicle: Chronicle, case: Whole, entry_way: NDArray[np.object_], course: Course
) -> None:
    """Record `nctv_toetsing` and K40."""
    planned = course.planned.copy()
    planned[entry_way == _NEVER_PHASED_OUT] = np.nan
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
