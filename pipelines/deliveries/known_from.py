"""From when something counts that is taken in now: never before what a build already said.

Here: that moment.
Not here: when a file arrived (`intake.arrivals`), and the build itself (`pipelines.build`).
"""

from datetime import datetime, timedelta

from pipelines.build import read_last_build
from pipelines.settings import Settings


def known_from(settings: Settings, received_at: datetime) -> datetime:
    """From when a delivery that is taken in now counts.

    A build as known at a moment must never change afterwards, so what is taken in after a build
    counts from just after that build, however long ago it arrived.
    """
    last = read_last_build(settings)
    if last is None:
        return received_at
    return max(received_at, last.known_at + timedelta(microseconds=1))
