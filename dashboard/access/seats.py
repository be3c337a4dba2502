"""How many look at one dashboard at the same time.

Here: a seat a reader, from the opening of the socket to its end; who is idle gives way when all
seats are taken.
Not here: what is told to whom there is no seat for (`gate`), and limits of a question
(`dashboard.question`) or a query (`dashboard.publication`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# Who did nothing for so long may have to give way.
IDLE_SECONDS = 600.0


@dataclass(eq=False)
class Seat:
    """A reader at a dashboard.

    Attributes:
        active_at: When they last did something.
        is_given_up: Somebody else sits here from now on.
    """

    active_at: float = field(default_factory=time.monotonic)
    is_given_up: bool = False


class Seats:
    """The seats of one process; of one event loop, so nothing needs a lock.

    Args:
        number: How many there are.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self._taken: set[Seat] = set()

    @property
    def is_full(self) -> bool:
        """Whether there is no seat and nobody who would give way."""
        return len(self._taken) >= self.number and self._idlest() is None

    @contextmanager
    def taken(self) -> Iterator[Seat | None]:
        """Sit down; None where there is no seat."""
        if len(self._taken) >= self.number:
            idlest = self._idlest()
            if idlest is None:
                yield None
                return
            idlest.is_given_up = True
            self._taken.discard(idlest)
        seat = Seat()
        self._taken.add(seat)
        try:
            yield seat
        finally:
            self._taken.discard(seat)

    def _idlest(self) -> Seat | None:
        idlest = min(self._taken, key=lambda seat: seat.active_at, default=None)
        if idlest is None or idlest.active_at > time.monotonic() - IDLE_SECONDS:
            return None
        return idlest
