"""Pauses: times in which a partner lets the clock of a hand-off stand still, with a coded reason.

Here: the pauses of triage (K13), of the transfer dossier (K20, K21) and of whole cases.
Not here: how long those hand-offs take. A pause explains part of a lead time; it adds none, so that
the gross clock is the same with and without.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.draws import at_least, happens, lead, pick
from pipelines.simulation.moments import Moments, Whole

# The longer a hand-off takes, the likelier it stood still: chance 1 - exp(-days / this).
DAYS_PER_PAUSE = 60.0
AGAIN_SHARE = 0.25
# Closed in the partner's system only some days after the hand-off itself.
CLOSED_LATE_SHARE = 0.08
WHOLE_CASE_SHARE = 0.1
WHOLE_CASE_REASON = "zaak_opgeschort"
# Who records the pauses of which hand-off, for which reasons.
_CLOCKS = {
    "om": (("K20", "K21"), ("opsporingsbelang", "wacht_op_informatie_partner")),
    "nctv": (("K13",), ("aanvulling_gevraagd", "wacht_op_dreigingsproduct")),
}
_PREFIXES = {"om": "QO", "nctv": "QN"}


@dataclass
class _Span:
    """Running times of the clocks of one organisation."""

    handoff: NDArray[np.object_]
    case: Whole
    started: Moments
    ended: Moments


def simulate_pauses(chronicle: Chronicle) -> None:
    """Record `om_pauze` and `nctv_pauze`; some pauses overlap, some outlive the hand-off."""
    rng = chronicle.config.generator("pauses")
    for organisation, (handoffs, reasons) in _CLOCKS.items():
        _record(chronicle, rng, organisation, _running(chronicle, handoffs), reasons)


def _running(chronicle: Chronicle, handoffs: tuple[str, ...]) -> _Span:
    parts = [handoff for handoff in chronicle.handoffs if handoff.handoff_id in handoffs]
    return _Span(
        np.concatenate(
            [np.full(len(handoff.case), handoff.handoff_id, object) for handoff in parts]
        ),
        np.concatenate([handoff.case for handoff in parts]),
        np.concatenate([handoff.started for handoff in parts]),
        np.concatenate(
            [
                np.where(np.isnan(handoff.stopped), chronicle.end, handoff.stopped)
                for handoff in parts
            ]
        ),
    )


def _record(
    chronicle: Chronicle,
    rng: np.random.Generator,
    organisation: str,
    span: _Span,
    reasons: tuple[str, ...],
) -> None:
    length = span.ended - span.started
    chance = 1 - np.exp(-length / DAYS_PER_PAUSE)
    once = np.flatnonzero(at_least(rng, chance, length > 0, minimum=3))
    again = once[happens(rng, len(once), AGAIN_SHARE)]
    row = np.concatenate([once, again])
    n = len(row)
    begun = span.started[row] + rng.uniform(0.05, 0.6, n) * length[row]
    ended = begun + lead(rng, 0.25 * length[row], 0.5)
    late = happens(rng, n, CLOSED_LATE_SHARE)
    ended = np.where(late, span.ended[row] + lead(rng, 2.0, 0.6, n), ended)
    is_whole = happens(rng, n, WHOLE_CASE_SHARE)
    reason = pick(rng, reasons, (0.6, 0.4), n)
    chronicle.table(
        f"{organisation}_pauze",
        span.case[row],
        begun,
        {
            "pauze_nr": record_numbers(_PREFIXES[organisation], begun),
            "koppelvlak": fact(span.handoff[row], where_known(~is_whole, begun)),
            "reden": np.where(is_whole, WHOLE_CASE_REASON, reason).astype(object),
            "begonnen_op": moment(begun),
            "beeindigd_op": moment(ended),
        },
    )
