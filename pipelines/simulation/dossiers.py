"""The transfer dossier: sent in versions until one is complete; K20, K21.

Here: `om_dossier` and `nctv_dossier`.
Not here: who is designated (`designation`), and what is decided meanwhile (`measures`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulation.chronicle import Chronicle, moment, where_known
from pipelines.simulation.designation import Designations
from pipelines.simulation.draws import happens, lead
from pipelines.simulation.local_domain import PARKET_PACE
from pipelines.simulation.moments import HOUR, Mask, Moments, Whole, in_office
from pipelines.simulation.stories import dossier_factor

# Version, median days after the one before, and the share of them that is complete.
_VERSIONS = ((1, 5.0, 0.66), (2, 8.0, 0.75), (3, 7.0, 1.0))


@dataclass(frozen=True)
class _Sent:
    """Dossiers of one version, or of all; `row` is the designation each is of."""

    row: Whole
    version: Whole
    sent: Moments
    received: Moments
    own_check: Mask
    is_complete: Mask
    confirmed: Moments


def send_dossiers(chronicle: Chronicle, rng: np.random.Generator, persons: Designations) -> None:
    """Send versions of the transfer dossier until it is complete."""
    case, designated, transferable = persons.case, persons.designated, persons.is_by_case
    versions = _draw_versions(chronicle, rng, persons)
    first, dossiers = versions[0], _all(versions)
    first_sent, complete_at = np.full(len(case), np.nan), np.full(len(case), np.nan)
    first_sent[first.row] = first.sent
    complete_at[dossiers.row[dossiers.is_complete]] = dossiers.confirmed[dossiers.is_complete]
    _record(chronicle, case, dossiers)
    for handoff, stopped in (("K20", first_sent), ("K21", complete_at)):
        chronicle.handoff(
            handoff,
            case[transferable],
            designated[transferable],
            stopped[transferable],
            days="start",
        )


def _draw_versions(
    chronicle: Chronicle, rng: np.random.Generator, persons: Designations
) -> list[_Sent]:
    parket = chronicle.cases.parket[persons.case]
    slow = np.where(parket < 0, 1.0, PARKET_PACE[parket])
    slow = slow * dossier_factor(chronicle.config, persons.designated, parket)
    slow = np.where(persons.entry_way == "transitie", 1.6, 1.0) * slow
    rows = np.flatnonzero(persons.is_by_case & (happens(rng, len(persons), 0.985)))
    start = persons.designated[rows]
    versions = []
    for version, median, share in _VERSIONS:
        n = len(rows)
        sent = in_office(rng, start + lead(rng, median * slow[rows], 0.65), start)
        received = sent + lead(rng, 2 * HOUR, 1.0, n)
        complete = happens(rng, n, share)
        own_check = complete | (happens(rng, n, 0.3))
        confirmed = where_known(complete, received + lead(rng, 5 * HOUR, 0.8, n))
        number = np.full(n, version)
        versions.append(_Sent(rows, number, sent, received, own_check, complete, confirmed))
        rows, start = rows[~complete], received[~complete]
    return versions


def _all(versions: list[_Sent]) -> _Sent:
    """All versions behind each other."""
    return _Sent(
        *(
            np.concatenate([getattr(version, name) for version in versions])
            for name in _Sent.__dataclass_fields__
        )
    )


def _record(chronicle: Chronicle, case: Whole, dossiers: _Sent) -> None:
    chronicle.table(
        "om_dossier",
        case[dossiers.row],
        dossiers.sent,
        {
            "dossier_versie": dossiers.version,
            "verzonden_op": moment(dossiers.sent),
            "volledig_eigen_toets": dossiers.own_check,
        },
    )
    chronicle.table(
        "nctv_dossier",
        case[dossiers.row],
        dossiers.received,
        {
            "dossier_versie": dossiers.version,
            "ontvangen_op": moment(dossiers.received),
            "volledig": dossiers.is_complete,
            "volledig_op": moment(dossiers.confirmed),
        },
    )
