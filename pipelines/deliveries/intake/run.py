"""One run of the intake: what it works with from the first file to the last.

Here: the settings, the contracts, the clock, what is known of deliveries, and who is told.
Not here: what is done with a file (`batches`, `accepting`, `rejecting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.deliveries.accepted import AcceptedFinding
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.intake.standing import Standing
from pipelines.deliveries.intake.telling import Telling
from pipelines.settings import Settings


@dataclass(frozen=True)
class Run:
    """One run of the intake.

    Attributes:
        settings: Where landing zone, quarantine and feedback are.
        contracts: Contracts by id.
        now: The clock.
        accepted: Findings that are accepted as known.
        standing: What is known of deliveries.
        telling: What the files come to.
        withdrawn: Marks of cases and persons of which no row may come in again.
    """

    settings: Settings
    contracts: Mapping[str, Contract]
    now: datetime
    accepted: tuple[AcceptedFinding, ...]
    standing: Standing
    telling: Telling
    withdrawn: frozenset[str] = frozenset()

    def last_day(self, days: int) -> date:
        """Last day of what goes into quarantine now, however long ago it arrived."""
        return (self.now + timedelta(days=days)).date()
