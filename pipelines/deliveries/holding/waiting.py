"""Deliveries that wait for confirmation: which do, why, and what makes the wait superfluous.

Here: what is waited for and what overtakes it.
Not here: what disappeared (`losses`), and ending the wait (`confirmation`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Finding, count_of
from pipelines.deliveries.landing.held import Held
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.zone import Landing
from pipelines.deliveries.rule_texts import TEXTS, finding_of

# Of a file that goes on where one of the same version ended.
CONTINUES = "vervolg_van_levering"


# Reference date, version and attempt.
Place = tuple[date, int, int]


@dataclass(frozen=True)
class Objection:
    """What stands in the way of a delivery: more has disappeared than is plausible.

    Attributes:
        finding: What is told of it.
        is_held: The delivery waits for confirmation.
    """

    finding: Finding
    is_held: bool


def is_overtaken(contract: Contract, place: Place, counted: Iterable[Landed]) -> bool:
    """Whether what counts of a table makes a delivery that does not count superfluous.

    A higher version always does; a later snapshot too, while what a change file said is said once.

    Args:
        contract: Contract of the table.
        place: Reference date, version and attempt of the delivery.
        counted: Deliveries of the table that count.
    """
    day, *_ = place
    return any(
        (other.reference_date == day and other.place > place)
        or (contract.mode == "snapshot" and other.reference_date > day)
        for other in counted
    )


def waiting(contracts: Mapping[str, Contract], landing: Landing) -> list[Held]:
    """Deliveries that wait for confirmation now."""
    return [
        held
        for held in landing.held
        if held.confirmation is None
        and held.landed.contract_id in contracts
        and not is_overtaken(
            contracts[held.landed.contract_id],
            held.landed.place,
            (each for each in landing.counted if each.contract_id == held.landed.contract_id),
        )
    ]


def continuation() -> Objection:
    """The objection to a file that goes on where one of the same version ended, which counts."""
    return Objection(finding_of(CONTINUES, "warning"), is_held=True)


def why_held(landed: Landed) -> str:
    """Why a delivery waits, in one line of Dutch."""
    numbers = next(
        (
            f" ({finding.rows} van {count_of(finding.total, 'sleutel', 'sleutels')})"
            for finding in landed.findings
            if finding.rule == landed.held_for and finding.total
        ),
        "",
    )
    reason = TEXTS[landed.held_for].reason_nl.rstrip(".")
    return f"wacht op bevestiging: {reason[:1].lower()}{reason[1:]}{numbers}; de vorige stand telt"
