"""A delivery that waits for confirmation, or waited.

Here: what waits, what ended the wait, and how the delivery counts from then on.
Not here: why a delivery waits and who may confirm it (`pipelines.deliveries.holding`).

It lies in the landing zone like any other and does not count until it is confirmed.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import CONFIRMED_FILE
from pipelines.sealed import unseal


@dataclass(frozen=True)
class Confirmation:
    """Somebody looked into a held delivery and says that it is right.

    Attributes:
        confirmed_at: When.
        known_at: From when the delivery counts.
        reason: Why, in a sentence without persons.
        by: In which role; never who.
    """

    confirmed_at: datetime
    known_at: datetime
    reason: str
    by: str

    def as_dict(self) -> dict[str, Any]:
        """The confirmation as JSON can hold it."""
        return {
            **asdict(self),
            "confirmed_at": self.confirmed_at.isoformat(),
            "known_at": self.known_at.isoformat(),
        }

    @staticmethod
    def from_dict(note: dict[str, Any]) -> "Confirmation":
        """The confirmation that `as_dict` wrote."""
        confirmed_at, known_at = note["confirmed_at"], note["known_at"]
        return Confirmation(
            datetime.fromisoformat(confirmed_at),
            datetime.fromisoformat(known_at),
            note["reason"],
            note["by"],
        )


@dataclass(frozen=True)
class Held:
    """A delivery that waits for confirmation, or waited.

    Attributes:
        landed: The delivery, known from when it was held.
        confirmation: What ended the wait; None while it lasts.
    """

    landed: Landed
    confirmation: Confirmation | None = None

    @property
    def confirmed(self) -> Landed | None:
        """The delivery as it counts, from its confirmation on."""
        if self.confirmation is None:
            return None
        return replace(
            self.landed,
            held_for="",
            known_at=self.confirmation.known_at,
            findings=tuple(
                replace(finding, severity="info")
                if finding.rule == self.landed.held_for
                else finding
                for finding in self.landed.findings
            ),
        )

    def waits_at(self, moment: datetime) -> bool:
        """Whether it was held at a moment and not confirmed yet."""
        if self.landed.known_at > moment:
            return False
        return self.confirmation is None or self.confirmation.known_at > moment


def confirmation_in(folder: Path) -> Confirmation | None:
    """What ended the wait of the delivery in a folder; None while it lasts."""
    path = folder / CONFIRMED_FILE
    if not path.exists():
        return None
    return Confirmation.from_dict(unseal(path.read_text(encoding="utf-8")))
