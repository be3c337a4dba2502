"""What the door tells the access log: who signed in or out, and who was refused.

Here: telling it without holding up others, and not more than the log can bear of who is nobody.
Not here: what pages tell (`visitor`).
"""

import sys
import time

from anyio import to_thread

from dashboard.access.house import House
from dashboard.access.identity import Person
from pipelines.access.entry import Act, Event
from pipelines.access.log import AccessLogError
from pipelines.access.sign_in import Proxy, SignIn

# Of whom nobody knows who they are, one line in so many seconds: anybody could fill the disk.
_NOBODY_SECONDS = 60.0


class Reporter:
    """Tells the access log of one process what happens at its door."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._nobody_at = -_NOBODY_SECONDS

    async def refused(self, person: Person | None, sign_in: SignIn) -> None:
        """Tell that somebody was refused; a provider's reader who has yet to sign in was not."""
        if person is not None:
            await self.tell(Act.refused, person.name, "group")
        elif isinstance(sign_in.by, Proxy):
            now = time.monotonic()
            if now - self._nobody_at >= _NOBODY_SECONDS:
                self._nobody_at = now
                await self.tell(Act.refused, "onbekend", "proxy")

    async def tell(self, act: Act, person: str, about: str = "") -> None:
        """Tell the log; where it cannot be written, no page is shown later on either."""
        log = self._house.log
        if log is None:
            return
        try:
            await to_thread.run_sync(log.add, Event(act, person, self._house.audience, about=about))
        except AccessLogError as error:
            sys.stderr.write(f"{error}\n")
