"""What a run knows of deliveries: it begins as what lies there, and grows with what lands.

Here: what landed and counts, what waits, what is damaged and what was refused.
Not here: reading it (`landing.zone`), and judging a file by it (`resubmission`, `accepting`).
"""

from dataclasses import dataclass

from pipelines.deliveries.landing.landed import Identity, Landed
from pipelines.deliveries.landing.refused import Refused
from pipelines.deliveries.landing.zone import Damaged, Landing


@dataclass
class Standing:
    """What a run knows of deliveries.

    Attributes:
        known: Deliveries that are whole, counted or not.
        counted: Those that count, by contract.
        waiting: Those that wait for confirmation.
        damaged: Those of which something is not as it was written.
        refusals: Files that were refused.
    """

    known: dict[Identity, Landed]
    counted: dict[str, list[Landed]]
    waiting: dict[Identity, Landed]
    damaged: dict[Identity, Damaged]
    refusals: list[Refused]

    @staticmethod
    def at_start(landing: Landing, refusals: list[Refused]) -> "Standing":
        """What is known before anything is taken in."""
        counted: dict[str, list[Landed]] = {}
        for landed in landing.counted:
            counted.setdefault(landed.contract_id, []).append(landed)
        return Standing(
            known={landed.identity: landed for landed in landing.known},
            counted=counted,
            waiting={
                held.landed.identity: held.landed
                for held in landing.held
                if held.confirmation is None
            },
            damaged={damage.identity: damage for damage in landing.damaged},
            refusals=refusals,
        )

    def of_table(self, contract_id: str) -> list[Landed]:
        """What counts of a table."""
        return self.counted.get(contract_id, [])

    def add(self, landed: Landed) -> None:
        """Take note of what landed, to count or to wait."""
        self.known[landed.identity] = landed
        if landed.held_for:
            self.waiting[landed.identity] = landed
        else:
            self.counted.setdefault(landed.contract_id, []).append(landed)

    def add_refusal(self, refused: Refused) -> None:
        """Take note of a refusal, in place of an earlier one of the same file."""
        self.refusals = [note for note in self.refusals if note.mark != refused.mark]
        self.refusals.append(refused)
