"""A delivery of a small chain that is published in seconds, to every audience.

Here: one month of the public incident log's chain, with events of its own.
Not here: what becomes of it.
"""

from pathlib import Path

import numpy as np

from tests.pipeline.test_change_road import CHAIN, deliver
from tests.publication.change_builds import events

__all__ = ["CHAIN", "deliver_month"]


def deliver_month(inbox: Path) -> None:
    """Put February 2026 in an inbox."""
    inbox.mkdir(parents=True)
    log = events(np.random.default_rng(2), 60)
    deliver(inbox, "2026-02-28", 1, log[log["moment"] < "2026-03-01"])
