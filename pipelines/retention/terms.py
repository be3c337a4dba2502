"""Which deliveries are past their term.

Here: the rule, and the deliveries it holds for.
Not here: destroying them (`destroy`).

The term of a table stands in its contract (`retention`, in months, with its ground). It counts from
the reference date of a delivery, since that is the day of which its rows speak; on the day it ends
the delivery goes, all its versions together. A row lives as long as the newest delivery that holds
it: one that was delivered again since lives on in the newer delivery, one that has not changed for
a whole term goes. The contract of today says the term for every delivery of its table, also for
those made under an earlier one: if terms differed within a table, a row could come back of which
only the withdrawal was destroyed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.deliveries.contract import Contract
from pipelines.deliveries.landing.layout import identity_of
from pipelines.settings import Settings


@dataclass(frozen=True, order=True)
class Expired:
    """A delivery that is past its term.

    Attributes:
        identity: Supplier, table, reference date and version.
        attempt: Which file of that version.
        ended_on: Day on which its term ended.
        months: The term.
        ground: Why so long, as the contract says.
    """

    identity: tuple[str, str, date, int]
    attempt: int
    ended_on: date
    months: int
    ground: str

    @property
    def line(self) -> str:
        """What it is and why it goes, in one line of Dutch."""
        organisation, table, day, version = self.identity
        return (
            f"{organisation}_{table}_{day.isoformat()}_v{version}: bewaartermijn van {self.months} "
            f"maanden eindigde op {self.ended_on.isoformat()}"
            + (f" ({self.ground})" if self.ground else "")
        )


def expired(settings: Settings, contracts: Mapping[str, Contract], today: date) -> list[Expired]:
    """Every delivery that is past its term, whole or damaged, counted or held.

    Args:
        settings: Where the landing zone is.
        contracts: Contracts by id.
        today: Day on which is asked.
    """
    return sorted(_expired(settings, contracts, today))


def _expired(
    settings: Settings, contracts: Mapping[str, Contract], today: date
) -> Iterator[Expired]:
    for folder in _folders(settings):
        found = identity_of(folder)
        if found is None:
            continue
        identity, attempt = found
        contract = contracts.get("_".join(identity[:2]))
        if contract is not None and contract.kept_until(identity[2]) <= today:
            yield Expired(
                identity,
                attempt,
                contract.kept_until(identity[2]),
                contract.retention_months,
                contract.retention_ground,
            )


def _folders(settings: Settings) -> list[Path]:
    return sorted(settings.landing_dir.glob("[!._]*/*/*"))
