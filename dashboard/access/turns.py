"""How many things are done at once: others wait for their turn, and hear when that takes too long.

Here: `Turns`. Used for making pages and for asking a published file.
Not here: how many people look (`seats`).

A hundred pages that are made at once are each ready when the last one is, and meanwhile nobody is
answered at all: the server shares one interpreter with them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class BusyError(RuntimeError):
    """Others took too long; the message says when to come back, in Dutch."""


class Turns:
    """Turns, of which so many can be taken at once.

    Args:
        number: How many.
        seconds: Whoever waits longer is told that it is busy.
    """

    def __init__(self, number: int, seconds: float) -> None:
        self._free = threading.BoundedSemaphore(number)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            BusyError: It did not come in time.
        """
        if not self._free.acquire(timeout=self._seconds):
            raise BusyError("te druk; probeer het over een minuut opnieuw")
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others take the turn that is held, while waiting for what another process does."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


# The pages of this process. A page takes a second at most, so who waits longest waits behind forty.
PAGES = Turns(4, 60.0)
