"""Which inputs of two publications differ, and the builds that lie between them.

Here: the inputs of a build, the fixed order in which they are exchanged, and the inputs of every
build in between. Pure: nothing is read or built.
Not here: reading the inputs (`basis`), figures (`scratch`) and their differences (`split`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pipelines.deliveries.landing.landed import Landed


class Factor(StrEnum):
    """Why a figure can differ from its previous publication, in the order of exchange."""

    definition = "definition"
    late = "late"
    correction = "correction"
    merge = "merge"
    period = "period"


@dataclass(frozen=True, order=True)
class Delivery:
    """What makes a landed delivery this one and no other."""

    organisation: str
    table: str
    reference_date: date
    version: int
    sha256: str

    @classmethod
    def of(cls, landed: Landed) -> Self:
        """The delivery of a note of the landing zone; how it was packed does not matter."""
        return cls(*landed.identity, landed.content_sha256)

    @property
    def name(self) -> str:
        """Name of the delivery, as partners know it."""
        day = self.reference_date.isoformat()
        return f"{self.organisation}_{self.table}_{day}_v{self.version}"

    @property
    def place(self) -> tuple[str, str, date]:
        """What it is a version of."""
        return self.organisation, self.table, self.reference_date


@dataclass(frozen=True)
class BuildInputs:
    """All that the figures of a build are a function of.

    Attributes:
        definition: Fingerprint of code, register, norms, calendar and contracts.
        deliveries: Every delivery that counts, all its versions: known, and of a peildatum up to
            the reference date. A build in between may hold newer ones, read as of its own
            reference date.
        merges: Pairs of pseudonyms that are one: the one replaced and the one that stays.
        reference_date: Cases as they stood then (ISO date or moment).
        known_at: Moment of knowing; it decides only whether a delivery is missing, so it moves
            along with the first input that changes.
    """

    definition: str
    deliveries: frozenset[Delivery]
    merges: frozenset[tuple[str, str]]
    reference_date: str
    known_at: datetime = field(compare=False)

    @property
    def day(self) -> date:
        """Day of the reference date."""
        return date.fromisoformat(self.reference_date[:10])


@dataclass(frozen=True)
class Step:
    """One factor, and the inputs once it has been exchanged.

    Attributes:
        factor: The factor.
        inputs: It and all factors before it as they are today, the others as they were.
        is_changed: Whether it differs between the two publications.
        n_items: How many deliveries or merges were exchanged.
        items: The deliveries by name; pseudonyms are never named.
    """

    factor: Factor
    inputs: BuildInputs
    is_changed: bool
    n_items: int = 0
    items: tuple[str, ...] = ()


def steps_between(old: BuildInputs, new: BuildInputs) -> tuple[Step, ...]:
    """Exchange the inputs of one publication for those of the next, one at a time.

    Args:
        old: Inputs of the previous publication.
        new: Inputs of the one to explain.

    Returns:
        One step per factor, in order; the last has the inputs `new`.

    A build may go back in time (an earlier reference date, or as known earlier). What is no longer
    known then counts as late the other way round, what is newer than its reference date as period.
    """
    defined = replace(old, definition=new.definition)
    on_time = _with_late(old, new)
    arrived = replace(defined, deliveries=on_time, known_at=new.known_at)
    newer_than_new = {delivery for delivery in on_time if delivery.reference_date > new.day}
    corrected = replace(arrived, deliveries=new.deliveries | newer_than_new)
    merged = replace(corrected, merges=new.merges)
    late = _names(on_time ^ old.deliveries)
    correcting = _names(corrected.deliveries ^ on_time)
    n_merges = len(old.merges ^ new.merges)
    return (
        Step(Factor.definition, defined, old.definition != new.definition),
        Step(Factor.late, arrived, bool(late), len(late), late),
        Step(Factor.correction, corrected, bool(correcting), len(correcting), correcting),
        Step(Factor.merge, merged, n_merges > 0, n_merges),
        Step(Factor.period, new, merged != new),
    )


def builds_needed(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps whose figures are neither those of the previous publication nor those of today.

    Args:
        steps: As `steps_between` gives them.

    Returns:
        Every changed step but the last: after that one the figures are today's.
    """
    return tuple([step for step in steps if step.is_changed][:-1])


def _with_late(old: BuildInputs, new: BuildInputs) -> frozenset[Delivery]:
    """The old deliveries with those of an old peildatum that were not known then.

    Of a table and peildatum that was known: the versions known then. Of one that was not: its first
    version; a second one corrects it.
    """
    known = {delivery.place for delivery in old.deliveries}
    still_known = {delivery.place for delivery in new.deliveries}
    first: dict[tuple[str, str, date], Delivery] = {}
    for delivery in sorted(new.deliveries):
        if delivery.reference_date <= old.day and delivery.place not in known:
            first.setdefault(delivery.place, delivery)
    kept = {
        delivery
        for delivery in old.deliveries
        if delivery.place in still_known or delivery.reference_date > new.day
    }
    return frozenset({*kept, *first.values()})


def _names(deliveries: Iterable[Delivery]) -> tuple[str, ...]:
    return tuple(delivery.name for delivery in sorted(deliveries))
